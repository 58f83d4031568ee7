"""How issues are read: the limits and quirks of searching, bulk reading and histories."""

from __future__ import annotations

import pytest

from tests.bridge.sandbox.site import KR_PROGRESS, POINTS


def fill(jira, number, project="SHOP"):
    return [jira.add_issue(project, "Story", f"Work {n}", labels=["x"]) for n in range(number)]


def test_ids_alone_come_by_the_thousand_and_fields_by_the_hundred(cloud):
    sandbox, call = cloud
    fill(sandbox.jira, 130)
    ids = call("POST search/jql", {"jql": "labels = x", "maxResults": 5000}).json()
    keys = call("POST search/jql", {"jql": "labels = x", "maxResults": 5000, "fields": ["key"]}).json()
    full = call("POST search/jql", {"jql": "labels = x", "maxResults": 5000, "fields": ["summary"]}).json()
    assert [len(answer["issues"]) for answer in (ids, keys, full)] == [130, 130, 100]
    assert [answer["isLast"] for answer in (ids, keys, full)] == [True, True, False]
    assert ids["issues"][0].keys() == {"id"}
    assert "nextPageToken" not in ids
    assert "total" not in ids


def test_pages_join_to_the_whole_list_and_nothing_twice(cloud):
    sandbox, call = cloud
    made = fill(sandbox.jira, 25)
    found = call.search("labels = x ORDER BY key", maxResults=10)
    assert found == [issue.key for issue in made]


def test_a_walk_keeps_to_what_it_found_at_its_start(cloud):
    sandbox, call = cloud
    fill(sandbox.jira, 4)
    body = {"jql": "labels = x ORDER BY key", "fields": ["key"], "maxResults": 2}
    first = call("POST search/jql", body).json()
    sandbox.jira.delete("SHOP-3")
    sandbox.jira.add_issue("SHOP", "Story", "later", labels=["x"])
    body["nextPageToken"] = first["nextPageToken"]
    assert [i["key"] for i in call("POST search/jql", body).json()["issues"]] == ["SHOP-4"]


REFUSED = {
    "unbounded": ({"jql": "order by key"}, "Unbounded JQL"),
    "empty": ({"jql": ""}, "Unbounded JQL"),
    "a member from the old search": ({"jql": "labels = x", "startAt": 0}, "Invalid request payload"),
    "validateQuery": ({"jql": "labels = x", "validateQuery": True}, "Invalid request payload"),
    "a null": ({"jql": "labels = x", "nextPageToken": None}, "Invalid request payload"),
    "expand as a list": ({"jql": "labels = x", "expand": ["names"]}, "Invalid request payload"),
    "a page too large": ({"jql": "labels = x", "maxResults": 5001}, "maxResults"),
    "a foreign token": ({"jql": "labels = x", "nextPageToken": "abc"}, "token"),
    "six properties": ({"jql": "labels = x", "properties": list("abcdef")}, "properties"),
    "eight terms of order": ({"jql": "labels = x ORDER BY " + ", ".join(["key"] * 8)}, "ORDER BY"),
}


@pytest.mark.parametrize("case", REFUSED)
def test_search_refuses(cloud, case):
    body, words = REFUSED[case]
    answer = cloud[1]("POST search/jql", body)
    assert answer.status_code == 400
    assert words in answer.json()["errorMessages"][0]


def test_properties_come_with_the_issues_found(cloud):
    sandbox, call = cloud
    sandbox.jira.add_issue("SHOP", "Story", "x").properties |= {"okr-bridge": {"a": 1}, "other": 2}
    body = {"jql": "project = SHOP", "fields": ["summary"], "properties": ["okr-bridge"]}
    assert call("POST search/jql", body).json()["issues"][0]["properties"] == {"okr-bridge": {"a": 1}}


def test_the_index_lags_and_reconciling_reads_the_database(cloud, time):
    sandbox, call = cloud
    (issue,) = fill(sandbox.jira, 1)
    time.pass_(minutes=5)
    sandbox.jira.lag(30)
    sandbox.jira.resolve(issue.key)
    made = sandbox.jira.add_issue("SHOP", "Story", "new", labels=["x"])
    body = {"jql": "statusCategory = Done", "fields": ["key"]}
    assert call("POST search/jql", body).json()["issues"] == []
    assert call.search("labels = x") == ["SHOP-1"]
    assert [
        i["key"] for i in call("POST search/jql", body | {"reconcileIssues": [issue.id]}).json()["issues"]
    ] == ["SHOP-1"]
    read = call("POST issue/bulkfetch", {"issueIdsOrKeys": [made.key], "fields": ["summary"]}).json()
    assert read["issues"][0]["fields"]["summary"] == "new"
    time.pass_(seconds=31)
    assert call.search("statusCategory = Done") == ["SHOP-1"]
    assert sorted(call.search("labels = x")) == ["SHOP-1", "SHOP-2"]


def test_a_deleted_issue_stays_in_a_lagging_index_but_cannot_be_read(cloud, time):
    sandbox, call = cloud
    fill(sandbox.jira, 1)
    time.pass_(minutes=5)
    sandbox.jira.lag(30)
    sandbox.jira.delete("SHOP-1")
    assert len(sandbox.jira.search("labels = x")) == 1
    assert call("GET issue/SHOP-1").status_code == 404


@pytest.mark.parametrize("line", ["GET search", "POST search", "GET /rest/api/2/search"])
def test_the_old_search_of_cloud_is_gone(cloud, line):
    answer = cloud[1](line)
    assert answer.status_code == 410
    assert "CHANGE-2046" in answer.json()["errorMessages"][0]


def test_counting_parsing_and_matching(cloud):
    sandbox, call = cloud
    first, second = fill(sandbox.jira, 2)
    assert call("POST search/approximate-count", {"jql": "labels = x"}).json() == {"count": 2}
    parsed = call("POST jql/parse?validation=strict", {"queries": ["labels = x", "colour = red"]}).json()[
        "queries"
    ]
    assert "errors" not in parsed[0]
    assert "colour" in parsed[1]["errors"][0]
    body = {"issueIds": [first.id, 999], "jqls": ["labels = x", f"id = {second.id}", "colour = red"]}
    matches = call("POST jql/match", body).json()["matches"]
    assert [m["matchedIssues"] for m in matches] == [[first.id], [], []]
    assert matches[2]["errors"]


# --- bulk fetch


def test_bulkfetch_sorts_by_id_resolves_former_keys_and_leaves_out_the_rest(cloud):
    sandbox, call = cloud
    fill(sandbox.jira, 4)
    sandbox.jira.hide("SHOP-3")
    sandbox.jira.move("SHOP-2", "TEAM")
    asked = ["shop-4", "SHOP-2", "SHOP-1", "SHOP-3", "NOPE-1", "SHOP-1"]
    answer = call("POST issue/bulkfetch", {"issueIdsOrKeys": asked, "fields": ["summary"]}).json()
    assert [i["key"] for i in answer["issues"]] == ["SHOP-1", "TEAM-1", "SHOP-4"]
    assert answer["issueErrors"] == []
    assert answer["issues"][0]["fields"] == {"summary": "Work 0"}


LIMITS = {
    "named fields": ({"fields": ["summary", "status"]}, 1000),
    "default fields": ({}, 100),
    "all fields": ({"fields": ["*all"]}, 100),
    "only exclusions": ({"fields": ["-comment"]}, 100),
    "comments": ({"fields": ["summary", "comment"]}, 100),
    "101 fields": ({"fields": [f"customfield_{n}" for n in range(101)]}, 100),
    "history": ({"fields": ["summary"], "expand": ["changelog"]}, 100),
}


@pytest.mark.parametrize("case", LIMITS)
def test_bulkfetch_takes_a_thousand_of_named_single_fields_and_else_a_hundred(cloud, case):
    body, most = LIMITS[case]
    ids = [str(n) for n in range(most + 1)]
    assert cloud[1]("POST issue/bulkfetch", body | {"issueIdsOrKeys": ids[:-1]}).status_code == 200
    refused = cloud[1]("POST issue/bulkfetch", body | {"issueIdsOrKeys": ids})
    assert refused.status_code == 400
    assert str(most) in refused.json()["errorMessages"][0]


def test_a_site_without_the_large_bulkfetch_stops_at_a_hundred(cloud):
    sandbox, call = cloud
    sandbox.jira.bulkfetch_max = 100
    body = {"issueIdsOrKeys": [str(n) for n in range(101)], "fields": ["summary"]}
    assert call("POST issue/bulkfetch", body).status_code == 400


# --- histories


def test_bulk_histories_tell_milliseconds_and_leave_out_issues_without_any(cloud, time):
    sandbox, call = cloud
    fill(sandbox.jira, 2)
    sandbox.jira.transition("SHOP-2", "In Progress")
    answer = call("POST changelog/bulkfetch", {"issueIdsOrKeys": ["SHOP-1", "SHOP-2"]}).json()
    (log,) = answer["issueChangeLogs"]
    assert log["issueId"] == str(sandbox.jira.issue("SHOP-2").id)
    assert log["changeHistories"][0]["created"] == int(time().timestamp() * 1000)
    assert log["changeHistories"][0]["items"] == [
        {"field": "status", "fieldtype": "jira", "fieldId": "status", "from": "1",
         "fromString": "To Do", "to": "2", "toString": "In Progress"}
    ]  # fmt: skip
    assert answer["nextPageToken"] is None


def test_one_issues_history_may_be_split_over_two_pages(cloud, time):
    sandbox, call = cloud
    fill(sandbox.jira, 2)
    for n in range(3):
        time.pass_(minutes=1)
        sandbox.jira.edit("SHOP-1", {"summary": f"a{n}"})
        sandbox.jira.edit("SHOP-2", {"summary": f"b{n}"})
    body = {"issueIdsOrKeys": ["SHOP-1", "SHOP-2"], "maxResults": 4}
    first = call("POST changelog/bulkfetch", body).json()
    second = call("POST changelog/bulkfetch", body | {"nextPageToken": first["nextPageToken"]}).json()
    sizes = [[len(log["changeHistories"]) for log in page["issueChangeLogs"]] for page in (first, second)]
    assert sizes == [[2, 2], [1, 1]]
    assert second["nextPageToken"] is None


def test_a_filter_by_field_drops_entries_that_name_none(cloud):
    sandbox, call = cloud
    fill(sandbox.jira, 1)
    sandbox.jira.add_issue("SHOP", "Epic", "above")
    sandbox.jira.reparent("SHOP-1", "SHOP-2")
    sandbox.jira.edit("SHOP-1", {"Story Points": 5.0})
    body = {"issueIdsOrKeys": ["SHOP-1"]}
    whole = call("POST changelog/bulkfetch", body).json()["issueChangeLogs"][0]["changeHistories"]
    part = call("POST changelog/bulkfetch", body | {"fieldIds": [POINTS]}).json()["issueChangeLogs"][0]
    assert [h["items"][0]["field"] for h in whole] == ["IssueParentAssociation", "Story Points"]
    assert "fieldId" not in whole[0]["items"][0]
    assert (whole[0]["items"][0]["toString"], whole[1]["items"][0]["toString"]) == ("SHOP-2", "5")
    assert [h["items"][0]["field"] for h in part["changeHistories"]] == ["Story Points"]


@pytest.mark.parametrize("body", [{"issueIdsOrKeys": []}, {"issueIdsOrKeys": ["1"] * 1001},
                                  {"issueIdsOrKeys": ["1"], "maxResults": 10_001},
                                  {"issueIdsOrKeys": ["1"], "fieldIds": list("abcdefghijk")}])  # fmt: skip
def test_bulk_histories_refuse_more_than_their_limits(cloud, body):
    assert cloud[1]("POST changelog/bulkfetch", body).status_code == 400


def test_an_expanded_history_is_cut_to_the_newest_forty_on_cloud(either, time):
    sandbox, call = either
    fill(sandbox.jira, 1)
    for n in range(45):
        time.pass_(seconds=1)
        sandbox.jira.edit("SHOP-1", {"summary": str(n)})
    log = call("GET issue/SHOP-1?expand=changelog").json()["changelog"]
    shown = [h["items"][0]["toString"] for h in log["histories"]]
    newest_first = [str(n) for n in reversed(range(5, 45))]
    assert shown == newest_first if sandbox.jira.cloud else shown == [str(n) for n in range(45)]
    assert log["total"] == 45


def test_one_issues_history_by_pages_is_oldest_first_and_capped_at_a_hundred(cloud, time):
    sandbox, call = cloud
    fill(sandbox.jira, 1)
    for n in range(105):
        sandbox.jira.edit("SHOP-1", {"summary": str(n)})
    first = call("GET issue/SHOP-1/changelog?maxResults=1000").json()
    rest = call("GET issue/SHOP-1/changelog?startAt=100").json()
    assert (len(first["values"]), first["isLast"], first["total"]) == (100, False, 105)
    assert first["values"][0]["items"][0]["toString"] == "0"
    assert first["values"][0]["created"] == "2026-11-02T10:30:00.000+0100"
    assert (len(rest["values"]), rest["isLast"]) == (5, True)


# --- one issue


def test_a_moved_issue_answers_to_its_former_key_with_the_new_one(either):
    sandbox, call = either
    (issue,) = fill(sandbox.jira, 1)
    sandbox.jira.move("SHOP-1", "TEAM")
    answer = call("GET issue/SHOP-1")
    assert (answer.status_code, answer.json()["key"], answer.json()["id"]) == (200, "TEAM-1", str(issue.id))
    assert answer.history == []
    items = [i for change in sandbox.jira.issue("TEAM-1").changes() for i in change.items]
    assert [(i["field"], i["toString"]) for i in items] == [("project", "Team"), ("Key", "TEAM-1")]


def test_an_unseen_issue_is_a_missing_one(either):
    sandbox, call = either
    fill(sandbox.jira, 2)
    sandbox.jira.hide("SHOP-1")
    hidden, missing = call("GET issue/SHOP-1"), call("GET issue/SHOP-9")
    assert (hidden.status_code, missing.status_code) == (404, 404)
    assert hidden.json() == missing.json()
    assert [i.key for i in sandbox.jira.search("labels = x")] == ["SHOP-2"]
    sandbox.jira.permissions.forbid("BROWSE_PROJECTS", "SHOP")
    assert call("GET issue/SHOP-2").status_code == 404


def test_an_archived_issue_is_not_found_by_search_but_by_key(either):
    sandbox, call = either
    fill(sandbox.jira, 1)
    sandbox.jira.archive("SHOP-1")
    assert sandbox.jira.search("labels = x") == []
    assert call("GET issue/SHOP-1").status_code == 200


def test_a_parent_shows_on_every_level_of_cloud_and_for_sub_tasks_alone_elsewhere(either):
    sandbox, call = either
    sandbox.jira.add_issue("SHOP", "Epic", "above")
    sandbox.jira.add_issue("SHOP", "Story", "story", parent="SHOP-1")
    sandbox.jira.add_issue("SHOP", "Sub-task", "below", parent="SHOP-2")
    story, below = (call(f"GET issue/{key}").json()["fields"] for key in ("SHOP-2", "SHOP-3"))
    assert below["parent"]["key"] == "SHOP-2"
    assert below["parent"]["fields"].keys() == {"summary", "status", "priority", "issuetype"}
    assert ("parent" in story) == sandbox.jira.cloud
    assert story["customfield_10014"] == "SHOP-1"
    assert [child["key"] for child in story["subtasks"]] == ["SHOP-3"]
    assert ("hierarchyLevel" in story["issuetype"]) == sandbox.jira.cloud


def test_fields_can_be_named_or_left_out(either):
    sandbox, call = either
    sandbox.jira.add_issue("SHOP", "Story", "x", description="words", **{KR_PROGRESS: 3.0})
    assert call("GET issue/SHOP-1?fields=summary,customfield_10302,nonsense").json()["fields"] == {
        "summary": "x",
        KR_PROGRESS: 3.0,
    }
    rest = call("GET issue/SHOP-1?fields=*all,-summary").json()["fields"]
    assert "summary" not in rest
    body = rest["description"]
    assert (body["type"] == "doc") if sandbox.jira.cloud else body == "words"


# --- Data Center's search


def test_data_center_grants_at_most_its_own_page_and_tells_the_total(datacenter):
    sandbox, call = datacenter
    fill(sandbox.jira, 3)
    answer = call(
        "POST search", {"jql": "labels = x ORDER BY key", "maxResults": 5000, "fields": ["summary"]}
    ).json()
    assert (answer["maxResults"], answer["total"], answer["startAt"]) == (1000, 3, 0)
    part = call("GET search?jql=order by key&startAt=1&maxResults=1").json()
    assert [i["key"] for i in part["issues"]] == ["SHOP-2"]
    assert call("GET search?maxResults=0").json()["total"] == 3


def test_data_center_looks_no_deeper_than_its_window(datacenter):
    answer = datacenter[1]("POST search", {"jql": "", "startAt": 9500, "maxResults": 1000})
    assert answer.status_code == 400
    assert "Result window is too large" in answer.json()["errorMessages"][0]


def test_data_center_gives_whole_histories_fifty_issues_at_a_time(datacenter):
    sandbox, call = datacenter
    fill(sandbox.jira, 60)
    sandbox.jira.resolve("SHOP-60")
    body = {"jql": "ORDER BY key DESC", "maxResults": 1000, "expand": ["changelog"], "fields": ["summary"]}
    answer = call("POST search", body).json()
    assert (len(answer["issues"]), answer["maxResults"]) == (50, 50)
    fields = [item["field"] for item in answer["issues"][0]["changelog"]["histories"][0]["items"]]
    assert fields == ["status", "resolution"]


def test_data_center_has_no_bulk_reads(datacenter):
    assert datacenter[1]("POST issue/bulkfetch", {}).status_code in (404, 405)
    assert datacenter[1]("POST changelog/bulkfetch", {}).status_code == 404
