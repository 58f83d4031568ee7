"""An Asana of a few pages, as its documents describe the real one: fields on request, opaque page tokens, 403
for what is hidden and 404 for what is gone, ten actions in a batch, and custom fields by project."""

from __future__ import annotations

import base64
import re
from collections.abc import Callable, Mapping
from datetime import UTC, datetime, timedelta
from email.utils import format_datetime
from itertools import count
from typing import Any, NoReturn
from xml.etree import ElementTree

import orjson

from bridge.model import Query, Tier
from tests.asana import fake_links
from tests.specs.openapi import Exchange, exchange_of

JSON = "application/json"
TOKEN, ACCOUNT, PERSON, WORKSPACE = "asana-token", "900", "901", "700"
NAMES = {"key_result": "KR", "progress": "KR progress", "status": "KR status", "score": "KR score",
         "updated": "KR updated"}  # fmt: skip
TYPES = {Tier.GROUP: "Epic", Tier.UNIT: "Story"}
TAGS = frozenset({"body", "strong", "em", "u", "s", "code", "ol", "ul", "li", "a", "blockquote", "pre"})
"""What a story may hold."""
Answered = tuple[int, Any]
Params = Mapping[str, str]


def options(*names: str) -> list[dict[str, Any]]:
    return [
        {"gid": str(9100 + n), "resource_type": "enum_option", "name": name, "enabled": True, "color": "blue"}
        for n, name in enumerate(names)
    ]


def custom(gid: str, name: str, kind: str, **more: Any) -> dict[str, Any]:
    return {"gid": gid, "resource_type": "custom_field", "name": name, "resource_subtype": kind, **more}


FIELDS = (
    custom("801", "KR", "text"),
    custom("802", "KR progress", "number", format="none", precision=0),
    custom("803", "KR status", "text"),
    custom("804", "KR score", "number", format="none", precision=1),
    custom("805", "KR updated", "text"),
    custom("806", "Type", "enum", enum_options=options("Epic", "Story")),
    custom("807", "Story points", "number", format="none", precision=1),
    custom("808", "Team", "enum", enum_options=options("Growth", "增长")),
)


class FakeAsana:
    """`limited`: seconds that the next calls are told to wait. `oauth`: the token is an app's. `deaf` fields
    are passed over in writes."""

    def __init__(self, page: int = 100) -> None:
        self.page, self.at = page, datetime(2026, 10, 20, 9, tzinfo=UTC)
        self.numbers = count(1_200_000_000_001)
        self.tasks: dict[str, dict[str, Any]] = {}
        self.stories: dict[str, dict[str, Any]] = {}
        self.attached: dict[str, dict[str, Any]] = {}
        self.tags: dict[str, str] = {}
        self.fields = {field["gid"]: dict(field) for field in FIELDS}
        self.placed = {"500": [*self.fields], "501": [*self.fields]}
        self.projects = {"500": "Work", "501": "Elsewhere"}
        self.project, self.other_project = self.projects
        self.sections = {"500": ("601", "To do"), "501": ("602", "Backlog")}
        self.hidden: set[str] = set()
        self.lost: set[str] = set()
        self.deaf: set[str] = set()
        self.silent: set[str] = set()
        self.limited: list[int] = []
        self.oauth = self.premium = True
        self.heard: list[Exchange] = []
        self.asked: list[str] = []
        self.before: Callable[[str, str], None] = lambda _method, _path: None
        self.after = self.before
        self.workspaces = [{"gid": WORKSPACE, "resource_type": "workspace", "name": "Acme"}]

    # --- what goes over the wire

    def serve(
        self, method: str, target: str, token: str, content: bytes, sent_type: str = JSON
    ) -> tuple[int, dict[str, str], bytes]:
        """`target` is below /api/1.0, with its query."""
        heard = exchange_of(method, target, content, 0, b"", JSON, sent_type)
        self.asked.append(f"{method} {heard.path}")
        self.before(method, heard.path)
        headers = {"Content-Type": JSON, "Date": format_datetime(self.at, usegmt=True)}
        if self.limited:
            headers["Retry-After"] = str(self.limited.pop(0))
            return 429, headers, orjson.dumps(wrong("You've made too many requests and hit a rate limit."))
        if token != f"Bearer {TOKEN}":
            return 401, headers, orjson.dumps(wrong("Not Authorized"))
        formed = sent_type.startswith(fake_links.MULTIPART)
        body = fake_links.form(content, sent_type) if formed else orjson.loads(content or b"null")
        status, data = self.answer(method, heard.path, dict(heard.query), body)
        answer = orjson.dumps(data)
        said = orjson.dumps(body) if formed else content
        self.heard.append(exchange_of(method, target, said, status, answer, JSON, sent_type))
        self.after(method, heard.path)
        return status, headers, answer

    def answer(self, method: str, path: str, asked: Params, body: Any) -> Answered:
        for pattern, act in ROUTES:
            if found := re.fullmatch(pattern, f"{method} {path}"):
                try:
                    return act(self, asked, body, *found.groups())
                except Refusal as refusal:
                    return refusal.args[0], wrong(refusal.args[1])
        return 404, wrong("No matching route for request")

    def refuse(self, status: int, message: str) -> NoReturn:
        raise Refusal(status, message)

    def me(self, asked: Params, _body: Any) -> Answered:
        user = {"gid": ACCOUNT, "resource_type": "user", "name": "OKR bridge", "workspaces": self.workspaces}
        return 200, {"data": shaped(user, asked)}

    def listed_projects(self, asked: Params, _body: Any, workspace: str) -> Answered:
        known = [(g, n) for g, n in self.projects.items() if g not in self.lost and workspace == WORKSPACE]
        return self.paged(asked, [project(g, n) for g, n in known])

    def listed_tags(self, asked: Params, _body: Any, _workspace: str) -> Answered:
        return self.paged(
            asked, [{"gid": g, "resource_type": "tag", "name": n} for n, g in self.tags.items()]
        )

    def of_project(self, asked: Params, _body: Any, gid: str) -> Answered:
        if gid not in self.projects:
            raise Refusal(404, f"project: Unknown object: {gid}")
        if gid in self.lost:
            raise Refusal(403, "project: Forbidden")
        return self.paged(asked, [t for t in self.seen() if gid in t["in"]])

    def listed_tasks(self, asked: Params, _body: Any) -> Answered:
        gid = asked.get("project", "")
        self.of_project({}, None, gid)
        since = asked.get("modified_since", "")
        return self.paged(asked, [t for t in self.seen() if gid in t["in"] and t["modified_at"] > since])

    def of_tag(self, asked: Params, _body: Any, gid: str) -> Answered:
        return self.paged(asked, [t for t in self.seen() if gid in t["tagged"]])

    def subtasks(self, asked: Params, _body: Any, gid: str) -> Answered:
        self.there(gid)
        return self.paged(asked, [t for t in self.seen() if t["below"] == gid])

    def task(self, asked: Params, _body: Any, gid: str) -> Answered:
        return 200, {"data": shaped(self.told(self.there(gid)), asked)}

    def search(self, asked: Params, _body: Any, _workspace: str) -> Answered:
        if not self.premium:
            raise Refusal(402, "Payment Required")
        hits = [t for t in self.seen() if set(asked.get("tags.any", "").split(",")) & {*t["tagged"], ""}]
        after = asked.get("created_at.after", "")
        hits = sorted((t for t in hits if t["created_at"] > after), key=lambda t: t["created_at"])
        return 200, {"data": [shaped(self.told(t), asked) for t in hits[: int(asked["limit"])]]}

    def batch(self, _asked: Params, body: Any) -> Answered:
        actions = body["data"]["actions"]
        if not 0 < len(actions) <= 10:
            raise Refusal(400, "actions: Must have between 1 and 10 actions")
        return 200, {"data": [self.action(one) for one in actions]}

    def action(self, one: Mapping[str, Any]) -> dict[str, Any]:
        given = one.get("options", {})
        asked = {"opt_fields": ",".join(given["fields"])} if given.get("fields") else {}
        asked |= {name: str(given[name]) for name in ("limit", "offset") if name in given}
        method, path = one["method"].upper(), one["relative_path"]
        self.asked.append(f"batch {method} {path}")
        status, data = self.answer(method, path, {**asked, **one.get("data", {})}, None)
        self.heard.append(Exchange(method, path, tuple(asked.items()), b"", status, orjson.dumps(data)))
        return {"status_code": status, "headers": {}, "body": data}

    def user(self, asked: Params, _body: Any, who: str) -> Answered:
        if who != "bot@acme.example":
            raise Refusal(404, f"user: Unknown object: {who}")
        return 200, {"data": shaped({"gid": ACCOUNT, "resource_type": "user", "name": "OKR bridge"}, asked)}

    def make_tag(self, _asked: Params, body: Any, _workspace: str) -> Answered:
        name = body["data"]["name"]
        self.tags[name] = self.number()
        return 201, {"data": {"gid": self.tags[name], "resource_type": "tag", "name": name}}

    def make_task(self, _asked: Params, body: Any) -> Answered:
        data = body["data"]
        gid = self.make(data["name"], tier=Tier.PART)
        task = self.tasks[gid]
        task["in"] = {home: self.sections[home] for home in data["projects"]}
        task["tagged"] = list(data["tags"])
        task["due_on"] = data.get("due_on")
        task["assignee"] = {"gid": data["assignee"], "resource_type": "user"} if "assignee" in data else None
        task["notes"] = rich({"html_text": data["html_notes"]})["text"] if "html_notes" in data else ""
        task["values"] = {f: self.taken(task, f, value) for f, value in data.get("custom_fields", {}).items()}
        return 201, {"data": shaped(self.told(task), {})}

    def listed_fields(self, asked: Params, _body: Any, _workspace: str) -> Answered:
        if not self.premium:
            raise Refusal(402, "Payment Required")
        return self.paged(asked, list(self.fields.values()))

    def make_field(self, _asked: Params, body: Any) -> Answered:
        data = body["data"]
        if data["name"] in {one["name"] for one in self.fields.values()}:
            raise Refusal(400, "name: A custom field with this name exists already")
        gid = self.number()
        kind = {"name": data["name"], "resource_subtype": data["resource_subtype"]}
        more = {name: data[name] for name in ("format", "precision") if name in data}
        self.fields[gid] = {"gid": gid, "resource_type": "custom_field", **kind, **more}
        return 201, {"data": self.fields[gid]}

    def settings(self, asked: Params, _body: Any, gid: str) -> Answered:
        if gid in self.lost:
            raise Refusal(403, "project: Forbidden")
        found = [(f, self.fields[f]) for f in self.placed[gid] if f in self.fields]
        told = [
            {"gid": f"1{f}", "resource_type": "custom_field_setting", "custom_field": one} for f, one in found
        ]
        return self.paged(asked, told)

    def place(self, _asked: Params, body: Any, gid: str) -> Answered:
        field = body["data"]["custom_field"]
        if gid in self.silent or field in self.placed[gid]:
            raise Refusal(403 if gid in self.silent else 400, "custom_field: cannot be added")
        self.placed[gid].append(field)
        return 200, {"data": {"gid": f"1{field}", "resource_type": "custom_field_setting"}}

    def told_stories(self, asked: Params, _body: Any, gid: str) -> Answered:
        self.there(gid)
        return self.paged(asked, [one for one in self.stories.values() if one["on"] == gid])

    def story(self, asked: Params, _body: Any, gid: str) -> Answered:
        return 200, {"data": shaped(self.its(gid), asked)}

    def comment(self, _asked: Params, body: Any, gid: str) -> Answered:
        self.there(gid)
        if gid in self.silent:
            raise Refusal(403, "task: Forbidden")
        made = self.said_by(ACCOUNT, gid, **rich(body["data"]))
        return 201, {"data": shaped(self.stories[made], {"opt_fields": "text,html_text"})}

    def rewrite(self, _asked: Params, body: Any, gid: str) -> Answered:
        self.mine(gid).update(rich(body["data"]))
        return 200, {"data": shaped(self.stories[gid], {"opt_fields": "text"})}

    def erase(self, _asked: Params, _body: Any, gid: str) -> Answered:
        self.mine(gid)
        del self.stories[gid]
        return 200, {"data": {}}

    def put(self, _asked: Params, body: Any, gid: str) -> Answered:
        task, data = self.there(gid), body["data"]
        if gid in self.silent:
            raise Refusal(403, "You do not have access to edit this task")
        values = {f: self.taken(task, f, value) for f, value in data.get("custom_fields", {}).items()}
        if "external" in data:
            if not self.oauth:
                raise Refusal(403, "external: only OAuth apps may set this")
            if "external" not in self.deaf:
                task["external"] = {"gid": "", "data": data["external"]["data"]}
        task["values"] |= {f: value for f, value in values.items() if f not in self.deaf}
        self.touch(gid)
        return 200, {"data": shaped(self.told(task), {"opt_fields": "name"})}

    def taken(self, task: Mapping[str, Any], gid: str, value: Any) -> dict[str, Any]:
        """The value as the field keeps it."""
        field = self.fields.get(gid)
        if field is None or gid not in self.on(task):
            raise Refusal(400, f"Custom field with ID {gid} is not on given object")
        match field["resource_subtype"], value:
            case "number", None | int() | float():
                digits = field["precision"] + (2 if field["format"] == "percentage" else 0)
                return {"number_value": value if value is None else round(value, digits)}
            case "text", None | str():
                return {"text_value": value or None}
            case "date", None | {"date": _} | {"date_time": _}:
                day = value and {"date": value.get("date") or value["date_time"][:10]}
                return {"date_value": value and day | value}
            case "enum", None | str():
                chosen = [one for one in field["enum_options"] if one["gid"] == value]
                if value is not None and not chosen:
                    raise Refusal(400, f"custom_field: {value} is no option")
                return {"enum_value": chosen[0] if chosen else None}
            case _:
                raise Refusal(400, f"Invalid value for custom field {gid}")

    # --- how it keeps things

    def seen(self) -> list[dict[str, Any]]:
        return [task for gid, task in self.tasks.items() if gid not in self.hidden]

    def there(self, gid: str) -> dict[str, Any]:
        if not gid.isdecimal():
            raise Refusal(400, f"task: Not a recognized ID: {gid}")
        if gid not in self.tasks:
            raise Refusal(404, f"task: Unknown object: {gid}")
        if gid in self.hidden:
            raise Refusal(403, "task: Forbidden")
        return self.tasks[gid]

    def its(self, gid: str) -> dict[str, Any]:
        if gid not in self.stories:
            raise Refusal(404, f"story: Unknown object: {gid}")
        return self.stories[gid]

    def mine(self, gid: str) -> dict[str, Any]:
        if self.its(gid)["created_by"]["gid"] != ACCOUNT:
            raise Refusal(403, "You can only edit stories you have created")
        return self.stories[gid]

    def told(self, task: Mapping[str, Any]) -> dict[str, Any]:
        """The whole record of a task."""
        own = {"in", "tagged", "below", "values"}
        names = {gid: name for name, gid in self.tags.items()}
        return {name: value for name, value in task.items() if name not in own} | {
            "parent": self.told(self.tasks[task["below"]]) if task["below"] in self.tasks else None,
            "memberships": [self.member(gid, section) for gid, section in task["in"].items()],
            "tags": [{"gid": g, "resource_type": "tag", "name": names[g]} for g in task["tagged"]],
            "num_subtasks": sum(one["below"] == task["gid"] for one in self.tasks.values()),
            "custom_fields": [self.filled(self.fields[g], task["values"].get(g, {})) for g in self.on(task)],
        }  # fmt: skip

    def on(self, task: Mapping[str, Any]) -> list[str]:
        """The fields that a task has: those of its projects."""
        placed = {gid: None for home in task["in"] for gid in self.placed[home]}
        return [gid for gid in placed if gid in self.fields]

    def member(self, gid: str, section: tuple[str, str]) -> dict[str, Any]:
        told = {"gid": section[0], "resource_type": "section", "name": section[1]}
        return {"project": project(gid, self.projects[gid]), "section": told}

    def filled(self, field: Mapping[str, Any], value: Mapping[str, Any]) -> dict[str, Any]:
        """Every field tells the value of its own kind, null where it has none."""
        kind = field["resource_subtype"]
        return {**field, "multi_enum_values" if kind == "multi_enum" else f"{kind}_value": None} | dict(value)

    def paged(self, asked: Params, records: list[dict[str, Any]]) -> Answered:
        limit, start = int(asked.get("limit", 20)), self.start(asked.get("offset", ""))
        shown = [self.told(one) if "below" in one else one for one in records[start : start + limit]]
        more = start + limit < len(records)
        token = base64.b64encode(f"{start + limit}".encode()).decode()
        following = {
            "offset": token,
            "path": f"/x?offset={token}",
            "uri": f"https://app.asana.com/x?offset={token}",
        }
        return 200, {"data": [shaped(one, asked) for one in shown], "next_page": following if more else None}

    def start(self, token: str) -> int:
        try:
            return int(base64.b64decode(token) or 0)
        except ValueError:
            raise Refusal(400, "offset: Your pagination token is invalid") from None

    def touch(self, gid: str) -> None:
        self.tasks[gid]["modified_at"] = self.stamp()

    def stamp(self) -> str:
        return self.at.isoformat(timespec="milliseconds").replace("+00:00", "Z")

    def number(self) -> str:
        return str(next(self.numbers))

    # --- what people do

    def make(self, title, *, parent=None, labels=(), tier=Tier.UNIT, **more):
        gid = self.number()
        self.at += timedelta(milliseconds=1)
        for label in labels:
            self.tags.setdefault(label, self.number())
        home = {} if tier is Tier.PART else {self.project: self.sections[self.project]}
        self.tasks[gid] = {
            "gid": gid, "resource_type": "task", "resource_subtype": "default_task", "name": title,
            "completed": False, "completed_at": None, "created_at": self.stamp(), "due_on": None,
            "assignee": None, "permalink_url": f"https://app.asana.com/0/500/{gid}",
            "external": {"gid": "", "data": ""}, "actual_time_minutes": None,
            "is_rendered_as_separator": False,
            "below": parent, "in": home, "tagged": [self.tags[label] for label in labels], "values": {},
            **more,
        }  # fmt: skip
        if tier in TYPES:
            self.choose(gid, "806", TYPES[tier])
        self.touch(gid)
        return gid

    def choose(self, gid, field, name):
        [option] = [one for one in self.fields[field]["enum_options"] if one["name"] == name]
        self.tasks[gid]["values"][field] = {"enum_value": option}
        self.touch(gid)

    def number_in(self, gid, field, value):
        self.tasks[gid]["values"][field] = {"number_value": value}
        self.touch(gid)

    def complete(self, gid, done=True):
        self.tasks[gid] |= {"completed": done, "completed_at": self.stamp() if done else None}
        self.touch(gid)

    def section(self, gid, name):
        self.tasks[gid]["in"] = {self.project: ("609", name)}
        self.touch(gid)

    def key(self, id):
        return id

    def edit(self, id, title):
        self.tasks[id]["name"] = title
        self.touch(id)

    def reparent(self, id, parent):
        self.tasks[id]["below"] = parent
        self.touch(id)

    def move(self, id):
        """To another project: that does not move `modified_at`."""
        self.tasks[id]["in"] = {self.other_project: self.sections[self.other_project]}
        return id

    def delete(self, id):
        del self.tasks[id]

    def hide(self, id):
        self.hidden.add(id)

    def advance(self, seconds):
        self.at += timedelta(seconds=seconds)

    def say(self, id, text):
        return self.said_by(PERSON, id, text=text, html_text=f"<body>{text}</body>")

    def said_by(self, who: str, on: str, **told: str) -> str:
        gid = self.number()
        self.stories[gid] = {
            "gid": gid, "resource_type": "story", "resource_subtype": "comment_added", "on": on,
            "created_at": self.stamp(), "created_by": {"gid": who, "resource_type": "user"}, **told,
        }  # fmt: skip
        self.touch(on)
        return gid

    def attach(self, id, url, name="A page"):
        gid = self.number()
        self.attached[gid] = {
            "gid": gid, "resource_type": "attachment", "resource_subtype": "external", "on": id,
            "name": name, "view_url": url,
        }  # fmt: skip
        self.touch(id)
        return self.attached[gid]

    def said(self, id):
        return {gid: one["text"] for gid, one in self.stories.items() if one["on"] == id}

    def query(self, label):
        return Query(f"tags.any={self.tags.setdefault(label, self.number())}")


class Refusal(Exception):
    """A status, and what is said with it."""


ROUTES: tuple[tuple[str, Callable[..., Answered]], ...] = (
    (r"GET /users/me", FakeAsana.me),
    (r"GET /workspaces/(\d+)/projects", FakeAsana.listed_projects),
    (r"GET /workspaces/(\d+)/tags", FakeAsana.listed_tags),
    (r"GET /workspaces/(\d+)/tasks/search", FakeAsana.search),
    (r"GET /users/([^/]+)", FakeAsana.user),
    (r"POST /workspaces/(\d+)/tags", FakeAsana.make_tag),
    (r"POST /tasks", FakeAsana.make_task),
    (r"GET /workspaces/(\d+)/custom_fields", FakeAsana.listed_fields),
    (r"POST /custom_fields", FakeAsana.make_field),
    (r"GET /projects/(\d+)/custom_field_settings", FakeAsana.settings),
    (r"POST /projects/(\d+)/addCustomFieldSetting", FakeAsana.place),
    (r"GET /projects/(\d+)/tasks", FakeAsana.of_project),
    (r"GET /tags/(\d+)/tasks", FakeAsana.of_tag),
    (r"GET /tasks", FakeAsana.listed_tasks),
    (r"GET /tasks/([^/]+)/subtasks", FakeAsana.subtasks),
    (r"GET /tasks/([^/]+)/stories", FakeAsana.told_stories),
    (r"GET /tasks/([^/]+)", FakeAsana.task),
    (r"PUT /tasks/([^/]+)", FakeAsana.put),
    (r"POST /tasks/([^/]+)/stories", FakeAsana.comment),
    (r"GET /stories/(\d+)", FakeAsana.story),
    (r"PUT /stories/(\d+)", FakeAsana.rewrite),
    (r"DELETE /stories/(\d+)", FakeAsana.erase),
    (r"POST /batch", FakeAsana.batch),
    *fake_links.ROUTES,
)


def wrong(message: str) -> dict[str, Any]:
    return {"errors": [{"message": message, "help": "For more information, see the documentation."}]}


def project(gid: str, name: str) -> dict[str, Any]:
    return {"gid": gid, "resource_type": "project", "name": name}


def rich(data: Mapping[str, str]) -> dict[str, str]:
    """What a story says, as rich text and as plain text. One of the two forms is given, never both."""
    if ("text" in data) == ("html_text" in data):
        raise Refusal(400, "You must provide either text or html_text")
    if "text" in data:
        return {"text": data["text"], "html_text": f"<body>{data['text']}</body>"}
    try:
        body = ElementTree.fromstring(data["html_text"])
    except ElementTree.ParseError:
        raise Refusal(400, "xml: The XML is invalid") from None
    strange = {one.tag for one in body.iter()} - TAGS
    named = {name for one in body.iter() for name in one.attrib} - {"href"}
    if body.tag != "body" or strange or named:
        raise Refusal(400, "xml: The XML is invalid")
    return {"text": "".join(body.itertext()), "html_text": data["html_text"]}


def shaped(record: Mapping[str, Any], asked: Params) -> dict[str, Any]:
    """Only what was asked for, or what Asana gives unasked."""
    tree: dict[str, Any] = {}
    for path in filter(None, asked.get("opt_fields", "").split(",")):
        at = tree
        for step in path.split("."):
            at = at.setdefault(step, {})
    found: dict[str, Any] = cut(record, tree)
    return found


def cut(value: Any, tree: Mapping[str, Any]) -> Any:
    if isinstance(value, list):
        return [cut(one, tree) for one in value]
    if not isinstance(value, dict):
        return value
    if not tree:
        compact = ("gid", "resource_type", "name", "resource_subtype", "text")
        return {n: value[n] for n in compact if n in value} if "gid" in value else value
    shown = {name: cut(value[name], below) for name, below in tree.items() if name in value}
    return shown | ({"gid": value["gid"]} if "gid" in value else {})
