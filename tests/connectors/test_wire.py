"""What a real connection does when it fails, as far as a loopback can."""

import socket
import threading
from contextlib import contextmanager

import pytest
import requests

from bridge.errors import Transient
from connectors.answers import Asked
from connectors.http import Http, HttpOptions
from connectors.wire import Call
from tests.connectors.clock import Hands

HEAD = b"HTTP/1.1 201 Created\r\nContent-Length: 100\r\nContent-Type: application/json\r\n\r\n"


@contextmanager
def server(*pieces, keep=True):
    """Answers every request with these bytes, then says nothing more, or hangs up."""
    over, seen = threading.Event(), []

    def serve():
        while not over.is_set():
            try:
                peer, _ = listener.accept()
            except OSError:
                return
            seen.append(peer.recv(65536))
            for piece in pieces:
                peer.sendall(piece)
            peers.append(peer) if keep else peer.close()

    peers = []
    with socket.create_server(("127.0.0.1", 0)) as listener:
        thread = threading.Thread(target=serve, daemon=True)
        thread.start()
        yield f"http://127.0.0.1:{listener.getsockname()[1]}", seen
        over.set()
        listener.shutdown(socket.SHUT_RDWR)
    thread.join()
    for peer in peers:
        peer.close()


def client(url, **options):
    session = requests.Session()
    session.trust_env = False
    return Http("acme", url, session, HttpOptions(timeout=0.05, **options), Hands().clock())


WAYS = {
    "no answer in time": ((), True, "timed out"),
    "part of a head in time": ((HEAD[:8],), True, "timed out"),
    "half a body in time": ((HEAD, b'{"a":'), True, "timed out"),
    "hung up on": ((), False, "the connection broke"),
    "hung up on in the head": ((HEAD[:8],), False, "the connection broke"),
    "hung up on in the body": ((HEAD, b'{"a":'), False, "the connection broke"),
}


@pytest.mark.parametrize(("pieces", "keep", "how"), WAYS.values(), ids=WAYS)
def test_a_write_that_left_may_have_been_done_and_is_made_once(pieces, keep, how):
    with server(*pieces, keep=keep) as (url, seen):
        jira = client(url)
        with pytest.raises(Transient, match=f"POST thing got no answer .{how}") as told:
            jira.call("POST", "thing", body={}, repeatable=False)
        jira.close()
    assert told.value.maybe_done
    assert len(seen) == 1


@pytest.mark.parametrize(("pieces", "keep", "how"), WAYS.values(), ids=WAYS)
def test_a_read_is_repeated(pieces, keep, how):
    with server(*pieces, keep=keep) as (url, seen):
        jira = client(url, tries=2)
        with pytest.raises(Transient, match=how) as told:
            jira.call("GET", "thing", repeatable=True)
        jira.close()
    assert not told.value.maybe_done
    assert len(seen) == 2
    assert jira.traffic.requests["no_answer"] == 2


def test_a_write_to_a_closed_port_never_left():
    with socket.create_server(("127.0.0.1", 0)) as listener:
        url = f"http://127.0.0.1:{listener.getsockname()[1]}"
    jira = client(url, tries=2)
    with pytest.raises(Transient, match="could not connect") as told:
        jira.call("POST", "thing", body={}, repeatable=False)
    assert not told.value.maybe_done
    assert jira.requests == 2


def test_a_refusal_cut_off_in_its_body_is_what_its_status_says():
    head = HEAD.replace(b"201 Created", b"429 Too Many Requests\r\nRetry-After: 600")
    with server(head, b"{", keep=False) as (url, seen):
        jira = client(url)
        with pytest.raises(Transient, match="answered 429") as told:
            jira.call("GET", "thing", repeatable=True)
        jira.close()
    assert told.value.retry_after == 600
    assert len(seen) == 1


CALLS = {
    "GET": ("GET", True, None, False),
    "a search": ("POST", True, None, False),
    "a comment": ("POST", False, "item A-1", True),
    "a link": ("POST", True, "item A-1", True),
    "fields": ("PUT", True, "item A-1", True),
    "a screen": ("POST", False, None, True),
    "DELETE": ("DELETE", True, None, True),
}


@pytest.mark.parametrize(("method", "repeatable", "item", "writes"), CALLS.values(), ids=CALLS)
def test_a_post_that_may_be_repeated_and_is_about_no_item_only_reads(method, repeatable, item, writes):
    assert Call(method, "thing", Asked("acme", "it", repeatable), {}, method, item).writes is writes
