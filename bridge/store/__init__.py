"""What the bridge remembers: the mirror of the work, history, what it wrote, what people said."""

from bridge.store.membership import digest as link_digest
from bridge.store.records import (
    Backfill,
    ConnectionResult,
    Cursor,
    HistoryPoint,
    LastFigures,
    Lease,
    LeaseRecord,
    Notice,
    OverrideRecord,
    Parked,
    Pending,
    Revision,
    RunRecord,
    Written,
    WrittenKey,
)
from bridge.store.store import Store

__all__ = [
    "Backfill",
    "ConnectionResult",
    "Cursor",
    "HistoryPoint",
    "LastFigures",
    "Lease",
    "LeaseRecord",
    "Notice",
    "OverrideRecord",
    "Parked",
    "Pending",
    "Revision",
    "RunRecord",
    "Store",
    "Written",
    "WrittenKey",
    "link_digest",
]
