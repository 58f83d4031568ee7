"""A company's own tracker, as the documents describe one: stateful, with people, a clock and a memory."""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Mapping
from datetime import UTC, datetime, timedelta
from email.utils import format_datetime
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs, unquote, urlsplit

import responses

from bridge import config
from bridge.config.reading import parse
from bridge.model import Query, Tier
from bridge.tool import Kit
from bridge.tools import tool_of
from connectors.clock import Clock
from tests.contract import System
from tests.source import ROOT

BASE = "https://tracker.corp.example/api"
TOKEN = "k3y-of-the-tracker"
PAGE = (ROOT / "docs/connectors/rest.md").read_text("utf-8")
EXAMPLE = PAGE.partition("<!-- file okr-bridge.toml -->\n\n```toml\n")[2].partition("```")[0]
TOML = EXAMPLE.replace("size = 100", "size = 3")
_START = datetime(2026, 10, 1, 8, tzinfo=UTC)


def settings(text: str = TOML, token: str = TOKEN) -> config.Settings:
    return config.validated(parse(text, "okr-bridge.toml"), Path("okr-bridge.toml"), {"TRACKER_KEY": token})


def opened(tracker: Tracker, text: str = TOML, token: str = TOKEN) -> System:
    one = settings(text, token).connections["inhouse"]
    passed = [0.0]

    def sleep(seconds: float) -> None:
        passed[0] += seconds

    clock = Clock(lambda: tracker.now, lambda: passed[0], sleep, lambda: 0.5)
    connector, mapping = tool_of(one).open("inhouse", one, Kit(clock=clock))
    return System(connector, tracker, mapping)


class Tracker:
    """The system and its people; `asked` are the requests, `forgets` what it takes and drops: a custom
    field, or comments, links; `breaks` how many answers to a POST that was done are lost; `before` is called
    ahead of each answer."""

    project, other_project, page = "WEB", "OPS", 3

    def __init__(self) -> None:
        self.now = _START
        self.tasks: dict[str, dict[str, Any]] = {}
        self.former: dict[str, str] = {}
        self.hidden: set[str] = set()
        self.asked: list[Any] = []
        self.forgets = ""
        self.short = self.breaks = 0
        self.beside: dict[str, dict[str, dict[str, Any]]] = {"comments": {}, "links": {}}
        self.changes: dict[str, list[dict[str, Any]]] = {}
        self.before: Callable[[Any], object] = id

    # people

    def make(self, title, *, parent=None, labels=(), tier=Tier.UNIT, **more):
        id = str(len(self.tasks) + len(self.former) + 101)
        kind = {Tier.GROUP: "epic", Tier.UNIT: "task", Tier.PART: "sub"}[tier]
        self.tasks[id] = {
            "id": int(id), "number": f"WEB-{id}", "title": title, "kind": kind, "project": "WEB",
            "state": {"name": "新建"}, "parent_id": int(parent) if parent else None, "tags": list(labels),
            "created_at": self.stamp(), "updated_at": self.stamp(), "custom": {}, **more,
        }  # fmt: skip
        return id

    def key(self, id):
        return self.tasks[id]["number"]

    def change(self, id, **facts):
        told = [(name, self.tasks[id].get(name), value) for name, value in facts.items()]
        parts = [{"field": n, "from": named(a), "to": named(b)} for n, a, b in told if a != b]
        if parts:
            held = self.changes.setdefault(id, [])
            held.append({"id": len(held) + 1, "at": self.stamp(), "changes": parts})
        self.tasks[id] |= facts | {"updated_at": self.stamp()}

    def edit(self, id, title):
        self.change(id, title=title)

    def reparent(self, id, parent):
        self.change(id, parent_id=int(parent) if parent else None)

    def move(self, id):
        self.former[self.key(id)] = id
        self.change(id, project="OPS", number=f"OPS-{id}")
        return self.key(id)

    def delete(self, id):
        self.tasks.pop(id)

    def hide(self, id):
        self.hidden.add(id)

    def advance(self, seconds):
        self.now += timedelta(seconds=seconds)

    def say(self, id, text, by="person"):
        return self.put("comments", id, {"text": text}, by)

    def said(self, id):
        return {n: one["text"] for n, one in self.beside["comments"].items() if one["task"] == id}

    def put(self, kind, id, facts, by="bridge"):
        self.tasks[id]["made"] = number = self.tasks[id].get("made", 0) + 1
        if self.forgets != kind:
            self.beside[kind][f"{id}{number:03}"] = {"task": id, "by": {"id": by}, **facts}
        return f"{id}{number:03}"

    def query(self, label):
        return Query(f"tag={label}&project=WEB")

    # the system

    def stamp(self) -> str:
        return self.now.strftime("%Y-%m-%dT%H:%M:%S.%f+00:00")

    def seen(self) -> list[dict[str, Any]]:
        return [self.shown(id) for id in self.tasks if id not in self.hidden]

    def shown(self, id: str) -> dict[str, Any]:
        below = [
            int(k) for k, one in self.tasks.items() if one["parent_id"] == int(id) and k not in self.hidden
        ]
        return {**self.tasks[id], "sub_ids": below if self.tasks[id]["kind"] != "epic" else []}

    def answer(self, request: Any) -> tuple[int, Mapping[str, str], str]:
        self.asked.append(request)
        self.before(request)
        headers = {"Date": format_datetime(self.now, usegmt=True), "Content-Type": "application/json"}
        if request.headers.get("X-Api-Key") != TOKEN:
            return 401, headers, json.dumps({"message": "who are you"})
        parts = urlsplit(request.url)
        asked = {name: values[0] for name, values in parse_qs(parts.query, keep_blank_values=True).items()}
        found = self.serve(request, unquote(parts.path.removeprefix("/api/")), asked)
        if request.method == "POST" and self.breaks:
            self.breaks -= 1
            return 502, headers, "{}"
        return (200 if found is not None else 404), headers, json.dumps({"data": found})

    def serve(self, request: Any, path: str, asked: Mapping[str, str]) -> Any:
        match path.split("/"):
            case ["me"]:
                return {"id": "bridge"}
            case ["tasks"]:
                return self.listed([one for one in self.seen() if self.fits(one, asked)], asked)
            case ["tasks", "number", key]:
                held = {one["number"]: str(one["id"]) for one in self.seen()}
                id = held.get(key) or self.former.get(key, "")
                return self.shown(id) if id in self.tasks and id not in self.hidden else None
            case ["tasks", id, "children"]:
                return self.listed([one for one in self.seen() if str(one["parent_id"]) == id], asked)
            case ["tasks", id, "comments" | "links" as kind] if id in self.tasks and id not in self.hidden:
                if request.method == "POST":
                    return {"id": self.put(kind, id, json.loads(request.body))}
                found = [{"id": n, **one} for n, one in self.beside[kind].items() if one["task"] == id]
                return self.listed(found, asked)
            case ["comments" | "links" as kind, number] if number in self.beside[kind]:
                return self.rewritten(kind, number, request)
            case ["tasks", id, "changes"] if id in self.tasks and id not in self.hidden:
                return self.listed(self.changes.get(id, [])[::-1], asked)
            case ["tasks", id, *rest] if id in self.tasks and id not in self.hidden:
                return self.written(id, rest, request)
            case _:
                return None

    def rewritten(self, kind: str, number: str, request: Any) -> Any:
        if self.forgets == kind:
            return {}
        if request.method == "DELETE":
            del self.beside[kind][number]
        else:
            self.beside[kind][number] |= json.loads(request.body)
        return {}

    def written(self, id: str, rest: list[str], request: Any) -> Any:
        if request.method != "GET":
            body = json.loads(request.body)
            if rest:
                self.change(id, noted=body["at"])
            else:
                kept = {k: v for k, v in body["custom"].items() if k != self.forgets}
                self.change(id, custom={**self.tasks[id]["custom"], **kept})
        return self.shown(id)

    def fits(self, one: Mapping[str, Any], asked: Mapping[str, str]) -> bool:
        since = asked.get("updated_after", "").replace("Z", ".000000+00:00")
        return (
            ("tag" not in asked or asked["tag"] in one["tags"])
            and ("project" not in asked or asked["project"] == one["project"])
            and one["updated_at"] >= since
        )

    def listed(self, found: list[dict[str, Any]], asked: Mapping[str, str]) -> Any:
        start, size = int(asked.get("offset", 0)), int(asked.get("limit", 50))
        items = found[start : start + size]
        if self.short and start >= self.short:
            items = []
        return {"items": items, "total": len(found)}

    def serves(self) -> responses.RequestsMock:
        mock = responses.RequestsMock(assert_all_requests_are_fired=False)
        for method in ("GET", "PATCH", "PUT", "POST", "DELETE"):
            mock.add_callback(method, re.compile(re.escape(BASE) + "/.*"), callback=self.answer)
        return mock


def named(value: Any) -> Any:
    """A state is told by its name."""
    return value["name"] if isinstance(value, dict) and "name" in value else value
