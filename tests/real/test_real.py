"""Real public issues, two opinions: the product's numbers and those of `expected.py` are the same."""

from __future__ import annotations

import gzip
import json
from fractions import Fraction
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import pytest

from bridge.model import KeyResult, Link, Progress, Raw, WorkItem
from bridge.okrs import load
from bridge.rollup import roll_up
from mappings.jira import JiraMapping, Vocabulary
from mappings.links import Tree, items_of, work_items
from tests.real import expected
from tests.shared import path

ISSUES = "data/jira-real/issues.jsonl.gz"


@pytest.fixture(scope="module")
def issues() -> Path:
    return path(ISSUES)


@pytest.fixture(scope="module")
def told(issues: Path) -> dict[str, dict[str, Any]]:
    return expected.expected(issues)


@pytest.fixture(scope="module")
def trackers(issues: Path) -> dict[str, dict[str, expected.Item]]:
    return expected.read(issues)


@pytest.fixture(scope="module")
def trees(issues: Path) -> dict[str, Tree]:
    """Every issue as the file has it, through the product's own mapping."""
    mappings = {host: mapping(name) for name, host in expected.HOSTS.items()}
    items: dict[str, list[WorkItem]] = {name: [] for name in expected.HOSTS}
    with gzip.open(issues, "rt", encoding="utf-8") as lines:
        for line in lines:
            record = json.loads(line)
            found = mappings.get(urlsplit(record["self"]).hostname or "")
            if found:
                record["fields"].setdefault("updated", record["fields"].get("created"))
                item = found.item(Raw(record["id"], "", record))
                items[item.connection].append(item)
    return {name: Tree.of(found) for name, found in items.items()}


def mapping(connection: str) -> JiraMapping:
    site = {"points": [expected.POINTS[connection]], "epic_link": expected.EPIC_LINK}
    return JiraMapping(connection, site, Vocabulary())


def hits(link: Link, raw: dict[str, Any], trackers: dict[str, dict[str, expected.Item]]) -> frozenset[str]:
    found = expected.hit(raw)
    return frozenset(item.id for item in trackers[link.connection].values() if found(item))


KEY_RESULTS = {kr.id: kr for kr in load([expected.OKRS], expected.HOSTS).key_results}
LINKS = {kr["id"]: kr["links"] for kr in expected.key_results()}


def rolled_up(
    kr: KeyResult, trees: dict[str, Tree], trackers: dict[str, dict[str, expected.Item]]
) -> Progress:
    found = {link: hits(link, raw, trackers) for link, raw in zip(kr.links, LINKS[kr.id], strict=True)}
    return roll_up(work_items(items_of(kr, found, trees), trees), kr.rollup)


def test_the_roll_up_of_real_issues_equals_the_second_opinion(told, trees, trackers):
    assert len(told) == len(KEY_RESULTS) >= 30
    differing = {}
    for id, kr in KEY_RESULTS.items():
        got = summary(rolled_up(kr, trees, trackers))
        want = {"value": exact(told[id]["value"])} | {name: told[id].get(name, got[name]) for name in COUNTS}
        if got != want:
            differing[id] = {"got": got, "want": want}
    assert differing == {}


COUNTS = ("counted", "unestimated")


def summary(progress: Progress) -> dict[str, Any]:
    return {"value": progress.value} | {name: getattr(progress.counts, name) for name in COUNTS}


def exact(text: str | None) -> Fraction | None:
    return None if text is None else Fraction(text)
