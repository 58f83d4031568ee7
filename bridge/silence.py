"""Connections that gave no answer when they were read last: what is known of them is not today's."""

from __future__ import annotations

from collections.abc import Iterable

from bridge.store import Store


def silent(store: Store, names: Iterable[str]) -> frozenset[str]:
    """Those of which the last try to read them failed as a whole."""
    return frozenset(name for name in names if store.connections.failing_since(name) and _failed(store, name))


def _failed(store: Store, name: str) -> bool:
    cursor, last = store.cursors.get(name), store.connections.last(name)
    if last is None or last.ok:
        return False
    return cursor is None or cursor.read < (store.runs.started(last.run) or last.at)
