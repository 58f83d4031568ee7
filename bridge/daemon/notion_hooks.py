"""What Notion's webhooks say. The first thing that Notion sends is what it signs all others with.

https://developers.notion.com/reference/webhooks
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from datetime import datetime

from bridge.daemon.payload import loaded, member, once, text
from bridge.daemon.signatures import hex_proves, is_hex
from bridge.hook_form import Form, Greeting

SIGNATURE = "x-notion-signature"
METHOD = "sha256="
TOKEN = "verification_token"

_ID = re.compile(r"([\da-f]{8})-?([\da-f]{4})-?([\da-f]{4})-?([\da-f]{4})-?([\da-f]{12})", re.I | re.A)
_ANY = re.compile(r".+", re.DOTALL)


def claims(headers: Mapping[str, str]) -> bool:
    return _told(headers) != ""


def proves(headers: Mapping[str, str], body: bytes, secret: str, _now: datetime) -> bool:
    return hex_proves(_told(headers), body, secret)


def greets(_headers: Mapping[str, str], body: bytes, _secret: str) -> Greeting | None:
    """The token of a new subscription; a person copies it back to Notion, which then begins."""
    token = text(member(loaded(body), TOKEN))
    return Greeting(body={"status": "accepted"}, secret=token) if token else None


def identifier(_headers: Mapping[str, str], body: bytes) -> str:
    """The event's, the same at every attempt."""
    return text(member(loaded(body), "id"))


def items_of(body: bytes) -> tuple[str, ...]:
    """The page that changed, or that a comment is on; empty for databases and their data sources."""
    payload = loaded(body)
    page = member(payload, "entity", "id") if member(payload, "entity", "type") == "page" else None
    return once(_ANY, map(_id, (page, member(payload, "data", "page_id"))))


def _told(headers: Mapping[str, str]) -> str:
    """The signature's hex, empty for none of the kind that is taken."""
    method, digits = headers.get(SIGNATURE, "")[: len(METHOD)], headers.get(SIGNATURE, "")[len(METHOD) :]
    return digits if method == METHOD and is_hex(digits) else ""


def _id(value: object) -> str:
    """In the one spelling that pages are known by."""
    found = _ID.fullmatch(text(value))
    return "-".join(found.groups()).lower() if found else ""


NOTION = Form(
    claims=claims, proves=proves, identifier=identifier, items_of=items_of, greets=greets, taken=200
)
