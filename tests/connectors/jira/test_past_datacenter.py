"""Whole histories of Data Center issues, as they come along with the search."""

import re

import pytest
import responses

from bridge.errors import PartialRead, UnexpectedAnswer
from connectors.jira import past_datacenter
from tests.connectors.jira.reading import (
    DATACENTER,
    OLD_SEARCH,
    V2,
    bodies,
    callback,
    issue,
    jira,
    myself,
)

ME = {"X-AUSERNAME": "bot"}


@pytest.fixture
def wire():
    with responses.RequestsMock(assert_all_requests_are_fired=False) as mock:
        myself(mock, V2, ME)
        yield mock


def entry(number, created="2026-11-20T10:00:00.000+0100"):
    items = [{"field": "status", "fieldtype": "jira", "from": "1", "to": "3"}]
    return {"id": str(number), "author": {"name": "ann"}, "created": created, "items": items}


def changelog(*entries, **more):
    whole = {"startAt": 0, "maxResults": len(entries), "total": len(entries)}
    return whole | {"histories": list(entries)} | more


def search(wire, logs, most=50):
    """Issues by number with what stands in `changelog`; a page holds 50."""

    def answer(body):
        asked = [int(id) for id in re.findall(r"\d+", body["jql"].partition("ORDER")[0])]
        if gone := [id for id in asked if id not in logs]:
            return 400, {"errorMessages": [f"A value with ID '{gone[0]}' does not exist for the field 'id'."]}
        page = asked[body["startAt"] :][:most]
        issues = [issue(id) | {"changelog": logs[id]} for id in page]
        return {"startAt": body["startAt"], "maxResults": most, "total": len(asked), "issues": issues}

    callback(wire, OLD_SEARCH, answer, ME)


def pasts(ids, **options):
    return {past.raw.id: past for past in jira(DATACENTER, **options).pasts(map(str, ids))}


def test_fifty_issues_are_one_request_with_the_fields_of_an_ordinary_read(wire):
    search(wire, {id: changelog(entry(id)) for id in range(1, 51)})
    assert len(pasts(range(1, 51))) == 50
    assert [(body["startAt"], body["expand"]) for body in bodies(wire, OLD_SEARCH)] == [(0, ["changelog"])]
    list(jira(DATACENTER).fetch(["1"]))
    first, ordinary = bodies(wire, OLD_SEARCH)
    assert first["fields"] == ordinary["fields"]


def test_more_fields_are_held_where_asked_for(wire):
    search(wire, {1: changelog()})
    list(jira(DATACENTER).pasts(["1"], ("priority", "summary")))
    [body] = bodies(wire, OLD_SEARCH)
    assert body["fields"].count("summary") == 1
    assert body["fields"][-1] == "priority"


def test_the_record_is_that_of_an_ordinary_read(wire):
    search(wire, {1: changelog(entry(11))})
    assert pasts([1])["1"].raw.data == issue(1)


def test_many_come_by_fifties_however_long_the_list_of_ids(wire):
    ids = range(1, 12_003)
    search(wire, dict.fromkeys(ids, changelog()))
    assert len(pasts(ids)) == 12_002
    asked = bodies(wire, OLD_SEARCH)
    assert len(asked) == 241
    assert {body["startAt"] for body in asked} == {0}


def test_a_server_with_shorter_pages_is_read_to_the_end(wire):
    search(wire, {id: changelog(entry(id)) for id in range(1, 51)}, most=20)
    assert len(pasts(range(1, 51))) == 50


def test_a_page_that_ends_too_early_is_refused(wire):
    callback(wire, OLD_SEARCH, lambda _: {"startAt": 0, "total": 1, "issues": []}, ME)
    with pytest.raises(PartialRead):
        pasts([1])


def test_no_more_than_four_pages_are_asked_for_at_a_time(wire):
    search(wire, dict.fromkeys(range(1, 1001), changelog()))
    told = jira(DATACENTER, concurrency=10).pasts(map(str, range(1, 1001)))
    next(told)
    assert len(bodies(wire, OLD_SEARCH)) <= 2 * past_datacenter.WORKERS
    assert len(list(told)) == 999


def test_gone_and_hidden_issues_are_left_out(wire):
    search(wire, {1: changelog(entry(11)), 3: changelog()})
    assert set(pasts([1, 2, 3, 4])) == {"1", "3"}


def test_entries_are_oldest_first_whatever_their_offsets(wire):
    late, early = entry(1, "2026-11-20T10:00:00.000+0100"), entry(2, "2026-11-20T10:30:00.000+0200")
    search(wire, {1: changelog(late, early)})
    told = pasts([1])["1"].changes
    assert [(change["id"], change["created"]) for change in told] == [
        ("2", "2026-11-20T10:30:00.000+0200"),
        ("1", "2026-11-20T10:00:00.000+0100"),
    ]


CUT = {
    "fewer than there are": changelog(entry(1), total=2, maxResults=100),
    "the newest only": changelog(*map(entry, range(40)), total=100),
    "a first page": changelog(entry(1), entry(2), maxResults=1),
    "a second page": changelog(entry(1), startAt=1),
}


@pytest.mark.parametrize("log", CUT.values(), ids=CUT)
def test_a_history_that_is_cut_is_refused_and_its_issue_named(wire, log):
    search(wire, {1: log})
    with pytest.raises(PartialRead, match="A-1"):
        pasts([1])


ODD = {
    "none": None,
    "without its length": {"histories": [], "maxResults": 0},
    "without its entries": {"maxResults": 0, "total": 0},
    "an entry without an instant": changelog({"id": "1", "items": []}),
    "an entry with an odd instant": changelog(entry(1, "yesterday")),
}


@pytest.mark.parametrize("log", ODD.values(), ids=ODD)
def test_a_history_that_is_not_understood_is_refused(wire, log):
    search(wire, {1: log})
    with pytest.raises(UnexpectedAnswer, match="A-1"):
        pasts([1])
