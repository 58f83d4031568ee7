"""Whose a database is: of one bridge, and under a connection's name of one site. Two of either are never
mixed in it, for ids and marks of the one mean something else to the other."""

from __future__ import annotations

import logging
from collections.abc import Callable, Set
from urllib.parse import urlsplit

from bridge.config import Settings
from bridge.errors import ConnectorError, UsageError
from bridge.model import Problem
from bridge.reading import Connection, problem_of
from bridge.store import Store
from bridge.trees import Trees

log = logging.getLogger(__name__)

Names = frozenset[str]
USUAL_PORTS = (None, 80, 443)


def refuse_foreign(store: Store, instance: str) -> None:
    """Raises UsageError where the database belongs to another bridge."""
    owner = store.identities.get()
    if owner and owner != (instance,):
        raise UsageError(
            f"{store.database.where}: this database belongs to the bridge {', '.join(owner)}; "
            f"this configuration says {instance}",
            "give each bridge a database of its own, or set `instance` in [bridge] back",
        )


def claim(store: Store, instance: str, *, anew: bool = False) -> None:
    """The database is this bridge's from now on; one that nobody has claimed yet becomes it. For the one
    writer. Raises UsageError where it is another's, unless `anew`: nothing of it is to be kept."""
    if not anew:
        refuse_foreign(store, instance)
    if store.identities.get() != (instance,):
        store.identities.put((instance,))


def names_of(connection: Connection, url: str) -> Names:
    """The names of the site at `url`, its address and what it calls itself, however they are spelt; none
    for a system without an address."""
    if not url:
        return frozenset()
    return _places(url, connection.system.describe().get("base_url"))


def remembered(store: Store, name: str) -> Names:
    """The names of the site that is remembered under a connection's name; none where that is not known.
    To be asked before the connection is opened: that may learn of another site."""
    if names := store.identities.get(name):
        return frozenset(names)
    site = store.sites.get(name)
    facts = site[0] if site else {}
    asked = facts.get("asked", {}).get("connection", {})
    return _places(asked.get("url"), facts.get("site", {}).get("base_url"))


def is_another(before: Set[str], now: Set[str]) -> bool:
    """A site keeps one of its names when it is moved, renamed or put behind another address."""
    return bool(before and now) and not before & now


def settle(store: Store, connection: Connection, before: Names, now: Names) -> None:
    """Remember the site that a connection leads to, and let go of what is known of another one."""
    name = connection.name
    if is_another(before, now):
        log.warning(
            "%s leads to another site now (%s, before: %s): it is read anew, and what stands there is no "
            "longer known to be ours",
            name,
            _told(now),
            _told(before),
            extra={"event": "another_site", "connection": name},
        )
        store.identities.replace(name, tuple(sorted(now)))
    elif now and frozenset(store.identities.get(name)) != now:
        store.identities.put(tuple(sorted(now)), name)


def refuse_another(connection: Connection, before: Names, now: Names) -> None:
    """Raises ConnectorError where what is remembered of a connection is another site's."""
    if is_another(before, now):
        raise ConnectorError(
            connection.name,
            f"what was written there is on {_told(before)}, and it leads to {_told(now)} now",
            f"set `url` in [connections.{connection.name}] back to take it back",
        )


class Own:
    """Opens connections of which only what is their own is remembered. For the one writer."""

    def __init__(
        self,
        settings: Settings,
        store: Store,
        connect: Callable[[str], Connection],
        at_hand: Callable[[str], Connection | None],
        trees: Trees,
    ) -> None:
        self._settings = settings
        self._store = store
        self._connect = connect
        self._at_hand = at_hand
        self._trees = trees

    def get(self, name: str) -> Connection:
        """What is known of another site under this name is gone then. Raises what `connect` raises."""
        before = remembered(self._store, name)
        connection = self._connect(name)
        now = self._names(connection)
        settle(self._store, connection, before, now)
        if is_another(before, now):
            self._trees.drop(name)
        return connection

    def at_hand(self, name: str) -> Connection | None:
        """The connection if it is open, and what is remembered is its own."""
        known = self._at_hand(name)
        if known and is_another(remembered(self._store, name), self._names(known)):
            return None
        return known

    def written_on(self) -> tuple[dict[str, Connection], list[Problem]]:
        """The connections where something of ours stands, and what keeps us from others."""
        connections: dict[str, Connection] = {}
        problems: list[Problem] = []
        for name in self._settings.connections:
            try:
                if self._store.written.all(name):
                    before, connection = remembered(self._store, name), self._connect(name)
                    refuse_another(connection, before, self._names(connection))
                    connections[name] = connection
            except ConnectorError as error:
                problems.append(problem_of(error, name))
        return connections, problems

    def _names(self, connection: Connection) -> Names:
        return names_of(connection, getattr(self._settings.connections[connection.name], "url", ""))


def _told(names: Names) -> str:
    return " = ".join(sorted(names))


def _places(*addresses: object) -> Names:
    return frozenset(_place(one) for one in addresses if one and isinstance(one, str))


def _place(address: str) -> str:
    """Host and path; whether it is http or https, and a slash at the end, are no matter."""
    parts = urlsplit(address)
    port = "" if parts.port in USUAL_PORTS else f":{parts.port}"
    return f"{parts.hostname or ''}{port}{parts.path.rstrip('/')}"
