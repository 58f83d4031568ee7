"""What was said of each key result last, and the scope it is held against."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import asdict
from datetime import datetime
from fractions import Fraction

import sqlalchemy as sa

from bridge.model import Baseline, BaselineEntry, ItemRef
from bridge.store.database import Database
from bridge.store.records import LastFigures
from bridge.store.tables import BASELINES, FIGURES

FIELDS = (FIGURES.c.progress, FIGURES.c.at, FIGURES.c.hash, FIGURES.c.updated, FIGURES.c.read, FIGURES.c.pace)


class Figures:
    def __init__(self, database: Database) -> None:
        self._database = database

    def get(self, kr: str) -> LastFigures | None:
        with self._database.read() as connection:
            row = connection.execute(sa.select(*FIELDS).where(FIGURES.c.kr == kr)).one_or_none()
        return None if row is None else LastFigures(*row)

    def put(self, kr: str, figures: LastFigures) -> None:
        self.put_all({kr: figures})

    def put_all(self, figures: Mapping[str, LastFigures]) -> None:
        rows = [{"kr": kr, **asdict(last)} for kr, last in figures.items()]
        if rows:
            with self._database.write() as connection:
                connection.execute(self._database.upsert(FIGURES), rows)

    def all(self) -> Mapping[str, LastFigures]:
        with self._database.read() as connection:
            rows = connection.execute(sa.select(FIGURES.c.kr, *FIELDS))
            return {kr: LastFigures(*fields) for kr, *fields in rows}


class Baselines:
    def __init__(self, database: Database) -> None:
        self._database = database

    def get(self, kr: str, cycle: str) -> Baseline | None:
        """The items of the scope with their weights then; None: none was taken."""
        these = (BASELINES.c.kr == kr) & (BASELINES.c.cycle == cycle)
        with self._database.read() as database:
            row = database.execute(sa.select(BASELINES.c.entries).where(these)).one_or_none()
        return None if row is None else _baseline(row.entries)

    def all(self, cycle: str) -> Mapping[str, Baseline]:
        """By key result, those of a cycle."""
        query = sa.select(BASELINES.c.kr, BASELINES.c.entries).where(BASELINES.c.cycle == cycle)
        with self._database.read() as database:
            return {kr: _baseline(entries) for kr, entries in database.execute(query)}

    def taken(self, cycle: str) -> frozenset[str]:
        """The key results that have one in a cycle; without reading them."""
        with self._database.read() as database:
            return frozenset(database.scalars(sa.select(BASELINES.c.kr).where(BASELINES.c.cycle == cycle)))

    def put(self, kr: str, cycle: str, baseline: Baseline, at: datetime) -> None:
        entries = [[*ref, str(entry.weight), entry.done] for ref, entry in sorted(baseline.items())]
        row = {"kr": kr, "cycle": cycle, "entries": entries, "at": at}
        with self._database.write() as database:
            database.execute(self._database.upsert(BASELINES), row)


def _baseline(entries: Iterable[tuple[str, str, str, bool]]) -> Baseline:
    """Weights repeat from item to item: each is made once."""
    weights: dict[str, Fraction] = {}
    found: dict[ItemRef, BaselineEntry] = {}
    for connection, id, weight, done in entries:
        if weight not in weights:
            weights[weight] = Fraction(weight)
        found[ItemRef(connection, id)] = BaselineEntry(weights[weight], done)
    return found
