"""Quarters of real projects, from the change logs of public trackers, in plain Python.

A release is a key result whose scope moves: the issues that carried its version on each day, as the log
tells it. A count is one that does not: "resolve as many as in the quarter before", of a project or of one of
its components. Cancelled issues count for nothing.
"""

from __future__ import annotations

import gzip
import json
from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Mapping
from datetime import date, timedelta
from fractions import Fraction
from itertools import pairwise
from pathlib import Path
from typing import Any

from benchmarks.quarters import LENGTH, Quarter
from bridge.forecast import Point, Question
from bridge.model import Cycle

Issue = Mapping[str, Any]
DONE = {"resolved", "closed", "done", "完成", "已完成"}
CANCELLED = {
    "won't do", "won't fix", "duplicate", "invalid", "cannot reproduce", "incomplete", "needs more info",
    "not a bug", "not our bug", "not a problem", "declined", "rejected", "abandoned", "obsolete",
    "withdrawn", "cancelled", "canceled",
}  # fmt: skip
LEAST = 8
"""Issues in a release before it is a key result."""
TARGET = 10
YEARS = 730
QUARTERS = [date(year, month, 1) for year in range(2004, 2022) for month in (1, 4, 7, 10)]


def read(file: Path) -> list[Issue]:
    with gzip.open(file, "rt", encoding="utf-8") as lines:
        return [json.loads(line) for line in lines]


def real_quarters(issues: Iterable[Issue]) -> Iterator[Quarter]:
    known = _last_days(issues := list(issues))
    scopes: dict[tuple[str, ...], list[tuple[date, int, int]]] = defaultdict(list)
    counts: dict[tuple[str, ...], Counter[date]] = defaultdict(Counter)
    for issue in issues:
        for name, day, wider, done in _versions(issue):
            scopes[(*_place(issue), name)].append((day, wider, done))
        for day, done in _resolved(issue):
            for group in ("", *_names(issue, "components")):
                counts[(*_place(issue), group)][day] += done
    for place, steps in scopes.items():
        yield from _release(steps, known[place[0]])
    for place, daily in counts.items():
        yield from _counts("component" if place[2] else "project", daily, known[place[0]])


def _place(issue: Issue) -> tuple[str, str]:
    return issue["self"].split("/")[2], issue["fields"]["project"]["key"]


def _names(issue: Issue, field: str) -> list[str]:
    return [one["name"] for one in issue["fields"].get(field) or []]


def _day(text: str) -> date:
    return date.fromisoformat(text[:10])


def _changes(issue: Issue) -> list[Mapping[str, Any]]:
    entries = issue.get("changelog", {}).get("histories", [])
    return sorted(entries, key=lambda entry: (entry["created"], int(entry["id"])))


def _last_days(issues: Iterable[Issue]) -> dict[str, date]:
    """By site the last day of which anything is told."""
    found: dict[str, date] = {}
    for issue in issues:
        fields = issue["fields"]
        told = [fields["created"], fields.get("updated"), *(entry["created"] for entry in _changes(issue))]
        last = max(_day(one) for one in told if one)
        found[_place(issue)[0]] = max(last, found.get(_place(issue)[0], last))
    return found


State = tuple[date, str, str, frozenset[str]]


def _states(issue: Issue) -> list[State]:
    """From which day on which status, resolution and versions: the log taken back from the present."""
    fields = issue["fields"]
    status, resolution = fields["status"]["name"], (fields.get("resolution") or {}).get("name") or ""
    versions = frozenset(_names(issue, "fixVersions"))
    states: list[State] = []
    for entry in reversed(_changes(issue)):
        states.append((_day(entry["created"]), status, resolution, versions))
        for item in reversed(entry["items"]):
            was, now = item.get("fromString") or "", item.get("toString") or ""
            match item["field"]:
                case "status":
                    status = was
                case "resolution":
                    resolution = was
                case "Fix Version":
                    versions = (versions - {now}) | ({was} if was else set())
    return [(_day(fields["created"]), status, resolution, versions), *reversed(states)]


def _done(status: str, resolution: str) -> bool:
    return status.lower() in DONE and resolution.lower() not in CANCELLED


def _versions(issue: Issue) -> Iterator[tuple[str, date, int, int]]:
    """By version: a day, what its scope gained then, and what was done of it."""
    if "changelog" not in issue:
        return
    held: dict[str, int] = {}
    for day, status, resolution, versions in _states(issue):
        gone = status.lower() in DONE and resolution.lower() in CANCELLED
        now = {} if gone else dict.fromkeys(versions, int(_done(status, resolution)))
        for name in held.keys() | now.keys():
            wider, done = (name in now) - (name in held), now.get(name, 0) - held.get(name, 0)
            if wider or done:
                yield name, day, wider, done
        held = now


def _resolved(issue: Issue) -> Iterator[tuple[date, int]]:
    """The days on which it was done (1) and reopened (-1); without a log, the day of its resolution."""
    fields = issue["fields"]
    if "changelog" not in issue:
        resolution = (fields.get("resolution") or {}).get("name") or ""
        if fields.get("resolutiondate") and resolution.lower() not in CANCELLED:
            yield _day(fields["resolutiondate"]), 1
        return
    before = False
    for day, status, resolution, _ in _states(issue):
        now = _done(status, resolution)
        if now != before:
            yield day, now - before
        before = now


def _release(steps: Iterable[tuple[date, int, int]], known: date) -> Iterator[Quarter]:
    """The quarter from the day on which it has enough issues."""
    daily: dict[date, list[int]] = defaultdict(lambda: [0, 0])
    for day, wider, done in steps:
        daily[day][0] += wider
        daily[day][1] += done
    scope = done = 0
    points: list[Point] = []
    for day in _days(min(daily), known):
        wider, more = daily.get(day, (0, 0))
        scope, done = scope + wider, done + more
        if scope >= LEAST or (points and scope > 0):
            points.append(Point(day, Fraction(done, scope), scope))
    if points:
        until = min(known, points[0].day + timedelta(YEARS))
        yield _quarter("release", points[0].day, [one for one in points if one.day <= until], until)


def _counts(family: str, daily: Counter[date], known: date) -> Iterator[Quarter]:
    for before, start in pairwise(QUARTERS):
        target = sum(done for day, done in daily.items() if before <= day < start)
        until = min(known, start + timedelta(YEARS))
        if target < TARGET or (until - start).days < LENGTH:
            continue
        total, points = 0, [Point(start - timedelta(1), Fraction(0), target)]
        for day in _days(start, until):
            total += daily[day]
            points.append(Point(day, Fraction(total, target), target))
        yield _quarter(family, start, points, until)


def _days(first: date, last: date) -> Iterator[date]:
    return (first + timedelta(at) for at in range((last - first).days + 1))


def _quarter(family: str, start: date, points: Iterable[Point], until: date) -> Quarter:
    cycle = Cycle("real", start, start + timedelta(LENGTH - 1))
    return Quarter(family, Question(cycle, start, Fraction(1)), tuple(points), until)
