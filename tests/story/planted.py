"""Secrets to plant, the forms they may come back in, and a search of all that a bridge leaves behind."""

from __future__ import annotations

import base64
import html
import json
import re
import sqlite3
from collections.abc import Callable, Iterator
from pathlib import Path
from urllib.parse import quote, quote_plus

import psycopg

PASSWORDS = {
    "token": "T0k3n-gr4ft/+=&%41<x>",
    "hook": "H00k-gr4ft/+=&%41<x>",
    "proxy": "Pr0xy-gr4ft/+&%41",
    "database": "Dat4base-gr4ft/+&%41",
}
PING = "p1ng-gr4ft-0a1b2c3d"


def swapped(text: str) -> str:
    """%2F as %2f."""
    return re.sub(r"%..", lambda found: found[0].lower(), text)


FORMS: dict[str, Callable[[str], str]] = {
    "plain": str,
    "quoted": lambda value: quote(value, safe=""),
    "quoted as a form": quote_plus,
    "quoted in small letters": lambda value: swapped(quote(value, safe="")),
    "in JSON": lambda value: json.dumps(value)[1:-1],
    "in a page": html.escape,
    "base64": lambda value: base64.b64encode(value.encode()).decode(),
    "a login": lambda value: base64.b64encode(f"bot:{value}".encode()).decode(),
    "hex": lambda value: value.encode().hex(),
    "HEX": lambda value: value.encode().hex().upper(),
}


def secrets() -> dict[str, str]:
    return PASSWORDS | {"ping": PING}


def echo(*without: str) -> str:
    """What a system might say that repeats everything it was ever told."""
    values = [value for name, value in secrets().items() if name not in without]
    return " ".join(form(value) for value in values for form in FORMS.values())


def needles() -> Iterator[tuple[str, bytes]]:
    """What must be found nowhere: every form of every secret, and of a form's beginning."""
    for name, value in secrets().items():
        for kind, form in FORMS.items():
            shown = form(value)
            yield f"{name}, {kind}", shown.encode()
            yield f"{name}, {kind}, in part", shown[4 : max(12, len(shown) // 2)].encode()
    yield "a piece", b"gr4ft"
    yield "a piece in hex", b"gr4ft".hex().encode()


def found_in(held: bytes) -> set[str]:
    return {name for name, needle in needles() if needle in held}


def on_disk(folder: Path) -> bytes:
    """Every byte of the database, its journal included, and what a dump of it says."""
    files = [path for path in folder.rglob("*") if ".db" in path.name and path.is_file()]
    dumps = []
    for path in files:
        if path.suffix == ".db":
            with sqlite3.connect(path) as database:
                dumps.append("\n".join(database.iterdump()).encode(errors="surrogatepass"))
            database.close()
    return b"\n".join([*(path.read_bytes() for path in files), *dumps])


def in_postgresql(url: str) -> bytes:
    """Every row of every table, as text."""
    with psycopg.connect(url) as connection:
        names = connection.execute(
            "SELECT table_name FROM information_schema.tables WHERE table_schema = 'public'"
        ).fetchall()
        assert len(names) > 10
        rows = [
            connection.execute(f'SELECT t::text FROM "{name}" t'.encode()).fetchall() for (name,) in names
        ]
    return "\n".join(text for table in rows for (text,) in table).encode()
