"""Runs that read some of the connections: the others stand as they were read last, and are asked nothing."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest

from bridge.clock import Clock
from bridge.errors import AccessDenied, ConfigError, ConnectorError, Misconfigured, Transient
from bridge.model import Anchor, KeyResult, Outcome
from bridge.publish import Publishing
from bridge.publish import Rules as PublishRules
from bridge.reading import Connection
from bridge.report.run import RunReport
from bridge.store import Store
from bridge.sync import Orders, Parts, sync
from bridge.trees import Trees
from bridge.wording import Words
from connectors.memory import Memory, Tracker
from mappings.memory import MemoryMapping
from tests.engine import NOON, Bench, keys, okrs

NAMES = ("a", "b")


class Two(Bench):
    """A bridge over two trackers, `a` and `b`. `opens`: which can be opened; `hand`: which are open."""

    def __post_init__(self) -> None:
        self.trackers = {name: Tracker(now=NOON) for name in NAMES}
        self.memories = {name: Memory(name, self.trackers[name]) for name in NAMES}
        self.troubles: dict[str, Exception] = {}
        self.hand: set[str] = set()
        self.refused: list[tuple[str, AccessDenied]] = []
        self.calls: list[tuple[str, str]] = []
        for name in NAMES:
            self.memories[name].before = lambda call, name=name: self.calls.append((name, call))  # type: ignore[misc]
        words = dict.fromkeys(NAMES, Words("en"))
        self.publishing = Publishing("test", words, PublishRules(), "https://okr.example")

    def connect(self, name: str) -> Connection:
        if name in self.troubles:
            raise self.troubles[name]
        self.hand.add(name)
        return Connection(name, self.memories[name], MemoryMapping(name))

    def at_hand(self, name: str) -> Connection | None:
        known = Connection(name, self.memories[name], MemoryMapping(name))
        return known if name in self.hand else None

    def sync(self, **orders: Any) -> RunReport:
        self.calls.clear()
        parts = Parts(
            okrs=self.okrs,
            store=self.store,
            connect=self.connect,
            clock=Clock(lambda: self.now, lambda: 0.0),
            rules=self.rules,
            publishing=self.publishing,
            trees=Trees(self.store),
            told=self.told,
            at_hand=self.at_hand,
            refused=lambda name, error: self.refused.append((name, error)),
        )
        return sync(parts, Orders(**orders))

    def of(self, *names: str, **orders: Any) -> RunReport:
        """A run as the daemon makes it, of these connections alone."""
        return self.sync(reads=frozenset(names), **{"sweep": frozenset(), **orders})

    def later(self, **span: float) -> None:
        self.now += timedelta(**span)
        for tracker in self.trackers.values():
            tracker.now += timedelta(**span)

    def asked(self, name: str) -> list[str]:
        return [call for where, call in self.calls if where == name]

    def grow(self, name: str, *states: str) -> tuple[str, list[str]]:
        """An Epic there with a story for each of these categories: its key, and the stories' ids."""
        tracker = self.trackers[name]
        epic = tracker.add("An Epic", tier="group")
        return f"MEM-{epic}", [tracker.add("S", parent=epic, category=state) for state in states]

    def shown(self, name: str, key: str) -> Any:
        found = self.trackers[name].find(key)
        return self.trackers[name].panels.get(found or "", {}).get("progress")


@pytest.fixture
def two(tmp_path: Path) -> Iterator[Two]:
    with Store.open(f"sqlite:///{tmp_path}/okr.db") as store:
        made = Two(store, okrs())
        made.first, made.stories = made.grow("a", "done", "todo")  # type: ignore[attr-defined]
        made.second, made.others = made.grow("b", "done", "todo")  # type: ignore[attr-defined]
        yield made


def on(id: str, *links: tuple[str, str], **more: Any) -> KeyResult:
    return KeyResult(id=id, title="T", links=tuple(keys(key, on=name) for name, key in links), **more)


def apart(two: Any) -> None:
    """A key result on each connection, shown."""
    two.use(on("KRA", ("a", two.first)), on("KRB", ("b", two.second)))
    assert two.sync().outcome == "done"
    two.later(minutes=5)


def together(two: Any) -> None:
    """One key result over both, shown."""
    two.use(on("KR", ("a", two.first), ("b", two.second)))
    assert two.percents(two.sync()) == {"KR": 50.0}
    two.later(minutes=5)


def finish(two: Any, name: str, id: str) -> None:
    two.trackers[name].change(id, category="done")


# --- who is asked


def test_only_the_chosen_connection_is_asked_anything(two):
    apart(two)
    report = two.of("a")
    assert two.asked("a")
    assert two.asked("b") == []
    assert set(report.taken) == {"a"}
    assert report.outcome == "done"
    assert report.changes == ()


def test_a_connection_that_is_not_chosen_is_not_even_opened(two):
    two.use(on("KRA", ("a", two.first)), on("KRB", ("b", two.second)))
    two.troubles["b"] = RuntimeError("opened")
    report = two.of("a")
    assert two.hand == {"a"}
    assert two.shown("a", two.first) == 50
    assert two.percents(report) == {"KRA": 50.0, "KRB": None}


def test_only_what_was_asked_is_remembered_as_answered(two):
    apart(two)
    before = {name: two.store.connections.last(name).at for name in NAMES}
    two.of("a")
    after = {name: two.store.connections.last(name).at for name in NAMES}
    assert (after["a"] > before["a"], after["b"] == before["b"]) == (True, True)


def test_a_run_of_nobody_asks_nobody_and_is_no_failure(two):
    apart(two)
    report = two.of()
    assert two.calls == []
    assert not report.failed
    assert report.changes == ()


# --- a key result over two


def test_the_other_counts_as_it_was_read_last(two):
    together(two)
    finish(two, "a", two.stories[1])
    finish(two, "b", two.others[1])
    assert two.percents(two.of("a")) == {"KR": 75.0}
    two.later(minutes=5)
    assert two.percents(two.of("b")) == {"KR": 100.0}


def test_a_figure_that_changed_here_is_shown_there_where_it_is_open(two):
    together(two)
    finish(two, "a", two.stories[1])
    report = two.of("a")
    assert {change.connection for change in report.changes} == {"a", "b"}
    assert (two.shown("a", two.first), two.shown("b", two.second)) == (75, 75)
    assert "changed" not in two.asked("b")


def test_where_it_is_not_open_it_is_shown_by_its_own_next_run(two):
    together(two)
    two.hand.clear()
    finish(two, "a", two.stories[1])
    assert {change.connection for change in two.of("a").changes} == {"a"}
    assert (two.shown("a", two.first), two.shown("b", two.second)) == (75, 50)
    two.later(minutes=5)
    assert {change.connection for change in two.of("b").changes} == {"b"}
    assert two.shown("b", two.second) == 75


def test_an_anchor_elsewhere_shows_the_figure_of_work_here(two):
    home = Anchor("b", two.second)
    two.use(on("KR", ("a", two.first), anchors=(home,)))
    two.sync()
    assert two.shown("b", two.second) == 50
    two.later(minutes=5)
    finish(two, "a", two.stories[1])
    two.of("a")
    assert two.shown("b", two.second) == 100
    assert two.shown("a", two.first) is None


# --- a connection that is silent


def test_another_that_gave_no_answer_last_keeps_its_key_results_as_they_were(two):
    together(two)
    two.troubles["b"] = Transient("b", "no answer")
    two.of("b")
    two.later(minutes=5)
    finish(two, "a", two.stories[1])
    del two.troubles["b"]
    report = two.of("a")
    assert not report.standings[0].complete
    assert report.changes == ()
    assert (two.shown("a", two.first), two.shown("b", two.second)) == (50, 50)
    two.later(minutes=5)
    assert {change.connection for change in two.of("b").changes} == {"a", "b"}
    assert (two.shown("a", two.first), two.shown("b", two.second)) == (75, 75)


def test_one_that_fails_now_leaves_the_other_to_its_work(two):
    apart(two)
    two.troubles["b"] = Transient("b", "no answer")
    finish(two, "a", two.stories[1])
    finish(two, "b", two.others[1])
    report = two.of("a", "b")
    assert report.outcome == "partial"
    assert two.percents(report) == {"KRA": 100.0, "KRB": 50.0}
    assert (two.shown("a", two.first), two.shown("b", two.second)) == (100, 50)


def test_one_that_was_read_in_part_is_not_silent_however_many_runs_there_were_since(two):
    two.use(on("KR", ("a", two.first), ("b", two.second)), on("KRX", ("b", "MEM-999")))
    assert two.sync().outcome == "partial"
    for _ in range(25):
        two.of("a")
    finish(two, "a", two.stories[1])
    two.later(minutes=5)
    report = two.of("a")
    assert next(one for one in report.standings if one.kr.id == "KR").complete
    assert two.shown("b", two.second) == 75


def test_a_secret_that_cannot_be_read_is_one_connections_trouble_unattended(two):
    apart(two)
    finish(two, "a", two.stories[1])
    two.troubles["b"] = ConfigError([Misconfigured("connections.b.token", "cannot be read")])
    report = two.of("a", "b")
    assert (report.outcome, two.shown("a", two.first)) == ("partial", 100)
    [problem] = report.problems
    assert (problem.kind, problem.connection, problem.kr) == ("config_error", "b", "")
    with pytest.raises(ConfigError):
        two.sync()


REFUSALS = {
    "the login": (AccessDenied("a", "401", "renew the token", login=True), ["a"]),
    "a permission": (AccessDenied("a", "403", "grant Browse"), []),
    "something else": (Transient("a", "503"), []),
}


@pytest.mark.parametrize(("error", "told"), REFUSALS.values(), ids=REFUSALS)
def test_a_login_that_is_refused_in_the_middle_is_told_when_the_run_is_over(two, error, told):
    apart(two)

    def refuse(call: str) -> None:
        if call == "changed":
            raise error

    two.memories["a"].before = refuse
    two.of("a", "b")
    assert [name for name, _ in two.refused] == told
    assert all(isinstance(one, ConnectorError) and one is error for _, one in two.refused)


# --- sweeps


def delete_below_a_query(two: Any) -> None:
    """A deletion that only a walk of all identities finds: no list tells of it."""
    story = two.stories[1]
    part = two.trackers["a"].add("Part", tier="part", parent=story)
    two.trackers["a"].change(story, children=[part])
    two.use(on("KRA", ("a", two.first)), on("KRB", ("b", two.second)))
    two.sync()
    two.later(hours=5)
    two.trackers["a"].delete(part)
    two.trackers["a"].items[story]["children"] = []
    two.part = part


SWEEPS = {
    "told to": ({"sweep": frozenset({"a"})}, True),
    "told to elsewhere": ({"sweep": frozenset({"b"})}, False),
    "told not to": ({"sweep": frozenset()}, False),
    "by hand, hours later": ({"sweep": None}, True),
}


@pytest.mark.parametrize(("orders", "swept"), SWEEPS.values(), ids=SWEEPS)
def test_all_identities_are_walked_exactly_when_that_is_told(two, orders, swept):
    delete_below_a_query(two)
    two.of("a", **orders)
    assert (two.part not in two.store.mirror.ids("a")) is swept
    assert (two.store.cursors.get("a").swept == two.now) is swept


# --- the comparison


def test_a_deleted_comment_is_found_and_put_back_where_that_is_told(two):
    apart(two)
    root = two.trackers["a"].find(two.first)
    (comment,) = two.trackers["a"].comments[root]
    del two.trackers["a"].comments[root][comment]
    assert two.of("a", "b").changes == ()
    assert two.of("a", "b", look=frozenset({"b"}), kind="reconcile").changes == ()
    report = two.of("a", "b", look=frozenset({"a"}), kind="reconcile")
    assert [(change.connection, change.outcome) for change in report.changes] == [("a", Outcome.WRITTEN)]
    assert len(two.trackers["a"].comments[root]) == 1
    assert two.of("a", look=frozenset({"a"})).changes == ()


@pytest.mark.parametrize(
    ("left", "outcome"), [({}, Outcome.DRIFTED), (None, Outcome.WRITTEN)], ids=["changed", "removed"]
)
def test_a_property_that_somebody_changed_is_found_without_any_list_telling_of_it(two, left, outcome):
    apart(two)
    two.of("a")
    root = two.trackers["a"].find(two.first)
    properties = two.trackers["a"].properties
    properties[root] = None if left is None else properties[root] | {"key_results": []}
    assert two.of("a").changes == ()
    report = two.of("a", look=frozenset({"a"}), kind="reconcile")
    assert [(change.what.value, change.outcome) for change in report.changes] == [("property", outcome)]


def test_a_persons_value_is_kept_by_the_comparison_too(two):
    apart(two)
    root = two.trackers["a"].find(two.first)
    two.trackers["a"].panels[root]["progress"] = 99
    report = two.of("a", look=frozenset({"a"}), kind="reconcile")
    assert [change.outcome for change in report.changes] == [Outcome.DRIFTED]
    assert two.shown("a", two.first) == 99


def test_a_run_bears_the_name_of_its_kind(two):
    apart(two)
    for kind in ("sync", "sweep", "reconcile"):
        two.of("a", kind=kind)
        assert two.store.runs.last(1)[0].kind == kind


# --- hints


def test_a_hint_is_for_its_own_connection(two):
    apart(two)
    same = two.stories[1]
    assert same == two.others[1], "ids of two trackers may be the same"
    finish(two, "a", same)
    finish(two, "b", same)
    two.later(minutes=5)
    report = two.of("a", hints={"a": frozenset({same})})
    assert two.percents(report) == {"KRA": 100.0, "KRB": 50.0}
