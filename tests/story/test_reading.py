"""Reading over the wire: what comes, goes, hides and lags, and how little is asked for it."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest

from bridge.sandbox.fieldtypes import PLATFORM
from tests.story_desk import Desk, kr


def later(**span: float) -> tuple[str, str]:
    """The bridge's clock, so much ahead of the site's."""
    return "--now", (datetime.now(UTC) + timedelta(**span)).isoformat(timespec="seconds")


def test_parts_come_in_and_a_hidden_one_comes_back(desk: Desk) -> None:
    """Jira leaves a hidden sub-task out of its story's list: until it is shown it is as good as deleted."""
    epic, (story, _) = desk.epic("todo", "todo")
    _, second = desk.parts(story, "done", "todo")
    desk.okrs(kr("KR1", keys=epic))
    assert desk.percents() == {"KR1": 25}
    desk.sandbox.jira.hide(second)
    assert desk.percents(*later(hours=2)) == {"KR1": 50}
    desk.sandbox.jira.hide(second, False)
    assert desk.percents(*later(hours=4)) == {"KR1": 25}


@pytest.mark.parametrize("how", [(), ("--full",)], ids=["the sweep", "reading all"])
def test_a_deleted_part_leaves_the_number(desk: Desk, how: tuple[str, ...]) -> None:
    epic, (story,) = desk.epic("todo")
    _, second = desk.parts(story, "done", "todo")
    desk.okrs(kr("KR1", keys=epic))
    assert desk.percents() == {"KR1": 50}
    desk.sandbox.jira.delete(second)
    report = desk.sync(*(how or later(hours=2)))
    assert report["problems"] == []
    assert report["key_results"][0]["percent"] == 99


def test_a_deleted_story_below_a_linked_epic_leaves_the_number_at_once(desk: Desk) -> None:
    epic, (_, second) = desk.epic("done", "todo")
    desk.okrs(kr("KR1", keys=epic))
    assert desk.percents() == {"KR1": 50}
    desk.sandbox.jira.delete(second)
    report = desk.sync()
    assert (report["key_results"][0]["percent"], report["problems"]) == (100, [])


def test_stories_move_in_and_out_of_an_epic(desk: Desk) -> None:
    first, (story, _) = desk.epic("done", "todo")
    second, _ = desk.epic("todo")
    desk.okrs(kr("KR1", keys=first) + kr("KR2", keys=second))
    assert desk.percents() == {"KR1": 50, "KR2": 0}
    desk.sandbox.jira.reparent(story, second)
    assert desk.percents() == {"KR1": 0, "KR2": 50}
    desk.sandbox.jira.reparent(story, None)
    assert desk.percents() == {"KR1": 0, "KR2": 0}


def test_an_epic_that_is_hidden_for_a_while(desk: Desk) -> None:
    epic, (_, second) = desk.epic("done", "todo")
    desk.okrs(kr("KR1", keys=epic))
    desk.run("sync")
    desk.sandbox.jira.hide(epic)
    report = desk.sync(*later(hours=2))
    assert report["run"]["outcome"] == "partial"
    assert (report["key_results"][0]["percent"], report["writes"]) == (50, [])
    desk.sandbox.jira.resolve(second)
    desk.sandbox.jira.hide(epic, False)
    assert desk.percents() == {"KR1": 100}


def test_a_linked_epic_that_is_deleted(desk: Desk) -> None:
    epic, _ = desk.epic("done", "todo")
    other, _ = desk.epic("done")
    desk.okrs(kr("KR1", keys=epic) + kr("KR2", keys=other))
    desk.run("sync")
    desk.sandbox.jira.delete(epic)
    for clock in ((), later(hours=2), later(hours=4)):
        report = desk.sync(*clock)
        assert [one["percent"] for one in report["key_results"]] == [50, 100]
    assert report["run"]["outcome"] == "partial"
    assert epic in report["problems"][0]["message"]


def test_an_item_that_moved_to_another_project_is_still_the_same(desk: Desk) -> None:
    epic, (story, _) = desk.epic("done", "todo")
    desk.okrs(kr("KR1", keys=epic) + kr("KR2", keys=story))
    desk.run("sync")
    desk.sandbox.jira.move(story, "GROW")
    assert desk.percents() == {"KR1": 50, "KR2": 100}
    assert desk.percents("--full") == {"KR1": 50, "KR2": 100}


def test_links_added_later_to_items_that_are_known(desk: Desk) -> None:
    epic, _ = desk.epic("done", "todo")
    flat = f'links = [{{ connection = "acme", query = "key = {epic}", below = false }}]\nanchors = []'
    shallow = kr("KR1", query="key = X").replace('links = [{ connection = "acme", query = "key = X" }]', flat)
    desk.okrs(shallow)
    assert desk.percents() == {"KR1": 0}
    desk.okrs(shallow + kr("KR2", query=f"key = {epic}"))
    assert desk.percents() == {"KR1": 0, "KR2": 50}
    desk.okrs(kr("KR2", query=f"key = {epic}") + shallow)
    assert desk.percents("--full") == {"KR1": 0, "KR2": 50}


def test_what_the_index_tells_late_is_still_seen(desk: Desk) -> None:
    epic, (_, second) = desk.epic("done", "todo")
    desk.okrs(kr("KR1", keys=epic))
    desk.run("sync")
    desk.sandbox.jira.lag(3600)
    desk.sandbox.jira.resolve(second)
    desk.sync()
    desk.sandbox.jira.lag(0)
    assert desk.percents() == {"KR1": 100}


def test_a_story_that_the_index_does_not_have_yet_is_not_taken_for_gone(desk: Desk) -> None:
    epic, _ = desk.epic("done")
    desk.okrs(kr("KR1", keys=epic))
    desk.run("sync")
    desk.sandbox.jira.add_issue("SHOP", "Story", "New", parent=epic)
    assert desk.percents() == {"KR1": 50}
    desk.sandbox.jira.lag(3600)
    assert desk.percents() == {"KR1": 50}
    assert desk.percents(*later(hours=2)) == {"KR1": 50}


@pytest.mark.parametrize("hours", [1, -1], ids=["ahead", "behind"])
def test_the_bridges_clock_may_be_wrong_by_an_hour(desk: Desk, hours: int) -> None:
    epic, stories = desk.epic("todo", "todo")
    desk.okrs(kr("KR1", keys=epic))
    desk.run("sync", *later(hours=hours))
    for share, story in zip((50, 100), stories, strict=True):
        desk.sandbox.jira.resolve(story)
        assert desk.percents(*later(hours=hours)) == {"KR1": share}


def test_other_words_for_cancelled_read_everything_anew(desk: Desk) -> None:
    epic, (_, second) = desk.epic("todo", "todo")
    desk.sandbox.jira.resolve(second, "Won't Do")
    desk.okrs(kr("KR1", keys=epic))
    assert desk.percents() == {"KR1": 0}
    desk.configure(connection='cancelled_resolutions = ["Duplicate"]')
    assert desk.percents("--kr", "KR1") == {"KR1": 50}
    assert desk.percents() == {"KR1": 50}


def test_another_field_of_estimates_reads_everything_anew(desk: Desk) -> None:
    jira = desk.sandbox.jira
    size = jira.catalog.custom(jira.catalog.next_field_number(), "Size", PLATFORM + "float").id
    points = next(one.id for one in jira.catalog.fields.values() if one.name == "Story Points")
    epic, stories = desk.epic("done", "todo")
    for key, (one, other) in zip(stories, ((9, 1), (1, 3)), strict=True):
        jira.edit(key, {points: float(one), size: float(other)})
    desk.okrs(kr("KR1", keys=epic, more='rollup = { method = "points" }'))
    desk.configure(connection=f'points_field = "{points}"')
    assert desk.percents() == {"KR1": 90}
    desk.configure(connection=f'points_field = "{size}"')
    assert desk.percents() == {"KR1": 25}


def test_a_run_with_nothing_new_writes_nothing_and_asks_thrice(desk: Desk) -> None:
    epic, _ = desk.epic("done", "todo")
    desk.okrs(kr("KR1", keys=epic) + kr("KR2", query="project = GROW"))
    desk.run("fields", "install", "--apply")
    desk.run("sync")
    desk.run("sync")
    desk.asked()
    assert desk.run("sync") == 0
    assert desk.written() == []
    assert desk.asked() <= 4
    desk.okrs(kr("KR1", keys=epic))
    desk.run("sync")
    desk.asked()
    assert desk.run("sync") == 0
    assert desk.asked() <= 3


def test_one_connection_that_fails_leaves_the_other_alone(
    desk: Desk, monkeypatch: pytest.MonkeyPatch
) -> None:
    epic, _ = desk.epic("done", "todo")
    monkeypatch.setenv("WRONG_TOKEN", "wrong")
    face = "cloud" if desk.sandbox.deployment == "cloud" else "datacenter"
    email = 'email = "bot@acme.example"\n' if face == "cloud" else ""
    other = (
        f'[connections.other]\ntool = "jira"\nurl = "{desk.sandbox.url}"\n{email}token = "env:WRONG_TOKEN"\n'
    )
    desk.configure(more=other)
    desk.okrs(kr("KR1", keys=epic) + kr("KR2", keys=epic).replace('"acme"', '"other"'))
    for _ in range(2):
        assert desk.run("sync", "--json") == 3
        assert '"percent": 50' in desk.out
        assert "401" in desk.out
    health = {one["name"]: one for one in desk.json("status")["connections"]}
    assert health["acme"]["failing_since"] is None
    assert health["other"]["failing_since"]
    assert "token" in health["other"]["hint"]
