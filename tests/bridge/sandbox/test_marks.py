"""What the bridge leaves on issues: comments, properties, remote links."""

from __future__ import annotations

import pytest

from bridge.sandbox.adf import document
from bridge.sandbox.records import Comment


@pytest.fixture
def site(either):
    sandbox, call = either
    sandbox.jira.add_issue("SHOP", "Story", "x")
    return sandbox, call


def words(sandbox, text):
    return document(text) if sandbox.jira.cloud else text


def test_a_comment_is_added_and_edited_in_place_and_bumps_the_issue(site, time):
    sandbox, call = site
    time.pass_(minutes=1)
    made = call("POST issue/SHOP-1/comment", {"body": words(sandbox, "one")})
    assert made.status_code == 201
    issue = sandbox.jira.issue("SHOP-1")
    assert issue.updated == int(time().timestamp() * 1000)
    time.pass_(minutes=1)
    address = f"PUT issue/SHOP-1/comment/{made.json()['id']}"
    edited = call(address, {"body": words(sandbox, "two")})
    assert (edited.status_code, edited.json()["body"]) == (200, words(sandbox, "two"))
    assert (edited.json()["created"], edited.json()["updated"]) == (
        "2026-11-02T10:31:00.000+0100",
        "2026-11-02T10:32:00.000+0100",
    )
    bumped = issue.updated
    time.pass_(minutes=1)
    assert call(address, {"body": words(sandbox, "two")}).status_code == 200
    assert issue.updated == bumped
    assert issue.changes() == []


def test_a_comments_body_has_the_deployments_format(site):
    sandbox, call = site
    wrong = "plain" if sandbox.jira.cloud else document("x")
    answer = call("POST issue/SHOP-1/comment", {"body": wrong})
    assert answer.status_code == 400
    assert "comment" in answer.json()["errors"]
    too_long = call("POST issue/SHOP-1/comment", {"body": words(sandbox, "x" * 32_768)})
    assert "32,767" in too_long.json()["errors"]["comment"]


@pytest.mark.parametrize(
    "body",
    [
        {"type": "doc", "content": []},
        {"version": 1, "type": "doc", "content": [{"type": "text", "text": ""}]},
    ],
    ids=["no version", "empty text node"],
)
def test_an_unsound_document_is_refused(cloud, body):
    sandbox, call = cloud
    sandbox.jira.add_issue("SHOP", "Story", "x")
    answer = call("POST issue/SHOP-1/comment", {"body": body})
    assert (answer.status_code, answer.json()["errorMessages"]) == (400, ["INVALID_INPUT"])


def test_a_comment_carries_properties_and_visibility(site):
    sandbox, call = site
    body = {
        "body": words(sandbox, "x"),
        "properties": [{"key": "okr-bridge", "value": {"kr": "O1"}}],
        "visibility": {"type": "role", "value": "Developers"},
    }
    made = call("POST issue/SHOP-1/comment", body).json()
    path = f"comment/{made['id']}/properties"
    assert made["visibility"] == body["visibility"]
    assert call(f"GET {path}/okr-bridge").json() == {"key": "okr-bridge", "value": {"kr": "O1"}}
    assert call(f"PUT {path}/okr-bridge", {"kr": "O2"}).status_code == 200
    assert call(f"PUT {path}/other", 1).status_code == 201
    assert [k["key"] for k in call(f"GET {path}").json()["keys"]] == ["okr-bridge", "other"]
    assert call(f"DELETE {path}/other").status_code == 204
    assert call(f"GET {path}/other").status_code == 404
    without = call(f"PUT issue/SHOP-1/comment/{made['id']}", {"body": body["body"]}).json()
    assert "visibility" not in without
    assert call("GET comment/999/properties").status_code == 404


def test_comments_are_listed_by_page_and_re_read_by_id(cloud, time):
    sandbox, call = cloud
    issue = sandbox.jira.add_issue("SHOP", "Story", "x")
    for n in range(120):
        sandbox.jira.comment("SHOP-1", document(str(n)), properties={"n": n})
    first = call("GET issue/SHOP-1/comment?maxResults=500").json()
    newest = call("GET issue/SHOP-1/comment?orderBy=-created&maxResults=1").json()["comments"][0]
    assert (len(first["comments"]), first["maxResults"], first["total"]) == (100, 100, 120)
    assert newest["id"] == str(issue.comments[-1].id)
    assert "properties" not in first["comments"][0]
    ids = [issue.comments[3].id, 999, issue.comments[5].id]
    many = call("POST comment/list?expand=properties", {"ids": ids}).json()["values"]
    assert [one["properties"] for one in many] == [[{"key": "n", "value": 3}], [{"key": "n", "value": 5}]]
    assert call("POST comment/list", {"ids": list(range(1001))}).status_code == 400


def test_a_comment_can_be_deleted_and_is_then_missing(site):
    sandbox, call = site
    made = call("POST issue/SHOP-1/comment", {"body": words(sandbox, "x")}).json()
    assert call(f"DELETE issue/SHOP-1/comment/{made['id']}").status_code == 204
    assert call(f"GET issue/SHOP-1/comment/{made['id']}").status_code == 404
    assert call(f"PUT issue/SHOP-1/comment/{made['id']}", {"body": words(sandbox, "y")}).status_code == 404


def test_editing_without_the_right_is_a_bad_request_not_a_refusal(site):
    sandbox, call = site
    made = call("POST issue/SHOP-1/comment", {"body": words(sandbox, "x")}).json()
    sandbox.jira.permissions.forbid("EDIT_OWN_COMMENTS")
    sandbox.jira.permissions.forbid("EDIT_ALL_COMMENTS")
    answer = call(f"PUT issue/SHOP-1/comment/{made['id']}", {"body": words(sandbox, "y")})
    assert answer.status_code == 400
    sandbox.jira.permissions.forbid("ADD_COMMENTS")
    assert call("POST issue/SHOP-1/comment", {"body": words(sandbox, "x")}).status_code == 403


def test_an_internal_note_is_told_by_its_property(cloud):
    sandbox, call = cloud
    sandbox.jira.add_issue("SHOP", "Story", "x")
    note = {"key": "sd.public.comment", "value": {"internal": True}}
    inside = call("POST issue/SHOP-1/comment", {"body": document("x"), "properties": [note]}).json()
    outside = call("POST issue/SHOP-1/comment", {"body": document("x")}).json()
    assert (inside["jsdPublic"], outside["jsdPublic"]) == (False, True)


def test_an_issue_holds_five_thousand_comments_and_no_more(cloud):
    sandbox, call = cloud
    issue = sandbox.jira.add_issue("SHOP", "Story", "x")
    me = sandbox.jira.me
    issue.comments += [Comment(n, me, document(""), 0, 0, me) for n in range(5000)]
    assert call("POST issue/SHOP-1/comment", {"body": document("x")}).status_code == 413


# --- properties


def test_a_property_leaves_neither_history_nor_a_later_update(site, time):
    sandbox, call = site
    issue = sandbox.jira.issue("SHOP-1")
    before = issue.updated
    time.pass_(minutes=1)
    assert call("PUT issue/SHOP-1/properties/okr-bridge", {"a": 1}).status_code == 201
    assert call("PUT issue/SHOP-1/properties/okr-bridge", {"a": 2}).status_code == 200
    assert call("GET issue/SHOP-1/properties/okr-bridge").json() == {"key": "okr-bridge", "value": {"a": 2}}
    assert call("GET issue/SHOP-1/properties").json()["keys"][0]["key"] == "okr-bridge"
    assert call("GET issue/SHOP-1?properties=okr-bridge").json()["properties"] == {"okr-bridge": {"a": 2}}
    assert call("DELETE issue/SHOP-1/properties/okr-bridge").status_code == 204
    assert call("DELETE issue/SHOP-1/properties/okr-bridge").status_code == 404
    assert (issue.changes(), issue.updated) == ([], before)


@pytest.mark.parametrize(
    ("key", "raw"),
    [("a", b""), ("a", b"{no json"), ("a", b'"' + b"x" * 32_768 + b'"'), ("k" * 256, b"1")],
    ids=["empty", "no JSON", "too large", "key too long"],
)
def test_a_property_has_limits(site, key, raw):
    _, call = site
    answer = call.session.put(f"{call.base}/issue/SHOP-1/properties/{key}", data=raw, timeout=5)
    assert answer.status_code == 400


# --- remote links

LINK = {
    "globalId": "okr-bridge=here&kr=O1-KR1",
    "application": {"type": "okr", "name": "OKR"},
    "relationship": "serves",
    "object": {"url": "https://okr.example/1", "title": "O1-KR1", "summary": "73%"},
}


def test_a_remote_link_is_made_once_and_replaced_by_its_global_id(site, time):
    sandbox, call = site
    issue = sandbox.jira.issue("SHOP-1")
    before = issue.updated
    time.pass_(minutes=1)
    made, again = call("POST issue/SHOP-1/remotelink", LINK), call("POST issue/SHOP-1/remotelink", LINK)
    assert (made.status_code, again.status_code) == ((201, 200) if sandbox.jira.cloud else (200, 200))
    assert made.json() == again.json()
    shown = call("GET issue/SHOP-1/remotelink", params={"globalId": LINK["globalId"]}).json()
    assert shown["object"]["summary"] == "73%"
    assert shown["id"] == made.json()["id"]
    assert len(call("GET issue/SHOP-1/remotelink").json()) == 1
    assert (issue.changes(), issue.updated) == ([], before)


def test_what_a_remote_link_leaves_out_is_gone(site):
    _, call = site
    call("POST issue/SHOP-1/remotelink", LINK)
    bare = {"globalId": LINK["globalId"], "object": {"url": "https://okr.example/1", "title": "new"}}
    call("POST issue/SHOP-1/remotelink", bare)
    (shown,) = call("GET issue/SHOP-1/remotelink").json()
    assert shown["object"]["title"] == "new"
    assert "summary" not in shown["object"]
    assert "relationship" not in shown
    assert shown["application"] == {}


def test_a_remote_link_is_deleted_by_its_global_id(site):
    _, call = site
    call("POST issue/SHOP-1/remotelink", LINK)
    where = {"globalId": LINK["globalId"]}
    assert call("DELETE issue/SHOP-1/remotelink", params=where).status_code == 204
    assert call("DELETE issue/SHOP-1/remotelink", params=where).status_code == 404
    assert call("GET issue/SHOP-1/remotelink", params=where).status_code == 404


def test_a_remote_link_needs_an_address_a_title_and_the_right(site):
    sandbox, call = site
    answer = call("POST issue/SHOP-1/remotelink", {"globalId": "g", "object": {"url": "https://x.example"}})
    assert (answer.status_code, list(answer.json()["errors"])) == (400, ["object.title"])
    assert call("POST issue/SHOP-1/remotelink", LINK | {"globalId": "g" * 256}).status_code == 400
    sandbox.jira.permissions.forbid("LINK_ISSUES")
    assert call("POST issue/SHOP-1/remotelink", LINK).status_code == 403
