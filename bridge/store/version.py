"""Which shape a database has, and bringing an older one to today's; alembic is imported only for that."""

from __future__ import annotations

from pathlib import Path

import sqlalchemy as sa

from bridge.errors import StoreError
from bridge.store.database import Database

VERSIONS = ("0001", "0002", "0003", "0004")
HEAD = VERSIONS[-1]
VERSION_TABLE = "okr_bridge_version"
MIGRATIONS = Path(__file__).parent / "migrations"
LOCK = 0x0_4B52_4252  # any fixed number: it names our lock on a PostgreSQL server


def found(connection: sa.Connection) -> str | None:
    """The version that a database is at; None: nothing of ours is in it."""
    if not sa.inspect(connection).has_table(VERSION_TABLE):
        return None
    version: str | None = connection.scalar(sa.text(f"SELECT version_num FROM {VERSION_TABLE}"))
    return version


def bring_up(database: Database) -> None:
    """Make the tables, or change older ones, all or nothing. Raises StoreError for a newer version."""
    with database.read() as connection:
        current = found(connection)
    if current == HEAD:
        return
    refuse_unknown(database, current)
    with database.write() as connection:
        if database.dialect == "postgresql":
            connection.execute(sa.select(sa.func.pg_advisory_xact_lock(LOCK)))
        if found(connection) != HEAD:
            migrate(connection)


def refuse_unknown(database: Database, current: str | None) -> None:
    if current is not None and current not in VERSIONS:
        raise StoreError(
            f"{database.where}: it is of version {current}, this okr-bridge knows up to {HEAD}",
            "install the okr-bridge that wrote it, or a newer one",
        )


def migrate(connection: sa.Connection, version: str = HEAD) -> None:
    """Bring an older database to this version, in the transaction that is open."""
    from alembic import command
    from alembic.config import Config

    config = Config(attributes={"connection": connection})
    config.set_main_option("script_location", str(MIGRATIONS).replace("%", "%%"))
    command.upgrade(config, version)
