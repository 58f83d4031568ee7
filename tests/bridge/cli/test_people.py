"""What people report: refused where it makes no sense, shown at the next run, gone when it is over."""

from __future__ import annotations

import pytest

from tests.shell import Shell

REFUSED = {
    "a value for counted work": (["WORK", "--value", "0.5"], "counts work"),
    "a value for milestones": (["STONES", "--value", "0.5"], "--done"),
    "a milestone that there is none of": (["STONES", "--done", "Third"], "First, Second"),
    "a milestone of another kind": (["METRIC", "--done", "First"], "no milestone"),
    "a learning value above one": (["LEARN", "--value", "7"], "0 to 1"),
    "a confidence above one": (["METRIC", "--confidence", "70"], "70% is 0.7"),
    "a value out of all proportion": (["METRIC", "--value", "1e400"], "proportion"),
    "something of tomorrow": (["METRIC", "--value", "5", "--at", "2026-11-22"], "future"),
    "nothing at all": (["METRIC"], "says nothing"),
}


@pytest.mark.parametrize(("arguments", "named"), REFUSED.values(), ids=REFUSED)
def test_a_checkin_is_refused(shell: Shell, arguments: list[str], named: str) -> None:
    assert shell.run("checkin", *arguments, "--by", "ann") == 2
    assert named in shell.err
    assert shell.json("export")["tables"]["check_ins"]["rows"] == []


def test_a_reported_value_counts_from_the_next_run_on(shell: Shell) -> None:
    assert shell.standing("METRIC")["progress"] is None
    arguments = (
        "--value",
        "6",
        "--confidence",
        "0.8",
        "--status",
        "at_risk",
        "--note",
        "slow",
        "--by",
        "ann",
    )
    assert shell.run("checkin", "METRIC", *arguments) == 0
    found = shell.standing("METRIC")
    assert (found["progress"], found["current"], found["confidence"]) == (0.5, 6, 0.8)
    assert shell.run("checkin", "METRIC", "--value", "12", "--by", "ann", now="2026-11-21T13:00") == 0
    found = shell.standing("METRIC", now="2026-11-21T14:00")
    assert (found["progress"], found["raw"]) == (0.0, -0.5)


def test_reports_of_the_past_are_put_where_they_belong(shell: Shell) -> None:
    assert shell.run("checkin", "METRIC", "--value", "3", "--by", "ann") == 0
    assert shell.run("checkin", "METRIC", "--value", "9", "--at", "2026-11-01", "--by", "ann") == 0
    assert shell.standing("METRIC")["progress"] == 1


def test_milestones_reached_stay_reached(shell: Shell) -> None:
    assert shell.run("checkin", "STONES", "--done", "First", "--by", "ann") == 0
    assert shell.standing("STONES")["progress"] == 0.25
    assert shell.run("checkin", "STONES", "--note", "on it", "--by", "ann") == 0
    assert shell.run("checkin", "STONES", "--done", "Second", "--by", "ann") == 0
    assert shell.standing("STONES")["percent"] == 100


def test_what_was_learnt_has_no_pace(shell: Shell) -> None:
    assert shell.run("checkin", "LEARN", "--value", "0.3", "--by", "ann") == 0
    found = shell.standing("LEARN")
    assert (found["percent"], found["pace"]) == (30, "none")


def test_an_override_lasts_through_its_last_day_in_the_bridges_zone(shell: Shell) -> None:
    assert shell.run("checkin", "METRIC", "--value", "6.6", "--by", "ann") == 0
    arguments = (
        "override",
        "METRIC",
        "--value",
        "0.7",
        "--until",
        "2026-11-27",
        "--why",
        "late",
        "--by",
        "kim",
    )
    assert shell.run(*arguments) == 0
    friday = shell.standing("METRIC", now="2026-11-27T15:59:59+00:00")
    assert friday["progress"] == 0.7
    assert friday["computed"] == 0.4
    assert friday["override"] == {"value": 0.7, "by": "kim", "why": "late", "until": "2026-11-27"}
    saturday = shell.standing("METRIC", now="2026-11-27T16:00:01+00:00")
    assert (saturday["progress"], saturday["override"]) == (0.4, None)


def test_an_override_survives_runs_and_is_taken_back(shell: Shell) -> None:
    shell.run("checkin", "METRIC", "--value", "6.6", "--by", "ann")
    shell.run("override", "METRIC", "--value", "0.7", "--until", "2026-12-27", "--why", "late", "--by", "kim")
    for day in (22, 23):
        assert shell.standing("METRIC", now=f"2026-11-{day}T12:00")["progress"] == 0.7
    assert shell.run("override", "METRIC", "--clear", "--by", "kim") == 0
    assert shell.standing("METRIC")["progress"] == 0.4


def test_an_override_of_yesterday_is_refused(shell: Shell) -> None:
    arguments = ("--value", "0.7", "--why", "late", "--by", "kim", "--until")
    assert shell.run("override", "METRIC", *arguments, "2026-11-20") == 2
    assert "has passed" in shell.err
    assert shell.run("override", "METRIC", *arguments, "2026-11-21") == 0


def test_an_override_shows_a_number_where_there_is_none(shell: Shell) -> None:
    shell.run("override", "WORK", "--value", "0.2", "--until", "2026-12-01", "--why", "w", "--by", "kim")
    report = shell.json("sync")
    assert report["key_results"][0]["progress"] == 0.2
    assert report["key_results"][0]["computed"] is None
    assert report["objectives"][0]["known"] == 2
