"""Which property plays which part, and what a person may say of it."""

from __future__ import annotations

import pytest

from bridge import config
from bridge.errors import ConfigError
from bridge.tools import tool_of
from connectors.notion.schema import describe
from tests.notion import shapes
from tests.notion.desk import opened
from tests.notion.fake import FakeNotion

ROLES = {
    "the only status": ({"Zustand": ("status", shapes.status())}, "status", "Zustand"),
    "a name beats the type": (
        {"A": ("status", shapes.status()), "Status": ("select", {"options": []})}, "status", "Status",
    ),
    "of two without the usual name none": (
        {"A": ("status", shapes.status()), "B": ("status", shapes.status())}, "status", None,
    ),
    "a checkbox called Done": ({"Done": ("checkbox", {})}, "status", "Done"),
    "the only people": ({"Wer": ("people", {})}, "owner", "Wer"),
    "Chinese names": ({"截止日期": ("date", {})}, "due", "截止日期"),
    "without regard to case": ({"story points": ("number", {"format": "number"})}, "points", "story points"),
    "no text for a number": ({"Points": ("rich_text", {})}, "points", None),
    "nothing typical for labels": ({"X": ("multi_select", {"options": []})}, "labels", None),
}  # fmt: skip


def facts(of, **more):
    notion = FakeNotion()
    source = notion.database("One", {"Name": ("title", {}), **of})
    connector = opened(notion, databases=(source,), **more)
    return describe(connector.api, connector.settings)["sources"][source]


@pytest.mark.parametrize(("of", "role", "want"), ROLES.values(), ids=ROLES)
def test_properties_are_found_by_name_and_type(of, role, want):
    told = facts(of)
    found = told["roles"].get(role)
    assert (found and {one["id"]: name for name, one in told["properties"].items()}[found["id"]]) == want


def test_a_name_that_was_given_is_the_only_one():
    of = {"Status": ("status", shapes.status()), "Mine": ("checkbox", {})}
    assert facts(of, properties={"status": "mine"})["roles"]["status"]["type"] == "checkbox"
    assert "status" not in facts(of, properties={"status": "Nope"})["roles"]


def test_databases_of_one_name_are_told_apart():
    notion = FakeNotion()
    twins = [notion.database("Twin", {"Name": ("title", {})}) for _ in range(2)]
    connector = opened(notion, databases=tuple(twins))
    assert {one["name"] for one in connector.describe()["sources"].values()} == {f"Twin {id}" for id in twins}


FILE = """
[bridge]
instance = "x"
[connections.no]
tool = "notion"
token = "env:T"
{more}
"""


def load(tmp_path, more):
    file = tmp_path / "okr-bridge.toml"
    file.write_text(FILE.format(more=more), encoding="utf-8")
    return config.load(file, {"T": "secret"})


def test_a_section_needs_its_token_and_databases_alone(tmp_path):
    one = load(tmp_path, 'databases = ["x"]').connections["no"]
    assert (one.url, one.concurrency, one.time_unit) == ("https://api.notion.com/v1", 3, "hours")
    assert tool_of(one).title == "Notion"


BAD = {
    "no databases": "",
    "an empty list": "databases = []",
    "an empty name": 'databases = [""]',
    "a unit of time that is none": 'databases = ["x"]\ntime_unit = "weeks"',
    "an unknown option": 'databases = ["x"]\nstatus_property = "Status"',
}


@pytest.mark.parametrize("more", BAD.values(), ids=BAD)
def test_a_section_that_is_wrong_is_refused(tmp_path, more):
    with pytest.raises(ConfigError):
        load(tmp_path, more)
