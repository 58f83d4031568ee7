"""A base of Feishu, as its documents describe the platform: stateful, with people, a clock and limits.

What goes wrong there mostly answers status 200, with a code other than 0 in the body.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from datetime import UTC, datetime, timedelta
from email.utils import format_datetime
from typing import Any
from urllib.parse import parse_qs, urlsplit

import orjson

from bridge.model import Query, Tier
from tests.specs.openapi import Exchange, exchange_of

BASE, APP, SECRET = "bascnExample", "cli_bridge", "app-secret-0123"
WORK, ELSE = "tblWork1", "tblElse2"
NAMES = {"key_result": "KR", "progress": "KR progress", "status": "KR status", "score": "KR score",
         "updated": "KR updated"}  # fmt: skip
TIERS = {Tier.GROUP: "Epic", Tier.UNIT: "Story", Tier.PART: "Task"}
UI = {1: "Text", 2: "Number", 3: "SingleSelect", 4: "MultiSelect", 5: "DateTime", 7: "Checkbox", 11: "User",
      18: "SingleLink", 20: "Formula"}  # fmt: skip
STATUSES = ("未开始", "进行中", "已完成", "已取消")
OURS = {"KR": 1, "KR progress": 2, "KR status": 1, "KR score": 2, "KR updated": 5, "KR comment": 1}
Answer = tuple[int, dict[str, str], bytes]


def columns(table: str, *, shown: bool = True) -> dict[str, tuple[int, Any]]:
    """By name: a kind, and its property."""
    return {
        "标题": (1, None),
        "Status": (3, {"options": [{"id": f"opt{n}", "name": name} for n, name in enumerate(STATUSES)]}),
        "Parent items": (18, {"table_id": table, "table_name": table, "multiple": True}),
        "Type": (3, {"options": [{"id": "optE", "name": "Epic"}]}),
        "Labels": (4, {"options": []}),
        "Points": (2, {"formatter": "0.0"}),
        "进度": (2, {"formatter": "0%"}),
        "负责人": (11, {"multiple": True}),
        "截止日期": (5, {"date_formatter": "yyyy/MM/dd"}),
        "Blocked": (7, None),
        **({name: (kind, None) for name, kind in OURS.items()} if shown else {}),
    }


class FakeFeishu:
    """`page` is the most that a page holds. `faults` are answered, in their order, before anything is done;
    of `lost` columns writes are dropped; `blind` hides all rows of an `advanced` base; `after` is called
    when a write has taken effect."""

    project, other_project = WORK, ELSE

    def __init__(self, page: int = 3) -> None:
        self.page, self.at = page, datetime(2026, 11, 2, 9, tzinfo=UTC)
        self.tables = {WORK: "Work", ELSE: "Else"}
        self.columns = {table: columns(table) for table in self.tables}
        self.rows: dict[str, dict[str, dict[str, Any]]] = {table: {} for table in self.tables}
        self.views: dict[str, Callable[[Mapping[str, Any]], bool]] = {}
        self.hidden: set[str] = set()
        self.lost: set[str] = set()
        self.faults: list[Answer] = []
        self.exchanges: list[Exchange] = []
        self.advanced = self.blind = self.shut = False
        self.secret = SECRET
        self.tokens: dict[str, datetime] = {}
        self.after: Callable[[], None] = lambda: None
        self._last = 0

    # --- what it answers

    def play(self, request: Any) -> Answer:
        body = request.body or b""
        status, headers, answer = self.heard(request.method, request.url, request.headers, body)
        return status, headers, answer

    def heard(self, method: str, url: str, headers: Mapping[str, str], body: bytes) -> Answer:
        parts = urlsplit(url)
        given = self.faults.pop(0) if self.faults else None
        found = given or self.answered(method, parts.path, parts.query, headers, body)
        status, more, answer = found
        target = parts.path + (f"?{parts.query}" if parts.query else "")
        sent = headers.get("Content-Type") or ""
        heard = exchange_of(method, target, body, status, answer, "application/json", sent)
        self.exchanges.append(heard)
        date = {"Date": format_datetime(self.at, usegmt=True), "Content-Type": "application/json"}
        return status, {**date, **more}, answer

    def answered(
        self, method: str, path: str, query: str, headers: Mapping[str, str], content: bytes
    ) -> Answer:
        body = orjson.loads(content) if content else {}
        asked = {name: values[0] for name, values in parse_qs(query).items()}
        if path == "/open-apis/auth/v3/tenant_access_token/internal":
            return self.login(body)
        token = headers.get("Authorization", "").removeprefix("Bearer ")
        if not token:
            return wrong(99991661, "Missing access token for authorization", 400)
        if self.tokens.get(token, self.at) <= self.at:
            return wrong(99991663, "Invalid access token for authorization", 400)
        root = f"/open-apis/bitable/v1/apps/{BASE}"
        if not path.startswith(root):
            return wrong(91402, "NOTEXIST")
        if self.shut:
            return wrong(91403, "Forbidden", 403)
        return self.called(method, path.removeprefix(root), asked, body)

    def login(self, body: Any) -> Answer:
        if (body.get("app_id"), body.get("app_secret")) != (APP, self.secret):
            return wrong(10014, "app secret invalid")
        soon = self.at + timedelta(minutes=30)
        token = next((one for one, end in self.tokens.items() if end >= soon), "")
        if not token:
            token = f"t-{self.number()}"
            self.tokens[token] = self.at + timedelta(hours=2)
        left = int((self.tokens[token] - self.at).total_seconds())
        return told({"code": 0, "msg": "ok", "tenant_access_token": token, "expire": left})

    def called(self, method: str, path: str, asked: Mapping[str, str], body: Any) -> Answer:
        found = re.fullmatch(r"/tables/([^/]+)/(fields|records)(?:/([^/]+))?", path)
        if path == "":
            app = {"app_token": BASE, "name": "计划", "revision": 1, "is_advanced": self.advanced}
            return good({"app": {**app, "time_zone": "Asia/Shanghai"}})
        if path == "/tables":
            rows = [{"table_id": id, "revision": 1, "name": name} for id, name in self.tables.items()]
            return self.paged(rows, asked)
        if found is None or found[1] not in self.tables:
            return wrong(1254041, "TableIdNotFound")
        table, what, last = found.groups()
        match method, what, last:
            case "GET", "fields", None:
                return self.paged(self.fields(table), asked)
            case "POST", "fields", None:
                return self.field_made(table, body)
            case "POST", "records", "search":
                return self.searched(table, asked, body)
            case "POST", "records", "batch_get":
                return self.got(table, body)
            case "PUT", "records", id:
                return self.put(table, id, body["fields"])
        raise AssertionError(f"{method} {path}")

    def fields(self, table: str) -> list[dict[str, Any]]:
        return [
            {
                "field_id": self.field_id(table, name), "field_name": name, "type": kind, "ui_type": UI[kind],
                "is_primary": at == 0, "is_hidden": False, **({"property": facts} if facts else {}),
            }
            for at, (name, (kind, facts)) in enumerate(self.columns[table].items())
        ]  # fmt: skip

    def field_id(self, table: str, name: str) -> str:
        return f"fld{table[3:]}{name.encode().hex()[:20]}"

    def field_made(self, table: str, body: Any) -> Answer:
        if body["field_name"] in self.columns[table]:
            return wrong(1254014, "FieldNameDuplicated")
        self.columns[table][body["field_name"]] = (body["type"], body.get("property"))
        self.after()
        return good({"field": self.fields(table)[-1]})

    def searched(self, table: str, asked: Mapping[str, str], body: Any) -> Answer:
        names = body.get("field_names")
        filter = body.get("filter")
        conditions = filter["conditions"] if filter else []
        if any(
            n not in self.columns[table] for n in [*(names or ()), *(c["field_name"] for c in conditions)]
        ):
            return wrong(1254045, "FieldNameNotFound")
        view = self.views.get(body.get("view_id", ""), lambda _: True)
        if body.get("view_id") and body["view_id"] not in self.views:
            return wrong(1254042, "ViewIdNotFound")
        hits = [
            self.shown(table, id, names, automatic=body.get("automatic_fields", False))
            for id, row in self.rows[table].items()
            if f"{table}/{id}" not in self.hidden and view(row) and fits(row, filter)
        ]
        return self.paged([] if self.blind else hits, asked)

    def got(self, table: str, body: Any) -> Answer:
        ids = body["record_ids"]
        if len(ids) > 100:
            return wrong(1254104, "RecordAddOnceExceedLimit")
        rows = self.rows[table]
        hidden = [id for id in ids if f"{table}/{id}" in self.hidden]
        there = [id for id in ids if id in rows and id not in hidden]
        automatic = body.get("automatic_fields", False)
        return good(
            {
                "records": [self.shown(table, id, None, automatic=automatic) for id in there],
                "forbidden_record_ids": hidden,
                "absent_record_ids": [id for id in ids if id not in rows and id not in hidden],
            }
        )

    def put(self, table: str, id: str, given: Mapping[str, Any]) -> Answer:
        if id not in self.rows[table]:
            return wrong(1254043, "RecordIdNotFound")
        if f"{table}/{id}" in self.hidden:
            return wrong(1254302, "Permission denied.", 403)
        for name, value in given.items():
            if name not in self.columns[table]:
                return wrong(1254045, "FieldNameNotFound")
            if code := mismatch(self.columns[table][name][0], value):
                return wrong(code, "FieldConvFail")
        self.change(f"{table}/{id}", **{n: v for n, v in given.items() if n not in self.lost})
        self.after()
        return good({"record": self.shown(table, id, None, automatic=False)})

    def shown(self, table: str, id: str, names: list[str] | None, *, automatic: bool) -> dict[str, Any]:
        """An empty cell is left out, a text comes in segments."""
        row = self.rows[table][id]
        fields = {
            name: [{"text": value, "type": "text"}] if self.columns[table][name][0] == 1 else value
            for name, value in row["fields"].items()
            if value not in (None, "", []) and (names is None or name in names)
        }
        times = {"created_time": row["created"], "last_modified_time": row["updated"]}
        return {"record_id": id, "fields": fields, **(times if automatic else {})}

    def paged(self, rows: list[Any], asked: Mapping[str, str]) -> Answer:
        start = int(asked.get("page_token", "pgt0").removeprefix("pgt"))
        end = start + min(int(asked.get("page_size", 20)), self.page)
        more = end < len(rows)
        page = {"has_more": more, "total": len(rows), "items": rows[start:end]}
        return good({**page, **({"page_token": f"pgt{end}"} if more else {})})

    # --- what people do

    def make(self, title, *, parent=None, labels=(), tier=Tier.UNIT, table=WORK, **more):
        id = f"rec{self.number()}"
        fields = {"标题": title, "Type": TIERS[tier], "Labels": list(labels), **more}
        now = self.stamp()
        self.rows[table][id] = {"fields": fields, "created": now, "updated": now}
        if parent:
            self.reparent(f"{table}/{id}", parent)
        return f"{table}/{id}"

    def row(self, id: str) -> dict[str, Any]:
        table, _, record = id.partition("/")
        return self.rows[table][record]

    def key(self, id):
        return id

    def change(self, id: str, **values: Any) -> None:
        row = self.row(id)
        row["fields"] |= values
        row["updated"] = self.stamp()

    def edit(self, id, title):
        self.change(id, **{"标题": title})

    def reparent(self, id, parent):
        self.change(id, **{"Parent items": [parent.partition("/")[2]] if parent else []})

    def move(self, id):
        """Cut and pasted: another record, for none ever leaves its table."""
        table, _, record = id.partition("/")
        self.rows[ELSE][f"rec{self.number()}"] = self.rows[table].pop(record)
        return f"{ELSE}/rec{self._last}"

    def delete(self, id):
        table, _, record = id.partition("/")
        del self.rows[table][record]

    def hide(self, id):
        self.hidden.add(id)

    def advance(self, seconds):
        self.at += timedelta(seconds=seconds)

    def say(self, id, text):
        self.change(id, **{"KR comment": text})
        return "people"

    def said(self, id):
        """By number what stands between two lines of the bridge's, and what people wrote around them."""
        cell = self.row(id)["fields"].get("KR comment") or ""
        found = re.findall(r"⟦okr-bridge⟧\n(.*?)\n⟦okr-bridge/[^⟧]*/(\d+)⟧", cell, re.DOTALL)
        rest = re.sub(r"⟦okr-bridge⟧\n.*?⟦okr-bridge/[^⟧]*⟧", "", cell, flags=re.DOTALL).strip()
        return {number: body for body, number in found} | ({"people": rest} if rest else {})

    def query(self, label):
        condition = {"field_name": "Labels", "operator": "contains", "value": [label]}
        asked = {"table": "Work", "conjunction": "and", "conditions": [condition]}
        return Query(orjson.dumps(asked).decode())

    def stamp(self) -> int:
        return round(self.at.timestamp() * 1000)

    def number(self) -> int:
        self._last += 1
        return self._last


def told(data: Mapping[str, Any], status: int = 200, **headers: str) -> Answer:
    return status, {name.replace("_", "-"): value for name, value in headers.items()}, orjson.dumps(data)


def good(data: Mapping[str, Any]) -> Answer:
    return told({"code": 0, "msg": "success", "data": data})


def wrong(code: int, message: str, status: int = 200, **headers: str) -> Answer:
    return told({"code": code, "msg": message}, status, **headers)


def mismatch(kind: int, value: Any) -> int:
    """The code for a value that a column of this kind does not take; None empties it."""
    number = isinstance(value, int | float) and not isinstance(value, bool)
    fits: Mapping[int, tuple[bool, int]] = {
        1: (isinstance(value, str), 1254060),
        2: (number, 1254061),
        3: (isinstance(value, str), 1254062),
        5: (isinstance(value, int) and number, 1254064),
    }
    good, code = fits.get(kind, (True, 0))
    return 0 if value is None or good else code


def fits(row: Mapping[str, Any], filter: Any) -> bool:
    if not filter:
        return True
    whole = all if filter["conjunction"] == "and" else any
    return whole(holds(row["fields"].get(one["field_name"]), one) for one in filter["conditions"])


def holds(value: Any, one: Mapping[str, Any]) -> bool:
    match one["operator"]:
        case "isEmpty":
            return value in (None, "", [])
        case "is":
            return [value] == one["value"] or value == one["value"]
        case "contains":
            return any(wanted in (value or ()) for wanted in one["value"])
    raise AssertionError(one["operator"])
