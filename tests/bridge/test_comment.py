"""The comment explains the number, and changes when the number does and at no other time."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from datetime import UTC, date, datetime
from decimal import Decimal
from fractions import Fraction
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bridge.comment import CommentContext, bar, comment, content_hash, plain, value
from bridge.model import (
    Bullets,
    Category,
    Colour,
    Counted,
    Counts,
    ItemRef,
    Kind,
    Metric,
    Note,
    Objective,
    Override,
    Pace,
    Paragraph,
    Progress,
    RollupRules,
    ScopeChange,
    Standing,
    Tier,
    WorkItem,
)
from bridge.notes import Say
from bridge.wording import Words
from tests.written import EN, ZH, key_result, objective, standing

NOON = datetime(2026, 11, 2, 12, tzinfo=UTC)
OBJECTIVE = objective()
OVERRIDE = Override(
    kr="O1-KR1", value=Decimal("0.70"), why="counted by hand", by="Li", until=date(2026, 11, 6), at=NOON
)


def context(words: Words = EN, url: str = "", previous: Mapping[str, Any] | None = None) -> CommentContext:
    return CommentContext(words, "here", url, previous)


def told(one: Standing, words: Words = EN, previous: Mapping[str, Any] | None = None) -> str:
    return plain(comment(one, OBJECTIVE, context(words, "", previous)))


def hash_of(one: Standing, parent: Objective = OBJECTIVE, **parts: Any) -> str:
    return content_hash(one, parent, context(**parts))


def item(number: int) -> WorkItem:
    return WorkItem(
        connection="acme",
        id=str(number),
        key=f"A-{number}",
        title="",
        tier=Tier.UNIT,
        status="Open",
        category=Category.TODO,
        updated=NOON,
    )


def weighed(*parts: tuple[float, int], method: str = "points") -> Progress:
    """By estimate: (value, weight) of each item."""
    items = tuple(
        Counted(item(n), Fraction(str(value)), Fraction(weight), True, Note(Say.OPEN))
        for n, (value, weight) in enumerate(parts)
    )
    done = sum(part.value == 1 for part in items)
    total = sum(weight for _, weight in parts)
    share = sum((part.value or 0) * (part.weight or 0) for part in items) / total
    return Progress(Fraction(share), method, "story", Counts(counted=len(parts), done=done), items)


# --- what it says


def test_a_plain_key_result():
    assert told(standing(8, 12)).splitlines() == [
        "O1-KR1 Guided onboarding",
        "████████░░░░ 67% · score 0.7 (green) · On track",
        "- Serves objective O1: Running within a day",
        "- 8 of 12 items done",
        "Kept up to date by okr-bridge (here)",
    ]


def test_the_same_in_chinese():
    assert told(standing(8, 12), ZH).splitlines() == [
        "O1-KR1 Guided onboarding",
        "████████░░░░ 67% · 得分 0.7（绿） · 进展正常",
        "- 所属目标 O1：Running within a day",
        "- 12 个工作项中已完成 8 个",
        "由 okr-bridge 自动更新（here）",
    ]


def test_no_value_is_a_dash_without_a_score():
    lines = told(standing(0, 0, pace=Pace.PENDING)).splitlines()
    assert lines[1] == "░░░░░░░░░░░░ – · Pending"


@pytest.mark.parametrize(
    ("method", "line"),
    [
        ("points", "- 8 of 10 story points"),
        ("time", "- 0 h of 0 h estimated"),
        ("field", "- 8 of 10 (Value)"),
    ],
)
def test_sums_stand_beside_the_count_where_the_estimate_counts(method, line):
    kr = key_result(rollup=RollupRules(method=method, field="Value"))
    work = weighed((1, 5), (0.6, 5), method=method)
    lines = told(standing(1, 2, kr, work=work)).splitlines()
    assert "- 1 of 2 items done" in lines
    assert line in lines


def test_time_is_told_in_hours():
    assert "- 8 h of 12 h estimated" in told(standing(work=weighed((1, 28800), (0, 14400), method="time")))


def test_a_count_has_no_sum():
    assert "story points" not in told(standing(work=weighed((1, 1), (0, 1), method="count")))


def test_a_person_s_own_word_stands_beside_the_computed_one():
    line = told(standing(own_word="at_risk")).splitlines()[1]
    assert line.endswith("On track · the owner says: At risk")


def test_confidence_stands_apart():
    assert "- Confidence 70%" in told(standing(confidence=Decimal("0.7")))


def test_an_override_says_who_why_and_until_when_and_what_was_computed():
    one = standing(progress=Fraction(7, 10), computed=Fraction(2, 5), override=OVERRIDE)
    lines = told(one).splitlines()
    assert "- 70% is set by Li until 2026-11-06: counted by hand" in lines
    assert "- Computed: 40%" in lines


def test_an_override_over_nothing_says_so():
    assert "- Computed: –" in told(standing(progress=Fraction(7, 10), computed=None, override=OVERRIDE))


METRIC = key_result(kind=Kind.METRIC, metric=Metric(baseline=Decimal(9), target=Decimal(3), unit="days"))


def test_a_metric_shows_its_reading_and_where_it_goes():
    one = standing(kr=METRIC, work=None, current=Decimal("6.0"), progress=Fraction(1, 2))
    assert "- Now 6 days; from 9 to 3" in told(one)


def test_a_band_shows_its_edges():
    kr = key_result(kind=Kind.METRIC, metric=Metric(band=(Decimal(5), Decimal("7.5"))))
    assert "- Now 8; to stay between 5 and 7.5" in told(standing(kr=kr, work=None, current=Decimal(8)))


def test_work_and_metric_stand_side_by_side_and_a_mismatch_is_named():
    one = standing(9, 10, METRIC, progress=Fraction(1, 10), computed=Fraction(1, 10))
    assert "- Work 90%, metric 10%" in told(one).splitlines()
    assert "Work 90%, metric 10%; they disagree" in told(replace(one, mismatch=True))


def test_scope_is_told_net_and_only_where_it_moved():
    note = Note(Say.SCOPE, {"scope": 6, "completed": -1, "added": 8, "removed": 2})
    refs = tuple(ItemRef("acme", str(n)) for n in range(8))
    one = standing(notes=(note,), scope=ScopeChange(added=refs, removed=refs[:2]))
    assert "- scope +6, completed -1" in told(one).splitlines()
    assert "scope" not in told(standing(scope=ScopeChange()))


def test_remarks_are_told_and_none_twice():
    notes = (
        Note(Say.CANCELLED_EXCLUDED, {"n": 2, "below": 0, "keys": ["A-1", "A-2"]}),
        Note(Say.UNESTIMATED, {"k": 4, "n": 6, "policy": "mean", "keys": []}),
        Note(Say.SCOPE, {"scope": 6, "completed": 3, "added": 8, "removed": 2}),
        Note(Say.MISMATCH, {"work": "9/10", "metric": "1/10"}),
    )
    text = told(standing(notes=notes, scope=ScopeChange(added=(ItemRef("acme", "1"),))))
    assert "- 2 cancelled excluded" in text
    assert "- 4 of 6 unestimated" in text
    assert text.count("scope ") == 1
    assert "disagree" not in text


def test_very_many_remarks_are_cut():
    notes = tuple(Note(Say.GUARD_UNREAD, {"title": str(n)}) for n in range(40))
    text = told(standing(notes=notes))
    assert "28 more remarks" in text
    assert len(text.splitlines()) < 20


def test_a_link_leads_to_more():
    document = comment(standing(), OBJECTIVE, context(url="https://okr.example/kr/O1-KR1"))
    last = document[-1]
    assert isinstance(last, Paragraph)
    assert (last.spans[0].text, last.spans[0].href) == ("More about it", "https://okr.example/kr/O1-KR1")


@pytest.mark.parametrize("typed", ["*bold* [~admin] @all", "{done}", "{0.__class__}", "<b>", "a\nb"])
def test_what_people_typed_is_in_it_as_it_is(typed):
    kr = key_result(title=typed)
    text = told(standing(kr=kr, override=replace(OVERRIDE, why=typed)))
    assert text.count(typed) == 2


def test_no_span_is_empty_since_trackers_refuse_such():
    document = comment(standing(notes=(Note(Say.NO_BASELINE),)), OBJECTIVE, context())
    spans = [
        span
        for block in document
        for line in (block.items if isinstance(block, Bullets) else (block.spans,))
        for span in line
    ]
    assert all(span.text for span in spans)


# --- the bar

BARS = {None: 0, 0: 0, 1: 1, 4: 1, 50: 6, 67: 8, 96: 11, 99: 11, 100: 12}


@pytest.mark.parametrize(("percent", "filled"), BARS.items(), ids=map(str, BARS))
def test_the_bar_is_full_at_all_and_empty_at_nothing_only(percent, filled):
    assert bar(percent) == "█" * filled + "░" * (12 - filled)


# --- the last change


def after(before: Standing, *later: Standing) -> str:
    """What the comment says after each of these was written."""
    previous: Mapping[str, Any] | None = None
    for one in (before, *later[:-1]):
        previous = value(one, OBJECTIVE, context(previous=previous))
    return told(later[-1], previous=previous)


CHANGES = {
    "more done": (standing(2, 4), standing(3, 4), "Last change: from 50% to 75%; 1 more done"),
    "more to do": (standing(2, 4), standing(2, 8), "Last change: from 50% to 25%; 4 items added"),
    "less to do": (standing(2, 4), standing(2, 3), "Last change: from 50% to 67%; 1 item removed"),
    "reopened": (standing(2, 4), standing(1, 4), "Last change: from 50% to 25%; 1 reopened or gone"),
    "both": (standing(2, 4), standing(4, 6), "Last change: from 50% to 67%; 2 more done; 2 items added"),
    "parts": (
        standing(2, 4),
        standing(2, 4, progress=Fraction(5, 8)),
        "Last change: from 50% to 63%; open work moved on",
    ),
    "a first value": (standing(0, 0), standing(1, 2), "from – to 50%; 1 more done; 2 items added"),
    "the metric": (
        standing(kr=METRIC, work=None, current=Decimal(9), progress=Fraction(0)),
        standing(kr=METRIC, work=None, current=Decimal(6), progress=Fraction(1, 2)),
        "Last change: from 0% to 50%; metric from 9 to 6",
    ),
    "a person": (
        standing(2, 4),
        standing(2, 4, progress=Fraction(7, 10), override=OVERRIDE),
        "Last change: from 50% to 70%; a number set by Li",
    ),
    "the pace": (standing(2, 4), standing(2, 4, pace=Pace.AT_RISK), "- pace from On track to At risk"),
    "both number and pace": (
        standing(2, 4),
        standing(3, 4, pace=Pace.AT_RISK),
        "from 50% to 75%; 1 more done; pace from On track to At risk",
    ),
}


@pytest.mark.parametrize(("before", "now", "line"), CHANGES.values(), ids=CHANGES)
def test_the_last_change_is_told_with_its_cause(before, now, line):
    assert line in after(before, now)


def test_the_first_comment_tells_no_change():
    assert "Last change" not in told(standing())


def test_the_last_change_stays_when_something_else_moved():
    text = after(standing(2, 4), standing(3, 4), standing(3, 4, own_word="fine"))
    assert "Last change: from 50% to 75%; 1 more done" in text


def test_what_is_remembered_is_plain_and_enough_for_the_next_comment():
    first = value(standing(2, 4), OBJECTIVE, context())
    assert {name: first[name] for name in ("instance", "percent", "pace", "done", "counted", "change")} == {
        "instance": "here",
        "percent": 50,
        "pace": "on_track",
        "done": 2,
        "counted": 4,
        "change": None,
    }


def test_a_memory_of_another_version_does_no_harm():
    assert "Last change" not in told(standing(), previous={"hash": "old"})


# --- when it is rewritten

BASE = standing(2, 4, work=weighed((1, 5), (0.6, 5)), progress=Fraction(1, 2), confidence=Decimal("0.7"))
SAME = {
    "the forecast": {"forecast": Fraction(1, 3), "trending_off": True},
    "a remark that the clock moves": {"notes": (Note(Say.TRENDING_OFF, {"forecast": "1/3", "mark": "1"}),)},
    "less than is shown": {"progress": Fraction(501, 1000)},
    "an idle zero": {"confidence": Decimal("0.70")},
}


@pytest.mark.parametrize("parts", SAME.values(), ids=SAME)
def test_it_is_not_rewritten_for(parts):
    assert hash_of(replace(BASE, **parts)) == hash_of(BASE)
    assert told(replace(BASE, **parts)) == told(BASE)


def test_it_is_not_rewritten_for_the_time_of_a_value_that_is_kept():
    kept = [
        replace(BASE, notes=(Note(Say.LAST_KEPT, {"at": at, "reason": "nothing_to_count"}),))
        for at in ("2026-11-02T12:00:00+00:00", "2026-11-03T12:00:00+00:00")
    ]
    assert hash_of(kept[0]) == hash_of(kept[1])
    assert told(kept[0]) == told(kept[1])


REF = ItemRef("acme", "1")
DIFFERENT = {
    "the percent": {"progress": Fraction(3, 5)},
    "the colour": {"colour": Colour.RED},
    "the pace": {"pace": Pace.AT_RISK},
    "a person's word": {"own_word": "fine"},
    "the confidence": {"confidence": Decimal("0.8")},
    "an override": {"override": OVERRIDE},
    "the metric": {"current": Decimal(3)},
    "the sums": {"work": weighed((1, 5), (0.8, 5))},
    "the counts": {"work": weighed((1, 5), (0.6, 4), (0.6, 1))},
    "the scope": {"notes": (Note(Say.SCOPE, {"scope": 1, "completed": 0, "added": 1, "removed": 0}),)},
    "a remark": {"notes": (Note(Say.NO_BASELINE),)},
    "its figures": {"notes": (Note(Say.UNESTIMATED, {"k": 1, "n": 2, "policy": "mean", "keys": []}),)},
    "the title": {"kr": key_result(title="Renamed")},
}


@pytest.mark.parametrize("parts", DIFFERENT.values(), ids=DIFFERENT)
def test_it_is_rewritten_for(parts):
    hashes = {hash_of(replace(BASE, **parts)), hash_of(BASE)}
    assert len(hashes) == 2


def test_it_is_rewritten_for_another_language_address_or_objective():
    others = [hash_of(BASE, words=ZH), hash_of(BASE, url="https://okr.example")]
    others.append(hash_of(BASE, objective(title="Renamed")))
    assert len({hash_of(BASE), *others}) == 4


def test_an_override_s_own_parts_are_in_the_hash():
    over = [
        replace(OVERRIDE, **part) for part in ({}, {"why": "x"}, {"by": "Wang"}, {"until": date(2026, 12, 1)})
    ]
    assert len({hash_of(replace(BASE, override=one)) for one in over}) == 4


STANDINGS = st.builds(
    lambda done, more, parts: standing(done, done + more, **parts),
    st.integers(0, 5),
    st.integers(0, 5),
    st.fixed_dictionaries(
        {},
        optional={
            "pace": st.sampled_from(Pace),
            "own_word": st.sampled_from(["", "at_risk", "fine"]),
            "confidence": st.sampled_from([None, Decimal("0.5"), Decimal("0.50"), Decimal("0.6")]),
            "notes": st.sampled_from(
                [(), (Note(Say.NO_LINKS),), (Note(Say.CYCLE_DROPPED, {"keys": ["A"]}),)]
            ),
            "override": st.sampled_from([None, OVERRIDE]),
            "forecast": st.fractions(0, 1),
        },
    ),
)


@settings(deadline=None, max_examples=150)
@given(STANDINGS, STANDINGS)
def test_the_text_differs_only_where_the_hash_does(one, other):
    assert (hash_of(one) == hash_of(other)) <= (told(one) == told(other))
