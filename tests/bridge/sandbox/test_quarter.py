"""The seeded quarter: believable, the same for the same seed, and true to its own history."""

from __future__ import annotations

import tomllib
from collections import Counter
from datetime import UTC, date, datetime
from itertools import pairwise
from pathlib import Path

import pytest

from bridge.okrs import load
from bridge.sandbox import Sandbox, quarter
from bridge.sandbox.company import points_field
from bridge.sandbox.cycle import Cycle, cycle_of
from bridge.sandbox.jira import Jira
from bridge.sandbox.okrs import okrs_toml
from bridge.sandbox.story import CART

NOON = datetime(2026, 11, 16, 12, tzinfo=UTC)


def at(moment: datetime, deployment: str = "cloud", seed: int = 1) -> Jira:
    sandbox = Sandbox(deployment, now=lambda: moment, seed=seed, port=0)
    sandbox._socket.close()
    return sandbox.jira


@pytest.fixture(scope="module", params=["cloud", "datacenter"])
def jira(request):
    return at(NOON, request.param)


def picture(jira):
    return [
        (i.key, i.fields["summary"], i.status, i.fields["updated"], i.parent)
        for i in jira.store.issues.values()
    ]


def test_the_same_seed_gives_the_same_quarter_and_another_one_another():
    assert picture(at(NOON)) == picture(at(NOON))
    assert picture(at(NOON)) != picture(at(NOON, seed=2))


def test_there_is_work_of_every_sort(jira):
    issues = list(jira.store.issues.values())
    kinds = Counter((i.project, jira.catalog.level(i)) for i in issues)
    assert kinds["SHOP", 1] + kinds["GROW", 1] == 11
    assert 100 <= kinds["SHOP", 0] + kinds["GROW", 0] <= 160
    assert kinds["SHOP", -1] >= 8
    assert kinds["HELP", 0] >= 5
    assert {i.category for i in issues} == {"new", "indeterminate", "done"}
    assert {"Done", "Won't Do"} <= {(i.fields["resolution"] or {}).get("name") for i in issues}


def test_each_project_estimates_in_its_own_field_and_leaves_some_out(jira):
    for project in ("SHOP", "GROW"):
        field = points_field(jira, project)
        work = [i for i in jira.store.issues.values() if i.project == project and jira.catalog.level(i) == 0]
        estimated = [i for i in work if i.fields.get(field) is not None]
        assert 0.6 < len(estimated) / len(work) < 1
    assert len({points_field(jira, p) for p in ("SHOP", "GROW")}) == (2 if jira.cloud else 1)


def test_some_work_was_moved_reopened_blocked_and_left_open_under_a_closed_epic(jira):
    issues = jira.store.issues.values()
    fields = Counter(item["field"] for i in issues for change in i.changes() for item in change.items)
    assert fields["Key"] >= 1
    assert fields["Flagged"] >= 2
    assert fields["Link"] >= 2
    cleared = [item for i in issues for c in i.changes() for item in c.items if item["field"] == "resolution"]
    assert any(item["to"] is None for item in cleared)
    moved = next(i for i in issues if any(item["field"] == "Key" for c in i.changes() for item in c.items))
    old = next(item["fromString"] for c in moved.changes() for item in c.items if item["field"] == "Key")
    assert jira.issue(old) is moved
    closed = [i for i in issues if jira.catalog.level(i) == 1 and i.category == "done"]
    assert closed


def test_a_closed_epic_has_open_work_below():
    jira = at(datetime(2026, 11, 3, tzinfo=UTC))
    closed = [i for i in jira.store.issues.values() if jira.catalog.level(i) == 1 and i.category == "done"]
    assert [i.fields["summary"] for i in closed] == [CART]
    assert any(below.category != "done" for below in jira.store.children(closed[0].id))


def test_every_history_leads_to_the_present(jira):
    """The chain of each field: what a change comes from is what the one before led to, the last is now."""
    for issue in jira.store.issues.values():
        chains: dict[str, list] = {}
        for change in issue.changes():
            for item in change.items:
                chains.setdefault(item["field"], []).append(item)
        for name, chain in chains.items():
            assert name == "Link" or all(a["to"] == b["from"] for a, b in pairwise(chain))
        if "status" in chains:
            assert chains["status"][-1]["to"] == issue.fields["status"]["id"]
        if "resolution" in chains:
            assert chains["resolution"][-1]["to"] == (issue.fields["resolution"] or {}).get("id")
        stamps = [change.at for change in issue.changes()]
        assert stamps == sorted(stamps)
        assert all(issue.created <= stamp <= issue.updated for stamp in stamps)


def test_nothing_happens_after_now(jira):
    now = int(NOON.timestamp() * 1000)
    assert all(issue.updated <= now for issue in jira.store.issues.values())


@pytest.mark.parametrize(
    ("day", "cycle"),
    [
        (date(2026, 11, 16), Cycle("2026-Q4", date(2026, 10, 1), date(2026, 12, 31))),
        (date(2024, 2, 29), Cycle("2024-Q1", date(2024, 1, 1), date(2024, 3, 31))),
        (date(2026, 6, 30), Cycle("2026-Q2", date(2026, 4, 1), date(2026, 6, 30))),
    ],
)
def test_a_quarter_is_the_calendars(day, cycle):
    assert cycle_of(day) == cycle


def test_its_objectives_load_and_name_existing_work(jira, tmp_path: Path):
    text = okrs_toml(jira, "acme")
    file = tmp_path / "okrs.toml"
    file.write_text(text, encoding="utf-8")
    okrs = load([file], ["acme"])
    key_results = [kr for objective in okrs.objectives for kr in objective.key_results]
    assert (len(okrs.objectives), len(key_results)) == (5, 12)
    assert len({kr.kind for kr in key_results}) == 5
    tables = [kr for objective in tomllib.loads(text)["objectives"] for kr in objective["key_results"]]
    for kr in tables:
        for link in kr.get("links", []):
            for key in link.get("keys", []):
                assert jira.catalog.level(jira.issue(key)) == 1
            if "query" in link:
                assert jira.search(link["query"])
        source = kr.get("metric", {}).get("source")
        assert source is None or jira.search(source["query"]) is not None


def test_work_goes_on(jira):
    before = Counter(i.category for i in jira.store.issues.values())
    told = quarter.advance(jira, 1)
    after = Counter(i.category for i in jira.store.issues.values())
    words = Counter(line.split(":")[0].split(" ")[1] for line in told)
    assert words["done"] >= 2
    assert words - Counter(done=words["done"]) == {"started": 3, "reopened": 1, "added": 1}
    assert after["done"] == before["done"] + words["done"] - 1
    assert after.total() == before.total() + 1


def test_an_early_quarter_has_less_behind_it():
    early, late = (at(datetime(2026, *day, tzinfo=UTC)) for day in ((10, 2), (12, 30)))
    done = [sum(i.category == "done" for i in j.store.issues.values()) for j in (early, late)]
    assert done[0] < 20 < 120 < done[1]
