"""Version 2 of Cloud: the same site for older tools, with words where version 3 has documents."""

from __future__ import annotations

import pytest

from bridge.sandbox import beside, cloud
from bridge.sandbox.adf import document, plain

OLD = "/rest/api/2"


@pytest.fixture
def site(cloud):
    sandbox, call = cloud
    sandbox.jira.add_issue("SHOP", "Story", "x")
    return sandbox, call


def test_everything_of_version_3_but_the_old_search_is_there_in_version_2():
    lines = {(route.method, route.pattern.pattern) for route in beside.routes()}
    for route in cloud.routes():
        assert (route.method, route.pattern.pattern.replace("/rest/api/3", OLD)) in lines
    assert len({pattern for _, pattern in lines if "tenant_info" in pattern}) == 1


@pytest.mark.parametrize(
    "name", ["serverInfo", "myself", "field", "status", "project", "issue/SHOP-1", "priority", "issuetype"]
)
def test_a_read_says_the_same_and_points_to_its_own_version(site, name):
    _, call = site
    new, old = call(f"GET {name}"), call(f"GET {OLD}/{name}")
    assert (old.status_code, old.text) == (200, new.text.replace("/rest/api/3/", f"{OLD}/"))


def test_the_old_search_is_gone_there_too_and_the_new_one_is_not(site):
    _, call = site
    assert call(f"GET {OLD}/search?jql=project=SHOP").status_code == 410
    assert call(f"POST {OLD}/search", {"jql": "project = SHOP"}).status_code == 410
    found = call(f"POST {OLD}/search/jql", {"jql": "project = SHOP", "fields": ["description"]}).json()
    assert [issue["key"] for issue in found["issues"]] == ["SHOP-1"]


def test_a_token_of_one_version_is_good_for_the_other(site):
    sandbox, call = site
    sandbox.jira.add_issue("SHOP", "Story", "y")
    body = {"jql": "project = SHOP ORDER BY key", "maxResults": 1, "fields": ["key"]}
    token = call(f"POST {OLD}/search/jql", body).json()["nextPageToken"]
    rest = call("POST search/jql", body | {"nextPageToken": token}).json()["issues"]
    assert [issue["key"] for issue in rest] == ["SHOP-2"]


def test_what_was_written_in_words_is_a_document_in_version_3(site):
    sandbox, call = site
    body = {"fields": {"description": "one\ntwo", "summary": "After"}}
    assert call(f"PUT {OLD}/issue/SHOP-1", body).status_code == 204
    assert call("GET issue/SHOP-1").json()["fields"]["description"] == document("one\ntwo")
    assert call(f"GET {OLD}/issue/SHOP-1").json()["fields"]["description"] == "one\ntwo"
    assert call(f"PUT {OLD}/issue/SHOP-1", {"fields": {"description": ""}}).status_code == 204
    assert sandbox.jira.issue("SHOP-1").fields["description"] is None


def test_an_issue_is_made_in_words(site):
    _, call = site
    fields = {"project": {"key": "SHOP"}, "issuetype": {"name": "Story"}, "summary": "s", "description": "d"}
    made = call(f"POST {OLD}/issue", {"fields": fields})
    assert (made.status_code, made.json()["self"].partition("/issue/")[0][-6:]) == (201, "/api/2")
    assert call("GET issue/SHOP-2").json()["fields"]["description"] == document("d")


def test_comments_are_words_in_both_directions(site):
    sandbox, call = site
    made = call(f"POST {OLD}/issue/SHOP-1/comment", {"body": "one"})
    assert (made.status_code, made.json()["body"]) == (201, "one")
    address = f"issue/SHOP-1/comment/{made.json()['id']}"
    assert call(f"GET {address}").json()["body"] == document("one")
    assert call(f"PUT {OLD}/{address}", {"body": "two"}).json()["body"] == "two"
    assert call(f"GET {OLD}/issue/SHOP-1/comment").json()["comments"][0]["body"] == "two"
    call(f"PUT {OLD}/issue/SHOP-1", {"update": {"comment": [{"add": {"body": "three"}}]}})
    assert [plain(one.body) for one in sandbox.jira.issue("SHOP-1").comments] == ["two", "three"]
    shown = call(f"GET {OLD}/issue/SHOP-1?fields=comment").json()["fields"]["comment"]["comments"]
    assert [one["body"] for one in shown] == ["two", "three"]


WRONG = {
    "a document as a description": ("PUT issue/SHOP-1", {"fields": {"description": document("x")}}),
    "a document set": ("PUT issue/SHOP-1", {"update": {"description": [{"set": document("x")}]}}),
    "a document as a comment": ("POST issue/SHOP-1/comment", {"body": document("x")}),
    "a document added": ("PUT issue/SHOP-1", {"update": {"comment": [{"add": {"body": document("x")}}]}}),
    "an empty comment": ("POST issue/SHOP-1/comment", {"body": " \n"}),
    "too many words": ("POST issue/SHOP-1/comment", {"body": "x" * 32_768}),
    "no JSON object": ("PUT issue/SHOP-1", ["x"]),
}


@pytest.mark.parametrize("case", WRONG)
def test_what_version_2_does_not_take(site, case):
    sandbox, call = site
    line, body = WRONG[case]
    answer = call(line.replace(" ", f" {OLD}/"), body)
    assert answer.status_code == 400
    assert (sandbox.jira.issue("SHOP-1").comments, sandbox.jira.issue("SHOP-1").changes()) == ([], [])


def test_a_property_that_looks_like_a_document_is_left_alone(site):
    _, call = site
    value = {"self": "/rest/api/3/", "doc": document("x")}
    assert call(f"PUT {OLD}/issue/SHOP-1/properties/p", value).status_code == 201
    assert call(f"GET {OLD}/issue/SHOP-1/properties/p").json()["value"] == value
    assert call(f"GET {OLD}/issue/SHOP-1?properties=p").json()["properties"] == {"p": value}


def test_peoples_words_are_not_taken_for_addresses(site):
    sandbox, call = site
    sandbox.jira.edit("SHOP-1", {"summary": "see /rest/api/3/issue"})
    assert call(f"GET {OLD}/issue/SHOP-1").json()["fields"]["summary"] == "see /rest/api/3/issue"


def test_the_jira_library_works_with_it(site):
    """Its own version 2 against a Cloud site, end to end."""
    from jira import JIRA

    sandbox, _ = site
    client = JIRA(sandbox.url, basic_auth=(sandbox.email, sandbox.token), max_retries=0, timeout=5)
    try:
        assert client.server_info()["deploymentType"] == "Cloud"
        assert client.myself()["emailAddress"] == sandbox.email
        issue = client.issue("SHOP-1")
        issue.update(description="in words")
        assert client.add_comment(issue, "said").body == "said"
        assert client.issue("SHOP-1").fields.description == "in words"
        found = client.enhanced_search_issues("project = SHOP", fields="summary")
        assert [one.key for one in found] == ["SHOP-1"]
        client.transition_issue(issue, "3")
        assert client.issue("SHOP-1").fields.resolution.name == "Done"
        assert [project.key for project in client.projects()] == ["SHOP", "TEAM"]
    finally:
        client.close()


def test_the_atlassian_library_works_with_it(site):
    from atlassian import Jira

    sandbox, _ = site
    client = Jira(sandbox.url, username=sandbox.email, password=sandbox.token, cloud=True, timeout=5)
    try:
        client.update_issue_field("SHOP-1", {"description": "in words"})
        client.issue_add_comment("SHOP-1", "said")
        fields = client.issue("SHOP-1")["fields"]
        assert (fields["description"], fields["comment"]["comments"][0]["body"]) == ("in words", "said")
    finally:
        client.close()
