"""Bad answers: nothing is written, the last value stays with the reason, and the next good run is right."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from bridge.sandbox.faults import Aim, Faults
from tests.story_desk import ON_CLOUD_AND_AS_A_PROOF_ON_DATA_CENTER, Desk, kr

Trouble = Callable[[Faults], None]


def searches(trouble: Callable[[Aim], None], **aim: int) -> Trouble:
    """Trouble in every list of issues from now on, or as `aim` says."""
    return lambda faults: trouble(faults.on(path=r"/search", **({"times": 99} | aim)))


LISTS: dict[str, Trouble] = {
    "cut-off JSON": searches(lambda aim: aim.truncated()),
    "a web page with status 200": searches(lambda aim: aim.html()),
    "an empty answer after a lost login": searches(lambda aim: aim.anonymous()),
    "403": searches(lambda aim: aim.status(403, "no")),
    "404": searches(lambda aim: aim.status(404, "no")),
    "503 and no end": searches(lambda aim: aim.status(503)),
    "the connection dropped": searches(lambda aim: aim.drop()),
    "a list of something else": searches(lambda aim: aim.status(200)),
}
CONTENTS: dict[str, Trouble] = {
    "cut-off contents": lambda faults: faults.on(path=r"bulkfetch", times=99).truncated(),
    "a web page for contents": lambda faults: faults.on(path=r"bulkfetch", times=99).html(),
    "contents after a lost login": lambda faults: faults.on(path=r"bulkfetch", times=99).anonymous(),
    "contents refused": lambda faults: faults.on(path=r"bulkfetch", times=99).status(403, "no"),
}


def furnish(desk: Desk) -> list[str]:
    """One key result of an Epic, written at 50%; its stories."""
    epic, stories = desk.epic("done", "todo")
    desk.okrs(kr("KR1", keys=epic) + kr("KR2", query=f"key in ({stories[0]}, {stories[1]})"))
    assert desk.percents() == {"KR1": 50, "KR2": 50}
    desk.asked()
    return stories


def left_alone(desk: Desk, stories: list[str], trouble: Trouble) -> None:
    desk.sandbox.jira.resolve(stories[1])
    trouble(desk.sandbox.faults)
    code = desk.run("sync", "--json")
    assert code in (1, 3), desk.out
    assert '"percent": 50' in desk.out
    assert '"percent": 100' not in desk.out
    assert desk.written() == []
    assert "Traceback" not in desk.err
    assert desk.run("status") == 0
    assert "50%" in desk.out
    assert desk.run("sync") in (1, 3)
    assert "hint" in desk.out.lower()
    desk.sandbox.faults.clear()
    assert desk.percents() == {"KR1": 100, "KR2": 100}


@ON_CLOUD_AND_AS_A_PROOF_ON_DATA_CENTER
@pytest.mark.parametrize("trouble", LISTS.values(), ids=LISTS)
def test_a_list_that_is_none_changes_nothing(desk: Desk, trouble: Trouble) -> None:
    left_alone(desk, furnish(desk), trouble)


@pytest.mark.parametrize("trouble", CONTENTS.values(), ids=CONTENTS)
def test_contents_that_are_none_change_nothing(cloud_desk: Desk, trouble: Trouble) -> None:
    left_alone(cloud_desk, furnish(cloud_desk), trouble)


@pytest.mark.parametrize("kind", ["the same token again", "an empty page on the way"])
def test_a_walk_that_goes_in_circles_is_refused_and_an_empty_page_is_none(
    cloud_desk: Desk, kind: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """R33: a page may be empty before the end, and only the token tells the end."""
    desk = cloud_desk
    monkeypatch.setattr("connectors.jira.cloud.PAGE", 2)
    epic, stories = desk.epic(*["todo"] * 5)
    desk.okrs(kr("KR1", query=f"parent = {epic}"))
    assert desk.percents() == {"KR1": 0}
    for story in stories:
        desk.sandbox.jira.resolve(story)
    aim = desk.sandbox.faults.on(path=r"/search", times=3 if "empty" in kind else 99)
    (aim.empty_page if "empty" in kind else aim.repeated_token)()
    report = desk.sync()
    if "empty" in kind:
        assert (report["key_results"][0]["percent"], report["problems"]) == (100, [])
        return
    assert report["key_results"][0]["percent"] == 0
    assert "circles" in report["problems"][0]["message"]
    desk.sandbox.faults.clear()
    assert desk.percents() == {"KR1": 100}


def test_two_of_four_links_that_cannot_be_read(desk: Desk) -> None:
    """R32."""
    epics = [desk.epic("done", "todo")[0] for _ in range(4)]
    links = ", ".join(f'{{ connection = "acme", keys = ["{epic}"] }}' for epic in epics)
    one = kr("KR1", keys="X").replace('{ connection = "acme", keys = ["X"] }', links)
    desk.okrs(one + kr("KR2", keys=epics[0]))
    assert desk.percents() == {"KR1": 50, "KR2": 50}
    for epic in epics[2:]:
        desk.sandbox.jira.hide(epic)
    story = desk.sandbox.jira.add_issue("SHOP", "Story", "Done", parent=epics[0]).key
    desk.sandbox.jira.resolve(story)
    desk.asked()
    assert desk.run("sync", "--full", "--json") == 3
    report = desk.json("sync")
    first, second = report["key_results"]
    assert (first["percent"], second["percent"]) == (50, 67)
    assert "2 of 4 links unreadable" in " ".join(first["notes"])
    assert {entry["id"]: entry["percent"] for entry in desk.property(epics[0])["key_results"]} == {
        "KR1": 50,
        "KR2": 67,
    }
    assert [one for one in desk.written() if epics[1] in one] == []
    for epic in epics[2:]:
        desk.sandbox.jira.hide(epic, False)
    assert desk.run("sync") == 0


def test_without_permission_to_browse_nothing_moves(desk: Desk) -> None:
    epic, stories = desk.epic("done", "todo", project="GROW")
    desk.okrs(kr("KR1", keys=epic) + kr("KR2", query=f"key in ({stories[0]}, {stories[1]})"))
    assert desk.percents() == {"KR1": 50, "KR2": 50}
    desk.asked()
    desk.sandbox.jira.permissions.forbid("BROWSE_PROJECTS", "GROW")
    try:
        for _ in range(2):
            assert desk.run("sync", "--json") == 3
            assert '"percent": 50' in desk.out
        assert desk.written() == []
    finally:
        desk.sandbox.jira.permissions.allow("BROWSE_PROJECTS", "GROW")
    assert desk.run("sync") == 0


def test_two_hundred_and_fifty_hits_are_two_hundred_and_fifty(
    cloud_desk: Desk, monkeypatch: pytest.MonkeyPatch
) -> None:
    """R33."""
    monkeypatch.setattr("connectors.jira.cloud.PAGE", 100)
    jira = cloud_desk.sandbox.jira
    for _ in range(250):
        jira.add_issue("SHOP", "Task", "One of many", labels=["many"])
    cloud_desk.okrs(kr("KR1", query="labels = many"))
    assert cloud_desk.sync()["key_results"][0]["counts"]["counted"] == 250
    cloud_desk.sandbox.faults.on(path="/search", skip=2).truncated()
    report = cloud_desk.sync()
    assert report["key_results"][0]["percent"] == 0
    assert report["problems"]
    assert report["writes"] == []
