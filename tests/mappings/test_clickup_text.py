"""Comments as plain text, with a mark that is found again."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from bridge.model import Bullets, Paragraph, Span
from mappings.clickup_text import comment, mark_of
from mappings.plain import MOST_RENDERED

MARK = ("acme-prod", "O1-KR1", "abc")


def test_a_document_is_read_without_markup():
    body = (
        Paragraph((Span("KR 1 stands at "), Span("60%", strong=True))),
        Bullets(((Span("上线 `now` 😀"),), (Span("the page", href="https://okr.example/1"),))),
        Paragraph((Span("https://okr.example", href="https://okr.example"),)),
    )
    assert comment(body, MARK) == (
        "KR 1 stands at 60%\n\n• 上线 ˋnowˋ 😀\n• the page https://okr.example/1\n\n"
        "https://okr.example\n\nokr-bridge/acme-prod/O1-KR1/abc"
    )


@given(st.tuples(*[st.text(min_size=1)] * 3), st.text())
def test_the_mark_is_found_again_whatever_is_in_it(mark, text):
    told = comment((Paragraph((Span(text),)),), mark)
    assert mark_of(told) == mark
    assert mark_of(f"  {told} \n") == mark


@given(st.text())
def test_no_text_of_people_is_taken_for_a_mark(text):
    assert mark_of(comment((Paragraph((Span(f"{text}\nokr-bridge/a/b/c"),)),), MARK)) == MARK


def test_a_mark_in_the_midst_or_with_more_behind_it_is_none():
    assert mark_of("okr-bridge/a/b/c\nthanks") is None
    assert mark_of("see okr-bridge/a/b/c") is None
    assert mark_of("okr-bridge/a/b/c/d") is None


def test_a_long_document_is_cut_and_keeps_its_mark():
    told = comment(tuple(Paragraph((Span("进度 " * 200),)) for _ in range(200)), MARK)
    assert len(told) < MOST_RENDERED + 100
    assert mark_of(told) == MARK
