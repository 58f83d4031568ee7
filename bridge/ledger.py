"""What applying a plan needs of a memory; `bridge.store.Store` is one."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from contextlib import AbstractContextManager
from typing import Any, Protocol

from bridge.model import Change, Outcome
from bridge.store.records import Pending, Written, WrittenKey


class Intents(Protocol):
    """Writes that were decided on; each is recorded before it is made and settled after."""

    def add(self, run: str, change: Change) -> int: ...
    def attempt(self, id: int) -> None: ...
    def close(self, id: int, outcome: Outcome, detail: str = "") -> None:
        """Settle it; UNKNOWN leaves it pending, with its detail."""
        ...

    def reopen(self, ids: Sequence[int]) -> None:
        """Pending again, whoever settled them: they may have arrived since. Never fenced."""
        ...

    def pending(self, connection: str | None = None) -> tuple[Pending, ...]: ...


class Memory(Protocol):
    """What the bridge wrote last, by place."""

    def put(self, connection: str, key: WrittenKey, written: Written) -> None: ...
    def drop(self, connection: str, key: WrittenKey) -> None: ...


class Mirror(Protocol):
    """What the bridge believes to stand on an item."""

    def panels(self, connection: str, ids: list[str]) -> Mapping[str, Mapping[str, Any]]: ...
    def set_panel(self, connection: str, id: str, panel: Mapping[str, Any]) -> None: ...


class Ledger(Protocol):
    """Used from several threads when items are written in parallel."""

    @property
    def outbox(self) -> Intents: ...
    @property
    def written(self) -> Memory: ...
    @property
    def mirror(self) -> Mirror: ...
    def transaction(self) -> AbstractContextManager[None]:
        """All that this thread does in it holds together, or none of it."""
        ...
