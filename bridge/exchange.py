"""Everything that the store holds as one JSON text, and back: lossless, whatever the database.

`{"format": "okr-bridge", "version": 1, "tables": {name: {"columns": [...], "rows": [[...], ...]}}}`.
Fractions and decimals are exact text, instants and days ISO 8601, instants in UTC.

What belongs to one database and one moment stays behind: leases, pauses that connections asked for,
schedules, notices, and writes that are to be tried again (they fail or succeed anew all by themselves).
So does whose the database is: what was moved belongs to the bridge that takes it in.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable, Iterator, Mapping
from datetime import date, datetime
from decimal import Decimal
from fractions import Fraction
from itertools import islice
from typing import Any

import sqlalchemy as sa
from sqlalchemy.exc import DataError, IntegrityError
from sqlmodel import UTCDateTime

from bridge.errors import UsageError
from bridge.store import Store
from bridge.store.columns import ExactDecimal, ExactFraction, Json, Numbers, PlainText, Strings
from bridge.store.identities import BRIDGE
from bridge.store.tables import IDENTITIES, LASTING, LATER, METADATA, PARKED

FORMAT = "okr-bridge"
VERSION = 1
BATCH = 2_000
LARGEST = 2**31
WRONG = (ValueError, TypeError, ArithmeticError)

Document = Mapping[str, Any]
Check = Callable[[Any], Any]


def export(store: Store) -> str:
    """All of it, as of one moment; the same text for the same content."""
    return "".join(pieces(store))


def pieces(store: Store) -> Iterator[str]:
    """The text of `export` bit by bit, one row a line, for stores that are large."""
    yield f'{{"format":"{FORMAT}","version":{VERSION},"tables":{{'
    with store.database.read(snapshot=True) as connection:
        for number, table in enumerate(LASTING):
            names = json.dumps(table.columns.keys())
            yield f'{"," if number else ""}\n"{table.name}":{{"columns":{names},"rows":['
            for place, row in enumerate(_rows(connection, table)):
                yield ("," if place else "") + "\n" + _line(row)
            yield "]}"
    yield "\n}}"


def import_document(store: Store, text: str, *, replace: bool = False) -> int:
    """Take in an export, all or nothing; how many rows. Raises UsageError for a text that is no export
    of this version, and for a store that is not empty unless it is to be replaced."""
    tables = _tables(_parsed(text))
    try:
        with store.database.write() as connection:
            _make_room(connection, replace)
            count = sum(_fill(connection, table, tables[table.name]) for table in LASTING)
            if store.database.dialect == "postgresql":
                _move_sequences(connection)
    except (IntegrityError, DataError) as error:
        reason = str(error.orig).splitlines()[0]
        raise UsageError(f"the export contradicts itself: {reason}", "nothing was changed") from error
    return count


def _rows(connection: sa.Connection, table: sa.Table) -> Iterable[Any]:
    bytewise = "BINARY" if connection.dialect.name == "sqlite" else "C"
    order = [sa.collate(c, bytewise) if isinstance(c.type, PlainText) else c for c in table.primary_key]
    every = sa.select(table).order_by(*order)
    return connection.execution_options(yield_per=BATCH).execute(every)


def _line(row: Any) -> str:
    return json.dumps(tuple(row), default=_as_text, separators=(",", ":"))


def _as_text(value: Fraction | Decimal | date) -> str:
    return value.isoformat() if isinstance(value, date) else str(value)


def _parsed(text: str) -> Document:
    try:
        document = json.loads(text)
    except (ValueError, RecursionError) as error:
        raise UsageError(f"this is no JSON: {error}", "name a file that `okr-bridge export` wrote") from error
    if not isinstance(document, dict) or document.get("format") != FORMAT:
        raise UsageError("this is no export of okr-bridge", "name a file that `okr-bridge export` wrote")
    if document.get("version") != VERSION:
        raise UsageError(
            f"the export is of format version {document.get('version')!r}, this okr-bridge reads {VERSION}",
            "import it with the okr-bridge that wrote it, or with a newer one",
        )
    return document


def _tables(document: Document) -> Document:
    """The tables, each known to be there with just its columns; those that are younger than the export
    are empty."""
    tables = document.get("tables")
    if not isinstance(tables, dict):
        raise UsageError("the export has no tables", "the file was cut or changed: export again")
    empty = {table.name: {"columns": table.columns.keys(), "rows": []} for table in LATER}
    tables = empty | tables
    _same("the export", set(tables), {table.name for table in LASTING}, "table")
    for name, content in tables.items():
        if not isinstance(content, dict) or set(content) != {"columns", "rows"}:
            raise UsageError(f"table {name}: it is no table", "the file was changed: export again")
        columns = content["columns"]
        if not isinstance(columns, list) or not all(isinstance(c, str) for c in columns):
            raise UsageError(f"table {name}: its columns are no names", "the file was changed: export again")
        if len(columns) != len(set(columns)) or not isinstance(content["rows"], list):
            raise UsageError(f"table {name}: it is no table", "the file was changed: export again")
        _same(f"table {name}", set(columns), set(METADATA.tables[name].columns.keys()), "column")
    return tables


def _same(where: str, found: set[str], wanted: set[str], what: str) -> None:
    for problem, names in (("lacks", wanted - found), ("has an unknown", found - wanted)):
        if names:
            raise UsageError(
                f"{where} {problem} {what}: {', '.join(sorted(names))}",
                "import it with the okr-bridge that wrote it",
            )


def _make_room(connection: sa.Connection, replace: bool) -> None:
    if replace:
        connection.execute(PARKED.delete())
        connection.execute(IDENTITIES.delete().where(IDENTITIES.c.connection != BRIDGE))
    for table in reversed(LASTING):
        if replace:
            connection.execute(table.delete())
        elif connection.scalar(sa.select(sa.exists(sa.select(sa.literal(1)).select_from(table)))):
            raise UsageError(
                f"the store is not empty ({table.name})", "export it first, then add --replace to drop it"
            )


def _fill(connection: sa.Connection, table: sa.Table, content: Document) -> int:
    names = content["columns"]
    checks = [(name, _check(table.columns[name])) for name in names]
    rows: Iterator[Any] = iter(content["rows"])
    count = 0
    while batch := list(islice(rows, BATCH)):
        made = [_row(f"table {table.name}, row {count + n}", row, checks) for n, row in enumerate(batch, 1)]
        connection.execute(table.insert(), made)
        count += len(made)
    return count


def _row(where: str, row: Any, checks: list[tuple[str, Check]]) -> dict[str, Any]:
    if not isinstance(row, list) or len(row) != len(checks):
        raise UsageError(f"{where}: not one value for each column", "nothing was changed")
    made = {}
    for value, (name, check) in zip(row, checks, strict=True):
        try:
            made[name] = check(value)
        except WRONG as error:
            raise UsageError(f"{where}: {name} cannot be read", "nothing was changed") from error
    return made


def _check(column: sa.Column[Any]) -> Check:
    """What turns a JSON value into the column's; it raises one of WRONG for what does not belong there."""
    check = _check_type(column.type)
    if isinstance(column.type, Json) or not column.nullable:
        return check
    return lambda value: None if value is None else check(value)


def _check_type(kind: sa.types.TypeEngine[Any]) -> Check:
    match kind:
        case Json():
            return lambda value: value
        case Strings():
            return lambda value: tuple(_text(s) for s in _list(value))
        case Numbers():
            return lambda value: tuple((_text(name), Decimal(_text(n))) for name, n in _list(value))
        case ExactFraction():
            return lambda value: Fraction(_text(value))
        case ExactDecimal():
            return lambda value: Decimal(_text(value))
        case UTCDateTime():
            return lambda value: _aware(datetime.fromisoformat(_text(value)))
        case sa.Date():
            return lambda value: date.fromisoformat(_text(value))
        case sa.Boolean():
            return lambda value: _of(bool, value)
        case sa.Integer():
            return _whole
        case _:
            return _text


def _of(kind: type, value: Any) -> Any:
    if type(value) is not kind:
        raise TypeError(kind.__name__)
    return value


def _whole(value: Any) -> int:
    if not -LARGEST <= _of(int, value) < LARGEST:
        raise ValueError("no whole number of 32 bits")
    return int(value)


def _text(value: Any) -> str:
    return str(_of(str, value))


def _list(value: Any) -> list[Any]:
    return list(_of(list, value))


def _aware(value: datetime) -> datetime:
    if value.utcoffset() is None:
        raise ValueError("an instant without its zone")
    return value


def _move_sequences(connection: sa.Connection) -> None:
    """PostgreSQL counts on from what it gave out itself: tell it what came in."""
    for table in LASTING:
        if "id" in table.primary_key.columns and isinstance(table.c.id.type, sa.Integer):
            highest = sa.select(sa.func.max(table.c.id)).scalar_subquery()
            sequence = sa.func.pg_get_serial_sequence(table.name, "id")
            connection.execute(
                sa.select(sa.func.setval(sequence, sa.func.coalesce(highest, 1), highest.is_not(None)))
            )
