"""Notes that Textile and Markdown read alike."""

from __future__ import annotations

import html
import re

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bridge.model import Bullets, Paragraph, Span
from mappings.plain import clean
from mappings.redmine_text import JOINER, literal, mark_of, note

MARK = ("here", "O1-KR1", "abc")
MARKUP = re.compile(r"[*_@#\[\]{}<>|~`\\\"]")


def test_a_note_is_paragraphs_bullets_and_its_mark():
    body = (
        Paragraph((Span("KR 1 stands at "), Span("60%", strong=True))),
        Bullets(((Span("one"),), (Span("two"),))),
    )
    assert note(body, MARK) == "KR 1 stands at **60%**\n\n* one\n* two\n\nokr-bridge/here/O1-KR1/abc"


def test_an_address_stands_by_itself_beside_its_text():
    told = note((Paragraph((Span("page", href="https://okr.example/a b".replace(" ", "%20")),)),), MARK)
    assert told.startswith("page https://okr.example/a%20b\n")


ADDRESSES = {
    "a host in Chinese": (
        "https://用户.example:8443/上线",
        "https://xn--zouo53b.example:8443/%E4%B8%8A%E7%BA%BF",
    ),
    "a full stop at its end": ("https://okr.example/kr/a.", "https://okr.example/kr/a%2E"),
    "what would be code or strong": ("https://okr.example/@a@/*b*/", "https://okr.example/%40a%40/%2Ab%2A/"),
    "a host that there cannot be": ("https://.上.example/a", "https://.上.example/a"),
    "a port and a question": ("http://okr.example:8080/?a=%20&b=1#c", "http://okr.example:8080/?a=%20&b=1#c"),
}


@pytest.mark.parametrize(("page", "want"), ADDRESSES.values(), ids=ADDRESSES)
def test_an_address_is_one_link_in_every_language(page, want):
    assert note((Paragraph((Span("page", href=page),)),), MARK).startswith(f"page {want}\n")


def test_strong_text_that_touches_its_neighbour_stays_plain():
    assert note((Paragraph((Span("a"), Span("b", strong=True))),), MARK).startswith("ab\n")


LITERAL = {
    "figures read as they are": (
        "60% of 12, on 2026-11-21: 3/4 (5 open).",
        "60% of 12, on 2026-11-21: 3/4 (5 open).",
    ),
    "a heading": ("h1. Goal", "h1&#46; Goal"),
    "a numbered list": ("1. Goal", "1&#46; Goal"),
    "a name that would be told": ("ask @admin", "ask &#64;\u2060admin"),
    "a macro": ("{{include}}", "&#123;&#123;include&#125;&#125;"),
    "a page of the wiki": ("[[Start]]", "&#91;\u2060&#91;Start&#93;&#93;"),
    "the name of an account": ("user:admin", "user&#58;\u2060admin"),
    "an issue": ("of #1, and # 1", "of &#35;\u20601, and &#35; 1"),
    "an entity that somebody typed": ("&#42;", "&#38;&#35;\u206042;"),
    "a struck-out word": ("-gone-", "&#45;gone-"),
}


@pytest.mark.parametrize(("text", "want"), LITERAL.values(), ids=LITERAL)
def test_literal(text, want):
    assert literal(text) == want


@settings(deadline=None, max_examples=200)
@given(st.text(max_size=60))
def test_no_text_is_markup_and_every_one_can_be_read_back(text):
    told = literal(clean(text))
    assert html.unescape(told).replace(JOINER, "") == clean(text).replace(JOINER, "")
    assert not MARKUP.search(re.sub(r"&#\d+;", "", told))


@settings(deadline=None, max_examples=100)
@given(
    st.tuples(*[st.text(st.characters(exclude_categories=["Cs"]), min_size=1, max_size=20)] * 3),
    st.text(max_size=40),
)
def test_a_mark_comes_back_whatever_is_in_it(mark, text):
    assert mark_of(note((Paragraph((Span(text),)),), mark)) == mark


@pytest.mark.parametrize(
    "text", ["", "60%", "okr-bridge/here/KR1", "see okr-bridge/a/b/c", "okr-bridge/a/b/c\nquoted"]
)
def test_what_ends_otherwise_bears_no_mark(text):
    assert mark_of(text) is None
