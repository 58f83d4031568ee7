"""A TOML file as data, or what is wrong with it; numbers stay exact."""

from __future__ import annotations

import re
import tomllib
from decimal import Decimal, InvalidOperation
from pathlib import Path
from typing import Any

from bridge.errors import ConfigError, Misconfigured

_AT = re.compile(r"\s*\(at (line \d+, column \d+|end of document)\)$")


def read(path: Path, name: str = "") -> dict[str, Any]:
    """The file's data with floats as decimals and lists as tuples. Raises ConfigError, never a value in it.

    `name` is what the file is called in errors; its own name when empty.
    """
    name = name or path.name
    try:
        text = path.read_text(encoding="utf-8-sig")
    except UnicodeDecodeError as error:
        line = error.object.count(b"\n", 0, error.start) + 1
        raise _refused(f"{name}: line {line}", "not UTF-8 text", "save the file as UTF-8") from None
    except OSError as error:
        raise _refused(name, f"cannot be read: {error.strerror}", "okr-bridge init writes one") from None
    return parse(text, name)


def parse(text: str, name: str) -> dict[str, Any]:
    try:
        data = tomllib.loads(text, parse_float=_decimal)
    except tomllib.TOMLDecodeError as error:
        message = str(error)
        at = _AT.search(message)
        end = f"line {text.count(chr(10)) + 1}, at the end of the file"
        place = f"{name}: {at[1].replace('end of document', end)}" if at else name
        raise _refused(place, f"not TOML: {_AT.sub('', message)}") from None
    except (ValueError, RecursionError):
        raise _refused(name, "not TOML that can be read: a number too long or tables too deep") from None
    frozen: dict[str, Any] = _frozen(data)
    return frozen


def _decimal(text: str) -> Decimal:
    try:
        return Decimal(text)
    except InvalidOperation:
        return Decimal("NaN")


def _frozen(value: Any) -> Any:
    match value:
        case dict():
            return {k: _frozen(v) for k, v in value.items()}
        case list():
            return tuple(_frozen(v) for v in value)
        case _:
            return value


def _refused(place: str, message: str, hint: str = "") -> ConfigError:
    return ConfigError([Misconfigured(place, message, hint)])
