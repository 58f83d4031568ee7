"""The worked examples: the name of each case is its row."""

from __future__ import annotations

from datetime import timedelta
from decimal import Decimal
from fractions import Fraction
from typing import Any

import pytest

from bridge.brake import BrakeRules, brake
from bridge.metric import measure
from bridge.model import (
    Ambition,
    Baseline,
    Colour,
    KeyResult,
    Kind,
    Metric,
    Pace,
    Progress,
    RollupRules,
    WorkItem,
)
from bridge.notes import Say
from bridge.pace import PaceRules, Timing, forecast, judge_pace, trending_off
from bridge.rollup import roll_up
from bridge.scope import baseline_of, headline
from bridge.show import colour, percent
from bridge.standing import Facts, stand_objective
from tests.bridge import judging
from tests.bridge.rollup.making import counted, epic, item, part, parts, reason, rolled, said, units, value

R4 = units("DTDDDT", 8, 2, None, None, None, None)
R9 = [
    epic("E"),
    item("A", "P", under="E"),
    *parts("DDDT", "A"),
    item("B", "P", under="E"),
    *parts("DT", "B"),
]
R10 = [
    epic("E"),
    *units("DT", under="E", name="a"),
    epic("F"),
    *units("T" * 20, under="F", name="b"),
]
R11 = [epic("E"), *units("TD", 2, 3, under="E"), item("S", "T", 1)]
R13 = [epic("E"), *units("DDTT", under="E"), item("N", "T"), *units("DDT", under="E")]
R15 = [epic("E", "D"), *units("DTT", under="E", name="a")]
R15_BESIDE = [*R15, epic("F"), *units("DT", under="F", name="b")]
R47 = [item("X", "X"), *parts("DT", "X"), item("S", "D")]
R49 = [item("S", "D"), *parts("D" * 12, "S"), *units("T" * 9)]
R50 = [item("A", "P", 8), *parts("DDTT", "A"), item("B", "D", 2)]
R52 = [epic("E"), item("A", "P", 5, under="E"), *parts("DT", "A"), item("B", "D", 3, under="E")]
POINTS = {"method": "points"}

ROLLUPS: dict[str, tuple[list[WorkItem], dict[str, Any], str | None]] = {
    "R1": (units("DDDDDDDDXX"), {}, "1"),
    "R2 exclude": (units("DX"), {}, "1"),
    "R2 as_done": (units("DX"), {"cancelled": "as_done"}, "1"),
    "R2 as_open": (units("DX"), {"cancelled": "as_open"}, "1/2"),
    "R3 by themselves": (units("XX"), {}, None),
    "R3 below an open Epic": ([epic("E"), *units("XX", under="E")], {}, "0"),
    "R4 mean": (R4, POINTS, "23/30"),
    "R4 fixed": (R4, POINTS | {"unestimated": Decimal(1)}, "11/14"),
    "R4 exclude": (R4, POINTS | {"unestimated": "exclude"}, "4/5"),
    "R5": (units("DDTTT"), POINTS, "2/5"),
    "R6": (units("TDTT", 7, 5, 8, None), POINTS, "3/16"),
    "R7": (units("TPPDD"), {"value": "status"}, "3/5"),
    "R9 story": (R9, {}, "5/8"),
    "R9 story without partial": (R9, {"partial": False}, "0"),
    "R9 leaf": (R9, {"mode": "leaf"}, "2/3"),
    "R9 level": (R9, {"mode": "level"}, "5/8"),
    "R10 story": (R10, {}, "1/22"),
    "R10 leaf": (R10, {"mode": "leaf"}, "1/22"),
    "R10 level": (R10, {"mode": "level"}, "1/4"),
    "R11": (R11, POINTS | {"mode": "level"}, "1/2"),
    "R12 by estimate": (units("D" + "T" * 9, 1, *[9] * 9), POINTS, "1/82"),
    "R12 by count": (units("D" + "T" * 9, 1, *[9] * 9), {}, "1/10"),
    "R13": (R13, {}, "2/5"),
    "R14": ([epic("E"), *units("DDDDD", under="E")], {}, "1"),
    "R15": (R15, {}, "1/3"),
    "R15 complete": (R15, {"parent_closed": "complete"}, "1"),
    "R15 beside a second epic": (R15_BESIDE, {"parent_closed": "complete"}, "4/5"),
    "R17": ([*units("D"), item("S", "D", resolution="")], {}, "1"),
    "R17 require_resolution": ([item("S", "D", resolution="")], {"require_resolution": True}, "0"),
    "R41": ([item("S", "P", estimate_seconds=Decimal(28800), spent_seconds=Decimal(43200))],
            {"value": "spent"}, "99/100"),
    "R41 done": ([item("S", "D", estimate_seconds=Decimal(28800), spent_seconds=Decimal(43200))],
                 {"value": "spent"}, "1"),
    "R45": ([part("P", "D", under="ELSEWHERE"), item("S")], {}, "1/2"),
    "R46": ([item("A", "D", under="B"), item("B", "T", under="A")], {}, "1/2"),
    "R47": (R47, {}, "1"),
    "R47 as_open by leaf": (R47, {"cancelled": "as_open", "mode": "leaf"}, "1/3"),
    "R48": ([item("S", "P"), *parts("XX", "S"), item("Q", "D")], {}, "1/2"),
    "R49 story": (R49, {}, "1/10"),
    "R49 leaf": (R49, {"mode": "leaf"}, "4/7"),
    "R50": (R50, POINTS, "3/5"),
    "R50 without partial": (R50, POINTS | {"partial": False}, "1/5"),
    "R51": ([item("S", "P"), *parts("DDD", "S")], {}, "99/100"),
    "R51 done": ([item("S", "D"), *parts("DDD", "S")], {}, "1"),
    "R52": (R52, POINTS | {"mode": "level"}, "11/16"),
}  # fmt: skip


@pytest.mark.parametrize(("items", "rules", "want"), ROLLUPS.values(), ids=ROLLUPS)
def test_the_roll_up_is(items: list[WorkItem], rules: dict[str, Any], want: str | None):
    assert value(items, **rules) == (None if want is None else Fraction(want))


REMARKS: dict[str, tuple[list[WorkItem], dict[str, Any], Say, dict[str, Any]]] = {
    "R1": (units("DDDDDDDDXX"), {}, Say.CANCELLED_EXCLUDED, {"n": 2, "below": 0, "keys": ["U9", "U10"]}),
    "R3": (units("XX"), {}, Say.NOTHING_TO_COUNT, {"n": 2}),
    "R4": (R4, POINTS, Say.UNESTIMATED,
           {"k": 4, "n": 6, "policy": "mean", "keys": ["U3", "U4", "U5", "U6"]}),
    "R5": (units("DDTTT"), POINTS, Say.BY_COUNT, {"method": "points"}),
    "R10": (R10, {"mode": "level"}, Say.MODE, {"mode": "level"}),
    "R15": (R15, {}, Say.CLOSED_GROUP_OPEN_WORK, {"key": "E", "n": 2}),
    "R46": ([item("A", under="B"), item("B", under="A")], {}, Say.CYCLE_DROPPED, {"keys": ["A", "B"]}),
    "R47": (R47, {}, Say.CANCELLED_EXCLUDED, {"n": 1, "below": 2, "keys": ["X"]}),
}  # fmt: skip


@pytest.mark.parametrize(("items", "rules", "code", "figures"), REMARKS.values(), ids=REMARKS)
def test_the_roll_up_remarks(
    items: list[WorkItem], rules: dict[str, Any], code: Say, figures: dict[str, Any]
):
    assert said(rolled(items, **rules), code) == figures


def test_r8_a_status_that_a_given_map_lacks_is_left_out_and_listed():
    items = [*units("DT"), item("Q", "P", status="In Review")]
    weights = {"todo": Decimal(0), "done": Decimal(1)}
    progress = rolled(items, value="status", status_weights=weights)
    assert progress.value == Fraction(1, 2)
    assert said(progress, Say.UNDEFINED_LEFT_OUT) == {"n": 1, "statuses": ["In Review"], "keys": ["Q"]}
    assert progress.counts.undefined == 1


def test_r14_the_epic_is_told_apart_and_not_counted():
    progress = rolled([epic("E"), *units("DDDDD", under="E")])
    assert reason(progress, "E") == Say.GROUP_BESIDE_UNITS
    assert counted(progress) == {"U1", "U2", "U3", "U4", "U5"}


def test_r11_the_parent_is_60_percent():
    parent = next(one for one in rolled(R11, method="points", mode="level").items if one.item.key == "E")
    assert parent.value == Fraction(3, 5)


PERCENTS = {"R18 299 of 300": ("299/300", 99), "R18 1 of 300": ("1/300", 1)}


@pytest.mark.parametrize(("share", "shown"), PERCENTS.values(), ids=PERCENTS)
def test_the_percent_is(share: str, shown: int):
    assert percent(Fraction(share)) == shown


def test_r20_the_scope_grew_and_frozen_does_not_mind():
    before = units("D" * 8 + "TT")
    baseline = baseline_of(rolled(before))
    later = before + units("T" * 6, name="new")
    live = rolled(later)
    assert live.value == Fraction(1, 2)
    assert (headline(baseline, live).scope, headline(baseline, live).completed) == (6, 0)


def test_r20_frozen_shows_the_growth():
    before = units("D" * 8 + "TT")
    baseline = baseline_of(rolled(before))
    frozen = rolled_frozen(before + units("T" * 6, name="new"), baseline)
    assert frozen.value == Fraction(4, 5)
    growth = said(frozen, Say.FROZEN_GROWTH)
    assert growth is not None
    assert growth["n"] == 6


def rolled_frozen(items: list[WorkItem], baseline: Baseline) -> Progress:
    return roll_up(items, RollupRules(scope="frozen"), baseline=baseline)


def direct(baseline: Any, target: Any) -> Metric:
    return Metric(Decimal(baseline), Decimal(target))


BAND = Metric(band=(Decimal(5), Decimal(7)))
METRICS = {
    "R21": (direct(0, 20), 20, "1", None),
    "R22 now 100": (direct(120, 80), 100, "1/2", None),
    "R22 now 130": (direct(120, 80), 130, "0", None),
    "R23": (direct(450, 350), 400, "1/2", None),
    "R25 below": (BAND, 4, "0", 1),
    "R25 inside": (BAND, 6, "1", 0),
    "R25 above": (BAND, 8, "0", 1),
}


@pytest.mark.parametrize(("metric", "current", "want", "distance"), METRICS.values(), ids=METRICS)
def test_the_metric_is(metric: Metric, current: int, want: str, distance: int | None):
    reading = measure(metric, Decimal(current))
    assert reading.progress == Fraction(want)
    assert reading.distance == distance


def test_r22_the_raw_figure_is_kept():
    assert measure(direct(120, 80), Decimal(130)).raw == Fraction(-1, 4)


def test_r24_a_metric_without_a_way_has_no_share():
    with pytest.raises(ValueError, match="differ"):
        measure(direct(5, 5), Decimal(5))


OBJECTIVES: dict[str, tuple[list[tuple[int, str | None]], str, int, int]] = {
    "R26 equal": ([(1, "1"), (1, "0"), (1, "0")], "1/3", 3, 3),
    "R26 weights 1, 1, 2": ([(1, "1"), (1, "0"), (2, "0")], "1/4", 3, 3),
    "R27": ([(1, "1"), (1, None)], "1", 1, 2),
}


@pytest.mark.parametrize(("krs", "want", "known", "total"), OBJECTIVES.values(), ids=OBJECTIVES)
def test_the_objective_is(krs: list[tuple[int, str | None]], want: str, known: int, total: int):
    moment = judging.at_day(40)
    standings = [
        judging.stands(judging.work_kr(weight=Decimal(weight)), judging.read(moment, share), moment)
        for weight, share in krs
    ]
    standing = stand_objective(judging.OBJECTIVE, standings, moment)
    assert (standing.progress, standing.known, standing.total) == (Fraction(want), known, total)
    notes = [dict(note.args) for note in standing.notes if note.code == Say.KNOWN]
    assert notes == ([{"known": known, "total": total}] if known < total else [])


PACES = {
    "R28 15%": ("0.15", 40, 100, {}, Pace.OFF_TRACK),
    "R28 16%": ("0.16", 40, 100, {}, Pace.AT_RISK),
    "R28 28%": ("0.28", 40, 100, {}, Pace.ON_TRACK),
    "R28 50%": ("0.5", 40, 100, {}, Pace.ON_TRACK),
    "R29": ("0.5", 0, 90, {}, Pace.PENDING),
    "R30 35%": ("0.35", 60, 100, {"rule": "difference"}, Pace.AT_RISK),
    "R30 15%": ("0.15", 60, 100, {"rule": "difference"}, Pace.OFF_TRACK),
    "R43": ("0.3", 40, 90, {}, Pace.AT_RISK),
}


@pytest.mark.parametrize(("share", "day", "length", "rules", "want"), PACES.values(), ids=PACES)
def test_the_pace_is(share: str, day: int, length: int, rules: dict[str, Any], want: Pace):
    elapsed = Fraction(day, length)
    assert judge_pace(Fraction(share), Timing(elapsed, elapsed, 0), PaceRules(**rules)) is want
    moment = judging.at_day(day, length, **rules)
    assert judging.stands(judging.work_kr(), judging.read(moment, share), moment).pace is want


@pytest.mark.parametrize("share", ["0", "0.5", "1", None])
def test_r31_read_nine_days_ago_is_outdated_whatever_the_value(share: str | None):
    moment = judging.at_day(40)
    facts = judging.read(moment, share, last_read=moment.now - timedelta(days=9))
    assert judging.stands(judging.work_kr(), facts, moment).pace is Pace.OUTDATED


def test_r32_links_that_cannot_be_read_keep_the_last_value():
    moment = judging.at_day(40)
    facts = judging.read(moment, "0.9", unreadable=2, last=judging.kept("0.6", judging.at_day(39)))
    standing = judging.stands(judging.work_kr(), facts, moment)
    assert (standing.complete, standing.kept, standing.progress) == (False, True, Fraction(3, 5))
    assert judging.told(standing, Say.LINKS_UNREADABLE) == {"n": 2, "m": 4}
    assert standing.computed is None


def test_r34_an_item_that_moved_is_the_same_item_once():
    moved = [item("S", "D", key="OLD-1"), item("S", "D", key="NEW-7", updated=judging.at_day(40).now)]
    children = [part("P", "T", under="OLD-1"), item("Q")]
    progress = rolled([*moved, *children])
    assert [one.item.key for one in progress.items if one.item.id == "S"] == ["NEW-7"]
    assert reason(progress, "P") == Say.PART_OF_DONE
    assert progress.value == Fraction(1, 2)


BRAKES = {"R37 12 of 30": (12, 30, True), "R37 9 of 30": (9, 30, False), "R37 4 of 9": (4, 9, False)}


@pytest.mark.parametrize(("moving", "of", "stops"), BRAKES.values(), ids=BRAKES)
def test_the_brake(moving: int, of: int, stops: bool):
    before = {f"KR{n}": Fraction(1, 2) for n in range(of)}
    now: dict[str, Fraction | None] = dict(before)
    for n in range(moving):
        now[f"KR{n}"] = Fraction(61, 100)
    assert bool(brake(before, now, BrakeRules())) is stops


def test_r40_an_override_is_shown_until_its_last_day_is_over():
    friday = judging.at_day(43, hour=23)
    facts = judging.read(friday, "0.4", override=judging.override("0.7", friday.today, friday))
    standing = judging.stands(judging.work_kr(), facts, friday)
    assert (standing.progress, standing.computed) == (Fraction(7, 10), Fraction(2, 5))
    assert judging.told(standing, Say.OVERRIDDEN) == {
        "value": "0.7", "by": "kim", "why": "Audit", "until": friday.today.isoformat(), "computed": "2/5",
    }  # fmt: skip


def test_r40_it_is_gone_on_the_next_day():
    friday, saturday = judging.at_day(43), judging.at_day(44, hour=0)
    facts = judging.read(saturday, "0.4", override=judging.override("0.7", friday.today, friday))
    standing = judging.stands(judging.work_kr(), facts, saturday)
    assert (standing.progress, standing.override) == (Fraction(2, 5), None)
    assert judging.told(standing, Say.OVERRIDE_EXPIRED) == {"until": friday.today.isoformat(), "by": "kim"}


@pytest.mark.parametrize("kind", [Ambition.COMMITTED, Ambition.ASPIRATIONAL])
def test_r43_the_straight_line_ends_at_67_and_a_half_percent(kind: Ambition):
    figure = forecast(Fraction(3, 10), Fraction(40, 90), PaceRules())
    assert figure == Fraction(675, 1000)
    assert trending_off(figure, kind)


COLOURS = {
    "R44 0.34": ("0.34", Colour.RED),
    "R44 0.35": ("0.35", Colour.AMBER),
    "R44 0.65": ("0.65", Colour.GREEN),
    "R44 0.649": ("0.649", Colour.AMBER),
}


@pytest.mark.parametrize(("share", "want"), COLOURS.values(), ids=COLOURS)
def test_the_colour_is(share: str, want: Colour):
    assert colour(Fraction(share)) is want


def test_r3_the_last_value_stays_with_the_reason():
    moment = judging.at_day(40)
    facts = Facts(work=rolled(units("XX")), links=1, last=judging.kept("0.5", moment), last_read=moment.now)
    standing = judging.stands(judging.work_kr(), facts, moment)
    assert (standing.progress, standing.kept, standing.complete) == (Fraction(1, 2), True, True)
    kept = judging.told(standing, Say.LAST_KEPT)
    assert kept is not None
    assert kept["reason"] == Say.NOTHING_TO_COUNT


def test_r21_a_metric_counts_toward_its_target():
    moment = judging.at_day(40)
    kr = KeyResult(id="KR1", title="Close 20 bugs", kind=Kind.METRIC, metric=direct(0, 20))
    facts = Facts(checkins=(judging.checkin(moment, 20),))
    assert judging.stands(kr, facts, moment).progress == 1
