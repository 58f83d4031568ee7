"""Real issues on one site: what is kept, what is renumbered, and what is told about it."""

from __future__ import annotations

import gzip
import json
from itertools import pairwise

import pytest

from bridge.sandbox import Sandbox
from bridge.sandbox.real import Unreadable
from tests.shared import path

ONE, TWO = "one.example", "two.example"


def issue(host, id, key, **fields):
    status = {"id": "1", "name": "Open", "statusCategory": {"id": 2, "key": "new", "name": "To Do"}}
    base = {
        "summary": f"{key} of {host}",
        "status": status,
        "issuetype": {"id": "1", "name": "Story", "subtask": False},
        "project": {"id": "10", "key": key.partition("-")[0], "name": "P"},
        "created": "2020-01-02T03:04:05.678+0000",
        "updated": "2020-01-03T03:04:05.678+0000",
    }
    return {
        "id": str(id),
        "self": f"https://{host}/rest/api/2/issue/{id}",
        "key": key,
        "fields": base | fields,
    }


def written(tmp_path, issues):
    file = tmp_path / "issues.jsonl.gz"
    file.write_bytes(gzip.compress("\n".join(map(json.dumps, issues)).encode()))
    return file


def loaded(file, deployment="cloud", host=None):
    sandbox = Sandbox(deployment, issues=file, host=host)
    sandbox._socket.close()
    return sandbox


def test_ids_and_words_of_two_hosts_are_kept_apart_and_told(tmp_path):
    other = {"id": "1", "name": "Abierto", "statusCategory": {"id": 2, "key": "new", "name": "Por hacer"}}
    history = {"histories": [{"id": "5", "created": "2020-01-02T04:00:00.000+0000", "items": [
        {"field": "status", "fieldtype": "jira", "from": "7", "fromString": "Nuevo",
         "to": "1", "toString": "Abierto"},
    ]}]}  # fmt: skip
    file = written(
        tmp_path,
        [
            issue(TWO, 1, "B-1", status=other) | {"changelog": history},
            issue(ONE, 1, "A-1"),
            issue(ONE, 2, "A-2"),
        ],
    )
    sandbox = loaded(file)
    jira = sandbox.jira
    assert [i.id for i in (jira.issue("A-1"), jira.issue("A-2"))] == [1, 2]
    second = jira.issue("B-1")
    assert second.id >= 900_000_000
    assert second.fields["status"]["id"] != "1"
    assert second.changes()[0].items[0]["to"] == second.fields["status"]["id"]
    assert second.fields["status"]["statusCategory"]["name"] == "Por hacer"
    assert any("renumbered" in note and "B-1" in note for note in sandbox.notes)
    assert any("Abierto" in note for note in sandbox.notes)
    assert [i.key for i in jira.search("status = Open")] == ["A-2", "A-1"]


def test_one_host_alone_keeps_its_own_ids(tmp_path):
    file = written(tmp_path, [issue(TWO, 1, "B-1"), issue(ONE, 1, "A-1"), issue(ONE, 2, "A-2")])
    sandbox = loaded(file, host=TWO)
    assert [(i.id, i.key) for i in sandbox.jira.store.issues.values()] == [(1, "B-1")]
    assert sandbox.notes == []


def test_a_key_that_stands_twice_is_given_a_new_number(tmp_path):
    file = written(tmp_path, [issue(ONE, 1, "A-1"), issue(ONE, 3, "A-2"), issue(TWO, 2, "A-1")])
    sandbox = loaded(file)
    assert sandbox.jira.issue("A-900001").fields["summary"] == "A-1 of two.example"
    assert any("A-1 stands on another host too" in note for note in sandbox.notes)


def test_parents_are_tied_and_one_that_was_never_loaded_is_shown_as_it_came(tmp_path):
    epic = {"id": "9", "name": "Epic", "subtask": False}
    outside = {"id": "77", "key": "X-7", "fields": {"summary": "far"}}
    file = written(
        tmp_path,
        [
            issue(ONE, 2, "A-2", parent={"id": "1", "key": "A-1"}),
            issue(ONE, 1, "A-1", issuetype=epic),
            issue(ONE, 3, "A-3", parent=outside),
        ],
    )
    jira = loaded(file).jira
    assert [i.key for i in jira.search("parent = A-1")] == ["A-2"]
    from bridge.sandbox import render

    wanted = render.Wanted(jira, ["parent"], "id")
    assert wanted.fields(jira.issue("A-2"))["parent"]["fields"]["issuetype"]["name"] == "Epic"
    assert wanted.fields(jira.issue("A-3"))["parent"] == outside


def test_custom_fields_get_definitions_by_their_values(tmp_path):
    option = {"self": "x", "value": "Red", "id": "5"}
    file = written(
        tmp_path,
        [
            issue(ONE, 1, "A-1", customfield_10500=2.5, customfield_10501="words", customfield_10502=["a"]),
            issue(ONE, 2, "A-2", customfield_10503=option, customfield_10504=[option], flagged=True),
        ],
    )
    jira = loaded(file).jira
    types = {id: jira.catalog.fields[f"customfield_{id}"].type for id in range(10500, 10505)}
    assert types == {10500: "number", 10501: "string", 10502: "array", 10503: "option", 10504: "array"}
    assert [i.key for i in jira.search("cf[10500] > 2 OR cf[10503] = red")] == ["A-2", "A-1"]
    assert [i.key for i in jira.search("Flagged is not EMPTY")] == ["A-2"]


BROKEN = {"nothing in it": [], "no issues": [{"id": "1"}]}


@pytest.mark.parametrize("case", BROKEN)
def test_a_file_without_issues_is_refused(tmp_path, case):
    with pytest.raises(Unreadable, match=r"issues\.jsonl\.gz"):
        loaded(written(tmp_path, BROKEN[case]))


def test_a_host_that_is_not_in_the_file_is_refused(tmp_path):
    with pytest.raises(Unreadable, match="no issues of nowhere"):
        loaded(written(tmp_path, [issue(ONE, 1, "A-1")]), host="nowhere")


@pytest.fixture(scope="module")
def real():
    return loaded(path("data/jira-real/issues.jsonl.gz"))


def test_all_real_issues_are_there_and_the_renumbered_are_told(real):
    assert len(real.jira.store.issues) == 22_460
    moved = [note for note in real.notes if "renumbered" in note]
    assert sum(note.count(",") + 1 - note.count("id taken") for note in moved) == 11
    assert len(real.jira.search("project = TIMOB AND statusCategory = Done ORDER BY key")) > 10_000


def test_the_real_histories_still_lead_to_the_present(real):
    told = 0
    for one in real.jira.store.issues.values():
        chain = [item for change in one.changes() for item in change.items if item["field"] == "status"]
        if chain:
            told += 1
            assert all(a["to"] == b["from"] for a, b in pairwise(chain)), one.key
            assert chain[-1]["to"] == one.fields["status"]["id"], one.key
    assert told > 2000


def test_one_status_may_stand_in_two_categories(real):
    chinese = [i for i in real.jira.store.issues.values() if i.status == "已完成"]
    assert {i.category for i in chinese} == {"new", "done"}
    assert len({i.fields["status"]["id"] for i in chinese}) == 1


def test_real_parents_answer_by_epic_link_too(real):
    assert len(real.jira.search('"Epic Link" is not EMPTY')) > 400
