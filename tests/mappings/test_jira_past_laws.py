"""Any changes, applied forward to a model of an issue and logged in Jira's shape: the replay equals the model
at every end."""

from copy import deepcopy
from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bridge.model import Label, Project, Query
from tests import changelogs
from tests.changelogs import ENDS, FIELDS, RESOLUTIONS, STATUSES, TYPES, replay

START = datetime(2026, 10, 1, 8, tzinfo=UTC)
PARENTS = {None: None, "501": "SHOP-51", "502": "SHOP-52", "601": "SHOP-61"}
PROJECTS = {"100": ("SHOP", "Shop"), "200": ("NEW", "News")}
LEVELS = {-1: ("Parent", "jira"), 0: ("Epic Link", "custom"), 1: ("Parent Link", "custom")}
SELECTORS = {
    Label("a"): lambda model: "a" in model["labels"],
    Project("NEW"): lambda model: model["project"] == "200",
    Query("status = Done AND resolution = Unresolved"): (
        lambda model: model["status"] == "5" and model["resolution"] is None
    ),
    Query("labels != a"): lambda model: bool(model["labels"]) and "a" not in model["labels"],
    Query("NOT (issuetype = Story OR 'Story Points' in (3, 5))"): (
        lambda model: model["type"] != "7" and model["points"] not in (None, 3, 5)
    ),
}
FIRST = {
    "key": "SHOP-1",
    "project": "100",
    "status": "1",
    "resolution": None,
    "type": "7",
    "parent": None,
    "labels": (),
    "points": None,
    "flagged": False,
    "owner": None,
    "due": None,
}
VALUES = {
    "status": st.sampled_from(list(STATUSES)),
    "resolution": st.sampled_from([None, *RESOLUTIONS]),
    "parent": st.sampled_from(list(PARENTS)),
    "labels": st.lists(st.sampled_from("abc"), unique=True).map(sorted).map(tuple),
    "points": st.sampled_from([None, 0, 3, 5, 2.5]),
    "flagged": st.booleans(),
    "owner": st.sampled_from([None, "Ada", "Lin"]),
    "due": st.sampled_from([None, "2026-11-01", "2026-12-24"]),
    "project": st.sampled_from(list(PROJECTS)),
    "kind": st.tuples(st.sampled_from(list(TYPES)), st.sampled_from(list(PARENTS)), st.booleans()),
}
CHANGES = st.lists(
    st.tuples(
        st.integers(0, 9 * 86_400_000),
        st.lists(
            st.sampled_from(list(VALUES)).flatmap(lambda name: st.tuples(st.just(name), VALUES[name])),
            min_size=1,
            max_size=4,
        ),
    ),
    max_size=12,
)


class Site:
    """Writes the log of one issue as this kind of site would, and the record at the end."""

    def __init__(self, cloud: bool, milliseconds: bool) -> None:
        self.cloud, self.milliseconds = cloud, milliseconds
        self.model, self.moved = deepcopy(FIRST), 0
        self.log: list[dict] = []
        self.snapshots = [(START, deepcopy(self.model))]

    def change(self, at: datetime, changes) -> None:
        items = [item for name, value in changes for item in self.apply(name, value)]
        if items:
            self.log.append(changelogs.entry(self.stamp(at), *items, id=str(len(self.log) + 1)))
            self.snapshots.append((at, deepcopy(self.model)))

    def stamp(self, at: datetime):
        if self.milliseconds:
            return round(at.timestamp() * 1000)
        there = at + timedelta(hours=2)
        return there.strftime("%Y-%m-%dT%H:%M:%S.") + f"{there.microsecond // 1000:03}+0200"

    def apply(self, name, value) -> list[dict]:
        model = self.model
        if name == "kind":
            return self.of_kind(*value)
        old = model[name]
        if old == value:
            return []
        model[name] = value
        if name == "project":
            return self.of_move(old, value)
        if name == "parent":
            return [self.of_parent(old, value, model["type"])]
        field, words, id, kind = WORDS[name]
        return [changelogs.item(field, words(old), words(value), id if self.cloud else "", kind)]

    def of_move(self, old, new) -> list[dict]:
        self.moved += 1
        was, self.model["key"] = self.model["key"], f"{PROJECTS[new][0]}-{100 + self.moved}"
        id = "project" if self.cloud else ""
        moved = changelogs.item("project", (old, PROJECTS[old][1]), (new, PROJECTS[new][1]), id)
        return [moved, changelogs.item("Key", (None, was), (None, self.model["key"]))]

    def of_kind(self, type, parent, parent_first) -> list[dict]:
        """Another type may hang under another parent, and tells it under another name."""
        model = self.model
        was, above = model["type"], model["parent"]
        if was == type:
            return []
        model["type"], model["parent"] = type, parent
        names = [(one, TYPES[one][0]) for one in (was, type)]
        items = [changelogs.item("issuetype", *names, "issuetype" if self.cloud else "")]
        if self.cloud or TYPES[was][1] == TYPES[type][1]:
            parents = [self.of_parent(above, parent, type)] if above != parent else []
        else:
            parents = [self.of_parent(above, None, was)] if above else []
            parents += [self.of_parent(None, parent, type)] if parent else []
        return parents[:: -1 if parent_first else 1] + items

    def of_parent(self, old, new, type) -> dict:
        name, kind = ("IssueParentAssociation", "jira") if self.cloud else LEVELS[TYPES[type][1]]
        return changelogs.item(name, (old, PARENTS[old]), (new, PARENTS[new]), "", kind)

    def record(self):
        model = self.model
        key, name = PROJECTS[model["project"]]
        parent = model["parent"] and {"id": model["parent"], "key": PARENTS[model["parent"]]}
        level = TYPES[model["type"]][1]
        as_link = {0: "customfield_14", 1: "customfield_15"}.get(level) if not self.cloud else None
        fields = {
            "status": changelogs.status(model["status"]),
            "issuetype": changelogs.kind(model["type"]),
            "resolution": model["resolution"] and changelogs.resolution(model["resolution"]),
            "project": {"id": model["project"], "key": key, "name": name},
            "labels": list(model["labels"]),
            "customfield_16": model["points"],
            "customfield_21": [{"value": "Impediment"}] if model["flagged"] else None,
            "assignee": model["owner"] and {"displayName": model["owner"]},
            "duedate": model["due"],
            "created": "2026-10-01T10:00:00.000+0200",
        }
        fields |= {as_link: parent and parent["key"]} if as_link else {"parent": parent}
        return changelogs.raw(model["key"], **fields)


def named(id):
    return lambda value: (value, id.get(value) and id[value][0] if value else None)


WORDS = {
    "status": ("status", named(STATUSES), "status", "jira"),
    "resolution": ("resolution", lambda value: (value, RESOLUTIONS.get(value)), "resolution", "jira"),
    "labels": ("labels", lambda value: (None, " ".join(value)), "labels", "jira"),
    "points": (
        FIELDS["customfield_16"],
        lambda value: (None, None if value is None else str(float(value))),
        "customfield_16",
        "custom",
    ),
    "flagged": (
        "Flagged",
        lambda value: ("[1]", "Impediment") if value else ("", ""),
        "customfield_21",
        "custom",
    ),
    "owner": ("assignee", lambda value: (value and value.lower(), value), "assignee", "jira"),
    "due": ("duedate", lambda value: (value, value and f"{value} 00:00:00.0"), "duedate", "jira"),
}


def seen(item) -> dict:
    """A work item in the words of the model."""
    keys = {key: id for id, key in PARENTS.items()}
    statuses = {name: id for id, (name, _) in STATUSES.items()}
    kinds = {name: id for id, (name, _) in TYPES.items()}
    resolutions = {name: id for id, name in RESOLUTIONS.items()}
    return {
        "key": item.key,
        "project": {key: id for id, (key, _) in PROJECTS.items()}[item.project],
        "status": statuses[item.status],
        "resolution": resolutions.get(item.resolution),
        "type": kinds[item.type],
        "parent": keys.get(item.parent, item.parent),
        "labels": item.labels,
        "points": item.points,
        "flagged": item.flagged,
        "owner": item.owner or None,
        "due": item.due and item.due.isoformat(),
    }


def check(changes, cloud, milliseconds, created):
    site = Site(cloud, milliseconds)
    for offset, values in sorted(changes, key=lambda change: change[0]):
        site.change(START + timedelta(milliseconds=offset), values)
    deployment = {"deployment": "cloud" if cloud else "datacenter"}
    found = replay(SELECTORS, site=changelogs.SITE | deployment)
    record = site.record()
    record.data["fields"]["created"] = (
        changelogs.at(created, "00:00:00.000") if created > 1 else site.stamp(START)
    )
    born = START if created == 1 else datetime(2026, 10, created, tzinfo=UTC)
    days = changelogs.day_by_day(found.stretches(record, site.log, ENDS))
    for end, stretch in zip(ENDS, days, strict=True):
        if end < born:
            assert (stretch.item, stretch.hits) == (None, frozenset())
            continue
        model = [snapshot for at, snapshot in site.snapshots if at <= end][-1]
        assert seen(stretch.item) == model
        assert stretch.hits == {selector for selector, holds in SELECTORS.items() if holds(model)}


LAW = {
    "changes": CHANGES,
    "cloud": st.booleans(),
    "milliseconds": st.booleans(),
    "created": st.integers(1, 10),
}


@given(**LAW)
@settings(deadline=None, max_examples=150)
def test_the_replay_equals_the_issue_as_it_was_at_every_end(changes, cloud, milliseconds, created):
    check(changes, cloud, milliseconds, created)


@pytest.mark.prove
@given(**LAW)
@settings(deadline=None, max_examples=5_000)
def test_the_replay_equals_the_issue_as_it_was_at_every_end_in_many_cases(
    changes, cloud, milliseconds, created
):
    check(changes, cloud, milliseconds, created)
