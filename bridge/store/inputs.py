"""What numbers were made of, piece by piece, each known by its digest: only ever added to."""

from __future__ import annotations

import json
from collections.abc import Collection, Iterable, Iterator, Mapping
from itertools import islice
from typing import Any

import sqlalchemy as sa

from bridge.store.database import Database
from bridge.store.tables import INPUTS, ITEM_STATES

BATCH = 500


class Inputs:
    def __init__(self, database: Database) -> None:
        self._database = database

    def known(self, digests: Iterable[str]) -> frozenset[str]:
        """Those of these that a document is kept of."""
        found: set[str] = set()
        with self._database.read() as connection:
            for some in _batches(digests):
                query = sa.select(INPUTS.c.digest).where(INPUTS.c.digest.in_(some))
                found.update(connection.scalars(query))
        return frozenset(found)

    def keep(self, states: Mapping[str, str], documents: Mapping[str, str]) -> None:
        """Keep these texts of JSON by their digests; what is there already is left as it is."""
        with self._database.write() as connection:
            for table, name, texts in ((ITEM_STATES, "state", states), (INPUTS, "document", documents)):
                rows = ({"digest": digest, name: text} for digest, text in sorted(texts.items()))
                while some := list(islice(rows, BATCH)):
                    connection.execute(self._database.unless_there(table), some)

    def documents(self, digests: Collection[str]) -> Mapping[str, Any]:
        """The documents of these; those that are not kept are absent."""
        return self._read(INPUTS.c.digest, INPUTS.c.document, digests)

    def states(self, digests: Collection[str]) -> Mapping[str, Any]:
        """The states of these; those that are not kept are absent."""
        return self._read(ITEM_STATES.c.digest, ITEM_STATES.c.state, digests)

    def _read(self, key: sa.Column[Any], value: sa.Column[Any], digests: Collection[str]) -> dict[str, Any]:
        found: dict[str, Any] = {}
        with self._database.read() as connection:
            for some in _batches(dict.fromkeys(digests)):
                rows = connection.execute(sa.select(key, value).where(key.in_(some)))
                found.update((digest, json.loads(text)) for digest, text in rows)
        return found


def _batches(digests: Iterable[str]) -> Iterator[list[str]]:
    every = iter(digests)
    while some := list(islice(every, BATCH)):
        yield some
