"""JSON Schemas of the two files, for editors: made from the models, and shipped as files."""

from __future__ import annotations

import json
from decimal import Decimal
from importlib.resources import files
from typing import Any

from pydantic import BaseModel
from pydantic.json_schema import GenerateJsonSchema

from bridge.config.models import Settings

_TITLES = {"config": "okr-bridge.toml", "okrs": "okrs.toml"}


def schema(which: str) -> dict[str, Any]:
    """The schema of "config" or "okrs" that the models say; numbers stand as numbers, days as strings."""
    made = _lean(_model(which).model_json_schema(schema_generator=_Plain))
    return {"$schema": "https://json-schema.org/draft/2020-12/schema", "title": _TITLES[which], **made}


def text(which: str) -> str:
    """The schema as the file that is shipped."""
    return json.dumps(schema(which), indent=2, ensure_ascii=False) + "\n"


def shipped(which: str) -> str:
    """The text of the schema that came with the package."""
    return files("bridge").joinpath("schemas", f"{which}.schema.json").read_text(encoding="utf-8")


def _model(which: str) -> type[BaseModel]:
    if which == "config":
        return Settings
    from bridge.okrs.file import OkrFile

    return OkrFile


class _Plain(GenerateJsonSchema):
    def encode_default(self, dft: Any) -> Any:
        return _plain(dft)


def _plain(value: Any) -> Any:
    match value:
        case Decimal():
            return int(value) if value == value.to_integral_value() else float(value)
        case BaseModel():
            return {name: _plain(getattr(value, name)) for name in value.model_fields_set}
        case tuple():
            return [_plain(v) for v in value]
        case _:
            return value


def _lean(made: Any) -> Any:
    """Without what TOML cannot say (null) and without titles that repeat the name."""
    match made:
        case {"anyOf": [{"type": "null"}, only] | [only, {"type": "null"}], **rest}:
            return _lean({**rest, **only})
        case {"anyOf": list(shapes), **rest} if {"type": "null"} in shapes:
            return _lean({**rest, "anyOf": [shape for shape in shapes if shape != {"type": "null"}]})
        case dict():
            return {k: _lean(v) for k, v in made.items() if not _noise(k, v)}
        case list():
            return [_lean(v) for v in made]
        case _:
            return made


def _noise(key: str, value: Any) -> bool:
    return (key == "title" and isinstance(value, str)) or (key == "default" and value is None)
