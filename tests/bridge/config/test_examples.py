from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from pydantic import BaseModel

from bridge.config import JiraConnection, Settings, load, validated
from bridge.config.reading import parse
from bridge.lint import Limits, lint
from bridge.model import Kind, Okrs
from bridge.okrs import load as load_okrs
from bridge.okrs.file import KeyResultTable, LinkTable, MetricTable, ObjectiveTable, RollupTable
from bridge.tools import built_in

ROOT = Path(__file__).resolve().parents[3]
CONFIG = ROOT / "config.example.toml"
NO_DEFAULT = {"connections.acme.tool", "connections.acme.url", "connections.acme.token"}
STATED_OTHERWISE = {"connections.acme.email"}


@pytest.fixture(scope="module")
def text() -> str:
    return CONFIG.read_text(encoding="utf-8")


@pytest.fixture(scope="module")
def uncommented(text: str) -> dict[str, Any]:
    """The example with what it shows in comments put in force."""
    return parse(re.sub(r"^# (?=\w+ = |\[connections)", "", text, flags=re.MULTILINE), CONFIG.name)


@pytest.fixture(scope="module")
def okrs() -> Okrs:
    return load_okrs([ROOT / "okrs.example.toml"], ["acme"])


def options(model: type[BaseModel], place: str = "") -> Iterator[str]:
    for name, field in model.model_fields.items():
        default = field.get_default(call_default_factory=True)
        if isinstance(default, BaseModel):
            yield from options(type(default), f"{place}{name}.")
        elif name == "connections":
            yield from options(JiraConnection, "connections.acme.")
        else:
            yield f"{place}{name}"


def stated(data: dict[str, Any], place: str) -> bool:
    *outer, last = place.split(".")
    for name in outer:
        data = data.get(name, {})
    return last in data


def default(place: str) -> Any:
    *outer, last = place.split(".")
    model: type[BaseModel] = JiraConnection if outer[0] == "connections" else Settings
    for name in outer[2:] if outer[0] == "connections" else outer:
        model = type(model.model_fields[name].get_default(call_default_factory=True))
    return model.model_fields[last].default


def test_the_example_states_every_option(uncommented):
    assert [place for place in options(Settings) if not stated(uncommented, place)] == []


def test_the_example_has_a_section_for_every_tool_that_could_be_used_as_it_stands(uncommented):
    found = validated(uncommented, CONFIG, {})
    named = {one.tool for one in found.connections.values()}
    assert named == set(built_in()) - {"memory"}


def test_what_the_example_states_is_the_default(text):
    found, data = load(CONFIG, {}), parse(text, CONFIG.name)
    for place in set(options(Settings)) - NO_DEFAULT - STATED_OTHERWISE - {"bridge.okrs"}:
        if not stated(data, place):
            continue
        value: Any = found
        for name in place.split("."):
            value = value[name] if isinstance(value, dict) else getattr(value, name)
        assert value == default(place), place
    assert found.bridge.okrs == (ROOT / "okrs.toml",)


def test_what_the_example_shows_in_comments_holds_too(uncommented):
    found = validated(uncommented, CONFIG, {})
    assert found.schedule("acme", "sync") == "30m"
    assert found.language("acme") == "zh-CN"


def test_the_example_okrs_show_every_kind_and_every_selector(okrs):
    assert {kr.kind for kr in okrs.key_results} == set(Kind)
    shown = {type(link.selector).__name__ for kr in okrs.key_results for link in kr.links}
    assert shown == {"Keys", "Query", "Label", "Project", "FieldValue"}


def test_the_example_okrs_are_good_ones(okrs):
    assert lint(okrs, Limits()) == ()


@pytest.mark.parametrize("table", [KeyResultTable, ObjectiveTable, LinkTable, MetricTable])
def test_the_example_okrs_show_every_option(table):
    text = (ROOT / "okrs.example.toml").read_text(encoding="utf-8")
    assert [name for name in table.model_fields if not re.search(rf"\b{name}\b", text)] == []
    assert RollupTable.model_fields
