"""What the program stumbles over in one key result, link or item stops no other, and is told."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from bridge import assess, publish, publishing
from bridge import plan as planning
from bridge.model import KeyResult, Outcome, What
from bridge.report.run import RunReport
from bridge.store import Store
from tests.engine import Bench, keys, okrs


@pytest.fixture
def bench(tmp_path: Path) -> Iterator[Bench]:
    with Store.open(f"sqlite:///{tmp_path}/okr.db") as store:
        yield Bench(store, okrs())


def three(bench: Bench, shared: bool = False) -> list[str]:
    """Three key results, each at a half of its Epic; KR1 and KR2 on one Epic where that is `shared`."""
    made = [bench.epic("done", "todo")[0] for _ in range(3)]
    links = [(keys(key),) for key in made]
    if shared:
        links[1] = links[0]
    bench.use(*(KeyResult(id=f"KR{n}", title="T", links=its) for n, its in enumerate(links, 1)))
    return [bench.id(key) for key in made]


def finish_all(bench: Bench) -> None:
    bench.later(minutes=5)
    for id, facts in list(bench.tracker.items.items()):
        if facts["tier"] == "unit":
            bench.finish(id)


Break = Callable[[Any, str, Callable[..., bool]], None]


@pytest.fixture
def breaks(monkeypatch: pytest.MonkeyPatch) -> Break:
    """A name in a module that stumbles from now on where the last argument says so."""

    def put(module: Any, name: str, whose: Callable[..., bool]) -> None:
        work = getattr(module, name)

        def broken(*args: Any, **kwargs: Any) -> Any:
            if whose(*args, **kwargs):
                raise ZeroDivisionError("a defect")
            return work(*args, **kwargs)

        monkeypatch.setattr(module, name, broken)

    return put


def is_first(kr: KeyResult, *_: Any, **__: Any) -> bool:
    return kr.id == "KR1"


def shown(bench: Bench, items: list[str]) -> list[Any]:
    return [bench.tracker.panels.get(item, {}).get("progress") for item in items]


def defects(report: RunReport) -> list[str]:
    return [problem.kr for problem in report.problems if problem.kind == "defect"]


def test_a_key_result_that_cannot_be_judged_keeps_its_value_and_is_not_known_to_its_objective(
    bench: Bench, monkeypatch: pytest.MonkeyPatch, breaks: Break, caplog: pytest.LogCaptureFixture
) -> None:
    items = three(bench)
    bench.sync()
    finish_all(bench)
    breaks(assess, "stand", is_first)
    report = bench.sync()
    assert bench.percents(report) == {"KR1": 50.0, "KR2": 100.0, "KR3": 100.0}
    assert shown(bench, items) == [50, 100, 100]
    told = report.objectives[0]
    assert told.progress == 1
    assert (told.known, told.total) == (2, 3)
    assert (defects(report), report.outcome) == (["KR1"], "partial")
    assert caplog.text.count("Traceback") == 1
    monkeypatch.undo()
    assert bench.sync().outcome == "done"
    assert shown(bench, items) == [100, 100, 100]


def test_a_key_result_that_was_never_judged_is_not_zero(bench: Bench, breaks: Break) -> None:
    items = three(bench)
    breaks(assess, "items_of", is_first)
    report = bench.sync()
    assert bench.percents(report) == {"KR1": None, "KR2": 50.0, "KR3": 50.0}
    assert report.objectives[0].known == 2
    assert shown(bench, items) == [None, 50, 50]
    assert bench.store.figures.get("KR1") is None


def whose_part(objective: Any, kr: KeyResult, *_: Any) -> bool:
    return kr.id == "KR1"


def whose_figures(standing: Any, *_: Any) -> bool:
    return bool(standing.kr.id == "KR1")


PLACES: dict[str, tuple[Any, str, Callable[..., bool]]] = {
    "shown": (publish, "_part", whose_part),
    "figures": (publish, "figures", whose_figures),
    "comment": (publish, "comment", whose_figures),
    "link": (publish, "link", whose_figures),
}


@pytest.mark.parametrize("shared", [False, True], ids=["own items", "a shared item"])
@pytest.mark.parametrize("where", PLACES)
def test_a_key_result_that_cannot_be_shown_leaves_its_items_as_they_are(
    bench: Bench, monkeypatch: pytest.MonkeyPatch, breaks: Break, where: str, shared: bool
) -> None:
    first, second, third = three(bench, shared)
    bench.sync()
    before = (
        dict(bench.tracker.panels[first]),
        bench.tracker.properties[first],
        bench.tracker.comments[first],
    )
    finish_all(bench)
    module, name, whose = PLACES[where]
    breaks(module, name, whose)
    report = bench.sync()
    assert defects(report) == ["KR1"]
    assert shown(bench, [third]) == [100]
    assert shown(bench, [second]) == [None if shared else 100]
    assert before == (
        dict(bench.tracker.panels[first]), bench.tracker.properties[first], bench.tracker.comments[first]
    )  # fmt: skip
    monkeypatch.undo()
    assert bench.sync().outcome == "done"
    assert shown(bench, [first, third]) == [100, 100]
    assert bench.sync().changes == ()


def test_anchors_that_cannot_be_found_leave_their_item_alone(bench: Bench, breaks: Break) -> None:
    items = three(bench, shared=True)
    bench.sync()
    finish_all(bench)
    breaks(publishing, "anchors_of", is_first)
    report = bench.sync()
    assert defects(report) == ["KR1"]
    assert [problem.kind for problem in report.problems] == ["defect"]
    assert shown(bench, items) == [50, None, 100]


def test_an_item_that_cannot_be_planned_stops_no_other(
    bench: Bench, monkeypatch: pytest.MonkeyPatch, breaks: Break
) -> None:
    first, *others = three(bench)
    breaks(planning, "judge", lambda _, __, wanted: wanted == "KR1: T")
    report = bench.sync()
    assert [(one.kind, one.kr, one.item) for one in report.problems] == [
        ("defect", "KR1", bench.tracker.items[first]["key"])
    ]
    assert shown(bench, [first, *others]) == [None, 50, 50]
    monkeypatch.undo()
    assert bench.sync().outcome == "done"
    assert shown(bench, [first]) == [50]


def test_where_all_stumble_nothing_is_written_and_all_is_told(bench: Bench, breaks: Break) -> None:
    items = three(bench)
    breaks(publish, "fields", lambda *_: True)
    report = bench.sync()
    assert defects(report) == ["KR1", "KR2", "KR3"]
    assert shown(bench, items) == [None, None, None]
    assert bench.percents(report) == {"KR1": 50.0, "KR2": 50.0, "KR3": 50.0}


def test_a_defect_while_writing_is_parked_like_any_passing_trouble(bench: Bench) -> None:
    first, *_ = three(bench)
    put = bench.memory.put_link

    def stumble(item: str, link: Any) -> None:
        if item == first:
            raise ZeroDivisionError("a defect")
        put(item, link)

    object.__setattr__(bench, "memory", _Panel(bench.memory, put_link=stumble))
    report = bench.sync()
    assert [(problem.kind, problem.kr) for problem in report.problems] == [("defect", "KR1")]
    unknown = [change for change in report.changes if change.outcome is Outcome.UNKNOWN]
    assert [change.what for change in unknown] == [What.REMOTE_LINK]
    assert [problem.kind for problem in bench.sync().problems] == ["waiting"]


class _Panel:
    def __init__(self, panel: Any, **calls: Callable[..., Any]) -> None:
        self._panel, self._calls = panel, calls

    def __getattr__(self, name: str) -> Any:
        return self._calls.get(name) or getattr(self._panel, name)
