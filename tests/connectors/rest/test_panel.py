"""Comments and links of a described system: one of ours for each key result, whatever the system does."""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import Any

import pytest

from bridge.errors import NotFound, Rejected
from bridge.tools import tool_of
from connectors.base import Mark, RemoteLink
from tests.contract import BODY, LINK, MARK, PanelContract, System
from tests.inhouse import TOML, Tracker, opened, settings
from tests.plain_panels import WithoutPropertyContract

LATER = Mark("here", "O1-KR1", "def")


class TestPanel(WithoutPropertyContract):
    values = tuple(  # type: ignore[assignment]
        {role: value for role, value in one.items() if role != "score"} for one in PanelContract.values
    )


class TestPanelMadeAnew(TestPanel):
    """The same where no link can be changed, and where none has a place for our own id."""

    @pytest.fixture
    def system(self, tracker: Tracker) -> System:
        text = TOML.replace('change = { path = "links/{link}" }\n', "").replace('mark = "external_id"\n', "")
        return opened(tracker, text)


@pytest.fixture
def item(system: System) -> str:
    return str(system.driver.make("Anchor"))


def sent(tracker: Tracker, method: str) -> list[Any]:
    return [one for one in tracker.asked if one.method == method]


def test_a_link_without_a_place_for_our_id_bears_it_behind_the_address(tracker):
    system = opened(tracker, TOML.replace('mark = "external_id"\n', ""))
    item = tracker.make("Anchor")
    system.connector.put_link(item, LINK)
    [held] = tracker.beside["links"].values()
    assert held["href"].startswith("https://okr.example/1#okr-bridge=")
    assert system.connector.look(item).links[LINK.global_id]["url"] == "https://okr.example/1"


def test_a_link_that_stands_is_not_written_again_and_doubles_of_ours_go(system, item):
    system.connector.put_link(item, LINK)
    [one] = system.driver.beside["links"].values()
    system.driver.put("links", item, {k: v for k, v in one.items() if k not in ("task", "by")})
    system.connector.put_link(item, LINK)
    assert len(system.driver.beside["links"]) == 1
    assert len(sent(system.driver, "POST")) == 1
    assert sent(system.driver, "PATCH") == []


def test_what_a_link_tells_is_what_is_described_of_it(system, item):
    system.connector.put_link(
        item, RemoteLink(global_id=LINK.global_id, url=LINK.url, title="{url}", summary="60%")
    )
    assert system.connector.look(item).links[LINK.global_id] == {
        "url": LINK.url,
        "title": "{url}",
        "summary": "60%",
    }


@pytest.mark.parametrize("kind", ["comments", "links"])
def test_what_is_taken_and_not_kept_is_told(system, item, kind):
    system.driver.forgets = kind
    put: Callable[[], object] = (
        (lambda: system.connector.put_comment(item, BODY, MARK))
        if kind == "comments"
        else (lambda: system.connector.put_link(item, LINK))
    )
    with pytest.raises(Rejected, match=r"POST tasks/101/\w+ was answered as done, and no"):
        put()


def test_a_rewrite_or_a_removal_that_is_not_kept_is_told(system, item):
    made = system.connector.put_comment(item, BODY, MARK)
    system.driver.forgets = "comments"
    with pytest.raises(Rejected, match=r"PATCH comments/\d+ was answered as done"):
        system.connector.put_comment(item, BODY, LATER, made)
    with pytest.raises(Rejected, match="and the comment is there"):
        system.connector.remove_comment(item, made)


def test_a_comment_of_somebody_else_with_our_mark_is_not_ours_and_no_more_are_made(system, item):
    made = system.connector.put_comment(item, BODY, MARK)
    system.driver.beside["comments"][made]["by"] = {"id": "somebody"}
    assert system.connector.look(item).comments == ()
    with pytest.raises(NotFound):
        system.connector.put_comment(item, BODY, LATER, made)
    with pytest.raises(Rejected, match=r'by "by.id" \(write.comment.author\) it is not'):
        system.connector.put_comment(item, BODY, MARK)
    system.connector.remove_comment(item, made)
    assert made in system.driver.said(item)


def test_without_an_author_the_mark_alone_decides(tracker):
    system = opened(tracker, TOML.replace('author = "by.id"\n', ""))
    item = tracker.make("Anchor")
    made = system.connector.put_comment(item, BODY, MARK)
    tracker.beside["comments"][made]["by"] = {"id": "renamed"}
    assert [one.id for one in system.connector.look(item).comments] == [made]


# --- a system that can only add

ADDS = "\n".join(
    line
    for line in TOML.splitlines()
    if line not in ('change = { path = "comments/{comment}" }', 'remove = { path = "comments/{comment}" }')
)


@pytest.fixture
def adder(tracker: Tracker) -> System:
    return opened(tracker, ADDS)


def test_one_that_can_only_add_says_so_and_rewrites_and_removes_nothing(adder):
    one = settings(ADDS).connections["inhouse"]
    assert tool_of(one).cannot(one) == {"score", "property", "sticky"}
    item = adder.driver.make("Anchor")
    made = adder.connector.put_comment(item, BODY, MARK)
    second = adder.connector.put_comment(item, BODY, LATER)
    assert {one.id: one.mark for one in adder.connector.look(item).comments} == {made: MARK, second: LATER}
    with pytest.raises(Rejected, match="stays as it is"):
        adder.connector.put_comment(item, BODY, LATER, made)
    with pytest.raises(Rejected, match="no way to remove comment") as error:
        adder.connector.remove_comment(item, made)
    assert "by hand" in error.value.hint
    assert len(adder.driver.said(item)) == 2


# --- how it is spelt


@pytest.mark.parametrize("form", ["markdown", "html"])
def test_a_comment_is_in_the_form_that_the_system_shows(tracker, form):
    system = opened(tracker, TOML.replace('text = "text"\n', f'text = "text"\nformat = "{form}"\n'))
    item = tracker.make("Anchor")
    system.connector.put_comment(item, BODY, MARK)
    [request] = sent(tracker, "POST")
    strong = {"markdown": "**60%**", "html": "<strong>60%</strong>"}
    assert strong[form] in json.loads(request.body)["text"]
    assert [one.mark for one in system.connector.look(item).comments] == [MARK]
