import re
from datetime import UTC, datetime, timedelta
from itertools import count

import pytest
import responses

from bridge.errors import AccessDenied, PartialRead, Rejected, UnexpectedAnswer
from bridge.model import Query
from tests.connectors.clock import Hands
from tests.connectors.jira.reading import (
    BULKFETCH,
    CLOUD,
    ME,
    SEARCH,
    V3,
    bodies,
    callback,
    issue,
    jira,
    myself,
)

ALL = Query("project = A")
NOON = datetime(2026, 11, 21, 12, 0, tzinfo=UTC)
DATED = ME | {"Date": "Sat, 21 Nov 2026 12:00:00 GMT"}


@pytest.fixture
def wire():
    with responses.RequestsMock(assert_all_requests_are_fired=False) as mock:
        myself(mock, headers=DATED)
        yield mock


def pages(wire, *found, headers=ME):
    """Pages of ids, one after the other; all but the last bear a token."""
    for number, ids in enumerate(found, 1):
        page = {"issues": [{"id": str(id)} for id in ids], "isLast": number == len(found)}
        token = {"nextPageToken": f"t{number}"} if number < len(found) else {}
        wire.post(SEARCH, json=page | token, headers=headers)


def bulk(wire, hidden=(), most=1000, headers=ME):
    def answer(body):
        asked = body["issueIdsOrKeys"]
        if len(asked) > most:
            return 400, {"errorMessages": [f"The number of issue IDs or keys must be between 1 and {most}."]}
        ids = sorted(int(id) for id in asked if id not in hidden)
        return {"issues": [issue(id) for id in ids], "issueErrors": []}

    callback(wire, BULKFETCH, answer, headers)


def test_identities_come_in_pages_of_5000_until_there_is_no_token(wire):
    pages(wire, range(5000), range(5000, 10_000), [10_000])
    assert len(jira(CLOUD).identities(ALL)) == 10_001
    first, second, third = bodies(wire, SEARCH)
    assert first == {"jql": "project = A", "fields": ["id"], "maxResults": 5000}
    assert (second["nextPageToken"], third["nextPageToken"]) == ("t1", "t2")


def test_250_hits_in_pages_of_100_are_250(wire):
    pages(wire, range(100), range(100, 200), range(200, 250))
    assert len(jira(CLOUD).identities(ALL)) == 250


def test_an_empty_page_with_a_token_is_not_the_end(wire):
    pages(wire, [1], [], [2])
    assert jira(CLOUD).identities(ALL) == {"1", "2"}


def test_the_token_tells_the_end_not_is_last(wire):
    wire.post(SEARCH, json={"issues": [{"id": "1"}], "isLast": True, "nextPageToken": "t"})
    wire.post(SEARCH, json={"issues": [{"id": "2"}], "isLast": False, "nextPageToken": None})
    assert jira(CLOUD).identities(ALL) == {"1", "2"}


def test_a_repeated_token_is_a_walk_cut_short(wire):
    wire.post(SEARCH, json={"issues": [{"id": "1"}], "nextPageToken": "t"})
    with pytest.raises(PartialRead, match="in circles"):
        jira(CLOUD).identities(ALL)
    assert len(wire.calls) == 2


def test_empty_pages_without_end_are_a_walk_cut_short(wire):
    numbers = count()
    callback(wire, SEARCH, lambda _: {"issues": [], "nextPageToken": f"t{next(numbers)}"})
    with pytest.raises(PartialRead):
        jira(CLOUD).identities(ALL)


def test_a_warning_is_a_partial_read(wire):
    wire.post(SEARCH, json={"issues": [{"id": "1"}], "warnings": [{"message": "clause cut"}]})
    with pytest.raises(PartialRead, match="warns"):
        jira(CLOUD).identities(ALL)


@pytest.mark.parametrize("odd", [[], {}, {"issues": None}, "text", None])
def test_an_answer_of_another_shape_is_no_empty_list(wire, odd):
    wire.post(SEARCH, json=odd)
    with pytest.raises(UnexpectedAnswer):
        jira(CLOUD).identities(ALL)


def test_nothing_found_is_believed_once_the_login_is_proven(wire):
    pages(wire, [])
    connection = jira(CLOUD)
    for _ in range(3):
        assert connection.identities(ALL) == frozenset()
    assert len([call for call in wire.calls if call.request.method == "GET"]) == 1


def test_nothing_found_after_a_login_costs_no_further_request(wire):
    pages(wire, [])
    connection = jira(CLOUD)
    connection.login()
    connection.identities(ALL)
    assert connection.requests == 2


def test_a_login_is_proven_again_after_ten_minutes(wire):
    pages(wire, [])
    hands = Hands()
    connection = jira(CLOUD, hands)
    connection.login()
    hands.sleep(601)
    connection.identities(ALL)
    assert connection.requests == 3


@pytest.mark.parametrize("seen", [{}, {"X-AAccountId": "anonymous"}, {"X-AAccountId": "another"}])
def test_nothing_found_for_somebody_else_is_not_believed(wire, seen):
    pages(wire, [], headers=seen)
    connection = jira(CLOUD)
    connection.login()
    with pytest.raises(UnexpectedAnswer, match="not to the account"):
        connection.identities(ALL)


def test_a_token_that_died_during_the_run_turns_empty_into_denied(wire):
    pages(wire, [], headers={})
    connection = jira(CLOUD)
    connection.login()
    wire.remove("GET", f"{V3}/myself")
    wire.get(f"{V3}/myself", status=401, json={})
    with pytest.raises(AccessDenied):
        connection.identities(ALL)


def test_contents_come_a_thousand_at_a_time_with_named_fields(wire):
    bulk(wire)
    records = list(jira(CLOUD).fetch(str(id) for id in range(1, 2501)))
    assert sorted(int(raw.id) for raw in records) == list(range(1, 2501))
    asked = bodies(wire, BULKFETCH)
    assert sorted(len(body["issueIdsOrKeys"]) for body in asked) == [500, 1000, 1000]
    assert asked[0]["properties"] == ["okr-bridge"]
    assert "customfield_10016" in asked[0]["fields"]
    assert "expand" not in asked[0]


def test_a_record_bears_its_id_and_version_as_the_site_gave_them(wire):
    bulk(wire)
    (raw,) = jira(CLOUD).fetch(["7"])
    assert (raw.id, raw.version) == ("7", "2026-11-20T10:00:00.000+0100")
    assert raw.data["key"] == "A-7"


def test_a_site_that_takes_100_gets_100_for_the_rest_of_the_run(wire):
    bulk(wire, most=100)
    connection = jira(CLOUD, concurrency=2)
    assert len(list(connection.fetch(str(id) for id in range(3000)))) == 3000
    sizes = [len(body["issueIdsOrKeys"]) for body in bodies(wire, BULKFETCH)]
    assert sizes.count(1000) <= 3
    list(connection.fetch(str(id) for id in range(200)))
    assert [len(body["issueIdsOrKeys"]) for body in bodies(wire, BULKFETCH)][len(sizes) :] == [100, 100]


def test_a_request_that_is_wrong_at_any_size_is_told(wire):
    bulk(wire, most=0)
    with pytest.raises(Rejected):
        list(jira(CLOUD).fetch(str(id) for id in range(200)))


@pytest.mark.parametrize(
    "odd", [[], {}, {"issues": None}, {"issues": [1]}, {"issues": [{"key": "A-1"}]}, None]
)
def test_contents_of_another_shape_are_no_issues(wire, odd):
    wire.post(BULKFETCH, json=odd, headers=ME)
    with pytest.raises(UnexpectedAnswer):
        list(jira(CLOUD).fetch(["1"]))


def test_contents_that_are_cut_off_are_not_taken_for_all(wire):
    wire.post(
        BULKFETCH, body='{"issues": [{"id": "1", "fields": {}}, {"id": ', content_type="application/json"
    )
    with pytest.raises(UnexpectedAnswer, match="broken JSON"):
        list(jira(CLOUD).fetch(["1", "2"]))


def test_what_is_gone_or_hidden_is_left_out_for_the_caller_to_see(wire):
    bulk(wire, hidden=("3", "5"))
    assert {raw.id for raw in jira(CLOUD).fetch("12345")} == {"1", "2", "4"}


def test_ids_asked_for_twice_come_once(wire):
    bulk(wire)
    assert [raw.id for raw in jira(CLOUD).fetch(["1", "1"])] == ["1"]


def test_a_fetch_that_brings_nothing_at_all_is_not_believed_of_a_stranger(wire):
    bulk(wire, hidden=("1", "2"), headers={})
    connection = jira(CLOUD)
    connection.login()
    with pytest.raises(UnexpectedAnswer):
        list(connection.fetch(["1", "2"]))


def test_issues_put_off_are_asked_for_alone_until_they_are_in(wire):
    rounds = count(1)

    def answer(body):
        if next(rounds) == 1:
            return {"issues": [issue(1)], "issueErrors": [{"id": "2", "errorMessage": "later"}, {"id": "3"}]}
        return {"issues": [issue(int(id)) for id in body["issueIdsOrKeys"]], "issueErrors": []}

    callback(wire, BULKFETCH, answer)
    assert {raw.id for raw in jira(CLOUD).fetch("123")} == {"1", "2", "3"}
    assert [body["issueIdsOrKeys"] for body in bodies(wire, BULKFETCH)] == [["1", "2", "3"], ["2", "3"]]


def test_issues_too_large_together_come_one_by_one(wire):
    def answer(body):
        asked = body["issueIdsOrKeys"]
        if len(asked) > 1:
            return {"issues": [], "issueErrors": [{"id": id} for id in asked]}
        return {"issues": [issue(int(asked[0]))], "issueErrors": []}

    callback(wire, BULKFETCH, answer)
    assert {raw.id for raw in jira(CLOUD).fetch("12")} == {"1", "2"}


def test_an_issue_that_is_put_off_for_ever_is_a_partial_read(wire):
    callback(wire, BULKFETCH, lambda _: {"issues": [], "issueErrors": [{"id": "1"}]})
    hands = Hands()
    with pytest.raises(PartialRead, match="1 issues were put off 4 times"):
        list(jira(CLOUD, hands).fetch(["1"]))
    assert len(bodies(wire, BULKFETCH)) == 4
    assert sum(hands.slept) > 10


def keyed(*pairs):
    return {"issues": [{"id": id, "key": key, "fields": {}} for id, key in pairs], "issueErrors": []}


def test_keys_resolve_in_any_case_and_when_moved(wire):
    wire.post(BULKFETCH, json=keyed(("1", "A-1"), ("9", "NEW-4")))
    wire.get(f"{V3}/issue/OLD-2", json={"id": "9", "key": "NEW-4"})
    wire.get(f"{V3}/issue/GONE-1", status=404, json={"errorMessages": ["Issue does not exist"]})
    assert jira(CLOUD).resolve(["a-1", "OLD-2", "GONE-1"]) == {"a-1": "1", "OLD-2": "9"}


def test_an_old_and_a_new_key_of_one_issue_both_resolve(wire):
    wire.post(BULKFETCH, json=keyed(("9", "NEW-4")))
    wire.get(f"{V3}/issue/OLD-2", json={"id": "9", "key": "NEW-4"})
    assert jira(CLOUD).resolve(["OLD-2", "NEW-4"]) == {"OLD-2": "9", "NEW-4": "9"}


def test_keys_that_stayed_cost_one_request(wire):
    wire.post(BULKFETCH, json=keyed(("1", "A-1"), ("2", "A-2")))
    connection = jira(CLOUD)
    connection.resolve(["A-1", "A-2", "A-1"])
    assert connection.requests == 1
    assert bodies(wire, BULKFETCH)[0]["issueIdsOrKeys"] == ["A-1", "A-2"]


def test_no_keys_cost_no_request(wire):
    assert jira(CLOUD).resolve([]) == {}
    assert list(jira(CLOUD).fetch([])) == []
    assert jira(CLOUD).children({}) == frozenset()
    assert len(wire.calls) == 0


def test_a_key_cannot_leave_its_path(wire):
    wire.post(BULKFETCH, json=keyed(), headers=ME)
    wire.get(re.compile(".*"), status=404, json={})
    jira(CLOUD).resolve(["A-1/../../x?y=1"])
    assert wire.calls[-1].request.url.startswith(f"{V3}/issue/A-1%2F..%2F..%2Fx%3Fy%3D1?")


def below(body):
    """One child for each parent: its number with a thousand more."""
    return {"issues": [{"id": str(int(id) + 1000)} for id in re.findall(r"\d+", body["jql"])]}


def test_children_are_asked_for_500_parents_at_a_time(wire):
    callback(wire, SEARCH, below)
    parents = [str(id) for id in range(1200)]
    assert jira(CLOUD).children({id: f"A-{id}" for id in parents}) == {str(id + 1000) for id in range(1200)}
    assert sorted(body["jql"].count(",") + 1 for body in bodies(wire, SEARCH)) == [200, 500, 500]


@pytest.mark.parametrize("message", ["An issue with key '13' does not exist.", "Something is not there."])
def test_a_hidden_parent_does_not_hide_the_others_children(wire, message):
    def answer(body):
        if re.search(r"\b13\b", body["jql"]) and ("," in body["jql"] or "'13'" in message):
            return 400, {"errorMessages": [message]}
        return below(body)

    callback(wire, SEARCH, answer)
    found = jira(CLOUD).children({id: f"A-{id}" for id in ("11", "12", "13", "14")})
    assert {"1011", "1012", "1014"} <= found


def test_a_site_that_refuses_every_parent_is_an_error_not_childless(wire):
    callback(wire, SEARCH, lambda _: (400, {"errorMessages": ["Field 'parent' does not exist."]}))
    with pytest.raises(Rejected):
        jira(CLOUD).children({"11": "A-11", "12": "A-12"})


def test_an_unchanged_site_costs_one_search(wire):
    pages(wire, [], headers=DATED)
    connection = jira(CLOUD)
    connection.login()
    changed = connection.changed(NOON - timedelta(minutes=10))
    assert list(changed.records) == []
    assert connection.requests == 2
    assert bodies(wire, SEARCH)[0]["jql"] == 'updated >= "-11m"'


def test_what_changed_costs_one_search_and_one_fetch(wire):
    pages(wire, [1, 2, 3], headers=DATED)
    bulk(wire)
    connection = jira(CLOUD)
    connection.login()
    changed = connection.changed(NOON - timedelta(minutes=10))
    assert {raw.id for raw in changed.records} == {"1", "2", "3"}
    assert connection.requests == 3


def test_the_next_question_starts_before_the_index_lag_by_the_servers_clock(wire):
    pages(wire, [1], headers=DATED)
    hands = Hands()
    hands.seconds = 7200.0  # our clock is two hours ahead of the server's
    connection = jira(CLOUD, hands)
    connection.login()
    changed = connection.changed(NOON - timedelta(minutes=10))
    assert changed.until == NOON - timedelta(minutes=5)
    assert bodies(wire, SEARCH)[0]["jql"] == 'updated >= "-11m"'


WINDOWS = {
    "whole minutes": (timedelta(minutes=10), 11),
    "a second more": (timedelta(minutes=10, seconds=1), 12),
    "just now": (timedelta(seconds=3), 5),
    "in the future": (timedelta(minutes=-30), 5),
    "two days": (timedelta(days=2), 2881),
}


@pytest.mark.parametrize(("gap", "minutes"), WINDOWS.values(), ids=WINDOWS)
def test_the_window_is_rounded_up_to_whole_minutes_with_one_to_spare(wire, gap, minutes):
    pages(wire, [], headers=DATED)
    jira(CLOUD).changed(NOON - gap)
    assert bodies(wire, SEARCH)[0]["jql"] == f'updated >= "-{minutes}m"'


def test_a_question_that_had_to_wait_is_asked_again_with_a_wider_window(wire):
    wire.post(SEARCH, json={"issues": []}, headers=ME | {"Date": "Sat, 21 Nov 2026 12:09:00 GMT"})
    hands = Hands()
    connection = jira(CLOUD, hands)
    connection.login()
    changed = connection.changed(NOON - timedelta(minutes=10))
    assert [body["jql"] for body in bodies(wire, SEARCH)] == ['updated >= "-11m"', 'updated >= "-20m"']
    assert changed.until == NOON + timedelta(minutes=4)
