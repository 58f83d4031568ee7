"""Who may give a hint: proofs that hold, and all those that do not."""

from __future__ import annotations

import base64
import hmac
import json
from datetime import timedelta
from typing import Any

import jwt
import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from bridge.daemon.signatures import bearer_proves, hub_proves, is_bearer, is_hub
from tests.bridge.daemon.house import NOON, SECRET, signature

VECTOR = "a4771c39fbe90f317c7824e83ddef3caae9cb3d976c214ace1f2937e133263c9"
CLIENT_SECRET = "ATOA" + "x" * 60


def test_the_published_vector_holds():
    assert hub_proves(f"sha256={VECTOR}", b"Hello World!", SECRET)


HUBS = {
    "sha256": (signature(b"{}"), True),
    "sha384": (signature(b"{}", method="sha384"), True),
    "sha512": (signature(b"{}", method="sha512"), True),
    "capital hex": ("sha256=" + signature(b"{}")[7:].upper(), True),
    "sha1": (signature(b"{}", method="sha1"), False),
    "md5": (signature(b"{}", method="md5"), False),
    "another secret": (signature(b"{}", "another"), False),
    "another body": (signature(b"{ }"), False),
    "another method's name": ("sha512=" + signature(b"{}")[7:], False),
    "one digit less": (signature(b"{}")[:-1], False),
    "a blank behind": (signature(b"{}") + " ", False),
    "blanks inside": ("sha256=" + " ".join(signature(b"{}")[7:]), False),
    "two of them": (signature(b"{}") + "," + signature(b"{}"), False),
    "no method": (signature(b"{}")[7:], False),
    "a method nobody has": ("none=" + "0" * 64, False),
    "no letters of ours": ("sha256=" + "\u0660" * 64, False),
    "empty": ("", False),
}


@pytest.mark.parametrize(("header", "holds"), HUBS.values(), ids=HUBS)
def test_a_signature_holds_for_its_body_and_secret_alone(header, holds):
    assert hub_proves(header, b"{}", SECRET) is holds


def test_an_empty_secret_proves_nothing():
    assert not hub_proves(signature(b"{}", ""), b"{}", "")


@given(st.binary(max_size=200), st.text(max_size=40), st.binary(max_size=200))
@settings(deadline=None, max_examples=60)
def test_a_signature_holds_for_one_body(body, secret, other):
    assert hub_proves(signature(body, secret), body, secret) is bool(secret)
    assert hub_proves(signature(body, secret), other, secret) is (bool(secret) and body == other)


def token(secret: str = CLIENT_SECRET, algorithm: str = "HS256", **claims: Any) -> str:
    given = {"exp": int(NOON.timestamp()) + 180} | claims
    held = {name: value for name, value in given.items() if value is not None}
    return f"Bearer {jwt.encode(held, secret, algorithm=algorithm)}"


def seconds(offset: float) -> float:
    return NOON.timestamp() + offset


TOKENS = {
    "as Atlassian sends it": (token(iss="client", iat=int(seconds(0))), True),
    "the sender's clock is a little behind": (token(exp=seconds(-59)), True),
    "the sender's clock is a little ahead": (token(iat=seconds(59), nbf=seconds(59)), True),
    "expired": (token(exp=seconds(-60)), False),
    "never expires": (token(exp=None), False),
    "as good as never": (token(exp=seconds(86_401)), False),
    "in a day": (token(exp=seconds(86_400)), True),
    "expires at no number": (token(exp="soon"), False),
    "expires at true": (token(exp=True), False),
    "expires at no number there is": (token(exp=float("nan")), False),
    "made in the future": (token(iat=seconds(120)), False),
    "not yet valid": (token(nbf=seconds(120)), False),
    "valid from nobody knows when": (token(nbf="now"), False),
    "another secret": (token("y" * 64), False),
    "another method": (token(algorithm="HS512"), False),
    "for someone else, which is not documented": (token(aud="else", sub=None), True),
    "no method at all": (token(algorithm="none", secret=""), False),
    "another scheme": (token().replace("Bearer", "Basic"), False),
    "cut off": (token()[:-1], False),
    "empty": ("", False),
}


@pytest.mark.parametrize(("header", "holds"), TOKENS.values(), ids=TOKENS)
def test_a_token_holds_while_it_is_valid(header, holds):
    assert bearer_proves(header, CLIENT_SECRET, NOON) is holds


@pytest.mark.filterwarnings("ignore:The HMAC key")
def test_a_short_secret_proves_no_token():
    assert not bearer_proves(token(SECRET), SECRET, NOON)


def test_a_token_is_not_taken_a_day_later():
    assert not bearer_proves(token(), CLIENT_SECRET, NOON + timedelta(days=1))


def part(value: str) -> str:
    return base64.urlsafe_b64encode(value.encode("utf-8", "surrogatepass")).rstrip(b"=").decode()


NESTED = "[" * 1100
HOSTILE = ["{}", "[]", "null", NESTED, '{"alg":["HS256"]}', '{"alg":"HS256","crit":["b64"],"b64":false}',
           '{"alg":"HS256","alg":"none"}', '{"alg":' + "9" * 1200 + "}", "\ud800"]  # fmt: skip


@given(st.sampled_from(HOSTILE) | st.text(max_size=60), st.sampled_from(HOSTILE) | st.text(max_size=60))
@example(NESTED, NESTED)
@settings(deadline=None, max_examples=60)
def test_a_hostile_token_is_refused_and_nothing_more(head, claims):
    made = f"Bearer {part(head)}.{part(claims)}.{'A' * 43}"
    assert not bearer_proves(made, CLIENT_SECRET, NOON)


@given(st.text(max_size=300))
@settings(deadline=None, max_examples=60)
def test_any_other_text_proves_nothing(text):
    assert not hub_proves(text, b"", SECRET)
    assert not bearer_proves(text, CLIENT_SECRET, NOON)


@pytest.mark.parametrize("claims", ["[1]", '"x"', "1", '{"exp":1e400}', '{"exp":' + "9" * 400 + "}"])
def test_claims_of_any_shape_are_refused_even_when_well_signed(claims):
    signed = f"{part(json.dumps({'alg': 'HS256'}))}.{part(claims)}"
    made = hmac.digest(CLIENT_SECRET.encode(), signed.encode(), "sha256")
    tail = base64.urlsafe_b64encode(made).rstrip(b"=").decode()
    assert not bearer_proves(f"Bearer {signed}.{tail}", CLIENT_SECRET, NOON)


def test_the_form_is_known_before_the_body_is():
    assert is_hub(signature(b""))
    assert not is_hub(signature(b"", method="sha1"))
    assert is_bearer(token())
    assert not is_bearer("Bearer secret")
