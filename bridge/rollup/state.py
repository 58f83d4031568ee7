"""How far an item is by its own state: done, open or undefined, and what its status weighs."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal
from enum import Enum
from fractions import Fraction

from bridge.model import Category, RollupRules, WorkItem

StatusWeights = Mapping[str, Decimal]

_PLAIN = {
    Category.TODO: Fraction(0),
    Category.IN_PROGRESS: Fraction(1, 2),
    Category.DONE: Fraction(1),
}
_CATEGORIES = {category.value: category for category in _PLAIN}


class State(Enum):
    OPEN = 0
    DONE = 1
    UNDEFINED = 2


def is_done(item: WorkItem, rules: RollupRules) -> bool:
    """Done by status category; where a resolution is required, only with one."""
    return item.category is Category.DONE and (not rules.require_resolution or item.resolution != "")


def state_of(item: WorkItem, rules: RollupRules) -> State:
    """The state where no map of statuses is asked: only a status without category is undefined."""
    if item.category is Category.UNDEFINED:
        return State.UNDEFINED
    return State.DONE if is_done(item, rules) else State.OPEN


@dataclass(frozen=True, slots=True)
class Scale:
    """What statuses weigh on one connection. A name beats a category; what neither covers has no weight."""

    names: Mapping[str, Fraction]
    categories: Mapping[Category, Fraction]

    def weight(self, item: WorkItem, rules: RollupRules) -> Fraction | None:
        named = self.names.get(_same(item.status))
        if named is not None:
            return named
        half_done = item.category is Category.DONE and not is_done(item, rules)
        return self.categories.get(Category.IN_PROGRESS if half_done else item.category)


def scale_of(weights: StatusWeights) -> Scale:
    """A map as given; without one to do, in progress and done weigh 0, 0.5 and 1."""
    if not weights:
        return Scale({}, _PLAIN)
    exact = {name: Fraction(weight) for name, weight in weights.items()}
    names = {_same(name): weight for name, weight in exact.items() if name not in _CATEGORIES}
    return Scale(names, {_CATEGORIES[name]: exact[name] for name in _CATEGORIES if name in exact})


def scales_of(
    items: list[WorkItem], rules: RollupRules, by_connection: Mapping[str, StatusWeights]
) -> Mapping[str, Scale]:
    """The scale of each connection; a key result's own map beats the connection's."""
    connections = {item.connection for item in items}
    return {name: scale_of(rules.status_weights or by_connection.get(name, {})) for name in connections}


def _same(name: str) -> str:
    return name.strip().casefold()
