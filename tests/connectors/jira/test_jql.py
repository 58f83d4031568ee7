import pytest
from hypothesis import given
from hypothesis import strategies as st

from bridge.errors import UsageError
from bridge.model import FieldValue, Keys, Label, Project, Query
from connectors.jira.jql import field, jql, quote, unordered, within

SELECTORS = {
    "a query as it stands": (Query("labels = x OR status = Open"), "labels = x OR status = Open"),
    "a query without its order": (Query("project = A ORDER BY created DESC"), "project = A"),
    "a label": (Label("q4"), 'labels = "q4"'),
    "a reserved word as project": (Project("DO"), 'project = "DO"'),
    "a field by name": (FieldValue("Team", "Growth"), '"Team" = "Growth"'),
    "a field by id": (FieldValue("customfield_10200", "5"), 'cf[10200] = "5"'),
    "a field in JQL's own spelling": (FieldValue("cf[10200]", "a"), 'cf[10200] = "a"'),
    "keys": (Keys(("A-1", "A-2")), 'key in ("A-1", "A-2")'),
    "a label that would break out": (Label('x" OR "1" = "1'), r'labels = "x\" OR \"1\" = \"1"'),
    "a backslash at the end": (Label("x\\"), r'labels = "x\\"'),
    "a line end and an escape": (Label("a\nb\x1b"), 'labels = "ab"'),
    "Chinese and an emoji": (Label("完成😀"), 'labels = "完成😀"'),
}


@pytest.mark.parametrize(("selector", "text"), SELECTORS.values(), ids=SELECTORS)
def test_a_selector_is_one_query(selector, text):
    assert jql(selector) == text


ORDERS = {
    "none": ("a = b", "a = b"),
    "any case": ("a = b Order  bY key", "a = b "),
    "over lines": ("a = b\norder\n by key", "a = b\n"),
    "in double quotes": ('summary ~ "order by x" AND a = b', 'summary ~ "order by x" AND a = b'),
    "in single quotes": ("summary ~ 'it order by' order by key", "summary ~ 'it order by' "),
    "behind an escaped quote": (r'summary ~ "a\" order by" ORDER BY key', r'summary ~ "a\" order by" '),
    "a field named order": ("order = 1 AND by = 2", "order = 1 AND by = 2"),
    "right after a parenthesis": ("(a = b)order by key", "(a = b)"),
    "a longer word": ("reorder by = 1", "reorder by = 1"),
    "a quote that never closes": ('a = "b order by key', 'a = "b order by key'),
}


@pytest.mark.parametrize(("text", "bare"), ORDERS.values(), ids=ORDERS)
def test_the_order_of_a_query_is_found_outside_of_quotes(text, bare):
    assert unordered(text) == bare


@pytest.mark.parametrize("text", ["", "  ", "ORDER BY created", "order by key asc"])
def test_a_query_that_restricts_nothing_is_refused(text):
    with pytest.raises(UsageError, match="restricts nothing"):
        jql(Query(text))


def test_ids_are_numbers_and_keys_are_quoted():
    assert within("parent", ["10001", "A-1"]) == 'parent in (10001, "A-1")'


def test_a_name_that_only_looks_like_an_id_is_a_name():
    assert field("customfield_x") == '"customfield_x"'
    assert field("10200") == '"10200"'


def unquoted(text):
    """As a JQL parser reads a quoted text; fails where it would end early."""
    assert text[0] == text[-1] == '"'
    inner, plain = iter(text[1:-1]), ""
    for character in inner:
        assert character != '"'
        plain += next(inner) if character == "\\" else character
    return plain


@given(st.text())
def test_nothing_in_quotes_can_end_them(text):
    assert unquoted(quote(text)) == "".join(c for c in text if c.isprintable())


@given(st.text())
def test_a_quoted_text_never_holds_an_order(text):
    query = f"labels = {quote(text)}"
    assert unordered(query) == query
    assert unordered(query + " ORDER BY key") == query + " "
