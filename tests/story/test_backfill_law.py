"""The law of the past on the embedded Jira: what is replayed to a day is what a sync recorded on it."""

# ruff: noqa: F811 - the fixture is another story's

from __future__ import annotations

from random import Random
from typing import Any

import pytest

from tests.faults.company import POINTS
from tests.story.test_backfill import Past, past  # noqa: F401  (the site, on both faces of Jira)

DAYS = 6
KEY_RESULTS = {
    "key": 'keys = ["SHOP-1"]',
    "label": 'label = "x"',
    "project": 'project = "GROW"',
    "jql": 'query = "project = SHOP AND labels = y"',
    "status": 'query = "status = Done"',
    "below": 'query = "parent = SHOP-1"',
}
WAYS = ("", 'rollup = { method = "points" }', 'rollup = { mode = "level" }', 'rollup = { scope = "frozen" }')


def okrs() -> str:
    text = ""
    for at, (name, selector) in enumerate(KEY_RESULTS.items()):
        text += f'\n[[objectives.key_results]]\nid = "{name}"\ntitle = "{name}"\n'
        text += f'links = [{{ connection = "acme", {selector} }}]\n{WAYS[at % len(WAYS)]}\n'
    return text


class Company:
    """People at work on a small site; nothing is deleted or hidden."""

    def __init__(self, jira: Any, random: Random) -> None:
        self.jira, self.random = jira, random
        self.epics = [jira.add_issue("SHOP", "Epic", "One").id, jira.add_issue("SHOP", "Epic", "Two").id]
        self.stories = [jira.add_issue("SHOP", "Story", "A", parent="SHOP-1", labels=["x"]).id]

    def happen(self) -> None:
        jira, random = self.jira, self.random
        one = random.choice(self.stories)
        match random.randrange(8):
            case 0 | 1:
                labels = random.choice([[], ["x"], ["y"]])
                made = jira.add_issue(random.choice(["SHOP", "GROW"]), "Story", "New", labels=labels)
                self.stories.append(made.id)
            case 2 | 3:
                done = jira.issue(one).category == "done"
                if done:
                    jira.reopen(one)
                else:
                    jira.resolve(one, random.choice(["Done", "Done", "Won't Do"]))
            case 4:
                jira.edit(one, {"labels": random.choice([[], ["x"], ["y"], ["x", "y"]])})
            case 5:
                jira.edit(one, {POINTS: random.choice([None, 1, 3, 5])})
            case 6:
                jira.reparent(one, random.choice([*self.epics, None]))
            case _:
                if jira.issue(one).parent is None:
                    jira.move(one, random.choice(["SHOP", "GROW"]))


def hold_the_law(past: Past, seed: int, days: int = DAYS) -> None:
    random = Random(seed)
    past.desk.okrs(okrs())
    company = Company(past.jira, random)
    for day in range(1, days + 1):
        for hour in sorted(random.choices(range(10, 22), k=random.randrange(7))):
            past.on(day, hour)
            company.happen()
        past.on(day, 23)
        assert past.code("sync", "--force") in (0, 3), past.desk.err
    past.on(days + 1)
    report = past.run("backfill")
    assert report["disagreements"] == []
    assert report["problems"] == []
    for name in KEY_RESULTS:
        backfill, sync = past.told(name), past.told(name, "sync")
        for day in range(1, days + 1):
            told, recorded = backfill[day], sync[day]
            for part in ("value", "counts", "scope", "inputs"):
                assert told[part] == recorded[part], (name, day, part, told, recorded)


@pytest.mark.parametrize("seed", [1, pytest.param(2, marks=pytest.mark.prove)])
def test_the_past_replayed_is_the_past_recorded(past: Past, seed: int) -> None:
    hold_the_law(past, seed)


@pytest.mark.prove
@pytest.mark.parametrize("seed", range(100, 120))
def test_it_holds_for_many_companies(past: Past, seed: int) -> None:
    hold_the_law(past, seed, days=12)
