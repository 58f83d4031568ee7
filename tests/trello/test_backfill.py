"""Days that are over, told afterwards through the command line from what Trello remembers."""

# ruff: noqa: F811 - the fixture is another story's

from __future__ import annotations

import json
from fractions import Fraction

from tests.trello.test_story import OKRS, Story, story  # noqa: F401  (the boards, and the bridge on them)

DAY = 86_400
LINKS = 'links = [{ connection = "cards", project = "wrkBoard" }]'
LABEL = 'links = [{ connection = "cards", label = "okr" }]'


def linked(story: Story, links: str) -> None:
    text = OKRS.format(title="Guided onboarding", anchor=story.trello.key(story.anchor))
    lines = [links if line.startswith("links") else line for line in text.splitlines()]
    (story.folder / "okrs.toml").write_text("\n".join(lines), encoding="utf-8")


def points(story: Story) -> dict[str, float | None]:
    """The values that the backfill found, by day."""
    _, told = story.run("export")
    table = told["tables"]["history"]
    rows = [dict(zip(table["columns"], row, strict=True)) for row in table["rows"]]
    found = {row["day"]: row["value"] for row in rows if row["source"] == "backfill"}
    return {day: None if value is None else float(Fraction(value)) for day, value in found.items()}


def lived(story: Story) -> None:
    """Done on the 2nd, reopened on the 3rd, one more on the 4th, done again and one moved here on the 5th."""
    trello = story.trello
    came = trello.make("From elsewhere", on=trello.away)
    trello.advance(DAY)
    trello.put(story.done, list="To Do")
    trello.advance(DAY)
    trello.make("Came later")
    trello.advance(DAY)
    trello.put(story.done, list="Done 🎉")
    trello.move(came, trello.home)
    trello.advance(DAY)


def test_done_reopened_and_done_again_are_told_by_the_scope_of_each_day(story):
    linked(story, LINKS)
    lived(story)
    writes = story.trello.writes
    code, report = story.run("backfill", "--from", "2026-11-01", "--to", "2026-11-05")
    assert (code, report["problems"]) == (0, [])
    # Nothing yet; one of two, and half of the other; reopened; one more; done again, and one that came along.
    assert list(points(story).values()) == [None, 3 / 4, 1 / 4, 1 / 6, 3 / 8]
    assert story.trello.writes == writes


def test_a_label_of_which_nothing_is_remembered_is_told_as_of_today_and_said(story):
    linked(story, LABEL)
    lived(story)
    code, report = story.run("backfill", "--from", "2026-11-02", "--to", "2026-11-05")
    assert "remembers no labels" in json.dumps(report)
    assert list(points(story).values()) == [1, 0, 0, 1]
    assert code == 0


def test_a_longer_backfill_adds_the_days_since(story):
    linked(story, LINKS)
    lived(story)
    story.run("backfill", "--from", "2026-11-02", "--to", "2026-11-04")
    before = points(story)
    _, report = story.run("backfill", "--from", "2026-11-02", "--to", "2026-11-05")
    assert report["problems"] == []
    later = points(story)
    assert {day: later[day] for day in before} == before
    assert set(later) - set(before) == {"2026-11-05"}
