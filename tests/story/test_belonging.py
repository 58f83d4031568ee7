"""Two bridges that were given one database, and a connection that was led elsewhere."""

from __future__ import annotations

import re
import sqlite3

import pytest

from tests.story_desk import Desk, kr


def call_it(desk: Desk, instance: str) -> None:
    file = desk.folder / "okr-bridge.toml"
    file.write_text(re.sub('instance = ".*"', f'instance = "{instance}"', file.read_text()))


def test_a_second_bridge_on_one_database_is_refused_before_it_asks_anything(cloud_desk: Desk) -> None:
    desk = cloud_desk
    epic, _ = desk.epic("done", "todo")
    desk.okrs(kr("KR1", keys=epic))
    assert desk.run("sync") == 0
    call_it(desk, "other")
    desk.asked()
    for command in (["sync"], ["plan"], ["provision"], ["unpublish", "--apply"], ["serve"]):
        assert desk.run(*command) == 2, command
        assert "belongs to the bridge story; this configuration says other" in desk.err
        assert "a database of its own" in desk.err
    assert desk.asked() == 0
    for command in (["status"], ["explain", "KR1"], ["runs"]):
        assert desk.run(*command) == 0, (command, desk.err)


def test_a_bridge_takes_over_another_ones_export_in_place_of_its_own(cloud_desk: Desk) -> None:
    desk = cloud_desk
    epic, _ = desk.epic("done", "todo")
    desk.okrs(kr("KR1", keys=epic))
    assert desk.run("sync") == 0
    file = str(desk.folder / "all.json")
    assert desk.run("export", file) == 0, desk.err
    call_it(desk, "other")
    assert desk.run("import", file) == 2
    assert desk.run("import", file, "--replace") == 0, desk.err
    assert desk.run("plan") == 0, desk.err
    call_it(desk, "story")
    assert desk.run("plan") == 2


def test_a_database_from_before_is_taken_as_the_present_bridges(cloud_desk: Desk) -> None:
    desk = cloud_desk
    epic, _ = desk.epic("done", "todo")
    desk.okrs(kr("KR1", keys=epic))
    assert desk.run("sync") == 0
    [file] = desk.folder.glob("*.db")
    with sqlite3.connect(file) as database:
        database.execute("DELETE FROM identities")
    database.close()
    assert desk.sync()["writes"] == []


def test_another_spelling_of_an_address_is_the_same_site_and_another_site_is_read_anew(
    cloud_desk: Desk, monkeypatch: pytest.MonkeyPatch
) -> None:
    desk = cloud_desk
    epic, _ = desk.epic("done", "todo")
    desk.okrs(kr("KR1", keys=epic))
    assert desk.percents() == {"KR1": 50}
    public, url = 'public_url = "https://okr.example"', desk.sandbox.url
    desk.configure(url=url + "/", bridge=public)
    assert desk.sync()["writes"] == []
    assert "another site" not in desk.err
    monkeypatch.setattr(desk.sandbox.jira.catalog, "base", "https://new.example")
    desk.configure(url=url.replace("127.0.0.1", "localhost"), bridge=public)
    assert desk.run("unpublish", "--apply") == 1
    assert "set `url` in [connections.acme] back" in desk.err + desk.out
    assert desk.property(epic)
    assert desk.percents() == {"KR1": 50}
    assert "acme leads to another site now" in desk.err
