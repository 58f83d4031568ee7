"""One call to an outside address, which is told to nobody."""

from __future__ import annotations

import traceback

import pytest
import requests
import responses

from bridge.errors import BridgeError
from connectors.ping import get

ADDRESS = "https://hc.example/ping/5e1f-secret?token=5e1f-secret"


@pytest.mark.parametrize("status", [200, 201, 204])
@responses.activate
def test_any_yes_is_enough(status):
    responses.get("https://hc.example/ping/5e1f-secret", status=status, body="x" * 100)
    get(ADDRESS, 10)
    assert responses.calls[0].request.url == ADDRESS


TROUBLE = {
    "gone": ({"status": 404}, "answered 404"),
    "out of order": ({"status": 503}, "answered 503"),
    "moved: a switch is not followed elsewhere": (
        {"status": 302, "headers": {"Location": "https://x.example"}},
        "answered 302",
    ),
    "silent": ({"body": requests.ReadTimeout(f"{ADDRESS} timed out")}, "timed out"),
    "not there": ({"body": requests.ConnectionError(f"no route to {ADDRESS}")}, "got no answer"),
}


@pytest.mark.parametrize(("answer", "message"), TROUBLE.values(), ids=TROUBLE)
@responses.activate
def test_trouble_is_told_without_the_address(answer, message):
    responses.get("https://hc.example/ping/5e1f-secret", **answer)
    with pytest.raises(BridgeError, match=message) as caught:
        get(ADDRESS, 10)
    assert "secret" not in "".join(traceback.format_exception(caught.value))
    assert caught.value.hint


@pytest.mark.parametrize("address", ["5e1f-secret", "http://[5e1f-secret", "ftp://5e1f-secret/", "http://"])
def test_an_address_that_is_none_is_told_without_it(address):
    with pytest.raises(BridgeError, match="got no answer") as caught:
        get(address, 1)
    assert "secret" not in "".join(traceback.format_exception(caught.value))
