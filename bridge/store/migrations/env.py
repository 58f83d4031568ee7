"""Alembic's entry: it works in the transaction that `bridge.store.version` hands in."""

from __future__ import annotations

from alembic import context

from bridge.store.tables import METADATA
from bridge.store.version import VERSION_TABLE

context.configure(
    connection=context.config.attributes["connection"],
    target_metadata=METADATA,
    version_table=VERSION_TABLE,
    transactional_ddl=True,
)
with context.begin_transaction():
    context.run_migrations()
