from __future__ import annotations

from dataclasses import replace
from datetime import date
from decimal import Decimal

import pytest

from bridge.lint import Limits, lint
from bridge.model import (
    Anchor,
    Blend,
    CurvePoint,
    Cycle,
    FieldValue,
    Finding,
    KeyResult,
    Keys,
    Kind,
    Label,
    Link,
    Metric,
    Milestone,
    Objective,
    Okrs,
    Query,
    RollupRules,
    State,
)

CYCLE = Cycle("2026-Q4", date(2026, 10, 1), date(2026, 12, 31))
METRIC = Metric(Decimal(9), Decimal(3))
GOOD = KeyResult(
    id="K1",
    title="Onboarding live for 80% of sign-ups",
    owner="a@b",
    due=date(2026, 12, 1),
    links=(Link("acme", Keys(("A-1",))),),
)
ASKED = (Link("acme", Query("labels = x")),)


def objective(*krs: KeyResult, **changes) -> Objective:
    return replace(Objective(id="O1", title="T", owner="a@b", key_results=krs), **changes)


def found(*objectives: Objective, limits: Limits = Limits()) -> list[Finding]:  # noqa: B008
    return list(lint(Okrs(CYCLE, objectives), limits))


def kr(**changes) -> KeyResult:
    return replace(GOOD, **changes)


def test_good_okrs_have_no_finding():
    assert found(objective(GOOD)) == []


KEY_RESULTS = {
    "no owner": ({"owner": ""}, "warning", "has no owner"),
    "no due date": ({"due": None}, "info", "has no due date"),
    "due too late": ({"due": date(2027, 1, 1)}, "warning", "is due 2027-01-01, outside the cycle"),
    "due too early": ({"due": date(2026, 9, 30)}, "warning", "outside the cycle"),
    "no links": ({"links": ()}, "warning", "has no links"),
    "queries and no anchor": ({"links": ASKED}, "warning", "shown everywhere but written nowhere"),
    "a blend without work": (
        {"kind": Kind.BLEND, "links": (), "blend": Blend(Decimal(1), Decimal(1)), "metric": METRIC},
        "warning",
        "has no links",
    ),
    "the same link twice": ({"links": GOOD.links * 2}, "warning", "links.1 repeats a link"),
    "a metric without a number": (
        {"kind": Kind.METRIC, "metric": METRIC, "title": "Faster"},
        "warning",
        "is a metric without a number",
    ),
    "a task": ({"title": "Implement the new onboarding"}, "warning", "reads like a task"),
    "a task in Chinese": ({"title": "上线新版注册流程"}, "warning", "reads like a task"),
    "work without a number": ({"title": "Onboarding is live"}, "info", "has no number in its title"),
    "an idle metric": ({"metric": METRIC}, "warning", "metric is set and has no effect here"),
    "idle milestones": ({"milestones": (Milestone("a"),)}, "warning", "milestones is set and has no effect"),
    "an idle blend": ({"blend": Blend(Decimal(1), Decimal(1))}, "warning", "blend is set and has no effect"),
    "an idle field": ({"rollup": RollupRules(field="Size")}, "warning", "rollup.field is set and has no"),
    "idle status weights": (
        {"rollup": RollupRules(status_weights={"done": Decimal(1)})},
        "warning",
        "rollup.status_weights is set and has no effect here",
    ),
    "an idle curve": (
        {"kind": Kind.LEARNING, "expected": (CurvePoint(date(2026, 11, 1), Decimal(1)),)},
        "warning",
        "expected is set and has no effect here",
    ),
}


@pytest.mark.parametrize(("changes", "level", "said"), KEY_RESULTS.values(), ids=KEY_RESULTS)
def test_a_key_result_that_lacks_something_is_told(changes, level, said):
    (finding,) = found(objective(kr(**changes)))
    assert (finding.level, finding.where) == (level, "K1")
    assert said in finding.message


FINE = {
    "queries with an anchor": {"links": ASKED, "anchors": (Anchor("acme", "A-1"),)},
    "queries and deliberately no anchor": {"links": ASKED, "anchors": ()},
    "a number in Chinese": {"title": "上线三个新流程"},
    "a metric without links": {"kind": Kind.METRIC, "metric": METRIC, "links": ()},
    "a task with a number": {"title": "Launch 3 markets"},
    "due on the last day": {"due": CYCLE.end},
    "a blend of metric alone": {
        "kind": Kind.BLEND,
        "blend": Blend(Decimal(0), Decimal(1)),
        "metric": METRIC,
        "links": (),
    },
}


@pytest.mark.parametrize("changes", FINE.values(), ids=FINE)
def test_what_is_well_meant_is_left_alone(changes):
    assert found(objective(kr(**changes))) == []


OBJECTIVES = {
    "no owner": ({"owner": ""}, "warning", "has no owner"),
    "a draft": ({"state": State.DRAFT}, "info", "is a draft"),
    "a person's own": ({"level": "person"}, "info", "serves no other objective"),
}


@pytest.mark.parametrize(("changes", "level", "said"), OBJECTIVES.values(), ids=OBJECTIVES)
def test_an_objective_that_lacks_something_is_told(changes, level, said):
    (finding,) = found(objective(GOOD, **changes))
    assert (finding.level, finding.where) == (level, "O1")
    assert said in finding.message


def test_only_an_objective_without_key_results_is_an_error_and_a_draft_may_wait():
    assert [f.level for f in found(objective())] == ["error"]
    assert [f.level for f in found(objective(state=State.DRAFT))] == ["warning", "info"]


def test_a_closed_objective_is_not_looked_at():
    assert found(objective(state=State.CLOSED)) == []


def named(number: int, **changes) -> Objective:
    links = (Link("acme", Keys((f"A-{number}",))),)
    return objective(kr(id=f"K{number}", links=links), id=f"O{number}", **changes)


def test_too_many_objectives_are_told_and_drafts_do_not_count():
    six = [named(n) for n in range(6)]
    (finding,) = found(*six)
    assert finding.message == "6 objectives, more than 5: O0, O1, O2, O3, O4, O5"
    assert found(*six, limits=Limits(max_objectives=6)) == []
    assert [f.level for f in found(*six[:5], named(9, state=State.DRAFT))] == ["info"]


def test_teams_have_their_limit_each():
    six = [named(n, level="team", owner=f"team{n % 2}@b") for n in range(6)]
    assert found(*six) == []
    (first, second) = found(*six, limits=Limits(max_objectives=2))
    assert first.message == "3 team objectives of team0@b, more than 2: O0, O2, O4"
    assert second.where == "okrs"


def test_too_many_key_results_are_told():
    krs = [kr(id=f"K{n}", links=(Link("acme", Keys((f"A-{n}",))),)) for n in range(6)]
    (finding,) = found(objective(*krs))
    assert finding.message == "6 key results, more than 5"
    assert found(objective(*krs), limits=Limits(max_key_results=6)) == []


@pytest.mark.parametrize(("heavy", "told"), [("10", 0), ("10.1", 1)])
def test_weights_more_than_tenfold_apart_are_told(heavy, told):
    other = kr(id="K2", weight=Decimal(heavy), links=(Link("acme", Keys(("A-2",))),))
    messages = [f.message for f in found(objective(GOOD, other))]
    assert len(messages) == told
    assert all("weights run from 1 to 10.1" in message for message in messages)


def test_a_key_result_that_weighs_nothing_is_told():
    other = kr(id="K2", weight=Decimal(0), links=(Link("acme", Keys(("A-2",))),))
    (finding,) = found(objective(GOOD, other))
    assert (finding.level, finding.where) == ("info", "K2")


def test_work_that_counts_twice_is_told_by_what_and_where():
    shared = (Link("acme", Keys(("A-1",))), Link("acme", Label("x")), Link("acme", FieldValue("Team", "G")))
    first, second = kr(links=shared), kr(id="K2", links=shared)
    elsewhere = kr(id="K3", links=(Link("other", Keys(("A-1",))),))
    messages = [f.message for f in found(objective(first, second, elsewhere))]
    assert messages == [
        "A-1 on acme counts in several: K1, K2",
        "label x on acme counts in several: K1, K2",
        "field Team = G on acme counts in several: K1, K2",
    ]


def test_alignment_upside_down_or_to_the_past_is_told():
    team = named(2, level="team")
    company = named(1, level="company", parent="O2")
    assert [f.message for f in found(company, team)] == ["of level company serves O2 of level team"]
    closed = replace(team, state=State.CLOSED, level="")
    assert [f.message for f in found(company, closed)] == ["serves O2, which is closed"]
