"""What Jira's webhooks say, Cloud and Data Center alike; other trackers' stand in a module of their own.

https://developer.atlassian.com/cloud/jira/platform/webhooks/
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from datetime import datetime
from typing import Any

from bridge.daemon.payload import loaded, member
from bridge.daemon.signatures import bearer_proves, hub_proves, is_bearer, is_hub
from bridge.hook_form import Form

SIGNATURE = "x-hub-signature"
IDENTIFIER = "x-atlassian-webhook-identifier"
ISSUES = (
    ("issue", "id"),
    ("issueLink", "sourceIssueId"),
    ("issueLink", "destinationIssueId"),
    ("worklog", "issueId"),
)
"""Where a payload names issues: events of issues, comments and properties; of links; of worklogs."""

_ID = re.compile(r"[1-9][0-9]{0,18}", re.ASCII)


def claims(headers: Mapping[str, str]) -> bool:
    """Whether there is a signature (admin webhooks) or a token (dynamic webhooks of OAuth apps) to check."""
    if SIGNATURE in headers:
        return is_hub(headers[SIGNATURE])
    return is_bearer(headers.get("authorization", ""))


def proves(headers: Mapping[str, str], body: bytes, secret: str, now: datetime) -> bool:
    """Where both are sent, the signature decides: it covers the body."""
    if SIGNATURE in headers:
        return hub_proves(headers[SIGNATURE], body, secret)
    return bearer_proves(headers.get("authorization", ""), secret, now)


def identifier(headers: Mapping[str, str], _body: bytes) -> str:
    """The same on every retry of one event; empty where the sender gives none."""
    return headers.get(IDENTIFIER, "")


def items_of(body: bytes) -> tuple[str, ...]:
    """Permanent ids of the issues a payload concerns, each once; empty where it names none or is no JSON.

    Nothing else in it is used: events come in any order, so what they carry may be old.
    """
    payload = loaded(body)
    found = (_id(member(payload, part, name)) for part, name in ISSUES)
    return tuple(dict.fromkeys(id for id in found if id))


def _id(value: Any) -> str:
    """Ids are text in issues and numbers in links."""
    text = str(value) if isinstance(value, int | str) and not isinstance(value, bool) else ""
    return text if _ID.fullmatch(text) else ""


JIRA = Form(claims=claims, proves=proves, identifier=identifier, items_of=items_of)
