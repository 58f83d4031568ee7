import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bridge.errors import UnexpectedAnswer
from connectors.listing import Listing

BROKEN = UnexpectedAnswer("acme", "broken")
values = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False) | st.text(),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(max_size=5), inner, max_size=4),
)
documents = st.fixed_dictionaries(
    {"issues": st.lists(values, max_size=6)}, optional={"issueErrors": values, "x": values}
)


def listing(text):
    return Listing(text.encode(), "issues", BROKEN)


@given(documents, st.booleans(), st.sampled_from([None, 2, "\t"]), st.randoms())
def test_a_list_read_one_by_one_is_the_list(document, ascii, indent, chance):
    members = list(document.items())
    chance.shuffle(members)
    found = listing(json.dumps(dict(members), ensure_ascii=ascii, indent=indent))
    assert list(found) == document["issues"]
    assert found.rest == {name: value for name, value in document.items() if name != "issues"}


@given(documents, st.data())
def test_a_list_that_is_cut_off_is_never_taken_for_all(document, data):
    text = json.dumps(document)
    cut = text[: data.draw(st.integers(1, len(text) - 1))]
    with pytest.raises(UnexpectedAnswer):
        list(listing(cut))


@pytest.mark.parametrize(
    "text", ["{}", '{"issues": null}', '{"issues": {"a": 1}}', '{"issues": [1}', '{"issues": [,]}']
)
def test_an_object_without_such_a_list_is_told(text):
    with pytest.raises(UnexpectedAnswer):
        list(listing(text))


@pytest.mark.parametrize("content", [b"", b"[]", b"null", b"  ", b'{"issues": ["\xff"]}'])
def test_what_is_no_object_is_refused_at_once(content):
    with pytest.raises(ValueError):
        Listing(content, "issues", BROKEN)


def test_elements_are_there_before_the_whole_text_is_read():
    found = iter(listing('{"issues": [{"id": "1"}, {"id": "2"'))
    assert next(found) == {"id": "1"}
