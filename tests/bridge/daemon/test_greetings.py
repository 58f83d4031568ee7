"""How tools say hello: what is answered, and the secret that is kept once and never replaced."""

from __future__ import annotations

import hashlib
import hmac
import json
import logging
import stat
from functools import partial
from pathlib import Path

import pytest
from fastapi.testclient import TestClient

from bridge.daemon.asana_hooks import ASANA
from bridge.daemon.feishu_hooks import feishu
from bridge.daemon.hooks import Door, Verdict
from bridge.daemon.notion_hooks import NOTION
from bridge.daemon.web import web
from bridge.hook_form import Form, Greeting
from bridge.keep import keep
from bridge.secrets import Secret
from tests.bridge.daemon.house import SECRET, House
from tests.bridge.daemon.test_hook_forms import lark, sealed

ONE, OTHER = "b537207f20cbfa02357cf448134da559", "secret_tMrlL1qK5vuQAh1b6cZGhFChZTSYJlce"
BRINGING = {
    "asana": (ASANA, {"X-Hook-Secret": ONE}, b"", {"X-Hook-Secret": OTHER}, b""),
    "notion": (NOTION, {}, json.dumps({"verification_token": ONE}).encode(), {},
               json.dumps({"verification_token": OTHER}).encode()),
}  # fmt: skip
bringing = pytest.mark.parametrize(
    ("form", "headers", "body", "others", "other"), BRINGING.values(), ids=BRINGING
)


def desk(form: Form, secret: Secret) -> tuple[House, TestClient]:
    """As the daemon's own doors are made."""
    house = House()
    house.doors["it"] = Door(form, secret.reveal, partial(keep, secret) if secret.file else None)
    return house, TestClient(web(hooks=house.hooks, health=house.health, metrics=house.metrics))


@bringing
def test_the_first_secret_is_kept_and_no_other(form, headers, body, others, other, tmp_path, caplog):
    _, client = desk(form, Secret("file:hook", {}, tmp_path))
    caplog.set_level(logging.DEBUG)
    answers = [
        client.post("/hooks/it", content=b, headers=h)
        for h, b in ((headers, body), (others, other), (headers, body))
    ]
    assert [answer.status_code for answer in answers] == [200, 401, 200]
    file = tmp_path / "hook"
    assert file.read_text() == f"{ONE}\n"
    assert stat.S_IMODE(file.stat().st_mode) == 0o600
    assert list(tmp_path.iterdir()) == [file]
    [kept] = [record for record in caplog.records if getattr(record, "event", "") == "webhook_secret"]
    assert kept.__dict__["connection"] == "it"
    assert ONE not in caplog.text
    assert OTHER not in caplog.text


def test_asana_hears_its_secret_again(tmp_path):
    _, client = desk(ASANA, Secret("file:hook", {}, tmp_path))
    assert client.post("/hooks/it", headers={"X-Hook-Secret": ONE}).headers["x-hook-secret"] == ONE
    refused = client.post("/hooks/it", headers={"X-Hook-Secret": OTHER})
    assert "x-hook-secret" not in refused.headers


@bringing
def test_what_is_kept_checks_all_that_follows(form, headers, body, others, other, tmp_path):
    house, client = desk(form, Secret("file:hook", {}, tmp_path))
    made = hmac.new(ONE.encode(), b"{}", hashlib.sha256).hexdigest()
    signed = {"x-hook-signature": made, "x-notion-signature": f"sha256={made}"}
    assert client.post("/hooks/it", content=b"{}", headers=signed).status_code == 503
    client.post("/hooks/it", content=body, headers=headers)
    assert client.post("/hooks/it", content=b"{}", headers=signed).status_code == 200
    assert client.post("/hooks/it", content=b"{ }", headers=signed).status_code == 401
    assert house.hints == ([("it", ())] if form is NOTION else [])


@bringing
@pytest.mark.parametrize("reference", ["env:HOOK", "env:MISSING"])
def test_a_secret_that_stands_elsewhere_is_never_replaced(form, headers, body, others, other, reference):
    _, client = desk(form, Secret(reference, {"HOOK": ONE}))
    known = 200 if reference == "env:HOOK" else 401
    assert client.post("/hooks/it", content=body, headers=headers).status_code == known
    assert client.post("/hooks/it", content=other, headers=others).status_code == 401


@bringing
@pytest.mark.parametrize("content", ["", "\n", "two\nlines"])
def test_a_file_that_is_there_is_left_as_it_is(form, headers, body, others, other, content, tmp_path):
    (tmp_path / "hook").write_text(content)
    _, client = desk(form, Secret("file:hook", {}, tmp_path))
    assert client.post("/hooks/it", content=body, headers=headers).status_code == 401
    assert (tmp_path / "hook").read_text() == content


def test_a_link_that_leads_nowhere_is_not_followed(tmp_path):
    (tmp_path / "hook").symlink_to(tmp_path / "elsewhere")
    assert not keep(Secret("file:hook", {}, tmp_path), ONE)
    assert not (tmp_path / "elsewhere").exists()


@pytest.mark.parametrize(
    "value", ["", "short", "x" * 513, "a secret of two words", "x" * 20 + "\n", "é" * 20]
)
def test_what_is_no_secret_is_not_kept(value, tmp_path):
    assert not keep(Secret("file:hook", {}, tmp_path), value)
    assert list(tmp_path.iterdir()) == []


def test_a_folder_that_is_not_there_is_our_trouble(tmp_path, caplog):
    _, client = desk(ASANA, Secret("file:nowhere/hook", {}, tmp_path))
    assert client.post("/hooks/it", headers={"X-Hook-Secret": ONE}).status_code == 503
    assert "cannot be written" in caplog.text
    assert ONE not in caplog.text


def test_who_stands_by_keeps_no_secret(tmp_path):
    house, client = desk(ASANA, Secret("file:hook", {}, tmp_path))
    house.health.standby(True)
    assert client.post("/hooks/it", headers={"X-Hook-Secret": ONE}).status_code == 503
    assert house.hooks.takes("it", {"x-hook-secret": ONE}, b"") is Verdict.AWAY
    assert list(tmp_path.iterdir()) == []


@bringing
def test_not_even_a_signed_greeting_replaces_a_known_secret(form, headers, body, others, other, tmp_path):
    (tmp_path / "hook").write_text(ONE)
    _, client = desk(form, Secret("file:hook", {}, tmp_path))
    made = hmac.new(ONE.encode(), other, hashlib.sha256).hexdigest()
    signed = others | {"x-hook-signature": made, "x-notion-signature": f"sha256={made}"}
    assert client.post("/hooks/it", content=other, headers=signed).status_code == 401
    assert (tmp_path / "hook").read_text() == ONE


def test_of_two_greetings_at_one_time_one_is_kept(tmp_path):
    """The other came between the look at the file and the writing of it."""
    secret = Secret("file:hook", {}, tmp_path)
    house, client = desk(ASANA, secret)

    def late(value: str) -> bool:
        assert keep(secret, OTHER)
        return keep(secret, value)

    house.doors["it"] = Door(ASANA, secret.reveal, late)
    assert client.post("/hooks/it", headers={"X-Hook-Secret": ONE}).status_code == 401
    assert secret.reveal() == OTHER


def test_a_greeting_shows_no_secret_when_it_is_printed():
    assert ONE not in repr(ASANA.greets and ASANA.greets({"x-hook-secret": ONE}, b"", ""))
    assert ONE not in repr(Greeting(secret=ONE))


HELLO = b'{"challenge":"c-1","token":"t","type":"url_verification"}'
CHALLENGES = {
    "encrypted": (sealed(HELLO), {}, 200),
    "encrypted and signed": (sealed(HELLO), lark(sealed(HELLO)), 200),
    "with another key": (sealed(HELLO, "else"), {}, 401),
    "in the clear": (HELLO, {}, 401),
    "encrypted, and no challenge": (sealed(b'{"type":"url_verification"}'), {}, 401),
    "an event that nobody signed": (sealed(b'{"header":{"event_type":"x"},"challenge":"c"}'), {}, 401),
    "encrypted, with a forged signature": (sealed(HELLO), lark(b"else"), 401),
}


@pytest.mark.parametrize(("body", "headers", "status"), CHALLENGES.values(), ids=CHALLENGES)
def test_feishus_challenge_is_answered_where_it_has_the_key(body, headers, status):
    house, client = desk(feishu("base1"), Secret("env:KEY", {"KEY": SECRET}))
    answer = client.post("/hooks/it", content=body, headers=headers)
    assert answer.status_code == status
    assert answer.json() == ({"challenge": "c-1"} if status == 200 else {"status": "refused"})
    assert house.hints == []


def test_a_file_beside_the_secret_is_not_mistaken_for_it(tmp_path: Path):
    (tmp_path / ".hook.left").write_text("x")
    assert keep(Secret("file:hook", {}, tmp_path), ONE)
    assert sorted(path.name for path in tmp_path.iterdir()) == [".hook.left", "hook"]
