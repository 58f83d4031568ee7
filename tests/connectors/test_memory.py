import json
from contextlib import suppress
from dataclasses import asdict, is_dataclass

import pytest

from bridge.errors import (
    AccessDenied,
    ConnectorError,
    NotFound,
    RateLimited,
    Rejected,
    Transient,
    UnexpectedAnswer,
)
from bridge.model import FieldValue, Keys, Label, Query, Tier
from connectors.base import CheckScope
from connectors.memory import ROLES, Memory, Tracker
from mappings.memory import MemoryMapping
from tests.contract import (
    BODY,
    MARK,
    HistorianContract,
    PanelContract,
    ProvisionerContract,
    System,
    WorkSourceContract,
)


class MemoryDriver:
    project, other_project, page = "MEM", "ELSE", 3

    def __init__(self, tracker: Tracker) -> None:
        self.tracker = tracker
        self.hide, self.delete = tracker.hidden.add, tracker.delete
        self.advance, self.say = tracker.advance, tracker.say

    def make(self, title, *, parent=None, labels=(), tier=Tier.UNIT):
        return self.tracker.add(title, parent=parent, labels=list(labels), tier=tier.value)

    def key(self, id):
        return self.tracker.items[id]["key"]

    def edit(self, id, title):
        self.tracker.change(id, title=title)

    def reparent(self, id, parent):
        self.tracker.change(id, parent=parent)

    def move(self, id):
        return self.tracker.move(id, self.other_project)

    def said(self, id):
        return {key: shown(comment["body"]) for key, comment in self.tracker.comments[id].items()}

    def query(self, label):
        return Query(f'label = "{label}" AND project = MEM')


def shown(body):
    return body if isinstance(body, str) else "\n".join(span.text for part in body for span in part.spans)


@pytest.fixture
def system():
    tracker = Tracker()
    return System(Memory("mem", tracker, page=MemoryDriver.page), MemoryDriver(tracker), MemoryMapping("mem"))


class TestWorkSource(WorkSourceContract):
    pass


class TestHistorian(HistorianContract):
    pass


class TestPanel(PanelContract):
    pass


class TestProvisioner(ProvisionerContract):
    pass


QUERIES = {
    "one clause": ("label = x", {"1", "2"}),
    "two clauses": ("label = x AND status = Done", {"2"}),
    "quoted value": ('status = "In Review"', {"3"}),
    "a field of the site": ("Team = Growth", {"1"}),
    "no such value": ("label = y", set()),
}


@pytest.mark.parametrize(("text", "want"), QUERIES.values(), ids=QUERIES)
def test_queries(text, want):
    tracker = Tracker()
    tracker.add("One", labels=["x"], fields={"Team": "Growth"})
    tracker.add("Two", labels=["x"], status="Done")
    tracker.add("Three", status="In Review")
    assert Memory("mem", tracker).identities(Query(text)) == want


def test_a_field_selector_goes_by_the_sites_field():
    tracker = Tracker()
    tracker.add("One", fields={"Team": "Growth"})
    tracker.add("Two", fields={"Team": "Core"})
    connector = Memory("mem", tracker)
    assert connector.identities(FieldValue("Team", "Core")) == {"2"}
    assert connector.identities(Keys(("MEM-1", "MEM-9"))) == {"1"}


@pytest.mark.parametrize("text", ["label ~ x", "label = x OR label = y", "", "x"])
def test_a_query_that_is_not_understood_is_refused(text):
    with pytest.raises(Rejected, match="mem: query"):
        Memory("mem", Tracker()).identities(Query(text))


def test_every_page_is_a_request():
    tracker = Tracker()
    ids = [tracker.add(str(n), labels=["x"]) for n in range(7)]
    connector = Memory("mem", tracker, page=3)
    connector.identities(Label("x"))
    assert connector.requests == 3
    list(connector.fetch(ids))
    assert connector.requests == 6


def test_a_fault_before_a_request_leaves_nothing_and_after_it_an_unknown_outcome():
    def fail(call: str) -> None:
        if call == "put_comment":
            raise Transient("mem", "connection dropped", maybe_done=True)

    tracker = Tracker()
    item = tracker.add("Anchor")
    with pytest.raises(Transient):
        Memory("mem", tracker, before=fail).put_comment(item, BODY, MARK)
    assert Memory("mem", tracker).look(item).comments == ()
    with pytest.raises(Transient):
        Memory("mem", tracker, after=fail).put_comment(item, BODY, MARK)
    assert len(Memory("mem", tracker).look(item).comments) == 1


def test_a_closed_tracker_refuses_the_login():
    with pytest.raises(AccessDenied):
        Memory("mem", Tracker(open=False)).login()


def test_a_field_that_is_not_installed_is_refused_by_name_and_told_by_check():
    tracker = Tracker(roles=ROLES[1:])
    item = tracker.add("Anchor")
    connector = Memory("mem", tracker)
    with pytest.raises(Rejected) as refused:
        connector.put_values(item, {"key_result": "x", "progress": 1})
    assert refused.value.fields == {"key_result": "no such field"}
    assert connector.look(item).fields == dict.fromkeys(ROLES[1:])
    assert [f.message for f in connector.check() if f.level == "warning"] == ["no field for key_result"]


def test_a_check_looks_into_what_a_configuration_asks_for():
    tracker = Tracker()
    tracker.add("Anchor", labels=["x"])
    scope = CheckScope(anchors=("MEM-1", "MEM-9"), selectors=(Label("x"), Label("y"), Query("label ~ x")))
    found = [(f.level, f.where) for f in Memory("mem", tracker).check(scope)]
    assert found == [
        ("info", "mem"),
        ("error", "MEM-9"),
        ("info", "mem"),
        ("warning", "mem"),
        ("error", "mem"),
    ]


def test_records_are_copies_and_plain_json():
    tracker = Tracker()
    id = tracker.add("Anchor", labels=["x"])
    [raw] = Memory("mem", tracker).fetch([id])
    raw.data["labels"].append("y")
    assert tracker.items[id]["labels"] == ["x"]
    assert json.dumps(raw.data)
    assert not any(is_dataclass(value) for value in raw.data.values())


def test_own_writes_come_back_as_changes():
    tracker = Tracker()
    item = tracker.add("Anchor")
    connector = Memory("mem", tracker)
    tracker.advance(3600)
    since = connector.login().now
    tracker.advance(600)
    connector.put_values(item, {"progress": 60})
    assert [raw.id for raw in connector.changed(since).records] == [item]


def test_a_deleted_item_takes_its_panel_along():
    tracker = Tracker()
    item = tracker.add("Anchor")
    connector = Memory("mem", tracker)
    connector.put_comment(item, BODY, MARK)
    tracker.delete(item)
    with pytest.raises(NotFound):
        connector.remove_comment(item, "1")
    assert asdict(tracker)["comments"] == {}


OUTCOMES = {
    "ok": None,
    "refused": NotFound("mem", "gone"),
    "rate_limited": RateLimited("mem", "slowly", retry_after=1, scope="endpoint"),
    "failed": Transient("mem", "503"),
    "no_answer": Transient("mem", "timed out", maybe_done=True),
    "broken": UnexpectedAnswer("mem", "a page"),
}


@pytest.mark.parametrize(("outcome", "error"), OUTCOMES.items(), ids=OUTCOMES)
def test_what_came_of_a_request_is_counted(outcome, error):
    def fault(_):
        if error is not None:
            raise error

    connector = Memory("mem", Tracker(), before=fault)
    with suppress(ConnectorError):
        connector.login()
    assert connector.traffic.requests == dict.fromkeys(OUTCOMES, 0) | {outcome: 1}


def test_a_change_tells_what_differs_and_when():
    tracker = Tracker()
    id = tracker.add("Anchor", labels=["x"])
    tracker.advance(60)
    tracker.change(id, status="Done", points=3, title="Anchor")
    tracker.change(id)
    [past] = Memory("mem", tracker).pasts([id])
    assert past.changes == (
        {
            "at": "2026-10-01T08:01:00+00:00",
            "from": {"status": "Open"},
            "to": {"status": "Done", "points": 3},
        },
    )


def test_a_told_change_is_a_copy_and_what_is_deleted_takes_its_changes_along():
    tracker = Tracker()
    id = tracker.add("Anchor")
    labels = ["x"]
    tracker.change(id, labels=labels)
    labels.append("y")
    [past] = Memory("mem", tracker).pasts([id])
    past.changes[0]["to"]["labels"].append("z")
    assert tracker.changes[id][0]["to"] == {"labels": ["x"]}
    tracker.delete(id)
    assert tracker.changes == {}
