"""Whole runs over writes that fail: in order, with patience, and never lost from sight."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import replace
from itertools import pairwise
from pathlib import Path
from typing import Any

import pytest

from bridge.errors import (
    AccessDenied,
    BridgeError,
    ConnectorError,
    Full,
    RateLimited,
    Rejected,
    Transient,
)
from bridge.model import KeyResult, Outcome
from bridge.publish import Publishing
from bridge.publish import Rules as PublishRules
from bridge.report.run import RunReport
from bridge.store import Store
from bridge.wording import Words
from tests.bridge.test_kill import Killed
from tests.engine import Bench, keys, okrs

BUSY = Transient("mem", "put: answered 503", "run again later")
DENIED = AccessDenied("mem", "put: answered 403", "ask for Edit issues")
PUTS = ("put_values", "put_comment", "put_link")


@pytest.fixture
def bench(tmp_path: Path) -> Iterator[Bench]:
    with Store.open(f"sqlite:///{tmp_path}/okr.db") as store:
        yield Bench(store, okrs())


class Calls(list[str]):
    """Every call that a tracker gets; those named here come back with an error."""

    def __init__(self, bench: Bench, **errors: BaseException) -> None:
        super().__init__()
        self.errors = errors
        bench.memory.before = self

    def __call__(self, call: str) -> None:
        self.append(call)
        if error := self.errors.get(call):
            raise error

    def puts(self) -> list[str]:
        return [call for call in self if call in PUTS]


def epics(bench: Bench, count: int = 1) -> list[str]:
    """So many Epics, each with a key result; their ids."""
    made = [bench.epic("done", "todo") for _ in range(count)]
    bench.use(*(KeyResult(id=f"KR{n}", title="T", links=(keys(key),)) for n, (key, _) in enumerate(made)))
    return [bench.id(key) for key, _ in made]


def work_on(bench: Bench) -> None:
    """Somebody finishes another story below the first Epic."""
    first = next(id for id, facts in bench.tracker.items.items() if facts["tier"] == "group")
    bench.tracker.add("More", parent=first, category="done", status="Done")


def kinds(report: RunReport) -> list[str]:
    return [problem.kind for problem in report.problems]


def outcomes(report: RunReport) -> set[Outcome]:
    return {change.outcome for change in report.changes}


def test_what_failed_in_passing_is_made_when_its_time_has_come_and_nothing_before_it(bench: Bench) -> None:
    (item,) = epics(bench)
    calls = Calls(bench, put_values=BUSY)
    first = bench.sync()
    assert calls.puts() == ["put_values"]
    assert outcomes(first) == {Outcome.FAILED}
    calls = Calls(bench)
    bench.later(seconds=59)
    early = bench.sync()
    assert "look" not in calls
    assert calls.puts() == []
    assert (kinds(early), early.outcome) == (["waiting"], "partial")
    assert "next try after" in early.problems[0].message
    bench.later(seconds=1)
    assert bench.sync().outcome == "done"
    assert calls.puts() == ["put_values", "put_comment", "put_link"]
    assert bench.store.parked.all() == ()
    assert bench.store.outbox.depth() == 0
    assert bench.tracker.panels[item]["progress"] == 50


def test_tries_grow_apart_until_it_is_given_up_and_a_new_value_is_tried_again(bench: Bench) -> None:
    epics(bench)
    calls = Calls(bench, put_comment=BUSY)
    hours = 0.0
    tries: list[float] = []
    while hours < 30:
        calls.clear()
        report = bench.sync()
        if "put_comment" in calls:
            tries.append(hours)
        bench.later(minutes=10)
        hours += 1 / 6
    assert 24 <= tries[-1] <= 25.2
    assert max(after - before for before, after in pairwise(tries)) <= 1.2
    assert kinds(report) == ["given_up"]
    assert bench.store.outbox.depth() == 0
    calls.errors.clear()
    work_on(bench)
    assert bench.sync().outcome == "done"
    assert bench.store.parked.all() == ()


def test_how_long_is_for_the_configuration_to_say(bench: Bench) -> None:
    bench.publishing = replace(bench.publishing, retry_hours=1)
    epics(bench)
    Calls(bench, put_link=BUSY)
    for _ in range(5):
        report = bench.sync()
        bench.later(minutes=30)
    assert kinds(report) == ["given_up"]


REFUSALS: dict[str, BridgeError] = {
    "403": DENIED,
    "413": Full("mem", "put: answered 413", "5000 comments"),
}


@pytest.mark.parametrize("call", PUTS)
@pytest.mark.parametrize("error", REFUSALS.values(), ids=REFUSALS)
def test_a_refusal_is_sent_once_and_shown_with_its_hint_from_then_on(
    bench: Bench, error: BridgeError, call: str
) -> None:
    epics(bench)
    calls = Calls(bench, **{call: error})
    bench.sync()
    sent = calls.count(call)
    for _ in range(3):
        bench.later(hours=5)
        work_on(bench)
        report = bench.sync()
        assert "refused" in kinds(report)
        assert error.hint in report.problems[0].hint
        assert Outcome.REFUSED in outcomes(report)
    assert calls.count(call) == sent
    others = set(PUTS) - {call}
    assert others <= set(calls)


@pytest.mark.parametrize(
    "orders",
    [{"full": True}, {"force": True}, {"look": frozenset({"mem"})}],
    ids=["full", "force", "nightly"],
)
def test_a_refusal_is_tried_once_more_when_a_person_or_the_night_asks(
    bench: Bench, orders: dict[str, Any]
) -> None:
    epics(bench)
    calls = Calls(bench, put_link=DENIED)
    bench.sync()
    calls.clear()
    assert kinds(bench.sync(**orders)) == ["access_denied"]
    assert calls.count("put_link") == 1
    since = bench.store.parked.all()[0].since
    calls.errors.clear()
    bench.later(hours=1)
    assert bench.sync(**orders).outcome == "done"
    assert since == bench.now.replace(hour=12)
    assert bench.store.parked.all() == ()


def test_a_field_that_is_refused_costs_one_write_until_the_site_changes(bench: Bench) -> None:
    (item,) = epics(bench)
    bench.store.sites.put("mem", {"site": {"panel": {"score": "f1"}}}, bench.now)
    put, refused = bench.memory.put_values, []

    def strict(id: str, fields: dict[str, Any], property: Any = None) -> None:
        if "score" in fields:
            refused.append(id)
            raise Rejected("mem", "put: score: not on the screen", "add it", fields={"score": "no"})
        put(id, fields, property)

    bench.memory = _Panel(bench.memory, put_values=strict)  # type: ignore[assignment]
    assert kinds(bench.sync()) == ["rejected"]
    for _ in range(3):
        bench.later(hours=1)
        work_on(bench)
        assert kinds(bench.sync()) == ["refused"]
    assert refused == [item]
    assert bench.tracker.panels[item]["progress"] == 80
    bench.store.sites.put("mem", {"site": {"panel": {"score": "f2"}}}, bench.now)
    assert kinds(bench.sync()) == ["rejected"]
    assert len(refused) == 2


class _Panel:
    def __init__(self, panel: Any, **calls: Callable[..., Any]) -> None:
        self._panel, self._calls = panel, calls

    def __getattr__(self, name: str) -> Any:
        return self._calls.get(name) or getattr(self._panel, name)


def test_a_plan_and_its_run_agree_while_something_is_held_back(bench: Bench) -> None:
    epics(bench)
    calls = Calls(bench, put_values=BUSY)
    bench.sync()
    plan = bench.sync(dry=True)
    assert (kinds(plan), outcomes(plan)) == (["waiting"], {Outcome.FAILED})
    calls.errors.clear()
    bench.later(minutes=5)
    run = bench.sync(expect=plan.digest)
    assert not run.stopped
    assert outcomes(run) == {Outcome.WRITTEN}
    assert {change.name for change in run.changes} == {change.name for change in plan.changes}


def test_a_dry_run_parks_nothing_and_frees_nothing(bench: Bench) -> None:
    epics(bench)
    Calls(bench, put_values=BUSY, look=BUSY)
    bench.sync(dry=True)
    assert bench.store.parked.all() == ()
    bench.sync()
    before = bench.store.parked.all()
    assert before
    bench.later(hours=1)
    bench.sync(dry=True, full=True)
    assert bench.store.parked.all() == before


def test_an_item_that_cannot_be_looked_at_is_asked_with_patience(bench: Bench) -> None:
    epics(bench)
    calls = Calls(bench, look=BUSY)
    for _ in range(60):
        bench.sync()
        bench.later(minutes=1)
    assert calls.count("look") == 6
    assert calls.puts() == []


def test_one_item_that_fails_keeps_no_other_waiting(bench: Bench) -> None:
    first, second, third = epics(bench, 3)
    put = bench.memory.put_values

    def strict(id: str, fields: dict[str, Any], property: Any = None) -> None:
        if id == first:
            raise BUSY
        put(id, fields, property)

    bench.memory = _Panel(bench.memory, put_values=strict)  # type: ignore[assignment]
    bench.sync()
    assert {id for id in (first, second, third) if bench.tracker.panels.get(id)} == {second, third}
    assert {one.item for one in bench.store.parked.all()} == {first}


WIDE: dict[str, ConnectorError] = {
    "the hour's quota": RateLimited("mem", "429: quota", retry_after=900, scope="connection"),
    "the login": AccessDenied("mem", "401", "renew the token", login=True),
    "five items in a row": Transient("mem", "no answer"),
}


@pytest.mark.parametrize("error", WIDE.values(), ids=WIDE)
def test_trouble_of_the_whole_connection_is_not_tried_item_by_item(
    bench: Bench, error: ConnectorError
) -> None:
    items = epics(bench, 30)
    calls = Calls(bench, put_values=error)
    report = bench.sync()
    tried = len(calls.puts())
    assert tried <= 5 + 3
    assert len({one.item for one in bench.store.parked.all()}) == tried
    told = [problem for problem in report.problems if problem.kind == "unreachable"]
    assert [str(30 - tried) in one.message for one in told] == [True]
    assert report.outcome == "partial"
    calls.errors.clear()
    bench.later(minutes=16)
    assert bench.sync().outcome == "done"
    assert all(bench.tracker.panels[item]["progress"] == 50 for item in items)
    assert bench.store.parked.all() == ()


def test_what_failed_before_comes_after_all_else(bench: Bench) -> None:
    """Else those that always fail would break the line before the others had their turn."""
    items = epics(bench, 32)
    put, bad = bench.memory.put_values, set(items[:16])

    def strict(id: str, fields: dict[str, Any], property: Any = None) -> None:
        if id in bad:
            raise BUSY
        put(id, fields, property)

    bench.memory = _Panel(bench.memory, put_values=strict)  # type: ignore[assignment]
    for _ in range(4):
        bench.sync()
        bench.later(hours=1)
    assert [item for item in items if not bench.tracker.panels.get(item)] == items[:16]
    bad.clear()
    assert bench.sync().outcome == "done"


def test_an_older_milestone_never_comes_after_a_newer_one(bench: Bench) -> None:
    words = {"mem": Words("en")}
    bench.publishing = Publishing("test", words, PublishRules(comment="milestones"))
    (item,) = epics(bench)
    bench.sync()
    stories = [bench.tracker.add("More", parent=item, category="todo") for _ in range(8)]
    calls = Calls(bench)
    lost = Transient("mem", "no answer", maybe_done=True)
    bench.memory.after = lambda call: calls.errors.update(look=BUSY) if call == "put_comment" else None
    told: list[str] = []
    for at, story in enumerate(stories):
        bench.later(minutes=7)
        bench.finish(story)
        calls.errors = {"put_comment": lost} if at % 3 == 1 else {"put_comment": BUSY} if at % 3 == 2 else {}
        bench.sync()
        told = [one["mark"]["hash"] for one in bench.tracker.comments[item].values()]
    calls.errors = {}
    bench.memory.after = lambda _: None
    bench.later(hours=2)
    bench.sync()
    final = [one["mark"]["hash"] for one in bench.tracker.comments[item].values()]
    assert final[: len(told)] == told
    assert len(set(final)) == len(final) >= 3
    bench.later(hours=2)
    assert bench.sync().changes == ()
    assert bench.store.outbox.depth() == 0


def test_what_is_not_known_of_an_older_write_matters_no_more_once_a_newer_one_is_made(bench: Bench) -> None:
    words = {"mem": Words("en")}
    bench.publishing = Publishing("test", words, PublishRules(comment="milestones"))
    (item,) = epics(bench)
    bench.sync()
    work_on(bench)
    calls = Calls(bench)

    def lose(call: str) -> None:
        if call == "put_comment":
            calls.errors["look"] = BUSY
            raise Transient("mem", "no answer", maybe_done=True)

    bench.memory.after = lose
    work_on(bench)
    assert Outcome.UNKNOWN in outcomes(bench.sync())
    bench.memory.after = lambda _: None
    calls.clear()
    bench.memory.before = lambda call: calls(call) if calls.count("look") == 0 else None
    for _ in range(8):
        work_on(bench)
    bench.later(minutes=5)
    bench.sync()
    assert len(bench.tracker.comments[item]) == 3
    assert bench.store.outbox.depth() == 0
    bench.later(minutes=5)
    assert bench.sync().changes == ()


def test_what_is_given_up_is_not_asked_about_any_more(bench: Bench) -> None:
    epics(bench)
    bench.sync()
    work_on(bench)
    calls = Calls(bench, put_comment=Transient("mem", "no answer", maybe_done=True))
    bench.memory.after = lambda call: calls.errors.update(look=BUSY) if call == "put_values" else None
    bench.sync()
    assert bench.store.outbox.depth() == 1
    for _ in range(60):
        bench.later(minutes=30)
        bench.sync()
    calls.clear()
    assert kinds(bench.sync()) == ["given_up"]
    assert "look" not in calls
    assert bench.store.outbox.depth() == 0


def test_places_of_anchors_that_are_gone_are_forgotten(bench: Bench) -> None:
    epics(bench, 2)
    Calls(bench, put_link=DENIED)
    bench.sync()
    assert {one.kr for one in bench.store.parked.all()} == {"KR0", "KR1"}
    bench.okrs = okrs(bench.okrs.objectives[0].key_results[0])
    bench.sync()
    assert {one.kr for one in bench.store.parked.all()} == {"KR0"}


def four_runs(bench: Bench) -> None:
    for _ in range(4):
        bench.sync()
        bench.later(minutes=3)


@pytest.mark.parametrize("at", range(1, 13))
def test_a_run_killed_between_its_failures_knows_them_or_meets_them_again(bench: Bench, at: int) -> None:
    items = epics(bench, 3)
    count = 0

    def stumble(call: str) -> None:
        nonlocal count
        count += call in (*PUTS, "look")
        if count == at:
            raise Killed
        if call == "put_link":
            raise DENIED
        if call == "put_comment":
            raise BUSY

    bench.memory.before = stumble
    with pytest.raises(Killed):
        four_runs(bench)
    Calls(bench)
    bench.later(hours=1)
    assert bench.sync(force=True).outcome == "done"
    assert all(len(bench.tracker.comments[item]) == 1 for item in items)
    assert bench.store.parked.all() == ()
    assert bench.store.outbox.depth() == 0
    assert bench.sync().changes == ()
