"""A fake Asana on the wire, the bridge on it, and Asana's own document as the judge of what was said."""

from __future__ import annotations

import json
import re
from functools import cache
from typing import Any

import pytest
import responses

from connectors.asana import Asana, AsanaSettings, connect
from connectors.http import Clock
from connectors.session import log_in, plain_session
from mappings.asana import AsanaMapping
from tests.asana.fake import NAMES, TOKEN, FakeAsana
from tests.contract import System
from tests.shared import path
from tests.specs.deviations import Deviation
from tests.specs.openapi import Complaint, Document

TYPED = {"type_fields": ("Nope", "Type"), "group_types": ("Saga", "Epic")}
BASE = "https://asana.example/api/1.0"
DOCUMENT = "asana"
KNOWN = (
    Deviation(
        DOCUMENT,
        "updateTask",
        "body",
        r"/data/custom_fields/\d+",
        'is not of type "string"$',
        "numbers are put as numbers, dates as objects, and null empties a field",
        "other-tools-api.md, section 1; the operation's own examples of custom fields",
    ),
    Deviation(
        DOCUMENT,
        "getTask|getTasks.*|getSubtasksForTask|searchTasksForWorkspace",
        "answer",
        r".*/(enum_value|parent|assignee)",
        r'null is not of type "object"$',
        "nothing chosen, no parent, nobody assigned: the document says nullable beside what is not",
        "the same properties' own descriptions (`nullable: true` in one half of an allOf)",
    ),
    Deviation(
        DOCUMENT,
        "searchTasksForWorkspace",
        "query",
        r"/limit|/custom_fields\.\d+\.[a-z_]+",
        "is no parameter",
        "described in words alone: the page size, and fields, whose number is part of the name",
        "the operation's description, Pagination and Custom field parameters",
    ),
)


@cache
def document() -> Document:
    return Document(DOCUMENT, flat(json.loads(path(f"specs/{DOCUMENT}.json").read_bytes())))


def flat(spec: dict[str, Any]) -> dict[str, Any]:
    """With the parameters that operations share spelt out at each of them."""
    shared = spec["components"]["parameters"]

    def whole(parameter: dict[str, Any]) -> dict[str, Any]:
        return dict(shared[parameter["$ref"].rpartition("/")[2]]) if "$ref" in parameter else parameter

    for methods in spec["paths"].values():
        common = methods.get("parameters", [])
        for name, operation in methods.items():
            if name != "parameters":
                operation["parameters"] = [*map(whole, (*common, *operation.get("parameters", [])))]
    return spec


def vendor() -> Document | None:
    """Asana's document; None where it is not beside this checkout."""
    try:
        return document()
    except pytest.skip.Exception:
        return None


def complaints(fake: FakeAsana, judge: Document) -> list[str]:
    """What Asana's document has against anything that was said."""
    told: list[Complaint] = []
    for heard in fake.heard:
        operation = judge.operation(heard.method, heard.path)
        assert operation is not None, f"{heard.method} {heard.path} is in no document"
        told += operation.check(heard)
    return sorted({str(one) for one in told if not any(known.excuses(one) for known in KNOWN)})


def serving(fake: FakeAsana) -> responses.RequestsMock:
    """Whatever goes to Asana's address goes to the fake."""

    def answer(request: Any) -> tuple[int, dict[str, str], bytes]:
        body = request.body or b""
        content = body.encode() if isinstance(body, str) else body
        target = request.url.removeprefix(BASE)
        login, sent_type = (request.headers.get(n, "") for n in ("Authorization", "Content-Type"))
        return fake.serve(request.method, target, login, content, sent_type)

    mock = responses.RequestsMock(assert_all_requests_are_fired=False)
    for method in ("GET", "POST", "PUT", "DELETE"):
        mock.add_callback(method, re.compile(re.escape(BASE) + "/.*"), callback=answer)
    return mock


def opened(fake: FakeAsana, token: str = TOKEN, **more: Any) -> Asana:
    settings = AsanaSettings(
        **{"name": "asana", "url": BASE, "field_names": NAMES, "external_data": True} | TYPED | more
    )
    session = plain_session("asana", BASE)
    log_in(session, "bearer", token)
    clock = Clock(lambda: fake.at, lambda: fake.at.timestamp(), fake.advance, lambda: 0.5)
    return connect(settings, session, clock=clock)


def system_of(fake: FakeAsana, **more: Any) -> System:
    return System(opened(fake, **more), fake, AsanaMapping("asana", panel_names=NAMES))
