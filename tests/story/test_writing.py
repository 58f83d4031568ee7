"""What is written on issues, and what is left alone: people's values, other bridges' marks, bad places."""

from __future__ import annotations

import json
from typing import Any

import pytest

from tests.story_desk import CYCLE, ON_CLOUD_AND_AS_A_PROOF_ON_DATA_CENTER, Desk, kr

NASTY = {
    "markup": "[a|https://evil.example] *b* h1. {code} || c | d <script>alert(1)</script> & [red]e[/red]",
    "mentions": "@channel [~accountid:712020:mara] ask @mara",
    "a document in a title": '{"type": "doc", "version": 1, "content": [{"type": "text"}]}',
    "Chinese and emoji": "进入中国市场 🚀 完成率",
    "three hundred letters": "x" * 300,
    "lines and quotes": 'one\\n\\ttwo \\"three\\" \\\\ four',
}


def installed(desk: Desk) -> Desk:
    """The desk's site with the bridge's fields."""
    desk.okrs(kr("KR0", keys="SHOP-1"))
    assert desk.run("fields", "install", "--apply") in (0, 3), desk.err
    return desk


def field(desk: Desk, key: str, name: str) -> Any:
    return desk.sandbox.jira.value(key, name)


def comments(desk: Desk, key: str) -> list[str]:
    """The bodies of all comments on an issue, as text."""
    return [json.dumps(one.body, ensure_ascii=False) for one in desk.sandbox.jira.issue(key).comments]


def titled(title: str, epic: str) -> str:
    return kr("KR1", keys=epic).replace('"KR1 title"', f'"{title}"')


@ON_CLOUD_AND_AS_A_PROOF_ON_DATA_CENTER
@pytest.mark.parametrize("title", NASTY.values(), ids=NASTY)
def test_what_people_typed_is_shown_as_they_typed_it(desk: Desk, title: str) -> None:
    epic, _ = installed(desk).epic("done", "todo")
    desk.okrs(titled(title.replace('"', '\\"') if title.startswith("{") else title, epic))
    report = desk.sync()
    assert report["problems"] == []
    shown = field(desk, epic, "KR")
    assert shown.startswith(("KR1: " + " ".join(report["key_results"][0]["title"].split()))[:200])
    assert len(shown) <= 255
    assert "\n" not in shown
    assert desk.property(epic)["key_results"][0]["title"] == report["key_results"][0]["title"]
    [comment] = comments(desk, epic)
    assert '"type": "mention"' not in comment
    again = desk.sync()
    assert again["writes"] == []
    assert desk.run("plan") == 0


def test_a_persons_value_is_kept_or_overwritten_as_configured(desk: Desk) -> None:
    epic, stories = installed(desk).epic("done", "todo")
    desk.okrs(kr("KR1", keys=epic))
    desk.run("sync")
    desk.sandbox.jira.edit(epic, {"KR progress": 99.0})
    assert desk.run("sync", "--json") == 0
    [drift] = [write for write in json.loads(desk.out)["writes"] if write["name"] == "KR progress"]
    assert (drift["outcome"], drift["before"], drift["after"]) == ("drifted", 99, 50)
    desk.sandbox.jira.resolve(stories[1])
    report = desk.sync()
    assert field(desk, epic, "KR progress") == 99
    assert field(desk, epic, "KR score") == 1
    assert report["run"]["outcome"] == "done"
    desk.okrs(kr("KR1", keys=epic, more='publish = { drift = "overwrite" }'))
    desk.run("sync")
    assert field(desk, epic, "KR progress") == 100


def test_another_bridges_marks_are_not_touched(desk: Desk) -> None:
    epic, _ = installed(desk).epic("done", "todo")
    theirs = {"version": 1, "instance": "other", "key_results": [{"id": "KR9", "title": "Theirs"}]}
    issue = desk.sandbox.jira.issue(epic)
    issue.properties["okr-bridge"] = theirs
    mark = {"okr-bridge": {"version": 1, "instance": "other", "kr": "KR1", "hash": "x"}}
    body: Any = "theirs"
    if desk.sandbox.deployment == "cloud":
        text = [{"type": "text", "text": "theirs"}]
        body = {"type": "doc", "version": 1, "content": [{"type": "paragraph", "content": text}]}
    desk.sandbox.jira.comment(epic, body, properties=mark)
    desk.okrs(kr("KR1", keys=epic, more='publish = { drift = "overwrite" }'))
    for _ in range(2):
        desk.run("sync")
        assert desk.property(epic) == theirs
    assert len(comments(desk, epic)) == 2
    desk.run("unpublish", "--apply")
    assert desk.property(epic) == theirs
    assert [one for one in comments(desk, epic) if "theirs" in one] == comments(desk, epic)


def test_notifications_are_spared_where_that_is_allowed(desk: Desk) -> None:
    epic, _ = installed(desk).epic("done", "todo")
    desk.okrs(kr("KR1", keys=epic))
    desk.sandbox.faults.on("editIssue").notify_users_refused()
    assert desk.run("sync") == 0
    assert field(desk, epic, "KR progress") == 50


def test_a_comment_that_a_person_deleted_is_written_again_when_there_is_news(desk: Desk) -> None:
    epic, stories = desk.epic("done", "todo")
    desk.okrs(kr("KR1", keys=epic))
    desk.run("sync")
    desk.sandbox.jira.issue(epic).comments.clear()
    assert desk.run("sync") == 0
    desk.sandbox.jira.resolve(stories[1])
    assert desk.run("sync") == 0
    assert len(comments(desk, epic)) == 1
    assert "100" in comments(desk, epic)[0]


def test_a_comment_on_a_customers_request_is_internal(desk: Desk) -> None:
    request = desk.sandbox.jira.add_issue("HELP", "Service Request", "Please").key
    anchors = f'anchors = [{{ connection = "acme", key = "{request}" }}]'
    desk.okrs(kr("KR1", query=f"key = {request}", more=anchors))
    assert desk.run("sync") in (0, 3)  # 3 where the screen of this project does not have the fields
    [comment] = desk.sandbox.jira.issue(request).comments
    assert comment.properties["sd.public.comment"] == {"internal": True}


def test_several_key_results_on_one_epic(desk: Desk) -> None:
    epic, (done, _) = installed(desk).epic("done", "todo")
    anchors = f'anchors = [{{ connection = "acme", key = "{epic}" }}]'
    desk.okrs(kr("KR1", keys=epic) + kr("KR2", keys=done, more=anchors))
    report = desk.sync()
    assert report["problems"] == []
    assert field(desk, epic, "KR") == "KR1, KR2: KR1 title; KR2 title"
    assert field(desk, epic, "KR progress") == 50
    assert [one["percent"] for one in desk.property(epic)["key_results"]] == [50, 100]
    assert len(comments(desk, epic)) == 2
    assert len(desk.sandbox.jira.issue(epic).remote) == 2
    assert desk.sync()["writes"] == []


def test_drafts_are_written_nowhere(desk: Desk) -> None:
    epic, _ = desk.epic("done", "todo")
    desk.asked()
    desk.okrs(kr("KR1", keys=epic), head=CYCLE + 'state = "draft"\n')
    assert desk.percents() == {"KR1": 50}
    assert desk.written() == []


@pytest.mark.parametrize(
    ("publish", "left"),
    [
        ("fields = false", {"comment", "property", "remote_link"}),
        ('comment = "off"', {"field", "property", "remote_link"}),
        ("property = false", {"field", "comment", "remote_link"}),
        ("remote_link = false", {"field", "comment", "property"}),
    ],
    ids=["fields", "comment", "property", "remote link"],
)
def test_each_kind_of_mark_can_be_off(cloud_desk: Desk, publish: str, left: set[str]) -> None:
    desk = installed(cloud_desk)
    epics = [desk.epic("done", "todo")[0] for _ in range(2)]
    desk.okrs(kr("KR1", keys=epics[0], more=f"publish = {{ {publish} }}") + kr("KR2", keys=epics[1]))
    everything = {"field", "comment", "property", "remote_link"}
    kinds = {id: {w["what"] for w in desk.sync()["writes"] if w["kr"] == id} for id in ("KR1",)}
    assert kinds["KR1"] == left
    third, _ = desk.epic("done")
    desk.configure(bridge='public_url = "https://okr.example"', more=f"[publish]\n{publish}")
    desk.okrs(kr("KR3", keys=third))
    assert {write["what"] for write in desk.sync()["writes"]} == left < everything


def test_milestone_comments_come_at_quarters_and_stay(cloud_desk: Desk) -> None:
    desk = cloud_desk
    epic, stories = desk.epic("todo", "todo", "todo", "todo", "todo")
    desk.okrs(kr("KR1", keys=epic, more='publish = { comment = "milestones" }'))
    counts = []
    for story in (None, *stories):
        if story:
            desk.sandbox.jira.resolve(story)
        assert desk.run("sync") == 0
        assert desk.sync()["writes"] == []
        counts.append(len(comments(desk, epic)))
    assert counts[0] == 1
    assert counts == sorted(counts)
    assert counts[-1] >= 5


def test_the_word_outdated_alone_is_written_when_the_last_reading_is_too_old(desk: Desk) -> None:
    epic, _ = installed(desk).epic("done", "todo")
    hidden, _ = desk.epic("done")
    both = f'[{{ connection = "acme", keys = ["{epic}"] }}, {{ connection = "acme", keys = ["{hidden}"] }}]'
    desk.okrs(kr("KR1", keys="X").replace('[{ connection = "acme", keys = ["X"] }]', both))
    desk.run("sync", "--now", "2026-11-21T12:00")
    before = desk.property(epic)["key_results"][0]
    desk.sandbox.jira.hide(hidden)
    assert desk.run("sync", "--now", "2026-11-27T12:00") == 3
    assert desk.property(epic)["key_results"][0] == before
    report = desk.sync("--now", "2026-11-30T12:00")
    assert {(write["name"], write["after"]) for write in report["writes"] if write["what"] == "field"} == {
        ("KR status", "Outdated")
    }
    after = desk.property(epic)["key_results"][0]
    assert after == before | {"pace": "outdated"}
    assert field(desk, epic, "KR progress") == 67


def test_the_instant_of_change_stays_while_the_figures_do(desk: Desk) -> None:
    epic, stories = installed(desk).epic("done", "todo")
    desk.okrs(kr("KR1", keys=epic))
    desk.run("sync", "--now", "2026-11-21T12:00")
    first = desk.property(epic)["key_results"][0]["updated"]
    desk.asked()
    desk.run("sync", "--now", "2026-11-21T13:00")
    assert desk.written() == []
    desk.sandbox.jira.resolve(stories[1])
    desk.run("sync", "--now", "2026-11-21T14:00")
    second = desk.property(epic)["key_results"][0]["updated"]
    assert (first[:16], second[:16]) == ("2026-11-21T11:00", "2026-11-21T13:00")


def test_everything_speaks_chinese_where_that_is_wanted(desk: Desk) -> None:
    desk.configure(bridge='language = "zh-CN"')
    epic, _ = installed(desk).epic("done", "todo")
    desk.okrs(kr("KR1", keys=epic))
    report = desk.sync()
    assert report["problems"] == []
    word = field(desk, epic, "KR status")
    assert not word.isascii()
    assert any(not note.isascii() for note in desk.json("explain", "KR1")["notes"])
    assert desk.run("status") == 0
    assert not desk.out.isascii()
    assert desk.sync()["writes"] == []


def test_a_field_that_is_not_on_the_screen_is_refused_and_the_rest_lands(desk: Desk) -> None:
    """On a screen of their own: fields that exist, and that this project does not show."""
    epic, _ = installed(desk).epic("done", "todo")
    jira = desk.sandbox.jira
    names = ("KR", "KR progress", "KR status", "KR score", "KR updated")
    found = [one for one in jira.catalog.fields.values() if one.name in names]
    kept = [(list_, list(list_)) for screen in jira.catalog.screens.values() for _, _, list_ in screen.tabs]
    projects = [(one, set(one.projects)) for one in found if isinstance(getattr(one, "projects", None), set)]
    try:
        for list_, _ in kept:
            list_[:] = [id for id in list_ if id not in {one.id for one in found}]
        for one, _ in projects:
            one.projects.clear()
        desk.okrs(kr("KR1", keys=epic))
        assert desk.run("sync", "--json") == 3
        report = json.loads(desk.out)
        refused = {write["name"] for write in report["writes"] if write["outcome"] == "refused"}
        assert refused == set(names)
        assert any("fields install" in problem["hint"] for problem in report["problems"])
        assert desk.property(epic)["key_results"][0]["percent"] == 50
        assert len(comments(desk, epic)) == 1
    finally:
        for list_, before in kept:
            list_[:] = before
        for one, places in projects:
            one.projects.update(places)
    assert desk.run("sync") == 3
    assert "sync --full" in " ".join(desk.out.split())
    assert desk.run("sync", "--full") == 0
    assert field(desk, epic, "KR progress") == 50
