"""Writes are made once, whatever happens on the way."""

from __future__ import annotations

import threading
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from typing import Any

import pytest

from bridge.apply import Run, apply
from bridge.errors import (
    AccessDenied,
    ConnectorError,
    Full,
    LeaseLost,
    NotFound,
    RateLimited,
    Rejected,
    Stale,
    StoreError,
    Transient,
    UnexpectedAnswer,
)
from bridge.model import ItemRef, Outcome, Pace, Plan, What
from bridge.publish import Rules
from bridge.store import Store
from connectors.memory import Memory
from tests.written import LATER, NOON, Desk, Ledger, key_result, objective, outcomes, standing

TWO = (key_result("O1-KR1", "Guided onboarding"), key_result("O1-KR2", "Fewer returns"))
LOST = Transient("acme", "put: no answer", maybe_done=True)
BUSY = Transient("acme", "put: answered 503")


@dataclass
class Fault:
    """Raises at the n-th call of a name (at every call where `at` is 0), and counts them."""

    call: str
    error: Exception
    at: int = 1
    seen: int = 0

    def __call__(self, call: str) -> None:
        if call == self.call:
            self.seen += 1
            if self.at in (0, self.seen):
                raise self.error


def two_items() -> Desk:
    return Desk([objective(*TWO)])


def both(done: int = 2) -> list[Any]:
    return [standing(done, 4, kr) for kr in TWO]


def count(desk: Desk, call: str) -> Fault:
    """Counts the calls of a name and never raises."""
    counter = Fault(call, BUSY, at=-1)
    desk.memory.before = counter
    return counter


def kinds(done: Plan) -> list[str]:
    return [problem.kind for problem in done.problems]


# --- what is sent


def test_everything_planned_is_written_and_remembered():
    desk = two_items()
    done = desk.run(both())
    assert set(outcomes(done).values()) == {Outcome.WRITTEN}
    assert done.problems == ()
    assert len(desk.ledger.places) == 2 * 8
    assert desk.ledger.pending() == ()


def test_a_second_run_with_the_same_standings_writes_nothing():
    desk = two_items()
    desk.run(both())
    writes = [count(desk, call) for call in ("put_values", "put_comment", "put_link")]
    assert desk.run(both(), LATER).changes == ()
    assert sum(counter.seen for counter in writes) == 0


def test_fields_and_property_of_an_item_go_in_one_write():
    desk = two_items()
    writes = count(desk, "put_values")
    desk.run(both())
    assert writes.seen == 2


def test_the_comment_is_rewritten_in_place():
    desk = two_items()
    desk.run(both(2))
    before = dict(desk.tracker.comments[desk.item])
    desk.run(both(3), LATER)
    after = desk.tracker.comments[desk.item]
    assert after.keys() == before.keys()
    assert after != before


def test_kept_drift_is_not_sent():
    desk = two_items()
    desk.run(both())
    desk.tracker.panels[desk.item]["progress"] = 99
    done = desk.run(both(3), LATER)
    assert outcomes(Plan(done.changes[:1]))["progress"] is Outcome.DRIFTED
    assert desk.tracker.panels[desk.item]["progress"] == 99


def test_the_mirror_shows_what_was_just_written():
    desk = two_items()
    desk.ledger.set_panel("acme", desk.item, {"fields": {"other": 1}, "kept": True})
    desk.run(both())
    panel = desk.ledger.panels("acme", [desk.item])[desk.item]
    assert panel["fields"]["progress"] == 50
    assert panel["fields"]["other"] == 1
    assert panel["kept"] is True
    assert panel["property"]["instance"] == "here"


def test_a_new_comment_is_made_only_after_a_look():
    desk = two_items()
    todo = desk.plan(both())
    looks = count(desk, "look")
    apply(todo, Run(panels={"acme": desk.memory}, ledger=desk.ledger, id="r1", at=NOON))
    assert looks.seen == 2


def test_an_item_that_was_just_looked_at_is_not_looked_at_again():
    desk = two_items()
    todo = desk.plan(both())
    looked = {ItemRef(change.connection, change.item) for change in todo.changes}
    looks = count(desk, "look")
    run = Run(panels={"acme": desk.memory}, ledger=desk.ledger, id="r1", at=NOON, looked=looked)
    assert set(outcomes(apply(todo, run)).values()) == {Outcome.WRITTEN}
    assert looks.seen == 0


def test_outcomes_keep_the_order_of_the_plan():
    desk = two_items()
    todo = desk.plan(both())
    done = apply(todo, Run(panels={"acme": desk.memory}, ledger=desk.ledger, id="r1", at=NOON))
    assert [(c.item, c.name) for c in done.changes] == [(c.item, c.name) for c in todo.changes]


def test_a_connection_without_a_panel_fails_and_says_so_once_an_item():
    desk = two_items()
    done = apply(desk.plan(both()), Run(panels={}, ledger=desk.ledger, id="r1", at=NOON))
    assert set(outcomes(done).values()) == {Outcome.FAILED}
    assert kinds(done) == ["unreachable"] * 2


def test_items_are_written_in_parallel_on_request(tmp_path):
    desk = Desk([objective(*(key_result(f"KR{n}") for n in range(12)))])
    names: set[str] = set()
    gate = threading.Barrier(3, timeout=10)

    def meet(call: str) -> None:
        if call == "put_values" and len(names) < 3:
            names.add(threading.current_thread().name)
            gate.wait()

    desk.memory.before = meet
    todo = desk.plan([standing(1, 2, key_result(f"KR{n}")) for n in range(12)])
    with Store.open(f"sqlite:///{tmp_path / 'okr.db'}") as store, ThreadPoolExecutor(3) as pool:
        run = Run(panels={"acme": desk.memory}, ledger=store, id="r1", at=NOON)
        done = apply(todo, run, pool.map)
        assert store.outbox.depth() == 0
        assert len(store.written.all("acme")) == len(done.changes)
    assert set(outcomes(done).values()) == {Outcome.WRITTEN}
    assert len(names) == 3


def test_the_real_store_is_a_ledger(tmp_path):
    desk = two_items()
    with Store.open(f"sqlite:///{tmp_path / 'okr.db'}") as store:
        run = Run(panels={"acme": desk.memory}, ledger=store, id="r1", at=NOON)
        apply(desk.plan(both()), run)
        comments = {
            key.kr: value for key, value in store.written.all("acme").items() if key.what == "comment"
        }
        assert comments["O1-KR1"].ref in desk.tracker.comments[desk.item]
        assert comments["O1-KR1"].at == NOON


# --- refusals

REFUSALS: dict[str, ConnectorError] = {
    "access_denied": AccessDenied("acme", "put: answered 403", "ask for Edit issues"),
    "full": Full("acme", "put: answered 413", "5000 comments"),
    "rejected": Rejected("acme", "put: answered 400", "look"),
}


@pytest.mark.parametrize("call", ["put_values", "put_comment", "put_link"])
@pytest.mark.parametrize("kind", REFUSALS)
def test_a_refusal_is_told_with_its_hint_and_stops_nothing_else(kind, call):
    desk = two_items()
    desk.memory.before = Fault(call, REFUSALS[kind], at=0)
    done = desk.run(both())
    places = {"put_values": (What.FIELD, What.PROPERTY), "put_comment": (What.COMMENT,)}
    refused = {change.what for change in done.changes if change.outcome is Outcome.REFUSED}
    assert refused == set(places.get(call, (What.REMOTE_LINK,)))
    assert {change.outcome for change in done.changes if change.what not in refused} == {Outcome.WRITTEN}
    assert set(kinds(done)) == {kind}
    assert {problem.hint for problem in done.problems} == {REFUSALS[kind].hint}
    assert desk.ledger.pending() == ()


def test_behind_an_item_that_is_not_to_be_found_the_rest_waits():
    desk = two_items()
    desk.memory.before = Fault("put_values", NotFound("acme", "put: answered 404", "is it there?"), at=0)
    done = desk.run(both())
    assert kinds(done) == ["not_found"] * 2
    assert {change.outcome for change in done.changes} == {Outcome.REFUSED, Outcome.FAILED}
    assert desk.ledger.pending() == ()


def test_the_property_lands_without_the_field_that_is_refused():
    desk = two_items()
    todo = desk.plan(both())
    desk.tracker.roles = tuple(role for role in desk.tracker.roles if role != "score")
    done = apply(todo, Run(panels={"acme": desk.memory}, ledger=desk.ledger, id="r1", at=NOON))
    assert outcomes(done)["score"] is Outcome.REFUSED
    assert {o for name, o in outcomes(done).items() if name != "score"} == {Outcome.WRITTEN}
    assert kinds(done) == ["rejected"] * 2
    assert desk.tracker.properties[desk.item]["key_results"][0]["percent"] == 50


def test_where_nothing_is_named_property_and_fields_are_tried_apart():
    desk = Desk([objective()])
    put = desk.memory.put_values

    def strict(item: str, fields: Any, property: Any = None) -> None:
        if fields:
            raise Rejected("acme", "put: answered 400")
        put(item, fields, property)

    panel = _Panel(desk.memory, put_values=strict)
    done = apply(desk.plan([standing()]), Run(panels={"acme": panel}, ledger=desk.ledger, id="r1", at=NOON))
    assert outcomes(done)["okr-bridge"] is Outcome.WRITTEN
    assert outcomes(done)["progress"] is Outcome.REFUSED


class _Panel:
    """A panel with some of its calls replaced."""

    def __init__(self, panel: Memory, **calls: Callable[..., Any]) -> None:
        self._panel = panel
        self._calls = calls

    def __getattr__(self, name: str) -> Any:
        return self._calls.get(name) or getattr(self._panel, name)


# --- passing trouble


@pytest.mark.parametrize("call", ["put_values", "put_comment", "put_link"])
def test_passing_trouble_fails_stays_pending_and_the_next_run_makes_up_for_it(call):
    desk = two_items()
    desk.memory.before = Fault(call, BUSY, at=0)
    done = desk.run(both())
    assert Outcome.FAILED in outcomes(done).values()
    assert desk.ledger.pending() != ()
    desk.memory.before = lambda _: None
    assert set(outcomes(desk.run(both(), LATER)).values()) == {Outcome.WRITTEN}
    assert desk.ledger.pending() == ()
    assert desk.run(both(), LATER).changes == ()


def test_a_pause_asked_for_is_passing_trouble():
    desk = Desk([objective()])
    desk.memory.before = Fault("put_link", RateLimited("acme", "put: 429", retry_after=30, scope="item"))
    done = desk.run([standing()])
    assert outcomes(done)["okr-bridge=here&kr=O1-KR1"] is Outcome.FAILED
    assert kinds(done) == ["rate_limited"]


@pytest.mark.parametrize("call", ["put_values", "put_comment", "put_link"])
@pytest.mark.parametrize("error", [LOST, UnexpectedAnswer("acme", "put: a login page")], ids=["lost", "page"])
def test_a_write_that_arrived_without_an_answer_is_found_and_not_repeated(call, error):
    desk = two_items()
    desk.memory.after = Fault(call, error, at=0)
    writes = count(desk, call)
    done = desk.run(both())
    assert set(outcomes(done).values()) == {Outcome.WRITTEN}
    assert writes.seen == 2
    assert [len(comments) for comments in desk.tracker.comments.values()] == [1, 1]
    assert done.problems == ()
    desk.memory.after = lambda _: None
    assert desk.run(both(), LATER).changes == ()


@pytest.mark.parametrize("call", ["put_values", "put_comment", "put_link"])
def test_a_lost_write_that_did_not_arrive_is_not_repeated_in_the_same_run(call):
    desk = two_items()
    desk.memory.before = fault = Fault(call, LOST, at=0)
    done = desk.run(both())
    assert fault.seen == 2
    assert Outcome.FAILED in outcomes(done).values()
    desk.memory.before = lambda _: None
    desk.run(both(), LATER)
    assert [len(comments) for comments in desk.tracker.comments.values()] == [1, 1]


def test_an_outcome_that_cannot_be_looked_up_is_unknown_and_settled_by_the_next_run():
    desk = Desk([objective()])
    desk.run([standing()])
    desk.memory.after = Fault("put_comment", LOST)
    desk.memory.before = Fault("look", BUSY, at=0)
    todo = desk.plan([standing(3, 3)], LATER)
    done = apply(todo, Run(panels={"acme": desk.memory}, ledger=desk.ledger, id="r2", at=LATER))
    assert outcomes(done)["comment"] is Outcome.UNKNOWN
    desk.memory.before = desk.memory.after = lambda _: None
    writes = count(desk, "put_comment")
    assert [change.what for change in desk.run([standing(3, 3)], LATER).changes] == [What.REMOTE_LINK]
    assert writes.seen == 0
    assert desk.run([standing(3, 3)], LATER).changes == ()


def test_somebody_who_wrote_at_the_same_time_elsewhere_costs_one_more_try():
    desk = two_items()
    desk.memory.before = fault = Fault("put_values", Stale("acme", "put: answered 409"))
    assert set(outcomes(desk.run(both())).values()) == {Outcome.WRITTEN}
    assert fault.seen == 3


def test_somebody_who_wrote_in_our_place_at_the_same_time_is_drift():
    desk = Desk([objective()])
    desk.run([standing(1, 4)])

    def meddle(call: str) -> None:
        if call == "put_values":
            desk.tracker.panels[desk.item]["progress"] = 99
            raise Stale("acme", "put: answered 409")

    desk.memory.before = meddle
    done = desk.run([standing(2, 4)], LATER)
    assert outcomes(done)["progress"] is Outcome.DRIFTED
    assert desk.tracker.panels[desk.item]["progress"] == 99


def test_a_conflict_that_stays_is_a_failure():
    desk = Desk([objective()])
    desk.memory.before = Fault("put_link", Stale("acme", "put: answered 409"), at=0)
    done = desk.run([standing()])
    assert outcomes(done)["okr-bridge=here&kr=O1-KR1"] is Outcome.FAILED
    assert kinds(done) == ["stale"]


def test_a_store_that_breaks_ends_the_run():
    desk = two_items()

    def broken() -> None:
        raise StoreError("disk full")

    desk.ledger.step = broken
    with pytest.raises(StoreError):
        desk.run(both())


# --- comments


def test_a_write_that_returns_when_the_lease_is_lost_is_pending_again_for_the_new_holder():
    desk = Desk([objective()])
    ledger = desk.ledger

    def overtaken(call: str) -> None:
        if call == "put_values":
            ledger.closed = {one.id: (Outcome.FAILED, "not there yet") for one in ledger.pending()}
            ledger.step = lost

    def lost() -> None:
        raise LeaseLost("the writer lease is no longer held", "")

    desk.memory.after = overtaken
    with pytest.raises(LeaseLost):
        desk.run([standing()])
    assert {one.change.what for one in ledger.pending()} == {What.FIELD, What.PROPERTY}


def test_a_comment_that_a_person_deleted_is_made_again_and_only_once():
    desk = Desk([objective()])
    desk.run([standing(1, 4)])
    todo = desk.plan([standing(2, 4)], LATER)
    desk.tracker.comments[desk.item].clear()
    done = apply(todo, Run(panels={"acme": desk.memory}, ledger=desk.ledger, id="r2", at=LATER))
    assert outcomes(done)["comment"] is Outcome.WRITTEN
    assert done.problems == ()
    assert len(desk.tracker.comments[desk.item]) == 1
    assert desk.run([standing(2, 4)], LATER).changes == ()


def test_a_comment_of_ours_that_was_forgotten_is_taken_up_again():
    desk = Desk([objective()])
    desk.run([standing(1, 4)])
    number = next(iter(desk.tracker.comments[desk.item]))
    desk.ledger = Ledger()
    desk.run([standing(2, 4)], LATER)
    assert list(desk.tracker.comments[desk.item]) == [number]


def test_a_bridge_that_lost_its_memory_goes_on_where_it_was():
    desk = two_items()
    desk.run(both(1))
    desk.ledger = Ledger()
    assert set(outcomes(desk.run(both(3), LATER)).values()) == {Outcome.WRITTEN}
    assert [len(comments) for comments in desk.tracker.comments.values()] == [1, 1]


def test_of_two_comments_that_say_the_same_the_oldest_is_kept_up_to_date_and_the_other_told():
    desk = Desk([objective()])
    desk.run([standing(1, 4)])
    comments = desk.tracker.comments[desk.item]
    (first,) = comments
    comments["99"] = dict(comments[first])
    todo = desk.plan([standing(2, 4)], LATER)
    desk.memory.before = Fault("put_comment", NotFound("acme", "gone"))
    done = apply(todo, Run(panels={"acme": desk.memory}, ledger=desk.ledger, id="r2", at=LATER))
    assert kinds(done) == ["duplicate"]
    assert "99" in done.problems[0].hint
    assert comments[first] != comments["99"]


@pytest.mark.parametrize("rules", [Rules(), Rules(comment="milestones")], ids=["sticky", "milestones"])
def test_a_comment_that_stands_already_is_remembered_and_not_sent_again(rules):
    desk = Desk([objective()], rules=rules)
    todo = desk.plan([standing(1, 4)])
    run = Run(panels={"acme": desk.memory}, ledger=desk.ledger, id="r1", at=NOON)
    apply(todo, run)
    desk.ledger = Ledger()
    writes = count(desk, "put_comment")
    done = apply(todo, Run(panels={"acme": desk.memory}, ledger=desk.ledger, id="r2", at=LATER))
    assert outcomes(done)["comment"] is Outcome.WRITTEN
    assert writes.seen == 0
    assert len(desk.tracker.comments[desk.item]) == 1


def test_milestones_stay_beside_each_other():
    desk = Desk([objective()], rules=Rules(comment="milestones"))
    for done in (1, 2, 3, 5, 6, 10):
        desk.run([standing(done, 10)], LATER)
    assert len(desk.tracker.comments[desk.item]) == 4
    desk.run([standing(10, 10, pace=Pace.CLOSED)], LATER)
    assert len(desk.tracker.comments[desk.item]) == 5
    assert desk.run([standing(10, 10, pace=Pace.CLOSED)], LATER).changes == ()


# --- killed


class Killed(BaseException):
    """The process is gone: nothing may catch it."""


def kill_at(desk: Desk, step: int) -> Callable[[], int]:
    """Every request (before and after its effect) and every change of the ledger is a step."""
    steps = 0

    def count(*_: str) -> None:
        nonlocal steps
        steps += 1
        if steps == step:
            raise Killed

    desk.memory.before = desk.memory.after = desk.ledger.step = count
    return lambda: steps


def revive(desk: Desk) -> None:
    desk.memory.before = desk.memory.after = lambda _: None
    desk.ledger.step = lambda: None


def steps_of(rules: Rules) -> int:
    desk = Desk([objective(*TWO)], rules=rules)
    desk.run(both(1))
    steps = kill_at(desk, 0)
    desk.run(both(3), LATER)
    return steps()


@pytest.mark.parametrize("rules", [Rules(), Rules(comment="milestones")], ids=["sticky", "milestones"])
@pytest.mark.parametrize("begun", [False, True], ids=["first run", "later run"])
def test_a_run_killed_at_any_step_and_run_again_leaves_exactly_the_right_result(begun, rules):
    smooth = Desk([objective(*TWO)], rules=rules)
    if begun:
        smooth.run(both(1))
    smooth.run(both(3), LATER)
    for step in range(1, steps_of(rules) + 30):
        desk = Desk([objective(*TWO)], rules=rules)
        if begun:
            desk.run(both(1))
        kill_at(desk, step)
        try:
            desk.run(both(3), LATER)
        except Killed:
            revive(desk)
            again = desk.run(both(3), LATER)
            assert Outcome.DRIFTED not in outcomes(again).values()
        revive(desk)
        assert desk.state() == smooth.state(), step
        assert desk.run(both(3), LATER).changes == (), step
        assert desk.ledger.pending() == (), step


def test_work_that_moved_on_after_the_kill_is_written_and_never_taken_for_drift():
    smooth = two_items()
    smooth.run(both(1))
    smooth.run(both(4), LATER)
    for step in range(1, steps_of(Rules()) + 1):
        desk = two_items()
        desk.run(both(1))
        kill_at(desk, step)
        with pytest.raises(Killed):
            desk.run(both(3), LATER)
        revive(desk)
        assert set(outcomes(desk.run(both(4), LATER)).values()) == {Outcome.WRITTEN}, step
        assert desk.tracker.panels == smooth.tracker.panels
        assert desk.tracker.properties == smooth.tracker.properties
        assert desk.tracker.links == smooth.tracker.links
        assert [len(comments) for comments in desk.tracker.comments.values()] == [1, 1]


def test_ten_results_and_no_more_after_a_kill_at_the_third_write():
    key_results = [key_result(f"KR{n}") for n in range(10)]
    desk = Desk([objective(*key_results)], rules=Rules(fields=False, property=False, remote_link=False))
    standings = [standing(1, 2, kr) for kr in key_results]
    desk.memory.after = Fault("put_comment", KeyboardInterrupt(), at=3)  # type: ignore[arg-type]
    with pytest.raises(KeyboardInterrupt):
        desk.run(standings)
    revive(desk)
    desk.run(standings, LATER)
    assert [len(desk.tracker.comments[target[0].item]) for target in desk.anchors.values()] == [1] * 10
