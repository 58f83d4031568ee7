"""Rows as a Parquet file, for notebooks and warehouses."""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path
from typing import Any

from bridge.errors import UsageError

TYPES = {
    "day": "DATE", "what": "VARCHAR", "id": "VARCHAR", "progress": "DOUBLE", "percent": "INTEGER",
    "exact": "VARCHAR", "computed": "DOUBLE", "source": "VARCHAR", "override": "DOUBLE",
}  # fmt: skip
"""What each column holds; any other is a whole number."""


def write_parquet(path: Path, columns: tuple[str, ...], rows: Iterable[tuple[Any, ...]]) -> None:
    """Write the rows whole or not at all. Raises UsageError where the library is missing or the file cannot
    be written."""
    try:
        import duckdb
    except ImportError:
        hint = "install it: pip install 'okr-bridge[parquet]'; or take --csv, which needs nothing"
        raise UsageError("Parquet needs a library that is not installed", hint) from None
    part = Path(f"{path}.part")
    kinds = [TYPES.get(name, "INTEGER") for name in columns]
    declared = ", ".join(f'"{name}" {kind}' for name, kind in zip(columns, kinds, strict=True))
    lists = ", ".join(f"unnest(?::{kind}[])" for kind in kinds)
    with duckdb.connect() as database:
        database.execute(f"CREATE TABLE history ({declared})")
        if found := list(rows):
            database.execute(
                f"INSERT INTO history SELECT {lists}", [list(one) for one in zip(*found, strict=True)]
            )
        try:
            database.table("history").write_parquet(str(part), compression="zstd")
            part.replace(path)
        except (OSError, duckdb.IOException) as error:
            raise UsageError(
                f"{path}: it cannot be written", "name a file in a folder that is there"
            ) from error
