"""The issues themselves: found by id, by any key they ever had, by parent; and what search sees of them.

Search reads an index that may lag behind (`lag`); everything else reads the issues.
"""

from collections.abc import Callable, Iterator
from dataclasses import replace

from bridge.sandbox.bodies import number
from bridge.sandbox.records import Issue


class Store:
    """All issues of the site. `milliseconds` tells the time for the lag of the index."""

    def __init__(self, milliseconds: Callable[[], int]) -> None:
        self._ms = milliseconds
        self.issues: dict[int, Issue] = {}
        self.keys: dict[str, int] = {}
        self._children: dict[int, set[int]] = {}
        self._stale: dict[int, list[tuple[int, Issue | None]]] = {}
        self.lag_ms = 0

    def put(self, issue: Issue) -> None:
        """Take a new issue in."""
        self.before(issue.id, None)
        self.issues[issue.id] = issue
        self.keys[issue.key] = issue.id
        if issue.parent is not None:
            self._children.setdefault(issue.parent, set()).add(issue.id)

    def find(self, key_or_id: str) -> Issue | None:
        """By numeric id, or by a present or former key, without case."""
        known = number(key_or_id)
        id = known if known is not None else self.keys.get(key_or_id.upper())
        return self.issues.get(id) if id is not None else None

    def children(self, id: int) -> list[Issue]:
        return [self.issues[child] for child in sorted(self._children.get(id, ()))]

    def descendants(self, id: int) -> set[int]:
        """Ids of everything below, whatever the depth; a cycle ends the walk."""
        found: set[int] = set()
        todo = [id]
        while todo:
            fresh = self._children.get(todo.pop(), set()) - found
            found |= fresh
            todo.extend(fresh)
        return found - {id}

    def reparent(self, issue: Issue, parent: int | None) -> None:
        if issue.parent is not None:
            self._children[issue.parent].discard(issue.id)
        issue.parent = parent
        if parent is not None:
            self._children.setdefault(parent, set()).add(issue.id)

    def rekey(self, issue: Issue, key: str) -> None:
        """Give a new key; the old one goes on to lead here."""
        self.keys[key] = issue.id
        issue.key = key

    def remove(self, issue: Issue) -> None:
        self.before(issue.id, issue)
        for child in self.children(issue.id):
            self.reparent(child, None)
        self.reparent(issue, None)
        del self.issues[issue.id]
        self.keys = {key: id for key, id in self.keys.items() if id != issue.id}

    def before(self, id: int, issue: Issue | None) -> None:
        """Note how the index sees an issue before a change, while the index lags."""
        if self.lag_ms:
            seen = replace(issue, fields=dict(issue.fields)) if issue else None
            self._stale.setdefault(id, []).append((self._ms(), seen))

    def indexed(self) -> Iterator[Issue]:
        """The issues as search sees them now: each as it was `lag_ms` ago. Deleted ones linger as long."""
        horizon = self._ms() - self.lag_ms
        self._stale = {id: kept for id, old in self._stale.items() if (kept := _after(old, horizon))}
        if not self._stale:
            yield from self.issues.values()
            return
        for id in sorted(self.issues.keys() | self._stale.keys()):
            seen = self._stale[id][0][1] if id in self._stale else self.issues[id]
            if seen is not None:
                yield seen


def _after(old: list[tuple[int, Issue | None]], horizon: int) -> list[tuple[int, Issue | None]]:
    return [entry for entry in old if entry[0] > horizon]
