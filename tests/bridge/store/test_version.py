"""A store is brought to today's shape when it is opened, and a newer one is refused."""

from __future__ import annotations

import subprocess
import sys
import threading
from pathlib import Path

import pytest
import sqlalchemy as sa
from alembic.autogenerate import compare_metadata
from alembic.config import Config
from alembic.migration import MigrationContext
from alembic.script import ScriptDirectory

from bridge.errors import StoreError
from bridge.store import Store
from bridge.store.database import Database
from bridge.store.tables import LASTING, LATER, METADATA
from bridge.store.version import HEAD, MIGRATIONS, VERSION_TABLE, VERSIONS, found, migrate
from tests.stores import FIGURES, fill, fill_passing, urls


def stamp(store: Store, version: str) -> None:
    with store.database.write() as connection:
        connection.execute(sa.text(f"UPDATE {VERSION_TABLE} SET version_num = '{version}'"))


def test_the_migrations_make_exactly_the_tables(url: str) -> None:
    with Store.open(url) as store, store.database.read() as connection:
        options = {"version_table": VERSION_TABLE, "compare_server_default": True}
        context = MigrationContext.configure(connection, opts=options)
        assert compare_metadata(context, METADATA) == []


def test_the_versions_known_are_those_of_the_files() -> None:
    config = Config()
    config.set_main_option("script_location", str(MIGRATIONS))
    scripts = list(ScriptDirectory.from_config(config).walk_revisions())
    assert tuple(script.revision for script in reversed(scripts)) == VERSIONS
    assert scripts[0].revision == HEAD


def test_opening_again_keeps_everything(url: str) -> None:
    with Store.open(url) as store:
        store.figures.put("a", FIGURES)
    with Store.open(url) as store:
        assert store.figures.all() == {"a": FIGURES}


def rows_of(store: Store) -> dict[str, list[str]]:
    """All that lies in tables that were there from the first version on."""
    first = [table for table in LASTING if table not in LATER]
    with store.database.read() as connection:
        return {one.name: sorted(map(str, connection.execute(sa.select(one)))) for one in first}


def test_a_store_of_an_older_version_is_brought_up_and_loses_nothing(url: str) -> None:
    database = Database(url, 9)
    with database.write() as connection:
        migrate(connection, "0001")
        assert found(connection) == "0001"
    with Store(database) as old:
        fill(old)
        before = rows_of(old)
    with Store.open(url) as store, store.database.read() as connection:
        assert found(connection) == HEAD
        assert rows_of(store) == before
        assert store.parked.all() == ()
    with Store.open(url) as store:
        fill_passing(store)
        fill(store)


def test_a_store_of_a_newer_version_is_refused_and_left_alone(url: str) -> None:
    with Store.open(url) as store:
        store.figures.put("a", FIGURES)
        stamp(store, "9999")
        with pytest.raises(StoreError, match=f"version 9999, this okr-bridge knows up to {HEAD}") as caught:
            Store.open(url)
        assert "newer" in caught.value.hint
        assert store.figures.all() == {"a": FIGURES}
        with store.database.read() as connection:
            assert found(connection) == "9999"


def test_another_programs_tables_are_told_and_left_alone(url: str) -> None:
    engine = sa.create_engine(url.replace("postgresql://", "postgresql+psycopg://"))
    with engine.begin() as connection:
        connection.execute(sa.text("CREATE TABLE written (id integer)"))
    with pytest.raises(StoreError, match="already exists") as caught:
        Store.open(url)
    assert "its own" in caught.value.hint
    assert sa.inspect(engine).get_table_names() == ["written"]
    engine.dispose()


def test_two_that_open_a_new_store_at_once_both_get_it(url: str) -> None:
    errors: list[BaseException] = []

    def open_it() -> None:
        try:
            Store.open(url).close()
        except StoreError as error:
            errors.append(error)

    threads = [threading.Thread(target=open_it) for _ in range(2)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert errors == []
    with Store.open(url) as store:
        assert store.figures.all() == {}


def test_a_store_of_today_is_opened_without_alembic(tmp_path: Path) -> None:
    with urls("sqlite", tmp_path, made=True) as url:
        code = (
            "import sys; from bridge.store import Store; "
            f"Store.open({url!r}).close(); sys.exit('alembic' in sys.modules)"
        )
        assert subprocess.run([sys.executable, "-c", code], check=False).returncode == 0


def test_a_new_file_is_taken_in_hand_by_many_at_once(tmp_path: Path) -> None:
    refused: list[object] = []

    def connect(database: Database, start: threading.Barrier) -> None:
        start.wait()
        try:
            with database.write():
                pass
        except StoreError as error:
            refused.append(error)
        database.close()

    for number in range(40):
        start = threading.Barrier(4)
        url = f"sqlite:///{tmp_path}/{number}.db"
        threads = [threading.Thread(target=connect, args=(Database(url, 9), start)) for _ in range(4)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
    assert refused == []
