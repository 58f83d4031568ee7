"""What a database driver says, told in one line with the next step; the URL's password never in it."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator
from contextlib import contextmanager

import sqlalchemy as sa
from sqlalchemy.exc import DataError, DBAPIError, IntegrityError, SQLAlchemyError

from bridge.errors import StoreError

HINTS = (
    ("database is locked", "another process is writing to it: let it finish, then try again"),
    ("lock timeout", "another process is writing to it: let it finish, then try again"),
    ("disk is full", "free some space on its disk; what was being saved is not, all else is"),
    ("no space left", "free some space on the server's disk; what was being saved is not, all else is"),
    ("disk i/o error", "look at the disk: it is full, failing or unmounted"),
    ("unable to open", "the folder must exist and be writable, and the file be no folder"),
    ("readonly", "the file and its folder must be writable by this user"),
    ("permission denied", "this database user needs to create tables and to write to them"),
    ("not a database", "name another file in [bridge] database, or move this one away"),
    ("malformed", "the file is damaged: move it away and import the last export"),
    ("password", "check the user and the password in the URL that [bridge] database names"),
    ("no such role", "check the user in the URL that [bridge] database names"),
    ("role ", "check the user in the URL that [bridge] database names"),
    ("does not exist", "create the database first: createdb NAME"),
    ("already exists", "another program's tables are in this database: give the bridge one of its own"),
    ("refused", "is the server running, and are host and port right?"),
    ("resolve", "is the server's name right?"),
    ("translate host", "is the server's name right?"),
    ("timeout", "can the server be reached from here?"),
    ("too many", "the server takes no more connections: close some, or raise max_connections"),
    ("no such table", "another file was put in its place: start okr-bridge again"),
    ("read-only transaction", "the server takes no writes now: name the primary, or wait for it"),
    ("shutting down", "the server is stopping: try again once it is back"),
    ("starting up", "the server is still starting: try again in a moment"),
    ("closed", "the server went away: try again once it is back"),
    ("terminat", "the server went away: try again once it is back"),
)
DEFECTS = (IntegrityError, DataError)


def place(url: sa.URL) -> str:
    """Where a database is, without its secrets."""
    if url.get_backend_name() == "sqlite":
        return f"database {url.database or ':memory:'}"
    port = f":{url.port}" if url.port else ""
    return f"database {url.database or ''} on {url.host or 'this machine'}{port}"


def told(where: str, error: BaseException, secret: str = "") -> StoreError:
    """The error as a person can act on it: the driver's own words, one line, and a hint."""
    origin = error.orig if isinstance(error, DBAPIError) and error.orig else error
    lines = str(origin).strip().splitlines() or [type(origin).__name__]
    said = " ".join(lines[0].split())
    if secret:
        said = said.replace(secret, "***")
    hint = next((hint for mark, hint in HINTS if mark in said.lower()), "")
    return StoreError(f"{where}: {said}", hint)


@contextmanager
def telling(where: str, secret: str = "") -> Iterator[None]:
    """Turn what the driver raises into StoreError; a broken rule of our own tables stays a defect."""
    try:
        yield
    except DEFECTS:
        raise
    except (SQLAlchemyError, sqlite3.Error) as error:
        raise told(where, error, secret) from error
