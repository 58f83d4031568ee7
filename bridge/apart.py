"""What should be written, where the program stumbles over one key result or item: that one is left as
it is and told, and the rest goes on."""

from __future__ import annotations

import logging
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import TypeVar

from bridge.model import ItemRef, Objective, Plan, Problem, Standing
from bridge.places import Place, Seen, Written
from bridge.plan import Wanted, plan
from bridge.publish import Publishing, Stamp, Target, wanted
from bridge.stumbling import stumbled

log = logging.getLogger(__name__)

Got = TypeVar("Got")


@dataclass(frozen=True, slots=True)
class Given:
    """All that decides what should stand on the anchors, as `bridge.publish.wanted` takes it."""

    objectives: Sequence[Objective]
    standings: Sequence[Standing]
    targets: Mapping[str, Sequence[Target]]
    publishing: Publishing
    stamps: Mapping[str, Stamp]
    written: Mapping[Place, Written]

    def wanted(self) -> tuple[Wanted, ...]:
        return wanted(
            self.objectives, self.standings, self.targets, self.publishing, self.stamps, self.written
        )

    def alone(self) -> Iterator[tuple[str, Given]]:
        """The same for each key result as if there were no other."""
        for objective in self.objectives:
            for kr in objective.key_results:
                only = [standing for standing in self.standings if standing.kr.id == kr.id]
                yield kr.id, replace(self, objectives=[replace(objective, key_results=(kr,))], standings=only)

    def without(self, krs: Iterable[str]) -> Given:
        """Nothing of these key results, and nothing on the items that show them."""
        gone = set(krs)
        items = {ItemRef(one.connection, one.item) for kr in gone for one in self.targets.get(kr, ())}
        items |= {ItemRef(one.connection, one.item) for one in self.written if one.kr in gone}
        targets = {
            kr: [one for one in its if ItemRef(one.connection, one.item) not in items]
            for kr, its in self.targets.items()
            if kr not in gone
        }
        return replace(
            self,
            objectives=[
                replace(one, key_results=tuple(kr for kr in one.key_results if kr.id not in gone))
                for one in self.objectives
            ],
            standings=[standing for standing in self.standings if standing.kr.id not in gone],
            targets=targets,
        )


def attempt(doing: str, kr: str, work: Callable[[], Got], problems: list[Problem]) -> Got | None:
    """What the work gives for a key result; None where the program stumbled, which is added."""
    try:
        return work()
    except Exception as error:
        log.exception("%s %s", doing, kr, extra={"event": "defect"})
        problems.append(stumbled(error, doing, kr=kr))
        return None


def wanted_apart(given: Given, stumbling: Iterable[str] = ()) -> tuple[tuple[Wanted, ...], list[Problem]]:
    """What should stand, without that of the key results known to be `stumbling`, and of more of them."""
    bad = set(stumbling)
    first = given.without(bad) if bad else given
    try:
        return first.wanted(), []
    except Exception:
        log.info("looking for the key result that cannot be shown", exc_info=True)
    problems: list[Problem] = []
    for kr, alone in first.alone():
        if kr not in bad and attempt("showing", kr, alone.wanted, problems) is None:
            bad.add(kr)
    rest = attempt("showing", "the key results together", given.without(bad).wanted, problems)
    return rest or (), problems


def plan_apart(
    wishes: Sequence[Wanted],
    written: Mapping[Place, Written],
    found: Mapping[ItemRef, Seen],
    instance: str,
) -> Plan:
    """The plan; without the items that the program stumbles over."""
    try:
        return plan(wishes, written, found, instance)
    except Exception:
        log.info("looking for the item that cannot be planned", exc_info=True)
    parts: list[Plan] = []
    problems: list[Problem] = []
    for ref in dict.fromkeys(ItemRef(wish.connection, wish.item) for wish in wishes):
        own = [wish for wish in wishes if ItemRef(wish.connection, wish.item) == ref]
        try:
            parts.append(plan(own, written, found, instance))
        except Exception as error:
            first = own[0]
            log.exception("%s: planning %s", first.connection, first.key, extra={"event": "defect"})
            problems.append(
                stumbled(error, "planning", kr=first.kr, connection=first.connection, item=first.key)
            )
    changes = (change for part in parts for change in part.changes)
    return Plan(tuple(changes), (*(problem for part in parts for problem in part.problems), *problems))
