"""Takes the session's own login out of every text."""

from __future__ import annotations

import base64
import binascii
from collections.abc import Callable

from requests import Request, Session


def hiding(session: Session, base: str, hide: Callable[[str], str]) -> Callable[[str], str]:
    """A function that puts stars in the place of what this session sends to log in, and then `hide`."""
    secrets = _secrets(session, base)

    def hidden(text: str) -> str:
        for secret in secrets:
            text = text.replace(secret, "***")
        return hide(text)

    return hidden


def _secrets(session: Session, base: str) -> tuple[str, ...]:
    """All that the session sends to prove who it is, in every form an error text might echo."""
    prepared = session.prepare_request(Request("GET", base))
    found = set()
    for name in ("Authorization", "Cookie"):
        value = prepared.headers.get(name) or ""
        text = value.decode("latin-1") if isinstance(value, bytes) else value
        found |= {text, *text.split()[1:]}
    for part in list(found):
        try:
            found.add(base64.b64decode(part, validate=True).decode().partition(":")[2])
        except (binascii.Error, ValueError):
            continue
    return tuple(sorted((secret for secret in found if len(secret) >= 4), key=len, reverse=True))
