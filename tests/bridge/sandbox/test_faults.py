"""Trouble that other tests do not make: no answer at all, pauses in every spelling, things that happen
while a request comes in, a field that is taken away."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest
import requests

from tests.bridge.sandbox.site import KR_PROGRESS


def test_a_request_that_is_never_answered_has_taken_effect(either):
    sandbox, call = either
    issue = sandbox.jira.add_issue("SHOP", "Epic", "One")
    sandbox.faults.on("editIssue").hang()
    with pytest.raises(requests.ReadTimeout):
        call.session.request(
            "PUT", f"{call.base}/issue/{issue.key}", json={"fields": {KR_PROGRESS: 40}}, timeout=0.2
        )
    assert sandbox.jira.value(issue.key, KR_PROGRESS) == 40
    assert call(f"GET issue/{issue.key}").status_code == 200


def test_pauses_are_asked_for_as_a_date_and_until_the_hour_turns(either):
    sandbox, call = either
    at = datetime(2026, 11, 2, 11, 0, tzinfo=UTC)
    sandbox.faults.on("getFields").rate_limited_until(at.astimezone())
    answer = call("GET field")
    assert (answer.status_code, answer.headers["Retry-After"]) == (429, "Mon, 02 Nov 2026 11:00:00 GMT")
    sandbox.faults.on("getFields").quota_used_up(at + timedelta(hours=1))
    answer = call("GET field")
    assert answer.headers["X-RateLimit-Reset"] == "2026-11-02T12:00:00Z"
    assert "quota" in answer.headers["RateLimit-Reason"]


def test_something_happens_before_a_request_is_served(either):
    sandbox, call = either
    key = sandbox.jira.add_issue("SHOP", "Epic", "One").key
    sandbox.faults.on("getIssue").happen(lambda: sandbox.jira.delete(key))
    assert call(f"GET issue/{key}").status_code == 404


def test_a_field_that_was_taken_away_comes_back_with_its_values(either):
    sandbox, call = either
    key = sandbox.jira.add_issue("SHOP", "Epic", "One", **{KR_PROGRESS: 40}).key
    field = sandbox.jira.trash_field("KR progress")
    assert KR_PROGRESS not in {one["id"] for one in call("GET field").json()}
    assert KR_PROGRESS not in call(f"GET issue/{key}").json()["fields"]
    refused = call(f"PUT issue/{key}", {"fields": {KR_PROGRESS: 50}})
    assert (refused.status_code, list(refused.json()["errors"])) == (400, [KR_PROGRESS])
    sandbox.jira.restore_field(field)
    assert call(f"GET issue/{key}").json()["fields"][KR_PROGRESS] == 40
