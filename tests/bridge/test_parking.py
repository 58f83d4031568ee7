"""What is tried again and when, what never is, and that order holds on an item."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import UTC, datetime, timedelta
from itertools import pairwise
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bridge.errors import (
    AccessDenied,
    BridgeError,
    ConnectorError,
    Full,
    MappingError,
    NotFound,
    RateLimited,
    Rejected,
    Stale,
    Transient,
    UnexpectedAnswer,
)
from bridge.model import Change, ItemRef, Outcome, Plan, What
from bridge.parking import Nature, Parked, Terms, Why, freed, hold, nature, over, park, pause, trouble
from bridge.places import place

NOON = datetime(2026, 11, 10, 12, tzinfo=UTC)
HOUR = timedelta(hours=1)
SITES = {"acme": "site-1"}
BUSY = Transient("acme", "put: answered 503", "run again later")
DENIED = AccessDenied("acme", "put: answered 403", "ask for Edit issues")
UNFIT = Rejected("acme", "put: answered 400", "look")
LINK, COMMENT, PROPERTY = "okr-bridge=here&kr=KR1", "comment", "okr-bridge"


def change(what: What = What.FIELD, name: str = "progress", after: Any = 50, **parts: Any) -> Change:
    known = {"connection": "acme", "item": "1", "key": "A-1", "kr": "KR1", "before": None}
    return Change(what=what, name=name, after=after, **{**known, **parts})


FIELD, SCORE = change(), change(name="score", after=0.5)
TOLD = change(What.COMMENT, COMMENT, {"hash": "h1"})
LINKED = change(What.REMOTE_LINK, LINK, {"url": "https://a.example"})
ELSEWHERE = change(item="2", key="A-2")


def terms(after: timedelta = timedelta(0), **parts: Any) -> Terms:
    return Terms(**{"now": NOON + after, "sites": SITES, **parts})


def parked(one: Change, error: BridgeError = BUSY, before: Parked | None = None, **parts: Any) -> Parked:
    return park(trouble(one, error), before, terms(**parts))


def held(known: list[Parked], *changes: Change, **parts: Any) -> Mapping[str, Outcome]:
    """What became of each change, by item and name."""
    plan = hold(Plan(changes), known, terms(**parts))
    return {f"{one.item} {one.name}": one.outcome for one in plan.changes}


NATURES: dict[str, tuple[BridgeError, Nature]] = {
    "503": (BUSY, Nature.PASSING),
    "a strange page": (UnexpectedAnswer("acme", "a login page"), Nature.PASSING),
    "changed twice at the same time": (Stale("acme", "409"), Nature.PASSING),
    "this item too often": (RateLimited("acme", "429", retry_after=30, scope="item"), Nature.PASSING),
    "this endpoint too often": (RateLimited("acme", "429", retry_after=9, scope="endpoint"), Nature.PASSING),
    "the hour's quota": (RateLimited("acme", "429", retry_after=900, scope="connection"), Nature.EVERYWHERE),
    "the login": (AccessDenied("acme", "401", login=True), Nature.EVERYWHERE),
    "a certificate": (ConnectorError("acme", "not trusted"), Nature.EVERYWHERE),
    "403": (DENIED, Nature.REFUSED),
    "404": (NotFound("acme", "404"), Nature.PASSING),
    "413": (Full("acme", "413"), Nature.REFUSED),
    "400": (UNFIT, Nature.UNFIT),
    "no text that it takes": (MappingError("A-1", "comment", "too deep"), Nature.UNFIT),
}


@pytest.mark.parametrize(("error", "told"), NATURES.values(), ids=NATURES)
def test_what_a_failure_is_about(error: BridgeError, told: Nature) -> None:
    assert nature(error) is told


def test_passing_trouble_waits_a_minute_and_twice_as_long_each_time_up_to_an_hour() -> None:
    assert [pause(n).total_seconds() / 60 for n in range(1, 9)] == [1, 2, 4, 8, 16, 32, 60, 60]
    assert pause(10_000) == HOUR


def test_a_pause_that_was_asked_for_is_kept() -> None:
    limited = RateLimited("acme", "429", retry_after=900, scope="item")
    assert parked(FIELD, limited).next == NOON + timedelta(seconds=900)
    short = RateLimited("acme", "429", retry_after=2, scope="item")
    assert parked(FIELD, short).next == NOON + timedelta(minutes=1)


def test_whatever_is_to_be_written_on_an_item_waits_behind_what_failed_there() -> None:
    known = [parked(TOLD)]
    waiting = held(known, FIELD, TOLD, LINKED, ELSEWHERE, after=timedelta(seconds=59))
    assert [name for name, outcome in waiting.items() if outcome is Outcome.PLANNED] == ["2 progress"]
    assert set(held(known, FIELD, TOLD, LINKED, after=timedelta(minutes=1)).values()) == {Outcome.PLANNED}


def test_what_is_wanted_no_longer_keeps_nothing_waiting() -> None:
    assert held([parked(TOLD)], FIELD, LINKED) == {
        "1 progress": Outcome.PLANNED,
        f"1 {LINK}": Outcome.PLANNED,
    }


def test_a_refusal_keeps_its_place_alone_whatever_the_value() -> None:
    known = [parked(FIELD, DENIED)]
    other = change(after=99)
    assert held(known, other, SCORE, TOLD) == {
        "1 progress": Outcome.REFUSED,
        "1 score": Outcome.PLANNED,
        f"1 {COMMENT}": Outcome.PLANNED,
    }


SAME, NEW = change(What.COMMENT, COMMENT, {"hash": "h1"}), change(What.COMMENT, COMMENT, {"hash": "h2"})
HELD = {
    "a field that the site does not take": (FIELD, UNFIT, change(after=99), {}, True),
    "the same on a site with other fields": (FIELD, UNFIT, FIELD, {"sites": {"acme": "site-2"}}, False),
    "a comment that it does not take": (SAME, UNFIT, SAME, {}, True),
    "another comment": (SAME, UNFIT, NEW, {}, False),
    "a text that it cannot show": (SAME, MappingError("A-1", "comment", "deep"), SAME, {}, True),
    "a comment too many": (SAME, Full("acme", "413"), NEW, {}, True),
    "a comparison on this connection": (FIELD, DENIED, FIELD, {"anew": {"acme"}}, False),
    "a comparison on another": (FIELD, DENIED, FIELD, {"anew": {"other"}}, True),
    "months later": (FIELD, DENIED, FIELD, {"after": timedelta(days=90)}, True),
}


@pytest.mark.parametrize(("first", "error", "then", "parts", "holds"), HELD.values(), ids=HELD)
def test_what_a_refusal_holds_for(
    first: Change, error: BridgeError, then: Change, parts: dict[str, Any], holds: bool
) -> None:
    (outcome,) = held([parked(first, error)], then, **parts).values()
    assert outcome is (Outcome.REFUSED if holds else Outcome.PLANNED)


def failing(one: Change, span: timedelta, hours: float = 24) -> tuple[Parked, list[datetime]]:
    """Tried whenever it may be, a run every five minutes; it fails each time."""
    now, known, tries = NOON, None, []
    while now <= NOON + span:
        at = Terms(now=now, sites=SITES, hours=hours)
        if known is None or hold(Plan((one,)), [known], at).changes[0].outcome is Outcome.PLANNED:
            tries.append(now)
            known = park(trouble(one, BUSY), known, at)
        now += timedelta(minutes=5)
    assert known is not None
    return known, tries


def test_what_fails_for_a_day_is_given_up_until_another_value_is_wanted() -> None:
    known, tries = failing(TOLD, timedelta(days=4))
    assert known.why is Why.GAVE_UP
    assert timedelta(hours=24) <= tries[-1] - NOON <= timedelta(hours=25, minutes=5)
    late = timedelta(days=5)
    assert held([known], TOLD, FIELD, after=late) == {
        f"1 {COMMENT}": Outcome.FAILED,
        "1 progress": Outcome.PLANNED,
    }
    assert held([known], NEW, after=late) == {f"1 {COMMENT}": Outcome.PLANNED}
    assert held([known], TOLD, after=late, anew={"acme"}) == {f"1 {COMMENT}": Outcome.PLANNED}


def test_what_was_given_up_gets_one_more_try_at_a_comparison_and_another_value_a_whole_day() -> None:
    known, _ = failing(TOLD, timedelta(days=2))
    again = parked(TOLD, BUSY, known, after=timedelta(days=3))
    assert (again.why, again.since) == (Why.GAVE_UP, NOON)
    other = parked(NEW, BUSY, known, after=timedelta(days=3))
    assert (other.why, other.since) == (Why.WAITS, NOON + timedelta(days=3))


def test_trouble_of_the_whole_connection_neither_grows_nor_is_given_up() -> None:
    login = AccessDenied("acme", "401", login=True)
    known = parked(FIELD, login)
    for days in range(1, 9):
        known = parked(FIELD, login, known, after=timedelta(days=days))
    assert (known.why, known.attempts) == (Why.WAITS, 1)
    assert known.next == NOON + timedelta(days=8, minutes=1)


def test_it_is_told_once_an_item_since_when_and_what_next() -> None:
    known = [parked(one) for one in (FIELD, SCORE)] + [parked(TOLD, DENIED)]
    told = hold(Plan((FIELD, SCORE, TOLD, LINKED)), known, terms()).problems
    assert [(one.kind, one.item, one.kr) for one in told] == [
        ("waiting", "A-1", "KR1"),
        ("refused", "A-1", "KR1"),
    ]
    assert told[0].message == (
        "acme: put: answered 503 (since 2026-11-10 12:00 UTC; next try after 2026-11-10 12:01 UTC)"
    )
    assert told[0].hint == "run again later"
    assert told[1].message == "acme: put: answered 403 (since 2026-11-10 12:00 UTC; not tried again)"
    assert told[1].hint == "ask for Edit issues; then: okr-bridge sync --full"


def test_drift_that_is_kept_is_not_held_back() -> None:
    drifted = change(outcome=Outcome.DRIFTED)
    assert held([parked(FIELD, DENIED)], drifted) == {"1 progress": Outcome.DRIFTED}


def made(one: Change, outcome: Outcome = Outcome.WRITTEN) -> Change:
    return change(one.what, one.name, one.after, item=one.item, outcome=outcome)


def test_what_is_written_is_parked_no_longer() -> None:
    known = [parked(TOLD), parked(LINKED)]
    assert freed(known, [made(TOLD), made(LINKED, Outcome.FAILED)]) == {place(TOLD)}
    assert freed(known, [made(LINKED, Outcome.DRIFTED)]) == {place(LINKED)}


def test_values_that_get_through_free_those_given_up_before() -> None:
    given_up, refused = failing(SCORE, timedelta(days=2))[0], parked(change(name="status"), DENIED)
    comment = failing(TOLD, timedelta(days=2))[0]
    assert freed([given_up, refused, comment], [made(FIELD)]) == {place(SCORE)}
    assert freed([given_up], [made(TOLD)]) == set()


def test_what_nothing_needs_to_be_known_of() -> None:
    shown = {ItemRef("acme", "1"): {"KR1"}}
    known = [
        parked(FIELD),
        parked(TOLD, DENIED),
        parked(ELSEWHERE),
        parked(change(What.COMMENT, COMMENT, kr="KR9")),
    ]
    gone = {place(ELSEWHERE), known[3].place}
    assert over(known, shown, (), terms()) == gone
    assert over(known, shown, {place(FIELD), place(TOLD)}, terms()) == gone | {place(FIELD)}
    assert over(known, shown, (), terms(sites={"acme": "site-2"})) == gone | {place(TOLD)}


CHANGES = (FIELD, SCORE, change(What.PROPERTY, PROPERTY, {"percent": 50}), TOLD, LINKED, ELSEWHERE)
ERRORS = st.sampled_from([error for error, _ in NATURES.values()])
SPANS = st.integers(0, 3 * 24 * 60).map(lambda minutes: timedelta(minutes=minutes))
PARKED = st.lists(st.tuples(st.sampled_from(CHANGES), ERRORS, SPANS), max_size=12)


def remembered(failures: list[tuple[Change, BridgeError, timedelta]]) -> dict[Any, Parked]:
    known: dict[Any, Parked] = {}
    for one, error, span in sorted(failures, key=lambda failure: failure[2]):
        known[place(one)] = parked(one, error, known.get(place(one)), after=span)
    return known


@settings(deadline=None, max_examples=200)
@given(failures=PARKED, after=SPANS)
def test_nothing_is_tried_before_its_time_nor_out_of_order(
    failures: list[tuple[Change, BridgeError, timedelta]], after: timedelta
) -> None:
    known = remembered(failures)
    plan = hold(Plan(CHANGES), known.values(), terms(after))
    waiting = {one.item for one in known.values() if not one.final and one.next > NOON + after}
    for one in plan.changes:
        tried, own = one.outcome is Outcome.PLANNED, known.get(place(one))
        ref = ItemRef(one.connection, one.item)
        assert tried == (ref not in waiting and (own is None or not own.final))
    if any(one.outcome is not Outcome.PLANNED for one in plan.changes):
        assert plan.problems


@settings(deadline=None, max_examples=200)
@given(failures=PARKED)
def test_whatever_failed_is_tried_within_the_hour_or_when_it_was_asked_for_or_refused_for_good(
    failures: list[tuple[Change, BridgeError, timedelta]],
) -> None:
    for one in remembered(failures).values():
        asked = 900 if "429" in one.message else 0
        last = max(span for change, _, span in failures if place(change) == one.place)
        assert one.final or one.next <= NOON + last + max(HOUR, timedelta(seconds=asked))


@settings(deadline=None, max_examples=100)
@given(failures=PARKED, after=SPANS)
def test_with_force_everything_is_tried(
    failures: list[tuple[Change, BridgeError, timedelta]], after: timedelta
) -> None:
    plan = hold(Plan(CHANGES), remembered(failures).values(), terms(after, anew={"acme"}))
    assert plan == Plan(CHANGES)


@settings(deadline=None, max_examples=60)
@given(hours=st.integers(1, 72))
def test_a_write_that_always_fails_is_tried_every_hour_at_least_until_it_is_given_up(
    hours: int,
) -> None:
    known, tries = failing(TOLD, timedelta(hours=hours + 3), hours)
    gaps = [after - before for before, after in pairwise(tries)]
    assert max(gaps) <= HOUR + timedelta(minutes=5)
    assert min(gaps) >= timedelta(minutes=1)
    assert known.why is Why.GAVE_UP
    assert tries[-2] - NOON < timedelta(hours=hours) <= tries[-1] - NOON
