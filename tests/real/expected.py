"""The numbers of `okrs.toml`, computed once more: straight, slow, and from the raw file alone.

This is a second opinion on how work becomes a number. It shares no line with the product, reads the
issues as they lie in the file, tells each link's hits by a rule written here by hand, and walks the
rules in the order in which they are told. Run it to see the table: `python tests/real/expected.py FILE`.
"""

from __future__ import annotations

import gzip
import json
import sys
import tomllib
from collections import defaultdict
from collections.abc import Callable, Iterable
from fractions import Fraction
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

OKRS = Path(__file__).with_name("okrs.toml")
HOSTS = {
    "ti": "jira.appcelerator.org",
    "dura": "jira.duraspace.org",
    "bitovi": "bitovi-training.atlassian.net",
    "merico": "merico.atlassian.net",
}
POINTS = {
    "ti": "customfield_10016",
    "dura": "customfield_10023",
    "bitovi": "customfield_10034",
    "merico": "customfield_10024",
}
EPIC_LINK = "customfield_10014"
CANCELLED = {
    "won't do",
    "won't fix",
    "duplicate",
    "invalid",
    "cannot reproduce",
    "incomplete",
    "needs more info",
    "not a bug",
    "not our bug",
    "not a problem",
    "declined",
    "rejected",
    "abandoned",
    "obsolete",
    "withdrawn",
    "cancelled",
    "canceled",
    "不做",
    "不修复",
    "不予处理",
    "重复",
    "无效",
    "无法重现",
    "不完整",
    "已拒绝",
    "已取消",
    "已废弃",
    "已关闭不处理",
}
CATEGORY = {"new": "todo", "indeterminate": "in_progress", "done": "done"}


class Item:
    """One issue of the file, as far as the numbers need it."""

    def __init__(self, connection: str, record: dict[str, Any]) -> None:
        fields = record["fields"]
        type_ = fields["issuetype"]
        self.connection, self.id, self.key, self.fields = connection, record["id"], record["key"], fields
        self.type = type_["name"]
        self.project = fields["project"]["key"]
        # JQL finds a label however it is written: Jira's index folds labels to lower case.
        self.labels = {label.casefold() for label in fields.get("labels") or []}
        self.components = [c["name"] for c in fields.get("components") or []]
        self.status = fields["status"]["name"]
        self.category = CATEGORY.get(fields["status"]["statusCategory"]["key"], "undefined")
        self.resolution = (fields.get("resolution") or {}).get("name") or ""
        self.above = (fields.get("parent") or {}).get("key") or fields.get(EPIC_LINK)
        self.parent: Item | None = None
        self.is_part = bool(type_["subtask"])
        self.is_group = (not self.is_part and (type_.get("hierarchyLevel") or 0) >= 1) or self.type == "Epic"
        dropped = self.resolution.strip().casefold() in CANCELLED
        self.cancelled = dropped and self.category == "done"

    def estimate(self, method: str) -> Fraction | None:
        field = {"points": POINTS.get(self.connection, ""), "time": "timeoriginalestimate"}.get(method)
        return usable(self.fields.get(field)) if field else None


def usable(value: Any) -> Fraction | None:
    try:
        number = Fraction(str(value))
    except ValueError:
        return None
    return number if 0 <= number <= 10**15 else None


def read(path: Path) -> dict[str, dict[str, Item]]:
    """Every issue of the hosts by connection and key, parents joined."""
    names = {host: name for name, host in HOSTS.items()}
    found: dict[str, dict[str, Item]] = {name: {} for name in HOSTS}
    with gzip.open(path, "rt", encoding="utf-8") as lines:
        for line in lines:
            record = json.loads(line)
            connection = names.get(urlsplit(record["self"]).hostname or "")
            if connection:
                found[connection][record["key"]] = Item(connection, record)
    for items in found.values():
        for item in items.values():
            item.parent = items.get(item.above or "")
    return found


Hit = Callable[[Item], bool]
OPEN_EPICS = ("Open", "Reopened", "In Progress")
QUERIES: dict[str, Hit] = {
    'project = TIMOB AND issuetype = Epic AND status in (Open, Reopened, "In Progress")': lambda i: (
        i.project == "TIMOB" and i.type == "Epic" and i.status in OPEN_EPICS
    ),
    "issuetype = Epic AND status in (Closed, Resolved)": lambda i: (
        i.type == "Epic" and i.status in ("Closed", "Resolved")
    ),
    "issuetype = Epic": lambda i: i.type == "Epic",
    'project = TIMOB AND status in (Open, Reopened, "In Progress", "In Review")': lambda i: (
        i.project == "TIMOB" and i.status in (*OPEN_EPICS, "In Review")
    ),
    "labels in (android, parity) AND resolution is EMPTY": lambda i: (
        bool({"android", "parity"} & i.labels) and not i.resolution
    ),
    "project = FCREPO AND status != Closed AND status != Resolved": lambda i: (
        i.project == "FCREPO" and i.status not in ("Closed", "Resolved")
    ),
    "project in (ISLANDORA, FCREPO) AND resolution = EMPTY": lambda i: (
        i.project in ("ISLANDORA", "FCREPO") and not i.resolution
    ),
    'project = ISLANDORA AND component = "Solr/Search 6.x"': lambda i: (
        i.project == "ISLANDORA" and "Solr/Search 6.x" in i.components
    ),
    "issuetype = Initiative": lambda i: i.type == "Initiative",
    "project = EE AND issuetype in (故事, 任务)": lambda i: i.project == "EE" and i.type in ("故事", "任务"),
    '"Epic Link" = TIMOB-26570 OR key in (TIMOB-26570, TIMOB-20416)': lambda i: (
        i.above == "TIMOB-26570" or i.key in ("TIMOB-26570", "TIMOB-20416")
    ),
}


def hit(link: dict[str, Any]) -> Hit:
    if "keys" in link:
        return lambda i: i.key in link["keys"]
    if "label" in link:
        return lambda i: link["label"].casefold() in i.labels
    if "project" in link:
        return lambda i: i.project == link["project"]
    return QUERIES[link["query"]]


def linked(links: list[dict[str, Any]], trackers: dict[str, dict[str, Item]]) -> list[Item]:
    """The union of the links, each with everything below its hits unless it says otherwise."""
    chosen: dict[tuple[str, str], Item] = {}
    for link in links:
        items = list(trackers[link["connection"]].values())
        brought = {i.key for i in items if hit(link)(i)}
        while link.get("below", True):
            more = {i.key for i in items if i.parent and i.parent.key in brought} - brought
            if not more:
                break
            brought |= more
        chosen |= {(i.connection, i.id): i for i in items if i.key in brought}
    return list(chosen.values())


class Rollup:
    """One key result's number. `parents` and `children` are told between its own items only."""

    def __init__(self, items: Iterable[Item], rules: dict[str, Any]) -> None:
        self.rules = {
            "method": "count",
            "mode": "story",
            "partial": True,
            "value": "done",
            "status_weights": {},
            "unestimated": "mean",
            "cancelled": "exclude",
            "parent_closed": "children",
            "require_resolution": False,
        } | rules
        self.items = list(items)
        self.here = {id(i) for i in self.items}
        self.excluded = 0
        if self.rules["cancelled"] == "exclude":
            before = len(self.items)
            self.items = [i for i in self.items if not any(a.cancelled for a in self.line(i))]
            self.excluded = before - len(self.items)
            self.here = {id(i) for i in self.items}
        self.children: dict[int, list[Item]] = defaultdict(list)
        for item in self.items:
            if self.up(item):
                self.children[id(item.parent)].append(item)

    def up(self, item: Item) -> Item | None:
        return item.parent if item.parent is not None and id(item.parent) in self.here else None

    def line(self, item: Item) -> list[Item]:
        """The item and everything above it within the key result."""
        line = [item]
        while above := self.up(line[-1]):
            line.append(above)
        return line

    def below(self, item: Item) -> list[Item]:
        return self.children.get(id(item), [])

    def holds_units(self, item: Item) -> bool:
        """Is it a group with something below, or a unit that acts as one?"""
        return bool(self.below(item)) if item.is_group else any(not c.is_part for c in self.below(item))

    def is_unit(self, item: Item) -> bool:
        above = self.up(item)
        if item.is_part:
            return above is None or above.is_group
        return not self.holds_units(item)

    def done(self, item: Item) -> bool:
        return item.category == "done" and (not self.rules["require_resolution"] or bool(item.resolution))

    def dropped(self, item: Item) -> bool:
        return any(i.cancelled for i in self.line(item))

    def undefined(self, item: Item) -> bool:
        weights = self.rules["status_weights"]
        if self.rules["value"] == "status" and weights and not self.dropped(item):
            return item.status not in weights and item.category not in weights
        return item.category == "undefined"

    def settled(self, item: Item) -> Fraction | None:
        """What cancellation, a closed parent or being done says of it, else None."""
        if self.dropped(item):
            return Fraction(self.rules["cancelled"] == "as_done")
        if self.rules["parent_closed"] == "complete":
            closed = (a for a in self.line(item)[1:] if self.done(a))
            if any(self.rules["mode"] != "story" or self.holds_units(a) for a in closed):
                return Fraction(1)
        if self.done(item) and self.rules["value"] != "status":
            return Fraction(1)
        return None

    def own(self, item: Item) -> Fraction:
        """The item's own value, its parts aside."""
        settled = self.settled(item)
        if settled is not None:
            return settled
        if self.rules["value"] == "status":
            weights = self.rules["status_weights"]
            return Fraction(str(weights.get(item.status, weights.get(item.category))))
        if self.rules["value"] == "spent":
            spent, planned = usable(item.fields.get("timespent")), item.estimate("time")
            return share(spent / planned) if spent is not None and planned else Fraction(0)
        return Fraction(0)

    def credited(self, item: Item) -> Fraction:
        """The item's value with its parts' credit: the plain mean of those that have a value."""
        parts = [p for p in self.below(item) if p.is_part and not self.undefined(p)]
        if self.rules["partial"] and parts and self.settled(item) is None and not self.done(item):
            return share(sum((self.credited(p) for p in parts), Fraction(0)) / len(parts))
        return self.own(item)

    def weight(self, item: Item) -> Fraction | None:
        own = item.estimate(self.rules["method"])
        if own is not None or self.rules["mode"] == "leaf":
            return own
        of_parts = [w for p in self.below(item) if (w := p.estimate(self.rules["method"])) is not None]
        return sum(of_parts, Fraction(0)) if of_parts else None

    def flat(self) -> dict[str, Any]:
        leaf = self.rules["mode"] == "leaf"
        counting = [i for i in self.items if (not self.below(i) if leaf else self.is_unit(i))]
        counting = [i for i in counting if not self.undefined(i)]
        value = self.own if leaf else self.credited
        weights = {id(i): self.weight(i) for i in counting}
        known = [w for w in weights.values() if w is not None]
        missing = len(counting) - len(known)
        if not any(known):
            weights, missing = {id(i): Fraction(1) for i in counting}, missing
        elif self.rules["unestimated"] == "exclude":
            counting = [i for i in counting if weights[id(i)] is not None]
        else:
            policy = self.rules["unestimated"]
            fill = sum(known, Fraction(0)) / len(known) if policy == "mean" else Fraction(str(policy))
            weights = {key: fill if w is None else w for key, w in weights.items()}
        total = sum((weights[id(i)] or 0 for i in counting), Fraction(0))
        gained = sum(((weights[id(i)] or 0) * value(i) for i in counting), Fraction(0))
        return {
            "value": str(gained / total) if total else None,
            "counted": len(counting),
            "excluded": self.excluded,
            "unestimated": missing if self.rules["method"] != "count" else 0,
        }

    def level(self) -> dict[str, Any]:
        tops = [i for i in self.items if self.up(i) is None]
        by_count = self.rules["method"] == "count" or not any(
            i.estimate(self.rules["method"]) for i in self.items
        )
        value, _ = self.mean(tops, by_count)
        leaves = [i for i in self.items if not self.below(i) and not self.undefined(i)]
        return {
            "value": None if value is None else str(value),
            "counted": len(leaves),
            "excluded": self.excluded,
        }

    def mean(self, siblings: list[Item], by_count: bool) -> tuple[Fraction | None, Fraction | None]:
        """Weighted mean of the siblings that have a value; the sum of their weights, None without any."""
        told = [(value, weight) for value, weight in (self.node(i, by_count) for i in siblings)]
        told = [(value, weight) for value, weight in told if value is not None]
        known = [weight for _, weight in told if weight is not None]
        fill = sum(known, Fraction(0)) / len(known) if known else Fraction(1)
        weighed = [(value, fill if weight is None else weight) for value, weight in told]
        total = sum((weight for _, weight in weighed), Fraction(0))
        if not weighed:
            return None, None
        if not total:
            return sum((v for v, _ in weighed), Fraction(0)) / len(weighed), Fraction(0)
        return sum((v * w for v, w in weighed), Fraction(0)) / total, total if known else None

    def node(self, item: Item, by_count: bool) -> tuple[Fraction | None, Fraction | None]:
        if not self.below(item):
            value = None if self.undefined(item) else self.own(item)
            return value, Fraction(1) if by_count else item.estimate(self.rules["method"])
        value, total = self.mean(self.below(item), by_count)
        if by_count:
            return value, Fraction(1)
        own = item.estimate(self.rules["method"])
        return value, total if own is None else own


def share(value: Fraction) -> Fraction:
    return min(max(value, Fraction(0)), Fraction(99, 100))


def unreadable(links: list[dict[str, Any]], trackers: dict[str, dict[str, Item]]) -> int:
    """How many links name a key that the file lacks: nothing may be concluded then."""
    return sum(any(key not in trackers[link["connection"]] for key in link.get("keys", ())) for link in links)


def key_results() -> list[dict[str, Any]]:
    """Those of `okrs.toml` as they are written there."""
    objectives = tomllib.loads(OKRS.read_text("utf-8"))["objectives"]
    return [kr for objective in objectives for kr in objective["key_results"]]


def expected(trackers: dict[str, dict[str, Item]]) -> dict[str, dict[str, Any]]:
    """Every key result by id: its exact value, how many counted, were taken out, lack an estimate."""
    told: dict[str, dict[str, Any]] = {}
    for kr in key_results():
        if missing := unreadable(kr["links"], trackers):
            told[kr["id"]] = {"value": None, "unreadable": missing}
            continue
        rollup = Rollup(linked(kr["links"], trackers), kr.get("rollup", {}))
        told[kr["id"]] = rollup.level() if rollup.rules["mode"] == "level" else rollup.flat()
    return told


if __name__ == "__main__":
    json.dump(expected(read(Path(sys.argv[1]))), sys.stdout, indent=1)
