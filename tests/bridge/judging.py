"""Key results, facts and moments in few words."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from fractions import Fraction
from typing import Any
from zoneinfo import ZoneInfo

from bridge.model import (
    Ambition,
    CheckIn,
    Counts,
    Cycle,
    KeyResult,
    Kind,
    Link,
    Metric,
    Note,
    Objective,
    Override,
    Progress,
    Query,
    Standing,
)
from bridge.notes import Say
from bridge.pace import PaceRules
from bridge.standing import Facts, Kept, Moment, stand

SHANGHAI = ZoneInfo("Asia/Shanghai")
START = date(2026, 10, 1)
LINKS = tuple(Link("acme", Query(f"labels = {name}")) for name in "abcd")
OBJECTIVE = Objective(id="O1", title="Grow")


def cycle(length: int = 100) -> Cycle:
    return Cycle("2026-Q4", START, START + timedelta(days=length - 1))


def at_day(day: int, length: int = 100, hour: int = 12, **rules: Any) -> Moment:
    """Noon in Shanghai on a day of the cycle; day 0 is the start date."""
    on = START + timedelta(days=day)
    now = datetime(on.year, on.month, on.day, hour, tzinfo=SHANGHAI)
    return Moment(now.astimezone(UTC), SHANGHAI, cycle(length), PaceRules(**rules))


def work_kr(**more: Any) -> KeyResult:
    return KeyResult(**{"id": "KR1", "title": "Ship it", "links": LINKS} | more)


def metric_kr(baseline: Any = 0, target: Any = 100, **more: Any) -> KeyResult:
    metric = Metric(Decimal(baseline), Decimal(target))
    return KeyResult(**{"id": "KR1", "title": "Faster", "kind": Kind.METRIC, "metric": metric} | more)


def objective(kind: Ambition = Ambition.COMMITTED, **more: Any) -> Objective:
    return Objective(**{"id": "O1", "title": "Grow", "kind": kind} | more)


def work(value: Any, *notes: Note, counted: int = 10) -> Progress:
    exact = None if value is None else Fraction(value)
    return Progress(exact, "count", "story", Counts(counted=counted), notes=notes)


def read(moment: Moment, value: Any, **more: Any) -> Facts:
    """Facts of a complete read at the moment."""
    return Facts(**{"work": work(value), "links": 4, "last_read": moment.now} | more)


def checkin(moment: Moment, value: Any = None, **more: Any) -> CheckIn:
    exact = None if value is None else Decimal(str(value))
    return CheckIn(**{"kr": "KR1", "at": moment.now, "by": "kim", "value": exact} | more)


def override(value: Any, until: date, moment: Moment) -> Override:
    return Override(kr="KR1", value=Decimal(value), why="Audit", by="kim", until=until, at=moment.now)


def kept(value: Any, moment: Moment) -> Kept:
    return Kept(Fraction(value), moment.now)


def stands(kr: KeyResult, facts: Facts, moment: Moment, of: Objective = OBJECTIVE) -> Standing:
    return stand(kr, of, facts, moment)


def told(standing: Standing, code: Say) -> dict[str, Any] | None:
    """The figures of a remark; None where it was not made."""
    return next((dict(note.args) for note in standing.notes if note.code == code), None)
