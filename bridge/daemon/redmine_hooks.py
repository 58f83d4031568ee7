"""What Redmine's webhooks say, from version 7 on; by its source alone, for no such version was run.

https://github.com/redmine/redmine: app/models/webhook.rb, app/models/webhook_payload.rb
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from datetime import datetime
from typing import Any

from bridge.daemon.payload import loaded, member, once
from bridge.daemon.signatures import hex_proves, is_hex
from bridge.hook_form import Form

SIGNATURE = "x-redmine-signature-256"
METHOD = "sha256="
ISSUES = (("issue", "id"), ("time_entry", "issue", "id"))
"""Where a payload's data names an issue."""

_ID = re.compile(r"[1-9][0-9]{0,18}", re.ASCII)


def claims(headers: Mapping[str, str]) -> bool:
    return _told(headers) != ""


def proves(headers: Mapping[str, str], body: bytes, secret: str, _now: datetime) -> bool:
    return hex_proves(_told(headers), body, secret)


def identifier(_headers: Mapping[str, str], _body: bytes) -> str:
    """Redmine's events have none, and it sends each once."""
    return ""


def items_of(body: bytes) -> tuple[str, ...]:
    """The issue, or the one that time was spent on; empty for versions, wiki pages and news."""
    return once(_ID, _issues(member(loaded(body), "data")))


def _issues(data: Any) -> Iterator[str]:
    for path in ISSUES:
        found = member(data, *path)
        yield str(found) if isinstance(found, int) and not isinstance(found, bool) else ""


def _told(headers: Mapping[str, str]) -> str:
    """The signature's hex, empty for none of the kind that is taken."""
    method, digits = headers.get(SIGNATURE, "")[: len(METHOD)], headers.get(SIGNATURE, "")[len(METHOD) :]
    return digits if method == METHOD and is_hex(digits) else ""


REDMINE = Form(claims=claims, proves=proves, identifier=identifier, items_of=items_of)
