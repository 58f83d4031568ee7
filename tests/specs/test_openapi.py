"""The judge itself: what it refuses, and that it cannot pass what it does not understand."""

from __future__ import annotations

import json

import jsonschema_rs
import pytest

from tests.shared import path
from tests.specs.openapi import Document, Exchange

SPEC = {
    "paths": {
        "/things/{id}": {
            "get": {
                "operationId": "getThing",
                "parameters": [
                    {"in": "path", "name": "id", "schema": {"type": "string"}},
                    {"in": "query", "name": "limit", "schema": {"type": "integer", "maximum": 10}},
                    {"in": "query", "name": "why", "required": True, "schema": {"type": "string"}},
                ],
                "responses": {
                    "200": {"content": {"application/json": {"schema": {"$ref": "#/components/schemas/T"}}}}
                },
            },
            "put": {
                "operationId": "putThing",
                "requestBody": {
                    "required": True,
                    "content": {"application/json": {"schema": {"$ref": "#/components/schemas/T"}}},
                },
                "responses": {"204": {"description": "done"}},
            },
        },
        "/things/mine": {"get": {"operationId": "getMine", "responses": {"200": {}}}},
    },
    "components": {
        "schemas": {
            "T": {
                "type": "object",
                "required": ["name"],
                "additionalProperties": False,
                "properties": {
                    "name": {"type": "string", "maxLength": 5},
                    "next": {"$ref": "#/components/schemas/T", "nullable": True},
                    "at": {"type": "string", "format": "date-time"},
                    "kind": {"type": "string", "enum": ["a", "b"], "nullable": True},
                },
            }
        }
    },
}
DOCUMENT = Document("test", SPEC, "/rest")


def exchange(method="GET", path="/rest/things/1", query=(("why", "x"),), body=None, status=200, answer=None):
    sent = b"" if body is None else json.dumps(body).encode()
    got = b"" if answer is None else json.dumps(answer).encode()
    return Exchange(method, path, tuple(query), sent, status, got)


def judged(heard):
    return [str(complaint) for complaint in DOCUMENT.operation(heard.method, heard.path).check(heard)]


GOOD = {
    "plain": {"name": "x"},
    "null where it may be": {"name": "x", "next": None, "kind": None},
    "nested": {"name": "x", "next": {"name": "y"}},
    "an offset without a colon": {"name": "x", "at": "2026-11-21T10:00:00.000+0800"},
}


@pytest.mark.parametrize("answer", GOOD.values(), ids=GOOD)
def test_what_keeps_to_the_document_passes(answer):
    assert judged(exchange(answer=answer)) == []


BAD = {
    "an answer that lacks a member": exchange(answer={}),
    "an answer with a member unheard of": exchange(answer={"name": "x", "more": 1}),
    "wrong deep inside": exchange(answer={"name": "x", "next": {"name": 5}}),
    "null where it may not be": exchange(answer={"name": None}),
    "no such choice": exchange(answer={"name": "x", "kind": "c"}),
    "an instant without a zone": exchange(answer={"name": "x", "at": "2026-11-21T10:00:00"}),
    "an empty answer": exchange(),
    "an undocumented status": exchange(status=202, answer={"name": "x"}),
    "an unknown parameter": exchange(query=(("why", "x"), ("y", "1")), answer={"name": "x"}),
    "a missing parameter": exchange(query=(), answer={"name": "x"}),
    "a parameter of another type": exchange(query=(("why", "x"), ("limit", "few")), answer={"name": "x"}),
    "a parameter out of range": exchange(query=(("why", "x"), ("limit", "11")), answer={"name": "x"}),
    "a body where none is taken": exchange(body={"a": 1}, answer={"name": "x"}),
    "a missing body": exchange("PUT", query=(), status=204),
    "a wrong body": exchange("PUT", query=(), body={"name": "too long"}, status=204),
    "a wrong body, whatever the answer": exchange("PUT", query=(), body={}, status=400),
}


@pytest.mark.parametrize("heard", BAD.values(), ids=BAD)
def test_what_does_not_is_told(heard):
    assert len(judged(heard)) == 1


def test_a_literal_path_beats_a_variable_one_and_an_unknown_one_is_none():
    assert DOCUMENT.operation("GET", "/rest/things/mine").id == "getMine"
    assert DOCUMENT.operation("GET", "/rest/things/1").id == "getThing"
    assert DOCUMENT.operation("DELETE", "/rest/things/1") is None
    assert DOCUMENT.operation("GET", "/rest/things/1/2") is None


def test_a_schema_that_cannot_be_compiled_is_an_error_and_no_pass():
    broken = Document("broken", {"components": {"schemas": {}}, "paths": {}})
    with pytest.raises(jsonschema_rs.ValidationError):
        broken.validator(("x", "body", ""), {"type": "string", "pattern": "("})
    with pytest.raises((jsonschema_rs.ReferencingError, jsonschema_rs.ValidationError)):
        broken.validator(("x", "body", ""), {"$ref": "#/components/schemas/Nowhere"})


VENDORS = {"jira-cloud-v3": "", "jira-software-agile": "", "jira-dc-10.3-v2": "/rest"}
UNTRANSLATABLE = {"storeDevelopmentInformation", "getRepository"}
"""Two operations that the bridge never uses hold a pattern in Java's own dialect."""


@pytest.mark.parametrize(("name", "prefix"), VENDORS.items())
def test_the_vendors_documents_are_understood_throughout(name, prefix):
    document = Document.load(path(f"specs/{name}.json"), prefix)
    refused = set()
    for operation in document.operations:
        for status, answer in operation.facts["responses"].items():
            media = (answer.get("content") or {}).get("application/json") or {}
            try:
                document.validator((operation.id, "answer", status), media.get("schema") or {})
            except jsonschema_rs.ValidationError:
                refused.add(operation.id)
    assert refused <= UNTRANSLATABLE
