"""Brings the mirror of one connection up to date with as few requests as it takes.

The first read takes everything that the links reach. Later reads take what changed, the hits of
every query, and one look at the children of linked Epics; a sweep now and then walks all identities
for what was deleted, moved or hidden. What cannot be read is told by link: a link that is not known
to be complete is unreadable, and nothing is concluded from it.
"""

from __future__ import annotations

import logging
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta

from bridge.errors import AccessDenied, BridgeError, ConnectorError
from bridge.model import Link, Problem
from bridge.reading.changes import take_changes
from bridge.reading.gone import glance, look_for, sweep
from bridge.reading.hits import all_hits
from bridge.reading.intake import Connection, Intake, defect, never, problem_of
from bridge.reading.untold import leave_alone
from bridge.store import Cursor, Store
from bridge.trees import Trees
from bridge.wishes import Wish
from connectors.base import System
from mappings.links import reach

__all__ = ["Connection", "Reading", "System", "Terms", "never", "problem_of", "read"]

log = logging.getLogger(__name__)

LONGEST_GAP = timedelta(days=14)


@dataclass(frozen=True, slots=True)
class Terms:
    """When and how thoroughly: `full` reads everything again, `sweep_every` bounds how old a walk
    of all identities may be. `partly`: other links than these use the mirror too, so nothing is
    forgotten for being out of their reach. `hints`: ids of items that are said to have changed.
    `stopping`: asked now and then, whether to give up with Stopping."""

    now: datetime
    full: bool = False
    partly: bool = False
    sweep_every: timedelta = timedelta(hours=1)
    hints: frozenset[str] = frozenset()
    stopping: Callable[[], bool] = never


@dataclass(frozen=True, slots=True)
class Reading:
    """What came of it: the links that could not be read, and what to tell about them.

    `complete` is False when the connection as a whole failed: all its links are unreadable then. `blamed`
    tells of a problem which links it keeps from being read. `refused`: the login itself was refused.
    """

    connection: str
    complete: bool
    unreadable: frozenset[Link] = frozenset()
    problems: tuple[Problem, ...] = ()
    taken: int = 0
    blamed: Mapping[Problem, frozenset[Link]] = field(default_factory=dict)
    refused: AccessDenied | None = None


def read(
    connection: Connection, wish: Wish, store: Store, terms: Terms, trees: Trees | None = None
) -> Reading:
    """Read what the links of a connection reach into the mirror; never raises for one that fails.
    Raises StoreError, and Stopping where the terms say so: what is mirrored by then is read again.
    `trees` are of this store, and told of what changes; None: loaded where they are needed."""
    intake = Intake(connection, store, terms.now, trees or Trees(store), stopping=terms.stopping)
    refused = None
    try:
        _read(intake, wish, terms)
    except ConnectorError as error:
        extra = {"event": "read_failed", "connection": connection.name}
        log.warning("%s could not be read: %s", connection.name, error, extra=extra)
        intake.problems.append(problem_of(error, connection.name))
        refused = error if isinstance(error, AccessDenied) and error.login else None
    except BridgeError:
        raise
    except Exception as error:
        log.exception("%s could not be read", connection.name, extra={"event": "defect"})
        intake.problems.append(defect(error, connection.name, "reading"))
    else:
        return _reading(intake, frozenset(intake.unreadable), complete=True)
    return replace(_reading(intake, frozenset(wish.links), complete=False), refused=refused)


def _reading(intake: Intake, unreadable: frozenset[Link], *, complete: bool) -> Reading:
    problems = tuple(dict.fromkeys(intake.problems))
    blamed = {problem: frozenset(links) for problem, links in intake.blamed.items()}
    return Reading(intake.name, complete, unreadable, problems, intake.taken, blamed)


def _read(intake: Intake, wish: Wish, terms: Terms) -> None:
    before, scheme = intake.store.cursors.get(intake.name), intake.connection.mapping.scheme
    if before is not None and _usable(before, scheme, terms):
        until, swept = _read_on(intake, wish, before, terms)
        cursor = Cursor(until, scheme, swept, terms.now)
    else:
        cursor = Cursor(_read_all(intake, wish, terms), scheme, terms.now, terms.now)
        if before is not None and terms.partly:
            # what other links use was not read: their changes are still to come
            cursor = replace(before, read=terms.now)
    intake.store.cursors.put(intake.name, cursor)


def _usable(cursor: Cursor, scheme: str, terms: Terms) -> bool:
    """Whether going on from there gives the same as reading all."""
    return not terms.full and cursor.scheme == scheme and abs(terms.now - cursor.read) <= LONGEST_GAP


def _read_all(intake: Intake, wish: Wish, terms: Terms) -> datetime:
    """Everything anew; what the mirror held and nothing reaches any more is forgotten at the end."""
    until = intake.system.login().now
    hits = all_hits(intake, wish, everything=True)
    leave_alone(intake, hits)
    missing = set(intake.store.mirror.ids(intake.name)) - intake.nodes.keys()
    if missing and terms.partly:
        tree = intake.tree()
        missing &= set().union(*(reach(tree, ids, link.below) for link, ids in hits.items()))
    if terms.partly or intake.unreadable:
        intake.fetch(missing)
    intake.forget(missing - intake.nodes.keys())
    return until


def _read_on(intake: Intake, wish: Wish, cursor: Cursor, terms: Terms) -> tuple[datetime, datetime]:
    """What changed, the hits of today, and what went away; how far it holds, and the last sweep."""
    intake.known = set(intake.store.mirror.ids(intake.name))
    until = take_changes(intake, cursor.since, terms.hints)
    due = abs(terms.now - cursor.swept) >= terms.sweep_every and not terms.partly
    hits = all_hits(intake, wish, everything=due)
    leave_alone(intake, hits)
    # what a link that failed brought last is still its own
    kept = intake.store.membership.of(wish.links).items()
    last = {link: known.ids for link, known in kept if known.ids is not None}
    (sweep if due else glance)(intake, last | hits)
    lost = terms.hints & intake.known
    look_for(intake, last | hits, set(lost - intake.nodes.keys() - intake.untold.keys()))
    intake.forget(set(intake.untold))
    return until, terms.now if due else cursor.swept
