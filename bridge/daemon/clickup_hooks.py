"""What ClickUp's webhooks say.

https://developer.clickup.com/docs/webhooksignature
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from datetime import datetime

from bridge.daemon.payload import loaded, member, members, once, text
from bridge.daemon.signatures import hex_proves, is_hex
from bridge.hook_form import Form

SIGNATURE = "x-signature"

_ID = re.compile(r"[0-9a-z]{1,40}", re.ASCII)


def claims(headers: Mapping[str, str]) -> bool:
    return is_hex(headers.get(SIGNATURE, ""))


def proves(headers: Mapping[str, str], body: bytes, secret: str, _now: datetime) -> bool:
    return hex_proves(headers.get(SIGNATURE, ""), body, secret)


def identifier(_headers: Mapping[str, str], body: bytes) -> str:
    """The steps of the task's history that it tells of, under the event's own name: one step makes several
    events. Empty where there is none, as when a task is deleted."""
    payload = loaded(body)
    steps = [text(member(step, "id")) for step in members(payload, "history_items")]
    if not steps or not all(steps):
        return ""
    return "\n".join((text(member(payload, "webhook_id")), text(member(payload, "event")), *steps))


def items_of(body: bytes) -> tuple[str, ...]:
    """The task; empty for what happens to lists, folders, spaces and goals."""
    return once(_ID, [member(loaded(body), "task_id")])


CLICKUP = Form(claims=claims, proves=proves, identifier=identifier, items_of=items_of, taken=200)
