"""Trouble with the database is told, saves nothing of what was in hand, and passes."""

from __future__ import annotations

import shutil
import threading
from collections.abc import Callable
from contextlib import AbstractContextManager
from pathlib import Path

import pytest

from bridge.errors import StoreError
from bridge.exchange import export
from bridge.store import Store
from tests import postgresql
from tests.stores import FIGURES, NOON, QUERY, fill, full, item, locked, read_only, urls

MANY = [item(n, title="x" * 500) for n in range(300)]


def many_things(store: Store) -> None:
    """More than fits into the pages that are there already."""
    with store.transaction():
        store.figures.put("b", FIGURES)
        store.mirror.save(MANY, {})
        store.membership.replace(QUERY, frozenset(i.id for i in MANY), NOON)


TROUBLE: dict[str, tuple[str, Callable[[Store, str], AbstractContextManager[None]], str, str]] = {
    "a full disk": ("sqlite", lambda store, _: full(store), "full", "space"),
    "a read-only file system": ("sqlite", lambda store, _: read_only(store), "readonly", "writable"),
    "a locked file": ("sqlite", lambda _, url: locked(url), "locked", "another process"),
    "a server without writes": (
        "postgresql",
        lambda store, _: read_only(store),
        "read-only",
        "primary",
    ),
    "locked tables": ("postgresql", lambda _, url: locked(url), "lock timeout", "another process"),
}


@pytest.mark.parametrize(("kind", "trouble", "said", "hint"), TROUBLE.values(), ids=TROUBLE)
def test_trouble_is_told_leaves_all_as_it_was_and_passes(
    kind: str,
    trouble: Callable[[Store, str], AbstractContextManager[None]],
    said: str,
    hint: str,
    tmp_path: Path,
) -> None:
    with urls(kind, tmp_path, made=True) as url, Store.open(url, wait=0.05) as store:
        fill(store)
        before = export(store)
        with trouble(store, url):
            for _ in range(3):
                with pytest.raises(StoreError, match=said) as caught:
                    many_things(store)
                assert hint in caught.value.hint
                assert export(store) == before
        many_things(store)
        assert len(store.mirror.ids("acme")) >= len(MANY)


def test_a_disk_that_is_full_at_the_last_step_saves_nothing_either(tmp_path: Path) -> None:
    with urls("sqlite", tmp_path, made=True) as url, Store.open(url) as store:
        for size in range(1, 40):
            with full(store):
                try:
                    with store.transaction():
                        store.figures.put(f"before {size}", FIGURES)
                        store.revisions.record(f"d{size}", "x" * 250 * size, NOON)
                except StoreError:
                    break
        else:
            pytest.fail("it never was full")
        assert f"before {size}" not in store.figures.all()
        assert size == len(store.revisions.all()) + 1


def test_leases_and_health_go_on_after_trouble(tmp_path: Path) -> None:
    with urls("sqlite", tmp_path, made=True) as url, Store.open(url, wait=0.05) as store:
        lease = store.leases.acquire("writer", "one", 60)
        assert lease
        with store.fenced(lease):
            with locked(url):
                assert store.fence_holds()
                with pytest.raises(StoreError, match="locked"):
                    store.leases.renew(lease, 60)
            assert store.leases.renew(lease, 60)
            many_things(store)


def test_a_file_that_was_deleted_is_told_and_not_made_anew(tmp_path: Path) -> None:
    path = tmp_path / "okr-bridge.db"
    with urls("sqlite", tmp_path, made=True) as url, Store.open(url) as store:
        store.figures.put("a", FIGURES)
        store.close()
        store.figures.put("b", FIGURES)
        path.rename(tmp_path / "aside.db")
        for call in (many_things, lambda s: s.figures.all()):
            with pytest.raises(StoreError, match="deleted or moved away") as caught:
                call(store)
            assert "put it back" in caught.value.hint
        assert not path.exists()
        (tmp_path / "aside.db").rename(path)
        assert store.figures.all().keys() == {"a", "b"}
        many_things(store)


def test_a_file_that_was_replaced_is_the_one_that_is_used(tmp_path: Path) -> None:
    path, copy = tmp_path / "okr-bridge.db", tmp_path / "copy.db"
    with urls("sqlite", tmp_path, made=True) as url, Store.open(url) as store:
        store.figures.put("a", FIGURES)
        store.close()
        shutil.copyfile(path, copy)
        store.figures.put("b", FIGURES)
        store.close()
        store.figures.all()
        copy.replace(path)
        assert store.figures.all().keys() == {"a"}
        store.figures.put("c", FIGURES)
    with Store.open(url) as store:
        assert store.figures.all().keys() == {"a", "c"}


def test_an_empty_file_in_its_place_is_told(tmp_path: Path) -> None:
    path = tmp_path / "okr-bridge.db"
    with urls("sqlite", tmp_path, made=True) as url, Store.open(url) as store:
        store.figures.put("a", FIGURES)
        store.close()
        store.figures.all()
        path.unlink()
        path.touch()
        with pytest.raises(StoreError, match="no such table") as caught:
            store.figures.all()
        assert "start okr-bridge again" in caught.value.hint


def test_a_server_that_stops_in_a_transaction_takes_the_whole_of_it_along(tmp_path: Path) -> None:
    with urls("postgresql", tmp_path, made=True) as url, Store.open(url, wait=5) as store:
        fill(store)
        before = export(store)

        def interrupted() -> None:
            with store.transaction():
                store.figures.put("b", FIGURES)
                with postgresql.gone():
                    with pytest.raises(StoreError, match="refused"):
                        in_another_thread(store.figures.all)
                    store.figures.put("c", FIGURES)

        with pytest.raises(StoreError) as caught:
            interrupted()
        assert "server went away" in caught.value.hint
        assert export(store) == before
        many_things(store)


def test_a_server_that_stops_before_the_end_of_a_transaction_is_told(tmp_path: Path) -> None:
    with urls("postgresql", tmp_path, made=True) as url, Store.open(url, wait=5) as store:

        def interrupted() -> None:
            with store.transaction():
                store.figures.put("b", FIGURES)
                with postgresql.gone():
                    pass

        with pytest.raises(StoreError) as caught:
            interrupted()
        assert caught.value.hint
        assert store.figures.all() == {}
        many_things(store)


def in_another_thread(call: Callable[[], object]) -> None:
    """Do it there, and raise here what it raised."""
    raised: list[Exception] = []

    def run() -> None:
        try:
            call()
        except StoreError as error:
            raised.append(error)

    thread = threading.Thread(target=run)
    thread.start()
    thread.join()
    for error in raised:
        raise error
