"""Which selectors hit an issue as it stood: JQL's rules over the fields of a record.

As in Jira, names compare without case, `!=` and `not in` leave out what is empty, and NOT turns the
operators below it around, so that `NOT labels = x` leaves it out as well. A value means what it means today:
a status by the name that it has now, a project by its key of today also where its issues bore another.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

from bridge.model import Category, FieldValue, Keys, Label, Project, Query, Selector, Tier, WorkItem
from mappings.jira_jql import Clause, Many, Node, Not, Untold, parse
from mappings.jira_undo import State, above

Values = Mapping[str, frozenset[str]]
Test = Callable[[Values], bool]
_NOTHING: frozenset[str] = frozenset()
_MOST = 10_000
_DATE = re.compile(r"[-+]?\d+[wdhmMy]|\d{4}[-/]\d{1,2}[-/]\d{1,2}.*")
_CATEGORIES = {
    "to do": Category.TODO,
    "new": Category.TODO,
    "2": Category.TODO,
    "in progress": Category.IN_PROGRESS,
    "indeterminate": Category.IN_PROGRESS,
    "4": Category.IN_PROGRESS,
    "done": Category.DONE,
    "complete": Category.DONE,
    "3": Category.DONE,
    "no category": Category.UNDEFINED,
    "undefined": Category.UNDEFINED,
    "1": Category.UNDEFINED,
}
_SYSTEM = {
    "key": "key",
    "issuekey": "key",
    "issue": "key",
    "id": "key",
    "project": "project",
    "issuetype": "issuetype",
    "type": "issuetype",
    "status": "status",
    "statuscategory": "category",
    "resolution": "resolution",
    "labels": "labels",
    "parent": "parent",
    "epic link": "epic link",
    "parent link": "parent link",
    "priority": "priority",
    "fixversion": "fixVersions",
    "affectedversion": "versions",
    "component": "components",
}
_CALLED = ("id", "key", "name", "value", "displayName", "accountId", "emailAddress")
_PARENTS = ("parent", "epic link", "parent link")
_ISSUES = ("key", *_PARENTS)
_OWN = frozenset({*_ISSUES, "category"})
"""Attributes that are no field of the record by that name."""
_HELD = ("project", "issuetype", "status", "resolution", "labels")


@dataclass(frozen=True, slots=True)
class Words:
    """What the site's own names mean, in lower case: the ids of fields by name, ids and keys of projects by
    anything they are called, the ids of issues by key. `usual` are the attributes that any record
    tells, `held` those that the records of this replay do."""

    cloud: bool
    fields: Mapping[str, tuple[str, ...]]
    projects: Mapping[str, frozenset[str]]
    issues: Mapping[str, str]
    usual: frozenset[str]
    held: frozenset[str]
    links: tuple[str, ...] = ()
    epic_link: str = ""
    parent_link: str = ""
    sprint: str = ""

    @classmethod
    def of(cls, site: Mapping[str, Any], glossary: Mapping[str, Any]) -> Words:
        fields: dict[str, tuple[str, ...]] = {}
        for one in glossary.get("fields", ()):
            for name in {str(one["id"]), one["name"].casefold()}:
                fields[name] = (*fields.get(name, ()), str(one["id"]))
        projects: dict[str, frozenset[str]] = {}
        for one in glossary.get("projects", ()):
            meant = frozenset(texts([one["id"], one["key"]]))
            projects |= {name: projects.get(name, _NOTHING) | meant for name in texts(one)}
        epic, parent = (site.get(name) or "" for name in ("epic_link", "parent_link"))
        links = tuple(link for link in (epic, parent) if link)
        numbers = [*site.get("points", ()), *site.get("numbers", {}).values()]
        usual = _OWN.union(_HELD, numbers, [site.get("flagged") or ""])
        held = usual.union(glossary.get("held", ()))
        cloud = site.get("deployment") == "cloud"
        issues = {key.casefold(): str(id) for key, id in glossary.get("keys", {}).items()}
        return cls(
            cloud, fields, projects, issues, usual, held, links, epic, parent, site.get("sprint") or ""
        )


@dataclass(slots=True)
class _Group:
    """Selectors that read the same attributes. Few issues differ in them, so answers are kept."""

    names: tuple[str, ...]
    tests: list[tuple[Selector, Test]] = field(default_factory=list)
    known: dict[tuple[frozenset[str], ...], frozenset[Selector]] = field(default_factory=dict)

    def hits(self, values: Values) -> frozenset[Selector]:
        place = tuple([values[name] for name in self.names])
        found = self.known.get(place)
        if found is None:
            if len(self.known) >= _MOST:
                self.known.clear()
            found = self.known[place] = frozenset(one for one, test in self.tests if test(values))
        return found


class Membership:
    """Answers for all selectors at once. `untold` are those it cannot answer for, each with its reason;
    `fields` the ids of the fields, besides the usual, that records would have to hold; `keys` the issues that
    are named."""

    def __init__(self, selectors: Iterable[Selector], words: Words) -> None:
        self._words = words
        self.untold: dict[Selector, str] = {}
        groups: dict[tuple[str, ...], _Group] = {}
        wanting: set[str] = set()
        self.keys: set[str] = set()
        for selector in dict.fromkeys(selectors):
            read: set[str] = set()
            try:
                node = _node(selector)
                test = _test(node, False, words, read)
            except Untold as reason:
                self.untold[selector] = str(reason)
                continue
            wanting |= read - words.usual
            self.keys.update(_named(node))
            if missing := sorted(read - words.held):
                self.untold[selector] = f"{', '.join(missing)}: not read with the past of issues"
                continue
            names = tuple(sorted(read))
            groups.setdefault(names, _Group(names)).tests.append((selector, test))
        self._groups = list(groups.values())
        self._read = sorted({name for names in groups for name in names})
        self.fields = tuple(sorted(wanting))
        self.replayed = tuple(name for name in self._read if name not in _OWN)
        self.names_issues = not set(_ISSUES).isdisjoint(self._read)

    def hits(self, state: State, item: WorkItem) -> frozenset[Selector]:
        if not self._groups:
            return frozenset()
        values = {name: self._values(name, state, item) for name in self._read}
        return frozenset().union(*[group.hits(values) for group in self._groups])

    def _values(self, name: str, state: State, item: WorkItem) -> frozenset[str]:
        if name == "key":
            return frozenset(texts([state.id, state.key, *state.keys]))
        if name == "category":
            return frozenset([item.category])
        if name in _PARENTS:
            return self._parent(name, state, item)
        value = state.fields.get(name)
        known = state.texts.get(name)
        if known is None or known[0] is not value:
            known = state.texts[name] = (value, frozenset(texts(value)))
        return known[1]

    def _parent(self, name: str, state: State, item: WorkItem) -> frozenset[str]:
        """On Data Center `parent` is the sub-task's alone; the links are that of a story and of an Epic."""
        asked = {"epic link": Tier.UNIT, "parent link": Tier.GROUP}.get(name, Tier.PART)
        if item.tier is not asked and not (name == "parent" and self._words.cloud):
            return _NOTHING
        parent = above(state.fields, self._words.links) or {}
        key = parent.get("key") or ""
        id = parent.get("id") or self._words.issues.get(key.casefold())
        same = (keys for one, keys in state.parents.items() if one == id or key in keys)
        return frozenset(texts([id, key, *(other for keys in same for other in keys)]))


def texts(value: Any) -> set[str]:
    """Everything by which a query may call this value, without case; nothing where it is empty."""
    match value:
        case None | "":
            return set()
        case str():
            return {value.casefold()}
        case int() | float():
            return {_figure(value)}
        case dict():
            return {str(value[name]).casefold() for name in _CALLED if value.get(name)}
        case _:
            return {text for one in value for text in texts(one)}


def _figure(value: float | str) -> str:
    """The same for 5, 5.0 and "5"; no text is written like it."""
    return f"#{float(value)!r}"


# --- from a selector to a test


def _node(selector: Selector) -> Node:
    match selector:
        case Label(name):
            return Clause("labels", (name,))
        case Project(key):
            return Clause("project", (key,))
        case FieldValue(name, value):
            return Clause(name, (value,))
        case Keys(keys):
            return Clause("key", keys)
        case Query(text):
            return parse(text)


def _named(node: Node) -> Iterator[str]:
    """The keys of issues that a query names."""
    match node:
        case Not(part):
            yield from _named(part)
        case Many(_, parts):
            for part in parts:
                yield from _named(part)
        case Clause(name, values):
            yield from (value for value in values if _SYSTEM.get(name.casefold()) in _ISSUES and "-" in value)


def _test(node: Node, negated: bool, words: Words, read: set[str]) -> Test:
    """The test of a query; the attributes it reads are added to `read`. Raises Untold."""
    match node:
        case Not(part):
            return _test(part, not negated, words, read)
        case Many(joint, parts):
            tests = [_test(part, negated, words, read) for part in parts]
            if (joint == "and") is not negated:
                return lambda values: all(test(values) for test in tests)
            return lambda values: any(test(values) for test in tests)
        case Clause():
            return _clause(node, node.negated is not negated, words, read)


def _clause(clause: Clause, negated: bool, words: Words, read: set[str]) -> Test:
    name = _attribute(clause.field, words)
    read.add(name)
    wanted = frozenset(one for value in clause.values for one in _wanted(name, value, clause, words))
    empty = clause.empty
    if negated:
        return lambda values: bool(held := values[name]) and wanted.isdisjoint(held)
    return lambda values: not wanted.isdisjoint(held) if (held := values[name]) else empty


def _attribute(name: str, words: Words) -> str:
    """What is read for a field of a query."""
    folded = name.casefold()
    if folded in _SYSTEM:
        return _SYSTEM[folded]
    number = re.fullmatch(r"cf\[(\d+)\]|customfield_(\d+)", folded)
    called = f"customfield_{number[1] or number[2]}" if number else re.sub(r"\[[^\]]*\]$", "", folded)
    ids = words.fields.get(called, ())
    if len(ids) > 1:
        raise Untold(f"{name}: {len(ids)} fields bear this name")
    id = ids[0] if ids else called if number else ""
    if not id.startswith("customfield_") or id == words.sprint or called == "sprint":
        raise Untold(f"{name}: not among the fields whose past an item tells")
    return {words.epic_link: "epic link", words.parent_link: "parent link"}.get(id, id)


def _wanted(name: str, value: str, clause: Clause, words: Words) -> Iterable[str]:
    if name == "category":
        category = _CATEGORIES.get(value.casefold())
        if category is None:
            raise Untold(f"{clause}: no category is known by that name")
        return [category]
    if name.startswith("customfield_") and _DATE.fullmatch(value):
        raise Untold(f"{clause}: a date, which depends on who asks and when")
    if name in _ISSUES:
        return {words.issues.get(value.casefold(), value.casefold()), value.casefold()}
    if name == "project":
        return words.projects.get(value.casefold(), _NOTHING) | {value.casefold()}
    try:
        return [value.casefold(), _figure(value)]
    except ValueError:
        return [value.casefold()]
