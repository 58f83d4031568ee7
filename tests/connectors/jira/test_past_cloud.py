"""Whole histories of Cloud issues, whatever way their entries are spread over pages."""

import threading

import pytest
import responses

from bridge.errors import PartialRead, Transient, UnexpectedAnswer
from connectors.base import Past
from connectors.jira import past_cloud
from tests.connectors.clock import Hands
from tests.connectors.jira.reading import BULKFETCH, CLOUD, V3, bodies, callback, issue, jira, myself

CHANGELOG = f"{V3}/changelog/bulkfetch"
NOON = 1_795_258_800_000
"""2026-11-21T12:00:00+01:00."""


@pytest.fixture
def wire():
    with responses.RequestsMock(assert_all_requests_are_fired=False) as mock:
        myself(mock)
        yield mock


def entry(number, created=NOON, **item):
    items = [{"field": "status", "fieldtype": "jira", "from": "1", "to": "3"} | item]
    author = {"accountId": "a1", "displayName": "Ann", "avatarUrls": {"48x48": "https://x.example"}}
    return {"id": str(number), "author": author, "created": created, "items": items}


def log(number, *entries):
    return {"issueId": str(number), "changeHistories": list(entries)}


def records(wire, ids, updated="2026-11-21T12:00:00.000+0100", **more):
    def answer(body):
        asked = [int(id) for id in body["issueIdsOrKeys"] if int(id) in ids]
        return {"issues": [issue(id, updated=updated) for id in asked]} | more

    callback(wire, BULKFETCH, answer)


def histories(wire, *pages):
    """Pages one after the other; all but the last bear a token."""
    left = list(enumerate(pages, 1))

    def answer(body):
        number, logs = left.pop(0)
        assert body.get("nextPageToken", "t0") == f"t{number - 1}"
        return {"issueChangeLogs": logs, "nextPageToken": f"t{number}" if left else None}

    callback(wire, CHANGELOG, answer)


def numbers(past: Past):
    return [change["id"] for change in past.changes]


def pasts(ids, **options):
    return {past.raw.id: past for past in jira(CLOUD, **options).pasts(ids)}


def test_a_thousand_issues_are_two_requests(wire):
    ids = {*range(1, 1001)}
    records(wire, ids)
    histories(wire, [log(id, entry(id)) for id in ids])
    assert len(pasts(map(str, ids))) == 1000
    [asked] = bodies(wire, CHANGELOG)
    assert sorted(asked) == ["issueIdsOrKeys", "maxResults"]
    assert (len(asked["issueIdsOrKeys"]), asked["maxResults"]) == (1000, 10_000)
    [asked] = bodies(wire, BULKFETCH)
    assert "expand" not in asked


def test_an_issues_entries_may_be_split_over_pages(wire):
    records(wire, {1, 2})
    histories(
        wire, [log(1, entry(11), entry(12))], [log(1, entry(13)), log(2, entry(21))], [log(2, entry(22))]
    )
    told = pasts("12")
    assert {id: numbers(past) for id, past in told.items()} == {"1": ["11", "12", "13"], "2": ["21", "22"]}


def test_an_entry_that_stands_on_two_pages_is_one(wire):
    records(wire, {1})
    histories(wire, [log(1, entry(11), entry(12))], [log(1, entry(12), entry(13))])
    assert numbers(pasts("1")["1"]) == ["11", "12", "13"]


def test_a_page_without_entries_is_not_the_end(wire):
    records(wire, {1})
    histories(wire, [log(1, entry(11))], [], [log(1, entry(12))])
    assert numbers(pasts("1")["1"]) == ["11", "12"]


def test_an_issue_without_history_is_absent_and_has_none(wire):
    records(wire, {1, 2})
    histories(wire, [log(2, entry(21))])
    assert pasts("12")["1"].changes == ()


def test_gone_and_hidden_issues_are_left_out(wire):
    records(wire, {1})
    histories(wire, [log(1, entry(11)), log(2, entry(21))])
    assert set(pasts("123")) == {"1"}


INSTANTS = {
    "milliseconds": (NOON - 2, NOON - 1),
    "milliseconds, newest first": (NOON - 1, NOON - 2),
    "ISO of two offsets": ("2026-11-21T11:00:00.000+0100", "2026-11-21T10:30:00.000+0000"),
    "both ways": ("2026-11-21T11:00:00.000+0100", NOON - 1),
}


@pytest.mark.parametrize("instants", INSTANTS.values(), ids=INSTANTS)
def test_entries_are_oldest_first_and_their_instants_as_they_were_told(wire, instants):
    records(wire, {1})
    histories(wire, [log(1, *(entry(n, at) for n, at in enumerate(instants)))])
    told = [change["created"] for change in pasts("1")["1"].changes]
    assert set(told) == set(instants)
    assert told == (sorted(instants) if isinstance(instants[0], int) else list(instants))


def test_entries_of_one_instant_are_in_the_order_of_their_numbers(wire):
    records(wire, {1})
    histories(wire, [log(1, entry(100), entry(9), entry(20))])
    assert numbers(pasts("1")["1"]) == ["9", "20", "100"]


def test_who_made_a_change_is_not_kept(wire):
    records(wire, {1})
    histories(wire, [log(1, entry(11))])
    assert set(pasts("1")["1"].changes[0]) == {"id", "created", "items"}


def test_a_repeated_token_is_a_history_cut_short(wire):
    records(wire, {1})
    callback(wire, CHANGELOG, lambda _: {"issueChangeLogs": [log(1, entry(1))], "nextPageToken": "t"})
    with pytest.raises(PartialRead, match="circles"):
        pasts("1")


def test_tokens_without_end_over_empty_pages_are_a_history_cut_short(wire):
    records(wire, {1})
    turns = iter(range(1000))
    callback(wire, CHANGELOG, lambda _: {"issueChangeLogs": [], "nextPageToken": f"t{next(turns)}"})
    with pytest.raises(PartialRead):
        pasts("1")


ODD = {
    "no object": [],
    "no logs": {"nextPageToken": None},
    "a log without its issue": {"issueChangeLogs": [{"changeHistories": []}]},
    "a log without entries": {"issueChangeLogs": [{"issueId": "1"}]},
    "an entry without an instant": {"issueChangeLogs": [log(1, {"id": "1", "items": []})]},
    "an entry with an odd instant": {"issueChangeLogs": [log(1, entry(1, "yesterday"))]},
    "an entry of nowhere in time": {"issueChangeLogs": [log(1, entry(1, "2026-11-21T11:00:00"))]},
    "an entry without items": {"issueChangeLogs": [log(1, {"id": "1", "created": NOON})]},
    "an entry without its number": {"issueChangeLogs": [log(1, {"created": NOON, "items": []})]},
}


@pytest.mark.parametrize("answer", ODD.values(), ids=ODD)
def test_a_history_that_is_not_understood_is_refused(wire, answer):
    records(wire, {1})
    callback(wire, CHANGELOG, lambda _: answer)
    with pytest.raises(UnexpectedAnswer):
        pasts("1")


def test_an_empty_history_told_to_a_visitor_is_refused(wire):
    records(wire, {1})
    callback(wire, CHANGELOG, lambda _: {"issueChangeLogs": []}, headers={})
    with pytest.raises(UnexpectedAnswer, match="nobody"):
        pasts("1")


# --- issues that change while they are read


def updates(wire, *updated):
    """The record of issue 1 as it stands at each reading."""
    left = list(updated)
    callback(wire, BULKFETCH, lambda _: {"issues": [issue(1, updated=left.pop(0))]})


def test_an_issue_changed_between_record_and_history_is_read_once_more(wire):
    updates(wire, "2026-11-21T12:00:00.000+0100", "2026-11-21T12:00:09.000+0100")
    told = [log(1, entry(11), entry(12, NOON + 9000))]
    callback(wire, CHANGELOG, lambda _: {"issueChangeLogs": told})
    past = pasts("1")["1"]
    assert past.raw.version == "2026-11-21T12:00:09.000+0100"
    assert numbers(past) == ["11", "12"]
    assert len(bodies(wire, BULKFETCH)) == len(bodies(wire, CHANGELOG)) == 2


def test_once_more_is_once(wire):
    records(wire, {1})
    callback(wire, CHANGELOG, lambda _: {"issueChangeLogs": [log(1, entry(11, NOON + 9000))]})
    assert numbers(pasts("1")["1"]) == ["11"]
    assert len(bodies(wire, BULKFETCH)) == 2


def test_an_entry_noted_some_milliseconds_after_its_issue_is_no_change_in_between(wire):
    records(wire, {1})
    histories(wire, [log(1, entry(11, NOON + 30))])
    assert numbers(pasts("1")["1"]) == ["11"]
    assert len(bodies(wire, BULKFETCH)) == 1


def test_the_history_is_asked_for_when_the_record_is_there(wire):
    records(wire, {1})
    histories(wire, [log(1, entry(11))])
    pasts("1")
    told = [call.request.url for call in wire.calls if call.request.method == "POST"]
    assert told == [BULKFETCH, CHANGELOG]


def test_an_issue_that_was_put_off_comes_with_a_history_read_after_it(wire):
    answers = [
        {"issues": [], "issueErrors": [{"id": "1"}]},
        {"issues": [issue(1, updated="2026-11-21T12:00:09.000+0100")]},
    ]
    callback(wire, BULKFETCH, lambda _: answers.pop(0))
    logs = [[log(1, entry(11))], [log(1, entry(11), entry(12, NOON + 9000))]]
    callback(wire, CHANGELOG, lambda _: {"issueChangeLogs": logs.pop(0)})
    assert numbers(pasts("1")["1"]) == ["11", "12"]


# --- more fields


def test_more_fields_are_held_by_every_record_also_one_that_is_read_again(wire):
    records(wire, {1})
    callback(wire, CHANGELOG, lambda _: {"issueChangeLogs": [log(1, entry(11, NOON + 9000))]})
    connection = jira(CLOUD)
    list(connection.pasts("1", ("priority", "customfield_10500")))
    asked = [body["fields"] for body in bodies(wire, BULKFETCH)]
    assert asked[0] == asked[1]
    assert asked[0][-2:] == ["priority", "customfield_10500"]
    list(connection.fetch("1"))
    assert bodies(wire, BULKFETCH)[-1]["fields"] == asked[0][:-2]


# --- many


def test_where_bulkfetch_takes_a_hundred_the_histories_still_come_by_the_thousand(wire):
    ids = {*range(1, 1001)}
    records(wire, ids)
    histories(wire, [log(id, entry(id)) for id in ids])
    told = {past.raw.id: past for past in jira(CLOUD | {"bulk": 100}).pasts(map(str, ids))}
    assert len(told) == 1000
    assert [len(body["issueIdsOrKeys"]) for body in bodies(wire, BULKFETCH)] == [100] * 10
    assert len(bodies(wire, CHANGELOG)) == 1


def test_chunks_are_read_side_by_side_and_never_many_ahead_of_the_caller(wire, monkeypatch):
    monkeypatch.setattr(past_cloud, "CHUNK", 2)
    ids = {*range(1, 101)}
    records(wire, ids)
    callback(wire, CHANGELOG, lambda _: {"issueChangeLogs": []})
    before = threading.active_count()
    told = jira(CLOUD, concurrency=8).pasts(map(str, ids))
    next(told)
    assert len(bodies(wire, BULKFETCH)) <= 2 * past_cloud.FLIGHT
    assert threading.active_count() - before <= past_cloud.FLIGHT
    assert len({past.raw.id for past in told}) == 99


def test_an_answer_that_fails_ends_it_and_a_passing_one_is_repeated(wire):
    records(wire, {1})
    wire.post(CHANGELOG, status=503)
    with pytest.raises(Transient):
        pasts("1", hands=Hands())
    assert len(bodies(wire, CHANGELOG)) > 1
