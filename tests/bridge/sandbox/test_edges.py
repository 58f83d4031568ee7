"""The last value that is taken and the first that is not, of every limit."""

from __future__ import annotations

import pytest

from bridge.sandbox.adf import document
from bridge.sandbox.records import Comment
from tests.bridge.sandbox.site import KR, Time, served

LINK = {"url": "https://okr.example", "title": "x"}


@pytest.fixture(scope="module")
def cloud_site():
    with served("cloud", now=Time()) as (sandbox, call):
        for _ in range(3):
            sandbox.jira.add_issue("SHOP", "Story", "x")
        yield sandbox, call


def keys(number):
    return [str(n) for n in range(number)]


READS = {
    "ids of a page": ("POST search/jql", lambda n: {"jql": "project = SHOP", "maxResults": n}, 5000),
    "ids to reconcile": (
        "POST search/jql",
        lambda n: {"jql": "project = SHOP", "reconcileIssues": list(range(n))},
        50,
    ),
    "properties with a search": (
        "POST search/jql",
        lambda n: {"jql": "project = SHOP", "properties": keys(n)},
        5,
    ),
    "fields of order": (
        "POST search/jql",
        lambda n: {"jql": "project = SHOP ORDER BY " + ", ".join(["key"] * n)},
        7,
    ),
    "issues with plain fields": (
        "POST issue/bulkfetch",
        lambda n: {"issueIdsOrKeys": keys(n), "fields": ["summary"]},
        1000,
    ),
    "issues with all fields": (
        "POST issue/bulkfetch",
        lambda n: {"issueIdsOrKeys": keys(n), "fields": ["*all"]},
        100,
    ),
    "properties of many": (
        "POST issue/bulkfetch",
        lambda n: {"issueIdsOrKeys": ["1"], "fields": ["summary"], "properties": keys(n)},
        5,
    ),
    "histories": ("POST changelog/bulkfetch", lambda n: {"issueIdsOrKeys": keys(n)}, 1000),
    "fields of histories": (
        "POST changelog/bulkfetch",
        lambda n: {"issueIdsOrKeys": ["1"], "fieldIds": keys(n)},
        10,
    ),
    "entries of a page": (
        "POST changelog/bulkfetch",
        lambda n: {"issueIdsOrKeys": ["1"], "maxResults": n},
        10_000,
    ),
    "comments by id": ("POST comment/list", lambda n: {"ids": keys(n)}, 1000),
    "issues to match": ("POST jql/match", lambda n: {"issueIds": keys(n), "jqls": ["project = SHOP"]}, 1000),
    "projects to check": (
        "POST permissions/check",
        lambda n: {"projectPermissions": [{"permissions": ["EDIT_ISSUES"], "projects": keys(n)}]},
        1000,
    ),
}


@pytest.mark.parametrize("case", READS)
def test_a_read_takes_so_many_and_not_one_more(cloud_site, case):
    line, body, most = READS[case]
    _, call = cloud_site
    assert call(line, body(most)).status_code == 200
    assert call(line, body(most + 1)).status_code == 400


TEXTS = {
    "a line of text": (lambda text: {"fields": {KR: text}}, 255),
    "a summary": (lambda text: {"fields": {"summary": text}}, 255),
    "a description": (lambda text: {"fields": {"description": document(text)}}, 32_767),
}


@pytest.mark.parametrize("case", TEXTS)
def test_a_text_may_be_so_long(cloud, case):
    sandbox, call = cloud
    body, most = TEXTS[case]
    sandbox.jira.add_issue("SHOP", "Story", "x")
    assert call("PUT issue/SHOP-1", body("x" * most)).status_code == 204
    assert call("PUT issue/SHOP-1", body("y" * (most + 1))).status_code == 400


def test_a_property_may_be_so_large_and_its_key_so_long(either):
    sandbox, call = either
    sandbox.jira.add_issue("SHOP", "Story", "x")
    at = f"{call.base}/issue/SHOP-1/properties"
    largest = b'"' + b"x" * 32_766 + b'"'
    assert call.session.put(f"{at}/p", data=largest, timeout=5).status_code == 201
    assert call.session.put(f"{at}/p", data=largest + b" ", timeout=5).status_code == 400
    assert call.session.put(f"{at}/{'k' * 255}", data=b"1", timeout=5).status_code == 201


def test_a_link_is_known_by_so_long_an_id(either):
    sandbox, call = either
    sandbox.jira.add_issue("SHOP", "Story", "x")
    statuses = [
        call("POST issue/SHOP-1/remotelink", {"globalId": "g" * length, "object": LINK}).status_code
        for length in (255, 256)
    ]
    assert statuses == [201 if sandbox.jira.cloud else 200, 400]


@pytest.mark.parametrize(("held", "status"), [(4999, 201), (5000, 413)])
def test_an_issue_holds_so_many_comments(either, held, status):
    sandbox, call = either
    issue = sandbox.jira.add_issue("SHOP", "Story", "x")
    me = sandbox.jira.me
    issue.comments += [Comment(n, me, "", 0, 0, me) for n in range(held)]
    body = {"body": document("x") if sandbox.jira.cloud else "x"}
    assert call("POST issue/SHOP-1/comment", body).status_code == (status if sandbox.jira.cloud else 201)


@pytest.mark.parametrize(("held", "status"), [(1999, 201), (2000, 413)])
def test_an_issue_holds_so_many_remote_links(cloud, held, status):
    sandbox, call = cloud
    issue = sandbox.jira.add_issue("SHOP", "Story", "x")
    issue.remote += [{"id": n, "globalId": str(n), "object": LINK} for n in range(held)]
    assert call("POST issue/SHOP-1/remotelink", {"globalId": "new", "object": LINK}).status_code == status


@pytest.mark.parametrize(("size", "pages"), [(1, [1, 1, 1]), (2, [2, 1]), (3, [3]), (4, [3])])
def test_the_last_page_brings_no_token(cloud_site, size, pages):
    _, call = cloud_site
    body = {"jql": "project = SHOP", "fields": ["key"], "maxResults": size}
    seen = []
    while True:
        answer = call("POST search/jql", body).json()
        seen.append(len(answer["issues"]))
        assert answer["isLast"] == ("nextPageToken" not in answer)
        if answer["isLast"]:
            break
        body["nextPageToken"] = answer["nextPageToken"]
    assert seen == pages


@pytest.mark.parametrize("size", [1, 2, 3])
def test_the_last_page_of_histories_has_a_token_of_nothing(cloud, size):
    sandbox, call = cloud
    sandbox.jira.add_issue("SHOP", "Story", "x")
    for text in ("a", "b"):
        sandbox.jira.edit("SHOP-1", {"summary": text})
    answer = call("POST changelog/bulkfetch", {"issueIdsOrKeys": ["SHOP-1"], "maxResults": size}).json()
    assert (answer["nextPageToken"] is None) == (size >= 2)


def test_searching_by_address_is_as_good_as_by_body(cloud_site):
    _, call = cloud_site
    query = {"jql": "project = SHOP ORDER BY key", "fields": "summary,status", "maxResults": 2}
    by_address = call("GET search/jql", params=query).json()
    by_body = call("POST search/jql", query | {"fields": ["summary", "status"]}).json()
    assert by_address["issues"] == by_body["issues"]


@pytest.mark.parametrize(
    ("start", "size", "status"), [(9000, 1000, 200), (9001, 1000, 400), (0, 0, 200), (-1, 1, 400)]
)
def test_data_center_looks_ten_thousand_deep(datacenter, start, size, status):
    body = {"jql": "", "startAt": start, "maxResults": size}
    assert datacenter[1]("POST search", body).status_code == status
