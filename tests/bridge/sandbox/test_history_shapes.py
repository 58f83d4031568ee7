"""What people do in the embedded Jira is noted in the shapes that the histories of real sites have."""

from __future__ import annotations

import gzip
import json
import re
from functools import cache

import pytest

from bridge.sandbox.fieldtypes import PLATFORM
from tests.bridge.sandbox.site import POINTS, Caller, Time, small
from tests.shared import path

KINDS = {
    "null": None,
    "nothing": r"",
    "number": r"-?\d+(\.\d+)?",
    "numbers": r"\[?\d+(, \d+)*\]?",
    "day": r"\d{4}-\d\d-\d\d",
    "midnight": r"\d{4}-\d\d-\d\d 00:00:00\.0",
    "picked": r"\d\d?/[A-Z][a-z]{2}/\d\d",
    "key": r"[A-Z]+-\d+",
}
CLOUD = ".atlassian.net"


def kind(value):
    for name, pattern in KINDS.items():
        if value is None if pattern is None else value is not None and re.fullmatch(pattern, value):
            return name
    return "words"


def shapes(item):
    """Of a change: which members it has, and how its two ends look."""
    members = frozenset(item) & {"field", "fieldtype", "fieldId", "from", "fromString", "to", "toString"}
    name = item["field"].casefold()
    yield name, "members", item["fieldtype"], "fieldId" in members
    yield name, "from", kind(item["from"]), kind(item["fromString"])
    yield name, "to", kind(item["to"]), kind(item["toString"])


@cache
def real():
    """Shapes by whether the host is a Cloud site."""
    found = {True: set(), False: set()}
    with gzip.open(path("data/jira-real/issues.jsonl.gz"), "rt", encoding="utf-8") as lines:
        for line in lines:
            issue = json.loads(line)
            told = found[CLOUD in issue["self"]]
            for history in (issue.get("changelog") or {}).get("histories", ()):
                for item in history["items"]:
                    told.update(shapes(item))
    return found


def work(jira):
    """Everything that the bridge reads of a history, done and undone."""
    date = jira.catalog.field("Start date") or jira.catalog.custom(
        10015, "Start date", PLATFORM + "datepicker"
    )
    ann = jira.catalog.user("ann", "Ann Bee")
    jira.add_issue("SHOP", "Epic", "above")
    jira.add_issue("SHOP", "Story", "below")
    for values in (
        {"summary": "renamed", "labels": ["a"], "duedate": "2026-10-05", date.id: "2026-10-05", POINTS: 3.0},
        {"labels": ["a", "b"], POINTS: 5.0, "assignee": ann, "timeoriginalestimate": 3600},
        {"labels": [], "duedate": None, date.id: None, "assignee": None, "timespent": 60},
        {"timeoriginalestimate": None, "issuetype": jira.catalog.named(jira.catalog.types, "Bug")},
    ):
        jira.edit("SHOP-2", values)
    jira.reparent("SHOP-2", "SHOP-1")
    jira.resolve("SHOP-2")
    jira.reopen("SHOP-2")
    for on in (True, False):
        jira.flag("SHOP-2", on)
    jira.move("SHOP-2", "TEAM")


UNSEEN = {"cloud": set(), "datacenter": {"epic link", "flagged", "start date"}}
"""What the real histories at hand do not hold: those of servers are of 2014."""


@pytest.mark.parametrize("deployment", UNSEEN)
def test_every_entry_looks_as_real_ones_do(deployment):
    with small(deployment, now=Time()) as sandbox:
        work(sandbox.jira)
        log = Caller(sandbox)("GET issue/TEAM-1?expand=changelog").json()["changelog"]
    told = {shape for entry in log["histories"] for item in entry["items"] for shape in shapes(item)}
    known = real()[deployment == "cloud"]
    assert {name for name, *_ in told} - {name for name, *_ in known} == UNSEEN[deployment]
    assert sorted(shape for shape in told - known if shape[0] not in UNSEEN[deployment]) == []
