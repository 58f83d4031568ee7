"""What a real Redmine remembers: its journals, and the days that are told from them."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime, timedelta
from fractions import Fraction
from itertools import pairwise
from pathlib import Path
from random import Random
from typing import Any

import pytest

from bridge.backfilling import Asked, Unwatched
from bridge.backfilling.wiring import Days, backfill_of
from bridge.model import FieldValue, Label, Project, Selector, Tier, WorkItem
from bridge.replay.states import packed
from connectors.redmine import api
from mappings.redmine import RedmineMapping
from tests.contract import HistorianContract, System
from tests.redmine.desk import opened
from tests.redmine.test_story import Story
from tests.servers.redmine.server import server

pytestmark = pytest.mark.prove
DAY = 86_400
OWN = ("percent", "spent_seconds")
"""What leaves no journal: a parent's percentage, and logged time."""


@pytest.fixture
def system(monkeypatch: pytest.MonkeyPatch) -> Iterator[System]:
    monkeypatch.setattr(api, "PAGE", 3)
    made = opened(server(), 3)
    made.driver.advance(7200)
    yield made
    made.connector.close()


class TestHistorian(HistorianContract):
    def test_what_never_changed_has_no_changes(self, system: System) -> None:
        """What was changed in the second in which it was made counts as made so."""
        [untouched, edited] = (system.driver.make(f"Work {n}") for n in range(2))
        system.driver.advance(2)
        system.driver.edit(edited, "Edited")
        told = self.pasts(system, untouched, edited)
        assert told[untouched].changes == ()
        assert len(told[edited].changes) == 1

    def test_the_past_of_a_moved_item_is_asked_for_by_its_permanent_id(self, system: System) -> None:
        """Issues keep their number; the project is told."""
        id = system.driver.make("Wanderer")
        system.driver.advance(60)
        system.driver.move(id)
        [past] = self.pasts(system, id).values()
        [change] = past.changes
        assert [detail["name"] for detail in change["details"]] == ["project_id"]


@pytest.mark.parametrize("seed", range(2))
def test_the_past_replayed_is_the_past_as_it_was_read(system: System, seed: int) -> None:
    random, desk = Random(seed), system.driver
    selectors = (Project(desk.project), Label("x"), FieldValue("status", "Closed"), FieldValue("Team", "a"))
    epic = desk.make("Epic", tier=Tier.GROUP)
    stories = [desk.make(f"Story {n}", parent=epic) for n in range(4)]
    ends, seen = list[datetime](), list[dict[str, Any]]()
    for _ in range(6):
        desk.advance(DAY / 2)
        for _ in range(4):
            happen(desk, random.choice(stories), random)
        stories.append(desk.make("Later", parent=epic, tier=Tier.PART))
        ends.append(desk.server.now().replace(microsecond=0) + timedelta(seconds=2))
        seen.append(read(system, selectors, stories))
        desk.advance(DAY / 2)
    told: list[dict[str, Any]] = [{} for _ in ends]
    replay = mapping_of(system).replay(system.connector.glossary(), selectors)
    for past in system.connector.pasts(stories):
        found = [*replay.stretches(past.raw, past.changes, ends), None]
        for stretch, after in pairwise(found):
            for day in range(stretch.first, after.first if after else len(ends)):
                if stretch.item:
                    told[day][past.raw.id] = kept(stretch.item), stretch.hits
    assert told == seen


def happen(desk: Any, story: str, random: Random) -> None:
    fields = desk.fields
    match random.randrange(7):
        case 0:
            desk.put(story, status_id=desk.statuses[random.choice(["New", "In Progress", "Closed"])])
        case 1:
            labels = random.choice([["x"], ["x", "okr"], []])
            desk.put(story, custom_fields=[{"id": fields["Labels"], "value": labels}])
        case 2:
            desk.put(story, custom_fields=[{"id": fields["Team"], "value": random.choice(["a", "b"])}])
        case 3:
            desk.put(story, estimated_hours=random.choice([1.5, 3, ""]))
        case 4:
            desk.put(story, tracker_id=desk.trackers[random.choice(["Story", "Task"])])
        case 5:
            desk.put(story, subject=f"目标 {random.random()}", notes="and a note")
        case _:
            desk.put(story, status_id=desk.statuses[random.choice(["Rejected", "Closed", "In Progress"])])


def read(system: System, selectors: tuple[Selector, ...], ids: list[str]) -> dict[str, Any]:
    """What a sync would see now."""
    hits = {selector: system.connector.identities(selector) for selector in selectors}
    mapping = mapping_of(system)
    return {
        raw.id: (kept(mapping.item(raw)), frozenset(s for s, found in hits.items() if raw.id in found))
        for raw in system.connector.fetch(ids)
    }


def mapping_of(system: System) -> RedmineMapping:
    assert isinstance(system.mapping, RedmineMapping)
    return system.mapping


def kept(item: WorkItem) -> dict[str, Any]:
    """Children come and go by journals of their own."""
    return {name: value for name, value in packed(item).items() if name not in (*OWN, "children")}


def test_a_backfill_tells_done_reopened_and_done_again_by_the_scope_of_each_day(tmp_path: Path) -> None:
    running = server()
    running.advance(60)
    story = Story(tmp_path, running)
    running.advance(DAY)
    story.desk.status(story.done, "In Progress")
    running.advance(DAY)
    story.desk.make("Came later", parent=story.epic)
    running.advance(DAY)
    story.desk.status(story.done, "Closed")
    running.advance(DAY)
    today = running.now().date()
    before = story.versions()
    with story.app() as app:
        report = backfill_of(
            app, Days(today - timedelta(days=4), today - timedelta(days=1)), Asked(), Unwatched()
        )
        points = {point.day: point for point in app.store.history.points("O1-KR1")}
        assert report.problems == ()
    # One of two stories done and half of the other; reopened; one more; done again.
    values = [points[today - timedelta(days=days)].value for days in (4, 3, 2, 1)]
    assert values == [Fraction(3, 4), Fraction(1, 4), Fraction(1, 6), Fraction(1, 2)]
    assert story.versions() == before
