"""Exact values keep their digits, and text keeps all that a database can hold."""

from __future__ import annotations

import json

from hypothesis import given
from hypothesis import strategies as st

from bridge.store.columns import dumps, plain


@given(st.text(st.characters(exclude_categories=["Cs"], exclude_characters="\0")))
def test_text_that_can_be_held_is_not_touched(text: str) -> None:
    assert plain(text) == text


@given(st.text(st.characters()))
def test_what_is_held_can_be_encoded_and_is_held_the_same_again(text: str) -> None:
    held = plain(text)
    assert "\0" not in held
    held.encode()
    assert plain(held) == held


def test_halves_of_a_pair_that_belong_together_are_joined() -> None:
    assert plain("\ud83d\ude00") == "\N{GRINNING FACE}"


@given(st.recursive(st.none() | st.booleans() | st.integers() | st.text(), st.lists))
def test_json_is_plain_ascii_on_one_line(value: object) -> None:
    text = dumps(value)
    assert text.isascii()
    assert not set("\0\n\r") & set(text)
    assert json.loads(text) == value
