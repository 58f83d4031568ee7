"""Rights that the bridge's role lacks, loses and is given back in a real Redmine."""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path

import pytest

from bridge.errors import AccessDenied
from connectors.base import CheckScope
from tests.contract import BODY, MARK
from tests.redmine.desk import bridge
from tests.redmine.test_story import Story
from tests.servers.redmine.server import ALLOWED, server

pytestmark = pytest.mark.prove
DAY = timedelta(days=1, minutes=10).total_seconds()


def without(*rights: str) -> list[str]:
    return [one for one in ALLOWED if one not in rights]


def headlines(story: Story) -> list[str]:
    """What each note says in its headline, oldest first."""
    return [found[0] for one in story.notes() if (found := re.search(r"\d+%", one))]


@pytest.fixture
def story(tmp_path: Path) -> Iterator[Story]:
    running = server()
    running.advance(60)
    return Story(tmp_path, running)


def test_the_right_to_edit_notes_lost_and_given_back_neither_doubles_nor_loses_a_note(story: Story) -> None:
    story.sync()
    story.server.allow(*without("edit_own_issue_notes"))
    story.desk.advance(60)
    story.desk.status(story.done, "In Progress")
    report, _ = story.sync()
    assert ["Edit own notes" in problem.hint for problem in report.problems] == [True]
    assert headlines(story) == ["75%"]
    report, _ = story.sync()
    assert (report.problems, headlines(story)) == ((), ["75%", "25%"])
    assert story.sync()[1] == 0
    story.server.allow(*ALLOWED)
    story.desk.advance(DAY)
    story.desk.status(story.done, "Closed")
    report, _ = story.sync()
    assert (report.problems, headlines(story)) == ((), ["75%", "75%"])
    assert story.sync()[1] == 0


def test_the_right_to_edit_issues_lost_is_told_and_given_back_all_is_made_up_for(story: Story) -> None:
    story.sync()
    story.server.allow(*without("edit_issues"))
    story.desk.advance(60)
    story.desk.status(story.done, "In Progress")
    report, _ = story.sync()
    assert report.problems
    assert float(story.value("KR progress")) == 75
    assert story.sync()[0].problems
    story.server.allow(*ALLOWED)
    story.desk.advance(DAY)
    report, _ = story.sync()
    assert (report.problems, float(story.value("KR progress")), len(story.notes())) == ((), 25, 1)


def test_work_that_may_not_be_read_any_more_keeps_its_figure_until_it_may(story: Story) -> None:
    story.sync()
    members = f"/projects/{story.desk.project}/memberships.json"
    [member] = story.desk.ask("GET", members)["memberships"]
    story.desk.ask("DELETE", f"/memberships/{member['id']}.json")
    story.desk.advance(60)
    story.desk.status(story.done, "In Progress")
    report, writes = story.sync()
    assert (bool(report.problems), writes, float(story.value("KR progress"))) == (True, 0, 75)
    given = {"user_id": member["user"]["id"], "role_ids": [one["id"] for one in member["roles"]]}
    story.desk.ask("POST", members, {"membership": given})
    story.desk.advance(DAY)
    report, _ = story.sync()
    assert (report.problems, float(story.value("KR progress")), len(story.notes())) == ((), 25, 1)


def test_the_check_names_what_the_role_lacks(story: Story) -> None:
    scope = CheckScope(anchors=(story.epic,))
    lacking = ("edit_issues", "add_issue_notes", "edit_own_issue_notes", "set_notes_private")
    told = list(bridge(story.server, private_notes=True).check(scope))
    assert [one.message for one in told[1:]] == ["Redmine 5.0 or later"]
    story.server.allow(*without(*lacking))
    told = list(bridge(story.server, private_notes=True).check(scope))
    levels = {right: one.level for one in told for right in ROLE if right in one.message}
    assert levels == ROLE


ROLE = {
    "Edit issues": "error",
    "Add notes": "error",
    "Edit own notes": "warning",
    "Set notes as private": "error",
}


def test_a_note_that_cannot_be_private_is_not_made(story: Story) -> None:
    story.server.allow(*without("set_notes_private"))
    connector = bridge(story.server, private_notes=True)
    with pytest.raises(AccessDenied, match="cannot be private"):
        connector.put_comment(story.epic, BODY, MARK)
    assert story.notes() == []
    story.server.allow(*ALLOWED)
    bridge(story.server, private_notes=True).put_comment(story.epic, BODY, MARK)
    [note] = [one for one in story.desk.issue(story.epic)["journals"] if one["notes"]]
    assert note["private_notes"] is True
