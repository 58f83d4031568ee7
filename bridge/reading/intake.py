"""Takes records of one connection into the mirror, and knows what this run has seen of it."""

from __future__ import annotations

import logging
from collections.abc import Callable, Iterable, Mapping, Sequence, Set
from dataclasses import dataclass, field
from datetime import datetime
from itertools import islice
from typing import Any

from bridge.errors import ConnectorError, MappingError, Stopping
from bridge.model import Link, Problem, Raw, Tier, WorkItem
from bridge.store import Store
from bridge.trees import Trees
from connectors.base import System
from mappings.base import WorkMapping
from mappings.links import Tree

log = logging.getLogger(__name__)

BATCH = 500

Found = tuple[WorkItem, Mapping[str, Any]]


@dataclass(frozen=True, slots=True)
class Connection:
    """One configured account: the code that talks and the code that translates. `missing` are fields
    that the site should have and has not, by name; `fixed` the projects where the account's comments
    cannot be rewritten."""

    name: str
    system: System
    mapping: WorkMapping
    missing: tuple[str, ...] = ()
    fixed: frozenset[str] = frozenset()


@dataclass(frozen=True, slots=True)
class Node:
    """What a walk needs of an item."""

    id: str
    key: str
    tier: Tier
    children: tuple[str, ...]
    parent: str | None


def never() -> bool:
    return False


def node_of(item: WorkItem) -> Node:
    return Node(item.id, item.key, item.tier, item.children, item.parent)


@dataclass(slots=True)
class Intake:
    """One read of one connection. `known` was mirrored before and is trusted, `nodes` came in now,
    `untold` are records that came and cannot be understood."""

    connection: Connection
    store: Store
    now: datetime
    trees: Trees
    known: set[str] = field(default_factory=set)
    nodes: dict[str, Node] = field(default_factory=dict)
    completed: set[str] = field(default_factory=set)
    untold: dict[str, Problem] = field(default_factory=dict)
    problems: list[Problem] = field(default_factory=list)
    unreadable: set[Link] = field(default_factory=set)
    blamed: dict[Problem, set[Link]] = field(default_factory=dict)
    taken: int = 0
    stopping: Callable[[], bool] = never

    @property
    def name(self) -> str:
        return self.connection.name

    @property
    def system(self) -> System:
        return self.connection.system

    def tree(self) -> Tree:
        """All that is mirrored of this connection, as it stands now."""
        return self.trees.of(self.name)

    def names(self, ids: Set[str]) -> set[str]:
        """These ids, and every key that any of them ever had: parents are told by either."""
        keys = self.store.mirror.aliases(self.name).items()
        return set(ids) | {key for key, id in keys if id in ids}

    def fetch(self, ids: Iterable[str]) -> None:
        """Have the records of these ids, each asked for once a run."""
        wanted = sorted(set(ids) - self.nodes.keys() - self.untold.keys())
        if wanted:
            self.take(self.system.fetch(wanted))

    def take(self, records: Iterable[Raw]) -> None:
        """Translate records and mirror them, a batch at a time."""
        records = iter(records)
        while batch := list(islice(records, BATCH)):
            self.save([found for raw in batch if (found := self.translate(raw))])

    def translate(self, raw: Raw) -> Found | None:
        """None for a record that cannot be understood: what was known of it holds no more."""
        try:
            return self.connection.mapping.item(raw), self.connection.mapping.panel(raw)
        except MappingError as error:
            log.info("%s: %s", self.name, error, extra={"event": "unreadable_record"})
            self.known.discard(raw.id)
            self.untold[raw.id] = Problem(
                kind="mapping_error",
                message=f"{self.name}: {error.message}",
                hint="it counts as unreadable until its record can be understood",
                connection=self.name,
                item=error.record,
            )
            return None

    def save(self, found: Sequence[Found]) -> None:
        """Mirror a batch. Raises Stopping when the process is asked to end."""
        if self.stopping():
            raise Stopping(f"{self.name}: the bridge is stopping; reading goes on at the next run")
        items = [item for item, _ in found]
        self.store.mirror.save(items, {item.ref: panel for item, panel in found if panel})
        self.trees.saved(self.name, items)
        self.nodes.update((item.id, node_of(item)) for item in items)
        self.taken += len(items)

    def complete(self, ids: Iterable[str], *, anew: bool = False) -> set[str]:
        """Bring in everything below those of these that came in now; the ids that could not be read.

        What is known is taken as complete, unless `anew`: it may be known as a hit alone."""
        lost: set[str] = set()
        frontier = (set(ids) & self.nodes.keys()) - self.completed
        while frontier:
            self.completed |= frontier
            below = {child for id in frontier for child in self.nodes[id].children}
            groups = {id: self.nodes[id].key for id in sorted(frontier) if self.nodes[id].tier is Tier.GROUP}
            if groups:
                below |= self.system.children(groups)
            trusted = set() if anew else self.known
            self.fetch(below - trusted)
            lost |= below - trusted - self.nodes.keys()
            frontier = (below & self.nodes.keys()) - self.completed
        return lost

    def forget(self, ids: set[str]) -> None:
        if ids:
            self.store.mirror.forget(self.name, ids)
            self.trees.forgot(self.name, ids)
            self.known -= ids

    def tell(self, link: Link, problem: Problem) -> None:
        """This link is not known to be complete."""
        self.unreadable.add(link)
        self.problems.append(problem)
        self.blamed.setdefault(problem, set()).add(link)


def defect(error: Exception, connection: str, what: str) -> Problem:
    """An answer that the program itself stumbled over: told, and never a reason to conclude anything."""
    return Problem(
        kind="defect",
        message=f"{connection}: {what}: an answer was not understood ({type(error).__name__})",
        hint="a defect of okr-bridge: please report it with what stands on stderr",
        connection=connection,
    )


def problem_of(error: ConnectorError, connection: str) -> Problem:
    """An error as something to be shown, grouped by what to do about it."""
    kind = "".join("_" + c.lower() if c.isupper() else c for c in type(error).__name__).lstrip("_")
    return Problem(kind=kind, message=error.message, hint=error.hint, connection=connection)
