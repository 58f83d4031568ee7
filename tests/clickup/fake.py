"""A ClickUp of a few lines: what it answers has the shapes of ClickUp's own document, and what people know
of it: closed tasks and subtasks are left out unless asked for, an unknown parameter is left out without a
word, what a token does not reach is 401."""

from __future__ import annotations

import re
import threading
from collections.abc import Mapping
from datetime import UTC, datetime, timedelta
from email.utils import format_datetime
from typing import Any
from urllib.parse import parse_qs, unquote, urlsplit

import orjson

from bridge.model import Query, Tier
from connectors.clickup import ClickUp, ClickUpSettings, connect
from connectors.clickup.settings import ADDRESS
from connectors.http import Clock
from connectors.session import plain_session
from tests.connectors.stage import Stage
from tests.specs.openapi import Exchange, exchange_of

TOKEN, BRIDGE, PERSON, TEAM, SPACE, FOLDER = "pk_4_KEY", 4, 183, "9001", "790", "457"
LISTS = {"901": (FOLDER, SPACE), "902": (FOLDER, SPACE), "903": ("458", "791")}
NAMES = {"key_result": "KR", "progress": "KR progress", "status": "KR status", "score": "KR score",
         "updated": "KR updated"}  # fmt: skip
FIELDS: dict[str, dict[str, Any]] = {
    "KR": {"type": "text"}, "KR progress": {"type": "number"}, "KR status": {"type": "short_text"},
    "KR score": {"type": "number"}, "KR updated": {"type": "date"},
    "Team": {"type": "drop_down", "options": ("Growth", "增长")}, "Impact": {"type": "number"},
}  # fmt: skip
STATUSES = {"to do": "open", "in progress": "custom", "in review": "custom", "cancelled": "closed",
            "accepted": "done", "complete": "closed"}  # fmt: skip
TYPES = {Tier.GROUP: 1300, Tier.UNIT: 1301, Tier.PART: 0}
DENIED = (401, {"err": "Team not authorized", "ECODE": "OAUTH_027"})
GONE = (404, {"err": "Task not found, deleted", "ECODE": "ITEM_013"})
Asked = Mapping[str, list[str]]
Told = tuple[int, Any]


class FakeClickUp:
    """`left`: requests until the minute ends; `readonly` fields are dropped from writes without a word,
    `deaf`: so are comments; `heard` is all that went over the wire."""

    project, other_project = "list:901", "list:902"

    def __init__(self, page: int = 3) -> None:
        self.page, self.at = page, datetime(2026, 11, 2, 9, tzinfo=UTC)
        self.tasks: dict[str, dict[str, Any]] = {}
        self.comments: dict[str, list[dict[str, Any]]] = {}
        self.hidden: set[str] = set()
        self.deleted: set[str] = set()
        self.readonly: set[str] = set()
        self.deaf = self.lost = False
        self.tags: list[dict[str, Any]] = []
        self.left: int | None = None
        self.lock, self.heard, self.teams = threading.Lock(), list[Exchange](), {TEAM: "Acme"}
        self._last = 0

    def opened(self, **more: Any) -> ClickUp:
        session = plain_session("cu", ADDRESS)
        session.mount("https://", Stage(self.play))
        clock = Clock(lambda: self.at, lambda: self.at.timestamp(), self.advance, lambda: 0.5)
        given = {"name": "cu", "token": TOKEN, "field_names": NAMES} | more
        return connect(ClickUpSettings(**given), session, clock=clock)

    # --- what it answers

    def play(self, request: Any) -> tuple[int, dict[str, str], bytes]:
        parts = urlsplit(request.url)
        target = f"{parts.path}?{parts.query}" if parts.query else parts.path
        return self.serve(request.method, target, request.headers, request.body or b"")

    def serve(
        self, method: str, target: str, headers: Mapping[str, str], body: bytes
    ) -> tuple[int, dict[str, str], bytes]:
        with self.lock:
            path, _, query = target.partition("?")
            status, data = self.admit(headers)
            if status == 200:
                told = orjson.loads(body) if body else None
                status, data = self.answer(method, unquote(path), parse_qs(query), told)
            answer = orjson.dumps(data)
            sent = headers.get("Content-Type") or ""
            self.heard.append(
                exchange_of(method, target, body, status, answer, "application/json", str(sent))
            )
            return status, {"Content-Type": "application/json", **self.limits()}, answer

    def admit(self, headers: Mapping[str, str]) -> Told:
        if headers.get("Authorization") != TOKEN:
            return 401, {"err": "Token invalid", "ECODE": "OAUTH_025"}
        if self.left is not None:
            if self.left <= 0:
                if self.at < self.minute:
                    return 429, {"err": "Rate limit reached", "ECODE": "APP_002"}
                self.left = 100
            self.left -= 1
        return 200, None

    @property
    def minute(self) -> datetime:
        return self._minute

    def limit(self, left: int) -> None:
        """So many requests are left of a window that ends in 42 s."""
        self.left, self._minute = left, self.at + timedelta(seconds=42)

    def limits(self) -> dict[str, str]:
        headers = {"Date": format_datetime(self.at, usegmt=True)}
        if self.left is None:
            return headers
        end = str(int(self.minute.timestamp()))
        return headers | {
            "X-RateLimit-Limit": "100",
            "X-RateLimit-Remaining": str(self.left),
            "X-RateLimit-Reset": end,
        }

    def answer(self, method: str, path: str, asked: Asked, body: Any) -> Told:
        ways = {
            r"GET /user": lambda: self.user(),
            r"GET /team": lambda: self.reached(),
            rf"GET /team/{TEAM}/custom_item": lambda: (200, CUSTOM_ITEMS),
            rf"GET /team/{TEAM}/space": lambda: (200, {"spaces": [space(id) for id in ("790", "791")]}),
            r"GET /space/(\w+)": self.space,
            r"GET /space/(\w+)/folder": lambda id: (200, {"folders": [folder(f) for f in folders(id)]}),
            r"GET /space/(\w+)/list": lambda _id: (200, {"lists": []}),
            r"GET /folder/(\w+)": self.folder,
            r"GET /folder/(\w+)/list": lambda id: (200, {"lists": [a_list(one) for one in lists_of(id)]}),
            rf"GET /team/{TEAM}/task": lambda: self.filtered(asked),
            r"GET /list/(\w+)/task": lambda id: self.of_list(id, asked),
            r"GET /list/(\w+)": lambda id: (200, a_list(id)) if id in LISTS else DENIED,
            r"POST /list/(\w+)/task": lambda id: self.made(id, body),
            r"DELETE /task/(\w+)": lambda id: (204, self.delete(id) or {}),
            r"GET /space/(\w+)/tag": lambda _id: (200, {"tags": self.tags}),
            r"POST /space/(\w+)/tag": lambda _id: (200, self.tags.append(body["tag"]) or {}),
            r"GET /view/([\w-]+)/task": lambda _id: self.paged(list(self.seen()), asked),
            r"GET /task/([\w-]+)": lambda id: self.one(id, asked),
            r"(POST|DELETE) /task/(\w+)/field/([\w-]+)": lambda how, *at: self.field(how, *at, body),
            r"GET /task/(\w+)/comment": lambda id: self.said_on(id, asked),
            r"POST /task/(\w+)/comment": lambda id: self.add(id, body),
            r"(PUT|DELETE) /comment/(\w+)": lambda how, id: self.change_comment(how, id, body),
        }
        line = f"{method} {path.removeprefix('/api/v2')}"
        for pattern, way in ways.items():
            if found := re.fullmatch(pattern, line):
                return way(*found.groups())
        return 404, {"err": "Route not found", "ECODE": "APP_001"}

    def user(self) -> Told:
        return 200, {"user": person(BRIDGE) | {"timezone": "Asia/Shanghai", "week_start_day": 1}}

    def reached(self) -> Told:
        teams = {} if self.lost else self.teams
        member = {"user": person(BRIDGE)}
        return 200, {
            "teams": [
                {"id": id, "name": name, "color": "#000000", "avatar": "", "members": [member]}
                for id, name in teams.items()
            ]
        }

    def space(self, id: str) -> Told:
        return (200, space(id)) if id in ("790", "791") else DENIED

    def folder(self, id: str) -> Told:
        return (200, folder(id)) if id in (FOLDER, "458") else DENIED

    def seen(self):
        return (one for id, one in self.tasks.items() if id not in self.hidden and not self.lost)

    def filtered(self, asked: Asked) -> Told:
        def any_of(name: str, held: set[str]) -> bool:
            return f"{name}[]" not in asked or bool(held & set(asked[f"{name}[]"]))

        found = [
            one
            for one in self.seen()
            if any_of("tags", {tag["name"] for tag in one["tags"]})
            and any_of("statuses", {one["status"]["status"]})
            and any_of("space_ids", {one["space"]["id"]})
            and any_of("project_ids", {one["folder"]["id"]})
            and asked.get("parent", [one["parent"]]) == [one["parent"]]
            and int(one["date_updated"]) > int(asked.get("date_updated_gt", ["0"])[0])
        ]
        return DENIED if self.lost else self.paged(usual(found, asked), asked)

    def of_list(self, id: str, asked: Asked) -> Told:
        if id not in LISTS or self.lost:
            return DENIED
        several = asked.get("include_timl") == ["true"]
        found = [
            one
            for one in self.seen()
            if one["list"]["id"] == id or (several and id in {place["id"] for place in one["locations"]})
        ]
        return self.paged(usual(found, asked), asked)

    def paged(self, found: list[Any], asked: Asked) -> Told:
        """The newest first, as ClickUp orders by creation."""
        found = found[::-1]
        start = int(asked.get("page", ["0"])[0]) * self.page
        last = start + self.page >= len(found)
        return 200, {"tasks": found[start : start + self.page], "last_page": last}

    def one(self, id: str, asked: Asked) -> Told:
        if asked.get("custom_task_ids") == ["true"]:
            id = next((one["id"] for one in self.tasks.values() if one["custom_id"] == id), "")
        if id in self.deleted:
            return GONE
        if id not in self.tasks or id in self.hidden or self.lost:
            return DENIED
        # One task is told with its times as text, a list of tasks with numbers.
        estimate = self.tasks[id]["time_estimate"]
        told = {**self.tasks[id], "time_estimate": estimate if estimate is None else str(estimate)}
        if asked.get("include_subtasks") == ["true"]:
            told["subtasks"] = [one for one in self.seen() if id in (one["parent"], one["top_level_parent"])]
        return 200, told | {"attachments": []}

    def made(self, place: str, body: Any) -> Told:
        """Tags that the space has not are dropped."""
        if place not in LISTS:
            return DENIED
        known = {tag["name"] for tag in self.tags}
        people = [person(id) for id in body.get("assignees", ())]
        labels = tuple(name for name in body.get("tags", ()) if name in known)
        due = {"due_date": str(body["due_date"])} if "due_date" in body else {}
        more = {"custom_item_id": body.get("custom_item_id", 0), "assignees": people, **due}
        id = self.make(body["name"], labels=labels, place=place, **more)
        # Told with bare names, here and nowhere else.
        return 200, {**self.tasks[id], "tags": list(labels), "assignees": [one["username"] for one in people]}

    def field(self, method: str, id: str, field: str, body: Any) -> Told:
        status, told = self.one(id, {})
        if status != 200:
            return status, told
        held = next((one for one in self.tasks[id]["custom_fields"] if one["id"] == field), None)
        if held is None:
            return 400, {"err": "Custom field is not accessible", "ECODE": "FIELD_033"}
        if held["name"] in self.readonly:
            return 200, {}
        if method == "DELETE":
            held.pop("value", None)
        elif (kept := stored(held, body["value"])) is None:
            return 400, {"err": "Value is not valid", "ECODE": "FIELD_011"}
        else:
            held["value"] = kept
        self.touch(id)
        return 200, {}

    def said_on(self, id: str, asked: Asked) -> Told:
        status, told = self.one(id, {})
        if status != 200:
            return status, told
        found = self.comments.get(id, [])[::-1]
        if "start_id" in asked:
            ids = [one["id"] for one in found]
            found = found[ids.index(asked["start_id"][0]) + 1 :]
        return 200, {"comments": found[: self.page]}

    def add(self, id: str, body: Any) -> Told:
        status, told = self.one(id, {})
        if status != 200:
            return status, told
        made = self.comment(id, body["comment_text"], BRIDGE)
        return 200, {"id": made, "hist_id": f"{made}0", "date": self.stamp()}

    def change_comment(self, method: str, id: str, body: Any) -> Told:
        for item, comments in self.comments.items():
            for one in comments:
                if one["id"] == id and method == "DELETE":
                    self.comments[item] = [other for other in comments if other is not one]
                    return 200, {}
                if one["id"] == id:
                    if not self.deaf:
                        text = body["comment_text"]
                        one |= {"comment_text": text, "comment": [{"text": text}]}
                        one["resolved"] = body.get("resolved", one["resolved"])
                        one |= {"assignee": person(body["assignee"])} if "assignee" in body else {}
                    return 200, {}
        return 404, {"err": "Comment not found", "ECODE": "COMMENT_001"}

    # --- what people do

    def make(self, title, *, parent=None, labels=(), tier=Tier.UNIT, place="901", **more):
        id = f"86a{self.number()}"
        folder_id, space_id = LISTS[place]
        self.tasks[id] = {
            "id": id, "custom_id": None, "custom_item_id": TYPES[tier], "name": title, "text_content": "",
            "description": "", "status": status("to do"), "orderindex": "1.00000000000000000000000000000000",
            "date_created": str(self.stamp()), "date_updated": "", "date_closed": None, "date_done": None,
            "archived": False, "creator": person(PERSON), "assignees": [], "group_assignees": [],
            "watchers": [], "checklists": [], "parent": None, "top_level_parent": None, "priority": None,
            "tags": [{"name": label, "tag_fg": "#EA80FC", "tag_bg": "#EA80FC"} for label in labels],
            "due_date": None, "start_date": None, "points": None, "time_estimate": None, "time_spent": 0,
            "custom_fields": [field(name, number) for number, name in enumerate(FIELDS)],
            "dependencies": [], "linked_tasks": [], "locations": [], "team_id": TEAM,
            "url": f"https://app.clickup.com/t/{id}", "sharing": {"public": False},
            "permission_level": "create", "list": {"id": place, "name": f"List {place}", "access": True},
            "project": {"id": folder_id, "name": "Folder", "hidden": False, "access": True},
            "folder": {"id": folder_id, "name": "Folder", "hidden": False, "access": True},
            "space": {"id": space_id}, **more,
        }  # fmt: skip
        self.reparent(id, parent)
        return id

    def key(self, id):
        return self.tasks[id]["custom_id"] or id

    def change(self, id, **facts):
        self.tasks[id] |= facts
        self.touch(id)

    def edit(self, id, title):
        self.change(id, name=title)

    def set(self, id, name):
        """Its status."""
        now = str(self.stamp()) if STATUSES[name] in ("done", "closed") else None
        closed = now if STATUSES[name] == "closed" else None
        self.change(id, status=status(name), date_done=now, date_closed=closed)

    def reparent(self, id, parent):
        above = self.tasks[parent] if parent else None
        top = (above["top_level_parent"] or parent) if above else None
        self.change(id, parent=parent, top_level_parent=top)

    def move(self, id):
        self.change(id, list={"id": "902", "name": "List 902", "access": True})
        return self.key(id)

    def delete(self, id):
        del self.tasks[id]
        self.deleted.add(id)

    def hide(self, id):
        self.hidden.add(id)

    def advance(self, seconds):
        self.at += timedelta(seconds=seconds)

    def say(self, id, text):
        return self.comment(id, text, PERSON)

    def said(self, id):
        return {one["id"]: one["comment_text"] for one in self.comments.get(id, [])}

    def query(self, label):
        return Query(f"tags[]={label}")

    def value(self, id, name):
        return next(one.get("value") for one in self.tasks[id]["custom_fields"] if one["name"] == name)

    def fill(self, id, name, value):
        [held] = [one for one in self.tasks[id]["custom_fields"] if one["name"] == name]
        held["value"] = value
        self.touch(id)

    def comment(self, id: str, text: str, who: int) -> str:
        number = str(self.number())
        told = {
            "id": number, "comment": [{"text": text}], "comment_text": text, "user": person(who),
            "resolved": False, "assignee": None, "assigned_by": None, "reactions": [],
            "date": str(self.stamp()), "reply_count": "0",
        }  # fmt: skip
        if not (self.deaf and who == BRIDGE):
            self.comments.setdefault(id, []).append(told)
        return number

    @property
    def asked(self) -> list[str]:
        return [f"{one.method} {one.path.removeprefix('/api/v2')}" for one in self.heard]

    @property
    def writes(self) -> list[str]:
        return [one for one in self.asked if not one.startswith("GET")]

    def touch(self, id: str) -> None:
        self.tasks[id]["date_updated"] = str(self.stamp())

    def stamp(self) -> int:
        return int(self.at.timestamp() * 1000)

    def number(self) -> int:
        self._last += 1
        return self._last


CUSTOM_ITEMS = {
    "custom_items": [
        {"id": 1300, "name": "Epic", "name_plural": "Epics", "description": ""},
        {"id": 1301, "name": "Story", "name_plural": "Stories", "description": ""},
    ]
}


def usual(found: list[Any], asked: Asked) -> list[Any]:
    """Without what ClickUp leaves out unless it is asked for."""
    return [
        one
        for one in found
        if (asked.get("include_closed") == ["true"] or one["status"]["type"] != "closed")
        and (asked.get("subtasks") == ["true"] or not one["parent"])
    ]


def stored(held: Mapping[str, Any], value: Any) -> Any:
    """A value as it is told from then on; None where it does not fit."""
    match held["type"], value:
        case "number", int() | float():
            return str(value)
        case "date", int():
            return str(value)
        case "text" | "short_text", str():
            return value
        case "drop_down", str():
            places = {one["id"]: one["orderindex"] for one in held["type_config"]["options"]}
            return places.get(value)
    return None


def person(id: int) -> dict[str, Any]:
    name = "OKR bridge" if id == BRIDGE else "Alex 报告"
    return {"id": id, "username": name, "initials": "AB", "email": f"{id}@acme.example", "color": "#827718",
            "profilePicture": ""}  # fmt: skip


def status(name: str) -> dict[str, Any]:
    at = list(STATUSES).index(name)
    return {
        "id": f"p1_{at}",
        "status": name,
        "color": "#d3d3d3",
        "orderindex": at,
        "type": STATUSES[name],
    }


def field(name: str, number: int) -> dict[str, Any]:
    facts = FIELDS[name]
    options = [
        {"id": f"opt-{at}", "name": told, "color": None, "orderindex": at}
        for at, told in enumerate(facts.get("options", ()))
    ]
    return {
        "id": f"d2ab17e0-{number}", "name": name, "type": facts["type"],
        "type_config": {"options": options} if options else {}, "date_created": "1621915186877",
        "hide_from_guests": False, "required": False,
    }  # fmt: skip


SWITCHES = ("time_tracking", "tags", "time_estimates", "checklists", "custom_fields", "remap_dependencies",
            "dependency_warning", "portfolios")  # fmt: skip
FEATURES: dict[str, dict[str, bool]] = {
    "due_dates": {"start_date": False, "remap_due_dates": False, "remap_closed_due_date": False},
    **{name: {} for name in SWITCHES},
}


def space(id: str) -> dict[str, Any]:
    return {"id": id, "name": "Growth" if id == "790" else "运营", "private": False, "color": None,
            "avatar": None, "archived": False, "statuses": [status("to do")], "multiple_assignees": False,
            "features": {name: {"enabled": False, **more} for name, more in FEATURES.items()}}  # fmt: skip


def folders(space_id: str) -> list[str]:
    return sorted({folder_id for folder_id, told in LISTS.values() if told == space_id})


def lists_of(folder_id: str) -> list[str]:
    return [id for id, (told, _) in LISTS.items() if told == folder_id]


def folder(id: str) -> dict[str, Any]:
    where = {"id": "790", "name": "Growth", "access": True}
    return {"id": id, "name": "Folder", "orderindex": 0, "override_statuses": False, "hidden": False,
            "space": where, "task_count": "0", "lists": []}  # fmt: skip


def a_list(id: str) -> dict[str, Any]:
    return {"id": id, "name": f"List {id}", "orderindex": 1, "content": "", "archived": False,
            "space": {"id": LISTS[id][1], "name": "Growth", "access": True}}  # fmt: skip
