"""A Notion of a few databases, as its documents describe it: stateful, with people and a clock."""

from __future__ import annotations

import threading
import uuid
from collections.abc import Iterator
from contextlib import contextmanager
from copy import deepcopy
from datetime import UTC, datetime, timedelta
from email.utils import format_datetime
from typing import Any
from urllib.parse import urlsplit

import orjson

from bridge.model import Query, Tier
from bridge.sandbox.loopback import Answer, Loopback
from tests.notion import shapes
from tests.notion.answers import Refused, Routes, matches
from tests.specs.openapi import exchange_of

PERSON = str(uuid.UUID(int=8))
TOKEN = "ntn_secret"
NAMES = {"key_result": "KR", "progress": "KR progress", "status": "KR status", "score": "KR score",
         "updated": "KR updated"}  # fmt: skip
TYPES = {Tier.GROUP: "Epic", Tier.UNIT: "Story", Tier.PART: "Task"}
PROFILES = {PERSON: "报告 角色"}


class FakeNotion(Routes):
    """`limit`: entries after which a query is cut. `answers` are sent first, whatever is asked. `deaf`
    properties take a write and keep what they had. `written_to` are the writes that took effect; `witness`
    is told of each before it is answered. Lists know of an edit `lag` seconds later."""

    project, other_project = "Work", "Elsewhere"

    def __init__(self, page: int = 3, *, installed: bool = True) -> None:
        self.page, self.at = page, datetime(2026, 11, 2, 9, tzinfo=UTC)
        self.limit, self.answers, self.deaf = 10_000, list[tuple[int, dict[str, str], Any]](), set[str]()
        self.written_to, self.witness = list[str](), lambda: None
        self.lag, self.edited = 0.0, dict[str, datetime]()
        self.capable, self.exchanges, self.asked = True, list[Any](), list[str]()
        self.pages: dict[str, dict[str, Any]] = {}
        self.contents: dict[str, Any] = {}
        self.comments: dict[str, dict[str, Any]] = {}
        self.sources: dict[str, dict[str, Any]] = {}
        self.databases: dict[str, dict[str, Any]] = {}
        self.hidden: set[str] = set()
        self._last, self._numbers = 100, dict[str, int]()
        self._lock = threading.Lock()
        shown = {"KR": "rich_text", "KR progress": "number", "KR status": "rich_text", "KR score": "number",
                 "KR updated": "rich_text"}  # fmt: skip
        extra = {name: (kind, inner_of(kind)) for name, kind in shown.items()} if installed else {}
        self.projects = self.database("Projects", {"Name": ("title", {})})
        self.work = self.database("Work", extra, "WORK")
        self.elsewhere = self.database("Elsewhere", extra, "ELSE")

    # --- databases

    def database(self, name: str, extra: dict[str, Any], prefix: str = "") -> str:
        source, database = self.id(), self.id()
        of = {**usual(source, database, prefix), **extra} if prefix else extra
        if prefix:
            of["Project"] = ("relation", shapes.relation(self.projects, self.owner(self.projects)))
        schema = shapes.properties(of)
        self.sources[source] = shapes.data_source(source, database, name, self.stamp(), schema)
        self.databases[database] = shapes.database(database, source, name, self.stamp())
        return source

    def owner(self, source: str) -> str:
        return str(self.sources[source]["parent"]["database_id"])

    # --- what people do

    def make(self, title, *, parent=None, labels=(), tier=Tier.UNIT, source="", given=None, **values):
        source = source or self.work
        usual = {"Labels": list(labels), "Type": TYPES[tier], "Status": "Not started"}
        given = given or (usual if "Type" in self.sources[source]["properties"] else {})
        given |= {"Parent item": [parent]} if parent else {}
        id = self.id()
        self.pages[id] = shapes.page(id, self.place(source), self.stamp(), {})
        self.pages[id]["properties"] = {
            name: {"id": one["id"], "type": one["type"], one["type"]: deepcopy(shapes.EMPTY[one["type"]])}
            for name, one in self.sources[source]["properties"].items()
            if one["type"] in shapes.EMPTY
        }
        self.number(id, source)
        self.set(id, **{**given, "Name": title, **values})
        return id

    def place(self, source: str) -> dict[str, Any]:
        return {"type": "data_source_id", "data_source_id": source, "database_id": self.owner(source)}

    def number(self, id: str, source: str) -> None:
        for name, one in self.sources[source]["properties"].items():
            if one["type"] == "unique_id":
                self._numbers[source] = self._numbers.get(source, 0) + 1
                told = {"prefix": one["unique_id"]["prefix"], "number": self._numbers[source]}
                self.pages[id]["properties"][name] = {"id": one["id"], "type": "unique_id", "unique_id": told}

    def set(self, id: str, **values: Any) -> None:
        """Properties by name, in the plain form that a person thinks of."""
        page = self.pages[id]
        for name, value in values.items():
            one = page["properties"][name]
            one[one["type"]] = self.typed(self.sources[page["parent"]["data_source_id"]], name, value)
        page["last_edited_time"], self.edited[id] = self.stamp(), self.at

    def typed(self, source: dict[str, Any], name: str, value: Any) -> Any:
        kind = source["properties"][name]["type"]
        match kind:
            case "title" | "rich_text":
                return shapes.words(value)
            case "select" | "multi_select":
                options = source["properties"][name][kind]["options"]
                for one in value if kind == "multi_select" else [value]:
                    if one and one not in [known["name"] for known in options]:
                        options.append(shapes.option(one))
                told = [shapes.chosen(one) for one in value] if kind == "multi_select" else None
                return told if kind == "multi_select" else value and shapes.chosen(value)
            case "status":
                return shapes.chosen(value)
            case "relation":
                return [{"id": one} for one in value]
            case "people":
                return [shapes.person(one, PROFILES[one]) for one in value]
            case "date":
                return value and {"start": value, "end": None, "time_zone": None}
            case _:
                return value

    def key(self, id):
        told = self.pages[id]["properties"]["ID"]["unique_id"]
        return f"{told['prefix']}-{told['number']}"

    def edit(self, id, title):
        self.set(id, Name=title)

    def reparent(self, id, parent):
        self.set(id, **{"Parent item": [parent] if parent else []})

    def move(self, id):
        page = self.pages[id]
        page["parent"] = self.place(self.elsewhere)
        held = page["properties"]
        schema = self.sources[self.elsewhere]["properties"]
        page["properties"] = {name: {**held[name], "id": one["id"]} for name, one in schema.items()}
        self.number(id, self.elsewhere)
        page["last_edited_time"] = self.stamp()
        return self.key(id)

    def delete(self, id):
        self.pages[id] |= {"in_trash": True, "archived": True}

    def hide(self, id):
        self.hidden.add(id)

    def advance(self, seconds):
        self.at += timedelta(seconds=seconds)

    def say(self, id, text):
        comment = self.id()
        part = {"text": {"content": text}}
        self.comments[comment] = shapes.comment(comment, id, self.stamp(), PERSON, [part])
        return comment

    def said(self, id):
        return {
            one["id"]: "".join(part["plain_text"] for part in one["rich_text"])
            for one in self.comments.values()
            if one["parent"]["page_id"] == id
        }

    def query(self, label):
        return Query(orjson.dumps({"property": "Labels", "multi_select": {"contains": label}}).decode())

    def value(self, id: str, name: str) -> Any:
        one = self.pages[id]["properties"][name]
        told = one[one["type"]]
        return "".join(part["plain_text"] for part in told) if isinstance(told, list) else told

    # --- what it answers

    def play(self, request: Any) -> tuple[int, dict[str, str], bytes]:
        """One answer at a time, as the adapter of a session wants it."""
        body = request.body or b""
        with self._lock:
            parts = urlsplit(request.url)
            target = parts.path + (f"?{parts.query}" if parts.query else "")
            return self.served(request.method, target, request.headers, body)

    def served(
        self, method: str, target: str, headers: Any, body: bytes
    ) -> tuple[int, dict[str, str], bytes]:
        self.asked.append(f"{method} {target.partition('?')[0]}")
        more: dict[str, str] = {}
        try:
            if self.answers:
                status, more, data = self.answers.pop(0)
            else:
                self.admit(headers)
                status, data = 200, self.route(method, target, orjson.loads(body) if body else None)
                if method in ("PATCH", "DELETE") or (method == "POST" and not target.endswith("/query")):
                    self.written_to.append(f"{method} {target}")
                    self.witness()
        except Refused as refusal:
            status, data = refusal.status, shapes.refusal(refusal.status, refusal.code, refusal.words)
        content = orjson.dumps(data)
        sent = headers.get("Content-Type") or ""
        self.exchanges.append(exchange_of(method, target, body, status, content, "application/json", sent))
        date = {"Date": format_datetime(self.at, usegmt=True), "Content-Type": "application/json"}
        return status, date | more, content

    def admit(self, headers: Any) -> None:
        if headers.get("Authorization") != f"Bearer {TOKEN}":
            raise Refused(401, "unauthorized", "API token is invalid.")
        if headers.get("Notion-Version") not in ("2022-06-28", "2025-09-03", "2026-03-11"):
            raise Refused(400, "missing_version", "Notion-Version header should be defined.")

    def seen(self, source: str, filter: Any) -> list[dict[str, Any]]:
        return [
            one
            for id, one in self.pages.items()
            if one["parent"]["data_source_id"] == source
            and id not in self.hidden
            and not one["in_trash"]
            and self.edited.get(id, self.at) <= self.at - timedelta(seconds=self.lag)
            and matches(one, filter)
        ]

    def stamp(self) -> str:
        """To the minute, as Notion rounds."""
        return f"{self.at:%Y-%m-%dT%H:%M}:00.000Z"

    def id(self) -> str:
        self._last += 1
        return str(uuid.uuid5(uuid.NAMESPACE_OID, str(self._last)))

    @contextmanager
    def listening(self) -> Iterator[str]:
        """The address of this Notion over a real socket."""
        with Loopback(self.take, path="/v1") as listener:
            yield listener.url

    def take(self, method: str, url: str, headers: dict[str, str], body: bytes) -> Answer:
        parts = urlsplit(url)
        target = parts.path + (f"?{parts.query}" if parts.query else "")
        with self._lock:
            return self.served(method, target, headers, body)


def inner_of(kind: str) -> dict[str, Any]:
    return {"format": "number"} if kind == "number" else {}


def usual(source: str, database: str, prefix: str) -> dict[str, tuple[str, Any]]:
    """What a database of tasks has."""
    return {
        "Name": ("title", {}),
        "Status": ("status", shapes.status()),
        "Type": ("select", {"options": [shapes.option(name) for name in TYPES.values()]}),
        "Labels": ("multi_select", {"options": [shapes.option("other")]}),
        "Parent item": ("relation", shapes.relation(source, database)),
        "Points": ("number", inner_of("number")),
        "Blocked": ("checkbox", {}),
        "Owner": ("people", {}),
        "Due": ("date", {}),
        "ID": ("unique_id", {"prefix": prefix}),
    }
