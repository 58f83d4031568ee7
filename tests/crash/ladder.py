"""Work that only goes forward: a key result for each Epic, whose stories are finished one by one."""

from __future__ import annotations

from collections.abc import Callable
from random import Random

from bridge.sandbox import Sandbox
from tests.faults.company import Company, Kr, catalog


def ladder(epics: int, stories: int = 100) -> Callable[[Sandbox, Random], Company]:
    """Every step moves every key result to a percentage that it never had, as long as there are stories."""

    def furnish(sandbox: Sandbox, random: Random) -> Company:
        catalog(sandbox)
        company, jira = Company(sandbox, random), sandbox.jira
        made = [jira.add_issue("SHOP", "Epic", f"Epic {number}") for number in range(epics)]
        company.epics = [epic.id for epic in made]
        company.krs = tuple(Kr(f"KR{number}", (epic.key,)) for number, epic in enumerate(made))
        for epic in made:
            for number in range(stories):
                jira.add_issue("SHOP", "Story", f"Story {number}", parent=epic.key)
        return company

    return furnish


def climb(company: Company) -> None:
    """One more story of every Epic is done."""
    for epic in company.epics:
        story = next(one for one in company.jira.store.children(epic) if one.category != "done")
        company.jira.resolve(story.id)
