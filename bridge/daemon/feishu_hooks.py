"""What Feishu and Lark tell of a base that is subscribed to: encrypted, and signed with the same key.

https://open.feishu.cn/document/server-docs/event-subscription-guide/overview
"""

from __future__ import annotations

import re
from base64 import b64decode
from collections.abc import Mapping
from datetime import datetime
from hashlib import sha256
from importlib.util import find_spec
from typing import Any

from bridge.daemon.payload import loaded, member, members, once, text
from bridge.daemon.signatures import is_hex, stamped_proves
from bridge.hook_form import Form, Greeting

SIGNATURE = "x-lark-signature"
STAMP = ("x-lark-request-timestamp", "x-lark-request-nonce")
NO_CIPHER = "Feishu encrypts its events: pip install 'okr-bridge[feishu]'"
RECORDS = "drive.file.bitable_record_changed_v1"
FIELDS = "drive.file.bitable_field_changed_v1"
BLOCK = 16

_ID = re.compile(r"tbl[A-Za-z0-9]{1,60}/rec[A-Za-z0-9]{1,60}", re.ASCII)


def feishu(base: str) -> Form:
    """`base` is the token of the base that the connection reads: an app has one address for events of all
    its bases, and of everything else."""

    def items_of(body: bytes) -> tuple[str, ...] | None:
        return _records(loaded(body), base)

    return Form(
        claims=claims,
        proves=proves,
        identifier=identifier,
        items_of=items_of,
        opens=opened,
        greets=greets,
        taken=200,
        lacks="" if find_spec("cryptography") else NO_CIPHER,
    )


def claims(headers: Mapping[str, str]) -> bool:
    return is_hex(headers.get(SIGNATURE, "")) and all(name in headers for name in STAMP)


def proves(headers: Mapping[str, str], body: bytes, secret: str, now: datetime) -> bool:
    """`secret` is the app's Encrypt Key."""
    seconds, nonce = (headers.get(name, "") for name in STAMP)
    return stamped_proves(headers.get(SIGNATURE, ""), (seconds, nonce), body, secret, now)


def opened(body: bytes, secret: str) -> bytes:
    """The body in the clear; empty where it was encrypted with another key."""
    sealed = member(loaded(body), "encrypt")
    return unsealed(sealed, secret) if isinstance(sealed, str) else body


def greets(_headers: Mapping[str, str], body: bytes, secret: str) -> Greeting | None:
    """A challenge, which need not be signed: who encrypted it has the key. One in the clear is refused."""
    sealed = text(member(loaded(body), "encrypt"))
    told = loaded(unsealed(sealed, secret)) if sealed and secret else None
    challenge = text(member(told, "challenge"))
    if not challenge or member(told, "type") != "url_verification":
        return None
    return Greeting(body={"challenge": challenge})


def identifier(_headers: Mapping[str, str], body: bytes) -> str:
    """The event's, the same whenever it is sent again."""
    return text(member(loaded(body), "header", "event_id"))


def unsealed(sealed: str, secret: str) -> bytes:
    """AES-256-CBC: the key is the secret's SHA-256, the first block the start. Empty for what is none."""
    from cryptography.hazmat.primitives.ciphers import Cipher
    from cryptography.hazmat.primitives.ciphers.algorithms import AES256
    from cryptography.hazmat.primitives.ciphers.modes import CBC

    try:
        data = b64decode(sealed, validate=True)
    except ValueError:
        return b""
    if len(data) < 2 * BLOCK or len(data) % BLOCK:
        return b""
    key = sha256(secret.encode()).digest()
    cipher = Cipher(AES256(key), CBC(data[:BLOCK])).decryptor()
    plain = cipher.update(data[BLOCK:]) + cipher.finalize()
    padded = plain[-1]
    return plain[:-padded] if 1 <= padded <= BLOCK and plain.endswith(plain[-1:] * padded) else b""


def _records(payload: Any, base: str) -> tuple[str, ...] | None:
    """None for what concerns no record of this base; empty for its columns."""
    kind, event = member(payload, "header", "event_type"), member(payload, "event")
    if kind not in (RECORDS, FIELDS) or (base and member(event, "file_token") != base):
        return None
    table, actions = text(member(event, "table_id")), members(event, "action_list")
    return once(_ID, (f"{table}/{text(member(action, 'record_id'))}" for action in actions))
