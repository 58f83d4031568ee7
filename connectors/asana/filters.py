"""What Asana's own search is asked, and which tasks have a value in a field."""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import datetime, timedelta
from typing import Any
from urllib.parse import parse_qsl

from bridge.errors import PartialRead, Rejected, UnexpectedAnswer
from connectors.asana import api as pages
from connectors.asana.api import Api, Record
from connectors.asana.following import MEMBER
from mappings.asana_fields import fields_of, fold, value_of
from mappings.kept import kept

VALUES = ",".join(f"custom_fields.{part}" for part in (
    "name", "resource_subtype", "format", "number_value", "enum_value.name", "multi_enum_values.name",
    "text_value", "date_value", "people_value.name",
))  # fmt: skip
OURS = ("sort_by", "sort_ascending", "limit", "offset", "opt_fields", "opt_pretty", "opt_expand")
_NAME = re.compile(r"[a-z_]+(\.[a-z_0-9]+){0,3}\Z")
FORM = 'parameters of Asana\'s task search: "projects.any=123&completed=false&custom_fields.45.value=6"'
BEFORE = timedelta(milliseconds=1)


def search(api: Api, workspace: str, text: str) -> Iterator[Record]:
    """The hits of a search, some of them twice. It has no pages: each asks from where the one before ended
    by time of creation, a little overlapping, since several may be made at once. Raises Rejected for what
    is no search, PartialRead where more were made at once than one answer holds."""
    asked = _parameters(api, text)
    path = f"workspaces/{workspace}/tasks/search"
    usual = {"sort_by": "created_at", "sort_ascending": "true", "opt_fields": f"created_at,{MEMBER}"}
    while True:
        params = {**asked, **usual, "limit": pages.PAGE}
        data = api.http.call("GET", path, params=params, repeatable=True).data
        found = api.listed(data, f"GET {path}")
        yield from found
        if len(found) < pages.PAGE:
            return
        after = _text(_created(api, found[-1]) - BEFORE)
        if after == asked.get("created_at.after"):
            message = f"the search stood still: more than {pages.PAGE} hits made at one instant"
            raise PartialRead(api.system, message, "ask for less, or link by project or label")
        asked["created_at.after"] = after


def _parameters(api: Api, text: str) -> dict[str, str]:
    pairs = parse_qsl(text.rpartition("?")[2].strip(), keep_blank_values=True)
    wrong = [name for name, _ in pairs if name in OURS or not _NAME.match(name)]
    if not pairs or wrong:
        what = f"{wrong[0]!r} is no part of a search" if wrong else f"{text!r} is no search"
        raise Rejected(api.system, what, FORM)
    return dict(pairs)


def _created(api: Api, task: Record) -> datetime:
    try:
        return datetime.fromisoformat(str(task.get("created_at")))
    except ValueError:
        raise UnexpectedAnswer(api.system, "a search told no `created_at`", "run again later") from None


def _text(at: datetime) -> str:
    return at.isoformat(timespec="milliseconds").replace("+00:00", "Z")


def has(task: Record, name: str, value: str) -> bool | None:
    """Whether a field of the task has this value; None where the task has no such field."""
    match fold(name):
        case "section":
            sections = [(one.get("section") or {}).get("name") for one in task.get("memberships") or ()]
            return any(_is(one, value) for one in sections)
        case "assignee":
            return _is((task.get("assignee") or {}).get("name"), value)
        case wanted:
            by_gid = {str(one["gid"]): one for one in task.get("custom_fields") or ()}
            field = fields_of(task).get(wanted) or by_gid.get(name.strip())
            return None if field is None else _is(value_of(field), value)


def _is(found: Any, wanted: str) -> bool:
    if isinstance(found, list):
        return any(_is(one, wanted) for one in found)
    if isinstance(found, str):
        return fold(found) == fold(wanted)
    try:
        return kept(found, float(wanted))
    except ValueError:
        return False
