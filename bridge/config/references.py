"""Values of the file that need the file's own folder or the environment: secrets, paths, addresses."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Annotated, Any

from pydantic import BeforeValidator, PlainSerializer, PlainValidator, ValidationInfo, WithJsonSchema

from bridge.config.types import no_password, refuse, web_address
from bridge.secrets import FORMS, Secret, is_reference

_DATABASE = re.compile(r"(?:env:[A-Za-z_]\w{0,99}|[a-z][a-z0-9_]*(?:\+[a-z0-9_]+)?://.*)", re.ASCII)
_RELATIVE_SQLITE = re.compile(r"(sqlite(?:\+\w+)?):///(?!/|:memory:|file:)([^?]+)(.*)")


@dataclass(frozen=True, slots=True)
class Surroundings:
    """Where the file lies and what the environment holds, for references and relative paths."""

    folder: Path = Path()
    environ: Mapping[str, str] = field(default_factory=dict)


def _around(info: ValidationInfo) -> Surroundings:
    return info.context if isinstance(info.context, Surroundings) else Surroundings()


def _secret(value: object, info: ValidationInfo) -> Secret:
    if isinstance(value, Secret):
        return value
    if not isinstance(value, str):
        raise refuse("must be a reference to a secret, in quotes", FORMS)
    if not is_reference(value):
        raise refuse("a secret must not stand in this file", f"name where it is: {FORMS}")
    around = _around(info)
    return Secret(value, around.environ, around.folder)


def _from_environ(value: str, info: ValidationInfo) -> Secret | None:
    if not value.startswith("env:"):
        return None
    if not is_reference(value):
        raise refuse("must name an environment variable after env:", 'such as "env:DATABASE_URL"')
    return Secret(value, _around(info).environ)


def _text(value: object) -> str:
    if not isinstance(value, str):
        raise refuse("must be text, in quotes")
    return value


def _database(value: object, info: ValidationInfo) -> str | Secret:
    if isinstance(value, Secret):
        return value
    text = _text(value)
    if secret := _from_environ(text, info):
        return secret
    if not _DATABASE.fullmatch(text):
        raise refuse(
            "must be a database address", "such as sqlite:///okr-bridge.db or postgresql+psycopg://host/name"
        )
    if not re.match(r"(?:sqlite|postgres)", text):
        raise refuse("must be SQLite or PostgreSQL", "sqlite:///FILE or postgresql://HOST/NAME")
    return no_password(text)


def _proxy(value: object, info: ValidationInfo) -> str | Secret:
    if isinstance(value, Secret):
        return value
    text = _text(value)
    if secret := _from_environ(text, info):
        return secret
    if text and not re.match(r"(?:https?|socks5h?)://\S+$", text):
        raise refuse("must be a proxy's address", "such as http://proxy.corp:3128")
    return no_password(text)


def _ping(value: object, info: ValidationInfo) -> str | Secret:
    if isinstance(value, Secret):
        return value
    text = _text(value)
    return _from_environ(text, info) or (web_address(text) if text else "")


def _okrs(value: object, info: ValidationInfo) -> tuple[Path, ...]:
    names = (value,) if isinstance(value, str) else value
    if not isinstance(names, tuple) or not names:
        raise refuse("must be a file, a list of files or a folder, in quotes")
    if not all(isinstance(name, str) and name.strip() for name in names):
        raise refuse("must name files in quotes")
    return tuple(_around(info).folder / Path(name).expanduser() for name in names)


def _bundle(value: object, info: ValidationInfo) -> Path | None:
    text = _text(value) if value is not None else ""
    return _around(info).folder / Path(text).expanduser() if text else None


def _written(value: Any) -> Any:
    return value.reference if isinstance(value, Secret) else value


_STRING = WithJsonSchema({"type": "string"})
_SHOWN = PlainSerializer(_written)
SecretReference = Annotated[Secret, PlainValidator(_secret), _SHOWN, _STRING]
Database = Annotated[Secret | str, PlainValidator(_database), _SHOWN, _STRING]
Proxy = Annotated[Secret | str, PlainValidator(_proxy), _SHOWN, _STRING]
Ping = Annotated[Secret | str, PlainValidator(_ping), _SHOWN, _STRING]
Bundle = Annotated[Path | None, PlainValidator(_bundle), _STRING]
OkrPaths = Annotated[
    tuple[Path, ...],
    BeforeValidator(_okrs),
    WithJsonSchema(
        {
            "anyOf": [
                {"type": "string"},
                {"type": "array", "items": {"type": "string"}, "minItems": 1},
            ]
        }
    ),
]


def revealed(value: str | Secret) -> str:
    """The address itself, read from the environment where it is named by reference."""
    return value.reveal() if isinstance(value, Secret) else value


def settled(url: str, folder: Path) -> str:
    """The database address with a relative SQLite file counted from `folder`."""
    match = _RELATIVE_SQLITE.fullmatch(url)
    if match is None:
        return url
    return f"{match[1]}:///{(folder / match[2]).absolute()}{match[3]}"
