"""A working day in the seeded company, for those who watch the numbers move."""

import random

from bridge.sandbox.company import points_field
from bridge.sandbox.jira import Jira
from bridge.sandbox.records import Issue


def advance(jira: Jira, step: int) -> list[str]:
    """Let a working day go by, now: stories get done, the next are taken up, one comes back, one is new.

    Gives what happened, a line each. The same step on the same state does the same.
    """
    rng = random.Random(step)
    stories = _stories(jira)
    finished = [i for i in stories if (i.fields.get("resolution") or {}).get("name") == "Done"]
    told = []
    for issue in _some(rng, stories, "indeterminate", 4):
        jira.resolve(issue.id)
        told.append(f"{issue.key} done: {issue.fields['summary']}")
    for issue in _some(rng, stories, "new", 3):
        jira.transition(issue.id, "In Progress")
        told.append(f"{issue.key} started: {issue.fields['summary']}")
    if step % 2 == 1 and finished:
        back = rng.choice(finished)
        jira.reopen(back.id)
        told.append(f"{back.key} reopened: {back.fields['summary']}")
    return [*told, _follow_up(jira, step)]


def _stories(jira: Jira) -> list[Issue]:
    """The work below the epics, sub-tasks aside."""
    issues = jira.store.issues.values()
    return [i for i in issues if i.parent is not None and jira.catalog.level(i) == 0]


def _follow_up(jira: Jira, step: int) -> str:
    epics = [i for i in jira.store.issues.values() if jira.catalog.level(i) == 1 and i.category != "done"]
    epic = epics[step % len(epics)]
    title = f"Follow-up {step} to {epic.fields['summary']}"
    made = jira.add_issue(epic.project, "Story", title, parent=epic.key, labels=list(epic.fields["labels"]))
    jira.edit(made.id, {points_field(jira, epic.project): 3.0})
    return f"{made.key} added: {title}"


def _some(rng: random.Random, stories: list[Issue], category: str, most: int) -> list[Issue]:
    fit = sorted((i for i in stories if i.category == category), key=lambda issue: issue.id)
    return rng.sample(fit, min(most, len(fit)))
