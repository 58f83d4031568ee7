"""Queries that people saved in a real Redmine: whose they are, what they hit, what is said without them."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from bridge.errors import AccessDenied, ConnectorError, NotFound
from bridge.model import Query
from connectors.base import CheckScope
from connectors.redmine import api
from tests.contract import System
from tests.redmine.desk import opened
from tests.servers.redmine.server import server

pytestmark = pytest.mark.prove


@pytest.fixture
def system(monkeypatch: pytest.MonkeyPatch) -> Iterator[System]:
    monkeypatch.setattr(api, "PAGE", 3)
    made = opened(server(), 3)
    yield made
    made.connector.close()


def asked(system: System, text: str) -> frozenset[str]:
    return system.connector.identities(Query(text))


def test_a_saved_query_hits_what_it_shows_however_it_is_grouped_and_sorted(system: System) -> None:
    desk = system.driver
    issues = [desk.make(f"第 {n % 3} 項 {n}") for n in range(8)]
    desk.status(issues[0], "Closed")
    desk.status(issues[5], "In Progress")
    plain = desk.save()
    odd = desk.save(group="status", sort="---\n- - subject\n  - desc\n")
    for number in (plain, odd):
        assert asked(system, f"query_id={number}") == set(issues)
    assert asked(system, f"{desk.server.url}/issues?query_id={odd}&per_page=5") == set(issues)


def test_a_saved_query_of_open_issues_loses_what_is_done_and_the_check_says_so(system: System) -> None:
    desk = system.driver
    issues = [desk.make(f"Work {n}") for n in range(2)]
    desk.status(issues[0], "Closed")
    query = Query(f"query_id={desk.save(status='o')}")
    assert asked(system, query.text) == {issues[1]}
    told = list(system.connector.check(CheckScope(selectors=(query, Query(f"query_id={desk.save()}")))))
    [open] = [one for one in told if "no closed issue" in one.message]
    assert (open.level, str(query) in open.message) == ("info", True)


def test_a_query_of_a_project_is_asked_for_within_it(system: System) -> None:
    desk = system.driver
    own = desk.make("Own")
    desk.move(desk.make("Elsewhere"))
    number = desk.save(project=desk.project)
    assert asked(system, f"query_id={number}&project_id={desk.project}") == {own}
    assert asked(system, f"{desk.server.url}/projects/{desk.project}/issues?query_id={number}") == {own}
    for text in (f"query_id={number}", f"query_id={number}&project_id={desk.other_project}"):
        with pytest.raises(NotFound, match=f"belongs to project {desk.project}") as told:
            asked(system, text)
        assert told.value.hint == f"say query_id={number}&project_id={desk.project}"


def test_an_address_within_a_project_stays_within_it(system: System) -> None:
    desk = system.driver
    own = desk.make("Own")
    desk.move(desk.make("Elsewhere"))
    tracker = desk.trackers["Story"]
    assert asked(system, f"{desk.server.url}/projects/{desk.project}/issues?tracker_id={tracker}") == {own}
    long = f"set_filter=1&f[]=tracker_id&op[tracker_id]==&v[tracker_id][]={tracker}"
    assert asked(system, f"{desk.server.url}/projects/{desk.project}/issues?{long}") == {own}


def test_what_cannot_be_asked_is_told_with_what_to_do(system: System) -> None:
    desk = system.driver
    desk.make("Work")
    private, gone = desk.save(private=True), desk.save()
    desk.server.sql("DELETE FROM queries WHERE id = ?", gone)
    told: dict[str, tuple[type[ConnectorError], str, str]] = {
        f"query_id={private}": (AccessDenied, f"saved query {private} is not for this account", "any users"),
        f"query_id={gone}": (NotFound, f"there is no saved query {gone}", "it was deleted"),
        "project_id=nowhere": (NotFound, "project nowhere cannot be read", "identifier"),
    }
    for text, (kind, message, hint) in told.items():
        with pytest.raises(kind, match=message) as error:
            asked(system, text)
        assert hint in error.value.hint
    scope = CheckScope(selectors=tuple(Query(text) for text in told))
    assert [one.level for one in system.connector.check(scope)].count("error") == len(told)
