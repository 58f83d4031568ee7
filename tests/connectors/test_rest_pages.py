"""Every kind of paging brings each record once, or refuses: no list is ever taken for shorter than it is."""

from __future__ import annotations

import json
import re
from typing import Any
from urllib.parse import parse_qs, urlsplit

import pytest
import responses
from requests import Session

from bridge.errors import PartialRead, UnexpectedAnswer
from connectors.clock import system_clock
from connectors.http import Http, HttpOptions
from connectors.rest_pages import Paging, walk

BASE = "https://x.example/api"
COUNT, SIZE = 7, 3


class Server:
    """Serves `COUNT` records by one kind of paging; `cut` leaves out the end, `elsewhere` leads away."""

    def __init__(self, kind: str, *, cut: int = COUNT, leads: str = "", total: Any = COUNT) -> None:
        self.kind, self.cut, self.leads, self.total = kind, cut, leads, total
        self.asked: list[str] = []

    def __call__(self, request: Any) -> tuple[int, dict[str, str], str]:
        self.asked.append(request.url)
        asked = {name: values[0] for name, values in parse_qs(urlsplit(request.url).query).items()}
        start = int(asked.get("at", 0)) * (SIZE if self.kind == "page" else 1)
        items = [{"id": n} for n in range(start, min(start + SIZE, self.cut))]
        following = start + SIZE if start + SIZE < self.cut else None
        body = {"items": items, "total": self.total, "next": self.leads or following}
        headers = {}
        if self.kind == "link" and following:
            headers["Link"] = f'<{self.leads or f"{BASE}/list?at={following}&key=s"}>; rel="next"'
        return 200, headers, json.dumps(body)


def walked(server: Server, **more: Any) -> list[Any]:
    chosen = {
        "kind": server.kind,
        "found": lambda data: data.get("items"),
        "identity": lambda record: record["id"],
        "parameter": "at",
        "first": 0,
        "size": {"limit": SIZE},
        "secret": "key",
        "total": lambda data: data["total"],
    } | more
    if server.kind == "cursor":
        chosen["next"] = lambda data: data["next"]
    http = Http("x", BASE, Session(), HttpOptions(), system_clock())
    with responses.RequestsMock() as mock:
        mock.add_callback("GET", re.compile(re.escape(BASE) + ".*"), callback=server)
        return [record["id"] for record in walk(http, Paging(**chosen), "list", {"team": "3"})]


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
    with pytest.raises(UnexpectedAnswer, match="no total"):
        walked(Server("offset", total=total))


@pytest.mark.parametrize("found", [None, {"a": 1}, ["text"], "items"])
def test_an_answer_without_a_list_of_items_is_refused(found):
    with pytest.raises(UnexpectedAnswer, match="no list"):
        walked(Server("none"), found=lambda _: found)


@pytest.mark.parametrize("id", [None, "", True, {"a": 1}])
def test_an_item_without_an_id_is_refused(id):
    with pytest.raises(UnexpectedAnswer, match="without an id"):
        walked(Server("none"), identity=lambda _: id)
