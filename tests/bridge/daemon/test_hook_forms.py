"""What holds for the webhooks of every tool, with signatures made here a second time."""

from __future__ import annotations

import base64
import hashlib
import hmac
import json
from collections.abc import Callable
from dataclasses import dataclass
from datetime import timedelta
from types import SimpleNamespace
from typing import Any

import pytest
from cryptography.hazmat.primitives.ciphers import Cipher, algorithms, modes
from fastapi.testclient import TestClient
from hypothesis import given, settings
from hypothesis import strategies as st

from bridge.config.rest_writes import RestHooks
from bridge.daemon.asana_hooks import ASANA
from bridge.daemon.clickup_hooks import CLICKUP
from bridge.daemon.feishu_hooks import feishu, unsealed
from bridge.daemon.hooks import Door
from bridge.daemon.jira_hooks import JIRA
from bridge.daemon.notion_hooks import NOTION
from bridge.daemon.redmine_hooks import REDMINE
from bridge.daemon.trello_hooks import trello
from bridge.daemon.web import GREETING, Limits, web
from bridge.hook_form import Form
from bridge.tools import hooks
from tests.bridge.daemon.house import NOON, SECRET, House

ADDRESS = "https://okr.example/hooks/it"
STAMP = str(int(NOON.timestamp()))
CARD = "5abbe4b7ddc1b351ef961414"
PAGE = "153104cd-477e-809d-8dc4-ff2d96ae3090"
Headers = dict[str, str]


def mac(body: bytes, method: str = "sha256") -> Any:
    return hmac.new(SECRET.encode(), body, getattr(hashlib, method))


def lark(body: bytes, stamp: str = STAMP) -> Headers:
    made = hashlib.sha256(stamp.encode() + b"n0nce" + SECRET.encode() + body).hexdigest()
    return {"x-lark-signature": made, "x-lark-request-timestamp": stamp, "x-lark-request-nonce": "n0nce"}


def sealed(body: bytes, secret: str = SECRET) -> bytes:
    start, pad = b"0123456789abcdef", 16 - len(body) % 16
    key = algorithms.AES256(hashlib.sha256(secret.encode()).digest())
    made = Cipher(key, modes.CBC(start)).encryptor().update(body + bytes([pad]) * pad)
    return json.dumps({"encrypt": base64.b64encode(start + made).decode()}).encode()


@dataclass(frozen=True)
class Case:
    """A form, who signs for it, a body with an identifier (where the tool has any) and the ids in it."""

    form: Form
    sign: Callable[[bytes], Headers]
    body: bytes
    ids: tuple[str, ...]
    status: int = 200
    repeats: bool = True
    seal: Callable[[bytes], bytes] = bytes


def described(**more: Any) -> Form:
    """Of a system that is described in the file."""
    given = {"header": "X-Work-Signature", "items": ("tasks[].id",), "event": "event", **more}
    form = hooks.rest(SimpleNamespace(hooks=RestHooks(**given)), "")
    assert form is not None
    return form


def spelt(digest: bytes, encoding: str) -> str:
    return digest.hex() if encoding == "hex" else base64.b64encode(digest).decode()


def told(**payload: Any) -> bytes:
    return json.dumps(payload).encode()


CASES = {
    "jira": Case(
        JIRA,
        lambda body: {
            "x-hub-signature": f"sha256={mac(body).hexdigest()}",
            "x-atlassian-webhook-identifier": "1",
        },
        told(issue={"id": "10001"}),
        ("10001",),
        status=202,
    ),
    "trello": Case(
        trello(ADDRESS),
        lambda body: {
            "x-trello-webhook": base64.b64encode(mac(body + ADDRESS.encode(), "sha1").digest()).decode()
        },
        told(action={"id": "a1", "data": {"card": {"id": CARD}, "board": {"id": "b" * 24}}}),
        (CARD,),
    ),
    "clickup": Case(
        CLICKUP,
        lambda body: {"x-signature": mac(body).hexdigest()},
        told(event="taskUpdated", webhook_id="w", task_id="1vj37mc", history_items=[{"id": "28"}]),
        ("1vj37mc",),
    ),
    "notion": Case(
        NOTION,
        lambda body: {"x-notion-signature": f"sha256={mac(body).hexdigest()}"},
        told(id="e1", type="page.properties_updated", entity={"id": PAGE, "type": "page"}),
        (PAGE,),
    ),
    "asana": Case(
        ASANA,
        lambda body: {"x-hook-signature": mac(body).hexdigest()},
        told(events=[{"resource": {"gid": "12", "resource_type": "task"}, "parent": None}]),
        ("12",),
        repeats=False,
    ),
    "feishu": Case(
        feishu("bascn1"),
        lark,
        told(
            header={"event_id": "e1", "event_type": "drive.file.bitable_record_changed_v1"},
            event={"file_token": "bascn1", "table_id": "tblA", "action_list": [{"record_id": "recB"}]},
        ),
        ("tblA/recB",),
        seal=sealed,
    ),
    "redmine": Case(
        REDMINE,
        lambda body: {"x-redmine-signature-256": f"sha256={mac(body).hexdigest()}"},
        told(type="issue.updated", timestamp="2026-11-21T12:00:00Z", data={"issue": {"id": 7}}),
        ("7",),
        status=202,
        repeats=False,
    ),
}
CASES |= {
    f"rest {kind} {encoding}": Case(
        described(kind=kind, encoding=encoding, prefix=prefix),
        lambda body, kind=kind, encoding=encoding, prefix=prefix: {
            "x-work-signature": prefix + spelt(mac(body, kind.removeprefix("hmac-")).digest(), encoding)
        },
        told(event="e1", tasks=[{"id": 101}, {"id": "a/b"}, {"id": None}]),
        ("101", "a/b"),
    )
    for kind, encoding, prefix in (
        ("hmac-sha256", "hex", "sha256="),
        ("hmac-sha1", "base64", ""),
    )
}
every = pytest.mark.parametrize("case", CASES.values(), ids=CASES)


def asked(case: Case, **limits: Any) -> tuple[House, TestClient]:
    house = House()
    house.doors["it"] = Door(case.form, lambda: SECRET)
    app = web(hooks=house.hooks, health=house.health, metrics=house.metrics, limits=Limits(**limits))
    return house, TestClient(app, raise_server_exceptions=True)


@every
def test_a_signed_webhook_is_a_hint_and_the_same_again_is_none(case):
    house, client = asked(case)
    body = case.seal(case.body)
    first, again = (client.post("/hooks/it", content=body, headers=case.sign(body)) for _ in "12")
    assert (first.status_code, first.json()) == (case.status, {"status": "accepted"})
    assert again.status_code == (200 if case.repeats else case.status)
    assert again.json() == {"status": "repeat" if case.repeats else "accepted"}
    assert house.hints == [("it", case.ids)] * (1 if case.repeats else 2)


@every
def test_what_nobody_signed_for_is_refused(case):
    house, client = asked(case)
    body = case.seal(case.body)
    good = case.sign(body)
    [name] = [one for one in good if "signature" in one or "trello" in one]
    digits = good[name].removeprefix("sha256=")
    wrong = {
        "another body": (body + b" ", good),
        "no signature": (body, {}),
        "an empty one": (body, good | {name: ""}),
        "one cut off": (body, good | {name: good[name][:-1]}),
        "one too long": (body, good | {name: good[name] + "0"}),
        "that of another method": (body, good | {name: f"sha512={digits}"}),
        "that of a weak method": (body, good | {name: f"sha1={digits}"}),
        "that of another body": (body, case.sign(b"{}")),
    }
    answers = {what: client.post("/hooks/it", content=b, headers=h) for what, (b, h) in wrong.items()}
    assert {what: answer.status_code for what, answer in answers.items()} == dict.fromkeys(wrong, 401)
    assert house.hints == []


@every
def test_a_body_may_be_so_large_and_no_larger(case):
    _, client = asked(case, bytes=60_000)
    large, larger = b"x" * 60_000, b"x" * 60_001
    assert client.post("/hooks/it", content=large, headers=case.sign(large)).status_code == case.status
    assert client.post("/hooks/it", content=larger, headers=case.sign(larger)).status_code == 413


@every
def test_a_body_that_nobody_signed_is_not_received_beyond_a_greeting(case):
    _, client = asked(case)
    answer = client.post("/hooks/it", content=b"x" * (GREETING + 1))
    assert answer.status_code == (413 if case.form.greets else 401)
    _, client = asked(case, bytes=1000)
    answer = client.post("/hooks/it", content=b"x" * 1001)
    assert answer.status_code == (413 if case.form.greets else 401)


@every
def test_somebody_is_there_for_who_only_asks(case):
    house, client = asked(case)
    assert [client.head(f"/hooks/{name}").status_code for name in ("it", "quiet", "nobody")] == [
        200,
        401,
        404,
    ]
    assert house.figure("okr_bridge_webhooks_total", connection="it", code="200") == 1


@every
def test_an_empty_secret_proves_nothing(case, monkeypatch):
    monkeypatch.setitem(globals(), "SECRET", "")
    assert not case.form.proves(case.sign(case.body), case.body, "", NOON)


@every
@given(body=st.binary(max_size=200), other=st.binary(max_size=200))
@settings(deadline=None, max_examples=40)
def test_a_signature_holds_for_one_body(case, body, other):
    signed = case.sign(body)
    assert case.form.proves(signed, body, SECRET, NOON)
    assert case.form.proves(signed, other, SECRET, NOON) is (body == other)
    assert not case.form.proves(signed, body, SECRET + "x", NOON)


NAMES = st.sampled_from(
    ["action", "data", "card", "id", "task_id", "history_items", "event", "events", "resource", "parent",
     "resource_type", "gid", "entity", "type", "page_id", "verification_token", "encrypt", "challenge",
     "header", "event_id", "event_type", "table_id", "action_list", "record_id"]
)  # fmt: skip
WORDS = st.sampled_from(
    ["task", "page", "url_verification", "drive.file.bitable_record_changed_v1", CARD, PAGE, "12", "tblA",
     "recB", "a" * 5000, base64.b64encode(b"x" * 48).decode()]
)  # fmt: skip
LEAVES = st.none() | st.booleans() | st.integers(-(2**63), 2**63) | WORDS | st.text(max_size=20)
JSON = st.recursive(
    LEAVES,
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(NAMES, inner, max_size=4),
    max_leaves=14,
)
BODIES = st.binary(max_size=200) | JSON.map(lambda value: json.dumps(value).encode())
HEADERS = st.dictionaries(
    st.sampled_from([name for case in CASES.values() for name in case.sign(b"")] + ["x-hook-secret"]),
    st.text(st.characters(max_codepoint=255), max_size=80),
)


@every
@given(headers=HEADERS, body=BODIES)
@settings(deadline=None, max_examples=80)
def test_whatever_comes_nothing_raises_and_nothing_is_believed(case, headers, body):
    form = case.form
    assert not form.proves(headers, body, SECRET, NOON)
    assert form.claims(headers) in (True, False)
    for clear in (body, form.opens(body, SECRET), form.opens(sealed(body), SECRET)):
        items = form.items_of(clear)
        assert items is None or all(isinstance(id, str) and 0 < len(id) < 130 for id in items)
        assert isinstance(form.identifier(headers, clear), str)
    if form.greets:
        form.greets(headers, body, SECRET)
        form.greets(headers, sealed(body), SECRET)


@pytest.mark.parametrize(
    ("seconds", "holds"), [(0, True), (300, True), (-300, True), (301, False), (-301, False)]
)
def test_a_signature_with_a_time_in_it_is_no_good_later(seconds, holds):
    assert feishu("").proves(lark(b"{}"), b"{}", SECRET, NOON + timedelta(seconds=seconds)) is holds


@pytest.mark.parametrize("stamp", ["", "0", "-1", STAMP + ".5", "１" * 10, "9" * 12, "now"])
def test_a_time_that_is_none_holds_nothing(stamp):
    assert not feishu("").proves(lark(b"{}", stamp), b"{}", SECRET, NOON)


def test_the_published_cipher_text_is_read():
    assert unsealed("P37w+VZImNgPEO1RBhJ6RtKl7n6zymIbEG1pReEzghk=", "test key") == b"hello world"


@pytest.mark.parametrize("text", ["", "AAAA", "!" * 44, "QUJD" * 16, "é", "A" * 43])
def test_a_cipher_text_that_is_none_is_empty(text):
    assert unsealed(text, "test key") == b""


def test_trello_without_an_address_is_our_trouble_and_says_what_to_set(caplog):
    case = CASES["trello"]
    house = House()
    house.doors["it"] = Door(trello(""), lambda: SECRET)
    assert house.hooks.takes("it", case.sign(case.body), case.body).status == 503
    assert "set [bridge] public_url" in caplog.text


def test_feishu_without_a_cipher_is_our_trouble_and_says_what_to_install(caplog, monkeypatch):
    monkeypatch.setattr("bridge.daemon.feishu_hooks.find_spec", lambda _: None)
    house = House()
    house.doors["it"] = Door(feishu(""), lambda: SECRET)
    assert house.hooks.takes("it", lark(b"{}"), b"{}").status == 503
    assert "pip install 'okr-bridge[feishu]'" in caplog.text
