"""The missing Epic for a key result that has no work: planned, looked for by its marker, then made."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, replace
from datetime import datetime

from bridge.errors import ConnectorError
from bridge.marks import marker
from bridge.model import (
    Document,
    KeyResult,
    Keys,
    Kind,
    Label,
    Link,
    Objective,
    Okrs,
    Outcome,
    Paragraph,
    Problem,
    Project,
    Span,
    Standing,
)
from bridge.reading import Connection, problem_of
from bridge.report.steps import Step, StepsReport
from bridge.store import Store, Written, WrittenKey
from bridge.wording import Words, text
from connectors.base import NewItem

EPIC = "epic"
PRIORITIES = {1: "Highest", 2: "High", 3: "Medium", 4: "Low", 5: "Lowest"}
SERVES = text("Holds the work for key result {id}: {title}")
OBJECTIVE = text("Objective {id}: {title}")


@dataclass(frozen=True, slots=True)
class Place:
    """Where an Epic is made."""

    connection: str
    project: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Provisioning:
    """What making Epics works with, handed in. `words` by connection."""

    okrs: Okrs
    store: Store
    connect: Callable[[str], Connection]
    instance: str
    words: Mapping[str, Words]
    now: datetime


def provision(parts: Provisioning, standings: tuple[Standing, ...], *, really: bool) -> StepsReport:
    """An Epic for each of these key results that counts work and has none."""
    steps: list[Step] = []
    problems: list[Problem] = []
    for standing in standings:
        if not without_work(standing):
            continue
        place = place_for(parts.okrs, standing.kr)
        if place is None:
            problems.append(_nowhere(standing.kr))
            continue
        try:
            steps.append(_provide(parts, standing, place, really=really))
        except ConnectorError as error:
            problems.append(replace(problem_of(error, place.connection), kr=standing.kr.id))
    return StepsReport(tuple(steps), tuple(problems))


def without_work(standing: Standing) -> bool:
    """Counts work, could be read completely, and nothing is there."""
    counts_work = standing.kr.kind in (Kind.WORK, Kind.BLEND)
    return counts_work and standing.complete and not (standing.work and standing.work.items)


def place_for(okrs: Okrs, key_result: KeyResult) -> Place | None:
    """Where its Epic belongs: where its own links point, else where most of the work of its objective,
    else of all objectives, is."""
    objective = next(o for o in okrs.objectives if key_result in o.key_results)
    for near in ((key_result,), objective.key_results, okrs.key_results):
        found = Counter(place for kr in near for place in _places(kr))
        if found:
            return found.most_common(1)[0][0]
    return None


def _places(key_result: KeyResult) -> Iterator[Place]:
    for link in key_result.links:
        match link.selector:
            case Project(key):
                yield Place(link.connection, key)
            case Keys(keys):
                yield from (Place(link.connection, key.rpartition("-")[0]) for key in keys if "-" in key)
    for anchor in key_result.anchors or ():
        if "-" in anchor.key:
            yield Place(anchor.connection, anchor.key.rpartition("-")[0])


def _provide(parts: Provisioning, standing: Standing, place: Place, *, really: bool) -> Step:
    kr = standing.kr
    sign = marker(parts.instance, kr.id)
    system = parts.connect(place.connection).system
    found = system.find_made(sign)
    objective = next(o for o in parts.okrs.objectives if o.id == standing.objective)
    step = Step(
        connection=place.connection, what="Epic for", name=kr.id, detail=f"in {place.project}: {kr.title}"
    )
    if found is None:
        system.can_make(place.project)
    if found is None and not really:
        return step
    key = found or system.make(_new(kr, objective, parts, place, sign))
    _remember(parts, place.connection, kr.id, key)
    outcome = Outcome.KEPT if found else Outcome.WRITTEN
    link = f'links = [{{ connection = "{place.connection}", keys = ["{key}"] }}]'
    return replace(step, detail=f"{key}; to name it in the OKR file: {link}", outcome=outcome.value)


def _new(kr: KeyResult, objective: Objective, parts: Provisioning, place: Place, sign: str) -> NewItem:
    return NewItem(
        project=place.project,
        title=kr.title,
        marker=sign,
        body=_body(kr, objective, parts.words[place.connection]),
        owner=kr.owner or objective.owner,
        due=(kr.due or parts.okrs.cycle.end).isoformat(),
        priority=PRIORITIES.get(objective.priority or 0, ""),
        labels=tuple(_labels(kr, place)),
    )


def _labels(kr: KeyResult, place: Place) -> Iterator[str]:
    """Those that the key result's own links look for: the Epic is then found by them too."""
    for link in kr.links:
        if isinstance(link.selector, Label) and link.connection == place.connection:
            yield link.selector.name


def _body(kr: KeyResult, objective: Objective, words: Words) -> Document:
    return (
        Paragraph((Span(words.say(SERVES, id=kr.id, title=kr.title)),)),
        Paragraph((Span(words.say(OBJECTIVE, id=objective.id, title=objective.title)),)),
    )


def _remember(parts: Provisioning, connection: str, kr: str, key: str) -> None:
    where = WrittenKey(key, kr, EPIC, "key")
    parts.store.written.put(connection, where, Written({"key": key}, key, parts.now))


def with_provided(okrs: Okrs, store: Store, connections: Iterator[str]) -> Okrs:
    """The OKRs, each key result with the Epics that were made for it among its links."""
    made: dict[str, list[tuple[str, str]]] = {}
    for name in connections:
        for where in store.written.all(name):
            if where.what == EPIC:
                made.setdefault(where.kr, []).append((name, where.item))
    if not made:
        return okrs
    objectives = (
        replace(o, key_results=tuple(_with_links(kr, made.get(kr.id, [])) for kr in o.key_results))
        for o in okrs.objectives
    )
    return replace(okrs, objectives=tuple(objectives))


def _with_links(key_result: KeyResult, made: list[tuple[str, str]]) -> KeyResult:
    named = {
        (link.connection, key)
        for link in key_result.links
        if isinstance(link.selector, Keys)
        for key in link.selector.keys
    }
    new = tuple(Link(name, Keys((key,))) for name, key in made if (name, key) not in named)
    return replace(key_result, links=(*key_result.links, *new)) if new else key_result


def _nowhere(kr: KeyResult) -> Problem:
    return Problem(
        kind="provision",
        message=f"{kr.id}: no project to make its Epic in",
        hint='give it a link that says where, such as { connection = "...", project = "SHOP" }',
        kr=kr.id,
    )
