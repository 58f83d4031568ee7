"""Documents as Trello's comments: nothing that people typed is markup, and marks are found again."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bridge.model import Bullets, Paragraph, Span
from mappings.trello_text import comment_text, literal, mark_of
from tests.trello.reading import rendered

MARK = ("here", "O1-KR1", "abc")
SHOWN = (
    "1. one", "2) two", "# head", "- item", "+ item", "> quote", "a*b*c _d_ ~~e~~ `f`",
    "[x](https://x.example)", "![x](y)", "<b>bold</b>", "&amp; &#64;", "@all @mei me@x.example",
    "https://evil.example www.evil.example", ":smile:", "a | b", "---", "完成 😀 שלום", "100% - 3/4 = 97%",
    'a "quoted" \\ {code}', "C++ & C#", "v1.2",
)  # fmt: skip


@pytest.mark.parametrize("text", SHOWN)
def test_what_people_typed_is_shown_as_they_typed_it(text):
    assert rendered(literal(text)) == text


CALLS = {
    "@all": "&#64;all", "https://x": "https\\://x", "www.x": "www\\.x", "1. x": "1\\. x",
    "*x*": "\\*x\\*", "[x](y)": "\\[x\\](y\\)", "a - b": "a \\- b", "sign-up": "sign-up", "60%": "60%",
    "今日:": "今日:",
}  # fmt: skip


@pytest.mark.parametrize(("text", "sent"), CALLS.items(), ids=CALLS)
def test_what_would_be_markup_is_sent_as_none(text, sent):
    assert literal(text) == sent


@given(st.text())
@settings(deadline=None, max_examples=100)
def test_no_text_calls_anybody_or_opens_markup(text):
    sent = literal(text)
    assert "@" not in sent
    assert rendered(sent) == text


def test_a_comment_is_paragraphs_bullets_links_and_the_mark():
    body = (
        Paragraph((Span("KR 1 stands at "), Span("60%", strong=True))),
        Bullets(((Span("one"),), (Span("more", href="https://okr.example/1?a=(b)"),))),
    )
    assert comment_text(body, MARK) == (
        "KR 1 stands at **60%**\n\n- one\n- [more](https://okr.example/1?a=%28b%29)\n\nokr-bridge/here/O1-KR1/abc"
    )


def test_strong_words_amid_others_are_plain():
    body = (Paragraph((Span("进度"), Span("60%", strong=True), Span("了"))),)
    assert comment_text(body, MARK).startswith("进度60%了")


@given(st.tuples(*[st.text(min_size=1)] * 3))
@settings(deadline=None, max_examples=100)
def test_every_mark_is_found_again(mark):
    assert mark_of(comment_text((Paragraph((Span("x"),)),), mark)) == mark


@pytest.mark.parametrize("text", ["", "60%", "okr-bridge/here/O1-KR1", "okr-bridge/a/b/c\n\nand more"])
def test_what_bears_no_mark_is_not_ours(text):
    assert mark_of(text) is None


@pytest.mark.parametrize("char", ["x", "*", "完", "@", "🎯"])
def test_a_long_comment_keeps_under_what_trello_takes_and_keeps_its_mark(char):
    """Trello counts units of UTF-16."""
    text = comment_text((Paragraph((Span(char * 30_000),)),), MARK)
    assert len(text.encode("utf-16-le")) // 2 <= 16_384
    assert mark_of(text) == MARK
