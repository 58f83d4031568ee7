"""A key result's number out of a system with a cursor, a bearer, numbers for statuses and errors with 200."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime
from fractions import Fraction
from pathlib import Path

import pytest

from bridge import config
from bridge.app import App, clock_at
from bridge.config.reading import parse
from bridge.errors import AccessDenied, Rejected
from bridge.sync import Orders
from bridge.tool import Kit
from bridge.tools import tool_of
from connectors.clock import Clock
from tests.staffing import OKRS, TOKEN, TOML, Staffing

NOON = datetime(2026, 11, 2, 12, tzinfo=UTC)


@pytest.fixture
def people() -> Iterator[Staffing]:
    found = Staffing()
    for title, hours, state in (("新员工培训", 1.5, 2), ("Two", 8, 2), ("Three", 0.5, 1), ("Four", None, 9)):
        found.make(title, hours, state)
    with found.serves():
        yield found


@pytest.fixture
def app(tmp_path: Path, people: Staffing) -> Iterator[App]:
    file = tmp_path / "okr-bridge.toml"
    file.write_text(TOML, encoding="utf-8")
    (tmp_path / "okrs.toml").write_text(OKRS, encoding="utf-8")
    people.now = NOON
    with App.open(config.load(file, {"PEOPLE_TOKEN": TOKEN}), clock_at(NOON, UTC)) as app:
        yield app


def connector(token: str = TOKEN):
    loaded = config.validated(parse(TOML, "x.toml"), Path("x.toml"), {"PEOPLE_TOKEN": token})
    waited = [0.0]
    clock = Clock(lambda: NOON, lambda: waited[0], lambda s: waited.append(waited.pop() + s), lambda: 0.5)
    one = loaded.connections["people"]
    return tool_of(one).open("people", one, Kit(clock=clock))[0]


def test_the_sum_of_the_hours_and_the_share_of_the_courses(app, people):
    assert [one for one in app.check() if one.level == "error"] == []
    report = app.sync(Orders())
    assert report.problems == ()
    hours, share = report.standings
    assert hours.progress == Fraction(10, 40)
    assert share.progress == Fraction(2, 3)
    assert {one.method for one in people.asked} == {"GET"}
    assert any("pageToken=2" in one.url for one in people.asked)


def test_an_error_that_comes_with_200_keeps_the_last_value(app, people):
    app.sync(Orders())
    people.odd = 50001
    people.make("Five", 30, 2)
    report = app.sync(Orders())
    assert report.problems
    assert all("try again" in one.message for one in report.problems)
    assert {one.progress for one in report.standings} <= {None, Fraction(1, 4), Fraction(2, 3)}


def test_what_200_means_is_where_the_file_says(people):
    system = connector()
    assert system.resolve(["c1", "c99"]) == {"c1": "c1"}
    people.busy = 2
    assert system.resolve(["c2"]) == {"c2": "c2"}
    people.odd = 50001
    with pytest.raises(Rejected, match="GET courses/c1 answered 400: try again"):
        system.resolve(["c1"])
    with pytest.raises(AccessDenied, match="answered 401: token invalid"):
        connector("another-token").login()


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ('next = "data.pageToken"', 'next = "data.next"'),
        ('more = "data.hasMore"', 'more = "data.more"'),
        ('found = "data.list"', 'found = "data"'),
    ],
)
def test_a_wrong_description_gives_no_number(tmp_path, people, old, new):
    file = tmp_path / "okr-bridge.toml"
    file.write_text(TOML.replace(old, new), encoding="utf-8")
    (tmp_path / "okrs.toml").write_text(OKRS, encoding="utf-8")
    with App.open(config.load(file, {"PEOPLE_TOKEN": TOKEN}), clock_at(NOON, UTC)) as app:
        report = app.sync(Orders())
    assert report.problems
    assert [one.progress for one in report.standings] == [None, None]
