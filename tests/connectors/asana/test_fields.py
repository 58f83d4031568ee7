"""The bridge's fields are made where they are missing, once, and added to the projects that lack them."""

from __future__ import annotations

import pytest

from bridge.errors import Rejected
from connectors.base import FieldInstaller
from tests.asana.conftest import asana as asana
from tests.asana.fake import NAMES, custom
from tests.asana.site import opened
from tests.contract import PanelContract

OURS = ("801", "802", "803", "804", "805")


@pytest.fixture
def bare(asana):
    """A workspace without any of them."""
    for gid in OURS:
        del asana.fields[gid]
    return asana


def told(plan):
    return [(step.what, step.name) for step in plan.steps]


def test_what_is_missing_is_planned_made_and_then_there(bare):
    connector = opened(bare)
    assert isinstance(connector, FieldInstaller)
    plan = connector.plan_fields((), ["Work"])
    assert told(plan) == [(what, name) for what in ("create", "place") for name in NAMES.values()]
    assert [one for one in bare.asked if "POST" in one] == []
    assert {one.outcome for one in connector.apply_fields(plan)} == {"done"}
    again = connector.plan_fields((), ["Work"])
    assert told(again) == [("found", name) for name in NAMES.values()]
    item = bare.make("Anchor")
    connector.put_values(item, PanelContract.values[0])
    assert dict(connector.look(item).fields)["score"] == 0.6


def test_another_project_gets_the_same_fields(asana):
    asana.placed["501"] = []
    connector = opened(asana)
    plan = connector.plan_fields(["501"], ["Work"])
    assert {step.what for step in plan.doable} == {"place"}
    connector.apply_fields(plan)
    assert asana.placed["501"] == list(OURS)


def test_a_projects_own_field_of_the_name_serves(bare):
    bare.fields["1"] = custom("1", "kr progress", "number", format="none", precision=0)
    bare.placed["500"].append("1")
    plan = opened(bare).plan_fields((), ["500"])
    assert ("found", "KR progress") in told(plan)
    assert ("place", "KR progress") not in told(plan)


def test_a_field_of_another_kind_is_a_persons_matter(asana):
    asana.fields["802"] = custom("802", "KR progress", "people")
    asana.placed["500"].remove("802")
    plan = opened(asana).plan_fields((), ["500"])
    assert ("ask", "KR progress") in told(plan)
    assert ("place", "KR progress") not in told(plan)


def test_a_list_of_the_states_is_as_good_as_a_text(asana):
    asana.fields["803"] = custom("803", "KR status", "enum", enum_options=[])
    assert ("found", "KR status") in told(opened(asana).plan_fields((), ["500"]))


def test_without_projects_the_fields_are_made_and_a_person_is_told_to_name_some(bare):
    plan = opened(bare).plan_fields((), ())
    assert [step.what for step in plan.steps] == ["create"] * 5 + ["click"]


def test_without_a_paid_plan_all_is_to_be_done_by_hand(asana):
    asana.premium = False
    plan = opened(asana).plan_fields((), ["500"])
    assert told(plan) == [("click", name) for name in NAMES.values()]
    assert "paid plan" in plan.steps[0].detail


def test_a_step_that_fails_is_told_and_the_others_go_on(bare):
    connector = opened(bare)
    plan = connector.plan_fields((), ["500"])
    bare.fields["1"] = custom("1", "KR score", "text")
    results = {(one.step.what, one.step.name): one for one in connector.apply_fields(plan)}
    assert results["create", "KR score"].outcome == "failed"
    assert "exists already" in results["create", "KR score"].message
    assert results["place", "KR score"].outcome == "skipped"
    assert [one.outcome for one in results.values()].count("done") == 8


def test_a_project_that_is_not_followed_is_refused(asana):
    with pytest.raises(Rejected, match="not followed"):
        opened(asana).plan_fields(["999"], ())
