"""A small company on an embedded Jira: its work, its people, and what they have said by hand."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from random import Random
from typing import Any

from bridge.sandbox import Sandbox, adf, seed
from bridge.sandbox.catalog import Board, Project
from bridge.sandbox.fieldtypes import PLATFORM
from bridge.sandbox.jira import Jira
from bridge.sandbox.records import Comment, Issue

POINTS = f"customfield_{seed.STORY_POINTS}"
ROLES = {
    "key_result": ("KR", "textfield"),
    "progress": ("KR progress", "float"),
    "status": ("KR status", "textfield"),
    "score": ("KR score", "float"),
    "updated": ("KR updated", "datetime"),
}
FIELDS = {role: f"customfield_{10301 + at}" for at, role in enumerate(ROLES)}
OTHERS = {"SHOP": "GROW", "GROW": "SHOP"}
CYCLE = """\
[cycle]
id = "2026-Q4"
start = 2026-10-01
end = 2026-12-31

[[objectives]]
id = "O1"
title = "New customers are up and running within a day"
"""


@dataclass(frozen=True, slots=True)
class Kr:
    """A key result as the oracle knows it."""

    id: str
    keys: tuple[str, ...]
    label: str = ""
    method: str = "count"
    fields: bool = True
    anchors: tuple[str, ...] = ()

    def table(self) -> str:
        links = [f'{{ connection = "acme", keys = ["{key}"] }}' for key in self.keys]
        links += [f'{{ connection = "acme", query = "labels = {self.label}" }}'] if self.label else []
        named = ", ".join(f'{{ connection = "acme", key = "{key}" }}' for key in self.anchors)
        lines = [
            "",
            "[[objectives.key_results]]",
            f'id = "{self.id}"',
            f'title = "Title of {self.id}"',
            f"links = [{', '.join(links)}]",
            f'rollup = {{ method = "{self.method}" }}',
            *([f"anchors = [{named}]"] if named else []),
            *([] if self.fields else ['publish = { fields = "off" }']),
        ]
        return "\n".join(lines) + "\n"


@dataclass
class Company:
    """`edited` holds what people wrote into the bridge's fields, `said` their comments; `solid` issues
    stay what and where they are, so that every key result always has something to count. `unseen`:
    something was done that no list tells, only a look at the anchor; `silent`: that only a sweep tells."""

    sandbox: Sandbox
    random: Random
    krs: tuple[Kr, ...] = ()
    epics: list[int] = field(default_factory=list)
    solid: set[int] = field(default_factory=set)
    edited: dict[tuple[int, str], Any] = field(default_factory=dict)
    said: list[tuple[int, Comment, Any]] = field(default_factory=list)
    rewritten: set[int] = field(default_factory=set)
    unseen: bool = False
    silent: bool = False
    count: int = 0

    @property
    def jira(self) -> Jira:
        return self.sandbox.jira

    def okrs(self) -> str:
        return CYCLE + "".join(kr.table() for kr in self.krs)

    def anchors(self) -> dict[int, list[Kr]]:
        """By issue, the key results that are shown there."""
        shown: dict[int, list[Kr]] = {}
        for kr in self.krs:
            for key in kr.anchors or kr.keys:
                shown.setdefault(self.jira.issue(key).id, []).append(kr)
        return shown

    # --- what people do: each answers what it was, in a line

    def work(self) -> str:
        doings: list[tuple[int, Callable[[], str]]] = [
            (6, self.finish), (3, self.reopen), (3, self.begin), (3, self.add), (2, self.split),
            (2, self.delete), (2, self.move), (2, self.hang), (2, self.cancel), (2, self.estimate),
            (1, self.label), (2, self.write_by_hand), (1, self.empty), (1, self.comment), (1, self.reword),
            (1, self.take_comment_away), (1, self.take_link_away),
        ]  # fmt: skip
        do = self.random.choices([do for _, do in doings], [weight for weight, _ in doings])[0]
        return do()

    def _any(self, *, loose: bool = False, level: int | None = None) -> Issue | None:
        """Some issue below the Epics; `loose`: one that may be taken away."""
        found = [
            issue
            for issue in self.jira.store.issues.values()
            if issue.id not in self.epics
            and not (loose and issue.id in self.solid)
            and (level is None or self.jira.catalog.level(issue) == level)
        ]
        return self.random.choice(found) if found else None

    def finish(self) -> str:
        issue = self._any()
        if issue is None or issue.category == "done":
            return "nothing to finish"
        self.jira.resolve(issue.id)
        return f"{issue.key} is done"

    def reopen(self) -> str:
        issue = self._any()
        if issue is None or issue.category != "done":
            return "nothing to reopen"
        self.jira.reopen(issue.id)
        return f"{issue.key} is reopened"

    def turn(self) -> str:
        """Finish a solid one of every Epic, or reopen all of them: every number moves."""
        all_done = all(self.jira.issue(id).category == "done" for id in self.solid)
        for id in sorted(self.solid):
            (self.jira.reopen if all_done else self.jira.resolve)(id)
        return f"every solid story is {'reopened' if all_done else 'done'}"

    def begin(self) -> str:
        issue = self._any()
        if issue is None or issue.category == "done":
            return "nothing to begin"
        self.jira.transition(issue.id, "In Progress")
        return f"{issue.key} is begun"

    def add(self) -> str:
        labels = ["onboarding"] if self.random.random() < 0.5 else []
        epic = self.random.choice(self.epics) if self.random.random() < 0.7 else None
        made = self.story(epic, labels=labels)
        return f"{made.key} is new under {epic} with {labels}"

    def story(self, epic: int | None, **values: Any) -> Issue:
        self.count += 1
        project = self.jira.issue(epic).project if epic else self.random.choice(sorted(OTHERS))
        points = self.random.choice([None, 1, 2, 3, 5, 8])
        return self.jira.add_issue(
            project, "Story", f"Story {self.count}", parent=str(epic or ""), **{POINTS: points}, **values
        )

    def split(self) -> str:
        story = self._any(level=0)
        if story is None:
            return "nothing to split"
        made = self.jira.add_issue(story.project, "Sub-task", "A part", parent=story.key)
        return f"{made.key} is a part of {story.key}"

    def delete(self) -> str:
        issue = self._any(loose=True)
        if issue is None:
            return "nothing to delete"
        for part in self.jira.store.children(issue.id):
            self.jira.delete(part.id)
        self.silent |= self.jira.catalog.level(issue) < 0
        self.jira.delete(issue.id)
        return f"{issue.key} is deleted"

    def move(self) -> str:
        issues = [self._any(loose=True, level=0), self.jira.issue(self.random.choice(self.epics))]
        issue = issues[self.random.random() < 0.4]
        if issue is None:
            return "nothing to move"
        was = issue.key
        return f"{was} is now {self.jira.move(issue.id, OTHERS[issue.project]).key}"

    def hang(self) -> str:
        issue = self._any(loose=True, level=0)
        if issue is None:
            return "nothing to hang"
        parent = self.random.choice([None, *self.epics])
        self.jira.reparent(issue.id, parent)
        return f"{issue.key} hangs under {parent}"

    def cancel(self) -> str:
        issue = self._any(loose=True)
        if issue is None:
            return "nothing to cancel"
        self.jira.resolve(issue.id, "Won't Do")
        return f"{issue.key} is cancelled"

    def estimate(self) -> str:
        issue = self._any(level=0)
        if issue is None:
            return "nothing to estimate"
        points = self.random.choice([None, 1, 2, 3, 5, 8])
        self.jira.edit(issue.id, {POINTS: points})
        return f"{issue.key} is estimated at {points}"

    def label(self) -> str:
        issue = self._any(loose=True, level=0)
        if issue is None:
            return "nothing to label"
        labels = [] if issue.fields["labels"] else ["onboarding"]
        self.jira.edit(issue.id, {"labels": labels})
        return f"{issue.key} has the labels {labels}"

    # --- by hand, on the anchors

    def _anchor(self) -> int:
        return self.random.choice(sorted(self.anchors()))

    def write_by_hand(self) -> str:
        self.count += 1
        item, role = self._anchor(), self.random.choice(["key_result", "progress", "status", "score"])
        value = self.count + 0.25 if role in ("progress", "score") else f"by hand {self.count}"
        if FIELDS[role] not in self.jira.catalog.fields:
            return "no field to write into"
        self.jira.edit(item, {FIELDS[role]: value})
        self.edited[item, role] = value
        return f"somebody sets {role} of {item} to {value}"

    def empty(self) -> str:
        if not self.edited:
            return "nothing to empty"
        item, role = self.random.choice(sorted(self.edited))
        if FIELDS[role] not in self.jira.catalog.fields:
            return "no field to empty"
        self.jira.edit(item, {FIELDS[role]: None})
        del self.edited[item, role]
        return f"somebody empties {role} of {item}"

    def comment(self) -> str:
        self.count += 1
        item, text = self._anchor(), f"What people say, {self.count}"
        body = adf.document(text) if self.jira.cloud else text
        self.said.append((item, self.jira.comment(item, body), body))
        return f"somebody comments on {item}"

    def reword(self) -> str:
        """Somebody changes the words of the bridge's comment: it stays the bridge's own."""
        ours = self.comments_of_ours(self._anchor())
        if not ours:
            return "nothing to reword"
        one = self.random.choice(ours)
        one.body = adf.document("Reworded") if self.jira.cloud else "Reworded"
        self.rewritten.add(one.id)
        return f"somebody rewords comment {one.id}"

    def take_comment_away(self) -> str:
        item = self._anchor()
        ours = self.comments_of_ours(item)
        if not ours:
            return "no comment to take away"
        gone = self.random.choice(ours)
        self.jira.issue(item).comments.remove(gone)
        self.jira.touch(self.jira.issue(item))
        self.unseen = True
        return f"somebody deletes comment {gone.id} on {item}"

    def take_link_away(self) -> str:
        issue = self.jira.issue(self._anchor())
        if not issue.remote:
            return "no link to take away"
        issue.remote.pop()
        self.unseen = True
        return f"somebody deletes a remote link on {issue.key}"

    def comments_of_ours(self, item: int) -> list[Comment]:
        return [one for one in self.jira.issue(item).comments if "okr-bridge" in one.properties]


def furnish(sandbox: Sandbox, random: Random) -> Company:
    """Two projects, three Epics with stories, some with parts, and loose stories with a label."""
    catalog(sandbox)
    company = Company(sandbox, random)
    jira = sandbox.jira
    epics = [jira.add_issue(project, "Epic", "An Epic") for project in ("SHOP", "SHOP", "GROW")]
    company.epics = [epic.id for epic in epics]
    for epic in epics:
        stories = [company.story(epic.id) for _ in range(random.randint(3, 5))]
        company.solid.add(stories[0].id)
        for story in stories[1:]:
            for _ in range(random.choice([0, 0, 2])):
                jira.add_issue(story.project, "Sub-task", "A part", parent=story.key)
    loose = [company.story(None, labels=["onboarding"]) for _ in range(random.randint(3, 5))]
    company.solid.add(loose[0].id)
    for issue in [*jira.store.issues.values()]:
        if issue.id not in company.epics and random.random() < 0.4:
            jira.resolve(issue.id)
    one, two, three = (epic.key for epic in epics)
    company.krs = (
        Kr("KR1", (one, two)),
        Kr("KR2", (one,), label="onboarding", method="points"),
        Kr("KR3", (three,), fields=False),
        Kr("KR4", (), label="onboarding", anchors=(two,)),
    )
    return company


def catalog(sandbox: Sandbox) -> None:
    catalog = sandbox.jira.catalog
    seed.software_fields(catalog)
    for id, name, category in (("1", "To Do", "new"), ("2", "In Progress", "indeterminate"),
                               ("3", "Done", "done")):  # fmt: skip
        catalog.status(id, name, category)
    for id, name, level in (("1", "Epic", 1), ("2", "Story", 0), ("3", "Sub-task", -1)):
        catalog.type(id, name, level)
    for id, name in (("1", "Done"), ("2", "Won't Do")):
        catalog.resolution(id, name)
    catalog.priority("3", "Medium")
    for id, key in (("100", "SHOP"), ("200", "GROW")):
        project = Project(id, key, key.title(), types=["1", "2", "3"], statuses=["1", "2", "3"])
        catalog.project(project)
    catalog.boards[1] = Board(1, "SHOP board", "scrum", "SHOP", POINTS)
    screen = catalog.screens[seed.DEFAULT_SCREEN]
    for role, (name, kind) in ROLES.items():
        made = catalog.custom(int(FIELDS[role].removeprefix("customfield_")), name, PLATFORM + kind)
        catalog.put_on_screen(made, screen, screen.tabs[0][0])
