"""A database that was lost: what stands on the site already is taken up again."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.story_desk import Desk

KEY_RESULTS = """
[[objectives.key_results]]
id = "K1"
title = "4 stories"
links = [{{ connection = "acme", keys = ["{key}"] }}]
"""


def forget(folder: Path) -> None:
    for file in folder.glob("okr-bridge.db*"):
        file.unlink()


@pytest.fixture
def lost(desk: Desk) -> tuple[Desk, str]:
    key, _ = desk.epic("done", "todo")
    desk.okrs(KEY_RESULTS.format(key=key))
    desk.run("fields", "install", "--apply")
    assert len(desk.sync()["writes"]) >= 8
    forget(desk.folder)
    return desk, key


def test_after_a_lost_database_the_second_run_asks_no_more_than_usual(lost: tuple[Desk, str]) -> None:
    desk, _ = lost
    desk.sync()
    second = desk.sync()
    assert second["writes"] == []
    assert second["run"]["requests"]["acme"] <= 3


def test_after_a_lost_database_what_was_made_can_still_be_removed(lost: tuple[Desk, str]) -> None:
    desk, _ = lost
    desk.sync()
    steps = desk.json("unpublish")["steps"]
    assert {step["what"] for step in steps} == {"values", "comment", "remote link"}


def test_a_dry_run_takes_up_nothing(lost: tuple[Desk, str]) -> None:
    desk, _ = lost
    desk.sync("--dry-run")
    assert desk.json("unpublish")["steps"] == []
