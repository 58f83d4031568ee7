"""Webhooks of systems that are described in the file: a shared token, and ids by their paths."""

from __future__ import annotations

import base64
import hmac
import json
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bridge import config
from bridge.daemon.doors import doors
from bridge.daemon.hooks import Door
from bridge.daemon.rest_hooks import MOST
from bridge.errors import ConfigError
from bridge.hook_form import Form
from tests.bridge.daemon.house import NOON, SECRET, House
from tests.inhouse import TOKEN, TOML

TOKEN_HOOKS = '[connections.inhouse.hooks]\nheader = "Authorization"\nkind = "token"\nprefix = "Bearer "\n'
SIGNED = (
    '[connections.inhouse.hooks]\nheader = "X-Signature"\nprefix = "sha256="\n'
    'items = ["task.id", "moved[].id"]\nevent = "event"\n'
)
KEY = 'token = "env:TRACKER_KEY"\n'


def door(folder: Path, hooks: str, secret: str = 'webhook_secret = "env:HOOK"\n') -> Door | None:
    (folder / "okr-bridge.toml").write_text(f"{TOML.replace(KEY, KEY + secret)}\n{hooks}", "utf-8")
    loaded = config.load(folder / "okr-bridge.toml", {"TRACKER_KEY": TOKEN, "HOOK": SECRET})
    return doors(loaded).get("inhouse")


def form(folder: Path, hooks: str) -> Form:
    found = door(folder, hooks)
    assert found
    return found.form


def told(form: Form, payload: Any) -> Any:
    return form.items_of(json.dumps(payload).encode())


def test_without_a_description_there_is_no_door_and_without_a_secret_it_is_refused(tmp_path):
    assert door(tmp_path, "") is None
    with pytest.raises(ConfigError, match="hooks need `webhook_secret`"):
        door(tmp_path, SIGNED, secret="")


@pytest.mark.parametrize(
    ("headers", "status"),
    {
        "the token": ({"authorization": f"Bearer {SECRET}"}, 200),
        "none": ({}, 401),
        "no prefix": ({"authorization": SECRET}, 401),
        "another prefix": ({"authorization": f"Basic: {SECRET}"}, 401),
        "another": ({"authorization": f"Bearer {SECRET}x"}, 401),
        "half": ({"authorization": f"Bearer {SECRET[:-1]}"}, 401),
        "empty": ({"authorization": "Bearer "}, 401),
        "odd": ({"authorization": "Bearer \udcff\xe9"}, 401),
        "elsewhere": ({"x-token": SECRET}, 401),
    }.values(),
    ids=lambda one: str(one)[:20],
)
def test_a_shared_token_is_taken_whole_or_not(tmp_path, headers, status):
    house = House()
    house.doors["it"] = Door(form(tmp_path, TOKEN_HOOKS), lambda: SECRET)
    assert house.hooks.takes("it", headers, b"{}").status == status
    assert house.hints == ([("it", ())] if status == 200 else [])


@given(told=st.text(max_size=60))
@settings(deadline=None, max_examples=60)
def test_no_other_text_is_the_token(tmp_path_factory, told):
    proved = form(tmp_path_factory.getbasetemp(), TOKEN_HOOKS)
    assert not proved.proves({"authorization": f"Bearer {told}"}, b"", SECRET, NOON) or told.strip() == SECRET
    assert not proved.proves({"authorization": f"Bearer {told}"}, b"", "", NOON)


@pytest.mark.parametrize("kind", ["hmac-sha256", "hmac-sha1"])
@pytest.mark.parametrize("encoding", ["hex", "base64"])
def test_every_signature_holds_in_its_own_spelling_and_in_no_other(tmp_path, kind, encoding):
    known = form(tmp_path, SIGNED + f'kind = "{kind}"\nencoding = "{encoding}"\n')
    body = b'{"task": 1}'
    made = {
        (kind, encoding): spell(hmac.new(SECRET.encode(), body, kind.removeprefix("hmac-")).digest())
        for kind in ("hmac-sha256", "hmac-sha1")
        for encoding, spell in (("hex", bytes.hex), ("base64", lambda raw: base64.b64encode(raw).decode()))
    }
    proved = {
        one
        for one, text in made.items()
        if known.proves({"x-signature": f"sha256={text}"}, body, SECRET, NOON)
    }
    assert proved == {(kind, encoding)}
    assert known.claims({"x-signature": f"sha256={made[kind, encoding]}"})


NAMED = {
    "one": ({"task": {"id": 101}}, ("101",)),
    "a text": ({"task": {"id": "a-1"}}, ("a-1",)),
    "several, each once": ({"task": {"id": 1}, "moved": [{"id": 2}, {"id": 1}, {"id": 2}]}, ("1", "2")),
    "nothing there": ({"project": {"id": 7}}, ()),
    "no ids": (
        {"task": {"id": {"a": 1}}, "moved": [{"id": True}, {"id": ""}, {"id": None}, {"id": 1.5}]},
        (),
    ),
    "too long": ({"task": {"id": "x" * 201}}, ()),
    "not to be printed": ({"task": {"id": "a\nb"}}, ()),
    "too many": ({"moved": [{"id": n} for n in range(MOST + 1)]}, ()),
    "no object": ([1], ()),
    "no JSON": (None, ()),
}


@pytest.mark.parametrize(("payload", "ids"), NAMED.values(), ids=NAMED)
def test_the_items_are_where_the_file_says(tmp_path, payload, ids):
    assert told(form(tmp_path, SIGNED), payload) == ids


def test_a_path_that_does_not_fit_what_comes_is_no_trouble(tmp_path):
    odd = SIGNED.replace('"task.id"', '"keys(task)"').replace('event = "event"', 'event = "length(event)"')
    found = form(tmp_path, odd)
    assert told(found, {"task": 1, "event": 2}) == ()
    assert found.identifier({}, b'{"event": 2}') == ""
    assert found.identifier({}, b'{"event": "ab"}') == "2"
