"""From the section in the file to a connection that works."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from bridge import config
from bridge.cli import invoke
from bridge.errors import ConfigError
from bridge.model import Category, Raw, Tier
from bridge.tool import Kit
from bridge.tools import built_in
from connectors.clock import system_clock
from tests.asana.fake import TOKEN
from tests.asana.site import BASE

HEAD = '[bridge]\ntimezone = "UTC"\ninstance = "here"\n'
SECTION = '\n[connections.work]\ntool = "asana"\ntoken = "env:ASANA_TOKEN"\n'
CHOSEN = """
url = "https://asana.example/api/1.0"
projects = ["500"]
group_types = ["Theme park"]
unit_types = ["Ride"]
in_progress_statuses = ["Under way"]
done_statuses = ["Shipped"]
cancelled_statuses = ["Dropped"]
blocked_statuses = ["Waiting"]
type_field = "Sort"
status_field = "Stage"
points_field = "Size"
time_field = "Effort"
time_unit = "minutes"
percent_field = "Done %"
external_data = true
subtasks = false
"""


def settings_of(folder: Path, section: str) -> config.Settings:
    file = folder / "okr-bridge.toml"
    file.write_text(HEAD + section, encoding="utf-8")
    (folder / "okrs.toml").write_text('[cycle]\nid = "Q"\nstart = 2026-10-01\nend = 2026-12-31\n', "utf-8")
    return config.load(file, {"ASANA_TOKEN": TOKEN})


def enum(name, value):
    return {"gid": "1", "name": name, "resource_subtype": "enum", "enum_value": {"gid": "2", "name": value}}


def number(name, value):
    return {"gid": "3", "name": name, "resource_subtype": "number", "format": "none", "number_value": value}


def test_every_word_of_the_section_reaches_the_mapping(tmp_path):
    one = settings_of(tmp_path, SECTION + CHOSEN).connections["work"]
    kit = Kit(clock=system_clock(), number_fields=("Impact",))
    system, mapping = built_in()["asana"].open("work", one, kit)
    assert system.settings.projects == ("500",)
    assert (system.settings.subtasks, system.settings.external_data) == (False, True)

    def item(*fields, **more):
        at = "2026-10-02T09:30:00.123Z"
        task = {"gid": "1", "completed": False, "modified_at": at, "custom_fields": fields, **more}
        return mapping.item(Raw("1", "1", task))

    assert item(enum("Sort", "theme park")).tier is Tier.GROUP
    assert item(enum("Sort", "Ride"), parent={"gid": "2"}).tier is Tier.UNIT
    assert item(enum("Stage", "Under way")).category is Category.IN_PROGRESS
    assert item(enum("Stage", "Shipped")).category is Category.DONE
    assert item(enum("Stage", "Dropped")).cancelled
    assert item(enum("Stage", "Waiting")).flagged
    assert item(number("Size", 3)).points == 3
    assert item(number("Effort", 3)).estimate_seconds == 180
    assert item(number("Done %", 30)).percent == 30
    assert item(number("Impact", 5)).numbers == (("Impact", 5),)


def test_a_property_is_an_apps_alone(tmp_path):
    asana = built_in()["asana"]
    person = settings_of(tmp_path, SECTION).connections["work"]
    app = settings_of(tmp_path, SECTION + CHOSEN).connections["work"]
    assert (asana.cannot(person), asana.cannot(app)) == ({"property"}, set())
    assert person.url == "https://app.asana.com/api/1.0"


def test_a_project_is_named_by_its_number(tmp_path):
    with pytest.raises(ConfigError, match=r"projects\.0"):
        settings_of(tmp_path, SECTION + 'projects = ["Growth"]\n')


def test_a_new_connection_is_tried_and_added(tmp_path, asana, capsys, monkeypatch):
    settings_of(tmp_path, "")
    file = tmp_path / "okr-bridge.toml"
    new = ["-c", str(file), "connections", "new", "asana", "--yes", "--json", "--set", f"url={BASE}"]
    monkeypatch.setenv("ASANA_TOKEN", "another")
    assert invoke([*new, "--set", "token=env:ASANA_TOKEN"]) == 1
    assert "asana" not in file.read_text("utf-8")
    monkeypatch.setenv("ASANA_TOKEN", TOKEN)
    capsys.readouterr()
    assert invoke([*new, "--set", "token=env:ASANA_TOKEN"]) == 0
    assert json.loads(capsys.readouterr().out)["account"] == "OKR bridge"
    assert config.load(file, {"ASANA_TOKEN": TOKEN}).connections["asana"].url == BASE
