"""What the webhooks of a described system say: where the proof is, and where ids of items are."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from bridge.daemon.payload import loaded
from bridge.daemon.signatures import is_mac, mac_proves, token_proves
from bridge.hook_form import Form

LONGEST, MOST = 200, 500
"""Characters of an id, and ids of one webhook: of more it is enough to know that something changed."""
Find = Callable[[Any], Any]


@dataclass(frozen=True, slots=True, kw_only=True)
class Sender:
    """How a system's webhooks are known. `kind` is hmac-sha256, hmac-sha1 or token, `encoding` of a signature
    hex or base64, behind `prefix`. `items` read ids in a body, `event` what a repeat shares with the first;
    neither ever raises."""

    header: str
    kind: str
    encoding: str
    prefix: str
    items: Sequence[Find]
    event: Find | None
    status: int

    def form(self) -> Form:
        return Form(
            claims=self._claims,
            proves=self._proves,
            identifier=self._identifier,
            items_of=self._items_of,
            taken=self.status,
        )

    def _claims(self, headers: Mapping[str, str]) -> bool:
        told = self._told(headers)
        return bool(told) and (self.kind == "token" or is_mac(told, self._method, self.encoding))

    def _proves(self, headers: Mapping[str, str], body: bytes, secret: str, _now: datetime) -> bool:
        told = self._told(headers)
        if self.kind == "token":
            return token_proves(told, secret)
        return mac_proves(told, body, secret, self._method, self.encoding)

    def _identifier(self, _headers: Mapping[str, str], body: bytes) -> str:
        return _id(self.event(loaded(body))) if self.event else ""

    def _items_of(self, body: bytes) -> tuple[str, ...]:
        payload = loaded(body)
        ids = dict.fromkeys(id for find in self.items for value in _each(find(payload)) if (id := _id(value)))
        return tuple(ids) if len(ids) <= MOST else ()

    @property
    def _method(self) -> str:
        return self.kind.removeprefix("hmac-")

    def _told(self, headers: Mapping[str, str]) -> str:
        """What stands behind the prefix, empty for none."""
        value = headers.get(self.header.lower(), "")
        return value[len(self.prefix) :].strip() if value.startswith(self.prefix) else ""


def _each(value: Any) -> Iterator[Any]:
    yield from value if isinstance(value, list) else [value]


def _id(value: Any) -> str:
    text = str(value) if isinstance(value, int | str) and not isinstance(value, bool) else ""
    return text if len(text) <= LONGEST and text.isprintable() else ""
