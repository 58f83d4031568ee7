"""What is mirrored of each connection as a tree: loaded once, and kept while it is known to hold."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from contextlib import contextmanager

from bridge.model import WorkItem
from bridge.store import Store
from mappings.links import Tree


class Trees:
    """The trees of a store's connections. Whoever changes the mirror says so here as well; what other
    writers changed is noticed by their turns. Each connection may have a thread of its own."""

    def __init__(self, store: Store) -> None:
        self._store = store
        self._items: dict[str, dict[str, WorkItem]] = {}
        self._trees: dict[str, Tree] = {}
        self._turn: int | None = None

    @contextmanager
    def turn(self, token: int) -> Iterator[None]:
        """The one writer's turn with this token. If the one before it was another's, or broke off, all that
        is known may have changed since."""
        if self._turn is None or token != self._turn + 1:
            self.drop()
        self._turn = None
        yield
        self._turn = token

    def of(self, connection: str) -> Tree:
        """All that is mirrored of a connection, as it stands now."""
        tree = self._trees.get(connection)
        if tree is None:
            mirror, items = self._store.mirror, self._items.get(connection)
            if items is None:
                items = self._items[connection] = {item.id: item for item in mirror.load(connection)}
            tree = self._trees[connection] = Tree.of(items.values(), mirror.aliases(connection))
        return tree

    def saved(self, connection: str, items: Iterable[WorkItem]) -> None:
        """These were mirrored in place of what was known of them."""
        self._trees.pop(connection, None)
        if (known := self._items.get(connection)) is not None:
            known.update((item.id, item) for item in items)

    def forgot(self, connection: str, ids: Iterable[str]) -> None:
        """These are mirrored no longer."""
        self._trees.pop(connection, None)
        if (known := self._items.get(connection)) is not None:
            for id in ids:
                known.pop(id, None)

    def drop(self, *connections: str) -> None:
        """Load these anew when they are asked for; none named: all."""
        for name in connections or tuple(self._items):
            self._items.pop(name, None)
            self._trees.pop(name, None)
