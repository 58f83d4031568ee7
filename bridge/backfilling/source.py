"""The past of one connection, read into the store: page by page, and no page twice."""

from __future__ import annotations

import hashlib
import logging
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from itertools import islice
from typing import Any

from bridge.backfilling.chapters import asked_of
from bridge.backfilling.pages import VERSION, page_of
from bridge.backfilling.parts import Asked, Parts
from bridge.errors import BridgeError, ConnectorError, Stopping
from bridge.model import Keys, Link, Okrs, Problem, Selector
from bridge.reading import Connection, Reading, Terms, problem_of, read
from bridge.store import Backfill, link_digest
from bridge.stumbling import stumbled
from bridge.trees import Trees
from connectors.base import Historian
from mappings.base import Historical, Replay
from mappings.links import reach

log = logging.getLogger(__name__)

OVERLAP = timedelta(hours=1)
"""By so much the clocks of a bridge and a tracker may differ."""
PAGE = 200
"""So many items make a page."""
NO_PAST = "this connection cannot tell what was"
NOT_READ = "it could not be read"
PARTLY_READ = "some of it cannot be read: gone, hidden from the account, or not understood"


@dataclass(frozen=True, slots=True, kw_only=True)
class Source:
    """What came of it. `digest` is what its pages lie under, empty where there are none. `fixed` are the ids
    of links by key, and of selectors that cannot be told of the past, `untold`, with the reason; of `broken`
    links nothing can be said. `assumed`: what the history does not tell, so that it is as it is today.
    `failed`: to be tried again, and what was read by then is kept."""

    connection: str
    digest: str = ""
    started: datetime | None = None
    selectors: tuple[Selector, ...] = ()
    fixed: Mapping[Selector, frozenset[str]] = field(default_factory=dict)
    untold: Mapping[Selector, str] = field(default_factory=dict)
    broken: Mapping[Link, str] = field(default_factory=dict)
    ids: frozenset[str] = frozenset()
    assumed: str = ""
    gone: tuple[str, ...] = ()
    odd: Mapping[str, str] = field(default_factory=dict)
    problems: tuple[Problem, ...] = ()
    failed: bool = False
    requests: int = 0


def read_past(name: str, links: tuple[Link, ...], told: Iterable[Okrs], parts: Parts, asked: Asked) -> Source:
    """Read what these links need of the past, or what an earlier attempt has left to read. Never raises for
    a connection that fails; StoreError and Stopping."""
    if name not in parts.names:
        return _nothing(name, links, f"there is no connection {name} any more")
    known = parts.at_hand(name)
    before, connection = known.system.requests if known else 0, known
    try:
        connection = parts.connect(name)
        source = _read(connection, links, tuple(told), parts, asked)
    except ConnectorError as error:
        log.warning("the past of %s could not be read: %s", name, error, extra={"event": "read_failed"})
        source = _failed(name, links, problem_of(error, name))
    except BridgeError:
        raise
    except Exception as error:
        log.exception("the past of %s could not be read", name, extra={"event": "defect"})
        source = _failed(name, links, stumbled(error, "reading the past", connection=name))
    return replace(source, requests=connection.system.requests - before if connection else 0)


def _nothing(name: str, links: tuple[Link, ...], why: str) -> Source:
    hint = "its key results get no points of the past; the others do"
    problem = Problem(kind="no_past", message=f"{name}: {why}", hint=hint, connection=name)
    return Source(connection=name, broken=dict.fromkeys(links, why), problems=(problem,))


def _failed(name: str, links: tuple[Link, ...], problem: Problem) -> Source:
    broken = dict.fromkeys(links, problem.message)
    return Source(connection=name, broken=broken, problems=(problem,), failed=True)


def _read(
    connection: Connection, links: tuple[Link, ...], told: tuple[Okrs, ...], parts: Parts, asked: Asked
) -> Source:
    system, mapping, name = connection.system, connection.mapping, connection.name
    if not isinstance(system, Historian) or not isinstance(mapping, Historical):
        return _nothing(name, links, NO_PAST)
    digest = _digest(connection, links, parts)
    begun = known = None if asked.restart else parts.store.backfills.get(digest)
    problems: tuple[Problem, ...] = ()
    if begun is None or begun.last < parts.window.last:
        reading = _mirror(connection, told, parts, asked)
        if not reading.complete:
            broken = dict.fromkeys(links, NOT_READ)
            return Source(connection=name, broken=broken, problems=reading.problems, failed=True)
        problems = reading.problems
        glossary = _glossary(connection, mapping, links, parts)
        new = Backfill(digest, name, parts.clock.now(), parts.window.last, glossary, (), None)
        begun = _lengthen(system, known, new, parts) if known else _begin(system, new, links, parts, asked)
    selectors = _selectors(links)
    replay = mapping.replay(begun.glossary, selectors)
    if begun.gone is None:
        begun = replace(begun, gone=_fetch(system, begun, replay, selectors, parts))
    return replace(_found(begun, links, replay.untold, parts), selectors=selectors, problems=problems)


def _selectors(links: Iterable[Link]) -> tuple[Selector, ...]:
    """Those of which the past has to tell what they hit."""
    found = {link.selector for link in links if not isinstance(link.selector, Keys)}
    return tuple(sorted(found, key=repr))


def _digest(connection: Connection, links: Iterable[Link], parts: Parts) -> str:
    """What makes a page of one attempt of use to another: the same days from the first on, asked the same,
    told the same."""
    first, zone = parts.window.ends[0].isoformat(), str(parts.window.zone)
    asked = [str(VERSION), connection.name, connection.mapping.scheme, first, zone]
    asked += sorted(link_digest(link) for link in links)
    return hashlib.sha256("\n".join(asked).encode()).hexdigest()


def _mirror(connection: Connection, told: Iterable[Okrs], parts: Parts, asked: Asked) -> Reading:
    """Bring the mirror up to date: what the links hit today, and what is below that."""
    terms = Terms(parts.clock.now(), partly=bool(asked.only), stopping=parts.stopping)
    return read(connection, asked_of(connection.name, told), parts.store, terms, Trees(parts.store))


def _glossary(
    connection: Connection, mapping: Historical, links: tuple[Link, ...], parts: Parts
) -> Mapping[str, Any]:
    """What old entries are understood by, with what these links ask for besides: fields that the records
    are read with, and who bears or bore the keys that they name."""
    system = connection.system
    assert isinstance(system, Historian)
    told = dict(system.glossary())
    asked = mapping.replay(told, _selectors(links))
    if asked.fields:
        told["held"] = sorted({*told.get("held", ()), *asked.fields})
    if asked.keys:
        known = parts.store.mirror.aliases(connection.name)
        once = {key: known[key] for key in asked.keys if key in known}
        told["keys"] = once | dict(system.resolve(asked.keys))
    return told


def _begin(system: Historian, new: Backfill, links: tuple[Link, ...], parts: Parts, asked: Asked) -> Backfill:
    """Whatever is linked now, or was once, or changed in any way since, has a past that may matter."""
    wanted = set(system.touched(parts.window.start)) | _mirrored(new.connection, links, parts, asked)
    begun = replace(new, wanted=tuple(sorted(wanted)))
    parts.store.backfills.clear(new.connection)
    parts.store.backfills.begin(begun)
    return begun


def _lengthen(system: Historian, known: Backfill, new: Backfill, parts: Parts) -> Backfill:
    """Days have gone by since: whatever changed in them is asked for again, all else stood still."""
    again = system.touched(known.started - OVERLAP)
    wanted = tuple(sorted(again.union(known.wanted)))
    longer = replace(known, last=new.last, glossary=new.glossary, wanted=wanted, gone=None)
    parts.store.backfills.lengthen(longer, again)
    return longer


def _mirrored(name: str, links: tuple[Link, ...], parts: Parts, asked: Asked) -> set[str]:
    """Ids of what these links bring now, and of what has gone from the mirror; with nothing left out, of all
    that ever was in it."""
    store = parts.store
    known = store.membership.of(links)
    hits = {link: one.ids or frozenset() for link, one in known.items()}
    found = set().union(*hits.values())
    ever = set(store.mirror.aliases(name).values())
    if not asked.only:
        return found | ever
    tree = Trees(store).of(name)
    below = (reach(tree, ids, link.below) for link, ids in hits.items())
    return found.union(*below) | (ever - tree.items.keys())


def _fetch(
    system: Historian, begun: Backfill, replay: Replay, selectors: tuple[Selector, ...], parts: Parts
) -> tuple[str, ...]:
    """Ask for what is not here yet, and keep it page by page; the ids that did not come."""
    here = set(parts.store.backfills.read(begun.digest)[0])
    ends, total = parts.window.ends, len(begun.wanted)
    parts.watch.read(begun.connection, len(here), total)
    pasts = iter(system.pasts([id for id in begun.wanted if id not in here], replay.fields))
    while batch := list(islice(pasts, PAGE)):
        if parts.stopping():
            raise Stopping(f"{begun.connection}: the bridge is stopping; the same command goes on from here")
        page = page_of(batch, replay, selectors, ends)
        parts.store.backfills.put_page(begun.digest, page.ids, page.untold, page.texts)
        here.update(page.ids)
        parts.watch.read(begun.connection, len(here), total)
    gone = tuple(sorted(set(begun.wanted) - here))
    parts.store.backfills.end(begun.digest, gone)
    parts.watch.read(begun.connection, total, total)
    return gone


def _found(begun: Backfill, links: tuple[Link, ...], untold: Mapping[Selector, str], parts: Parts) -> Source:
    """What is here, and what nothing can be said of because of what is not."""
    ids, odd = parts.store.backfills.read(begun.digest)
    known = parts.store.membership.of(links)
    lost = frozenset(begun.gone or ())
    fixed = {
        link.selector: known[link].ids or frozenset()
        for link in links
        if isinstance(link.selector, Keys) or link.selector in untold
    }
    broken: dict[Link, str] = {}
    for link in links:
        if known[link].ids is None:
            broken[link] = NOT_READ
        elif known[link].unreadable or (isinstance(link.selector, Keys) and fixed[link.selector] & lost):
            broken[link] = PARTLY_READ
    if odd:
        tree = Trees(parts.store).of(begun.connection)
        for link in links:
            if not reach(tree, known[link].ids or frozenset(), link.below).isdisjoint(odd):
                broken[link] = PARTLY_READ
    return Source(
        connection=begun.connection,
        digest=begun.digest,
        started=begun.started,
        fixed=fixed,
        untold=dict(untold),
        broken=broken,
        ids=ids,
        assumed=str(begun.glossary.get("assumed", "")),
        gone=begun.gone or (),
        odd=odd,
    )
