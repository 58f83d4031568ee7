"""`fields install` on Trello: each board has fields of its own."""

from __future__ import annotations

import pytest

from bridge.errors import NotFound
from tests.trello import spec
from tests.trello.fake import NAMES, FakeTrello
from tests.trello.site import opened

KINDS = {
    "KR": "text",
    "KR progress": "number",
    "KR status": "text",
    "KR score": "number",
    "KR updated": "date",
}


@pytest.fixture
def trello():
    """The board Work without any field of the bridge's."""
    fake, judge = FakeTrello(), spec.Judge()
    fake.heard = judge.heard
    fake.home.fields = {id: one for id, one in fake.home.fields.items() if one["name"] not in KINDS}
    yield fake
    assert judge.unexcused() == []


def kinds(trello):
    return {one["name"]: one["type"] for one in trello.home.fields.values() if one["name"] in KINDS}


def told(plan):
    return {step.name: step.what for step in plan.steps}


def test_what_a_linked_board_lacks_is_made_there_and_is_found_afterwards(trello):
    connector = opened(trello)
    plan = connector.plan_fields((), ("Work",))
    assert (told(plan), kinds(trello)) == (dict.fromkeys(KINDS, "create"), {})
    assert {one.outcome for one in connector.apply_fields(plan)} == {"done"}
    assert kinds(trello) == KINDS
    assert told(opened(trello).plan_fields((), ("Work",))) == dict.fromkeys(KINDS, "found")


def test_what_was_made_takes_every_figure(trello):
    connector, item = opened(trello), trello.make("Anchor")
    connector.apply_fields(connector.plan_fields(("wrkBoard",), ()))
    values = {"key_result": "KR1", "progress": 60, "status": "On track", "score": 0.6,
              "updated": "2026-11-21T12:00:00+00:00"}  # fmt: skip
    connector.put_values(item, values)
    assert set(connector.look(item).fields) == set(NAMES)


def test_a_list_of_a_board_stands_for_its_board_and_a_board_s_name_may_hold_a_slash(trello):
    trello.board("slashedB", "Sales/EU")
    connector = opened(trello)
    for named, board in (("Work/Doing", trello.home), ("Sales/EU", None), ("Sales/EU/Done", None)):
        places = {step.screen for step in connector.plan_fields((), (named,)).steps}
        wanted = board or next(one for one in trello.boards.values() if one.short == "slashedB")
        assert places == {wanted.id}


def test_a_field_of_another_kind_is_asked_about_and_a_dropdown_for_the_status_is_as_good(trello):
    trello.add_field(trello.home, "KR progress", "text")
    trello.add_field(trello.home, "KR status", "list", ("On track",))
    plan = opened(trello).plan_fields((), ("Work",))
    steps = {step.name: step for step in plan.steps}
    assert (steps["KR progress"].what, steps["KR status"].what) == ("ask", "found")
    assert "it is a text field, not a number field" in steps["KR progress"].detail
    assert "KR progress" not in {step.name for step in plan.doable}


def test_without_a_linked_board_it_is_said_how_to_name_one(trello):
    [step] = opened(trello).plan_fields((), ()).steps
    assert (step.what, step.doable) == ("click", False)
    assert "--screen" in step.detail


def test_a_board_that_nobody_knows_is_an_error(trello):
    with pytest.raises(NotFound, match="no board"):
        opened(trello).plan_fields(("Nowhere",), ())


def test_a_right_that_lacks_is_told_for_each_and_nothing_is_made(trello):
    trello.home.observed = True
    connector = opened(trello)
    results = connector.apply_fields(connector.plan_fields((), ("Work",)))
    assert [one.outcome for one in results] == ["failed"] * len(KINDS)
    assert "member" in results[0].hint
    assert kinds(trello) == {}


def test_a_field_that_was_not_kept_is_told(trello):
    trello.add_field = lambda *_: {"id": "f" * 24}
    connector = opened(trello)
    results = connector.apply_fields(connector.plan_fields((), ("Work",)))
    assert {one.outcome for one in results} == {"failed"}
    assert "made no KR" in results[0].message
