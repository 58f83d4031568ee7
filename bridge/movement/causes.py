"""What is different between two situations of a key result, each difference one that can be switched."""

from __future__ import annotations

from collections.abc import Collection, Hashable, Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from enum import Enum, StrEnum
from typing import Any

from bridge.model import Counted, ItemRef, RollupRules, WorkItem
from bridge.movement.situation import Situation, work_of
from bridge.rollup.state import is_done


class Because(StrEnum):
    """Why a value moved, in the order in which causes are taken where they are many: what was asked first,
    then what there is to do, then what was done, then what people said."""

    DEFINITION = "definition"
    RULES = "rules"
    LINKS = "links"
    BASELINE = "baseline"
    REMOVED = "removed"
    CANCELLED = "cancelled"
    REINSTATED = "reinstated"
    ADDED = "added"
    PLACED = "placed"
    REESTIMATED = "reestimated"
    REOPENED = "reopened"
    PROGRESSED = "progressed"
    COMPLETED = "completed"
    READING = "reading"
    CHECKIN = "checkin"
    OVERRIDE = "override"
    UNEXPLAINED = "unexplained"


class Aspect(Enum):
    """A side of an item that changes by itself, with what tells it."""

    THERE = ()
    STATE = ("status", "category", "resolution", "cancelled", "percent", "checks", "spent_seconds")
    ESTIMATE = ("points", "estimate_seconds", "numbers", "unusable")
    PLACE = ("parent", "tier")


Touch = tuple[ItemRef, Aspect] | str
"""A side of an item, or a field of the situation or of its key result."""

ASKED: Mapping[Because, tuple[str, ...]] = {
    Because.DEFINITION: ("kind", "metric", "milestones", "blend"),
    Because.RULES: ("rollup", "status_weights"),
    Because.LINKS: ("links",),
    Because.BASELINE: ("baseline",),
    Because.READING: ("current",),
    Because.CHECKIN: ("checkins",),
}
OF_KEY_RESULT = frozenset({"kind", "metric", "milestones", "blend", "rollup", "links"})


@dataclass(frozen=True, slots=True)
class Cause:
    """Differences that come and go together: of the OKR file, or of items that changed alike."""

    kind: Because
    touches: tuple[Touch, ...]

    @property
    def refs(self) -> tuple[ItemRef, ...]:
        """The items, each once."""
        return tuple(dict.fromkeys(touch[0] for touch in self.touches if not isinstance(touch, str)))


def causes(before: Situation, after: Situation) -> tuple[Cause, ...]:
    """Every difference that could matter, in the stated order; items that changed alike are one cause."""
    touched: dict[Because, list[Touch]] = {kind: list(_fields(kind, before, after)) for kind in ASKED}
    alike: dict[tuple[Because, Hashable], list[Touch]] = {}
    figures = _figures(before), _figures(after)
    for ref in sorted({*before.items, *after.items}):
        for kind, aspect in _of_item(ref, before, after):
            if kind is Because.LINKS:
                touched[kind].append((ref, aspect))
            else:
                signature = tuple(
                    _signature(ref, one, found) for one, found in zip((before, after), figures, strict=True)
                )
                alike.setdefault((kind, signature), []).append((ref, aspect))
    found = [Cause(kind, tuple(those)) for kind, those in touched.items() if those]
    found += [Cause(kind, tuple(those)) for (kind, _), those in alike.items()]
    order = list(Because)
    return tuple(sorted(found, key=lambda cause: order.index(cause.kind)))


def _fields(kind: Because, before: Situation, after: Situation) -> Iterator[str]:
    for name in ASKED[kind]:
        ends = (before.kr, after.kr) if name in OF_KEY_RESULT else (before, after)
        if getattr(ends[0], name) != getattr(ends[1], name):
            yield name


def _of_item(ref: ItemRef, before: Situation, after: Situation) -> Iterator[tuple[Because, Aspect]]:
    was, now = before.items.get(ref), after.items.get(ref)
    if was is None or now is None:
        yield _came_or_went(ref, before, after), Aspect.THERE
        return
    if was == now:
        return
    for aspect in (Aspect.PLACE, Aspect.ESTIMATE, Aspect.STATE):
        if any(getattr(was, name) != getattr(now, name) for name in aspect.value):
            yield _kind(aspect, was, now, after.kr.rollup), aspect


def _came_or_went(ref: ItemRef, before: Situation, after: Situation) -> Because:
    """Whether the work is there or not, or only the links that bring it."""
    here, elsewhere = (after, before) if ref in after.items else (before, after)
    brought = here.links.get(ref, frozenset())
    if brought and not brought & set(elsewhere.kr.links):
        return Because.LINKS
    return Because.ADDED if here is after else Because.REMOVED


def _kind(aspect: Aspect, was: WorkItem, now: WorkItem, rules: RollupRules) -> Because:
    match aspect:
        case Aspect.PLACE:
            return Because.PLACED
        case Aspect.ESTIMATE:
            return Because.REESTIMATED
        case _ if was.cancelled != now.cancelled:
            return Because.CANCELLED if now.cancelled else Because.REINSTATED
        case _ if is_done(was, rules) != is_done(now, rules):
            return Because.COMPLETED if is_done(now, rules) else Because.REOPENED
        case _:
            return Because.PROGRESSED


def _figures(situation: Situation) -> Mapping[ItemRef, Counted]:
    work = work_of(situation)
    return {part.item.ref: part for part in work.items} if work else {}


def _signature(ref: ItemRef, situation: Situation, figures: Mapping[ItemRef, Counted]) -> Hashable:
    """All that the rules see of an item: those with the same are taken to change alike."""
    item = situation.items.get(ref)
    if item is None:
        return None
    rules, figure = situation.kr.rollup, figures.get(ref)
    told = (figure.counted, figure.value, figure.weight) if figure else ()
    state = (item.category, item.cancelled, is_done(item, rules), item.tier)
    return state, _estimate(item, rules), _own_share(item, rules), told, _place(item, figure, rules)


def _estimate(item: WorkItem, rules: RollupRules) -> Hashable:
    match rules.method:
        case "points":
            return item.points
        case "field":
            return next((number for name, number in item.numbers if name == rules.field), None)
        case "time":
            return item.estimate_seconds
        case _:
            return None


def _own_share(item: WorkItem, rules: RollupRules) -> Hashable:
    checks = item.checks if rules.partial and rules.mode == "story" else None
    match rules.value:
        case "status":
            return item.connection, item.status, checks
        case "percent":
            return item.percent, checks
        case "checklist":
            return item.checks
        case "spent":
            return item.spent_seconds, item.estimate_seconds, checks
        case _:
            return checks


def _place(item: WorkItem, figure: Counted | None, rules: RollupRules) -> Hashable:
    """What stands above matters, but for units that count side by side."""
    plain = (rules.mode, rules.scope, rules.cancelled, rules.parent_closed)
    aside = figure is not None and figure.counted and plain == ("story", "live", "exclude", "children")
    return None if aside else (item.connection, item.parent)


def mixed(before: Situation, after: Situation, come: Iterable[Cause]) -> Situation:
    """The situation before, with just these causes come about."""
    touches = [touch for cause in come for touch in cause.touches]
    names = {touch for touch in touches if isinstance(touch, str)}
    sides: dict[ItemRef, set[Aspect]] = {}
    for touch in touches:
        if not isinstance(touch, str):
            sides.setdefault(touch[0], set()).add(touch[1])
    return replace(
        before,
        kr=replace(before.kr, **_taken(after.kr, names & OF_KEY_RESULT)),
        items=_items(before, after, sides),
        **_taken(after, names - OF_KEY_RESULT),
    )


def _taken(source: Any, names: Collection[str]) -> dict[str, Any]:
    return {name: getattr(source, name) for name in names}


def _items(
    before: Situation, after: Situation, sides: Mapping[ItemRef, set[Aspect]]
) -> Mapping[ItemRef, WorkItem]:
    items = dict(before.items)
    for ref, aspects in sides.items():
        now = after.items.get(ref)
        if now is None:
            items.pop(ref, None)
        elif ref not in items:
            items[ref] = now
        else:
            items[ref] = replace(items[ref], **_taken(now, [name for one in aspects for name in one.value]))
    return items
