from __future__ import annotations

import json
import tomllib
from datetime import date, datetime
from pathlib import Path
from typing import Any

import jsonschema_rs
import pytest

from bridge.config.schema import schema, shipped, text

ROOT = Path(__file__).resolve().parents[3]
FILES = ("config", "okrs")


def plain(value: Any) -> Any:
    """As an editor sees TOML: days as strings."""
    match value:
        case date() | datetime():
            return value.isoformat()
        case dict():
            return {k: plain(v) for k, v in value.items()}
        case list():
            return [plain(v) for v in value]
        case _:
            return value


def example(which: str) -> Any:
    name = {"config": "config.example.toml", "okrs": "okrs.example.toml"}[which]
    return plain(tomllib.loads((ROOT / name).read_text(encoding="utf-8")))


def valid(which: Any, data: Any) -> bool:
    return jsonschema_rs.validator_for(schema(which)).is_valid(data)


@pytest.mark.parametrize("which", FILES)
def test_the_shipped_schema_is_what_the_models_say(which):
    assert shipped(which) == text(which)


@pytest.mark.parametrize("which", FILES)
def test_a_schema_is_one_and_takes_the_example(which):
    jsonschema_rs.meta.validate(schema(which))
    assert valid(which, example(which))


def fields(part: Any, place: str = "") -> Any:
    for name, inner in part.get("properties", {}).items():
        yield f"{place}.{name}", inner


@pytest.mark.parametrize("which", FILES)
def test_every_key_is_described_for_editors(which):
    made = schema(which)
    shapes = {"": made, **made["$defs"]}
    bare = [
        place
        for name, shape in shapes.items()
        for place, inner in fields(shape, name)
        if "description" not in inner and "$ref" not in inner
    ]
    assert bare == []


@pytest.mark.parametrize("which", FILES)
def test_nothing_is_offered_that_toml_cannot_say(which):
    assert "null" not in json.dumps(schema(which))


def test_stated_defaults_are_of_the_kind_that_is_asked_for():
    for which in FILES:
        made = schema(which)
        for shape in made["$defs"].values():
            for name, inner in fields(shape):
                if "default" in inner:
                    whole = {**inner, "$defs": made["$defs"]}
                    assert jsonschema_rs.validator_for(whole).is_valid(inner["default"]), name


WRONG = {
    "an unknown section": ("config", {"brdige": {}}),
    "an unknown key": ("config", {"bridge": {"zone": "UTC"}}),
    "a wrong word": ("config", {"pace": {"rule": "x"}}),
    "no token": ("config", {"connections": {"a": {"tool": "jira", "url": "https://a.b"}}}),
    "a wrong kind": ("config", {"brake": {"share": "0.3"}}),
    "a key result without title": ("okrs", {"objectives": [{"id": "O", "title": "T", "key_results": [{}]}]}),
    "a cycle without end": ("okrs", {"cycle": {"id": "Q", "start": "2026-10-01"}}),
}


@pytest.mark.parametrize(("which", "data"), WRONG.values(), ids=WRONG)
def test_a_wrong_file_is_marked_by_an_editor_too(which, data):
    assert not valid(which, data)


def test_what_the_loader_takes_as_empty_an_editor_takes_too():
    kr = {"id": "K", "title": "T", "guard": {}, "blend": {}, "metric": {}, "rollup": {"unestimated": 2}}
    assert valid("okrs", {"objectives": [{"id": "O", "title": "T", "key_results": [kr]}]})
    one = {"tool": "jira", "url": "https://a.b", "token": "env:X", "comment_visibility": {}, "ca_bundle": ""}
    assert valid("config", {"connections": {"a": one}, "publish": {"fields": "off", "comment": False}})
