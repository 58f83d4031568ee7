"""Takes back what the bridge made, and nothing else: a value that a person has set since stays."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from bridge.errors import ConnectorError, NotFound
from bridge.marks import instance_of, read_global_id
from bridge.model import ItemRef, Outcome, Problem, What
from bridge.model.same import same
from bridge.places import Place, Written
from bridge.presume import by_item
from bridge.reading import Connection, problem_of
from bridge.report.steps import Step, StepsReport
from bridge.store import Store, WrittenKey
from connectors.base import Found

DONE, LEFT, PLANNED = Outcome.WRITTEN.value, Outcome.DRIFTED.value, Outcome.PLANNED.value


Live = Mapping[ItemRef, frozenset[str]]
"""By anchor item, the key results that are shown there rightly."""
NOTHING: frozenset[str] = frozenset()


def unpublish(
    store: Store, connections: Mapping[str, Connection], instance: str, live: Live, *, really: bool
) -> StepsReport:
    """Every item that the bridge remembers having written on, looked at and cleaned, but for what is
    `live` there."""
    steps: list[Step] = []
    problems: list[Problem] = []
    for name, connection in connections.items():
        for ref, own in left_over(remembered(store, name), live).items():
            try:
                item = _Item(connection, ref, own, instance, live.get(ref, NOTHING))
                steps += _clean(item, store, really=really)
            except NotFound:
                _forget(store, name, own)
            except ConnectorError as error:
                problems.append(problem_of(error, name))
    return StepsReport(tuple(steps), tuple(problems))


def left_over(written: Mapping[Place, Written], live: Live) -> Mapping[ItemRef, Mapping[Place, Written]]:
    """Item by item, what is remembered as written and is not live: an item's fields and property belong
    to all its key results together."""
    items: dict[ItemRef, dict[Place, Written]] = {}
    for ref, own in by_item(written).items():
        shown = live.get(ref, NOTHING)
        rest = {where: value for where, value in own.items() if not shown or where.kr not in {"", *shown}}
        if rest:
            items[ref] = rest
    return items


def remembered(store: Store, connection: str) -> Mapping[Place, Written]:
    """What the store remembers as written on a connection, by place."""
    places: dict[Place, Written] = {}
    for key, value in store.written.all(connection).items():
        if key.what in set(What):
            where = Place(connection, key.item, key.kr, What(key.what), key.name)
            places[where] = Written(value.value, value.ref, value.at)
    return places


class _Item:
    """One item with what stands on it now and what of that is the bridge's."""

    def __init__(
        self,
        connection: Connection,
        ref: ItemRef,
        own: Mapping[Place, Written],
        instance: str,
        live: frozenset[str],
    ) -> None:
        self.panel = connection.system
        self.ref = ref
        self.own = own
        found: Found = self.panel.look(ref.id)
        self.fields = {where.name: value for where, value in own.items() if where.what is What.FIELD}
        self.ours = [
            role
            for role, value in self.fields.items()
            if not same(found.fields.get(role), None) and same(found.fields.get(role), value.value)
        ]
        self.theirs = [
            role
            for role, value in self.fields.items()
            if not same(found.fields.get(role), None) and not same(found.fields.get(role), value.value)
        ]
        self.property = not live and instance_of(found.property) == instance
        self.comments = [
            one.id for one in found.comments if one.mark.instance == instance and one.mark.kr not in live
        ]
        self.links = [id for id in found.links if _is_ours(id, instance, live)]


def _is_ours(global_id: str, instance: str, live: frozenset[str]) -> bool:
    owner, kr = read_global_id(global_id) or ("", "")
    return owner == instance and kr not in live


def _clean(item: _Item, store: Store, *, really: bool) -> Iterator[Step]:
    done = DONE if really else PLANNED
    key = key_of(store, item.ref)
    if item.ours or item.property:
        if really:
            item.panel.remove_values(item.ref.id, item.ours, item.property)
        parts = ", ".join([*item.ours, *(["property"] if item.property else [])])
        yield _step(item, "values", key, parts, done)
    for comment in item.comments:
        if really:
            item.panel.remove_comment(item.ref.id, comment)
        yield _step(item, "comment", key, comment, done)
    for link in item.links:
        if really:
            item.panel.remove_link(item.ref.id, link)
        yield _step(item, "remote link", key, link, done)
    for role in item.theirs:
        yield _step(item, "value", key, f"{role}: a person has set another value since; it stays", LEFT)
    if really:
        _forget(store, item.ref.connection, item.own)


def _step(item: _Item, what: str, key: str, detail: str, outcome: str) -> Step:
    return Step(connection=item.ref.connection, what=what, name=key, detail=detail, outcome=outcome)


def key_of(store: Store, ref: ItemRef) -> str:
    keys = [key for key, id in store.mirror.aliases(ref.connection).items() if id == ref.id]
    return keys[-1] if keys else ref.id


def _forget(store: Store, connection: str, own: Mapping[Place, Written]) -> None:
    for where in own:
        store.written.drop(connection, WrittenKey(where.item, where.kr, where.what.value, where.name))
