"""Comments in a text cell: found by their marks, whatever stands around them and in them."""

from __future__ import annotations

from hypothesis import given, settings
from hypothesis import strategies as st

from bridge.model import Bullets, Paragraph, Span
from mappings.feishu_text import added, comments, removed, rewritten, text

BODY = (Paragraph((Span("60%", strong=True), Span(" of it"))), Bullets(((Span("one"),), (Span("二"),))))
SIGN = ("here", "O1-KR1", "abc")
words = st.text(max_size=40)


def said(typed):
    return (Paragraph((Span(typed),)), Bullets(((Span(typed),),)))


def test_a_comment_is_lines_between_two_of_its_own():
    cell, id = added("", BODY, SIGN)
    assert (cell, id) == ("⟦okr-bridge⟧\n60% of it\n• one\n• 二\n⟦okr-bridge/here/O1-KR1/abc/1⟧", "1")


def test_links_stand_as_their_addresses():
    url = "https://okr.example/1"
    assert text((Paragraph((Span("more", href=url),)),)) == f"more ({url})"
    assert text((Paragraph((Span(url, href=url),)),)) == url


def test_a_name_with_slashes_blanks_and_brackets_is_the_same_again():
    sign = ("a/b ⟧", "目标 1\n", "x%/")
    [one] = comments(added("", BODY, sign)[0])
    assert one.sign == sign


def test_windows_line_ends_hide_no_mark():
    cell, _ = added("hello", BODY, SIGN)
    assert [one.id for one in comments(cell.replace("\n", "\r\n"))] == ["1"]


def test_ids_are_never_those_of_another_comment():
    cell, one = added("", BODY, SIGN)
    cell, two = added(cell, BODY, SIGN)
    cell = removed(cell, one) or ""
    cell, three = added(cell, BODY, SIGN)
    assert (one, two, three) == ("1", "2", "3")


def test_what_is_gone_is_none():
    assert rewritten("people", "1", BODY, SIGN) is None
    assert removed("", "1") is None


def test_a_quarter_of_a_book_is_cut():
    assert len(text(said("x" * 100_000))) <= 32_000


@settings(deadline=None, max_examples=60)
@given(words, words, words)
def test_whatever_is_typed_a_comment_is_found_rewritten_and_taken_away(around, body, later):
    cell, id = added(around, said(body), SIGN)
    assert [one.sign for one in comments(cell) if one.id == id] == [SIGN]
    other = ("here", "O1-KR1", "def")
    cell = rewritten(cell, id, said(later), other) or ""
    [found] = [one for one in comments(cell) if one.id == id]
    assert found.sign == other
    assert text(said(later)).strip("\n") in cell[found.start : found.end]
    left = removed(cell, id)
    assert left == around.replace("\r\n", "\n").replace("\r", "\n").strip("\n")
