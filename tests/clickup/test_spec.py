"""ClickUp's document against what is sent: it refuses slips, and the fake's tasks look like its own."""

from __future__ import annotations

import json

import pytest

from bridge.model import Keys, Label, Project, Query
from connectors.base import CheckScope, NewItem
from tests.clickup.fake import FakeClickUp
from tests.clickup.judge import document, example, judged
from tests.contract import BODY, MARK
from tests.specs.openapi import exchange_of

SLIPS = {
    "a page that is no number": ("GET", "/api/v2/team/9001/task?page=first", None),
    "a parameter that only a list takes": ("GET", "/api/v2/team/9001/task?include_timl=true", None),
    "a parameter that nothing takes": ("GET", "/api/v2/list/901/task?closed=true", None),
    "a task with one": ("GET", "/api/v2/task/86a1?subtasks=true", None),
    "a page of comments by number": ("GET", "/api/v2/task/86a1/comment?page=1", None),
    "ids in a list of their own": ("GET", "/api/v2/task/bulk_time_in_status/task_ids?task_ids[]=86a1", None),
    "a time in status with subtasks": ("GET", "/api/v2/task/86a1/time_in_status?subtasks=true", None),
    "a view without its page": ("GET", "/api/v2/view/3c/task", None),
    "a comment without notify_all": ("POST", "/api/v2/task/86a1/comment", {"comment_text": "x"}),
    "an edit of its text alone": ("PUT", "/api/v2/comment/458", {"comment_text": "x"}),
    "an assignee by name": (
        "PUT",
        "/api/v2/comment/458",
        {"comment_text": "x", "assignee": "me", "resolved": False},
    ),
    "a task without a name": ("POST", "/api/v2/list/901/task", {"tags": ["okr"]}),
    "a day as text": ("POST", "/api/v2/list/901/task", {"name": "x", "due_date": "2026-12-15"}),
    "a tag by its name alone": ("POST", "/api/v2/space/790/tag", {"tag": {"name": "okr"}}),
    "a value emptied by null": ("POST", "/api/v2/task/86a1/field/d2ab", {"value": None}),
}


@pytest.mark.parametrize(("method", "target", "body"), SLIPS.values(), ids=SLIPS)
def test_a_slip_of_the_connector_would_be_seen(method, target, body):
    sent = b"" if body is None else json.dumps(body).encode()
    answer = b'{"tasks": [], "comments": []}'
    heard = exchange_of(method, target, sent, 400, answer, "application/json", "application/json")
    assert judged([heard])


def test_an_answer_that_is_none_of_clickups_would_be_seen(clickup):
    clickup.make("Work", description=7)
    clickup.opened().identities(Label("x"))
    assert judged(clickup.heard) == []
    clickup.make("Work", labels=("x",), description=7)
    clickup.opened().identities(Label("x"))
    told = {one.at for one in judged(clickup.heard)}
    clickup.heard.clear()
    assert told == {"/tasks/0/description"}


@pytest.mark.parametrize("operation", ["GetTask", "GetTasks"])
def test_the_fakes_task_has_what_the_documents_has(operation):
    fake = FakeClickUp()
    id = fake.make("Work")
    shown = example(operation)
    shown = shown["tasks"][0] if "tasks" in shown else shown
    status, told = fake.one(id, {})
    assert status == 200
    assert set(shown) <= set(told)
    wrong = {
        name: (told[name], value)
        for name, value in shown.items()
        if told[name] is not None and value is not None and name not in ("time_estimate", "time_spent")
        if type(told[name]) is not type(value)
    }
    assert wrong == {}


def test_a_whole_job_asks_for_nothing_that_the_document_does_not_know(clickup):
    item = clickup.make("Anchor", labels=("okr",))
    connector = clickup.opened()
    scope = CheckScope(selectors=(Label("okr"), Project("space:790"), Keys((item,))), anchors=(item,))
    assert [one for one in connector.check(scope) if one.level == "error"] == []
    for selector in (
        Project("folder:457"),
        Project("list:List 901"),
        Query("view=3c-105"),
        Query("parent=x"),
    ):
        connector.identities(selector)
    made = connector.put_comment(item, BODY, MARK)
    connector.put_comment(item, BODY, MARK, made)
    assert len(list(connector.pasts([item]))) == 1
    assert len(list(connector.pasts([item, clickup.make("Another")]))) == 2
    connector.put_values(item, {"progress": 60, "updated": "2026-11-21T12:00:00+00:00"})
    connector.remove_values(item, ["progress"], property=False)
    connector.remove_comment(item, made)
    new = NewItem(
        project="list:901", title="Epic", marker="okr-1", due="2026-12-15", body=BODY, priority="Low"
    )
    assert connector.find_made("okr-1") is None
    connector.make(new)
    operations = {document().operation(one.method, one.path).id for one in clickup.heard}
    assert operations == {
        "GetAuthorizedUser", "GetAuthorizedTeams", "GetCustomItems", "GetFilteredTeamTasks", "GetTasks",
        "GetViewTasks", "GetTask", "GetSpace", "GetSpaces", "GetFolder", "GetFolders", "GetLists",
        "GetFolderlessLists", "GetTaskComments", "CreateTaskComment", "UpdateComment", "DeleteComment",
        "SetCustomFieldValue", "RemoveCustomFieldValue", "GetList", "GetSpaceTags", "CreateSpaceTag",
        "CreateTask", "GetTask'sTimeinStatus", "GetBulkTasks'TimeinStatus",
    }  # fmt: skip
