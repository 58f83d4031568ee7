"""`status`: what the store tells of the bridge's condition, for programs and for people."""

from __future__ import annotations

import io
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from rich.console import Console

from bridge.assess import Assessment
from bridge.condition import active_daemon, condition, without_key_results
from bridge.config import load
from bridge.errors import ConfigError, Misconfigured
from bridge.lease import DAEMON
from bridge.processes import this_process
from bridge.report.health import StatusReport
from bridge.report.vitals import MOST, distance
from bridge.store import ConnectionResult, Cursor, Parked, Store
from bridge.wording import Words

NOW = datetime(2026, 11, 21, 4, 30, tzinfo=UTC)
EN, ZH = Words("en"), Words("zh-CN")
CONFIG = """\
[bridge]
timezone = "Asia/Shanghai"
[connections.acme]
tool = "memory"
[connections.shop]
tool = "memory"
"""
WRITE = Parked(
    connection="acme", item="10001", key="SHOP-1", kr="O1-KR1", what="comment", name="comment",
    since=NOW - timedelta(hours=2), attempts=5, next=NOW + timedelta(minutes=10), final=False,
    message="acme: PUT issue/10001/comment answered 503", hint="nothing to do: it is tried again", value="{}",
)  # fmt: skip


@pytest.fixture
def store(tmp_path: Path):
    with Store.open(f"sqlite:///{tmp_path / 'store.db'}") as made:
        yield made


@pytest.fixture
def report(store, tmp_path):
    """Asks for the condition of now; the figures of key results are another matter."""
    (tmp_path / "okr-bridge.toml").write_text(CONFIG)
    settings = load(tmp_path / "okr-bridge.toml", {})

    def ask() -> StatusReport:
        assessment = Assessment(standings=(), objectives=(), brought={})
        return condition(settings, store, assessment, {}, NOW)

    return ask


def page(report: StatusReport, words: Words = EN) -> str:
    out = Console(file=io.StringIO(), width=200, highlight=False)
    report.show(out, words)
    return out.file.getvalue()


def wake_daemon(store: Store) -> None:
    assert store.leases.acquire(DAEMON, this_process(), 60)


def test_without_a_daemon_nothing_is_next_whatever_the_last_one_planned(store, report):
    store.schedule.replace({("acme", "sync"): NOW + timedelta(minutes=5)})
    told = report().as_json(EN)
    assert (told["daemon"], told["next_run"], told["connections"][0]["next"]) == (None, None, {})
    assert "No daemon is running" in page(report())
    assert "没有守护进程" in page(report(), ZH)


def test_the_active_daemon_is_named_and_what_it_does_next(store, report):
    wake_daemon(store)
    nexts = {
        ("acme", "sync"): NOW + timedelta(minutes=5),
        ("acme", "reconcile"): NOW + timedelta(hours=14, minutes=30),
        ("shop", "sync"): NOW + timedelta(minutes=2, seconds=30),
    }
    store.schedule.replace(nexts)
    told = report().as_json(EN)
    assert told["daemon"]["who"] in this_process()
    assert told["daemon"]["who"].count("pid") == 1
    assert told["connections"][0]["next"] == {
        job: nexts["acme", job].isoformat() for job in ("sync", "reconcile")
    }
    assert told["next_run"] == nexts["shop", "sync"].isoformat(), "the earliest of all"
    shown = page(report())
    assert "The daemon is active" in shown
    assert "Sync: next 2026-11-21T12:35+08:00 (in 5 minutes)" in shown
    assert "Comparison: next 2026-11-22T03:00+08:00 (in 14 hours)" in shown
    assert "比对: 下次 2026-11-22T03:00+08:00 (14 小时后)" in page(report(), ZH)


def test_a_daemon_that_is_dead_or_was_not_heard_of_is_none(store):
    assert active_daemon(store) is None
    dead = this_process().replace("started ", "started 1")
    store.leases.acquire(DAEMON, dead, 60)
    assert active_daemon(store) is None, "its process has ended"
    store.leases.evict(DAEMON, dead)
    store.leases.acquire(DAEMON, "elsewhere pid 7, started 1, in 2", -1)
    assert active_daemon(store) is None, "its time has run out"
    store.leases.acquire(DAEMON, "elsewhere pid 7, started 1, in 2", 60)
    assert active_daemon(store).who == "elsewhere pid 7"


def test_a_connection_that_fails_says_since_when_and_what_to_do(store, report):
    good, bad = NOW - timedelta(hours=3), NOW - timedelta(hours=2)
    store.connections.put("acme", ConnectionResult("1", True, "", "", good))
    store.connections.put(
        "acme", ConnectionResult("2", False, "acme: GET myself answered 401", "renew it", bad)
    )
    (acme, shop) = report().as_json(EN)["connections"]
    assert (acme["last_good"], acme["failing_since"]) == (good.isoformat(), bad.isoformat())
    assert (acme["hint"], shop["failing_since"], shop["last_good"]) == ("renew it", None, None)
    shown = page(report())
    assert "Failing since 2026-11-21T10:30+08:00 (2 hours ago): acme: GET myself answered 401" in shown
    assert "Hint: renew it" in shown
    assert "shop: Last good read –" in shown


def test_the_last_sweep_and_a_pause_are_told(store, report):
    swept, until = NOW - timedelta(minutes=50), NOW + timedelta(minutes=20)
    store.cursors.put("acme", Cursor(NOW, "scheme", swept, NOW))
    store.holds.put("acme", until, "the hour's points are used up")
    store.holds.put("shop", NOW - timedelta(minutes=1), "over")
    (acme, shop) = report().as_json(EN)["connections"]
    assert acme["last_sweep"] == swept.isoformat()
    assert acme["held"] == {"until": until.isoformat(), "why": "the hour's points are used up"}
    assert (shop["last_sweep"], shop["held"]) == (None, None)
    shown = page(report())
    assert "Sweep: last 2026-11-21T11:40+08:00 (50 minutes ago)" in shown
    assert "left alone until 2026-11-21T12:50+08:00 (in 20 minutes): the hour's points are used up" in shown


def test_writes_that_fail_are_listed_with_what_to_do(store, report):
    refused = replace(
        WRITE, what="field", name="progress", kr="", final=True, attempts=1, hint="grant Edit issues"
    )
    store.parked.put(WRITE)
    store.parked.put(refused)
    (told, second) = sorted(report().as_json(EN)["parked"], key=lambda one: one["final"])
    assert told["since"] == WRITE.since.isoformat()
    assert (told["key"], told["kr"], told["attempts"], told["next"]) == (
        "SHOP-1", "O1-KR1", 5, WRITE.next.isoformat())  # fmt: skip
    assert "value" not in told
    assert second["final"] is True
    shown = page(report())
    assert "Writes that fail: 2" in shown
    assert (
        "- acme SHOP-1: comment O1-KR1: failing since 2026-11-21T10:30+08:00 (2 hours ago), tried 5 times"
        in shown
    )
    assert "again 2026-11-21T12:40+08:00 (in 10 minutes)" in shown
    assert "- acme SHOP-1: field KR progress: refused since" in shown
    assert "not tried again until" in shown
    assert "Hint: grant Edit issues" in shown


def test_a_long_list_of_them_is_cut_for_people_and_whole_for_programs(store, report):
    for n in range(MOST + 3):
        store.parked.put(replace(WRITE, item=str(n), key=f"SHOP-{n}"))
    assert len(report().as_json(EN)["parked"]) == MOST + 3
    shown = page(report())
    assert shown.count("tried 5 times") == MOST
    assert "and 3 more" in shown
    assert "Writes that fail: 23" in shown
    store.parked.clear()
    for n in range(MOST):
        store.parked.put(replace(WRITE, item=str(n), key=f"SHOP-{n}"))
    assert "more" not in page(report())


def test_notices_are_told_with_what_to_do(store, report):
    at = NOW - timedelta(days=1, hours=3)
    store.notices.put(
        "configuration", at, "okr-bridge.toml: line 3: no [b]TOML[/b]", "the old one stays in force"
    )
    assert report().as_json(EN)["notices"] == [
        {
            "name": "configuration",
            "at": at.isoformat(),
            "message": "okr-bridge.toml: line 3: no [b]TOML[/b]",
            "hint": "the old one stays in force",
        }
    ]
    shown = page(report())
    assert "2026-11-20T09:30+08:00 (1 day ago): okr-bridge.toml: line 3: no [b]TOML[/b]" in shown
    assert "the old one stays in force" in shown


DISTANCES = {
    "now": (0, "just now", "刚刚"),
    "a moment ago": (-59, "just now", "刚刚"),
    "a minute ago": (-60, "1 minute ago", "1 分钟前"),
    "almost two hours ago": (-7199, "1 hour ago", "1 小时前"),
    "days ago": (-3 * 86_400, "3 days ago", "3 天前"),
    "soon": (59, "at once", "马上"),
    "in minutes": (150, "in 2 minutes", "2 分钟后"),
    "in hours": (7_200, "in 2 hours", "2 小时后"),
    "in a day": (100_000, "in 1 day", "1 天后"),
}


@pytest.mark.parametrize(("seconds", "english", "chinese"), DISTANCES.values(), ids=DISTANCES)
def test_how_far_off_something_is(seconds, english, chinese):
    at = NOW + timedelta(seconds=seconds)
    assert (distance(at, NOW, EN), distance(at, NOW, ZH)) == (english, chinese)


def test_clocks_that_differ_a_little_turn_nothing_round(store, report):
    wake_daemon(store)
    store.connections.put("acme", ConnectionResult("1", True, "", "", NOW + timedelta(seconds=2)))
    store.schedule.replace({("acme", "sync"): NOW - timedelta(seconds=2)})
    shown = page(report())
    assert "Last good read 2026-11-21T12:30+08:00 (just now)" in shown
    assert "Sync: next 2026-11-21T12:29+08:00 (at once)" in shown


def test_while_the_files_are_broken_all_the_rest_is_told_below_what_is_wrong(store, tmp_path):
    wake_daemon(store)
    store.parked.put(WRITE)
    store.notices.put("configuration", NOW, "okrs.toml: line 3", "mend it")
    (tmp_path / "okr-bridge.toml").write_text(CONFIG)
    error = ConfigError([Misconfigured("okrs.toml", "objectives.0: it has no title")])
    report = without_key_results(load(tmp_path / "okr-bridge.toml", {}), store, error, NOW)
    told = report.as_json(EN)
    assert (told["key_results"], told["objectives"]) == ([], [])
    assert told["problem"]["message"] == "okrs.toml: objectives.0: it has no title"
    assert told["problem"]["hint"]
    assert all(told[part] for part in ("daemon", "parked", "notices"))
    assert [one["name"] for one in told["connections"]] == ["acme", "shop"]
    shown = page(report)
    order = [shown.index(part) for part in ("it has no title", "okrs.toml: line 3", "shop", "answered 503")]
    assert order == sorted(order)


def test_files_in_order_are_no_problem(report):
    assert report().as_json(EN)["problem"] is None
