"""No form of a secret stays in a text, and nothing else is taken out of it."""

from __future__ import annotations

import base64
import html
import json
from urllib.parse import quote, quote_plus

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from bridge.masking import MASK, mask, masked, masker

SECRET = "s3cr3t/with+odd=signs'&<ü>"
FORMS = {
    "as it is": str,
    "quoted": quote,
    "quoted as a form": quote_plus,
    "wholly quoted": lambda v: quote(v, safe=""),
    "quoted in small letters": lambda v: "".join(
        c.lower() if c in "ABCDEF" else c for c in quote(v, safe="")
    ),
    "in JSON": lambda v: json.dumps({"a": v}),
    "in JSON as it is": lambda v: json.dumps({"a": v}, ensure_ascii=False),
    "in a repr": lambda v: repr([v + '"']),
    "in a page": html.escape,
    "base64": lambda v: base64.b64encode(v.encode()).decode(),
    "base64 for addresses": lambda v: base64.urlsafe_b64encode(v.encode()).decode(),
    "a login": lambda v: base64.b64encode(f"bot@acme.example:{v}".encode()).decode(),
    "a login one longer": lambda v: base64.b64encode(f"bott@acme.example:{v}".encode()).decode(),
    "a login two longer": lambda v: base64.b64encode(f"botty@acme.example:{v}:".encode()).decode(),
    "hex": lambda v: v.encode().hex(),
    "HEX": lambda v: v.encode().hex().upper(),
}


@pytest.mark.parametrize("form", FORMS.values(), ids=FORMS)
def test_every_form_is_masked(form):
    shown = form(SECRET)
    found = mask(f"before {shown} after", [SECRET])
    assert MASK in found
    assert found.startswith("before ")
    assert found.endswith(" after")
    assert "s3cr3t" not in found
    assert not any(piece in found for piece in (shown[i : i + 8] for i in range(8, len(shown) - 16)))


ADDRESSES = {
    "a database": ("postgresql://okr:pa%40ss-w%2Frd@db.corp/okr", ["pa@ss-w/rd", "pa%40ss-w%2Frd"]),
    "a database in odd form": ("postgresql+psycopg://okr:pa@ss-word@db.corp/okr", ["pa@ss-word"]),
    "a proxy": ("http://okr:pr0xy-pass@proxy.corp:3128", ["pr0xy-pass"]),
    "a login without password": ("https://k3y-of-ours@logs.corp/1", ["k3y-of-ours"]),
    "a ping": ("https://hc-ping.com/0a1b2c3d-4e5f", ["/0a1b2c3d-4e5f", "0a1b2c3d-4e5f"]),
    "a ping with a project": ("https://hc.corp/ping/0a1b2c3d-4e5f", ["url: /ping/0a1b2c3d-4e5f"]),
}


@pytest.mark.parametrize(("address", "pieces"), ADDRESSES.values(), ids=ADDRESSES)
def test_what_is_secret_in_an_address_is_masked_by_itself(address, pieces):
    for piece in (address, *pieces):
        found = mask(f"failed: {piece}!", [address])
        assert MASK in found
        assert not any(word in found for word in ("pa%40", "pa@ss", "pr0xy", "k3y", "0a1b2c3d"))


def test_the_host_of_an_address_is_no_secret():
    text = "database okr on db.corp: connection refused; hc-ping.com did not answer"
    secrets = ["postgresql://okr:password-1@db.corp/okr", "https://hc-ping.com/0a1b2c3d-4e5f"]
    assert mask(text, secrets) == text


@settings(deadline=None, max_examples=80)
@given(
    secret=st.text(st.characters(exclude_characters="*"), min_size=1, max_size=30),
    before=st.text(max_size=9),
    after=st.text(max_size=9),
)
@example(secret="\ud800", before="", after="")
@example(secret="caf\udce9 latin", before="https://x/?", after="")
def test_a_masked_text_holds_the_secret_nowhere(secret, before, after):
    assert secret not in mask(f"{before}{secret}{after}", [secret])


@settings(deadline=None, max_examples=80)
@given(secret=st.text(min_size=9, max_size=30), before=st.binary(max_size=9), after=st.binary(max_size=9))
def test_no_base64_of_a_text_around_the_secret_stays(secret, before, after):
    raw = before + secret.encode() + after
    assert mask(base64.b64encode(raw).decode(), [secret]) == MASK
    assert mask(base64.urlsafe_b64encode(raw).decode(), [secret]) == MASK


def test_data_is_masked_at_any_depth_and_keeps_its_shape():
    hide = masker(["1234567", "planted"])
    data = {"planted": [1, 1.5, None, True, ("planted", b"planted\xff")], "n": 1234567, "s": {"planted"}}
    assert masked(data, hide) == {
        "***": [1, 1.5, None, True, ("***", "***\\xff")],
        "n": "***",
        "s": ["***"],
    }
    assert masked(ValueError("planted"), hide) == "ValueError: ***"


def test_no_secrets_mask_nothing():
    assert mask("plain aGVsbG8gd29ybGQ= text", ["", "x" * 40]) == "plain aGVsbG8gd29ybGQ= text"
