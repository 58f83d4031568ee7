"""OKRs as one JSON text: the same content gives the same text, whatever the layout of the files.

Values that equal their default are left out, so that a new setting does not change old texts.
"""

from __future__ import annotations

import dataclasses
import hashlib
import json
import types
from collections.abc import Mapping
from datetime import date
from decimal import Decimal
from enum import Enum
from functools import cache
from typing import Any, Union, get_args, get_origin, get_type_hints

from bridge.errors import StoreError
from bridge.model import FieldValue, Keys, Label, Okrs, Project, Query

VERSION = 1

_SELECTORS: dict[str, type] = {
    "keys": Keys,
    "query": Query,
    "label": Label,
    "project": Project,
    "field": FieldValue,
}
_WORDS = {kind: word for word, kind in _SELECTORS.items()}


def document(okrs: Okrs) -> str:
    """The text, in ASCII, sorted and without spaces; numbers are exact."""
    content = {"version": VERSION, **_plain(okrs)}
    return json.dumps(content, ensure_ascii=True, sort_keys=True, separators=(",", ":"))


def digest(okrs: Okrs) -> str:
    """What this content is known by: the SHA-256 of its document, in hexadecimal."""
    return hashlib.sha256(document(okrs).encode()).hexdigest()


def from_document(text: str) -> Okrs:
    """The OKRs of a document, equal to those it was made of. Raises StoreError for any other text."""
    try:
        content = json.loads(text)
        if content.pop("version") != VERSION:
            raise StoreError("this revision of the OKRs was kept by another version", "upgrade okr-bridge")
        okrs = _typed(content, Okrs)
    except (ValueError, KeyError, TypeError, AttributeError, ArithmeticError) as error:
        raise StoreError(f"a kept revision of the OKRs cannot be read: {type(error).__name__}") from error
    assert isinstance(okrs, Okrs)
    return okrs


def _plain(value: Any) -> Any:
    match value:
        case Enum():
            return value.value
        case Decimal():
            return _exact(value)
        case date():
            return value.isoformat()
        case tuple():
            return [_plain(v) for v in value]
        case Mapping():
            return {k: _plain(v) for k, v in value.items()}
        case _ if dataclasses.is_dataclass(value):
            fields = {
                field.name: _plain(given)
                for field in dataclasses.fields(value)
                if (given := getattr(value, field.name)) != _default(field)
            }
            word = _WORDS.get(type(value))
            return {"by": word, **fields} if word else fields
        case _:
            return value


def _default(field: dataclasses.Field[Any]) -> Any:
    if field.default_factory is not dataclasses.MISSING:
        return field.default_factory()
    return field.default


def _exact(number: Decimal) -> str:
    """One spelling for each value: 2, 2.0 and 20e-1 are all 2."""
    text = format(number, "f")
    text = text.rstrip("0").rstrip(".") if "." in text else text
    return "0" if text in ("-0", "") else text


def _typed(value: Any, kind: Any) -> Any:
    origin, inner = get_origin(kind), get_args(kind)
    if origin in (Union, types.UnionType):
        return _member(value, inner)
    if origin is tuple:
        return tuple(_typed(v, inner[0]) for v in value)
    if origin is not None and issubclass(origin, Mapping):
        return {k: _typed(v, inner[1]) for k, v in value.items()}
    if isinstance(kind, type) and dataclasses.is_dataclass(kind):
        hints = _hints(kind)
        return kind(**{name: _typed(v, hints[name]) for name, v in value.items()})
    if kind is date:
        return date.fromisoformat(value)
    if kind is Decimal or (isinstance(kind, type) and issubclass(kind, Enum)):
        return kind(value)
    return value


def _member(value: Any, members: tuple[Any, ...]) -> Any:
    """A value of a union: a selector by its word, a number or a word, or nothing."""
    if value is None:
        return None
    if isinstance(value, dict) and "by" in value:
        fields = dict(value)
        return _typed(fields, _SELECTORS[fields.pop("by")])
    if str in members:
        return value if value in ("mean", "exclude") else Decimal(value)
    return _typed(value, next(m for m in members if m is not types.NoneType))


@cache
def _hints(kind: Any) -> dict[str, Any]:
    return get_type_hints(kind)
