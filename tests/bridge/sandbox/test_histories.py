"""Whatever people do, each field's history leads from its first value, step by step, to its present one."""

from __future__ import annotations

from itertools import pairwise

import pytest
from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, rule

from bridge.sandbox import edits
from bridge.sandbox.records import Issue
from tests.bridge.sandbox.site import KR, KR_PROGRESS, POINTS, Time, small

PARENTS = ("IssueParentAssociation", "Epic Link", "Parent Link", "Parent")
NUMBERS = st.integers(1, 9)


def chains(issue: Issue) -> dict[str, list[dict]]:
    """Items by field; the three names of a parent are one field."""
    found: dict[str, list[dict]] = {}
    for change in issue.changes():
        for item in change.items:
            name = "parent" if item["field"] in PARENTS else item["field"]
            found.setdefault(name, []).append(item)
    found.pop("Link", None)
    return found


def ends(name: str, item: dict) -> tuple:
    """To and from, as the next entry must take them up; a parent may be called otherwise since, and what
    a field was cleared to may be an empty text or null."""
    if name == "parent":
        return item["to"], item["from"]
    return (item["to"] or None, item["toString"] or None), (item["from"] or None, item["fromString"] or None)


class Desk(RuleBasedStateMachine):
    """People at work on a handful of issues of two projects."""

    deployment = "cloud"

    @initialize()
    def open(self) -> None:
        self.time = Time()
        sandbox = small(self.deployment, now=self.time)
        sandbox._socket.close()
        self.jira = sandbox.jira
        for kind in ("Epic", "Epic", "Story", "Story", "Bug"):
            self.jira.add_issue("SHOP", kind, f"{kind} {len(self.jira.store.issues)}")
        self.jira.add_issue("SHOP", "Sub-task", "part", parent="SHOP-3")
        self.names = [str(id) for id in self.jira.store.issues]
        self.before: dict[str, tuple[int, int]] = {}

    def name(self, number: int) -> str:
        self.time.pass_(seconds=7)
        return self.names[number % len(self.names)]

    @rule(number=NUMBERS, points=st.sampled_from([None, 1.0, 2.5, 8.0]))
    def estimate(self, number: int, points: float | None) -> None:
        self.jira.edit(self.name(number), {POINTS: points})

    @rule(number=NUMBERS, labels=st.lists(st.sampled_from("abc"), unique=True))
    def label(self, number: int, labels: list[str]) -> None:
        self.jira.edit(self.name(number), {"labels": sorted(labels), "summary": f"now {len(labels)}"})

    @rule(number=NUMBERS, words=st.sampled_from([None, "O1-KR1", "O2"]), progress=st.integers(0, 2))
    def publish(self, number: int, words: str | None, progress: int) -> None:
        self.jira.edit(self.name(number), {KR: words, KR_PROGRESS: float(progress)})

    @rule(number=NUMBERS, status=st.sampled_from(["To Do", "In Progress", "Done"]))
    def move_on(self, number: int, status: str) -> None:
        self.jira.transition(self.name(number), status)

    @rule(number=NUMBERS, resolution=st.sampled_from(["Done", "Won't Do"]))
    def resolve(self, number: int, resolution: str) -> None:
        self.jira.resolve(self.name(number), resolution)

    @rule(number=NUMBERS)
    def reopen(self, number: int) -> None:
        self.jira.reopen(self.name(number))

    @rule(number=NUMBERS, on=st.booleans())
    def flag(self, number: int, on: bool) -> None:
        self.jira.flag(self.name(number), on)

    @rule(number=st.integers(2, 4), parent=st.sampled_from([None, 0, 1]))
    def hang(self, number: int, parent: int | None) -> None:
        self.jira.reparent(self.name(number), None if parent is None else self.names[parent])

    @rule(number=NUMBERS, project=st.sampled_from(["SHOP", "TEAM"]))
    def move_away(self, number: int, project: str) -> None:
        self.jira.move(self.name(number), project)

    @rule(one=NUMBERS, other=NUMBERS)
    def link(self, one: int, other: int) -> None:
        self.jira.link("Blocks", self.name(one), self.name(other))

    @rule(number=NUMBERS)
    def say(self, number: int) -> None:
        self.jira.comment(self.name(number), "words")

    @rule(number=NUMBERS)
    def do_nothing_new(self, number: int) -> None:
        issue = self.jira.issue(self.name(number))
        before = len(issue.changes()), issue.updated
        self.jira.edit(issue.id, dict(issue.fields))
        self.jira.transition(issue.id, issue.status)
        assert (len(issue.changes()), issue.updated) == before

    @invariant()
    def histories_lead_to_the_present(self) -> None:
        for issue in self.jira.store.issues.values():
            for name, chain in chains(issue).items():
                told = [ends(name, item) for item in chain]
                assert all(a[0] == b[1] for a, b in pairwise(told)), (issue.key, name)
                assert told[-1][0] == self.present(issue, name), (issue.key, name)

    def present(self, issue: Issue, name: str) -> object:
        match name:
            case "parent":
                return None if issue.parent is None else str(issue.parent)
            case "Key":
                return None, issue.key
            case "project":
                return issue.fields["project"]["id"], issue.fields["project"]["name"]
        field = self.jira.catalog.field(name)
        assert field is not None
        return tuple(word or None for word in edits.words(field, issue.fields.get(field.id)))

    @invariant()
    def entries_stand_in_order_between_creation_and_the_last_update(self) -> None:
        for issue in self.jira.store.issues.values():
            stamps = [change.at for change in issue.changes()]
            assert stamps == sorted(stamps)
            assert all(issue.created <= at <= issue.updated for at in stamps)
            assert issue.fields["updated"] == self.jira.clock.stamp(issue.updated)

    @invariant()
    def resolution_and_category_agree(self) -> None:
        for issue in self.jira.store.issues.values():
            assert (issue.fields["resolution"] is not None) == (issue.category == "done")
            assert (issue.fields["resolutiondate"] is not None) == (issue.category == "done")

    @invariant()
    def every_key_that_ever_was_leads_to_its_issue(self) -> None:
        for issue in self.jira.store.issues.values():
            former = [item["fromString"] for item in chains(issue).get("Key", [])]
            assert all(self.jira.issue(key) is issue for key in (issue.key, *former))

    @invariant()
    def children_and_parents_agree(self) -> None:
        store = self.jira.store
        for issue in store.issues.values():
            assert issue.parent is None or issue in store.children(issue.parent)
            assert all(child.parent == issue.id for child in store.children(issue.id))


class OtherDesk(Desk):
    deployment = "datacenter"


for desk in (Desk, OtherDesk):
    desk.TestCase.settings = settings(max_examples=15, stateful_step_count=25, deadline=None)
TestCloudHistories, TestDataCenterHistories = Desk.TestCase, OtherDesk.TestCase


@pytest.fixture(params=["cloud", "datacenter"])
def jira(request):
    sandbox = small(request.param, now=Time())
    sandbox._socket.close()
    sandbox.jira.add_issue("SHOP", "Epic", "above")
    sandbox.jira.add_issue("SHOP", "Story", "x")
    return sandbox.jira


def items(jira, key="SHOP-2"):
    return [
        [(i["field"], i["fromString"], i["toString"]) for i in c.items] for c in jira.issue(key).changes()
    ]


def test_status_and_resolution_change_in_one_entry(jira):
    jira.resolve("SHOP-2", "Won't Do")
    jira.reopen("SHOP-2")
    assert items(jira) == [
        [("status", "To Do", "Done"), ("resolution", None, "Won't Do")],
        [("status", "Done", "In Progress"), ("resolution", "Won't Do", None)],
    ]


def test_a_resolution_that_is_changed_while_done_is_one_item(jira):
    jira.resolve("SHOP-2")
    before = jira.value("SHOP-2", "resolutiondate")
    jira.clock._now.pass_(days=1)
    jira.transition("SHOP-2", "Done", resolution="Won't Do")
    assert items(jira)[1] == [("resolution", "Done", "Won't Do")]
    assert jira.value("SHOP-2", "resolutiondate") != before


def test_done_again_keeps_the_resolution_and_its_date(jira):
    jira.resolve("SHOP-2", "Won't Do")
    before = jira.value("SHOP-2", "resolutiondate")
    jira.clock._now.pass_(days=1)
    jira.transition("SHOP-2", "Done")
    assert (len(items(jira)), jira.value("SHOP-2", "resolutiondate")) == (1, before)
    assert jira.value("SHOP-2", "resolution")["name"] == "Won't Do"


def test_the_category_tells_since_when_on_cloud_alone(jira):
    start = jira.value("SHOP-2", "created")
    jira.clock._now.pass_(hours=1)
    jira.transition("SHOP-2", "In Progress")
    since = jira.issue("SHOP-2").fields.get("statuscategorychangedate")
    assert (since is not None and since != start) == jira.cloud


def test_several_fields_in_one_edit_are_one_entry_by_who_made_it(jira):
    ann = jira.catalog.user("ann", "Ann Bee")
    change = jira.edit("SHOP-2", {"Story Points": 3.0, "summary": "y"}, by=ann)
    assert (change.author, len(change.items), len(jira.issue("SHOP-2").changes())) == (ann, 2, 1)
    assert jira.edit("SHOP-2", {"Story Points": 3.0, "summary": "y"}) is None


def test_a_parents_history_names_what_the_deployment_calls_it(jira):
    jira.reparent("SHOP-2", "SHOP-1")
    jira.reparent("SHOP-2", "SHOP-1")
    jira.reparent("SHOP-2", None)
    name = "IssueParentAssociation" if jira.cloud else "Epic Link"
    assert items(jira) == [[(name, None, "SHOP-1")], [(name, "SHOP-1", None)]]


@pytest.mark.parametrize("unknown", ["edit", "transition", "link", "reparent", "flag", "comment"])
def test_what_is_not_there_cannot_be_worked_on(jira, unknown):
    arguments = {
        "edit": ("SHOP-2", {"colour": "red"}),
        "transition": ("SHOP-2", "Nowhere"),
        "link": ("Adores", "SHOP-1", "SHOP-2"),
        "reparent": ("SHOP-2", "SHOP-99"),
        "flag": ("SHOP-99",),
        "comment": ("SHOP-99", "x"),
    }
    with pytest.raises(KeyError):
        getattr(jira, unknown)(*arguments[unknown])
    assert items(jira) == []
