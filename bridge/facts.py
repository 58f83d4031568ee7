"""What is known of a key result, and what that says by itself: before overrides and the calendar."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date, datetime, tzinfo
from decimal import Decimal
from fractions import Fraction

from bridge.metric import Reading, blended, clamp, measure, milestones_reached
from bridge.model import Baseline, CheckIn, Cycle, KeyResult, Kind, Note, Override, Progress
from bridge.notes import Say
from bridge.pace import PaceRules

NO_READING = Reading(None)


@dataclass(frozen=True, slots=True)
class Kept:
    """The last value that was known for certain, and when."""

    progress: Fraction
    at: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class Facts:
    """All that is known of one key result at a moment.

    `work` is the roll-up of its links, of which `unreadable` of `links` could not be read. `current` is
    what the metric's source gave, `guard` the guard's reading. `checkins` come oldest first. `last_read`
    is when everything was last read completely.
    """

    work: Progress | None = None
    unreadable: int = 0
    links: int = 0
    current: Decimal | None = None
    current_complete: bool = True
    guard: Decimal | None = None
    checkins: tuple[CheckIn, ...] = ()
    override: Override | None = None
    last: Kept | None = None
    last_read: datetime | None = None
    baseline: Baseline | None = None

    @property
    def complete(self) -> bool:
        return not self.unreadable and self.current_complete

    @property
    def hand_set(self) -> CheckIn | None:
        """The latest check-in that reports a value."""
        return next((one for one in reversed(self.checkins) if one.value is not None), None)


@dataclass(frozen=True, slots=True)
class Moment:
    """When and by which rules a judgement is made: `now` is aware, dates are those of `zone`."""

    now: datetime
    zone: tzinfo
    cycle: Cycle
    rules: PaceRules = field(default_factory=PaceRules)

    @property
    def today(self) -> date:
        return self.now.astimezone(self.zone).date()


@dataclass(frozen=True, slots=True)
class Found:
    """What the facts say. `known`: when the oldest thing the value rests on was last known (None: never).
    `notes` say why there is no value."""

    value: Fraction | None
    known: datetime | None
    reading: Reading = NO_READING
    current: Decimal | None = None
    notes: tuple[Note, ...] = ()


def find(kr: KeyResult, facts: Facts) -> Found:
    """The value of a key result by its kind."""
    match kr.kind:
        case Kind.WORK:
            return _work(kr, facts)
        case Kind.METRIC:
            return _metric(kr, facts)
        case Kind.BLEND:
            return _blend(kr, facts)
        case Kind.MILESTONE:
            return _milestone(kr, facts)
        case Kind.LEARNING:
            return _learning(facts)


def _work(kr: KeyResult, facts: Facts) -> Found:
    value = facts.work.value if facts.work else None
    unlinked = value is None and not kr.links
    return Found(value, facts.last_read, notes=(Note(Say.NO_LINKS),) if unlinked else ())


def _metric(kr: KeyResult, facts: Facts) -> Found:
    """A metric has a source, or is fed by check-ins and is as fresh as the latest."""
    if kr.metric is None:
        return Found(None, facts.last_read, notes=(Note(Say.NO_READING),))
    reported = facts.hand_set
    if kr.metric.source is not None:
        current, known = facts.current, facts.last_read
    else:
        current, known = (reported.value, reported.at) if reported else (None, None)
    reading = measure(kr.metric, current)
    notes = (Note(Say.NO_READING),) if current is None else ()
    return Found(reading.progress, known, reading, current, notes)


def _blend(kr: KeyResult, facts: Facts) -> Found:
    """Only as known as the older of its parts; a part that weighs nothing does not matter."""
    metric = _metric(kr, facts)
    work = facts.work.value if facts.work else None
    blend = kr.blend
    if blend is None:
        return Found(None, facts.last_read, metric.reading, metric.current)
    value = blended(blend, work, metric.value)
    parts = [
        ("work", blend.work, work, facts.last_read),
        ("metric", blend.metric, metric.value, metric.known),
    ]
    used = [part for part in parts if part[1]]
    known = [at for *_, at in used]
    missing = tuple(Note(Say.BLEND_PART_MISSING, {"part": name}) for name, _, told, _ in used if told is None)
    oldest = None if None in known else min((at for at in known if at is not None), default=None)
    return Found(value, oldest, metric.reading, metric.current, missing)


def _milestone(kr: KeyResult, facts: Facts) -> Found:
    """Reached once is reached: every check-in adds to the milestones done."""
    done = {title for checkin in facts.checkins for title in checkin.milestones}
    value = milestones_reached(kr.milestones, done)
    notes = (Note(Say.NO_MILESTONES),) if value is None else ()
    return Found(value, facts.checkins[-1].at if facts.checkins else None, notes=notes)


def _learning(facts: Facts) -> Found:
    reported = facts.hand_set
    if reported is None or reported.value is None:
        return Found(None, None, notes=(Note(Say.NO_CHECKIN),))
    return Found(clamp(Fraction(reported.value)), reported.at)
