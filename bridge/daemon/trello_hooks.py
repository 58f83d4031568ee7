"""What Trello's webhooks say. They are signed over the address at which they arrive, too.

https://developer.atlassian.com/cloud/trello/guides/rest-api/webhooks/
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from datetime import datetime

from bridge.daemon.payload import loaded, member, once, text
from bridge.daemon.signatures import addressed_proves, is_base64_sha1
from bridge.hook_form import Form

SIGNATURE = "x-trello-webhook"
CARDS = ("card", "cardSource")
"""What an action's data calls the card that it was done to, and the one that this came from."""
NO_ADDRESS = "Trello signs the address with the webhook: set [bridge] public_url to what was registered"

_ID = re.compile(r"[0-9a-f]{24}", re.ASCII)


def trello(address: str) -> Form:
    """`address` is the one that was registered with Trello, to the letter."""

    def proves(headers: Mapping[str, str], body: bytes, secret: str, _now: datetime) -> bool:
        return addressed_proves(headers.get(SIGNATURE, ""), body, secret, address)

    return Form(
        claims=claims,
        proves=proves,
        identifier=identifier,
        items_of=items_of,
        taken=200,
        lacks="" if address else NO_ADDRESS,
    )


def claims(headers: Mapping[str, str]) -> bool:
    return is_base64_sha1(headers.get(SIGNATURE, ""))


def identifier(_headers: Mapping[str, str], body: bytes) -> str:
    """The action's: it comes once for every board that is listened to, and on every retry."""
    return text(member(loaded(body), "action", "id"))


def items_of(body: bytes) -> tuple[str, ...]:
    """The cards; empty where only a board, a list or a person is named."""
    data = member(loaded(body), "action", "data")
    return once(_ID, (member(data, name, "id") for name in CARDS))
