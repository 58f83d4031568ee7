"""A whole tracker in dictionaries: real code that keeps every promise of `connectors.base`.

`Tracker` is the system with its people and its clock; `Memory` is the connector that talks to it. They
serve wherever no wire is wanted. `before` and `after` are called with the name of every request and may
raise, so that a fault can be put anywhere (after the effect: an outcome that nobody knows).
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from copy import deepcopy
from dataclasses import asdict, dataclass, field
from datetime import datetime, timedelta
from typing import Any, TypeVar

from bridge.errors import AccessDenied, BridgeError, NotFound, Rejected
from bridge.model import Document, FieldValue, Finding, Keys, Label, Project, Query, Raw, Selector
from connectors.base import (
    NO_SCOPE,
    Account,
    Changed,
    CheckScope,
    Found,
    FoundComment,
    Mark,
    NewItem,
    Past,
    RemoteLink,
    Traffic,
)
from connectors.memory_tracker import ROLES, Tracker
from connectors.meter import Meter, of

__all__ = ["ROLES", "Memory", "Tracker"]

R = TypeVar("R")
_CLAUSE = re.compile(r"""\s*(\w+)\s*=\s*(?:"([^"]*)"|([\w.\-]+))\s*""")


def _nothing(_: str) -> None:
    """No fault."""


@dataclass(slots=True)
class Memory:
    """The connector of a `Tracker`: Connector, WorkSource, Historian, Panel and Provisioner in one."""

    name: str
    tracker: Tracker
    page: int = 50
    overlap: timedelta = timedelta(minutes=1)
    before: Callable[[str], None] = _nothing
    after: Callable[[str], None] = _nothing
    requests: int = 0
    _meter: Meter = field(default_factory=Meter)

    @property
    def traffic(self) -> Traffic:
        return self._meter.read(None)

    def login(self) -> Account:
        with self._request("login"):
            if not self.tracker.open:
                raise AccessDenied(self.name, "login: refused", "open the tracker to the bridge")
            return Account("bridge", "Bridge", "UTC", self.tracker.now)

    def describe(self) -> Mapping[str, Any]:
        with self._request("describe"):
            return {"tool": "memory", "roles": list(self.tracker.roles)}

    def check(self, scope: CheckScope = NO_SCOPE) -> Iterable[Finding]:
        account = self.login()
        yield Finding("info", self.name, f"logged in as {account.name}")
        if missing := [role for role in ROLES if role not in self.tracker.roles]:
            yield Finding("warning", self.name, f"no field for {', '.join(missing)}", "install the fields")
        found = self.resolve(scope.anchors)
        for key in scope.anchors:
            if key not in found:
                yield Finding("error", key, "not there or hidden", "is the item shared with the bridge?")
        yield from (self._look_into(selector) for selector in scope.selectors)

    def _look_into(self, selector: Selector) -> Finding:
        try:
            hits = len(self.identities(selector))
        except Rejected as error:
            return Finding("error", self.name, error.message, error.hint)
        return Finding("info" if hits else "warning", self.name, f"{selector} hits {hits} items")

    def close(self) -> None:
        """Nothing is held open."""

    def resolve(self, keys: Sequence[str]) -> Mapping[str, str]:
        with self._request("resolve"):
            found = {key: self.tracker.find(key) for key in keys}
            return {key: id for key, id in found.items() if id is not None}

    def identities(self, selector: Selector) -> frozenset[str]:
        matches = self._matcher(selector)
        return self._pages("identities", lambda: [f["id"] for f in self.tracker.visible() if matches(f)])

    def children(self, parents: Mapping[str, str]) -> frozenset[str]:
        wanted = set(parents)
        return self._pages(
            "children", lambda: [f["id"] for f in self.tracker.visible() if f["parent"] in wanted]
        )

    def fetch(self, ids: Iterable[str]) -> Iterator[Raw]:
        yield from self._records("fetch", list(ids), self._raw)

    def changed(self, since: datetime) -> Changed:
        """The clock is read before the first record: what is edited meanwhile comes next time."""
        with self._request("changed"):
            until = self.tracker.now
            moved = self._updated(since - self.overlap)
        return Changed(self.fetch(moved), until)

    def glossary(self) -> Mapping[str, Any]:
        """Nothing: every change tells its facts in full."""
        return {}

    def touched(self, since: datetime) -> frozenset[str]:
        return self._pages("touched", lambda: self._updated(since))

    def pasts(self, ids: Iterable[str], fields: Sequence[str] = ()) -> Iterator[Past]:  # noqa: ARG002
        """Records are whole in any case."""
        yield from self._records("pasts", list(dict.fromkeys(ids)), self._past)

    def look(self, item: str) -> Found:
        with self._request("look"):
            id = self._id(item)
            tracker = self.tracker
            panel = tracker.panels.get(id, {})
            marked = ((key, c["mark"]) for key, c in tracker.comments.get(id, {}).items() if c["mark"])
            return Found(
                fields={role: panel.get(role) for role in tracker.roles},
                property=deepcopy(tracker.properties.get(id)),
                comments=tuple(FoundComment(key, Mark(**mark)) for key, mark in marked),
                links=deepcopy(tracker.links.get(id, {})),
            )

    def put_values(self, item: str, fields: Mapping[str, Any], property: Any = None) -> None:
        with self._request("put_values"):
            id = self._id(item)
            if unknown := [role for role in fields if role not in self.tracker.roles]:
                why = dict.fromkeys(unknown, "no such field")
                raise Rejected(self.name, f"put_values {item}: {', '.join(unknown)}", fields=why)
            self.tracker.panels.setdefault(id, {}).update(fields)
            if property is not None:
                self.tracker.properties[id] = deepcopy(property)
            self.tracker.change(id)

    def put_comment(self, item: str, body: Document, mark: Mark, comment: str | None = None) -> str:
        with self._request("put_comment"):
            id = self._id(item)
            written = self.tracker.comments.setdefault(id, {})
            if comment is not None and comment not in written:
                raise NotFound(self.name, f"put_comment {item}: comment {comment} is gone")
            number = comment or self.tracker.number()
            written[number] = {"body": body, "mark": asdict(mark)}
            self.tracker.change(id)
            return number

    def put_link(self, item: str, link: RemoteLink) -> None:
        with self._request("put_link"):
            self.tracker.links.setdefault(self._id(item), {})[link.global_id] = asdict(link)

    def remove_values(self, item: str, roles: Sequence[str], property: bool) -> None:
        with self._request("remove_values"):
            id = self._id(item)
            self.tracker.panels.setdefault(id, {}).update(dict.fromkeys(roles))
            if property:
                self.tracker.properties.pop(id, None)
            self.tracker.change(id)

    def remove_comment(self, item: str, comment: str) -> None:
        with self._request("remove_comment"):
            self.tracker.comments.get(self._id(item), {}).pop(comment, None)

    def remove_link(self, item: str, global_id: str) -> None:
        with self._request("remove_link"):
            self.tracker.links.get(self._id(item), {}).pop(global_id, None)

    def find_made(self, marker: str) -> str | None:
        with self._request("find_made"):
            keys = (facts["key"] for facts in self.tracker.visible() if marker in facts["labels"])
            return next(keys, None)

    def can_make(self, project: str) -> None:
        with self._request("can_make"):
            if not project:
                raise Rejected(self.name, "can_make: no project", "name one")

    def make(self, item: NewItem) -> str:
        with self._request("make"):
            labels = [item.marker, *item.labels]
            facts = {"owner": item.owner, "due": item.due, "priority": item.priority, "body": item.body}
            tracker = self.tracker
            id = tracker.add(item.title, project=item.project, tier="group", labels=labels, **facts)
            return str(tracker.items[id]["key"])

    @contextmanager
    def _request(self, call: str) -> Iterator[None]:
        self.requests += 1
        try:
            self.before(call)
            yield
            self.after(call)
        except BridgeError as error:
            self._meter.end(of(error))
            raise
        self._meter.end("ok")

    def _pages(self, call: str, read: Callable[[], list[str]]) -> frozenset[str]:
        """Everything, a page at a time; the first answer decides what there is to page through."""
        found = read()
        answer: set[str] = set()
        for start in range(0, max(len(found), 1), self.page):
            with self._request(call):
                answer.update(found[start : start + self.page])
        return frozenset(answer)

    def _records(self, call: str, wanted: Sequence[str], read: Callable[[str], R]) -> Iterator[R]:
        """What is to be seen of these, a page at a time."""
        for start in range(0, len(wanted), self.page):
            with self._request(call):
                answer = [read(id) for id in wanted[start : start + self.page] if self.tracker.sees(id)]
            yield from answer

    def _past(self, id: str) -> Past:
        return Past(self._raw(id), tuple(deepcopy(self.tracker.changes.get(id, ()))))

    def _raw(self, id: str) -> Raw:
        facts = deepcopy(self.tracker.items[id])
        panel = self.tracker.panels.get(id, {})
        facts["panel"] = {role: panel.get(role) for role in self.tracker.roles}
        facts["property"] = deepcopy(self.tracker.properties.get(id))
        return Raw(id, facts["updated"], facts)

    def _updated(self, since: datetime) -> list[str]:
        found = self.tracker.visible()
        return [f["id"] for f in found if datetime.fromisoformat(f["updated"]) >= since]

    def _id(self, item: str) -> str:
        id = self.tracker.find(item)
        if id is None:
            raise NotFound(self.name, f"{item}: not there or hidden", "is the item shared with the bridge?")
        return id

    def _matcher(self, selector: Selector) -> Callable[[Mapping[str, Any]], bool]:
        match selector:
            case Keys(keys):
                ids = set(self.resolve(keys).values())
                return lambda facts: facts["id"] in ids
            case Label(name):
                clauses = [("label", name)]
            case Project(key):
                clauses = [("project", key)]
            case FieldValue(name, value):
                clauses = [(name, value)]
            case Query(text):
                clauses = self._clauses(text)
        return lambda facts: all(_holds(facts, name, value) for name, value in clauses)

    def _clauses(self, text: str) -> list[tuple[str, str]]:
        parts = [_CLAUSE.fullmatch(part) for part in re.split(r"\bAND\b", text)]
        if not all(parts):
            raise Rejected(self.name, "query: not understood", 'write: label = x AND status = "In Review"')
        return [(part[1], part[2] or part[3] or "") for part in parts if part]


def _holds(facts: Mapping[str, Any], name: str, value: str) -> bool:
    if name in ("label", "labels"):
        return value in facts["labels"]
    held = facts.get(name, facts.get("fields", {}).get(name))
    return held is not None and str(held) == value
