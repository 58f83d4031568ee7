"""The words to read old entries by, and when anything was touched."""

import re
from datetime import UTC, datetime, timedelta

import pytest
import responses
from hypothesis import given, settings
from hypothesis import strategies as st
from responses import matchers

from bridge.errors import AccessDenied, UnexpectedAnswer
from connectors.jira.past import changes, instant
from tests.connectors.jira.reading import (
    CLOUD,
    DATACENTER,
    ME,
    OLD_SEARCH,
    SEARCH,
    V2,
    V3,
    bodies,
    jira,
    myself,
)

NOON = datetime(2026, 11, 21, 12, 0, tzinfo=UTC)
DATED = ME | {"Date": "Sat, 21 Nov 2026 12:00:00 GMT"}
ADDRESS = {"self": "https://jira.example/x", "iconUrl": "https://jira.example/i.png", "description": "long"}
LISTS = {
    "status": [
        {"id": "1", "name": "To Do", "statusCategory": {"id": 2, "key": "new", "name": "To Do"}},
        {"id": "10", "name": "Gone from all workflows"},
    ],
    "resolution": [{"id": "5", "name": "Won't Do"}],
    "issuetype": [
        {"id": "10000", "name": "Epic", "subtask": False, "hierarchyLevel": 1},
        {"id": "7", "name": "Unterbau", "subtask": True},
    ],
    "field": [
        {
            "id": "customfield_10016",
            "name": "Story Points",
            "schema": {"type": "number", "custom": "x:float"},
        },
        {"id": "summary", "name": "Summary", "schema": {"type": "string", "system": "summary"}},
        {"id": "issuekey", "name": "Key"},
    ],
}


@pytest.fixture
def wire():
    with responses.RequestsMock(assert_all_requests_are_fired=False) as mock:
        myself(mock)
        yield mock


PROJECTS = [{"id": "10000", "key": "A", "name": "Alpha"}, {"id": "10001", "key": "B", "name": "Beta"}]


def lists(wire, base=V3, headers=ME, **instead):
    projects = [one | ADDRESS for one in PROJECTS]
    wire.get(f"{base}/project", json=projects, headers=headers)
    for start in (0, 1):
        page = {"startAt": start, "total": 2, "isLast": bool(start), "values": projects[start : start + 1]}
        asked = [matchers.query_param_matcher({"startAt": start}, strict_match=False)]
        wire.get(f"{base}/project/search", json=page, headers=headers, match=asked)
    for path, found in (LISTS | instead).items():
        wire.get(f"{base}/{path}", json=[one | ADDRESS for one in found], headers=headers)


@pytest.mark.parametrize(("facts", "base"), [(CLOUD, V3), (DATACENTER, V2)], ids=["cloud", "datacenter"])
def test_the_glossary_is_what_the_site_tells_cut_to_what_reading_takes(wire, facts, base):
    lists(wire, base)
    told = jira(facts).glossary()
    assert {"summary", "status", "labels", *facts.get("points", ())} <= {*told.pop("held")}
    assert told == {
        "statuses": [
            {"id": "1", "name": "To Do", "statusCategory": {"key": "new"}},
            {"id": "10", "name": "Gone from all workflows"},
        ],
        "resolutions": LISTS["resolution"],
        "issuetypes": LISTS["issuetype"],
        "fields": [
            {"id": "customfield_10016", "name": "Story Points", "schema": {"custom": "x:float"}},
            {"id": "summary", "name": "Summary"},
            {"id": "issuekey", "name": "Key"},
        ],
        "projects": PROJECTS,
    }


def test_a_glossary_is_some_requests_each_time_and_kept_by_nobody(wire):
    lists(wire)
    connection = jira(CLOUD)
    assert connection.glossary() == connection.glossary()
    assert connection.requests == 2 * (4 + 2)


def test_a_glossary_told_to_a_visitor_is_refused(wire):
    lists(wire, headers={})
    with pytest.raises(UnexpectedAnswer, match="nobody"):
        jira(CLOUD | {"account": "5b1"}).glossary()


def test_a_site_without_statuses_is_none(wire):
    lists(wire, status=[])
    with pytest.raises(UnexpectedAnswer, match="no status"):
        jira(CLOUD).glossary()


@pytest.mark.parametrize("odd", [{}, ["To Do"], [{"name": "To Do"}]], ids=["no list", "words", "without ids"])
def test_a_glossary_of_another_shape_is_refused(wire, odd):
    wire.get(f"{V3}/status", json=odd, headers=ME)
    lists(wire, status=LISTS["status"])
    with pytest.raises(UnexpectedAnswer):
        jira(CLOUD).glossary()


# --- what was touched


def test_what_was_touched_is_asked_for_by_minutes_back_in_the_largest_pages(wire):
    first = {"issues": [{"id": "1"}], "nextPageToken": "t"}
    wire.post(SEARCH, json=first, headers=DATED)
    wire.post(SEARCH, json={"issues": [{"id": "2"}]}, headers=DATED)
    connection = jira(CLOUD)
    connection.login()
    assert connection.touched(NOON - timedelta(days=90)) == {"1", "2"}
    asked = bodies(wire, SEARCH)[0]
    assert asked["maxResults"] == 5000
    [minutes] = re.findall(r'^updated >= "-(\d+)m"$', asked["jql"])
    assert 0 <= int(minutes) - 90 * 24 * 60 <= 1


def test_a_clock_behind_the_servers_makes_no_change_be_missed(wire):
    late = ME | {"Date": "Sat, 21 Nov 2026 18:00:00 GMT"}
    wire.post(SEARCH, json={"issues": [{"id": "1"}]}, headers=late)
    wire.post(SEARCH, json={"issues": [{"id": "1"}, {"id": "2"}]}, headers=late)
    assert jira(CLOUD).touched(NOON - timedelta(hours=1)) == {"1", "2"}


def test_nothing_touched_told_to_a_visitor_is_refused(wire):
    wire.post(SEARCH, json={"issues": []}, headers={})
    with pytest.raises((AccessDenied, UnexpectedAnswer)):
        jira(CLOUD).touched(NOON)


def test_a_data_center_is_asked_page_by_page(wire):
    page = {"startAt": 0, "maxResults": 1000, "total": 1}
    found = [{"id": "1", "fields": {"created": "2026-11-01T10:00:00.000+0100"}}]
    wire.post(OLD_SEARCH, json=page | {"issues": found}, headers=DATED)
    assert jira(DATACENTER).touched(NOON - timedelta(hours=1)) == {"1"}
    assert bodies(wire, OLD_SEARCH)[0]["jql"].startswith('updated >= "-61m"')


# --- entries


@given(st.lists(st.tuples(st.integers(0, 50), st.integers(0, 9), st.booleans()), max_size=12))
@settings(deadline=None, max_examples=60)
def test_entries_are_in_the_order_of_their_instants_then_numbers_however_these_are_told(found):
    told = [
        {"id": str(id), "created": at if plain else iso(at), "items": []}
        for id, at, plain in ((id, 1_795_258_800_000 + at, plain) for id, at, plain in found)
    ]
    order = [(instant(change["created"]), int(change["id"])) for change in changes(told)]
    assert order == sorted(order)
    assert {id for _, id in order} == {id for id, _, _ in found}


def iso(ms):
    at = datetime.fromtimestamp(ms / 1000, UTC)
    return f"{at:%Y-%m-%dT%H:%M:%S}.{ms % 1000:03d}+0000"


@pytest.mark.parametrize("told", [None, True, "", "1795258800000", "2026-11-21T12:00:00", {}])
def test_what_is_no_instant_is_refused(told):
    with pytest.raises(ValueError, match=r".*"):
        instant(told)
