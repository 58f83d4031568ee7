"""How exact values lie in a database: as text that reads back as the same value, on every database."""

# ruff: noqa: ARG002 - the library hands every type the dialect

from __future__ import annotations

import json
from decimal import Decimal
from fractions import Fraction
from typing import Any

from sqlalchemy import Dialect, MetaData, Text
from sqlalchemy.orm import registry
from sqlalchemy.types import TypeDecorator
from sqlmodel import Field, SQLModel

NUL = "\0"
REPLACEMENT = "\N{REPLACEMENT CHARACTER}"


ENCODER = json.JSONEncoder(separators=(",", ":"))


def dumps(value: Any) -> str:
    """JSON on one line, in ASCII, so that any text survives any database."""
    return ENCODER.encode(value)


def plain(text: str) -> str:
    """The text without what a database cannot hold: NUL and halves of surrogate pairs."""
    if text.isascii():
        return text.replace(NUL, REPLACEMENT) if NUL in text else text
    return text.replace(NUL, REPLACEMENT).encode("utf-16", "surrogatepass").decode("utf-16", "replace")


class PlainText(TypeDecorator[str]):
    """Text from people and trackers."""

    impl = Text
    cache_ok = True

    def process_bind_param(self, value: str | None, dialect: Dialect) -> str | None:
        return None if value is None else plain(value)


class ExactFraction(TypeDecorator[Fraction]):
    """A fraction as "3/4"."""

    impl = Text
    cache_ok = True

    def process_bind_param(self, value: Fraction | None, dialect: Dialect) -> str | None:
        return None if value is None else str(value)

    def process_result_value(self, value: str | None, dialect: Dialect) -> Fraction | None:
        return None if value is None else Fraction(value)


class ExactDecimal(TypeDecorator[Decimal]):
    """A decimal as it was typed: "0.50" stays "0.50"."""

    impl = Text
    cache_ok = True

    def process_bind_param(self, value: Decimal | None, dialect: Dialect) -> str | None:
        return None if value is None else str(value)

    def process_result_value(self, value: str | None, dialect: Dialect) -> Decimal | None:
        return None if value is None else Decimal(value)


class Json(TypeDecorator[Any]):
    """Any plain JSON value; None is JSON's null, never the database's."""

    impl = Text
    cache_ok = True

    def process_bind_param(self, value: Any, dialect: Dialect) -> str:
        return dumps(value)

    def process_result_value(self, value: str | None, dialect: Dialect) -> Any:
        return None if value is None else json.loads(value)


class Strings(TypeDecorator[tuple[str, ...]]):
    """A tuple of texts."""

    impl = Text
    cache_ok = True

    def process_bind_param(self, value: tuple[str, ...] | None, dialect: Dialect) -> str:
        return dumps(value) if value else "[]"

    def process_result_value(self, value: str | None, dialect: Dialect) -> tuple[str, ...]:
        return tuple(json.loads(value or "[]"))


class Numbers(TypeDecorator[tuple[tuple[str, Decimal], ...]]):
    """Named decimals, in order."""

    impl = Text
    cache_ok = True

    def process_bind_param(self, value: tuple[tuple[str, Decimal], ...] | None, dialect: Dialect) -> str:
        return dumps([[name, str(number)] for name, number in value]) if value else "[]"

    def process_result_value(self, value: str | None, dialect: Dialect) -> tuple[tuple[str, Decimal], ...]:
        return tuple((name, Decimal(number)) for name, number in json.loads(value or "[]"))


NAMES = {
    "ix": "ix_%(table_name)s_%(column_0_N_name)s",
    "fk": "fk_%(table_name)s_%(column_0_name)s",
    "pk": "pk_%(table_name)s",
}


class Table(SQLModel, registry=registry(metadata=MetaData(naming_convention=NAMES))):
    """The root of all tables; rows never leave the store."""


def text(*, key: bool = False, null: bool = False, index: bool = False) -> Any:
    return Field(sa_type=PlainText, primary_key=key, nullable=null, index=index)


def exact(kind: type[TypeDecorator[Any]], *, null: bool = False) -> Any:
    return Field(sa_type=kind, nullable=null)
