"""Real change logs, two opinions: the product's figures of every day and those of `past_expected.py`."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime
from fractions import Fraction
from typing import Any

import pytest

from bridge.model import Project, Raw, RollupRules, WorkItem
from bridge.rollup import roll_up
from mappings.jira import JiraMapping, Vocabulary
from mappings.links import Tree, reach
from tests.real import past_expected
from tests.real.past_expected import Cell, Host
from tests.shared import path

ISSUES = "data/jira-real/issues.jsonl.gz"
RULES = {"count": RollupRules(), "points": RollupRules(method="points")}


@pytest.fixture(scope="module")
def hosts() -> dict[str, Host]:
    return past_expected.read(path(ISSUES))


def glossary(host: Host) -> dict[str, Any]:
    """As far as the records of the file tell; the real sites would tell more."""
    fields = [{"id": host.points, "name": "Story Points"}] if host.points else []
    return {
        "statuses": list(host.statuses.values()),
        "issuetypes": list(host.types.values()),
        "resolutions": list(host.resolutions.values()),
        "fields": fields,
    }


class Replayed:
    """The product's items and hits of a site, day after day."""

    def __init__(self, host: Host, ends: list[datetime]) -> None:
        site = {"points": [host.points] if host.points else [], "epic_link": "customfield_10014"}
        mapping = JiraMapping(host.connection, site, Vocabulary())
        keys = {key for issue in host.issues for key in projects(issue)}
        self.replay = mapping.replay(glossary(host), [Project(key) for key in keys])
        self.turns: dict[int, list[Any]] = {}
        for issue in host.issues:
            fields = {"updated": issue.fields["created"]} | issue.fields
            raw = Raw(issue.id, "", {"key": issue.record["key"], "fields": fields})
            entries = issue.record["changelog"]["histories"]
            entries.sort(key=lambda entry: (past_expected.told(entry["created"]), int(entry["id"])))
            for stretch in self.replay.stretches(raw, entries, tuple(ends)):
                self.turns.setdefault(stretch.first, []).append((issue.id, stretch))
        self.items: dict[str, WorkItem] = {}
        self.hits: dict[str, set[str]] = {key: set() for key in keys}
        self.containers: set[str] = set()
        self.tree = Tree.of(())

    def go_on(self, day: int) -> bool:
        for id, stretch in self.turns.get(day, ()):
            if stretch.item is None:
                continue
            self.items[id] = stretch.item
            for key, hits in self.hits.items():
                (hits.add if Project(key) in stretch.hits else hits.discard)(id)
        if day in self.turns:
            self.tree = Tree.of(self.items.values())
            self.containers |= set(self.tree.children)
        return day in self.turns

    def groups(self) -> Iterator[tuple[tuple[str, str], frozenset[str]]]:
        for key, hits in self.hits.items():
            if hits:
                yield ("project", key), frozenset(hits)
        for id in self.containers:
            yield ("below", id), frozenset([id])


def projects(issue: past_expected.Issue) -> set[str]:
    keys = {issue.record["key"], *(before[1] for _, before, _ in issue.changes.get("key", ()))}
    return {key.rpartition("-")[0] for key in keys}


def table(host: Host) -> Iterator[tuple[datetime, dict[Cell, Any]]]:
    """As `past_expected.table`, by the product."""
    ends = past_expected.ends(host)
    past = Replayed(host, ends)
    cells: dict[Cell, Any] = {}
    members: dict[tuple[str, str], list[WorkItem]] = {}
    for day, end in enumerate(ends):
        if past.go_on(day):
            groups = dict(past.groups())
            cells = {cell: value for cell, value in cells.items() if cell[:2] in groups}
            for name, hits in groups.items():
                items = [past.tree.items[id] for id in sorted(reach(past.tree, hits, below=True))]
                if members.get(name) != items:
                    members[name] = items
                    for rules, _ in host.rules():
                        cells[*name, rules] = figure(items, RULES[rules])
        yield end, dict(cells)


def figure(items: list[WorkItem], rules: RollupRules) -> tuple[str | None, int, int]:
    progress = roll_up(items, rules)
    value = None if progress.value is None else str(Fraction(progress.value))
    return value, progress.counts.counted, progress.counts.excluded


LEAST = {"apache": 10_000, "dura": 100_000, "bitovi": 15_000, "merico": 1_000, "flow": 300}


@pytest.mark.prove
@pytest.mark.parametrize("name", past_expected.HOSTS.values())
def test_every_cell_of_every_day_of_real_projects_and_epics_equals_the_second_opinion(hosts, name):
    host, compared = hosts[name], 0
    for (end, want), (day, got) in zip(past_expected.table(host), table(host), strict=True):
        assert end == day
        assert got == want, f"{name} on {day:%Y-%m-%d}"
        compared += len(want)
    assert compared >= LEAST[name]
