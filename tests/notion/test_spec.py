"""The judge is awake: one wrong request for every operation that the connector makes is refused by
Notion's document, and so are wrong answers."""

from __future__ import annotations

import json

import pytest

from bridge.model import Bullets, Label, Project, Span, Tier
from connectors.base import CheckScope, NewItem
from tests.contract import BODY, MARK
from tests.notion import shapes
from tests.notion.desk import objections, opened
from tests.notion.fake import FakeNotion
from tests.notion.spec import Latest, complaints, document
from tests.specs.openapi import Exchange

ID = "01234567-89ab-cdef-0123-456789abcdef"
WRONG = {
    "getSelf": ("GET", "/v1/users/me?full=1", None),
    "getDatabase": ("GET", f"/v1/databases/{ID}?page_size=1", None),
    "getDataSource": ("GET", f"/v1/data_sources/{ID}", {"page_size": 1}),
    "updateDataSource": (
        "PATCH",
        f"/v1/data_sources/{ID}",
        {"properties": {"KR": {"type": "number", "number": 1}}},
    ),
    "queryDataSource": ("POST", f"/v1/data_sources/{ID}/query", {"page_size": 101}),
    "getPage": ("GET", f"/v1/pages/{ID}?start_cursor=x", None),
    "updatePage": ("PATCH", f"/v1/pages/{ID}", {"properties": {"KR progress": {"number": "60"}}}),
    "createPage": (
        "POST",
        "/v1/pages",
        {"parent": {"data_source_id": ID}, "properties": {"X": {"title": "x"}}},
    ),
    "listComments": ("GET", "/v1/comments?page_size=0&block_id=x", None),
    "createComment": ("POST", "/v1/comments", {"parent": {"page_id": ID}, "rich_text": "words"}),
    "getComment": ("GET", f"/v1/comments/{ID}", {"x": 1}),
    "updateComment": ("PATCH", f"/v1/comments/{ID}", {"rich_text": [{"type": "text"}]}),
    "deleteComment": ("DELETE", f"/v1/comments/{ID}", {"x": 1}),
}
OF_A_FILTER = {
    "a condition of no type": {"property": "Status"},
    "a time without a zone of its own": {"timestamp": "last_edited_time", "last_edited_time": "2026"},
    "a kind that is none": {"property": "Status", "state": {"equals": "Done"}},
    "an operator that is none": {"property": "Status", "status": {"is": "Done"}},
    "three levels": {"and": [{"or": [{"and": []}]}]},
}


@pytest.fixture
def judge() -> Latest:
    return document()


@pytest.fixture
def whole(judge) -> FakeNotion:
    """Everything that the connector can do, done once."""
    notion = FakeNotion(installed=False)
    opened(notion).apply_fields(opened(notion).plan_fields((notion.work,), ()))
    connector = opened(notion)
    epic = notion.make("Epic", tier=Tier.GROUP)
    story = notion.make("Story", parent=epic, labels=("x",))
    list(connector.check(CheckScope(selectors=(Label("x"), Project("Work")), anchors=(epic,))))
    connector.resolve([notion.key(epic), story])
    connector.children({epic: "x"})
    list(connector.fetch([epic, story]))
    list(connector.changed(notion.at).records)
    connector.put_values(epic, {"progress": 60, "status": "x", "key_result": None})
    body = (*BODY, Bullets(((Span("one"),), (Span("two", href="https://okr.example"),))))
    connector.make(NewItem(project="WORK", title="Epic", marker="okr-1", due="2026-12-15", body=body))
    assert connector.find_made("okr-1")
    made = connector.put_comment(epic, BODY, MARK)
    connector.put_comment(epic, BODY, MARK, made)
    connector.look(epic)
    connector.remove_comment(epic, made)
    return notion


def sent(method: str, target: str, body: object, status: int = 0, answer: object = None) -> Exchange:
    path, _, query = target.partition("?")
    pairs = tuple(pair.partition("=")[::2] for pair in query.split("&") if pair)
    content = b"" if body is None else json.dumps(body).encode()
    return Exchange(method, path, pairs, content, status, json.dumps(answer).encode())


def test_everything_done_keeps_to_notions_document(whole, judge):
    assert objections(whole, judge) == []


def test_every_operation_that_is_used_has_its_wrong_request(whole, judge):
    used = {judge.operation(one.method, one.path).id for one in whole.exchanges}
    assert used == set(WRONG)


@pytest.mark.parametrize("name", WRONG)
def test_a_wrong_request_is_refused(judge, name):
    exchange = sent(*WRONG[name])
    operation = judge.operation(exchange.method, exchange.path)
    assert operation.id == name
    assert operation.check_request(exchange) != []


@pytest.mark.parametrize("filter", OF_A_FILTER.values(), ids=OF_A_FILTER)
def test_a_wrong_filter_is_refused(judge, filter):
    exchange = sent("POST", f"/v1/data_sources/{ID}/query", {"filter": filter})
    assert judge.operation("POST", exchange.path).check_request(exchange) != []


PAGE = shapes.page(ID, {"type": "data_source_id", "data_source_id": ID, "database_id": ID}, "x", {})
ANSWERS = {
    "a page with a member unheard of": {**PAGE, "more": 1},
    "a page of another object": {**PAGE, "object": "database"},
    "a value of another type": {**PAGE, "properties": {"X": {"id": "x", "type": "number", "number": "1"}}},
    "a value whose type is told wrong": {**PAGE, "properties": {"X": {"id": "x", "type": "x", "number": 1}}},
}


@pytest.mark.parametrize("answer", ANSWERS.values(), ids=ANSWERS)
def test_a_wrong_answer_is_refused(judge, answer):
    assert complaints(sent("GET", f"/v1/pages/{ID}", None, 200, PAGE), judge) == []
    assert complaints(sent("GET", f"/v1/pages/{ID}", None, 200, answer), judge) != []


def test_a_refusal_has_the_form_of_notions(judge):
    good = shapes.refusal(404, "object_not_found", "x")
    assert complaints(sent("GET", f"/v1/pages/{ID}", None, 404, good), judge) == []
    assert complaints(sent("GET", f"/v1/pages/{ID}", None, 404, {"error": "x"}), judge) != []


def test_what_is_in_no_document_is_refused(judge):
    assert complaints(sent("PUT", f"/v1/pages/{ID}", None, 200, PAGE), judge) != []


NARROWER = ("notion query-data-source body/sorts/0:", "notion post-page body/")
"""This document leaves out sorting by a timestamp, and takes what a page holds as strings, unlike the types
of Notion's own client."""


def test_the_requests_keep_to_the_document_of_notions_own_server_too(whole):
    other = document("notion")
    known = [(other.operation(one.method, one.path), one) for one in whole.exchanges]
    told = [str(said) for operation, one in known if operation for said in operation.check_request(one)]
    assert [one for one in told if not one.startswith(NARROWER)] == []
    assert len({operation.id for operation, _ in known if operation}) >= 8
