"""Key results, where they stand, and a whole write of them, for tests of what is written on anchors."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime
from fractions import Fraction
from typing import Any

from bridge.apply import Run, apply
from bridge.model import (
    Change,
    Counts,
    ItemRef,
    KeyResult,
    Objective,
    Outcome,
    Pace,
    Plan,
    Progress,
    Standing,
    What,
)
from bridge.places import Place, Written
from bridge.plan import plan
from bridge.publish import Publishing, Rules, Stamp, Target, stamps, wanted
from bridge.settle import settle
from bridge.show import colour
from bridge.store.records import Pending
from bridge.wording import Words
from connectors.memory import Memory, Tracker

NOON = datetime(2026, 11, 2, 12, tzinfo=UTC)
LATER = datetime(2026, 11, 3, 12, tzinfo=UTC)
EN, ZH = Words("en"), Words("zh-CN")


def key_result(id: str = "O1-KR1", title: str = "Guided onboarding", **parts: Any) -> KeyResult:
    return KeyResult(id=id, title=title, **parts)


def objective(*key_results: KeyResult, id: str = "O1", title: str = "Running within a day") -> Objective:
    return Objective(id=id, title=title, key_results=key_results or (key_result(),))


def standing(done: int = 2, counted: int = 3, kr: KeyResult | None = None, **parts: Any) -> Standing:
    """A key result by count: `done` of `counted`."""
    value = Fraction(done, counted) if counted else None
    work = Progress(value, "count", "story", Counts(counted=counted, done=done))
    known = {
        "progress": value,
        "computed": value,
        "colour": colour(value),
        "pace": Pace.ON_TRACK,
        "work": work,
    }
    return Standing(kr=kr or key_result(), objective="O1", **{**known, **parts})


@dataclass
class Ledger:
    """A memory in dictionaries. `step` is called before every change of it, and may raise: a kill."""

    step: Callable[[], None] = lambda: None
    places: dict[Place, Written] = field(default_factory=dict)
    seen: dict[ItemRef, Mapping[str, Any]] = field(default_factory=dict)
    intents: dict[int, tuple[str, Change]] = field(default_factory=dict)
    closed: dict[int, tuple[Outcome, str]] = field(default_factory=dict)
    attempts: dict[int, int] = field(default_factory=dict)

    @property
    def outbox(self) -> Ledger:
        return self

    written = mirror = outbox

    @contextmanager
    def transaction(self) -> Iterator[None]:
        kept = dict(self.places), dict(self.seen), dict(self.intents), dict(self.closed), dict(self.attempts)
        try:
            yield
        except BaseException:
            self.places, self.seen, self.intents, self.closed, self.attempts = kept
            raise

    def add(self, run: str, change: Change) -> int:
        self.step()
        self.intents[len(self.intents) + 1] = (run, change)
        return len(self.intents)

    def attempt(self, id: int) -> None:
        self.step()
        self.attempts[id] = self.attempts.get(id, 0) + 1

    def close(self, id: int, outcome: Outcome, detail: str = "") -> None:
        self.step()
        if outcome is not Outcome.UNKNOWN:
            self.closed[id] = (outcome, detail)

    def reopen(self, ids: Sequence[int]) -> None:
        for id in ids:
            self.closed.pop(id, None)

    def pending(self, connection: str | None = None) -> tuple[Pending, ...]:
        open = (entry for entry in self.intents.items() if entry[0] not in self.closed)
        return tuple(Pending(id, run, change, self.attempts.get(id, 0), "") for id, (run, change) in open)

    def put(self, connection: str, key: Any, written: Any) -> None:
        self.step()
        where = Place(connection, key.item, key.kr, What(key.what), key.name)
        self.places[where] = Written(written.value, written.ref, written.at)

    def drop(self, connection: str, key: Any) -> None:
        self.step()
        self.places.pop(Place(connection, key.item, key.kr, What(key.what), key.name), None)

    def panels(self, connection: str, ids: Iterable[str]) -> Mapping[str, Mapping[str, Any]]:
        return {id: self.seen[ItemRef(connection, id)] for id in ids if ItemRef(connection, id) in self.seen}

    def set_panel(self, connection: str, id: str, panel: Mapping[str, Any]) -> None:
        self.step()
        self.seen[ItemRef(connection, id)] = dict(panel)


@dataclass
class Desk:
    """A tracker with one anchor for each key result (or one for all), and all that writing on it needs."""

    objectives: Sequence[Objective]
    one_item: bool = False
    rules: Rules = field(default_factory=Rules)
    language: Words = EN
    public_url: str = "https://okr.example"
    ledger: Ledger = field(default_factory=Ledger)
    tracker: Tracker = field(default_factory=Tracker)
    stamps: dict[str, Stamp] = field(default_factory=dict)
    anchors: dict[str, list[Target]] = field(default_factory=dict)

    def __post_init__(self) -> None:
        self.memory = Memory("acme", self.tracker)
        for one in self.objectives:
            for kr in one.key_results:
                targets = next(iter(self.anchors.values()), None) if self.one_item else None
                self.anchors[kr.id] = targets or [self._target()]

    def _target(self) -> Target:
        id = self.tracker.add("Epic", tier="group")
        return Target("acme", id, self.tracker.items[id]["key"])

    @property
    def item(self) -> str:
        return next(iter(self.anchors.values()))[0].item

    def plan(self, standings: Sequence[Standing], now: datetime = NOON, policy: str = "keep") -> Plan:
        self.stamps = stamps(standings, self.stamps, now)
        publishing = Publishing("here", {"acme": self.language}, self.rules, self.public_url)
        places = wanted(self.objectives, standings, self.anchors, publishing, self.stamps, self.ledger.places)
        items = {target.item for targets in self.anchors.values() for target in targets}
        before, after = self.memory.before, self.memory.after
        self.memory.before = self.memory.after = lambda _: None
        found = {ItemRef("acme", item): self.memory.look(item) for item in items}
        self.memory.before, self.memory.after = before, after
        return plan(places, self.ledger.places, found, "here", policy)

    def run(self, standings: Sequence[Standing], now: datetime = NOON, policy: str = "keep") -> Plan:
        """Settle, plan, apply: what a run does."""
        panels = {"acme": self.memory}
        settle(self.ledger.pending(), panels, self.ledger, now)
        todo = self.plan(standings, now, policy)
        return apply(todo, Run(panels=panels, ledger=self.ledger, id="r1", at=now))

    def state(self) -> Any:
        """All that stands on the tracker, comments without their numbers."""
        comments = {item: list(held.values()) for item, held in self.tracker.comments.items()}
        return (self.tracker.panels, self.tracker.properties, comments, self.tracker.links)


def outcomes(done: Plan) -> dict[str, Outcome]:
    return {change.name: change.outcome for change in done.changes}
