"""The small parts below the faces: clock, documents, store, history, faults' aim."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bridge.sandbox import adf, edits, inputs
from bridge.sandbox.catalog import Project
from bridge.sandbox.clock import Clock, parse_ms
from bridge.sandbox.faults import Faults
from bridge.sandbox.fieldtypes import PLATFORM, Field
from bridge.sandbox.limits import Bucket
from bridge.sandbox.records import Refusal
from tests.bridge.sandbox.site import Time, small

INSTANTS = st.integers(min_value=0, max_value=4_000_000_000_000)


@given(INSTANTS, st.sampled_from(["Europe/Berlin", "Asia/Shanghai", "America/St_Johns", "UTC"]))
def test_a_stamp_reads_back_as_the_instant_it_was(ms, zone):
    stamp = Clock(lambda: datetime.now(UTC), zone).stamp(ms)
    assert parse_ms(stamp) == ms
    assert ":" not in stamp[-5:]


@pytest.mark.parametrize("ms", [65_189, 1_790_584_137_824, 1_000_000_000_001, 4_102_444_799_999])
def test_an_instant_does_not_lose_a_millisecond_to_rounding(ms):
    assert parse_ms(Clock(Time(), "Europe/Berlin").stamp(ms)) == ms
    assert parse_ms(Clock(Time(), "UTC").stamp(ms).replace("+0000", "Z")) == ms


def test_a_stamp_follows_summer_time():
    clock = Clock(Time(), "Europe/Berlin")
    assert clock.stamp(parse_ms("2026-07-01T12:00:00.005Z")) == "2026-07-01T14:00:00.005+0200"
    assert clock.stamp(parse_ms("2026-12-01T12:00:00Z")) == "2026-12-01T13:00:00.000+0100"


def test_a_clock_can_stand_elsewhere_for_a_while():
    clock = Clock(Time(), "UTC")
    with clock.standing_at(5000):
        assert clock.ms() == 5000
    assert clock.now() == Time()()


LINES = st.lists(st.text(st.characters(exclude_categories=("Cs", "Cc", "Zl", "Zp")), max_size=20), min_size=1)


@given(LINES)
def test_a_document_of_a_text_is_sound_and_says_the_same(lines):
    made = adf.document("\n".join(lines))
    assert adf.fault(made) == ""
    assert adf.plain(made).rstrip("\n") == "\n".join(lines).rstrip("\n")


UNSOUND = {
    "a string": "words",
    "another node": {"version": 1, "type": "paragraph", "content": []},
    "no content": {"version": 1, "type": "doc"},
    "version 2": {"version": 2, "type": "doc", "content": []},
    "a node without a type": {"version": 1, "type": "doc", "content": [{"text": "x"}]},
    "no text in a text": {"version": 1, "type": "doc", "content": [{"type": "text"}]},
    "too long": adf.document("x" * 32_768),
}


@pytest.mark.parametrize("case", UNSOUND)
def test_what_is_no_document_is_told(case):
    assert adf.fault(UNSOUND[case])


def test_a_document_may_be_as_long_as_the_limit():
    assert adf.fault(adf.document("x" * 32_767)) == ""


# --- store


@pytest.fixture
def jira():
    sandbox = small(now=Time())
    sandbox._socket.close()
    return sandbox.jira


def test_descendants_of_a_circle_end(jira):
    for _ in range(2):
        jira.add_issue("SHOP", "Story", "x")
    jira.reparent("SHOP-1", "SHOP-2")
    jira.reparent("SHOP-2", "SHOP-1")
    first, second = jira.issue("SHOP-1"), jira.issue("SHOP-2")
    assert jira.store.descendants(first.id) == {second.id}


def test_children_of_a_deleted_issue_stand_alone(jira):
    jira.add_issue("SHOP", "Epic", "above")
    below = jira.add_issue("SHOP", "Story", "x", parent="SHOP-1")
    jira.delete("SHOP-1")
    assert below.parent is None
    with pytest.raises(KeyError):
        jira.issue("SHOP-1")


def test_a_former_key_leads_on_through_two_moves(jira):
    made = jira.add_issue("SHOP", "Story", "x")
    jira.move("SHOP-1", "TEAM")
    jira.move("TEAM-1", "SHOP")
    assert [jira.issue(key) for key in ("SHOP-1", "TEAM-1", "SHOP-2", str(made.id))] == [made] * 4
    assert made.key == "SHOP-2"


def test_a_moved_issue_takes_the_counterpart_of_its_status_and_depth(jira):
    catalog = jira.catalog
    for id, name, category in (("71", "Fresh", "new"), ("72", "Finished", "done")):
        catalog.status(id, name, category)
    for id, name, level in (("81", "Theme", 1), ("82", "Job", 0), ("83", "Bit", -1)):
        catalog.type(id, name, level)
    catalog.project(Project("300", "HELP", "Help", types=["81", "82", "83"], statuses=["71", "72"]))
    jira.add_issue("SHOP", "Story", "x")
    jira.resolve("SHOP-1")
    moved = jira.move("SHOP-1", "HELP")
    assert (moved.kind, moved.status) == ("Job", "Finished")
    jira.add_issue("SHOP", "Story", "y")
    jira.transition("SHOP-2", "In Progress")
    with pytest.raises(Refusal, match="No counterpart for 'In Progress'"):
        jira.move("SHOP-2", "HELP")


def test_sprints_are_objects_on_cloud_and_texts_elsewhere():
    from bridge.sandbox import render

    for deployment in ("cloud", "datacenter"):
        sandbox = small(deployment, now=Time())
        sandbox._socket.close()
        jira = sandbox.jira
        sprint = {
            "id": 7,
            "name": "Seven",
            "state": "active",
            "boardId": 1,
            "startDate": "2026-11-01T00:00:00.000Z",
        }
        jira.catalog.sprints[7] = sprint
        jira.add_issue("SHOP", "Story", "x")
        jira.edit("SHOP-1", {"Sprint": [sprint]})
        shown = render.Wanted(jira, ["customfield_10020"], "id").fields(jira.issue("SHOP-1"))[
            "customfield_10020"
        ]
        if jira.cloud:
            assert shown == [sprint]
        else:
            assert shown[0].startswith("com.atlassian.greenhopper.service.sprint.Sprint@")
            assert "id=7,rapidViewId=1,state=ACTIVE,name=Seven," in shown[0]
            assert "endDate=<null>" in shown[0]
        item = jira.issue("SHOP-1").changes()[-1].items[0]
        assert (item["to"], item["toString"]) == ("7", "Seven")


# --- words of the history

WORDS = {
    "a number": (Field("customfield_1", "Points", "number", custom="x"), 5.0, (None, "5")),
    "half a number": (Field("customfield_1", "Points", "number", custom="x"), 0.5, (None, "0.5")),
    "labels": (Field("labels", "Labels", "array", "string"), ["a", "b"], (None, "a b")),
    "no labels": (Field("labels", "Labels", "array", "string"), [], (None, "")),
    "sprints": (
        Field("customfield_2", "Sprint", "array", "json", custom="x"),
        [{"id": 1, "name": "One"}, {"id": 2, "name": "Two"}],
        ("1, 2", "One, Two"),
    ),
    "a person": (
        Field("assignee", "Assignee", "user"),
        {"accountId": "a1", "displayName": "Ann"},
        ("a1", "Ann"),
    ),
    "an estimate": (Field("timeoriginalestimate", "x", "number"), 28_800, ("28800", "28800")),
    "a due date": (Field("duedate", "Due", "date"), "2026-10-05", ("2026-10-05", "2026-10-05 00:00:00.0")),
    "a picked date": (
        Field("customfield_3", "Start date", "date", custom="x"),
        "2026-10-05",
        ("2026-10-05", "5/Oct/26"),
    ),
    "a choice": (
        Field("customfield_4", "Team", "option", custom="x"),
        {"id": "7", "value": "Growth"},
        ("7", "Growth"),
    ),
    "a document": (Field("description", "Description", "string"), adf.document("x"), (None, "x")),
    "nothing": (Field("duedate", "Due date", "date"), None, (None, None)),
}


@pytest.mark.parametrize("case", WORDS)
def test_the_history_words(case):
    field, value, words = WORDS[case]
    assert edits.words(field, value) == words


CLEARED = {
    "points": (Field("customfield_1", "Points", "number", custom="x"), 5.0, (None, "")),
    "a picked date": (Field("customfield_3", "Start date", "date", custom="x"), "2026-10-05", ("", "")),
    "a flag": (
        Field("customfield_5", "Flagged", "array", "option", custom="x"),
        [{"id": "10019", "value": "Impediment"}],
        ("", ""),
    ),
    "labels": (Field("labels", "Labels", "array", "string"), ["a"], (None, "")),
    "a due date": (Field("duedate", "Due", "date"), "2026-10-05", (None, None)),
    "a resolution": (Field("resolution", "x", "resolution"), {"id": "1", "name": "Done"}, (None, None)),
}


@pytest.mark.parametrize(("field", "value", "to"), CLEARED.values(), ids=CLEARED)
def test_what_a_field_is_cleared_to_is_told_as_real_sites_tell_it(field, value, to):
    told = edits.describe(field, value, [] if field.id == "labels" else None)
    assert (told["to"], told["toString"]) == to
    first = edits.describe(field, None, value)
    assert (first["from"], first["fromString"]) == (None, "" if field.id == "labels" else None)


PARENTS = {None: "IssueParentAssociation", -1: "Parent", 0: "Epic Link", 1: "Parent Link"}


@pytest.mark.parametrize("level", PARENTS)
def test_a_parents_change_is_named_by_deployment_and_depth(level, jira):
    above = jira.add_issue("SHOP", "Epic", "x")
    item = edits.parent_item(level, None, above)
    assert (item["field"], item["to"], item["toString"]) == (PARENTS[level], str(above.id), "SHOP-1")
    assert "fieldId" not in item


@pytest.mark.parametrize(("text", "seconds"), [("3h", 10_800), ("1d", 28_800), ("1w 2d 30m", 203_400)])
def test_work_time_knows_short_days_and_weeks(text, seconds):
    assert inputs.seconds(text) == seconds


# --- faults and limits


def test_a_fault_strikes_only_where_all_of_its_aim_holds():
    faults = Faults()
    faults.on("editIssue", method="put", path="SHOP-2").conflict()
    assert faults.take("getIssue", "GET", "/issue/SHOP-2", False) is None
    assert faults.take("editIssue", "PUT", "/issue/SHOP-1", False) is None
    assert faults.take("editIssue", "PUT", "/issue/SHOP-2", False) is not None
    assert faults.take("editIssue", "PUT", "/issue/SHOP-2", False) is None


def test_planned_faults_can_be_called_off():
    faults = Faults()
    faults.on(times=3).drop()
    assert faults.pending() == 3
    faults.clear()
    assert faults.take("any", "GET", "/", False) is None


def test_a_bucket_refills_with_time_and_never_overflows():
    now = [0.0]
    bucket = Bucket(2, lambda: now[0])
    assert [bucket.take() for _ in range(3)] == [True, True, False]
    assert bucket.near()
    now[0] += 0.5
    assert [bucket.take() for _ in range(2)] == [True, False]
    now[0] += 60
    assert [bucket.take() for _ in range(3)] == [True, True, False]


def test_no_limit_is_no_limit():
    bucket = Bucket(0, lambda: 0.0)
    assert all(bucket.take() for _ in range(1000))
    assert not bucket.near()


def test_a_bug_in_a_request_is_the_servers_own_fault_and_ends_nothing(cloud, caplog):
    sandbox, call = cloud
    sandbox.jira.add_issue("SHOP", "Story", "x")
    status = sandbox.jira.issue("SHOP-1").fields.pop("status")
    answer = call("GET issue/SHOP-1/transitions")
    assert answer.status_code == 500
    assert answer.json()["errorMessages"] == ["Internal server error"]
    sandbox.jira.issue("SHOP-1").fields["status"] = status
    assert call("GET issue/SHOP-1/transitions").status_code == 200
    assert "GET /rest/api/3/issue/SHOP-1/transitions failed" in caplog.text


def test_the_gateways_name_of_a_site_needs_no_account(cloud):
    assert "cloudId" in cloud[1]("GET /_edge/tenant_info").json()


def test_fields_of_one_project_are_of_no_use_to_another(jira):
    made = jira.catalog.custom(10_500, "Ours", PLATFORM + "float", scope="200")
    usable = [p.key for p in jira.catalog.projects.values() if jira.catalog.usable(made, p)]
    assert usable == ["TEAM"]
    assert not jira.catalog.editable(made, jira.catalog.projects["SHOP"])
