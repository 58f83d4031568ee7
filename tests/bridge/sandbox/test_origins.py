"""Real issues of several origins on one site, field by field: made-up files that have what real ones have."""

from __future__ import annotations

import gzip
import json
from pathlib import Path

import pytest

from bridge.sandbox import Sandbox, render
from bridge.sandbox.jira import Jira
from bridge.sandbox.real import Unreadable
from tests.bridge.sandbox.site import Caller

BIG, SMALL = "big.atlassian.net", "small.atlassian.net"
STATUS = {"id": "1", "name": "Open", "statusCategory": {"id": 2, "key": "new", "name": "To Do"}}
CLOSED = {"id": "6", "name": "Closed", "statusCategory": {"id": 3, "key": "done", "name": "Done"}}
PERSON = {"accountId": "a1", "displayName": "Ann Bee", "timeZone": "Asia/Shanghai"}


def issue(key: str, id: int, host: str = BIG, history: list | None = None, **fields: object) -> dict:
    base = {
        "summary": key,
        "status": STATUS,
        "issuetype": {"id": "1", "name": "Story", "subtask": False},
        "project": {"id": "10", "key": key.partition("-")[0], "name": "P", "projectTypeKey": "software"},
        "created": "2020-01-02T03:04:05.678+0000",
        "updated": "2020-01-03T03:04:05.678+0000",
    }
    made = {
        "id": str(id),
        "self": f"https://{host}/rest/api/2/issue/{id}",
        "key": key,
        "fields": base | fields,
    }
    return made | ({"changelog": {"histories": history}} if history else {})


def entry(id: int, day: int, field: str, old: tuple, new: tuple, **more: object) -> dict:
    item = {"field": field, "fieldtype": "jira", "from": old[0], "fromString": old[1], "to": new[0]}
    return {
        "id": str(id),
        "author": PERSON,
        "created": f"2020-01-{day:02d}T00:00:00.000+0200",
        "items": [item | {"toString": new[1]} | more],
    }


@pytest.fixture
def load(tmp_path):
    def load(*issues: dict, deployment: str = "cloud", host: str | None = None) -> tuple[Jira, list[str]]:
        file = tmp_path / "issues.jsonl"
        file.write_text("".join(json.dumps(one, ensure_ascii=False) + "\n" for one in issues), "utf-8")
        sandbox = Sandbox(deployment, issues=file, host=host)
        sandbox._socket.close()
        return sandbox.jira, sandbox.notes

    return load


def test_instants_are_shown_in_the_sites_own_zone(load):
    jira, _ = load(issue("A-1", 1))
    made = jira.issue("A-1")
    assert made.created == 1_577_934_245_678
    assert made.fields["created"] == "2020-01-02T04:04:05.678+0100"


def test_a_plain_file_is_as_good_as_a_packed_one(load):
    jira, notes = load(issue("A-1", 1), issue("A-2", 2))
    assert ([i.key for i in jira.search("project = A ORDER BY key")], notes) == (["A-1", "A-2"], [])


def test_addresses_lead_to_this_site(load):
    jira, _ = load(issue("A-1", 1, status=STATUS | {"self": f"https://{BIG}/rest/api/2/status/1"}))
    assert jira.issue("A-1").fields["status"]["self"].startswith(jira.catalog.base)


@pytest.mark.parametrize(
    "line", ['{"id": "1"}', "no json at all", "[]"], ids=["no self", "no JSON", "no object"]
)
def test_a_line_that_is_no_issue_is_told_by_its_number(tmp_path: Path, line):
    file = tmp_path / "x.jsonl"
    file.write_text(json.dumps(issue("A-1", 1)) + "\n" + line + "\n")
    with pytest.raises(Unreadable, match=r"x\.jsonl, line 2: no Jira issue"):
        Sandbox(issues=file)


NOT_ISSUES = {
    "cut off": (
        b'{"self": "https://big.example/rest/api/2/issue/1", "id"',
        r"big\.example: .* no Jira issue",
    ),
    "without fields": (b'{"self": "https://big.example/rest/api/2/issue/1"}', "KeyError"),
    "with a list of fields": (
        b'{"id": "1", "self": "https://big.example/rest/api/2/issue/1", "fields": []}',
        "TypeError",
    ),
}


@pytest.mark.parametrize("case", NOT_ISSUES)
def test_a_line_that_is_not_as_jira_gives_it_is_told_by_its_beginning(tmp_path: Path, case):
    file = tmp_path / "x.jsonl"
    line, words = NOT_ISSUES[case]
    file.write_bytes(line)
    with pytest.raises(Unreadable, match=words) as told:
        Sandbox(issues=file)
    assert "expand=changelog" in told.value.hint


def test_a_file_that_is_not_packed_as_its_name_says_is_told(tmp_path: Path):
    file = tmp_path / "x.jsonl.gz"
    file.write_text("plain")
    with pytest.raises(Unreadable, match=r"x\.jsonl\.gz: Not a gzipped file"):
        Sandbox(issues=file)
    file.write_bytes(gzip.compress(json.dumps(issue("A-1", 1)).encode())[:-12])
    with pytest.raises(Unreadable, match=r"x\.jsonl\.gz"):
        Sandbox(issues=file)


# --- one site of many


def test_the_larger_origin_keeps_its_numbers_wherever_it_stands_in_the_file(load):
    jira, notes = load(issue("B-1", 7, SMALL), issue("A-1", 7), issue("A-2", 8))
    assert (jira.issue("A-1").id, jira.issue("B-1").id) == (7, 900_000_001)
    assert [note for note in notes if "renumbered" in note] == [
        f"{SMALL}: renumbered, id taken by another host: B-1"
    ]


def test_twins_of_a_type_are_told_apart_and_found_by_name(load):
    other = {"id": "1", "name": "Defect", "subtask": False}
    jira, notes = load(issue("A-1", 1), issue("A-2", 2), issue("B-1", 3, SMALL, issuetype=other))
    assert jira.issue("B-1").fields["issuetype"]["id"] != "1"
    assert [i.key for i in jira.search("type = Defect")] == ["B-1"]
    assert any("'Defect'" in note for note in notes)


def test_twins_of_the_same_name_are_one(load):
    jira, notes = load(issue("A-1", 1), issue("A-2", 2), issue("B-1", 3, SMALL))
    assert jira.issue("B-1").fields["status"]["id"] == "1"
    assert [note for note in notes if "status" in note] == []


def test_projects_of_one_number_are_two(load):
    jira, _ = load(issue("A-1", 1), issue("A-2", 2), issue("B-1", 3, SMALL))
    ids = {project.key: project.id for project in jira.catalog.projects.values()}
    assert ids["A"] == "10"
    assert ids["B"] != "10"
    assert jira.issue("B-1").fields["project"]["id"] == ids["B"]


def test_custom_fields_of_one_number_and_two_meanings_are_two(load):
    jira, notes = load(
        issue("A-1", 1, customfield_10500="words"),
        issue("A-2", 2, customfield_10500="more"),
        issue("B-1", 3, SMALL, customfield_10500=2.5),
    )
    moved = [
        id for id in jira.issue("B-1").fields if id.startswith("customfield_") and id != "customfield_10500"
    ]
    assert [jira.issue("B-1").fields[id] for id in moved if jira.issue("B-1").fields[id] is not None] == [2.5]
    assert any("customfield_10500" in note for note in notes)


def test_people_are_one_wherever_they_work(load):
    jira, _ = load(issue("A-1", 1, assignee=PERSON), issue("B-1", 2, SMALL, reporter=PERSON))
    assert jira.issue("A-1").fields["assignee"] is jira.issue("B-1").fields["reporter"]
    assert [i.key for i in jira.search('assignee = "Ann Bee"')] == ["A-1"]


def test_three_fields_may_be_called_points_and_the_team_uses_one(load):
    host = "bitovi-training.atlassian.net"
    fields = {"customfield_10034": 5.0, "customfield_10069": 80.0, "customfield_10070": 3.0}
    jira, _ = load(issue("A-1", 1, host, **fields), issue("A-2", 2, host, customfield_10016=2.0))
    names = {f.name for f in jira.catalog.fields.values() if "point" in f.name.casefold()}
    assert names == {"Story points", "Story points confidence", "Story points median", "Story point estimate"}
    (board,) = jira.catalog.boards.values()
    assert board.points_field == "customfield_10034"
    assert [i.key for i in jira.search('"Story points" = 5')] == ["A-1"]


def test_a_field_is_told_by_the_site_it_came_from(load):
    jira, _ = load(issue("A-1", 1, "jira.appcelerator.org", customfield_10016=8.0))
    field = jira.catalog.fields["customfield_10016"]
    assert (field.name, field.type) == ("Story Points", "number")


# --- status, type, category


def test_a_status_keeps_its_category_in_any_language(load):
    done = {"id": "9", "name": "已完成", "statusCategory": {"id": 3, "key": "done", "name": "完成"}}
    jira, _ = load(issue("A-1", 1, status=done), issue("A-2", 2))
    assert [i.key for i in jira.search("status = 已完成")] == ["A-1"]
    assert [i.key for i in jira.search("statusCategory = Done")] == ["A-1"]
    assert jira.issue("A-1").fields["status"]["statusCategory"]["name"] == "完成"


def test_a_workflow_is_what_the_issues_show_new_before_done(load):
    jira, _ = load(issue("A-1", 1, status=CLOSED), issue("A-2", 2))
    assert jira.catalog.projects["A"].statuses == ["1", "6"]
    assert jira.add_issue("A", "Story", "new").key == "A-3"
    jira.resolve("A-3", "Done") if jira.catalog.resolutions else jira.transition("A-3", "Closed")
    assert jira.issue("A-3").category == "done"


@pytest.mark.parametrize(
    ("kind", "level"),
    [
        ({"id": "5", "name": "Epic", "subtask": False}, 1),
        ({"id": "5", "name": "Initiative", "subtask": False}, 2),
        ({"id": "5", "name": "Sub-task", "subtask": True}, -1),
        ({"id": "5", "name": "Bug", "subtask": False}, 0),
        ({"id": "5", "name": "Theme", "subtask": False, "hierarchyLevel": 3}, 3),
    ],
)
def test_a_level_is_told_by_the_type(load, kind, level):
    jira, _ = load(issue("A-1", 1, issuetype=kind))
    assert jira.catalog.level(jira.issue("A-1")) == level


# --- parents


def epic(key: str, id: int, host: str = BIG) -> dict:
    return issue(key, id, host, issuetype={"id": "5", "name": "Epic", "subtask": False})


def test_an_epic_link_is_a_parent(load):
    jira, _ = load(issue("A-2", 2, customfield_10014="A-1"), epic("A-1", 1))
    assert jira.issue("A-2").parent == 1
    assert [i.key for i in jira.search('"Epic Link" = A-1')] == ["A-2"]
    shown = render.Wanted(jira, ["customfield_10014", "parent"], "id").fields(jira.issue("A-2"))
    assert (shown["customfield_10014"], shown["parent"]["key"]) == ("A-1", "A-1")


@pytest.mark.parametrize("deployment", ["cloud", "datacenter"])
def test_a_story_that_leaves_its_epic_shows_no_trace_of_what_it_came_with(load, deployment):
    came_with = {"customfield_10014": "A-1", "parent": {"id": "1", "key": "A-1"}}
    jira, _ = load(issue("A-2", 2, **came_with), epic("A-1", 1), deployment=deployment)
    jira.reparent("A-2", None)
    shown = render.Wanted(jira, ["customfield_10014", "parent"], "id").fields(jira.issue("A-2"))
    assert shown == {"customfield_10014": None}
    assert jira.search('"Epic Link" = A-1') == []


def test_a_link_to_an_epic_that_is_not_here_stays_as_it_came(load):
    jira, _ = load(issue("A-2", 2, customfield_10014="X-9"))
    assert jira.issue("A-2").parent is None
    shown = render.Wanted(jira, ["customfield_10014"], "id").fields(jira.issue("A-2"))
    assert shown == {"customfield_10014": "X-9"}


def test_a_parent_is_the_one_of_the_same_origin(load):
    """Both origins have an A-1; the second one's is renumbered, and its stories go with it."""
    jira, _ = load(
        epic("A-1", 1),
        issue("A-2", 2, parent={"id": "1", "key": "A-1"}),
        epic("A-1", 1, SMALL),
        issue("A-5", 5, SMALL, parent={"id": "1", "key": "A-1"}),
        issue("A-6", 6),
    )
    assert jira.issue("A-2").parent == 1
    assert jira.store.issues[jira.issue("A-5").parent].key == "A-900001"


# --- history, flags, people


def test_a_history_is_read_oldest_first_in_the_sites_words(load):
    history = [
        entry(12, 3, "status", ("1", "Open"), ("6", "Closed")),
        entry(11, 2, "summary", (None, "x"), (None, "A-1")),
    ]
    jira, _ = load(issue("A-1", 1, history=history, status=CLOSED))
    made = jira.issue("A-1")
    assert made.lazy is not None
    assert [(c.id, c.items[0]["field"]) for c in made.changes()] == [(11, "summary"), (12, "status")]
    assert made.lazy is None
    assert made.changes()[0].at == 1_577_916_000_000
    assert made.changes()[0].author["displayName"] == "Ann Bee"


def test_what_happens_here_comes_after_what_was_loaded(load):
    jira, _ = load(issue("A-1", 1, history=[entry(11, 2, "summary", (None, "x"), (None, "A-1"))]))
    jira.edit("A-1", {"summary": "now"})
    assert [c.items[0]["toString"] for c in jira.issue("A-1").changes()] == ["A-1", "now"]


def test_a_history_of_a_renumbered_parent_names_its_new_number(load):
    history = [entry(11, 2, "IssueParentAssociation", (None, None), ("1", "B-1"))]
    jira, _ = load(
        epic("A-1", 1),
        issue("A-2", 2),
        issue("A-3", 3),
        epic("B-1", 1, SMALL),
        issue("B-2", 4, SMALL, history=history, parent={"id": "1", "key": "B-1"}),
    )
    assert jira.issue("B-2").changes()[0].items[0]["to"] == str(jira.issue("B-1").id) == "900000001"


def test_an_agile_flag_is_the_flagged_field(load):
    jira, _ = load(issue("A-1", 1, flagged=True), issue("A-2", 2, flagged=False))
    assert [i.key for i in jira.search("Flagged = Impediment")] == ["A-1"]
    jira.flag("A-1", False)
    assert jira.search("Flagged is not EMPTY") == []


def test_a_real_issue_can_be_worked_on_like_any_other(load):
    done = {"id": "1", "name": "Fixed"}
    jira, _ = load(issue("A-1", 1, resolution=done, status=CLOSED), issue("A-2", 2))
    jira.transition("A-2", "Closed", resolution="Fixed")
    assert jira.value("A-2", "resolution")["name"] == "Fixed"
    assert [i.key for i in jira.search("resolution = Fixed ORDER BY key")] == ["A-1", "A-2"]


@pytest.mark.parametrize("deployment", ["cloud", "datacenter"])
def test_both_faces_show_it(tmp_path, deployment):
    file = tmp_path / "issues.jsonl"
    sprint = {"id": 3, "name": "Three", "state": "active", "boardId": 1}
    file.write_text(json.dumps(issue("A-1", 1, description="words", customfield_10020=[sprint])) + "\n")
    with Sandbox(deployment, issues=file) as sandbox:
        call = Caller(sandbox)
        shown = call("GET issue/A-1").json()["fields"]
        call.session.close()
    if deployment == "cloud":
        assert shown["description"]["type"] == "doc"
        assert shown["customfield_10020"] == [sprint]
    else:
        assert shown["description"] == "words"
        assert "id=3," in shown["customfield_10020"][0]
        assert "state=ACTIVE" in shown["customfield_10020"][0]
