"""Where key results and objectives stand, by kind, with what people said."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from decimal import Decimal
from fractions import Fraction
from typing import Any

import pytest

from bridge.facts import find
from bridge.model import (
    Ambition,
    Blend,
    Colour,
    Counts,
    CurvePoint,
    Guard,
    KeyResult,
    Kind,
    Metric,
    MetricSource,
    Milestone,
    Note,
    Pace,
    State,
)
from bridge.notes import Say
from bridge.scope import baseline_of
from bridge.standing import Facts, stand_objective
from tests.bridge.judging import (
    OBJECTIVE,
    START,
    at_day,
    checkin,
    kept,
    metric_kr,
    objective,
    override,
    read,
    stands,
    told,
    work,
    work_kr,
)
from tests.bridge.rollup.making import epic, rolled, said, units

NOW = at_day(40)
BEFORE = at_day(39)
BAND = Metric(band=(Decimal(5), Decimal(7)), unit="h")
SOURCE = MetricSource("acme", "type = Bug")
LEARNING = KeyResult(id="KR1", title="Learn", kind=Kind.LEARNING)
MILESTONES = (Milestone("Design"), Milestone("Build", Decimal(3)))
STEPS = KeyResult(id="KR1", title="Steps", kind=Kind.MILESTONE, milestones=MILESTONES)


def blend_kr(by_work: str = "0.5", by_metric: str = "0.5") -> KeyResult:
    return work_kr(
        kind=Kind.BLEND,
        metric=Metric(Decimal(0), Decimal(100)),
        blend=Blend(Decimal(by_work), Decimal(by_metric)),
    )


# --- by kind ---


def test_work_stands_at_its_roll_up():
    standing = stands(work_kr(), read(NOW, "0.5"), NOW)
    assert (standing.progress, standing.computed, standing.complete) == (Fraction(1, 2), Fraction(1, 2), True)
    assert (standing.pace, standing.colour, standing.kept) == (Pace.ON_TRACK, Colour.AMBER, False)
    assert standing.objective == "O1"


def test_a_roll_ups_remarks_stand_with_the_key_result():
    facts = read(NOW, None, work=rolled(units("DDX")))
    assert told(stands(work_kr(), facts, NOW), Say.CANCELLED_EXCLUDED) is not None


def test_remarks_for_explanations_stay_with_the_roll_up():
    progress = rolled([epic("E"), *units("DT", under="E")])
    standing = stands(work_kr(), read(NOW, None, work=progress), NOW)
    assert said(progress, Say.MODE) == {"mode": "story"}
    assert told(standing, Say.MODE) is None


def test_work_without_links_has_no_value_and_says_why():
    standing = stands(work_kr(links=()), Facts(last_read=NOW.now), NOW)
    assert (standing.progress, standing.pace, standing.colour) == (None, Pace.PENDING, None)
    assert told(standing, Say.NO_LINKS) == {}


def test_a_hand_fed_metric_takes_the_latest_reported_value():
    reports = (checkin(at_day(30), 20), checkin(BEFORE, 40), checkin(NOW, note="nothing new"))
    standing = stands(metric_kr(), Facts(checkins=reports), NOW)
    assert (standing.progress, standing.current, standing.raw) == (Fraction(2, 5), 40, Fraction(2, 5))


def test_a_hand_fed_metric_is_as_fresh_as_its_report_whatever_was_read():
    stale = Facts(checkins=(checkin(at_day(31), 40),), last_read=NOW.now)
    assert stands(metric_kr(), stale, NOW).pace is Pace.OUTDATED
    fresh = Facts(checkins=(checkin(at_day(33), 40),), last_read=at_day(1).now)
    assert stands(metric_kr(), fresh, NOW).pace is Pace.ON_TRACK


def test_a_metric_from_a_source_is_as_fresh_as_the_read():
    kr = metric_kr(metric=Metric(Decimal(0), Decimal(100), source=SOURCE))
    facts = Facts(current=Decimal(40), last_read=NOW.now, checkins=(checkin(at_day(1), 99),))
    standing = stands(kr, facts, NOW)
    assert (standing.progress, standing.current, standing.pace) == (Fraction(2, 5), 40, Pace.ON_TRACK)
    assert stands(kr, replace(facts, last_read=at_day(31).now), NOW).pace is Pace.OUTDATED


def test_a_source_that_failed_keeps_the_last_value():
    kr = metric_kr(metric=Metric(Decimal(0), Decimal(100), source=SOURCE))
    facts = Facts(current=Decimal(3), current_complete=False, last=kept("0.4", BEFORE), last_read=BEFORE.now)
    standing = stands(kr, facts, NOW)
    assert (standing.progress, standing.complete, standing.kept) == (Fraction(2, 5), False, True)
    assert told(standing, Say.LAST_KEPT) == {"at": BEFORE.now.isoformat(), "reason": Say.READING_FAILED}


def test_no_reading_is_no_value():
    standing = stands(metric_kr(), Facts(), at_day(5))
    assert (standing.progress, standing.pace) == (None, Pace.PENDING)
    assert told(standing, Say.NO_READING) == {}


def test_never_reported_is_outdated_a_week_after_the_start():
    assert stands(metric_kr(), Facts(), at_day(7)).pace is Pace.PENDING
    assert stands(metric_kr(), Facts(), at_day(8)).pace is Pace.OUTDATED


def test_a_band_tells_its_distance_and_has_no_forecast():
    standing = stands(metric_kr(metric=BAND), Facts(checkins=(checkin(NOW, 8),)), NOW)
    assert (standing.progress, standing.distance, standing.forecast) == (0, 1, None)
    assert told(standing, Say.BAND_DISTANCE) == {"distance": "1", "unit": "h"}
    inside = stands(metric_kr(metric=BAND), Facts(checkins=(checkin(NOW, 7),)), NOW)
    assert (inside.progress, inside.distance, told(inside, Say.BAND_DISTANCE)) == (1, 0, None)


def test_a_metric_with_linked_work_shows_both_and_flags_that_they_disagree():
    kr = metric_kr(links=work_kr().links)
    standing = stands(kr, read(NOW, "0.9", checkins=(checkin(NOW, 10),)), NOW)
    assert standing.progress == Fraction(1, 10)
    assert standing.work is not None
    assert (standing.work.value, standing.mismatch) == (Fraction(9, 10), True)
    assert told(standing, Say.MISMATCH) == {"work": "9/10", "metric": "1/10"}
    agreeing = stands(kr, read(NOW, "0.7", checkins=(checkin(NOW, 10),)), NOW)
    assert (agreeing.mismatch, told(agreeing, Say.MISMATCH)) == (False, None)


def test_milestones_are_reached_once_reported():
    reports = (checkin(at_day(35), milestones=("Design",)), checkin(NOW, milestones=("Build",)))
    assert stands(STEPS, Facts(checkins=reports[:1]), NOW).progress == Fraction(1, 4)
    standing = stands(STEPS, Facts(checkins=reports), NOW)
    assert (standing.progress, standing.pace, standing.forecast) == (1, Pace.ON_TRACK, None)


def test_milestones_without_any_are_no_value():
    standing = stands(replace(STEPS, milestones=()), Facts(checkins=(checkin(NOW),)), NOW)
    assert standing.progress is None
    assert told(standing, Say.NO_MILESTONES) == {}


def test_a_blend_is_the_weighted_mean_of_work_and_metric():
    facts = read(NOW, "0.5", checkins=(checkin(NOW, 100),))
    assert stands(blend_kr(), facts, NOW).progress == Fraction(3, 4)


def test_a_blend_without_one_of_its_parts_has_no_value():
    standing = stands(blend_kr(), read(NOW, "0.5"), NOW)
    assert standing.progress is None
    assert told(standing, Say.BLEND_PART_MISSING) == {"part": "metric"}
    assert stands(blend_kr("1", "0"), read(NOW, "0.5"), NOW).progress == Fraction(1, 2)


def test_a_blend_is_as_fresh_as_the_older_of_its_parts():
    report, reading = (checkin(at_day(35), 50),), at_day(38).now
    facts = read(NOW, "0.5", checkins=report, last_read=reading)
    assert find(blend_kr(), facts).known == report[0].at
    assert find(blend_kr("1", "0"), facts).known == reading
    assert find(blend_kr(), replace(facts, checkins=())).known is None


def test_learning_is_set_by_hand_without_pace_or_forecast():
    standing = stands(LEARNING, Facts(checkins=(checkin(at_day(1), "0.3"),)), NOW)
    assert (standing.progress, standing.pace, standing.forecast) == (Fraction(3, 10), Pace.NONE, None)
    assert told(stands(LEARNING, Facts(), NOW), Say.NO_CHECKIN) == {}


# --- what could not be read ---


def test_what_was_half_read_gives_no_figures():
    items = rolled(units("DT"))
    standing = stands(work_kr(), Facts(work=items, unreadable=2, links=4, last_read=BEFORE.now), NOW)
    assert (standing.progress, standing.kept, standing.scope) == (None, False, None)
    assert standing.work is not None
    assert (standing.work.value, standing.work.counts.unreadable) == (None, 2)
    assert told(standing, Say.LAST_KEPT) is None


def test_a_link_that_failed_outright_leaves_no_roll_up_to_lean_on():
    standing = stands(work_kr(), Facts(unreadable=4, links=4), NOW)
    assert standing.work is not None
    assert standing.work.counts == Counts(unreadable=4)


def test_a_kept_value_is_judged_until_the_freshness_limit_and_then_outdated():
    facts = Facts(unreadable=1, links=4, last=kept("0.4", BEFORE), last_read=at_day(33).now)
    assert stands(work_kr(), facts, NOW).pace is Pace.ON_TRACK
    late = stands(work_kr(), facts, at_day(41))
    assert (late.pace, late.progress, late.colour) == (Pace.OUTDATED, Fraction(2, 5), Colour.AMBER)


def test_nothing_to_count_keeps_the_last_value_and_may_be_written():
    facts = read(NOW, None, work=rolled([]), last=kept("0.4", BEFORE))
    standing = stands(work_kr(), facts, NOW)
    assert (standing.progress, standing.computed, standing.complete) == (Fraction(2, 5), None, True)
    assert told(standing, Say.LAST_KEPT) == {"at": BEFORE.now.isoformat(), "reason": Say.NOTHING_TO_COUNT}
    assert [note.code for note in standing.notes].count(Say.NOTHING_TO_COUNT) == 1


# --- overrides, words, confidence ---


def test_an_override_is_shown_while_a_read_fails_too():
    facts = Facts(unreadable=1, links=1, last=kept("0.4", BEFORE), override=override("0.7", NOW.today, NOW))
    standing = stands(work_kr(), facts, NOW)
    assert (standing.progress, standing.kept, standing.complete) == (Fraction(7, 10), False, False)


def test_an_override_holds_through_its_last_day_in_the_zone():
    last_day = NOW.today
    for moment, valid in (
        (at_day(40, hour=0), True),
        (at_day(40, hour=23), True),
        (at_day(41, hour=0), False),
    ):
        facts = read(moment, "0.4", override=override("0.7", last_day, NOW))
        assert (stands(work_kr(), facts, moment).override is not None) is valid


def test_pace_is_judged_on_the_number_shown():
    facts = read(NOW, "0.1", override=override("0.7", NOW.today, NOW))
    assert stands(work_kr(), facts, NOW).pace is Pace.ON_TRACK


def test_a_persons_own_word_stands_beside_the_computed_one():
    reports = (checkin(BEFORE, status="at_risk", confidence=Decimal("0.4")), checkin(NOW, note="more"))
    standing = stands(work_kr(), read(NOW, "0.5", checkins=reports), NOW)
    assert (standing.pace, standing.own_word, standing.confidence) == (
        Pace.ON_TRACK,
        "at_risk",
        Decimal("0.4"),
    )


# --- the calendar ---

CLOSED = objective(state=State.CLOSED)
ENDS = {
    "the last day is judged": (OBJECTIVE, at_day(99), Pace.AT_RISK),
    "after the end it is closed": (OBJECTIVE, at_day(100, hour=0), Pace.CLOSED),
    "a closed objective is closed": (CLOSED, NOW, Pace.CLOSED),
}


@pytest.mark.parametrize(("of", "moment", "want"), ENDS.values(), ids=ENDS)
def test_the_end(of: Any, moment: Any, want: Pace):
    assert stands(work_kr(), read(moment, "0.5"), moment, of).pace is want
    assert stands(work_kr(), Facts(work=work("0.5"), links=4), moment, CLOSED).pace is Pace.CLOSED


def test_a_curve_in_the_metrics_unit_replaces_the_straight_line():
    late = (CurvePoint(START + timedelta(days=80), Decimal(10)),)
    facts = Facts(checkins=(checkin(NOW, 5),))
    assert stands(metric_kr(), facts, NOW).pace is Pace.OFF_TRACK
    assert stands(metric_kr(expected=late), facts, NOW).pace is Pace.ON_TRACK


def test_a_curve_of_work_is_in_shares():
    late = (CurvePoint(START + timedelta(days=80), Decimal("0.1")),)
    assert stands(work_kr(expected=late), read(NOW, "0.05"), NOW).pace is Pace.ON_TRACK


def test_the_forecast_is_its_own_word():
    standing = stands(work_kr(), read(NOW, "0.3"), NOW)
    assert (standing.forecast, standing.trending_off) == (Fraction(3, 4), True)
    assert standing.pace is Pace.ON_TRACK
    assert told(standing, Say.TRENDING_OFF) == {"forecast": "3/4", "mark": "1"}
    aspirational = stands(work_kr(), read(NOW, "0.3"), NOW, objective(Ambition.ASPIRATIONAL))
    assert (aspirational.trending_off, told(aspirational, Say.TRENDING_OFF)) == (False, None)


# --- scope and guard ---


def test_scope_is_told_against_the_baseline():
    baseline = baseline_of(rolled(units("DT")))
    standing = stands(work_kr(), read(NOW, None, work=rolled(units("DTT")), baseline=baseline), NOW)
    assert standing.scope is not None
    assert [ref.id for ref in standing.scope.added] == ["U3"]
    assert told(standing, Say.SCOPE) == {"scope": 1, "completed": 0, "added": 1, "removed": 0}


def test_a_scope_that_did_not_change_is_no_remark():
    baseline = baseline_of(rolled(units("DT")))
    standing = stands(work_kr(), read(NOW, None, work=rolled(units("DT")), baseline=baseline), NOW)
    assert told(standing, Say.SCOPE) is None


GUARDS: dict[str, tuple[Decimal | None, Note | None]] = {
    "holds": (Decimal(6), None),
    "broken": (Decimal(8), Note(Say.GUARD_BROKEN, {"title": "Errors", "current": "8", "unit": "h"})),
    "unread": (None, Note(Say.GUARD_UNREAD, {"title": "Errors"})),
}


@pytest.mark.parametrize(("reading", "want"), GUARDS.values(), ids=GUARDS)
def test_a_guard(reading: Decimal | None, want: Note | None):
    kr = work_kr(guard=Guard("Errors", BAND))
    standing = stands(kr, read(NOW, "0.5", guard=reading), NOW)
    assert [note for note in standing.notes if note.code.startswith("guard")] == ([want] if want else [])


# --- objectives ---


def standings(*krs: tuple[str, str | None]) -> list[Any]:
    return [stands(work_kr(weight=Decimal(weight)), read(NOW, share), NOW) for weight, share in krs]


def test_kept_values_and_overrides_are_values():
    lost = stands(work_kr(), Facts(unreadable=1, links=1, last=kept("0.4", BEFORE), last_read=NOW.now), NOW)
    set_by_hand = stands(work_kr(), read(NOW, None, override=override("0.8", NOW.today, NOW)), NOW)
    standing = stand_objective(OBJECTIVE, [lost, set_by_hand], NOW)
    assert (standing.progress, standing.known, standing.total) == (Fraction(3, 5), 2, 2)


def test_weight_0_is_neither_known_nor_counted():
    standing = stand_objective(OBJECTIVE, standings(("0", "1"), ("1", "0.5"), ("1", None)), NOW)
    assert (standing.progress, standing.known, standing.total) == (Fraction(1, 2), 1, 2)
    assert standing.notes == (Note(Say.KNOWN, {"known": 1, "total": 2}),)


def test_no_value_anywhere_is_no_value():
    standing = stand_objective(OBJECTIVE, standings(("1", None)), NOW)
    assert (standing.progress, standing.colour, standing.pace) == (None, None, Pace.PENDING)
    assert stand_objective(OBJECTIVE, [], NOW).pace is Pace.NONE


def test_an_objective_has_a_pace_and_a_colour():
    standing = stand_objective(OBJECTIVE, standings(("1", "0.1"), ("1", "0.2")), NOW)
    assert (standing.pace, standing.colour) == (Pace.OFF_TRACK, Colour.RED)


def test_an_objective_is_outdated_when_all_its_key_results_are():
    old = stands(work_kr(), read(NOW, "0.5", last_read=at_day(1).now), NOW)
    assert stand_objective(OBJECTIVE, [old, old], NOW).pace is Pace.OUTDATED
    assert stand_objective(OBJECTIVE, [old, *standings(("1", "0.5"))], NOW).pace is Pace.ON_TRACK


def test_a_closed_objective_is_closed_and_learning_has_no_pace():
    hand_set = stands(LEARNING, Facts(checkins=(checkin(NOW, "0.3"),)), NOW)
    assert stand_objective(OBJECTIVE, [hand_set], NOW).pace is Pace.NONE
    assert stand_objective(CLOSED, [hand_set], NOW).pace is Pace.CLOSED
    assert stand_objective(CLOSED, standings(("1", "1")), NOW).pace is Pace.CLOSED
