"""What Asana's webhooks say. While a webhook is made, Asana brings along what it will be signed with.

https://developers.asana.com/docs/webhooks-guide
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import replace
from datetime import datetime
from typing import Any

from bridge.daemon.payload import loaded, member, members, once
from bridge.daemon.signatures import hex_proves, is_hex
from bridge.hook_form import Form, Greeting

SIGNATURE = "x-hook-signature"
SECRET = "x-hook-secret"

_ID = re.compile(r"[0-9]{1,40}", re.ASCII)
_SECRET = re.compile(r"[!-~]{1,512}", re.ASCII)


def claims(headers: Mapping[str, str]) -> bool:
    return is_hex(headers.get(SIGNATURE, ""))


def proves(headers: Mapping[str, str], body: bytes, secret: str, _now: datetime) -> bool:
    return hex_proves(headers.get(SIGNATURE, ""), body, secret)


def greets(headers: Mapping[str, str], _body: bytes, _secret: str) -> Greeting | None:
    """The secret of a new webhook, to be sent back as it came."""
    told = headers.get(SECRET, "")
    return Greeting(headers={"X-Hook-Secret": told}, secret=told) if _SECRET.fullmatch(told) else None


def identifier(_headers: Mapping[str, str], _body: bytes) -> str:
    """Asana's events have none."""
    return ""


def items_of(body: bytes) -> tuple[str, ...] | None:
    """The tasks that changed, or that a comment or a subtask of theirs did; empty where only a project or a
    section is named. None for the heartbeat, which holds no events."""
    payload = loaded(body)
    events = members(payload, "events")
    if not events and (isinstance(payload, dict) or not body.strip()):
        return None
    return once(_ID, (id for event in events for id in _tasks(event)))


def _tasks(event: Any) -> Iterator[Any]:
    for part in ("resource", "parent"):
        if member(event, part, "resource_type") == "task":
            yield member(event, part, "gid")


ASANA = Form(claims=claims, proves=proves, identifier=identifier, items_of=items_of, greets=greets, taken=200)


def asana(projects: Iterable[str]) -> Form:
    """Each project's webhook has a secret of its own, and so an address of its own."""
    return replace(ASANA, parts=frozenset(projects))
