"""How far real projects and Epics had come on every day of their lives, computed straight from the raw file.

A second opinion on the past of issues. It shares no line with the product and goes the other way round: of
every field it takes the first change after an instant, whose `from` is what stood there then; without one,
what stands there now. The numbers are those of `expected.py`, day after day. Run it to see the last day of
each table, and what the logs tell: `python tests/real/past_expected.py FILE`.
"""

from __future__ import annotations

import gzip
import json
import sys
from collections import Counter, defaultdict
from collections.abc import Iterator
from datetime import UTC, datetime, time, timedelta
from itertools import pairwise
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

try:
    from tests.real.expected import Item, Rollup
except ModuleNotFoundError:
    sys.path.insert(0, str(Path(__file__).resolve().parents[2]))
    from tests.real.expected import Item, Rollup

HOSTS = {
    "issues.apache.org": "apache",
    "jira.duraspace.org": "dura",
    "bitovi-training.atlassian.net": "bitovi",
    "merico.atlassian.net": "merico",
    "improvingflow.atlassian.net": "flow",
}
RULES: dict[str, tuple[tuple[str, dict[str, Any]], ...]] = {
    "dura": (("count", {}), ("points", {"method": "points"})),
    "bitovi": (("count", {}), ("points", {"method": "points"})),
}
ONLY_COUNT: tuple[tuple[str, dict[str, Any]], ...] = (("count", {}),)
POINTS = {"dura": "customfield_10023", "bitovi": "customfield_10034"}
POINTS_NAMES = ("story points",)
PARENTS = ("parent", "issueparentassociation", "epic link", "parent link")
Cell = tuple[str, str, str]
"""What (`project` or `below`), which one, by which rules."""


def told(text: str) -> datetime:
    return datetime.strptime(text, "%Y-%m-%dT%H:%M:%S.%f%z").astimezone(UTC)


class Issue:
    """One issue of the file with its changes by field: (instant, before as (id, words), after)."""

    def __init__(self, connection: str, record: dict[str, Any]) -> None:
        self.connection, self.id, self.record = connection, record["id"], record
        self.fields = record["fields"]
        self.created = told(self.fields["created"])
        self.changes: dict[str, list[tuple[datetime, Any, Any]]] = defaultdict(list)
        histories = record["changelog"]["histories"]
        for history in sorted(histories, key=lambda one: (told(one["created"]), int(one["id"]))):
            at, parents = told(history["created"]), []
            for change in history["items"]:
                before = (change.get("from"), change.get("fromString"))
                after = (change.get("to"), change.get("toString"))
                name = self.name(change)
                if name == "parent":
                    parents.append((before, after))
                elif name:
                    self.changes[name].append((at, before, after))
            if parents:
                before = next((one for one, _ in parents if any(one)), (None, None))
                self.changes["parent"].append((at, before, parents[-1][1]))

    def name(self, change: dict[str, Any]) -> str:
        name, id, custom = change["field"].lower(), change.get("fieldId"), change["fieldtype"] == "custom"
        if name in PARENTS:
            return "parent"
        if custom:
            points = POINTS.get(self.connection)
            return "points" if points and (id == points or (not id and name in POINTS_NAMES)) else ""
        return {"issue type": "issuetype", "type": "issuetype"}.get(name, name)

    def before(self, name: str, instant: datetime) -> Any:
        """What the first change after the instant says was there; None where there is no such change."""
        return next((before for at, before, _ in self.changes.get(name, ()) if at > instant), None)

    def moments(self) -> list[datetime]:
        names = ("status", "resolution", "issuetype", "key", "points", "parent")
        return sorted({self.created, *(at for name in names for at, _, _ in self.changes.get(name, ()))})


class Host:
    """The issues of one site, and what their records say its words mean."""

    def __init__(self, connection: str) -> None:
        self.connection = connection
        self.issues: list[Issue] = []
        self.statuses: dict[str, dict[str, Any]] = {}
        self.types: dict[str, dict[str, Any]] = {}
        self.resolutions: dict[str, dict[str, Any]] = {}
        self.ids: dict[str, str] = {}

    def add(self, record: dict[str, Any]) -> None:
        fields = record["fields"]
        self.statuses[fields["status"]["id"]] = fields["status"]
        self.types[fields["issuetype"]["id"]] = fields["issuetype"]
        if fields.get("resolution"):
            self.resolutions[fields["resolution"]["id"]] = fields["resolution"]
        self.ids[record["key"]] = record["id"]
        if "changelog" in record:
            self.issues.append(Issue(self.connection, record))

    @property
    def points(self) -> str:
        return POINTS.get(self.connection, "")

    def rules(self) -> tuple[tuple[str, dict[str, Any]], ...]:
        return RULES.get(self.connection, ONLY_COUNT)

    def status(self, id: str, name: str) -> dict[str, Any]:
        if id in self.statuses:
            return self.statuses[id]
        keys = {
            one["statusCategory"]["key"]
            for one in self.statuses.values()
            if one["name"].lower() == name.lower()
        }
        return {"name": name, "statusCategory": {"key": keys.pop() if len(keys) == 1 else "undefined"}}

    def type(self, id: str, name: str) -> dict[str, Any]:
        if id in self.types:
            return self.types[id]
        alike = [one for one in self.types.values() if one["name"].lower() == name.lower()]
        return {**alike[0], "name": name} if alike else {"name": name, "subtask": False}

    def item(self, issue: Issue, instant: datetime) -> Item:
        """The issue as it stood, with the id of its parent as `above`."""
        now = issue.fields
        key = (issue.before("key", instant) or (None, issue.record["key"]))[1]
        fields = dict(now) | {"project": {"key": key.rpartition("-")[0]}}
        if was := issue.before("status", instant):
            fields["status"] = self.status(*was)
        if was := issue.before("issuetype", instant):
            fields["issuetype"] = self.type(*was)
        if was := issue.before("resolution", instant):
            fields["resolution"] = self.resolutions.get(was[0]) or (was[1] and {"name": was[1]})
        if was := issue.before("points", instant):
            fields[POINTS[self.connection]] = was[1] or None
        item = Item(self.connection, {"id": issue.id, "key": key, "fields": fields})
        if was := issue.before("parent", instant):
            item.above = was[0] or self.ids.get(was[1] or "")
        else:
            above = now.get("parent") or {}
            item.above = above.get("id") or self.ids.get(item.above or "")
        return item


def read(path: Path) -> dict[str, Host]:
    hosts = {name: Host(name) for name in HOSTS.values()}
    with gzip.open(path, "rt", encoding="utf-8") as lines:
        for line in lines:
            record = json.loads(line)
            name = HOSTS.get(urlsplit(record["self"]).hostname or "")
            if name:
                hosts[name].add(record)
    return hosts


def ends(host: Host) -> list[datetime]:
    """One minute to midnight, UTC, of every day from the first issue to the day after the last change."""
    moments = [at for issue in host.issues for at in issue.moments()]
    first, last = min(moments).date(), max(moments).date() + timedelta(days=1)
    days = (last - first).days + 1
    return [datetime.combine(first + timedelta(days=n), time(23, 59), UTC) for n in range(days)]


class Days:
    """Every issue of a site as it stood, carried from one day to the next."""

    def __init__(self, host: Host) -> None:
        self.host = host
        self.items: dict[str, Item] = {}
        self.pending = sorted((at, n) for n, issue in enumerate(host.issues) for at in issue.moments())
        self.pending.reverse()

    def go_on(self, end: datetime) -> bool:
        """To the end of a day; whether anything is other than before."""
        touched = set()
        while self.pending and self.pending[-1][0] <= end:
            touched.add(self.pending.pop()[1])
        for issue in (self.host.issues[n] for n in touched):
            if issue.created <= end:
                self.items[issue.id] = self.host.item(issue, end)
        for item in self.items.values() if touched else ():
            item.parent = self.items.get(item.above or "")
        return bool(touched)

    def below(self) -> dict[str, list[str]]:
        found: dict[str, list[str]] = defaultdict(list)
        for item in self.items.values():
            if item.parent:
                found[item.parent.id].append(item.id)
        return found

    def brought(self, hits: set[str], below: dict[str, list[str]]) -> list[Item]:
        """The hits and everything below them."""
        found, fresh = set(hits), hits
        while fresh:
            fresh = {child for id in fresh for child in below.get(id, ())} - found
            found |= fresh
        return [self.items[id] for id in sorted(found)]

    def groups(self, containers: set[str]) -> Iterator[tuple[tuple[str, str], list[Item]]]:
        """What each project and each container brings; `containers` takes in those that are new."""
        below, projects = self.below(), defaultdict(set)
        containers |= set(below)
        for item in self.items.values():
            projects[item.project].add(item.id)
        for key, hits in projects.items():
            yield ("project", key), self.brought(hits, below)
        for id in containers:
            yield ("below", id), self.brought({id}, below)


def table(host: Host) -> Iterator[tuple[datetime, dict[Cell, Any]]]:
    """(end of the day, every cell with (value, counted, cancelled)): every day, projects and containers."""
    days = Days(host)
    cells: dict[Cell, Any] = {}
    members: dict[tuple[str, str], list[Item]] = {}
    containers: set[str] = set()
    for end in ends(host):
        if days.go_on(end):
            groups = dict(days.groups(containers))
            cells = {cell: value for cell, value in cells.items() if cell[:2] in groups}
            for name, items in groups.items():
                if members.get(name) != items:
                    members[name] = items
                    for rules, how in host.rules():
                        cells[*name, rules] = figure(items, how)
        yield end, dict(cells)


def figure(items: list[Item], rules: dict[str, Any]) -> tuple[str | None, int, int]:
    told = Rollup(items, rules).flat()
    return told["value"], told["counted"], sum(item.cancelled for item in items)


# --- what the logs themselves tell

TELLING = ("status", "resolution", "issuetype", "key", "parent", "points")


def findings(host: Host) -> dict[str, int]:
    """How often logs contradict themselves or their records, and what can no longer be looked up."""
    found: Counter[str] = Counter(issues=len(host.issues))
    for issue in host.issues:
        found["entries"] += len(issue.record["changelog"]["histories"])
        for name in TELLING:
            changes = issue.changes.get(name, [])
            found[f"{name}: changes"] += len(changes)
            pairs = pairwise(changes)
            found[f"{name}: gaps"] += sum(not same(one[2], next[1]) for one, next in pairs)
            if changes and (now := present(issue, name)) is not None:
                found[f"{name}: the record disagrees"] += not same(changes[-1][2], now)
        found["resolution: dated otherwise"] += dated_otherwise(issue)
        for _, (id, name), _ in issue.changes.get("status", ()):
            found["status: of no record now"] += id not in host.statuses
            found["status: called otherwise then"] += host.statuses.get(id, {"name": name})["name"] != name
        for _, (id, _), _ in issue.changes.get("issuetype", ()):
            found["issuetype: of no record now"] += id not in host.types
    return {name: count for name, count in sorted(found.items()) if count}


def same(one: tuple[Any, Any], other: tuple[Any, Any]) -> bool:
    """By id where both have one, else by word; numbers as numbers."""
    ids, words = [end[0] or None for end in (one, other)], [end[1] or None for end in (one, other)]
    if None not in ids or not any(words):
        return ids[0] == ids[1]
    try:
        return float(words[0] or "x") == float(words[1] or "x")
    except ValueError:
        return words[0] == words[1]


def present(issue: Issue, name: str) -> tuple[Any, Any] | None:
    """What the record says, as (id, words); None where it does not tell."""
    fields = issue.fields
    if name == "key":
        return None, issue.record["key"]
    if name == "points":
        value = fields.get(POINTS.get(issue.connection, ""))
        return None, None if value is None else str(value)
    if name == "parent":
        parent = fields.get("parent") or {}
        return parent.get("id"), parent.get("key") or fields.get("customfield_10014")
    return ((fields[name] or {}).get("id"), (fields[name] or {}).get("name")) if name in fields else None


def dated_otherwise(issue: Issue) -> bool:
    changes, ended = issue.changes.get("resolution"), issue.fields.get("resolutiondate")
    return bool(changes and ended and abs(told(ended) - changes[-1][0]) >= timedelta(seconds=2))


def main(path: Path) -> None:
    for name, host in read(path).items():
        tables = [cells for _, cells in table(host)]
        filled = sum(map(len, tables))
        sys.stdout.write(
            f"{name}: {len(tables)} days, {filled} cells {json.dumps(findings(host), indent=1)}\n"
        )
        for cell, value in sorted(tables[-1].items()):
            if cell[0] == "project":
                sys.stdout.write(f"  {' '.join(cell)}: {value}\n")


if __name__ == "__main__":
    main(Path(sys.argv[1]))
