"""Where a key result and an objective stand, at a moment, and what there is to remark on it."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import replace
from datetime import UTC
from decimal import Decimal
from fractions import Fraction

from bridge.facts import Facts, Found, Kept, Moment, find
from bridge.metric import clamp, disagree, holds
from bridge.model import (
    Counts,
    KeyResult,
    Kind,
    Note,
    Objective,
    ObjectiveStanding,
    Override,
    Pace,
    Progress,
    ScopeChange,
    Standing,
    State,
)
from bridge.notes import Say
from bridge.pace import Timing, age, elapsed, expected, forecast, judge_pace, success_mark, trending_off
from bridge.scope import headline, scope_change
from bridge.show import colour

__all__ = ["Facts", "Kept", "Moment", "stand", "stand_objective"]

_MEASURED = (Kind.METRIC, Kind.BLEND)
_UNFORESEEN = (Kind.MILESTONE, Kind.LEARNING)
_FOR_EXPLANATIONS = {Say.MODE, Say.DONE_UNIT_OPEN_PARTS, Say.PARTS_OF_GROUP, Say.COPIES_DIFFER}
"""Remarks that only matter to who asks for the reason."""


def stand(kr: KeyResult, objective: Objective, facts: Facts, moment: Moment) -> Standing:
    """Judge one key result. What could not be read completely never changes its value."""
    found = find(kr, facts)
    computed = found.value if facts.complete else None
    override = _valid(facts.override, moment)
    kept = facts.last if computed is None else None
    shown = kept.progress if kept else computed
    if override is not None:
        kept, shown = None, clamp(Fraction(override.value))
    timing = _timing(kr, objective, found, moment)
    ahead = None if _unforeseen(kr) else forecast(shown, timing.elapsed, moment.rules)
    standing = Standing(
        kr=kr,
        objective=objective.id,
        progress=shown,
        computed=computed,
        override=override,
        kept=kept is not None,
        complete=facts.complete,
        pace=Pace.NONE if kr.kind is Kind.LEARNING else judge_pace(shown, timing, moment.rules),
        own_word=next((one.status for one in reversed(facts.checkins) if one.status), ""),
        colour=colour(shown),
        confidence=_confidence(facts),
        work=_work(kr, facts),
        current=found.current,
        raw=found.reading.raw,
        distance=found.reading.distance,
        mismatch=_mismatch(kr, facts, found),
        forecast=ahead,
        trending_off=trending_off(ahead, objective.kind),
        scope=_scope(facts),
    )
    return replace(standing, notes=tuple(_remarks(standing, objective, facts, found)))


def _valid(override: Override | None, moment: Moment) -> Override | None:
    """An override holds through the whole of its last day."""
    return override if override is not None and moment.today <= override.until else None


def _timing(kr: KeyResult, objective: Objective, found: Found, moment: Moment) -> Timing:
    unit = kr.metric if kr.kind is Kind.METRIC else None
    return Timing(
        elapsed=elapsed(moment.cycle, moment.today),
        expected=expected(moment.cycle, moment.today, kr.expected, unit),
        age=age(moment.now, moment.zone, moment.cycle, found.known),
        closed=_closed(objective, moment),
    )


def _closed(objective: Objective, moment: Moment) -> bool:
    return objective.state is State.CLOSED or moment.today > moment.cycle.end


def _unforeseen(kr: KeyResult) -> bool:
    banded = kr.kind in _MEASURED and kr.metric is not None and kr.metric.band is not None
    return banded or kr.kind in _UNFORESEEN


def _confidence(facts: Facts) -> Decimal | None:
    return next((one.confidence for one in reversed(facts.checkins) if one.confidence is not None), None)


def _work(kr: KeyResult, facts: Facts) -> Progress | None:
    """The roll-up; without its value, where a part of the work could not be read."""
    if not facts.unreadable:
        return facts.work
    work = facts.work or Progress(None, kr.rollup.method, kr.rollup.mode, Counts())
    unreadable = work.counts.unreadable or facts.unreadable
    return replace(work, value=None, counts=replace(work.counts, unreadable=unreadable))


def _mismatch(kr: KeyResult, facts: Facts, found: Found) -> bool:
    work = facts.work.value if facts.work else None
    return facts.complete and kr.kind in _MEASURED and disagree(work, found.reading.progress)


def _scope(facts: Facts) -> ScopeChange | None:
    if facts.unreadable or facts.baseline is None or facts.work is None:
        return None
    return scope_change(facts.baseline, facts.work)


def _remarks(standing: Standing, objective: Objective, facts: Facts, found: Found) -> Iterator[Note]:
    """Why the value is what it is first, then what to look at, then what the roll-up says of itself."""
    yield from _about_override(standing, facts)
    reasons = [*_about_reading(facts), *_about_nothing(standing, facts, found)]
    if standing.kept and facts.last is not None:
        reason = reasons[0].code if reasons else Say.NOTHING_TO_COUNT
        at = facts.last.at.astimezone(UTC).isoformat()
        yield Note(Say.LAST_KEPT, {"at": at, "reason": str(reason)})
    yield from reasons
    yield from _about_metric(standing, facts)
    yield from _about_guard(standing.kr, facts)
    yield from _about_course(standing, objective, facts)
    if facts.work is not None and not facts.unreadable:
        told = {Say.NOTHING_TO_COUNT, *_FOR_EXPLANATIONS} if reasons else _FOR_EXPLANATIONS
        yield from (note for note in facts.work.notes if note.code not in told)


def _about_override(standing: Standing, facts: Facts) -> Iterator[Note]:
    override = facts.override
    if override is None:
        return
    if standing.override is None:
        yield Note(Say.OVERRIDE_EXPIRED, {"until": override.until.isoformat(), "by": override.by})
        return
    yield Note(
        Say.OVERRIDDEN,
        {
            "value": str(override.value),
            "by": override.by,
            "why": override.why,
            "until": override.until.isoformat(),
            "computed": None if standing.computed is None else str(standing.computed),
        },
    )


def _about_reading(facts: Facts) -> Iterator[Note]:
    if facts.unreadable:
        yield Note(Say.LINKS_UNREADABLE, {"n": facts.unreadable, "m": facts.links})
    if not facts.current_complete:
        yield Note(Say.READING_FAILED)


def _about_nothing(standing: Standing, facts: Facts, found: Found) -> Iterator[Note]:
    """Why a complete read gave no value."""
    if not facts.complete or standing.computed is not None:
        return
    yield from found.notes
    if facts.work is not None and standing.kr.kind is Kind.WORK:
        yield from (note for note in facts.work.notes if note.code == Say.NOTHING_TO_COUNT)


def _about_metric(standing: Standing, facts: Facts) -> Iterator[Note]:
    unit = standing.kr.metric.unit if standing.kr.metric else ""
    if standing.distance:
        yield Note(Say.BAND_DISTANCE, {"distance": str(standing.distance), "unit": unit})
    if standing.mismatch and facts.work is not None and standing.kr.metric is not None:
        metric = clamp(standing.raw) if standing.raw is not None else Fraction(standing.distance == 0)
        yield Note(Say.MISMATCH, {"work": str(facts.work.value), "metric": str(metric)})


def _about_guard(kr: KeyResult, facts: Facts) -> Iterator[Note]:
    guard = kr.guard
    if guard is None:
        return
    if facts.guard is None:
        yield Note(Say.GUARD_UNREAD, {"title": guard.title})
    elif not holds(guard.metric, facts.guard):
        told = {"title": guard.title, "current": str(facts.guard), "unit": guard.metric.unit}
        yield Note(Say.GUARD_BROKEN, told)


def _about_course(standing: Standing, objective: Objective, facts: Facts) -> Iterator[Note]:
    if standing.scope is not None and facts.baseline is not None and facts.work is not None:
        net = headline(facts.baseline, facts.work)
        if net.scope or net.completed or standing.scope.added or standing.scope.removed:
            told = {"scope": net.scope, "completed": net.completed}
            counts = {"added": len(standing.scope.added), "removed": len(standing.scope.removed)}
            yield Note(Say.SCOPE, told | counts)
    mark = success_mark(objective.kind)
    if standing.trending_off and mark is not None:
        yield Note(Say.TRENDING_OFF, {"forecast": str(standing.forecast), "mark": str(mark)})


def stand_objective(objective: Objective, standings: Sequence[Standing], moment: Moment) -> ObjectiveStanding:
    """The weighted mean over the key results that have a value; weight 0 neither counts nor is known.

    Its pace is judged like a key result's; it is outdated when every key result with a pace is, and has
    none when none has.
    """
    weighing = [one for one in standings if one.kr.weight > 0]
    valued = [(Fraction(one.kr.weight), one.progress) for one in weighing if one.progress is not None]
    whole = sum(weight for weight, _ in valued)
    progress = sum((weight * value for weight, value in valued), Fraction(0)) / whole if whole else None
    short = len(valued) < len(weighing)
    told = {"known": len(valued), "total": len(weighing)}
    return ObjectiveStanding(
        objective=objective,
        progress=progress,
        pace=_objective_pace(objective, weighing, progress, moment),
        colour=colour(progress),
        known=len(valued),
        total=len(weighing),
        notes=(Note(Say.KNOWN, told),) if short else (),
    )


def _objective_pace(
    objective: Objective, weighing: Sequence[Standing], progress: Fraction | None, moment: Moment
) -> Pace:
    paces = {one.pace for one in weighing} - {Pace.NONE}
    if not paces:
        return Pace.CLOSED if _closed(objective, moment) else Pace.NONE
    share = elapsed(moment.cycle, moment.today)
    stale = moment.rules.fresh_days + 1 if paces == {Pace.OUTDATED} else 0
    timing = Timing(share, share, stale, _closed(objective, moment))
    return judge_pace(progress, timing, moment.rules)
