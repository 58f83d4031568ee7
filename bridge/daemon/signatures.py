"""Proof that a webhook comes from who it says: by what was agreed with the sender, in constant time."""

from __future__ import annotations

import base64
import hashlib
import hmac
import re
from datetime import datetime
from typing import Any

from jwt import PyJWTError, decode

LEEWAY = 60.0
"""Seconds that the sender's clock may differ from ours."""
LONGEST = 86_400.0
"""Seconds that a token may be valid for yet: one that never ends is as good as a password."""
FRESH = 300.0
"""Seconds that a signature with a time in it holds, either way: what is caught cannot be sent again later."""

_HUB = re.compile(r"(sha256|sha384|sha512)=([0-9A-Fa-f]{64,128})", re.ASCII)
_HEX = re.compile(r"[0-9A-Fa-f]{64}", re.ASCII)
_BASE64_SHA1 = re.compile(r"[A-Za-z0-9+/]{27}=", re.ASCII)
_MACS = {
    ("sha256", "hex"): _HEX,
    ("sha256", "base64"): re.compile(r"[A-Za-z0-9+/]{43}=", re.ASCII),
    ("sha1", "hex"): re.compile(r"[0-9A-Fa-f]{40}", re.ASCII),
    ("sha1", "base64"): _BASE64_SHA1,
}
_SECONDS = re.compile(r"[1-9][0-9]{9,11}", re.ASCII)
_NONCE = re.compile(r"[!-~]{1,200}", re.ASCII)
_BEARER = re.compile(r"[Bb]earer ([\w-]{1,2000}\.[\w-]{1,4000}\.[\w-]{43})", re.ASCII)
_ONLY_SIGNATURE = {
    "verify_exp": False, "verify_nbf": False, "verify_iat": False, "verify_aud": False, "verify_iss": False,
    "verify_sub": False, "verify_jti": False, "enforce_minimum_key_length": True,
}  # fmt: skip


def is_hub(header: str) -> bool:
    """Whether it is a signature of a kind that is taken at all: sha1 and md5 are not."""
    return _HUB.fullmatch(header) is not None


def is_bearer(header: str) -> bool:
    """Whether it has the form of a token signed with HMAC-SHA256."""
    return _BEARER.fullmatch(header) is not None


def hub_proves(header: str, body: bytes, secret: str) -> bool:
    """`METHOD=HEX`, an HMAC of the body as it came (WebSub; Jira's `X-Hub-Signature`)."""
    found = _HUB.fullmatch(header)
    if not found or not secret:
        return False
    method, told = found.groups()
    return hmac.compare_digest(hmac.digest(secret.encode(), body, method).hex(), told.lower())


def is_hex(header: str) -> bool:
    """Whether it has the form of 32 bytes in hex."""
    return _HEX.fullmatch(header) is not None


def is_base64_sha1(header: str) -> bool:
    """Whether it has the form of 20 bytes in base64."""
    return _BASE64_SHA1.fullmatch(header) is not None


def hex_proves(header: str, body: bytes, secret: str) -> bool:
    """An HMAC-SHA256 of the body as it came, in hex (Asana, ClickUp; Notion behind `sha256=`)."""
    if not is_hex(header) or not secret:
        return False
    return hmac.compare_digest(hmac.digest(secret.encode(), body, "sha256").hex(), header.lower())


def addressed_proves(header: str, body: bytes, secret: str, address: str) -> bool:
    """An HMAC-SHA1 of the body and the address that was registered, in base64 (Trello; it knows no other)."""
    if not is_base64_sha1(header) or not secret or not address:
        return False
    made = base64.b64encode(hmac.digest(secret.encode(), body + address.encode(), "sha1"))
    return hmac.compare_digest(made, header.encode())


def is_mac(told: str, method: str, encoding: str) -> bool:
    """Whether it has the form of a signature by this method (sha256, sha1) in this encoding (hex, base64)."""
    return _MACS[method, encoding].fullmatch(told) is not None


def mac_proves(told: str, body: bytes, secret: str, method: str, encoding: str) -> bool:
    """An HMAC of the body as it came, for systems that nobody knows beforehand."""
    if not secret or not is_mac(told, method, encoding):
        return False
    made = hmac.digest(secret.encode(), body, method)
    if encoding == "hex":
        return hmac.compare_digest(made.hex(), told.lower())
    return hmac.compare_digest(base64.b64encode(made), told.encode())


def token_proves(told: str, secret: str) -> bool:
    """The secret itself, sent along: it says who sends, not what. In constant time for its length."""
    return bool(secret) and hmac.compare_digest(told.encode("utf-8", "surrogatepass"), secret.encode())


def stamped_proves(header: str, stamp: tuple[str, str], body: bytes, secret: str, now: datetime) -> bool:
    """SHA-256 of seconds, nonce, secret and body, in hex; `stamp` is the seconds and the nonce (Feishu)."""
    seconds, nonce = stamp
    if not (secret and is_hex(header) and _SECONDS.fullmatch(seconds) and _NONCE.fullmatch(nonce)):
        return False
    if abs(now.timestamp() - int(seconds)) > FRESH:
        return False
    made = hashlib.sha256(f"{seconds}{nonce}{secret}".encode() + body).hexdigest()
    return hmac.compare_digest(made, header.lower())


def bearer_proves(header: str, secret: str, now: datetime) -> bool:
    """`Bearer JWT`, signed with the app's client secret: HS256 and no other, for a day at most.

    Atlassian documents the signature alone, not the claims: `iss`, `aud` and `qsh` are not looked at. The
    token says who sends, not what: a body is never proved by it. A secret under 32 bytes proves nothing
    (RFC 7518).
    """
    found = _BEARER.fullmatch(header)
    if not found:
        return False
    try:
        claims = decode(found[1], secret, algorithms=["HS256"], options=_ONLY_SIGNATURE)  # type: ignore[arg-type]
    except (PyJWTError, ValueError, TypeError, RecursionError):
        return False
    return _in_time(claims, now.timestamp())


def _in_time(claims: dict[str, Any], now: float) -> bool:
    """`exp` must be there; what is no number holds no comparison."""
    begun = all(_number(claims[name]) <= now + LEEWAY for name in ("nbf", "iat") if name in claims)
    return begun and now - LEEWAY < _number(claims.get("exp")) <= now + LONGEST


def _number(value: object) -> float:
    return value if isinstance(value, int | float) and not isinstance(value, bool) else float("nan")


def digest_of(identifier: str) -> bytes:
    """Sixteen bytes for an identifier of any length, so that remembering many costs little."""
    return hashlib.blake2b(identifier.encode("utf-8", "surrogatepass"), digest_size=16).digest()
