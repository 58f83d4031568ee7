"""An embedded Jira in which people work for some days: what its past is told to have been equals what the
connector read at the end of each day, items and hits alike."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from random import Random

import pytest

from bridge.model import FieldValue, Label, Project, Query
from connectors.jira import connect
from mappings.jira import JiraMapping, Vocabulary
from tests.connectors.jira.site import Time, make_site, settings

POINTS = "Story Points"
SELECTORS = (
    Label("X"),
    Project("WORK"),
    Project("ELSE"),
    FieldValue("status", "In Progress"),
    FieldValue(POINTS, "3"),
    Query("statusCategory = Done AND resolution is not EMPTY"),
    Query("resolution = Unresolved OR labels in (y, EMPTY)"),
    Query("labels != x AND NOT status = 'To Do' ORDER BY key"),
    Query("issuetype in (Epic, Story) AND labels not in (x)"),
    Query("NOT (labels = x OR parent is not EMPTY) AND NOT labels in (y)"),
    Query("NOT NOT labels in (x, EMPTY) OR NOT (labels in (y, EMPTY))"),
    Query("parent = WORK-1 OR parent = WORK-2"),
    Query("'Epic Link' = WORK-1"),
    Query("'Epic Link' is EMPTY AND project in (work, 'else')"),
    Query("key in (WORK-1, WORK-3, WORK-4)"),
    Query(f"'{POINTS}' is EMPTY OR Flagged is not EMPTY"),
)


class Work:
    """What people do, drawn from a seed."""

    def __init__(self, deployment: str, seed: int) -> None:
        self.time, self.random = Time(), Random(seed)
        self.sandbox = make_site(deployment, self.time, installed=False)
        self.jira = self.sandbox.jira
        self.jira.catalog.resolution("2", "Won't Do")
        self.points = self.jira.catalog.field(POINTS).id
        self.epics = [self.add("Epic") for _ in range(2)]
        self.stories = [self.add("Story") for _ in range(3)]
        self.parts = [self.add("Sub-task", self.random.choice(self.stories))]

    def add(self, kind, parent=None):
        above = self.jira.issue(parent).key if parent else ""
        made = self.jira.add_issue("WORK", kind, f"A {kind}", parent=above, labels=self.labels())
        return str(made.id)

    def labels(self):
        return self.random.choice([[], ["x"], ["y"], ["x", "y"]])

    def go_on(self, minutes):
        self.time.advance(minutes * 60)
        one = self.random.choice([*self.epics, *self.stories, *self.parts])
        match self.random.randrange(9):
            case 0:
                self.stories.append(self.add("Story", self.random.choice([None, *self.epics])))
            case 1 | 2:
                status = self.random.choice(["To Do", "In Progress", "Done"])
                resolution = self.random.choice(["Done", "Won't Do"]) if status == "Done" else None
                self.jira.transition(one, status, resolution=resolution)
            case 3:
                self.jira.edit(one, {"labels": self.labels(), "summary": f"At {self.time.now():%d %H:%M}"})
            case 4:
                self.jira.edit(one, {self.points: self.random.choice([None, 1, 3, 2.5])})
            case 5:
                self.jira.reparent(self.random.choice(self.stories), self.random.choice([None, *self.epics]))
            case 6:
                self.jira.reparent(self.random.choice(self.parts), self.random.choice(self.stories))
            case 7:
                self.jira.move(one, self.random.choice([p for p in ("WORK", "ELSE") if p != self.place(one)]))
            case _:
                self.jira.flag(one, self.random.random() < 0.5)

    def place(self, id):
        return self.jira.issue(id).project

    def ids(self):
        return [*self.epics, *self.stories, *self.parts]

    def settled(self, item):
        """Without what the log tells nothing of, the parent by id."""
        parent = item.parent and str(self.jira.store.find(item.parent).id)
        return replace(item, updated=datetime(2026, 1, 1, tzinfo=UTC), children=(), parent=parent)


def compare(deployment, seed, days=5):
    work = Work(deployment, seed)
    with work.sandbox:
        connector = connect(settings(work.sandbox), clock=work.time.clock())
        mapping = JiraMapping("acme", connector.describe(), Vocabulary())
        start, ends, seen = work.time.now(), [], []
        for day in range(1, days + 1):
            for _ in range(work.random.randrange(9)):
                work.go_on(work.random.randrange(1, 90))
            work.time.at = start + timedelta(days=day)
            ends.append(work.time.now())
            items = {raw.id: work.settled(mapping.item(raw)) for raw in connector.fetch(work.ids())}
            seen.append((items, {one: connector.identities(one) for one in SELECTORS}))
            work.time.advance(1)
        work.go_on(60)
        keys = dict(connector.resolve(mapping.replay({}, SELECTORS).keys))
        keys |= {raw.data["key"]: raw.id for raw in connector.fetch(work.ids())}
        replay = mapping.replay({**connector.glossary(), "keys": keys}, SELECTORS)
        assert replay.untold == {}
        pasts = {past.raw.id: past for past in connector.pasts(work.ids())}
        told = {id: replay.stretches(past.raw, past.changes, ends) for id, past in pasts.items()}
        connector.close()
    for place, (items, hits) in enumerate(seen):
        now = {id: [s for s in stretches if s.first <= place][-1] for id, stretches in told.items()}
        assert {id: work.settled(s.item) for id, s in now.items() if s.item} == items
        for selector in SELECTORS:
            assert {id for id, s in now.items() if selector in s.hits} == hits[selector], selector


@pytest.mark.parametrize("deployment", ["cloud", "datacenter"])
@pytest.mark.parametrize("seed", range(2))
def test_the_past_is_told_as_it_was_read(deployment, seed):
    compare(deployment, seed)


@pytest.mark.prove
@pytest.mark.parametrize("deployment", ["cloud", "datacenter"])
@pytest.mark.parametrize("seed", range(100, 140))
def test_the_past_is_told_as_it_was_read_in_many_runs(deployment, seed):
    compare(deployment, seed)
