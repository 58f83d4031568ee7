"""A metric's number from the work items that its query hits."""

from __future__ import annotations

from collections.abc import Iterable
from decimal import Decimal

from bridge.model import MetricSource, WorkItem

Hit = WorkItem | None


def reading_of(source: MetricSource, hits: Iterable[Hit] | None) -> Decimal | None:
    """How many items are hit, or the sum or average of a number field over those that have one.

    None where nothing was ever read, or an average has nothing to go by. A hit that is not mirrored
    (None) counts, for a count needs no contents.
    """
    if hits is None:
        return None
    if source.aggregate == "count":
        return Decimal(sum(1 for _ in hits))
    values = [value for item in hits if item for value in [_number(item, source.field)] if value is not None]
    if source.aggregate == "sum":
        return sum(values, Decimal(0))
    return sum(values, Decimal(0)) / len(values) if values else None


def _number(item: WorkItem, field: str) -> Decimal | None:
    match field:
        case "points":
            return item.points
        case "time":
            return item.estimate_seconds
        case "spent":
            return item.spent_seconds
        case _:
            return dict(item.numbers).get(field)
