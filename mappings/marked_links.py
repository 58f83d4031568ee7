"""Addresses that tell whose links they are, for tools where a link has no id of our own."""

from __future__ import annotations

from urllib.parse import quote, unquote

MARKER = "okr-bridge"
_SIGN = f"#{MARKER}="


def marked_address(address: str, global_id: str) -> str:
    """The address with the link's id behind a #, which no server is told."""
    own = global_id.removeprefix(f"{MARKER}=")
    return f"{address}{_SIGN}{quote(own, safe='=&')}"


def linked(address: str) -> tuple[str, str]:
    """The address as it was before it was marked, and the link's id; empty for one that is not ours."""
    before, sign, own = address.rpartition(_SIGN)
    return (before, f"{MARKER}={unquote(own)}") if sign else (address, "")
