"""A firm with a Jira Cloud and a Data Center, and what its people do in a quarter, hour by hour."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from random import Random

from bridge.sandbox import Sandbox
from bridge.sandbox.clock import Now
from bridge.sandbox.records import Issue
from tests.faults.company import Company, Kr, catalog

CYCLE = """\
[cycle]
id = "2026-Q1"
start = 2026-01-01
end = 2026-03-31
"""
OBJECTIVE = """
[[objectives]]
id = "{id}"
title = "{id} comes true"
"""
ACROSS = """
[[objectives.key_results]]
id = "X-KR{n}"
title = "Work on both sites, {n}"
links = [{{ connection = "cloud", keys = ["{one}"] }}, {{ connection = "center", keys = ["{two}"] }}]
"""
MEASURED = """
[[objectives.key_results]]
id = "M-KR{n}"
title = "A number that people tell, {n}"
kind = "metric"
metric = {{ baseline = 0, target = 100 }}
anchors = [{{ connection = "{connection}", key = "{key}" }}]
"""
SITES = {"cloud": "cloud", "center": "datacenter"}
EPICS, BY_KEYS = 12, 10


class Team(Company):
    """The people of one site."""

    def stir(self) -> str:
        """One thing that somebody does."""
        doings: list[tuple[float, Callable[[], str]]] = [
            (12, self.finish), (9, self.begin), (5, self.add), (2, self.split), (2, self.reopen),
            (4, self.estimate), (3, self.comment), (1, self.cancel), (0.5, self.hang), (0.5, self.label),
            (0.4, self.delete), (0.3, self.move), (0.2, self.write_by_hand), (0.2, self.empty),
            (0.1, self.reword),
        ]  # fmt: skip
        return self.random.choices([do for _, do in doings], [weight for weight, _ in doings])[0]()

    def found(self, items: int) -> None:
        """Epics, stories below them, parts of some, and loose ones with a label; a tenth is done."""
        jira = self.jira
        catalog(self.sandbox)
        for at in range(EPICS):
            self.epics.append(jira.add_issue(("SHOP", "GROW")[at % 2], "Epic", f"Epic {at}").id)
        while len(jira.store.issues) < items:
            epic = self.random.choice([*self.epics, None])
            story = self.story(epic, labels=["onboarding"] if epic is None else [])
            for _ in range(self.random.choice([0, 0, 0, 3])):
                jira.add_issue(story.project, "Sub-task", "A part", parent=story.key)
            if self.random.random() < 0.1:
                jira.resolve(story.id)
        self.solid = {self._first(jira.store.children(epic)).id for epic in self.epics}

    def _first(self, stories: list[Issue]) -> Issue:
        return min(stories, key=lambda story: story.id)

    def link_up(self, name: str) -> None:
        keys = [self.jira.issue(id).key for id in self.epics]
        methods = ("count", "points")
        krs = [
            Kr(f"{name}-KR{at}", tuple(keys[at : at + 1 + at % 2]), method=methods[at % 2])
            for at in range(BY_KEYS)
        ]
        labelled = Kr(f"{name}-KR{BY_KEYS}", (), label="onboarding", anchors=(keys[-1],))
        both = Kr(f"{name}-KR{BY_KEYS + 1}", (keys[-2],), label="onboarding", method="points")
        self.krs = (*krs, labelled, both)


@dataclass
class Firm:
    """Both sites. `busy`: something was done since that was asked last."""

    teams: dict[str, Team]
    random: Random
    measured: tuple[str, ...] = ()
    doings: int = 0
    busy: bool = field(default=False)

    def okrs(self) -> str:
        parts = [CYCLE]
        for name, team in self.teams.items():
            parts.append(OBJECTIVE.format(id=f"O-{name}"))
            parts += [kr.table().replace('"acme"', f'"{name}"') for kr in team.krs]
        parts.append(OBJECTIVE.format(id="O-across"))
        keys = {n: [t.jira.issue(id).key for id in t.epics] for n, t in self.teams.items()}
        parts += [ACROSS.format(n=n, one=keys["cloud"][n], two=keys["center"][n]) for n in range(4)]
        parts.append(OBJECTIVE.format(id="O-measured"))
        self.measured = tuple(f"M-KR{n}" for n in range(4))
        for n in range(4):
            name = tuple(keys)[n % 2]
            parts.append(MEASURED.format(n=n, connection=name, key=keys[name][-1 - n]))
        return "".join(parts)

    def stir(self) -> None:
        self.random.choice([*self.teams.values()]).stir()
        self.doings += 1
        self.busy = True

    def hours_of(self, day: date, midnight: datetime) -> Iterator[datetime]:
        """When somebody does something on this day: in office hours, seldom in the evening, never on the
        first Sunday of a fortnight and hardly at week-ends."""
        week_end = day.weekday() >= 5
        if is_quiet(day):
            return
        for _ in range(self.random.randint(0, 3) if week_end else self.random.randint(40, 80)):
            hour = self.random.triangular(8, 19.5, 11) if self.random.random() < 0.95 else 21
            yield midnight + timedelta(hours=hour)


def is_quiet(day: date) -> bool:
    """Nobody does anything on Sundays, and on every second Saturday."""
    return day.weekday() == 6 or (day.weekday() == 5 and day.isocalendar().week % 2 == 0)


def founded(items: int, now: Now, seed: int) -> Firm:
    """Both sites with so many items in all. To be closed by the caller: `teams[name].sandbox.close()`."""
    random = Random(seed)
    teams = {}
    for name, deployment in SITES.items():
        teams[name] = Team(Sandbox(deployment, empty=True, now=now), random)
        teams[name].found(items // len(SITES))
        teams[name].link_up(name)
    return Firm(teams, random)
