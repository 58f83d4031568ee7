"""The server on a real socket: what slow, large and rude callers may do, and what they may not."""

from __future__ import annotations

import logging
import select
import socket
import time
from collections.abc import Iterator
from contextlib import contextmanager
from http.client import HTTPConnection, HTTPResponse
from urllib.error import HTTPError
from urllib.request import Request, urlopen

import pytest

from bridge.daemon.server import Server
from bridge.daemon.web import Limits, web
from bridge.errors import UsageError
from tests.bridge.daemon.house import House, headers, issue


@contextmanager
def running(house: House, limits: Limits | None = None) -> Iterator[int]:
    limits = limits or Limits(seconds=0.3)
    app = web(hooks=house.hooks, health=house.health, metrics=house.metrics, limits=limits)
    with Server(app, "127.0.0.1", 0, limits) as server:
        yield int(server.url.rpartition(":")[2])


def line(port: int, *parts: bytes) -> socket.socket:
    made = socket.create_connection(("127.0.0.1", port), timeout=10)
    for part in parts:
        made.sendall(part)
    return made


def head(body: bytes, length: int | None = None, **more: str) -> bytes:
    length = len(body) if length is None else length
    told = headers(body, **more) | ({"content-length": str(length)} if length >= 0 else {})
    lines = "".join(f"{name}: {value}\r\n" for name, value in told.items())
    return f"POST /hooks/acme HTTP/1.1\r\nHost: x\r\n{lines}\r\n".encode()


def heard(made: socket.socket) -> bytes:
    """All that is sent until the other side hangs up."""
    got = b""
    try:
        while piece := made.recv(65536):
            got += piece
    except ConnectionResetError:
        pass
    made.close()
    return got


def status(made: socket.socket) -> int:
    """Of one whole answer."""
    got = HTTPResponse(made)
    got.begin()
    got.read()
    return got.status


def trickle(made: socket.socket, seconds: float) -> None:
    end = time.monotonic() + seconds
    while time.monotonic() < end:
        made.sendall(b"x" * 1000)
        time.sleep(0.01)


def healthz(port: int) -> int:
    asked = HTTPConnection("127.0.0.1", port, timeout=5)
    asked.request("GET", "/healthz")
    found = asked.getresponse().status
    asked.close()
    return found


def test_a_webhook_comes_in_on_a_line_that_stays_open():
    house = House()
    with running(house) as port:
        made = line(port)
        for number in (1, 2, 3):
            made.sendall(head(issue(number)) + issue(number))
            assert status(made) == 202
        made.close()
    assert house.hints == [("acme", ("1",)), ("acme", ("2",)), ("acme", ("3",))]


def test_a_body_in_pieces_is_one_body():
    house = House()
    with running(house) as port:
        made = line(port, head(issue(7), -1, transfer_encoding="chunked"))
        for start in range(0, len(issue(7)), 10):
            piece = issue(7)[start : start + 10]
            made.sendall(b"%x\r\n%s\r\n" % (len(piece), piece))
        made.sendall(b"0\r\n\r\n")
        assert status(made) == 202
        made.close()
    assert house.hints == [("acme", ("7",))]


def test_a_body_that_does_not_come_is_given_up():
    house = House()
    with running(house) as port:
        began = time.monotonic()
        made = line(port, head(issue(7), 100), b"{")
        assert status(made) == 408
        assert 0.2 < time.monotonic() - began < 3
        made.close()
    assert house.figure("okr_bridge_webhooks_total", connection="acme", code="408") == 1


def test_a_body_that_trickles_is_given_up_all_the_same():
    with running(House()) as port:
        made = line(port, head(issue(7), 1000))
        made.settimeout(0.05)
        answer = b""
        for _ in range(100):
            made.sendall(b"x")
            try:
                answer = made.recv(4096)
                break
            except TimeoutError:
                continue
        assert answer.startswith(b"HTTP/1.1 408")
        made.close()


SLOW = {
    "silence": (b"", b""),
    "half a request": (b"GET /healthz HTTP/1.1\r\nHos", b"HTTP/1.1 408"),
    "half a second request": (b"GET /healthz HTTP/1.1\r\nHost: x\r\n\r\nGET /hea", b"HTTP/1.1 200"),
}


@pytest.mark.parametrize(("sent", "answer"), SLOW.values(), ids=SLOW)
def test_who_asks_nothing_is_hung_up_on(sent, answer):
    with running(House()) as port:
        began = time.monotonic()
        got = heard(line(port, sent))
        assert got[:12] == answer
        assert time.monotonic() - began < 5


def test_a_body_that_is_said_to_be_too_large_is_not_awaited():
    with running(House(), Limits(bytes=1000, seconds=5)) as port:
        made = line(port, head(b"", 1001))
        assert status(made) == 413
        made.close()


def test_a_body_that_turns_out_too_large_is_cut_off_there():
    """The rest is thrown away for a while, so that the sender gets to read the answer."""
    house = House()
    with running(house, Limits(bytes=100_000, seconds=5)) as port:
        made = line(port, head(b"", -1, transfer_encoding="chunked"))
        for _ in range(40):
            made.sendall(b"%x\r\n%s\r\n" % (10_000, b"x" * 10_000))
        assert status(made) == 413
        made.close()
    assert house.hints == []


def test_what_nobody_signed_is_answered_before_it_has_come():
    with running(House(), Limits(seconds=5)) as port:
        made = line(port, b"POST /hooks/acme HTTP/1.1\r\nHost: x\r\nContent-Length: 4000000\r\n\r\n")
        assert status(made) == 401
        made.close()


EARLY = {
    "too large": ("/hooks/acme", headers(b""), 413),
    "unsigned": ("/hooks/acme", {}, 401),
    "of nobody": ("/hooks/nobody", {}, 404),
    "to another path": ("/nowhere", {}, 404),
    "of another method": ("/healthz", {}, 405),
}


@pytest.mark.parametrize(("path", "given", "code"), EARLY.values(), ids=EARLY)
def test_an_early_answer_arrives_where_the_line_closes_and_all_is_sent_before_it_is_read(path, given, code):
    with running(House()) as port:
        asked = Request(f"http://127.0.0.1:{port}{path}", b"x" * 6_000_000, given, method="POST")
        with pytest.raises(HTTPError) as caught:
            urlopen(asked, timeout=10)
        with caught.value as answer:
            assert (answer.code, answer.headers["connection"]) == (code, "close")
        assert healthz(port) == 200


def test_who_stands_by_says_so_before_a_body_has_come():
    house = House()
    house.health.standby(True)
    with running(house) as port:
        large = b"x" * 4_000_000
        made = line(port, head(large, connection="close"), large)
        assert status(made) == 503
        made.close()


def test_an_answer_on_a_line_that_closes_is_whole_at_once_though_more_is_to_come():
    with running(House(), Limits(bytes=1000, seconds=5)) as port:
        began = time.monotonic()
        made = line(port, head(b"", 5000, connection="close"))
        assert heard(made).startswith(b"HTTP/1.1 413")
        assert time.monotonic() - began < 1.5


def test_who_goes_on_sending_after_the_answer_is_hung_up_on():
    with running(House(), Limits(bytes=1000, seconds=60)) as port:
        made = line(port, head(b"", 10**9, connection="close"))
        assert status(made) == 413
        with pytest.raises((ConnectionResetError, BrokenPipeError)):
            trickle(made, seconds=8)
        made.close()


def test_a_body_that_turns_into_nonsense_is_answered_and_said_nowhere(caplog):
    house = House()
    with caplog.at_level(logging.WARNING), running(house, Limits(seconds=0.2)) as port:
        made = line(port, head(b"", -1, transfer_encoding="chunked"), b"this is no chunk\r\n" * 50_000)
        assert status(made) == 400
        time.sleep(0.4)
        made.close()
    assert house.figure("okr_bridge_webhooks_total", connection="acme", code="499") == 1
    assert caplog.records == []


def test_who_waits_to_be_asked_for_a_body_that_is_not_wanted_is_not_asked():
    with running(House(), Limits(bytes=1000, seconds=5)) as port:
        made = line(port, head(b"", 5000, expect="100-continue"))
        assert status(made) == 413
        made.close()


def test_who_hangs_up_amid_a_body_leaves_nothing_behind():
    house = House()
    with running(house, Limits(seconds=5)) as port:
        line(port, head(issue(7), 100), b"{").close()
        for _ in range(200):
            if house.figure("okr_bridge_webhooks_total", connection="acme", code="499"):
                break
            time.sleep(0.01)
    assert house.figure("okr_bridge_webhooks_total", connection="acme", code="499") == 1
    assert house.hints == []


def test_slow_callers_never_shut_out_a_health_check_or_a_webhook():
    house = House()
    with running(house, Limits(seconds=30, connections=20)) as port:
        halves = [b"", b"GET / HT", head(issue(7), 100) + b"{", head(issue(7))]
        slow = [line(port, halves[number % 4]) for number in range(60)]
        for _ in range(5):
            assert healthz(port) == 200
        made = line(port, head(issue(7)) + issue(7))
        assert status(made) == 202
        hung_up, _, _ = select.select(slow, [], [], 0)
        assert len(hung_up) >= 40
        for one in (*slow, made):
            one.close()


def test_the_one_that_waits_longest_makes_room():
    with running(House(), Limits(seconds=30, connections=2)) as port:
        first, second = line(port), line(port)
        assert healthz(port) == 200
        assert heard(first) == b""
        second.sendall(b"GET /healthz HTTP/1.1\r\nHost: x\r\n\r\n")
        assert status(second) == 200
        second.close()


@pytest.mark.parametrize("nonsense", [b"\x16\x03\x01\x00", b"GET / HTTP/9\r\n\r\n", b"x" * 100_000])
def test_nonsense_is_refused_and_said_nowhere(nonsense, caplog):
    with caplog.at_level(logging.WARNING), running(House()) as port:
        made = line(port)
        made.sendall(nonsense + b"\r\n\r\n")
        assert heard(made)[:12] == b"HTTP/1.1 400"
        assert healthz(port) == 200
    assert caplog.records == []


def test_stopping_waits_for_nobody_who_is_slow(caplog):
    with caplog.at_level(logging.WARNING):
        with running(House(), Limits(seconds=60)) as port:
            open_lines = [line(port), line(port, head(issue(7), 100), b"{"), line(port, b"GET")]
            assert healthz(port) == 200
            began = time.monotonic()
        assert time.monotonic() - began < 3
    assert caplog.records == []
    assert [heard(one) for one in open_lines] == [b"", b"", b""]


def test_a_port_that_is_taken_is_told_as_a_mistake():
    with (
        running(House()) as port,
        pytest.raises(UsageError, match=f"port {port}: Address already in") as caught,
    ):
        Server(web_of(House()), "127.0.0.1", port)
    assert "[serve]" in caught.value.hint


@pytest.mark.parametrize("host", ["192.0.2.1", "no.such.host.invalid"])
def test_an_address_that_is_not_ours_is_told_as_a_mistake(host):
    with pytest.raises(UsageError, match=f"cannot listen on {host}"):
        Server(web_of(House()), host, 0)


def test_a_server_that_was_never_started_has_its_port_and_gives_it_back():
    server = Server(web_of(House()), "127.0.0.1", 0)
    port = int(server.url.rpartition(":")[2])
    with pytest.raises(UsageError):
        Server(web_of(House()), "127.0.0.1", port)
    server.stop()
    Server(web_of(House()), "127.0.0.1", port).stop()


def test_an_answer_that_fails_is_500_with_its_traceback_in_the_log(caplog):
    house = House()
    house.hooks._hint = lambda *_: 1 / 0
    with caplog.at_level(logging.ERROR), running(house) as port:
        made = line(port, head(issue(7)) + issue(7))
        assert status(made) == 500
        assert healthz(port) == 200
        made.close()
    assert "ZeroDivisionError" in caplog.text


def web_of(house: House):
    return web(hooks=house.hooks, health=house.health, metrics=house.metrics)
