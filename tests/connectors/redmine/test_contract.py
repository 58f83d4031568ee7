"""Redmine keeps the contract of every connector, as far as the tool can."""

from __future__ import annotations

import pytest

from bridge.errors import AccessDenied, NotFound, PartialRead, Rejected, UnexpectedAnswer
from bridge.model import FieldValue, Keys, Label, Project, Query
from connectors.base import CheckScope
from connectors.redmine import api
from mappings.redmine import RedmineMapping
from tests.connectors.redmine.fake import URL, FakeRedmine
from tests.contract import BODY, MARK, System, WorkSourceContract
from tests.plain_panels import FieldsAndCommentsContract

PAGE = 3


@pytest.fixture
def redmine(monkeypatch):
    monkeypatch.setattr(api, "PAGE", PAGE)
    return FakeRedmine(PAGE)


@pytest.fixture
def system(redmine):
    connector = redmine.opened()
    return System(connector, redmine, RedmineMapping("red", connector.describe()))


class TestWorkSource(WorkSourceContract):
    def test_a_moved_items_old_and_new_key_are_one_item(self, system: System) -> None:
        """Issues keep their number."""
        id = system.driver.make("Wanderer")
        key = system.driver.move(id)
        assert system.connector.resolve([key]) == {key: id}


class TestPanel(FieldsAndCommentsContract):
    """All of it."""


def test_a_wrong_key_is_no_empty_site(redmine):
    redmine.make("Work")
    right = redmine.opened()
    wrong = redmine.opened(token="x")
    wrong._facts = right.describe()
    for ask in (
        lambda: wrong.identities(Project("work")),
        lambda: list(wrong.fetch(["1"])),
        lambda: wrong.resolve(["1"]),
        lambda: wrong.children({"1": "#1"}),
        wrong.login,
    ):
        with pytest.raises(AccessDenied):
            ask()


REFUSED = {
    "an unknown filter": (Query("nosuch=1"), "knows no filter 'nosuch'"),
    "a field that is no filter": (Query("cf_7=3"), "left the filter out"),
    "the same by its name": (FieldValue("Story points", "3"), "left the filter out"),
    "a saved query with more": (Query("query_id=1&tracker_id=2"), "no further filters"),
    "a saved query by its name": (Query("query_id=ours"), "takes the number"),
    "a category without its project": (Query("category_id=1"), "within a project"),
    "an operator without its filter": (Query("f[]=tracker_id&op[status_id]=*"), "no part of this filter"),
    "no filter at all": (Query("hello"), "no filter"),
    "an unknown tracker": (FieldValue("tracker", "Saga"), "no tracker is called 'Saga'"),
    "an unknown field": (FieldValue("Nope", "1"), "no field is called 'Nope'"),
    "keys": (Keys(("1",)), "keys are no filter"),
}


@pytest.mark.parametrize(("selector", "words"), REFUSED.values(), ids=REFUSED)
def test_a_filter_that_redmine_would_leave_out_is_refused(redmine, selector, words):
    redmine.make("Work")
    with pytest.raises(Rejected, match=words):
        redmine.opened().identities(selector)


def test_a_site_without_a_labels_field_says_so(redmine):
    with pytest.raises(Rejected, match="holds labels"):
        redmine.opened(labels_fields=("Nope",)).identities(Label("x"))


def test_a_tracker_is_asked_for_by_name(redmine):
    story = redmine.make("Story")
    assert redmine.opened().identities(FieldValue("Tracker", "story")) == {story}


def test_closed_work_is_asked_for_too(redmine):
    done = redmine.make("Done", labels=("x",))
    redmine.issues[int(done)]["status"] = {"id": 5, "name": "Closed", "is_closed": True}
    assert redmine.opened().identities(Query("tracker_id=2")) == {done}
    assert redmine.opened().identities(Label("x")) == {done}


def test_a_list_that_ends_early_is_refused(redmine, monkeypatch):
    for n in range(PAGE * 2):
        redmine.make(f"Work {n}")
    whole = redmine.listed

    def cut(asked, who):
        told = whole(asked, who)
        first = int(asked.get("offset", ["0"])[0]) == 0
        return told if first else told | {"issues": told["issues"][:1]}

    connector = redmine.opened()
    connector.describe()
    monkeypatch.setattr(redmine, "listed", cut)
    with pytest.raises(PartialRead):
        connector.identities(Project("work"))


def test_a_list_that_moves_is_read_again(redmine, monkeypatch):
    ids = [redmine.make(f"Work {n}") for n in range(PAGE * 2)]
    whole, pages = redmine.listed, []
    connector = redmine.opened()
    connector.describe()

    def moving(asked, who):
        pages.append(asked)
        if len(pages) == 2:
            redmine.delete(ids[0])
        return whole(asked, who)

    monkeypatch.setattr(redmine, "listed", moving)
    assert connector.identities(Project("work")) >= set(ids[1:])
    assert len(pages) > 3


def test_a_value_that_is_dropped_without_a_word_is_told_by_role(redmine):
    item = redmine.make("Anchor")
    redmine.readonly.add(2)
    with pytest.raises(Rejected, match="did not set progress") as told:
        redmine.opened().put_values(item, {"progress": 60, "status": "On track"})
    assert set(told.value.fields) == {"progress"}


def test_a_value_off_the_list_is_told_by_role(redmine):
    item = redmine.make("Anchor")
    with pytest.raises(Rejected, match="not included in the list") as told:
        redmine.opened().put_values(item, {"progress": 60, "status": "Dead", "key_result": "O1"})
    assert set(told.value.fields) == {"status"}


def test_a_note_that_is_dropped_is_told(redmine):
    item = redmine.make("Anchor")
    redmine.deaf = True
    with pytest.raises(Rejected, match="made no note"):
        redmine.opened().put_comment(item, BODY, MARK)


def test_without_the_right_to_edit_notes_the_hint_names_it(redmine):
    item = redmine.make("Anchor")
    connector = redmine.opened()
    made = connector.put_comment(item, BODY, MARK)
    redmine.may.discard("edit_own_issue_notes")
    with pytest.raises(AccessDenied) as told:
        connector.put_comment(item, BODY, MARK, made)
    assert "Edit own notes" in told.value.hint


WITHIN = {
    "a list": "https://red.example/projects/{}/issues?tracker_id=2",
    "a list below a path": "https://corp.example/redmine/projects/{}/issues?set_filter=1&tracker_id=2",
    "a saved query": "https://red.example/projects/{}/issues?query_id=7",
}


@pytest.mark.parametrize("address", WITHIN.values(), ids=WITHIN)
def test_an_address_within_a_project_stays_within_it(redmine, address):
    story = redmine.make("Story")
    redmine.move(redmine.make("Elsewhere"))
    assert redmine.opened().identities(Query(address.format("work"))) == {story}


def test_a_project_that_is_named_counts_more_than_the_addresss(redmine):
    story = redmine.make("Story")
    address = "https://red.example/projects/else/issues?tracker_id=2&project_id=work"
    assert redmine.opened().identities(Query(address)) == {story}


LOST = {
    "of a project, without it": (
        "query_id=7",
        "query 7 belongs to project work",
        "query_id=7&project_id=work",
    ),
    "of another project": (
        "query_id=7&project_id=else",
        "query 7 belongs to project work",
        "project_id=work",
    ),
    "deleted": ("query_id=8", "there is no saved query 8", "it was deleted"),
}


@pytest.mark.parametrize(("text", "message", "hint"), LOST.values(), ids=LOST)
def test_a_saved_query_that_is_lost_is_told_with_what_to_do(redmine, text, message, hint):
    with pytest.raises(NotFound, match=message) as told:
        redmine.opened().identities(Query(text))
    assert hint in told.value.hint


def test_a_rest_api_that_is_off_is_told_and_nobody_is_logged_in(redmine):
    redmine.rest = False
    with pytest.raises(AccessDenied, match="the REST API is off") as told:
        redmine.opened().login()
    assert (told.value.login, "Enable REST" in told.value.hint) == (True, True)


def test_an_address_below_the_front_page_is_told(redmine):
    connector = redmine.opened(url=f"{URL}/projects/work")
    with pytest.raises(UnexpectedAnswer, match="there is no Redmine at this address") as told:
        connector.login()
    assert "without /projects" in told.value.hint


def test_a_note_that_cannot_be_private_is_not_made(redmine):
    redmine.may.discard("set_notes_private")
    item = redmine.make("Anchor")
    with pytest.raises(AccessDenied, match="cannot be private"):
        redmine.opened(private_notes=True).put_comment(item, BODY, MARK)
    assert redmine.said(item) == {}


def test_what_an_account_may_do_is_told_by_project_and_an_administrator_may_do_all(redmine):
    redmine.may -= {"edit_own_issue_notes"}
    assert redmine.opened().describe()["fixed"] == ["else", "work"]
    assert redmine.opened().describe()["rights"]["1"] == [
        "add_issue_notes",
        "edit_issues",
        "set_notes_private",
    ]
    redmine.admin = True
    assert (redmine.opened().describe()["fixed"], redmine.opened().describe()["rights"]) == ([], {})


def test_a_role_that_cannot_be_read_is_taken_to_allow_all(redmine, monkeypatch):
    answer = redmine.answer
    closed = lambda method, path, *rest: (403, None) if "/roles/" in path else answer(method, path, *rest)  # noqa: E731
    monkeypatch.setattr(redmine, "answer", closed)
    assert redmine.opened().describe()["fixed"] == []


def test_a_check_tells_what_the_role_lacks_once_a_project(redmine):
    anchors = tuple(redmine.make(f"Anchor {n}") for n in range(2))
    redmine.may = {"view_issues"}
    told = [
        one for one in redmine.opened().check(CheckScope(anchors=anchors)) if "project work" in one.message
    ]
    assert [one.level for one in told] == ["error", "error", "warning"]


def test_a_private_note_is_private(redmine):
    item = redmine.make("Anchor")
    redmine.opened(private_notes=True).put_comment(item, BODY, MARK)
    assert redmine.issues[int(item)]["journals"][0]["private_notes"] is True


def test_a_mark_that_somebody_else_typed_is_not_ours(redmine):
    item = redmine.make("Anchor")
    redmine.say(item, "okr-bridge/here/O1-KR1/abc")
    assert redmine.opened().look(item).comments == ()


def test_a_check_tells_what_is_missing(redmine):
    item = redmine.make("Anchor")
    names = {"progress": "KR progress", "score": "Nowhere"}
    scope = CheckScope(selectors=(Query("nosuch=1"), Label("y")), anchors=(f"#{item}", "#99"))
    told = [(f.level, f.message) for f in redmine.opened(field_names=names).check(scope)]
    assert ("warning", "no custom field is called 'Nowhere'") in told
    assert redmine.opened(field_names=names, number_fields=("Impact",)).describe()["missing"] == [
        "Nowhere",
        "Impact",
    ]
    assert ("error", "anchor #99 cannot be read") in told
    assert [level for level, _ in told].count("error") == 2
