"""A personnel system, as the documents describe one: a bearer, a cursor, numbers for statuses."""

from __future__ import annotations

import json
import re
from datetime import UTC, datetime
from email.utils import format_datetime
from typing import Any
from urllib.parse import parse_qs, unquote, urlsplit

import responses

from tests.inhouse import PAGE

BASE = "https://people.corp.example/open/v2"
TOKEN = "b3arer-of-the-people"
BLOCKS = PAGE.partition("## A second example")[2]
EXAMPLE, OKRS = (part.partition("```")[0] for part in BLOCKS.split("```toml\n")[1:3])
TOML = EXAMPLE.replace("size = 100", "size = 2")
NO_SUCH, NO_LOGIN, TOO_FAST = 40400, 40100, 42900


class Staffing:
    """`courses` are its records, `busy` how often it asks to come again, `odd` a code it answers with."""

    def __init__(self) -> None:
        self.now = datetime(2026, 11, 2, 9, tzinfo=UTC)
        self.courses: dict[str, dict[str, Any]] = {}
        self.asked: list[Any] = []
        self.busy = self.odd = 0

    def make(self, title: str, hours: float | None, state: int) -> str:
        id = f"c{len(self.courses) + 1}"
        told = {"courseId": id, "标题": title, "state": state, "hours": hours, "kind": "training"}
        self.courses[id] = told | {"modifyTime": int(self.now.timestamp() * 1000)}
        return id

    def answer(self, request: Any) -> tuple[int, dict[str, str], str]:
        self.asked.append(request)
        headers = {"Date": format_datetime(self.now, usegmt=True), "Content-Type": "application/json"}
        code, data = self.serve(request)
        words = {0: "ok", NO_LOGIN: "token invalid", NO_SUCH: "no such course"}.get(code, "try again")
        return 200, headers, json.dumps({"code": code, "msg": words, "data": data})

    def serve(self, request: Any) -> tuple[int, Any]:
        if request.headers.get("Authorization") != f"Bearer {TOKEN}":
            return NO_LOGIN, None
        if self.busy:
            self.busy -= 1
            return TOO_FAST, None
        if self.odd:
            return self.odd, None
        parts = urlsplit(request.url)
        asked = {name: values[0] for name, values in parse_qs(parts.query).items()}
        place = unquote(parts.path.removeprefix("/open/v2/"))
        if place == "courses":
            return 0, self.listed(asked)
        found = self.courses.get(place.removeprefix("courses/"))
        return (0, found) if found else (NO_SUCH, None)

    def listed(self, asked: dict[str, str]) -> Any:
        found = [one for one in self.courses.values() if asked.get("kind", "training") == one["kind"]]
        start, size = int(asked.get("pageToken", 0)), int(asked.get("pageSize", 20))
        end = start + size
        more = end < len(found)
        return {"list": found[start:end], "hasMore": more, "pageToken": str(end) if more else ""}

    def serves(self) -> responses.RequestsMock:
        mock = responses.RequestsMock(assert_all_requests_are_fired=False)
        for method in ("GET", "POST", "PATCH", "PUT", "DELETE"):
            mock.add_callback(method, re.compile(re.escape(BASE) + "/.*"), callback=self.answer)
        return mock
