"""What the store hands out beside the domain's own words: small frozen values."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, datetime
from fractions import Fraction
from typing import Any, NamedTuple

from bridge.model import Change, Override


@dataclass(frozen=True, slots=True)
class Cursor:
    """How far a connection has been read: `since` is the instant to ask from next time (the server's
    time), `scheme` the mapping's digest, `swept` the last sweep of identities, `read` the last
    complete read."""

    since: datetime
    scheme: str
    swept: datetime
    read: datetime


@dataclass(frozen=True, slots=True)
class LastFigures:
    """What was said of a key result last: `at` when it was judged, `updated` when its written figures
    last changed, `read` the last complete read behind it, `hash` of what is shown."""

    progress: Fraction | None
    at: datetime
    hash: str
    updated: datetime
    read: datetime | None
    pace: str


@dataclass(frozen=True, slots=True, kw_only=True)
class HistoryPoint:
    """What a source says of a key result for a day. `inputs` is a digest of what it was made from."""

    day: date
    kr: str
    source: str
    value: Fraction | None
    counts: Mapping[str, Any] = field(default_factory=dict)
    scope: Mapping[str, Any] = field(default_factory=dict)
    rule_version: int
    inputs: str
    at: datetime


class WrittenKey(NamedTuple):
    """A place on an item; `item` is the permanent id."""

    item: str
    kr: str
    what: str
    name: str


@dataclass(frozen=True, slots=True)
class Written:
    """What the bridge put there last; `ref` is the tracker's id of what it made."""

    value: Any
    ref: str
    at: datetime


@dataclass(frozen=True, slots=True)
class Pending:
    """An intent that is not settled. With `attempts` above 0 it may or may not have arrived."""

    id: int
    run: str
    change: Change
    attempts: int
    detail: str


@dataclass(frozen=True, slots=True)
class Revision:
    """The OKR file as it stood from `at` on."""

    id: int
    digest: str
    document: str
    at: datetime


@dataclass(frozen=True, slots=True)
class OverrideRecord:
    """An override that was given, and by whom and when it was taken back."""

    override: Override
    cleared_by: str | None
    cleared_at: datetime | None


@dataclass(frozen=True, slots=True)
class ConnectionResult:
    """How a connection answered in a run."""

    run: str
    ok: bool
    message: str
    hint: str
    at: datetime


@dataclass(frozen=True, slots=True)
class RunRecord:
    """A run and what it wrote; `finished` is None while it goes on, or where it was killed."""

    id: str
    kind: str
    digest: str
    started: datetime
    finished: datetime | None
    outcome: str
    summary: Mapping[str, Any]
    writes: tuple[Change, ...]


@dataclass(frozen=True, slots=True)
class Lease:
    """The right to do what only one may do; `token` tells this taking from every other."""

    name: str
    holder: str
    token: int


@dataclass(frozen=True, slots=True)
class LeaseRecord:
    """Who holds a lease since when; `left`: seconds until it runs out, below 0 once it has."""

    holder: str
    token: int
    since: datetime
    left: float


@dataclass(frozen=True, slots=True, kw_only=True)
class Parked:
    """A write that failed at a place, since when and how often; `next`: not tried before that; `final`:
    refused for good. `value` tells what was to stand there."""

    connection: str
    item: str
    key: str
    kr: str
    what: str
    name: str
    since: datetime
    attempts: int
    next: datetime
    final: bool
    message: str
    hint: str
    value: str


@dataclass(frozen=True, slots=True)
class Notice:
    """What the daemon has to tell, since `at`."""

    name: str
    at: datetime
    message: str
    hint: str


@dataclass(frozen=True, slots=True)
class Backfill:
    """A past that is being read from a connection since `started`, to the day `last`: `wanted` are the ids to
    ask for, `gone` those that did not come (None while not all was read), `glossary` what old entries are
    understood by."""

    digest: str
    connection: str
    started: datetime
    last: date
    glossary: Mapping[str, Any]
    wanted: tuple[str, ...]
    gone: tuple[str, ...] | None
