"""A believable quarter of a company's work, played forward from its start to the sandbox's now.

Every change goes through the same methods as a person's would, at its own instant, so that each issue's
history leads to its present state. The same seed and clock give the same quarter.
"""

import random
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta

from bridge.sandbox import seed as base
from bridge.sandbox.company import DAY, found, points_field
from bridge.sandbox.cycle import Cycle, cycle_of
from bridge.sandbox.jira import Jira
from bridge.sandbox.records import Issue, Json
from bridge.sandbox.story import BUGS, CART, PARTS, REQUESTS, THEMES, Theme
from bridge.sandbox.workday import advance

__all__ = ["advance", "fill"]

POINTS = (1, 2, 2, 3, 3, 3, 5, 5, 8, 13)
CANCELLED = {"Won't Do": 0.05, "Duplicate": 0.02}


@dataclass(slots=True)
class Play:
    """Everything that will happen, by instant; issues are known by their titles."""

    jira: Jira
    cycle: Cycle
    rng: random.Random
    people: list[Json]
    events: list[tuple[int, int, Callable[[], object]]] = field(default_factory=list)
    made: dict[str, Issue] = field(default_factory=dict)

    def at(self, ms: int, act: Callable[[], object]) -> None:
        self.events.append((ms, len(self.events), act))

    def run(self) -> None:
        """Let everything up to now happen, each at its time."""
        now = self.jira.clock.ms()
        for ms, _, act in sorted(self.events, key=lambda event: event[:2]):
            if ms <= now:
                with self.jira.clock.standing_at(ms):
                    act()


def fill(jira: Jira, seed: int) -> None:
    """Set the company up and play its quarter until now."""
    cycle = cycle_of(jira.clock.now().astimezone(UTC).date())
    play = Play(jira, cycle, random.Random(seed), found(jira, cycle))
    for theme in THEMES:
        _theme(play, theme)
    _requests(play)
    _oddities(play)
    play.run()


def _plan_sprint(play: Play, title: str, started: int) -> None:
    """Taken up in a sprint: the one that ran when the work began."""
    number = (started - play.cycle.ms(0)) // (14 * DAY) + 1
    sprint = play.jira.catalog.sprints.get(number)
    if sprint is not None:
        play.jira.edit(_id(play, title), {f"customfield_{base.SPRINT}": [sprint]}, by=play.people[0])


def _theme(play: Play, theme: Theme) -> None:
    """The epic before the quarter, its work spread over it, ahead of or behind the calendar."""
    play.at(play.cycle.ms(-0.2), lambda: _open_epic(play, theme))
    titles = [(title, "Story") for title in theme.work]
    titles += [(title, "Bug") for title in BUGS.get(theme.title, ())]
    for number, (title, kind) in enumerate(titles):
        plan = (number + 0.7) / len(titles) * 1.1 - theme.lead
        finish = play.cycle.ms(plan + play.rng.uniform(-0.05, 0.05))
        kind = "Task" if kind == "Story" and play.rng.random() < 0.25 else kind
        _work(play, theme, title, kind, finish)
    if theme.title == CART:
        play.at(
            play.cycle.ms(0.35), lambda: play.jira.transition(play.made[CART].id, "Done", by=play.people[0])
        )


def _open_epic(play: Play, theme: Theme) -> None:
    values: dict[str, Json] = {"labels": [theme.label], "duedate": play.cycle.end.isoformat()}
    values["assignee"] = values["reporter"] = play.people[len(play.made) % len(play.people)]
    if not play.jira.cloud:
        values[f"customfield_{base.EPIC_NAME}"] = theme.title
    play.made[theme.title] = play.jira.add_issue(theme.project, "Epic", theme.title, **values)
    play.jira.transition(play.made[theme.title].id, "In Progress", by=values["assignee"])


def _work(play: Play, theme: Theme, title: str, kind: str, finish: int) -> None:
    rng, jira = play.rng, play.jira
    owner = rng.choice(play.people)
    created = min(play.cycle.ms(rng.uniform(-0.15, 0.2)), finish - 3 * DAY)
    created = max(created, play.cycle.ms(-0.19))
    finish = max(finish, created + 2 * DAY)
    started = max(created + DAY // 2, finish - rng.randint(2, 9) * DAY)
    values = _values(play, theme, owner, finish, kind)
    estimate = None if rng.random() < 0.15 else float(rng.choice(POINTS))

    def open_it() -> None:
        epic = play.made[theme.title].key
        play.made[title] = jira.add_issue(theme.project, kind, title, parent=epic, **values)
        if rng_parts:
            _open_parts(play, theme.project, title, owner)

    rng_parts = kind == "Story" and rng.random() < 0.18
    play.at(created, open_it)
    if estimate is not None:
        field_id = points_field(jira, theme.project)
        play.at(created + DAY // 4, lambda: jira.edit(_id(play, title), {field_id: estimate}, by=owner))
    if theme.project == "SHOP":
        play.at(started, lambda: _plan_sprint(play, title, started))
    play.at(started, lambda: jira.transition(_id(play, title), "In Progress", by=owner))
    if rng_parts:
        for index, part in enumerate(PARTS):
            when = started + (finish - started) * (index + 1) // (len(PARTS) + 1)
            play.at(when, lambda part=part: _close(play, f"{title}: {part}", owner))  # type: ignore[misc]
    _finish(play, title, owner, started, finish)


def _values(play: Play, theme: Theme, owner: Json, finish: int, kind: str) -> dict[str, Json]:
    due = datetime.fromtimestamp(finish / 1000, UTC).date() + timedelta(days=2)
    priority = play.jira.catalog.named(play.jira.catalog.priorities, "High" if kind == "Bug" else "Medium")
    values: dict[str, Json] = {"labels": [theme.label], "assignee": owner, "reporter": play.people[0]}
    values["priority"] = priority
    if play.rng.random() < 0.5:
        values["duedate"] = due.isoformat()
    if play.rng.random() < 0.1:
        values["timeoriginalestimate"] = play.rng.randint(1, 5) * 8 * 3600
    return values


def _id(play: Play, title: str) -> int:
    return play.made[title].id


def _open_parts(play: Play, project: str, title: str, owner: Json) -> None:
    kind = "Subtask" if project == "GROW" else "Sub-task"
    for part in PARTS:
        name = f"{title}: {part}"
        play.made[name] = play.jira.add_issue(
            project, kind, name, parent=play.made[title].key, assignee=owner
        )


def _close(play: Play, title: str, owner: Json) -> None:
    play.jira.resolve(_id(play, title), by=owner)


def _finish(play: Play, title: str, owner: Json, started: int, finish: int) -> None:
    """How it ends: cancelled, done, or done after one more round."""
    rng, jira = play.rng, play.jira
    fate = rng.random()
    for name, share in CANCELLED.items():
        if fate < share:
            return play.at(started, lambda word=name: jira.resolve(_id(play, title), word, by=owner))  # type: ignore[misc]
        fate -= share
    play.at(finish, lambda: jira.resolve(_id(play, title), by=owner))
    if fate < 0.07:
        play.at(finish + DAY, lambda: jira.reopen(_id(play, title), by=play.people[0]))
        play.at(finish + 6 * DAY, lambda: jira.resolve(_id(play, title), by=owner))
    elif fate < 0.12:
        play.at(started + DAY, lambda: jira.flag(_id(play, title), by=owner))
        play.at(finish - DAY // 2, lambda: jira.flag(_id(play, title), False, by=owner))
    return None


def _requests(play: Play) -> None:
    """Customers ask all through the quarter; most are answered within a week."""
    for number, title in enumerate(REQUESTS):
        kind = "Incident" if number % 6 == 3 else "Service Request"
        asked = play.cycle.ms(number / len(REQUESTS))
        owner = play.rng.choice(play.people)
        values: dict[str, Json] = {"assignee": owner, "labels": ["customer"]}

        def ask(title: str = title, kind: str = kind, values: dict[str, Json] = values) -> None:
            play.made[title] = play.jira.add_issue("HELP", kind, title, **values)

        play.at(asked, ask)
        answered = asked + play.rng.randint(1, 9) * DAY
        play.at(answered, lambda title=title, owner=owner: _close(play, title, owner))  # type: ignore[misc]


def _oddities(play: Play) -> None:
    """What every real project has: an issue that moved, one blocked by another, one that changed its epic."""
    moved, blocked, blocker = "Usage mail to owners", "Guest checkout", "Errors beside the field"
    play.at(play.cycle.ms(0.22), lambda: play.jira.move(_id(play, "Invoice with wrong address"), "SHOP"))
    play.at(play.cycle.ms(0.23), lambda: _to_checkout(play, "Invoice with wrong address"))
    play.at(
        play.cycle.ms(0.25),
        lambda: play.jira.link("Blocks", str(_id(play, blocked)), str(_id(play, blocker))),
    )
    play.at(play.cycle.ms(0.27), lambda: play.jira.move(_id(play, moved), "SHOP"))


def _to_checkout(play: Play, title: str) -> None:
    play.jira.reparent(_id(play, title), _id(play, "One-page checkout"), by=play.people[0])
