"""What a connector promises about the past: records with every change that the system remembers of them."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Protocol, runtime_checkable

from bridge.model import Raw


@dataclass(frozen=True, slots=True)
class Past:
    """A record as it stands, and its changes as the system told them, all of them, oldest first."""

    raw: Raw
    changes: tuple[Mapping[str, Any], ...] = ()


@runtime_checkable
class Historian(Protocol):
    """Reads what was. Every answer is complete or an error (PartialRead, UnexpectedAnswer ...)."""

    def glossary(self) -> Mapping[str, Any]:
        """What old entries need to be understood and no record tells (all statuses with their categories,
        types, the names of fields), as plain JSON. `held`, where told: ids of the fields that records of
        the past hold in any case. `assumed`, where told: in plain words, what the history does not tell
        and is taken as it is today; the report of a backfill says it."""
        ...

    def touched(self, since: datetime) -> frozenset[str]:
        """Permanent ids of all that changed in any way since an instant (server's time), as far as the
        account can see: whatever was linked then and is not now is among them."""
        ...

    def pasts(self, ids: Iterable[str], fields: Sequence[str] = ()) -> Iterator[Past]:
        """The records of these ids with their changes, in parallel and in any order, streaming: no more than
        a few pages are held at once. Ids that are gone or hidden are left out: the caller compares.
        `fields`: ids of fields that the records are to hold besides those of an ordinary read."""
        ...
