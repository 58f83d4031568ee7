"""How ClickUp's tasks stood: of their past ClickUp tells the time in each status, and nothing else.

It tells a status once, however often a task was in it: for how many minutes altogether, and since when.
Whether that is the first time or the last, nobody says. So a status is believed only as far back as the
minutes fill the time until the next one: before that it is open how the task stood. All else of a task is
taken as it is today.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import partial
from typing import Any

from bridge.errors import MappingError
from bridge.model import FieldValue, Raw, Selector, Stretch, WorkItem
from mappings.clickup_fields import fold, instant
from mappings.past import rewind

ALONE = "ClickUp tells what it hits today, and of the past statuses alone"
RETURNED = "it was in one status several times, and ClickUp does not tell when"
NOTHING = "ClickUp tells no time in status of it"
BEGAN_LATE = "ClickUp's time in status begins only after it was made"
UNTOLD = (LookupError, TypeError, ValueError, AttributeError, ArithmeticError)
CLOSE = timedelta(minutes=2)
"""Minutes are whole, and instants of one change differ a little."""
DONE = frozenset({"done", "closed"})

Change = Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class Span:
    """A status from an instant on; `doubt` says why it is not known which."""

    since: datetime
    status: Mapping[str, Any]
    doubt: str = ""


class ClickUpReplay:
    """`translate` is how a record becomes an item."""

    fields = keys = ()

    def __init__(self, translate: Callable[[Raw], WorkItem], selectors: Iterable[Selector]) -> None:
        self._translate = translate
        asked = tuple(selectors)
        self._statuses: dict[Selector, str] = {
            one: fold(one.value)
            for one in asked
            if isinstance(one, FieldValue) and fold(one.field) == "status"
        }
        self.untold = {one: ALONE for one in asked if one not in self._statuses}

    def stretches(
        self, raw: Raw, changes: Sequence[Mapping[str, Any]], ends: Sequence[datetime]
    ) -> Sequence[Stretch]:
        """As promised by `Replay`; in doubt as long as it is open in which status it was."""
        try:
            before, now = _spans(raw, changes)
            born = instant(raw.data["date_created"])
            state = [now]
            names = frozenset(fold(one["status"]) for one in (raw.data["status"], *changes))
            stand = partial(self._stand, raw, names, state)
            steps = [(after.since, one) for one, after in zip(before, (*before, now)[1:], strict=True)]
            return rewind(steps, list(ends), born, stand, partial(state.__setitem__, 0))
        except UNTOLD as error:
            self._translate(raw)
            what = f"cannot be read ({type(error).__name__})"
            raise MappingError(raw.id, "time in status", what) from error

    def _stand(
        self, raw: Raw, names: frozenset[str], state: list[Span], place: int, changed: datetime | None
    ) -> Stretch:
        span = state[0]
        data = {**raw.data, "status": span.status}
        if span.status is not raw.data["status"]:
            done = changed and changed.timestamp() * 1000
            data |= {"date_done": done and str(round(done)), "date_closed": None}
        item = self._translate(Raw(raw.id, raw.version, data))
        possible = names if span.doubt else {fold(item.status)}
        hits = frozenset(one for one, name in self._statuses.items() if name in possible)
        return Stretch(place, item, hits, span.doubt)


def _spans(raw: Raw, changes: Sequence[Change]) -> tuple[tuple[Span, ...], Span]:
    """Those before, oldest first, and the one of now. The last change is the status of now."""
    status, born = raw.data["status"], instant(raw.data["date_created"])
    if not changes:
        return (), Span(born, status, NOTHING)
    earlier = sorted(_earlier(changes), reverse=True)
    known = list(_known(status, changes, earlier))
    whole = len(known) == len(earlier) + 1
    if whole and born + CLOSE < known[-1].since:
        known += _from_the_first(born, known, changes[-1])
    if not (whole and known[-1].since <= born + CLOSE):
        known = known or _finished(raw.data, changes)
        known.append(Span(born, status, BEGAN_LATE if whole else RETURNED))
    return tuple(known[:0:-1]), known[0]


def _known(
    status: Mapping[str, Any], changes: Sequence[Change], earlier: Iterable[tuple[datetime, timedelta, int]]
) -> Iterator[Span]:
    """As far back as the statuses follow on each other without a gap, newest first."""
    start = instant(changes[-1]["since"])
    if _minutes(changes[-1]) + CLOSE < instant(changes[-1]["asked"]) - start:
        return
    yield Span(start, status)
    for since, spent, at in earlier:
        if abs(start - since - spent) > CLOSE:
            return
        yield Span(since, changes[at])
        start = since


def _from_the_first(born: datetime, known: Sequence[Span], now: Change) -> list[Span]:
    """What is left of the minutes of the status of now, where they fill the time before all others."""
    left = _minutes(now) - (instant(now["asked"]) - instant(now["since"]))
    return [Span(born, known[0].status)] if abs(known[-1].since - born - left) <= CLOSE else []


def _earlier(changes: Sequence[Change]) -> Iterator[tuple[datetime, timedelta, int]]:
    """Since when, for how long, and which. The status of now is listed among the others, too: what it has
    more of there is an earlier stay."""
    *told, now = changes
    for at, one in enumerate(told):
        spent, since = _minutes(one), instant(one["since"])
        if fold(one["status"]) == fold(now["status"]):
            spent -= _minutes(now)
        yield since, spent, at


def _finished(data: Mapping[str, Any], changes: Sequence[Change]) -> list[Span]:
    """A task that is done has been so since it was finished, if there is but one way to be done."""
    status, at = data["status"], data.get("date_done") or data.get("date_closed")
    ways = {fold(one["status"]) for one in (status, *changes) if one.get("type") in DONE}
    return [Span(instant(at), status)] if at and ways == {fold(status["status"])} else []


def _minutes(change: Change) -> timedelta:
    return timedelta(minutes=int(change["minutes"]))
