"""The roll-up once more, slow and word by word after the rules: what the real one is compared with.

It takes trees without circles or copies, whose parts hang below units only.
"""

from __future__ import annotations

from decimal import Decimal
from fractions import Fraction

from bridge.model import Category, RollupRules, Tier, WorkItem

Share = Fraction | None


class Naive:
    def __init__(self, items: list[WorkItem], rules: RollupRules) -> None:
        self.rules = rules
        self.all = {item.id: item for item in items}
        self.items = {i.id: i for i in items if rules.cancelled != "exclude" or not self.cancelled(i)}

    def up(self, item: WorkItem) -> WorkItem | None:
        return self.all.get(item.parent or "")

    def above(self, item: WorkItem) -> list[WorkItem]:
        parent = self.up(item)
        return [] if parent is None else [parent, *self.above(parent)]

    def below(self, item: WorkItem) -> list[WorkItem]:
        return [other for other in self.items.values() if self.up(other) == item]

    def all_below(self, item: WorkItem) -> list[WorkItem]:
        return [other for other in self.items.values() if item in self.above(other)]

    def cancelled(self, item: WorkItem) -> bool:
        return any(one.cancelled for one in [item, *self.above(item)])

    def done(self, item: WorkItem) -> bool:
        return item.category is Category.DONE and bool(item.resolution or not self.rules.require_resolution)

    def is_part(self, item: WorkItem) -> bool:
        parent = self.up(item)
        return item.tier is Tier.PART and parent is not None and parent.tier is not Tier.GROUP

    def is_group(self, item: WorkItem) -> bool:
        if self.rules.mode != "story":
            return bool(self.below(item))
        return not self.is_part(item) and any(not self.is_part(other) for other in self.all_below(item))

    def counting(self) -> list[WorkItem]:
        if self.rules.mode != "story":
            return [item for item in self.items.values() if not self.below(item)]
        return [i for i in self.items.values() if not self.is_part(i) and not self.is_group(i)]

    def worth(self, item: WorkItem) -> Share:
        if self.cancelled(item):
            return Fraction(self.rules.cancelled == "as_done")
        if item.category is Category.UNDEFINED:
            return None
        if self.done(item) or self.completed(item):
            return Fraction(1)
        if self.rules.partial and self.rules.mode == "story":
            parts = [share for part in self.below(item) if (share := self.worth(part)) is not None]
            if parts:
                return min(sum(parts, Fraction(0)) / len(parts), Fraction(99, 100))
            if item.checks:
                return min(Fraction(*item.checks), Fraction(99, 100))
        return self.own(item)

    def completed(self, item: WorkItem) -> bool:
        if self.rules.parent_closed != "complete" or (self.rules.mode == "story" and self.is_part(item)):
            return False
        return any(self.done(one) and self.is_group(one) for one in self.above(item))

    def status(self, item: WorkItem) -> Fraction:
        half = item.category is Category.IN_PROGRESS or (
            item.category is Category.DONE and not self.done(item)
        )
        return Fraction(1, 2) if half else Fraction(item.category is Category.DONE)

    def own(self, item: WorkItem) -> Fraction:
        if self.rules.value == "status":
            return self.status(item)
        if self.rules.value == "percent" and item.percent is not None:
            return min(Fraction(item.percent) / 100, Fraction(99, 100))
        return Fraction(0)

    def estimate(self, item: WorkItem) -> Share:
        if self.rules.method == "count":
            return None
        if item.points is not None:
            return Fraction(item.points)
        parts = [
            self.estimate(one) for one in self.below(item) if self.rules.mode == "story" and self.is_part(one)
        ]
        known = [estimate for estimate in parts if estimate is not None]
        return sum(known, Fraction(0)) if known else None

    def flat(self) -> Share:
        found = [
            (share, self.estimate(one)) for one in self.counting() if (share := self.worth(one)) is not None
        ]
        known = [estimate for _, estimate in found if estimate is not None]
        if not found:
            return None
        fill: Share = sum(known, Fraction(0)) / len(known) if known else Fraction(1)
        if isinstance(self.rules.unestimated, Decimal):
            fill = Fraction(self.rules.unestimated)
        elif self.rules.unestimated == "exclude":
            fill = None
        pairs = [(share, fill if estimate is None else estimate) for share, estimate in found]
        used = [(share, weight) for share, weight in pairs if weight is not None]
        whole = sum((weight for _, weight in used), Fraction(0))
        if not known or not whole:
            return sum((share for share, _ in found), Fraction(0)) / len(found)
        return sum((share * weight for share, weight in used), Fraction(0)) / whole

    def level(self, siblings: list[WorkItem], by_count: bool) -> tuple[Share, Share]:
        """What siblings are worth together, and what they weigh together where that is told."""
        found: list[tuple[Fraction, Share]] = []
        for one in siblings:
            below = self.below(one)
            share, weight = self.level(below, by_count) if below else (self.worth(one), self.fixed())
            if one.points is not None:
                weight = Fraction(one.points)
            if share is not None:
                found.append((share, None if by_count else weight))
        known = [weight for _, weight in found if weight is not None]
        if not known:
            return (sum((share for share, _ in found), Fraction(0)) / len(found) if found else None), None
        if self.rules.unestimated == "exclude":
            found = [(share, weight) for share, weight in found if weight is not None]
        typical = sum(known, Fraction(0)) / len(known)
        full = [(share, typical if weight is None else weight) for share, weight in found]
        whole = sum((weight for _, weight in full), Fraction(0))
        if not whole:
            return sum((share for share, _ in full), Fraction(0)) / len(full), whole
        return sum((share * weight for share, weight in full), Fraction(0)) / whole, whole

    def fixed(self) -> Share:
        return Fraction(self.rules.unestimated) if isinstance(self.rules.unestimated, Decimal) else None

    def value(self) -> Share:
        if self.rules.mode != "level":
            return self.flat()
        estimates = [item.points for item in self.items.values() if item.points is not None]
        by_count = self.rules.method == "count" or not estimates or not (any(estimates) or self.fixed())
        return self.level([item for item in self.items.values() if self.up(item) is None], by_count)[0]
