"""Who plays which part: a group is told by what is below it, a unit counts, a part serves its unit.

This is structure alone: neither states nor estimates can change it.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import Enum

from bridge.model import Tier
from bridge.rollup.forest import Forest
from bridge.rollup.tree import NOBODY


class Role(Enum):
    UNIT = 1
    GROUP = 2
    PART = 3
    """Serves a unit that counts."""
    IDLE = 4
    """A part whose unit acts as a group."""
    OUT = 5


@dataclass(frozen=True, slots=True)
class Cast:
    """By position: the role; `below`, how many units stand below; `owners`, the unit of a part."""

    roles: list[Role]
    below: list[int]
    owners: list[int]


def cast_story(forest: Forest) -> Cast:
    """Units count flat across groups; anything with a unit below it is a group."""
    owners = _owners(forest)
    parents = forest.tree.parents
    below = [0] * len(owners)
    roles = [Role.OUT] * len(owners)
    for at in reversed(forest.live):
        own = below[at]
        if owners[at] == NOBODY:
            roles[at] = Role.GROUP if own else Role.UNIT
            own = own or 1
        if own and parents[at] != NOBODY:
            below[parents[at]] += own
    for at in forest.live:
        if owners[at] != NOBODY:
            roles[at] = Role.PART if roles[owners[at]] is Role.UNIT else Role.IDLE
    return Cast(roles, below, owners)


def _owners(forest: Forest) -> list[int]:
    """A part belongs to the unit above it; straight under a group, or on its own, it is a unit itself."""
    items, parents = forest.tree.items, forest.tree.parents
    owners = [NOBODY] * len(items)
    for at in forest.live:
        parent = parents[at]
        if parent != NOBODY and items[at].tier is Tier.PART and items[parent].tier is not Tier.GROUP:
            owners[at] = parent if owners[parent] == NOBODY else owners[parent]
    return owners


def cast_leaf(forest: Forest) -> Cast:
    """Whatever has nothing below it counts, wherever it stands; everything else is a container."""
    roles = [Role.OUT] * len(forest.tree.items)
    below = [0] * len(roles)
    for at in reversed(forest.live):
        roles[at] = Role.GROUP if below[at] else Role.UNIT
        parent = forest.tree.parents[at]
        if parent != NOBODY:
            below[parent] += below[at] or 1
    return Cast(roles, below, [NOBODY] * len(roles))
