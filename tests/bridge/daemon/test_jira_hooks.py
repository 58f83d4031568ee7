"""Which items a Jira webhook tells of, whatever else it says."""

from __future__ import annotations

import orjson
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bridge.daemon.jira_hooks import JIRA, items_of
from tests.bridge.daemon.house import NOON, SECRET, headers, signature

BIG = "9" * 400
PAYLOADS = {
    "an issue": (b'{"webhookEvent":"jira:issue_updated","issue":{"id":"10001","key":"SHOP-1"}}', ("10001",)),
    "an id as a number": (b'{"issue":{"id":10001}}', ("10001",)),
    "a comment": (b'{"webhookEvent":"comment_created","comment":{"id":"7"},"issue":{"id":"10"}}', ("10",)),
    "a property": (b'{"webhookEvent":"issue_property_set","issue":{"id":10},"property":{}}', ("10",)),
    "a link": (
        b'{"webhookEvent":"issuelink_created","issueLink":{"id":5,"sourceIssueId":10,"destinationIssueId":11}}',
        ("10", "11"),
    ),
    "a link to itself": (b'{"issueLink":{"sourceIssueId":10,"destinationIssueId":10}}', ("10",)),
    "a worklog": (b'{"webhookEvent":"worklog_created","worklog":{"issueId":"10027","id":"1"}}', ("10027",)),
    "a sprint": (b'{"webhookEvent":"sprint_started","sprint":{"id":3}}', ()),
    "a key alone": (b'{"issue":{"key":"SHOP-1"}}', ()),
    "a list": (b'[{"issue":{"id":"1"}}]', ()),
    "nothing": (b"", ()),
    "no JSON": (b"issue=1", ()),
    "cut off": (b'{"issue":{"id":"10001"', ()),
    "no UTF-8": (b'{"issue":{"id":"10001"},"x":"\xff"}', ()),
    "half a character": (b'{"issue":{"id":"10001"},"x":"\\ud800"}', ()),
    "nested": (b'{"issue":' + b"[" * 100_000, ()),
    "nested, and closed": (b'{"issue":' + b'{"issue":' * 5_000 + b"1" + b"}" * 5_001, ()),
    "a huge number": (b'{"issue":{"id":' + BIG.encode() + b"}}", ()),
    "a huge text": (b'{"issue":{"id":"' + BIG.encode() + b'"}}', ()),
    "a fraction": (b'{"issue":{"id":10001.0}}', ()),
    "true": (b'{"issue":{"id":true}}', ()),
    "below nothing": (b'{"issue":{"id":-5}}', ()),
    "a leading nought": (b'{"issue":{"id":"007"}}', ()),
    "another path": (b'{"issue":{"id":"../10001"}}', ()),
    "digits of another script": ('{"issue":{"id":"\u0661\u0662"}}'.encode(), ()),
    "a line end": (b'{"issue":{"id":"10001\\n"}}', ()),
    "an object for an id": (b'{"issue":{"id":{"id":"1"}}}', ()),
    "a list for an issue": (b'{"issue":["id"],"worklog":{"issueId":"9"}}', ("9",)),
}


@pytest.mark.parametrize(("body", "items"), PAYLOADS.values(), ids=PAYLOADS)
def test_the_items_that_a_payload_names(body, items):
    assert items_of(body) == items


NAMES = st.sampled_from(["issue", "id", "issueLink", "sourceIssueId", "x"])
LEAVES = st.none() | st.booleans() | st.integers(-(2**63), 2**63) | st.floats(allow_nan=False) | st.text()
JSON = st.recursive(
    LEAVES,
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(NAMES, inner, max_size=4),
    max_leaves=12,
)


@given(JSON)
@settings(deadline=None, max_examples=150)
def test_whatever_comes_it_names_ids_or_nothing(value):
    assert all(id.isascii() and id.isdigit() and id[0] != "0" for id in items_of(orjson.dumps(value)))


@given(st.binary(max_size=200))
@settings(deadline=None, max_examples=100)
def test_no_bytes_raise_anything(body):
    assert isinstance(items_of(body), tuple)


def test_a_signature_decides_over_a_token():
    """It covers the body; a good token does not make up for a bad signature."""
    forged = headers(b"{}") | {"x-hub-signature": signature(b"other"), "authorization": "Bearer a.b.c"}
    assert JIRA.claims(forged)
    assert not JIRA.proves(forged, b"{}", SECRET, NOON)


CLAIMS = {
    "a signature": ({"x-hub-signature": signature(b"")}, True),
    "a token": ({"authorization": f"Bearer aa.bb.{'c' * 43}"}, True),
    "a signature of a weak kind beside a token": (
        {"x-hub-signature": signature(b"", method="sha1"), "authorization": f"Bearer aa.bb.{'c' * 43}"},
        False,
    ),
    "a password": ({"authorization": "Basic eDp5"}, False),
    "nothing": ({}, False),
}


@pytest.mark.parametrize(("given_headers", "claimed"), CLAIMS.values(), ids=CLAIMS)
def test_what_is_worth_waiting_for_the_body(given_headers, claimed):
    assert JIRA.claims(given_headers) is claimed
