"""How issues are changed: what is accepted, what is refused, what leaves a trace."""

from __future__ import annotations

import pytest

from bridge.sandbox.adf import document
from tests.bridge.sandbox.site import KR, KR_PROGRESS, POINTS

NOT_ON_SCREEN = "cannot be set. It is not on the appropriate screen, or unknown."


def story(sandbox, **values):
    return sandbox.jira.add_issue("SHOP", "Story", "Before", **values)


def last(sandbox, key="SHOP-1"):
    return {item["field"]: item for item in sandbox.jira.issue(key).changes()[-1].items}


def test_fields_and_properties_go_in_one_write_and_leave_one_entry(either, time):
    sandbox, call = either
    issue = story(sandbox)
    time.pass_(minutes=1)
    body = {
        "fields": {KR: "O1-KR1", KR_PROGRESS: 73},
        "properties": [{"key": "okr-bridge", "value": {"v": 1}}],
    }
    assert call("PUT issue/SHOP-1", body).status_code == 204
    assert (issue.fields[KR], issue.fields[KR_PROGRESS]) == ("O1-KR1", 73.0)
    assert issue.properties == {"okr-bridge": {"v": 1}}
    (change,) = issue.changes()
    assert {item["field"] for item in change.items} == {"KR", "KR progress"}
    assert last(sandbox)["KR progress"] == {
        "field": "KR progress", "fieldtype": "custom", "fieldId": KR_PROGRESS, "from": None,
        "fromString": None, "to": None, "toString": "73",
    }  # fmt: skip
    assert call("GET issue/SHOP-1").json()["fields"]["updated"] == "2026-11-02T10:31:00.000+0100"


def test_writing_what_is_there_leaves_no_trace(either, time):
    sandbox, call = either
    issue = story(sandbox, **{KR_PROGRESS: 73.0})
    before = issue.updated
    time.pass_(minutes=1)
    assert call("PUT issue/SHOP-1", {"fields": {KR_PROGRESS: 73, "summary": "Before"}}).status_code == 204
    assert (issue.changes(), issue.updated) == ([], before)


def test_null_clears_a_field_and_comes_back_as_null(either):
    sandbox, call = either
    story(sandbox, **{KR_PROGRESS: 73.0})
    assert call("PUT issue/SHOP-1", {"fields": {KR_PROGRESS: None}}).status_code == 204
    assert call("GET issue/SHOP-1").json()["fields"][KR_PROGRESS] is None
    assert (last(sandbox)["KR progress"]["to"], last(sandbox)["KR progress"]["toString"]) == (None, "")


def test_the_changed_issue_comes_back_when_asked_for(cloud):
    sandbox, call = cloud
    story(sandbox)
    answer = call("PUT issue/SHOP-1?returnIssue=true", {"fields": {"summary": "After"}})
    assert (answer.status_code, answer.json()["fields"]["summary"]) == (200, "After")


BAD = {
    "unknown field": ({"customfield_19999": "x"}, "customfield_19999", NOT_ON_SCREEN),
    "read-only field": ({"created": "2026-01-01"}, "created", NOT_ON_SCREEN),
    "text for a number": ({KR_PROGRESS: "73"}, KR_PROGRESS, "must be a number"),
    "truth for a number": ({KR_PROGRESS: True}, KR_PROGRESS, "must be a number"),
    "number for a text": ({KR: 5}, KR, "must be a string"),
    "long text": ({KR: "x" * 256}, KR, "255"),
    "no summary": ({"summary": " "}, "summary", "You must specify a summary"),
    "two lines of summary": ({"summary": "a\nb"}, "summary", "newline"),
    "no date": ({"duedate": "soon"}, "duedate", "Error parsing date"),
    "nobody": ({"assignee": {"accountId": "nobody", "name": "nobody"}}, "assignee", "does not exist"),
    "spaced label": ({"labels": ["two words"]}, "labels", "spaces"),
    "no option": ({"customfield_10021": [{"value": "Weather"}]}, "customfield_10021", "not valid"),
    "unknown priority": ({"priority": {"name": "Whenever"}}, "priority", "Could not find"),
}


@pytest.mark.parametrize("case", BAD)
def test_a_bad_value_is_refused_by_field_and_nothing_is_written(either, case):
    sandbox, call = either
    issue = story(sandbox)
    fields, name, words = BAD[case]
    answer = call("PUT issue/SHOP-1", {"fields": {"labels": ["kept-out"], **fields}})
    assert answer.status_code == 400
    assert words in answer.json()["errors"][name]
    assert issue.changes() == []


def test_all_bad_fields_are_told_at_once(either):
    sandbox, call = either
    story(sandbox)
    answer = call("PUT issue/SHOP-1", {"fields": {KR: 5, KR_PROGRESS: "x"}})
    assert answer.json()["errors"].keys() == {KR, KR_PROGRESS}


def test_long_text_is_a_document_on_cloud_and_a_string_elsewhere(either):
    sandbox, call = either
    story(sandbox)
    as_document = call("PUT issue/SHOP-1", {"fields": {"description": document("words")}})
    as_string = call("PUT issue/SHOP-1", {"fields": {"description": "words"}})
    answers = (as_document.status_code, as_string.status_code)
    assert answers == ((204, 400) if sandbox.jira.cloud else (400, 204))
    refused = as_string if sandbox.jira.cloud else as_document
    assert "description" in refused.json()["errors"]


def test_a_field_must_be_associated_with_the_project_on_cloud(cloud):
    sandbox, call = cloud
    story(sandbox)
    made = call("POST field", {"name": "Fresh", "type": sandbox.jira.catalog.field("KR").custom}).json()
    body = {"fields": {made["id"]: "x"}}
    assert NOT_ON_SCREEN in call("PUT issue/SHOP-1", body).json()["errors"][made["id"]]
    call("POST screens/1/tabs/10000/fields", {"fieldId": made["id"]})
    assert call("PUT issue/SHOP-1", body).status_code == 204


def test_a_screen_means_nothing_to_a_team_managed_project(cloud):
    sandbox, call = cloud
    sandbox.jira.add_issue("TEAM", "Story", "x")
    made = call("POST field", {"name": "Fresh", "type": sandbox.jira.catalog.field("KR").custom}).json()
    call("POST screens/1/tabs/10000/fields", {"fieldId": made["id"]})
    assert call("PUT issue/TEAM-1", {"fields": {made["id"]: "x"}}).status_code == 400


def test_a_field_must_be_on_the_edit_screen_on_data_center(datacenter):
    sandbox, call = datacenter
    story(sandbox)
    sandbox.jira.catalog.screens[1].tabs[0][2].remove(KR)
    assert NOT_ON_SCREEN in call("PUT issue/SHOP-1", {"fields": {KR: "x"}}).json()["errors"][KR]


def test_silent_edits_are_for_administrators(either):
    sandbox, call = either
    issue = story(sandbox)
    for name in ("ADMINISTER", "ADMINISTER_PROJECTS"):
        sandbox.jira.permissions.forbid(name)
    body = {"fields": {"summary": "After"}}
    refused = call("PUT issue/SHOP-1?notifyUsers=false", body)
    assert refused.status_code == 403
    assert "To discard the user notification" in refused.json()["errorMessages"][0]
    assert issue.fields["summary"] == "Before"
    assert call("PUT issue/SHOP-1", body).status_code == 204
    sandbox.jira.permissions.allow("ADMINISTER_PROJECTS")
    assert call("PUT issue/SHOP-1?notifyUsers=false", {"fields": {"summary": "Again"}}).status_code == 204


def test_without_the_right_to_edit_nothing_is_written(either):
    sandbox, call = either
    story(sandbox)
    sandbox.jira.permissions.forbid("EDIT_ISSUES", "SHOP")
    assert call("PUT issue/SHOP-1", {"fields": {"summary": "x"}}).status_code == 403
    assert call("PUT issue/SHOP-1/properties/a", 1).status_code == 403


def test_update_sets_adds_and_removes(either):
    sandbox, call = either
    issue = story(sandbox, labels=["a", "b"])
    body = {"update": {"labels": [{"add": "c"}, {"remove": "a"}], "summary": [{"set": "After"}]}}
    assert call("PUT issue/SHOP-1", body).status_code == 204
    assert (issue.fields["labels"], issue.fields["summary"]) == (["b", "c"], "After")
    both = {"update": {"summary": [{"set": "x"}]}, "fields": {"summary": "y"}}
    assert call("PUT issue/SHOP-1", both).status_code == 400


def test_a_comment_can_ride_on_an_edit(either):
    sandbox, call = either
    issue = story(sandbox)
    body = document("said") if sandbox.jira.cloud else "said"
    call("PUT issue/SHOP-1", {"update": {"comment": [{"add": {"body": body}}]}})
    assert [comment.body for comment in issue.comments] == [body]


def test_a_parent_is_set_and_cleared_on_cloud(cloud):
    sandbox, call = cloud
    issue = story(sandbox)
    epic = sandbox.jira.add_issue("SHOP", "Epic", "above")
    assert call("PUT issue/SHOP-1", {"fields": {"parent": {"key": "SHOP-2"}}}).status_code == 204
    assert issue.parent == epic.id
    entry = last(sandbox)["IssueParentAssociation"]
    assert (entry["from"], entry["to"], entry["toString"]) == (None, str(epic.id), "SHOP-2")
    assert "fieldId" not in entry
    call("PUT issue/SHOP-1", {"update": {"parent": [{"set": {"none": True}}]}})
    assert issue.parent is None
    assert call("PUT issue/SHOP-2", {"fields": {"parent": {"key": "SHOP-1"}}}).status_code == 400


def test_an_epic_link_is_set_by_key_on_data_center(datacenter):
    sandbox, call = datacenter
    issue = story(sandbox)
    epic = sandbox.jira.add_issue("SHOP", "Epic", "above")
    assert call("PUT issue/SHOP-1", {"fields": {"customfield_10014": "SHOP-2"}}).status_code == 204
    assert issue.parent == epic.id
    entry = last(sandbox)["Epic Link"]
    assert (entry["fieldtype"], entry["to"], entry["toString"]) == ("custom", str(epic.id), "SHOP-2")
    assert call("PUT issue/SHOP-1", {"fields": {"parent": {"key": "SHOP-2"}}}).status_code == 400


# --- creating, deleting, moving on


def test_a_created_issue_has_a_key_and_no_history(either):
    sandbox, call = either
    fields = {"project": {"key": "SHOP"}, "issuetype": {"name": "Story"}, "summary": "New", "labels": ["z"]}
    answer = call("POST issue", {"fields": fields, "properties": [{"key": "p", "value": 1}]})
    assert (answer.status_code, answer.json()["key"]) == (201, "SHOP-1")
    issue = sandbox.jira.issue("SHOP-1")
    assert (issue.fields["labels"], issue.properties, issue.changes()) == (["z"], {"p": 1}, [])


def test_an_epic_needs_its_name_field_on_data_center_alone(either):
    sandbox, call = either
    fields = {"project": {"key": "SHOP"}, "issuetype": {"name": "Epic"}, "summary": "New"}
    answer = call("POST issue", {"fields": fields})
    assert answer.status_code == (201 if sandbox.jira.cloud else 400)
    if not sandbox.jira.cloud:
        assert answer.json()["errors"] == {"customfield_10011": "Epic Name is required."}
        assert call("POST issue", {"fields": fields | {"customfield_10011": "New"}}).status_code == 201
        meta = call("GET issue/createmeta/SHOP/issuetypes/1").json()["values"]
        assert "customfield_10011" in {field["fieldId"] for field in meta if field["required"]}


BAD_NEW = {
    "no summary": ({"project": {"key": "SHOP"}, "issuetype": {"id": "2"}}, "summary"),
    "no such project": ({"project": {"key": "NO"}, "issuetype": {"id": "2"}, "summary": "x"}, "project"),
    "no such type": (
        {"project": {"key": "SHOP"}, "issuetype": {"name": "Idea"}, "summary": "x"},
        "issuetype",
    ),
    "an orphan": ({"project": {"key": "SHOP"}, "issuetype": {"id": "3"}, "summary": "x"}, "parent"),
}


@pytest.mark.parametrize("case", BAD_NEW)
def test_an_issue_that_lacks_something_is_not_created(either, case):
    sandbox, call = either
    fields, name = BAD_NEW[case]
    answer = call("POST issue", {"fields": fields})
    assert answer.status_code == 400
    assert name in answer.json()["errors"]
    assert not sandbox.jira.store.issues


def test_deleting_takes_sub_tasks_along_only_when_told(either):
    sandbox, call = either
    story(sandbox)
    sandbox.jira.add_issue("SHOP", "Sub-task", "part", parent="SHOP-1")
    assert call("DELETE issue/SHOP-1").status_code == 400
    assert call("DELETE issue/SHOP-1?deleteSubtasks=true").status_code == 204
    assert not sandbox.jira.store.issues
    assert call("GET issue/SHOP-1").status_code == 404


def test_a_transition_into_done_resolves_and_out_of_it_clears(either, time):
    sandbox, call = either
    issue = story(sandbox)
    offered = call("GET issue/SHOP-1/transitions").json()["transitions"]
    assert [t["to"]["name"] for t in offered] == ["In Progress", "Done"]
    time.pass_(hours=1)
    body = {"transition": {"id": "3"}, "fields": {"resolution": {"name": "Won't Do"}}}
    assert call("POST issue/SHOP-1/transitions", body).status_code == 204
    assert (issue.fields["resolution"]["name"], issue.category) == ("Won't Do", "done")
    assert issue.fields["resolutiondate"] == "2026-11-02T11:30:00.000+0100"
    assert call("POST issue/SHOP-1/transitions", {"transition": {"id": "1"}}).status_code == 204
    assert (issue.fields["resolution"], issue.fields["resolutiondate"]) == (None, None)
    assert last(sandbox)["resolution"]["to"] is None
    assert call("POST issue/SHOP-1/transitions", {"transition": {"id": "77"}}).status_code == 400


def test_a_link_shows_on_both_ends_with_its_own_words(either):
    sandbox, call = either
    story(sandbox)
    story(sandbox)
    body = {"type": {"name": "Blocks"}, "inwardIssue": {"key": "SHOP-1"}, "outwardIssue": {"key": "SHOP-2"}}
    assert call("POST issueLink", body).status_code == 201
    (one,), (other,) = (call(f"GET issue/SHOP-{n}").json()["fields"]["issuelinks"] for n in (1, 2))
    assert one["outwardIssue"]["key"] == "SHOP-2"
    assert other["inwardIssue"]["key"] == "SHOP-1"
    assert last(sandbox, "SHOP-1")["Link"]["toString"] == "This issue blocks SHOP-2"
    assert last(sandbox, "SHOP-2")["Link"]["toString"] == "This issue is blocked by SHOP-1"
    assert call("POST issueLink", body | {"type": {"name": "Adores"}}).status_code == 404


def test_a_flag_is_a_field_with_a_history(either):
    sandbox, _ = either
    issue = story(sandbox)
    sandbox.jira.flag("SHOP-1")
    assert issue.fields["customfield_10021"][0]["value"] == "Impediment"
    assert last(sandbox)["Flagged"]["toString"] == "Impediment"
    sandbox.jira.flag("SHOP-1", False)
    assert (last(sandbox)["Flagged"]["fromString"], last(sandbox)["Flagged"]["toString"]) == (
        "Impediment",
        "",
    )


def test_points_keep_their_decimals_in_the_history(either):
    sandbox, _ = either
    story(sandbox)
    sandbox.jira.edit("SHOP-1", {POINTS: 2.5})
    assert last(sandbox)["Story Points"]["toString"] == "2.5"


def test_a_body_that_is_no_json_is_refused(either):
    sandbox, call = either
    story(sandbox)
    answer = call.session.put(f"{call.base}/issue/SHOP-1", data=b"{broken", timeout=5)
    assert answer.status_code == 400
    assert call("PUT issue/SHOP-1", ["a list"]).status_code == 400
