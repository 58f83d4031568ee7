"""Every table, in the order in which they can be filled."""

from __future__ import annotations

import sqlalchemy as sa

from bridge.store.columns import Table
from bridge.store.tables_daemon import HoldRow, IdentityRow, LeaseRow, NoticeRow, ParkedRow, ScheduleRow
from bridge.store.tables_figures import BaselineRow, FiguresRow, HistoryRow, WrittenRow
from bridge.store.tables_history import (
    BackfillPageRow,
    BackfillRow,
    BackfillTurnsRow,
    InputsRow,
    ItemStateRow,
)
from bridge.store.tables_mirror import CursorRow, Item, ItemKey, LinkItem, LinkRow, PanelRow, SiteRow
from bridge.store.tables_people import CheckInRow, OverrideRow, RevisionRow
from bridge.store.tables_runs import ConnectionResultRow, OutboxRow, RunRow, RunWrite

METADATA: sa.MetaData = Table.metadata


def table(model: type[Table]) -> sa.Table:
    """The table behind a model, for statements over many rows."""
    return METADATA.tables[str(model.__tablename__)]


ITEMS = table(Item)
ITEM_KEYS = table(ItemKey)
PANELS = table(PanelRow)
LINKS = table(LinkRow)
LINK_ITEMS = table(LinkItem)
CURSORS = table(CursorRow)
SITES = table(SiteRow)
FIGURES = table(FiguresRow)
HISTORY = table(HistoryRow)
BASELINES = table(BaselineRow)
WRITTEN = table(WrittenRow)
REVISIONS = table(RevisionRow)
OVERRIDES = table(OverrideRow)
CHECK_INS = table(CheckInRow)
RUNS = table(RunRow)
RUN_WRITES = table(RunWrite)
CONNECTION_RESULTS = table(ConnectionResultRow)
OUTBOX = table(OutboxRow)
LEASES = table(LeaseRow)
PARKED = table(ParkedRow)
HOLDS = table(HoldRow)
SCHEDULE = table(ScheduleRow)
NOTICES = table(NoticeRow)
IDENTITIES = table(IdentityRow)
ITEM_STATES = table(ItemStateRow)
INPUTS = table(InputsRow)
BACKFILLS = table(BackfillRow)
BACKFILL_PAGES = table(BackfillPageRow)
BACKFILL_TURNS = table(BackfillTurnsRow)

READING = (BACKFILLS, BACKFILL_PAGES, BACKFILL_TURNS)
PASSING = (LEASES, PARKED, HOLDS, SCHEDULE, NOTICES, IDENTITIES, *READING)
"""Tables that belong to this database and this moment."""
LASTING = tuple(one for one in METADATA.sorted_tables if one not in PASSING)
"""Tables that go with an export."""
LATER = (ITEM_STATES, INPUTS)
"""Tables that exports of earlier versions do not have: there was nothing of theirs."""
