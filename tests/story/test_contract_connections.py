"""Two sites in one key result: each item is told with the site that it is on."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from bridge.sandbox import Sandbox
from tests.story_desk import Desk

KEY_RESULTS = """
[[objectives.key_results]]
id = "K1"
title = "2 stories on each of 2 sites"
links = [{{ connection = "acme", keys = ["{key}"] }}, {{ connection = "other", keys = ["{key}"] }}]
"""
OTHER = """
[connections.other]
tool = "jira"
url = "{url}"
token = "env:STORY_TOKEN"
"""


@pytest.fixture
def two(cloud_desk: Desk) -> Iterator[tuple[Desk, str]]:
    """The second site numbers its issues like the first: the same keys stand on both."""
    key, _ = cloud_desk.epic("done", "todo")
    with Sandbox(deployment="datacenter") as other:
        while (epic := other.jira.add_issue("SHOP", "Epic", "An Epic").key) != key:
            assert len(epic) <= len(key)
        for _ in range(2):
            other.jira.resolve(other.jira.add_issue("SHOP", "Story", "A story", parent=key).key)
        cloud_desk.configure(more=OTHER.format(url=other.url))
        cloud_desk.okrs(KEY_RESULTS.format(key=key))
        yield cloud_desk, key


def test_what_is_written_is_told_with_its_site(two: tuple[Desk, str]) -> None:
    desk, key = two
    assert desk.run("sync") == 0
    assert f"acme:{key}" in desk.out
    assert f"other:{key}" in desk.out


def test_an_explanation_names_the_site_of_each_item(two: tuple[Desk, str]) -> None:
    desk, key = two
    assert desk.percents() == {"K1": 75}
    desk.run("explain", "K1")
    assert f"acme:{key}" in desk.out
    assert f"other:{key}" in desk.out


def test_with_one_site_an_item_is_told_by_its_key_alone(cloud_desk: Desk) -> None:
    key, _ = cloud_desk.epic("done", "todo")
    cloud_desk.okrs(KEY_RESULTS.format(key=key).replace("other", "acme"))
    desk = cloud_desk
    assert desk.run("sync") == 0
    assert key in desk.out
    assert "acme:" not in desk.out
