import re

import pytest
import responses

from bridge.errors import PartialRead, Rejected, UnexpectedAnswer
from bridge.model import Query
from tests.connectors.jira.reading import DATACENTER, OLD_SEARCH, V2, bodies, callback, issue, jira

ALL = Query("project = A OR project = B ORDER BY rank")
ME = {"X-AUSERNAME": "bot", "Date": "Sat, 21 Nov 2026 12:00:00 GMT"}


@pytest.fixture
def wire():
    with responses.RequestsMock(assert_all_requests_are_fired=False) as mock:
        mock.get(f"{V2}/myself", json={"key": "JIRAUSER1", "name": "bot"}, headers=ME)
        yield mock


def minute(number):
    """Issues are made ten a minute, in their order."""
    day, hour, past = 1 + number // 14_400, number // 600 % 24, number // 10 % 60
    return f"2026-11-{day:02}T{hour:02}:{past:02}:{number % 10:02}.000+0100"


def shelf(wire, numbers, grant=1000, window=10_000, disturb=None):
    """A Data Center with these issues: pages by position, a window, and the clause on `created`."""
    numbers = sorted(numbers)

    def answer(body):
        start, size = body["startAt"], min(body["maxResults"], grant)
        if start + size > window:
            return 400, {"errorMessages": ["Result window is too large."]}
        if disturb:
            disturb(numbers, start)
        since = re.search(r'created >= "(\S+) (\S+)"', body["jql"])
        found = [n for n in numbers if not since or minute(n)[:16] >= "T".join(since.groups())]
        page = [issue(n, created=minute(n)) for n in found[start : start + size]]
        return {"startAt": start, "maxResults": size, "total": len(found), "issues": page}

    callback(wire, OLD_SEARCH, answer, ME)


def test_pages_are_as_large_as_the_server_grants(wire):
    shelf(wire, range(1, 251), grant=100)
    assert len(jira(DATACENTER).identities(ALL)) == 250
    assert [body["startAt"] for body in bodies(wire, OLD_SEARCH)] == [0, 99, 198]


def test_a_persons_order_gives_way_to_one_that_does_not_change(wire):
    shelf(wire, [1])
    jira(DATACENTER).identities(ALL)
    (body,) = bodies(wire, OLD_SEARCH)
    assert body["jql"] == "project = A OR project = B ORDER BY created ASC, key ASC"
    assert body["fields"] == ["created"]


def test_lists_longer_than_the_result_window_are_read_on_by_their_creation(wire):
    shelf(wire, range(25_003))
    assert len(jira(DATACENTER).identities(ALL)) == 25_003
    asked = bodies(wire, OLD_SEARCH)
    assert all(body["startAt"] + body["maxResults"] <= 10_000 for body in asked)
    assert len({body["jql"] for body in asked}) == 3
    assert asked[-1]["jql"].startswith('(project = A OR project = B) AND created >= "2026-11-02 ')


def test_a_smaller_window_that_an_administrator_set_is_found_out(wire):
    shelf(wire, range(1500), grant=100, window=500)
    assert len(jira(DATACENTER).identities(ALL)) == 1500


def test_an_account_whose_zone_is_unknown_reads_on_from_earlier(wire):
    shelf(wire, range(13_000))
    facts = DATACENTER | {"time_zone": ""}
    assert len(jira(facts).identities(ALL)) == 13_000


def test_the_repeated_hour_of_autumn_is_read_twice_rather_than_not_at_all():
    source = jira(DATACENTER | {"time_zone": "Europe/Berlin"}).source
    assert source._minute("2026-10-25T02:30:00.000+0200") == "2026-10-25 01:30"
    assert source._minute("2026-10-25T02:30:00.000+0100") == "2026-10-25 01:30"
    assert source._minute("2026-10-25T12:30:59.000+0000") == "2026-10-25 13:30"


def test_more_issues_in_one_minute_than_the_window_holds_are_a_partial_read(wire):
    page = {"startAt": 0, "maxResults": 10_000, "total": 20_000}

    def answer(body):
        start = body["startAt"]
        ids = range(start, min(start + body["maxResults"], 10_000))
        return page | {"issues": [issue(n, created=minute(1)) for n in ids]}

    callback(wire, OLD_SEARCH, answer, ME)
    with pytest.raises(PartialRead, match="within a minute"):
        jira(DATACENTER).identities(ALL)


def test_a_list_that_shifts_between_two_pages_is_read_again(wire):
    gone = []

    def disturb(numbers, start):
        if start and not gone:
            gone.append(numbers.pop(0))

    shelf(wire, range(1, 301), grant=100, disturb=disturb)
    assert jira(DATACENTER).identities(ALL) == {str(number) for number in range(2, 301)}
    assert [body["startAt"] for body in bodies(wire, OLD_SEARCH)].count(0) == 2


def test_a_list_that_never_stands_still_is_a_partial_read(wire):
    shelf(wire, range(1, 2000), grant=100, disturb=lambda numbers, start: start and numbers.pop(0))
    with pytest.raises(PartialRead, match="kept moving"):
        jira(DATACENTER).identities(ALL)


def test_issues_made_during_the_walk_do_not_disturb_it(wire):
    shelf(wire, range(1, 301), grant=100, disturb=lambda numbers, _: numbers.append(numbers[-1] + 1))
    assert len(jira(DATACENTER).identities(ALL)) >= 300


def test_a_list_without_its_length_is_a_partial_read(wire):
    wire.post(OLD_SEARCH, json={"issues": [issue(1, created=minute(1))]})
    with pytest.raises(PartialRead, match="without its length"):
        jira(DATACENTER).identities(ALL)


def test_a_warning_is_a_partial_read(wire):
    wire.post(OLD_SEARCH, json={"issues": [], "total": 0, "warningMessages": ["x"]})
    with pytest.raises(PartialRead):
        jira(DATACENTER).identities(ALL)


def test_nothing_found_for_a_visitor_is_not_believed(wire):
    wire.post(OLD_SEARCH, json={"issues": [], "total": 0}, headers={"X-AUSERNAME": "anonymous"})
    with pytest.raises(UnexpectedAnswer, match="anonymous"):
        jira(DATACENTER).identities(ALL)


def named(wire, hidden=(), message="One of them does not exist."):
    """Answers `id in (...)` and `key in (...)`; a hidden one spoils the whole query."""

    def answer(body):
        ids = [int(id) for id in re.findall(r"\d+", body["jql"].partition(" ORDER")[0])]
        lost = [id for id in ids if id in hidden]
        if lost:
            return 400, {"errorMessages": [message.format(lost[0])]}
        start, size = body["startAt"], min(body["maxResults"], 200)
        return {"total": len(ids), "issues": [issue(id) for id in ids[start : start + size]]}

    callback(wire, OLD_SEARCH, answer, ME)


def test_contents_come_500_at_a_time_in_the_pages_that_are_granted(wire):
    named(wire)
    records = list(jira(DATACENTER).fetch(str(id) for id in range(1200)))
    assert {int(raw.id) for raw in records} == set(range(1200))
    assert "properties" not in bodies(wire, OLD_SEARCH)[0]
    assert "customfield_10008" in bodies(wire, OLD_SEARCH)[0]["fields"]


@pytest.mark.parametrize("message", ["One does not exist.", "A value with ID '{}' does not exist for 'id'."])
def test_one_hidden_issue_does_not_hide_the_others(wire, message):
    named(wire, hidden={7, 400}, message=message)
    records = list(jira(DATACENTER).fetch(str(id) for id in range(600)))
    assert {int(raw.id) for raw in records} == set(range(600)) - {7, 400}


def test_a_message_that_names_the_hidden_one_saves_the_search_for_it(wire):
    named(wire, hidden={7}, message="A value with ID '{}' does not exist for the field 'id'.")
    connection = jira(DATACENTER)
    list(connection.fetch(str(id) for id in range(100)))
    assert connection.requests == 2


def test_keys_resolve_when_moved_and_hidden_ones_are_absent(wire):
    def answer(body):
        if "OLD-2" in body["jql"]:
            return 400, {"errorMessages": ["An issue with key 'OLD-2' does not exist for field 'key'."]}
        return {"total": 1, "issues": [issue(1)]}

    callback(wire, OLD_SEARCH, answer, ME)
    wire.get(f"{V2}/issue/OLD-2", json={"id": "9", "key": "NEW-4"})
    assert jira(DATACENTER).resolve(["A-1", "OLD-2"]) == {"A-1": "1", "OLD-2": "9"}


def test_children_hang_on_epic_link_or_are_subtasks(wire):
    callback(wire, OLD_SEARCH, lambda _: {"total": 1, "issues": [issue(50, created=minute(50))]}, ME)
    assert jira(DATACENTER | {"parent_link": "customfield_10010"}).children({"1": "A-1", "2": "A-2"}) == {
        "50"
    }
    clauses = [f'{name} in ("A-1", "A-2")' for name in ("cf[10008]", "cf[10010]", "parent")]
    assert bodies(wire, OLD_SEARCH)[-1]["jql"] == f"{' OR '.join(clauses)} ORDER BY created ASC, key ASC"


def test_a_wrong_query_is_told(wire):
    wire.post(OLD_SEARCH, status=400, json={"errorMessages": ["Field 'x' does not exist."]})
    with pytest.raises(Rejected, match="Field 'x'"):
        jira(DATACENTER).identities(Query("x = 1"))
