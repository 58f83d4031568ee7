"""The bridge knows its own again, and nobody else's."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bridge import marks


def test_a_remote_link_is_named_for_instance_and_key_result():
    assert marks.global_id("acme-prod", "O1-KR1") == "okr-bridge=acme-prod&kr=O1-KR1"


@settings(deadline=None, max_examples=50)
@given(st.text(max_size=20), st.text(max_size=20))
def test_a_link_s_name_tells_instance_and_key_result_whatever_they_hold(instance, kr):
    try:
        (instance + kr).encode()
    except UnicodeEncodeError:
        return
    assert marks.read_global_id(marks.global_id(instance, kr)) == (instance, kr)


@pytest.mark.parametrize(
    "text", ["", "okr-bridge", "https://a.example", "okr-bridge=a", "x okr-bridge=a&kr=b"]
)
def test_other_links_are_nobody_s(text):
    assert marks.read_global_id(text) is None


def test_the_property_names_version_instance_and_key_results():
    assert marks.property_value("here", [{"id": "KR1"}]) == {
        "version": 1,
        "instance": "here",
        "key_results": [{"id": "KR1"}],
    }


@pytest.mark.parametrize(
    ("value", "owner"),
    [
        ({"instance": "here"}, "here"),
        ({"instance": 3}, None),
        ({}, None),
        (None, None),
        ("here", None),
        ([], None),
    ],
)
def test_the_owner_of_a_property_is_told_by_its_instance(value, owner):
    assert marks.instance_of(value) == owner


def test_a_marker_label_is_plain_where_the_names_are():
    assert marks.marker("acme", "O1-KR1") == "okr-bridge:acme:O1-KR1"


@pytest.mark.parametrize(("one", "other"), [("KR 1", "KR-1"), ("KR 1", "KR,1"), ("a" * 300, "a" * 301)])
def test_markers_stay_apart_and_fit_a_label(one, other):
    labels = [marks.marker("acme", kr) for kr in (one, other)]
    assert labels[0] != labels[1]
    assert all(len(label) <= 255 and " " not in label for label in labels)


def test_a_page_s_address_holds_any_id():
    assert marks.page("https://okr.example/", "O1 / KR1") == "https://okr.example/kr/O1%20%2F%20KR1"


def test_fingerprints_are_of_the_value_and_not_of_its_order():
    assert marks.fingerprint({"a": 1, "b": [2]}) == marks.fingerprint({"b": [2], "a": 1})
    assert marks.fingerprint({"a": 1}) != marks.fingerprint({"a": 2})
    assert len(marks.fingerprint(None)) == 16
