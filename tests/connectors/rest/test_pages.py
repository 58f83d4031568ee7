"""Every kind of paging brings each record once, or refuses: no list is ever taken for shorter than it is."""

from __future__ import annotations

import json
import re
from typing import Any
from urllib.parse import parse_qs, urlsplit

import pytest
import responses
from requests import Session

from bridge.errors import NotFound, PartialRead, UnexpectedAnswer
from connectors.clock import system_clock
from connectors.http import Http, HttpOptions
from connectors.rest.described import Paging, Spot
from connectors.rest.pages import Walker

BASE = "https://x.example/api"
COUNT, SIZE = 7, 3


class Server:
    """Serves `COUNT` records by one kind of paging; `cut` leaves out the end, `leads` leads away, `beyond` is
    the status behind the end; `body` is served in their place."""

    def __init__(
        self,
        kind: str,
        *,
        cut: int = COUNT,
        leads: Any = "",
        total: Any = COUNT,
        beyond: int = 200,
        body: Any = ...,
    ) -> None:
        self.kind, self.cut, self.leads, self.total = kind, cut, leads, total
        self.beyond, self.body = beyond, body
        self.asked: list[str] = []

    def __call__(self, request: Any) -> tuple[int, dict[str, str], str]:
        self.asked.append(request.url)
        asked = {name: values[0] for name, values in parse_qs(urlsplit(request.url).query).items()}
        start = int(asked.get("at", 0)) * (SIZE if self.kind == "page" else 1)
        if start >= self.cut and self.beyond != 200:
            return self.beyond, {}, "{}"
        if self.body is not ...:
            return 200, {}, json.dumps(self.body)
        items = [{"id": n} for n in range(start, min(start + SIZE, self.cut))]
        following = start + SIZE if start + SIZE < self.cut else None
        body = {"items": items, "total": self.total, "next": self.leads or following}
        headers = {}
        if self.kind == "link" and following:
            headers["Link"] = f'<{self.leads or f"{BASE}/list?at={following}&key=s"}>; rel="next"'
        return 200, headers, json.dumps(body)


def walked(server: Server, again: int = 1, **more: Any) -> list[Any]:
    chosen = {
        "kind": server.kind,
        "found": at("read.found", "items"),
        "identity": at("item.id", "id"),
        "parameter": "at",
        "first": 0,
        "size": {"limit": SIZE},
        "secret": "key",
        "total": at("pages.total", "total"),
    } | more
    if server.kind == "cursor" and "next" not in more:
        chosen["next"] = at("pages.next", "next")
    http = Http("x", BASE, Session(), HttpOptions(), system_clock())
    with responses.RequestsMock() as mock:
        mock.add_callback("GET", re.compile(re.escape(BASE) + ".*"), callback=server)
        walker, paging = Walker(http), Paging(**chosen)
        lists = [walker.walk(paging, "list", {"team": "3"}) for _ in range(again)]
        return [record["id"] for one in lists for record in one]


def at(option: str, name: str) -> Spot:
    return Spot(option, name, lambda data: data.get(name) if isinstance(data, dict) else None)


def fixed(option: str, value: Any) -> Spot:
    return Spot(option, "somewhere", lambda _: value)


KINDS = ["offset", "page", "cursor", "link"]


@pytest.mark.parametrize("kind", KINDS)
def test_every_record_comes_once(kind):
    server = Server(kind)
    assert walked(server) == list(range(COUNT))
    assert len(server.asked) == 3
    assert "team=3" in server.asked[0]


@pytest.mark.parametrize("kind", ["offset", "page"])
def test_without_a_total_only_an_empty_page_is_the_end(kind):
    server = Server(kind)
    assert walked(server, total=None) == list(range(COUNT))
    assert len(server.asked) == 4


@pytest.mark.parametrize("kind", KINDS)
def test_a_walk_cut_short_is_refused(kind):
    with pytest.raises(PartialRead, match="4 of 7 came"):
        walked(Server(kind, cut=4))


def test_one_page_that_holds_less_than_there_is_is_refused():
    with pytest.raises(PartialRead, match="3 of 7 came"):
        walked(Server("none"))


def test_a_cursor_that_leads_to_itself_is_refused():
    with pytest.raises(UnexpectedAnswer, match=r"came before|leads to itself"):
        walked(Server("cursor", leads="0"))


@pytest.mark.parametrize("away", ["https://evil.example/api/list?at=3", "https://x.example/other?at=3"])
def test_the_login_goes_nowhere_else(away):
    server = Server("link", leads=away)
    with pytest.raises(UnexpectedAnswer, match="elsewhere"):
        walked(server)
    assert len(server.asked) == 1


def test_a_key_in_the_next_address_is_not_sent_twice():
    server = Server("link")
    walked(server)
    assert all("key=" not in url for url in server.asked)


@pytest.mark.parametrize("total", ["7", None, True])
def test_a_total_that_is_no_number_is_refused(total):
    with pytest.raises(UnexpectedAnswer, match=r"at \"total\" \(pages.total\) where a count"):
        walked(Server("offset", total=total))


@pytest.mark.parametrize("found", [None, {"a": 1}, ["text"], "items"])
def test_an_answer_without_a_list_of_items_is_refused(found):
    with pytest.raises(UnexpectedAnswer, match=r"no list of items at|nothing at"):
        walked(Server("none"), found=fixed("read.found", found))


@pytest.mark.parametrize("id", [None, "", True, {"a": 1}])
def test_an_item_without_an_id_is_refused(id):
    with pytest.raises(UnexpectedAnswer, match=r"item 1 has .* at \"somewhere\" \(item.id\)"):
        walked(Server("none"), identity=fixed("item.id", id))


# --- a total that lies


@pytest.mark.parametrize("kind", ["offset", "page"])
def test_a_total_of_the_page_alone_is_found_out(kind):
    with pytest.raises(PartialRead, match=r'"total" \(pages.total\) tells 3, and there is more'):
        walked(Server(kind, total=SIZE))


@pytest.mark.parametrize("kind", KINDS)
def test_more_than_the_total_is_refused(kind):
    with pytest.raises(PartialRead, match=r"came, and .* tells 2"):
        walked(Server(kind, total=2))


@pytest.mark.parametrize("kind", ["offset", "page"])
@pytest.mark.parametrize("status", [200, 404, 400])
def test_one_honest_page_is_asked_beyond_once_and_smaller_ones_never(kind, status):
    server = Server(kind, cut=2, total=2, beyond=status)
    assert walked(server) == [0, 1]
    assert len(server.asked) == 2
    assert walked(server, again=3) == [0, 1] * 3
    assert len(server.asked) == 2 + 4


def test_a_system_without_an_empty_last_page_is_told_to_name_the_total():
    server = Server("page", cut=2, beyond=404)
    with pytest.raises(NotFound) as error:
        walked(server, total=None)
    assert "pages.total" in error.value.hint


# --- a description that is wrong


ANSWERS: dict[str, tuple[Any, str, str]] = {
    "elsewhere": ({"data": {"总 数": 1, "items": [{"id": 1}]}}, "nothing at", '"data.items"'),
    "quoted": ({"总 数": [{"id": 1}]}, "nothing at", '""总 数""'),
    "itself": ([{"id": 1}], "nothing at", '"@"'),
    "no object": ({"items": {"a": 1}}, "but an object with a", "the answer is an object with items"),
    "texts": ({"items": ["a"]}, "but a list of 1", "is it the right path"),
    "one item": ({"id": 1, "title": "secret words"}, "nothing at", "an object with id, title"),
    "a text": ("secret words", "nothing at", "the answer is a text"),
    "nothing": (None, "nothing at", "the answer is nothing"),
}


@pytest.mark.parametrize(("data", "told", "hint"), ANSWERS.values(), ids=ANSWERS)
def test_an_answer_without_the_list_says_what_it_is_like_and_no_value(data, told, hint):
    server = Server("none", body=data)
    with pytest.raises(UnexpectedAnswer, match=told) as error:
        walked(server)
    assert '"items" (read.found)' in error.value.message
    assert hint in error.value.hint
    assert "secret" not in error.value.message + error.value.hint


def test_one_item_without_an_id_is_an_error_and_no_smaller_set():
    server = Server("none", body={"items": [{"id": 1}, {"number": 2}], "total": 2})
    with pytest.raises(UnexpectedAnswer, match=r'item 2 has nothing at "id" \(item.id\)') as error:
        walked(server)
    assert "an object with number" in error.value.hint


@pytest.mark.parametrize("leads", [{"a": 1}, True, ["x"]])
def test_a_cursor_that_is_none_is_refused(leads):
    with pytest.raises(UnexpectedAnswer, match=r'at "next" \(pages.next\)'):
        walked(Server("cursor", leads=leads))


# --- an end that nothing tells of


def test_a_full_first_page_without_the_next_cursor_is_no_end():
    with pytest.raises(UnexpectedAnswer, match=r'full page, and nothing at "nxt" \(pages.next\)') as error:
        walked(Server("cursor"), next=at("pages.next", "nxt"), total=None)
    assert "an object with items, total, next" in error.value.hint


LAST = {
    "a page that is not full": (2, {"next": at("pages.next", "nxt")}),
    "no more, in so many words": (3, {"next": at("pages.next", "nxt"), "more": fixed("more", False)}),
    "nothing in its place": (3, {}),
    "a path that is more than names": (3, {"next": at("pages.next", "nxt || ''")}),
}


@pytest.mark.parametrize(("cut", "more"), LAST.values(), ids=LAST)
def test_a_last_page_is_an_end(cut, more):
    server = Server("cursor", cut=cut)
    assert walked(server, total=None, **more) == list(range(cut))
    assert len(server.asked) == 1


def test_more_without_a_way_on_is_no_end():
    with pytest.raises(UnexpectedAnswer, match=r"tells of more, and there is nothing at"):
        walked(Server("cursor", cut=2), total=None, more=fixed("pages.more", True))


@pytest.mark.parametrize("more", ["yes", None, 1])
def test_more_is_true_or_false(more):
    with pytest.raises(UnexpectedAnswer, match=r"\(pages.more\)"):
        walked(Server("offset"), more=fixed("pages.more", more))


@pytest.mark.parametrize("kind", ["offset", "page"])
def test_no_more_ends_a_list_without_an_empty_page(kind):
    server = Server(kind)
    more = Spot("pages.more", "next", lambda data: data["next"] is not None)
    assert walked(server, total=None, more=more) == list(range(COUNT))
    assert len(server.asked) == 3
