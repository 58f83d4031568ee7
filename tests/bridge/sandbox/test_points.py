"""The hourly points of an OAuth app: what they are spent on, and what the wall looks like."""

from __future__ import annotations

import pytest

from bridge.sandbox.limits import Points
from tests.bridge.sandbox.site import START, Time, served
from tests.bridge.sandbox.test_hooks import app

COSTS = {
    "a search": ("POST", {"issues": [1, 2, 3]}, 4),
    "a page of values": ("GET", {"values": [1, 2]}, 3),
    "a list": ("GET", [1, 2], 3),
    "one object": ("GET", {"id": "1"}, 2),
    "a write": ("PUT", None, 1),
    "a write that answers": ("POST", {"id": "1"}, 1),
}


@pytest.mark.parametrize("case", COSTS)
def test_what_a_call_costs(case):
    method, body, cost = COSTS[case]
    points = Points(1000, Time())
    points.spend(method, body)
    assert points.spent == cost


def test_points_are_renewed_on_the_full_hour():
    time = Time()
    points = Points(3, time)
    points.spend("GET", [1, 2])
    assert points.exhausted()
    time.pass_(minutes=29, seconds=59)
    assert points.exhausted()
    assert points.refusal()["Retry-After"] == "1"
    time.pass_(seconds=1)
    assert not points.exhausted()


def test_without_a_quota_nothing_ends():
    points = Points(0, Time())
    points.spend("GET", list(range(1000)))
    assert not points.exhausted()
    assert not points.near()


def test_an_app_is_stopped_until_the_hour_turns_and_an_api_token_never(time):
    assert (START.minute, START.second) == (30, 0)
    with served("cloud", now=time, points_per_hour=20) as (sandbox, call):
        for _ in range(15):
            sandbox.jira.add_issue("SHOP", "Story", "x")
        oauth = app(sandbox)
        asked = {"jql": "project = SHOP", "fields": ["key"]}
        first = oauth("POST search/jql", asked)
        assert (first.status_code, len(first.json()["issues"])) == (200, 15)
        assert oauth("GET myself").headers["X-RateLimit-NearLimit"] == "true"
        oauth("GET myself")
        stopped = oauth("GET myself")
        assert stopped.status_code == 429
        assert stopped.headers["RateLimit-Reason"] == "jira-quota-tenant-based"
        assert stopped.headers["Retry-After"] == "1800"
        assert stopped.headers["X-RateLimit-Reset"] == "2026-11-02T10:00:00Z"
        assert call("POST search/jql", asked).status_code == 200
        assert "X-RateLimit-NearLimit" not in call("GET myself").headers
        time.pass_(minutes=30)
        again = oauth("GET myself")
        assert (again.status_code, "X-RateLimit-NearLimit" in again.headers) == (200, False)
        oauth.session.close()
