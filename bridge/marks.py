"""How the bridge signs what it makes, so that it and other bridges know it again.

Everything made on a tracker bears the instance's name: two bridges on one site leave each other's
comments, links and properties alone, and a write whose outcome is unknown is found by its mark.
"""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from hashlib import sha256
from typing import Any
from urllib.parse import quote, unquote

PROPERTY = "okr-bridge"
VERSION = 1

_GLOBAL_ID = re.compile(r"okr-bridge=([^&=]*)&kr=([^&=]*)")
_RESERVED = re.compile(r"[%&=\s\x00-\x1f]")
_UNFIT = re.compile(r"[\s,;\x00-\x1f]+")


def canonical(value: Any) -> str:
    """JSON that is the same for equal values: sorted, without spaces."""
    return json.dumps(value, ensure_ascii=False, sort_keys=True, separators=(",", ":"), default=str)


def fingerprint(value: Any) -> str:
    """Sixteen hexadecimal digits that change when a plain JSON value does."""
    return sha256(canonical(value).encode(errors="surrogatepass")).hexdigest()[:16]


def global_id(instance: str, kr: str) -> str:
    """The remote link's own name: one per key result and instance on an item."""
    return f"{PROPERTY}={_encoded(instance)}&kr={_encoded(kr)}"


def read_global_id(text: str) -> tuple[str, str] | None:
    """(instance, kr) of a remote link that a bridge made, else None."""
    match = _GLOBAL_ID.fullmatch(text)
    return (unquote(match[1]), unquote(match[2])) if match else None


def _encoded(text: str) -> str:
    return _RESERVED.sub(lambda match: quote(match[0], safe=""), text)


def property_value(instance: str, key_results: list[dict[str, Any]]) -> dict[str, Any]:
    """What the issue property holds: every key result that the item anchors."""
    return {"version": VERSION, "instance": instance, "key_results": key_results}


def instance_of(value: Any) -> str | None:
    """Whose mark a property is; None for what no bridge wrote."""
    if not isinstance(value, Mapping):
        return None
    instance = value.get("instance")
    return instance if isinstance(instance, str) else None


def marker(instance: str, kr: str) -> str:
    """The label that an Epic made for a key result is found again by; a label holds no space.

    Two names that would fall together once their spaces are gone stay apart by a digest.
    """
    plain = f"{PROPERTY}:{instance}:{kr}"
    fit = _UNFIT.sub("-", plain)
    if fit == plain and len(fit) <= 200:
        return plain
    return f"{fit[:200]}-{fingerprint(plain)[:8]}"


def page(public_url: str, kr: str) -> str:
    """The address of a key result's own page below `public_url`."""
    return f"{public_url.rstrip('/')}/kr/{quote(kr, safe='')}"
