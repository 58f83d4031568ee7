"""The journals of Redmine's issues, on the wire."""

from __future__ import annotations

import pytest

from bridge.errors import UnexpectedAnswer
from tests.connectors.redmine.fake import FakeRedmine

DETAIL = {"property": "attr", "name": "subject", "old_value": "a", "new_value": "b"}
LONG = {"property": "attr", "name": "description", "old_value": "a", "new_value": "b"}


@pytest.fixture
def redmine():
    return FakeRedmine(3)


def changed(redmine, *journals):
    """An issue that was changed a minute after it was made."""
    id = redmine.make("Work")
    redmine.advance(60)
    redmine.edit(id, "Edited")
    redmine.issues[int(id)]["journals"] = list(journals)
    return id


def test_journals_become_changes_without_notes_and_long_texts(redmine):
    at = "2026-11-21T16:00:00Z"
    id = changed(
        redmine,
        {"id": 1, "created_on": at, "notes": "said", "details": []},
        {"id": 2, "created_on": at, "notes": "", "details": [LONG, DETAIL]},
    )
    [past] = redmine.opened().pasts([id])
    assert past.changes == ({"at": at, "details": [DETAIL]},)


def test_what_was_never_changed_costs_no_request_of_its_own(redmine):
    ids = [redmine.make(f"Work {n}") for n in range(3)]
    connector = redmine.opened()
    assert [past.changes for past in connector.pasts(ids)] == [()] * 3
    assert not any("/issues/" in asked for asked in redmine.asked)


ODD = {
    "without an instant": {"id": 1, "details": [DETAIL]},
    "without details": {"id": 1, "created_on": "2026-11-21T16:00:00Z"},
    "a detail without a name": {"id": 1, "created_on": "2026-11-21T16:00:00Z", "details": [{}]},
}


@pytest.mark.parametrize("journal", ODD.values(), ids=ODD)
def test_odd_journals_are_no_empty_past(redmine, journal):
    id = changed(redmine, journal)
    with pytest.raises(UnexpectedAnswer, match=f"issue #{id} came without its journals, or with odd ones"):
        list(redmine.opened().pasts([id]))


def test_an_answer_without_journals_is_no_empty_past(redmine):
    id = changed(redmine)
    del redmine.issues[int(id)]["journals"]
    with pytest.raises(UnexpectedAnswer, match="without its journals"):
        list(redmine.opened().pasts([id]))


def test_an_issue_that_goes_in_between_is_left_out(redmine):
    ids = [changed(redmine) for _ in range(2)]
    connector = redmine.opened()
    listed = redmine.listed

    def then_hidden(*asked):
        answer = listed(*asked)
        redmine.hide(ids[1])
        return answer

    redmine.listed = then_hidden
    assert [past.raw.id for past in connector.pasts(ids)] == [ids[0]]
