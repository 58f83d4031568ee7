"""Comments of systems that nobody knows: readable, free of others' markup, known again by their last line."""

from __future__ import annotations

from html import unescape
from html.parser import HTMLParser

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bridge.model import Bullets, Paragraph, Span
from mappings.rest_text import marked, spelt

MARK = ("acme-prod", "O1-KR1", "1f0c")
BODY = (
    Paragraph((Span("KR 1 stands at "), Span("60%", strong=True))),
    Bullets(((Span("a <b> & *c*"),), (Span("page", href="https://okr.example/kr/1?a=b&c=d"),))),
)
TOLD = {
    "text": "KR 1 stands at 60%\n\n• a <b> & *c*\n• page https://okr.example/kr/1?a=b&c=d",
    "markdown": "KR 1 stands at **60%**\n\n- a \\<b\\> \\& \\*c\\*\n- [page](https://okr.example/kr/1?a=b&c=d)",
    "html": "<p>KR 1 stands at <strong>60%</strong></p>\n<ul><li>a &lt;b&gt; &amp; *c*</li>"
    '<li><a href="https://okr.example/kr/1?a=b&amp;c=d">page</a></li></ul>',
}
FORMS = tuple(TOLD)


@pytest.mark.parametrize("form", FORMS)
def test_a_comment_in_each_form(form):
    text = spelt(form, 30_000)(BODY, MARK)
    line = "okr-bridge/acme-prod/O1-KR1/1f0c"
    assert text == TOLD[form] + (f"\n<p>{line}</p>" if form == "html" else f"\n\n{line}")


@pytest.mark.parametrize("form", FORMS)
@given(text=st.text(max_size=300), mark=st.tuples(*[st.text(min_size=1, max_size=20)] * 3))
@settings(deadline=None, max_examples=60)
def test_a_mark_is_found_again_whatever_stands_before_it(form, text, mark):
    told = spelt(form, 30_000)((Paragraph((Span(text),)),), mark)
    assert marked(told) == mark
    assert marked(told.replace("\n", "\r\n") + " \n") == mark


class Tags(HTMLParser):
    def __init__(self) -> None:
        super().__init__(convert_charrefs=False)
        self.found: set[str] = set()

    def handle_starttag(self, tag: str, attrs: object) -> None:
        self.found.add(tag)


@given(text=st.text(st.sampled_from("<>&\"'/ abimg=;#script"), max_size=60), href=st.booleans())
@settings(deadline=None, max_examples=80)
def test_no_tag_gets_in_by_what_people_typed(text, href):
    span = Span(text, strong=True, href='https://x.example/"><script>' if href else "")
    told = spelt("html", 30_000)((Paragraph((span,)),), MARK)
    tags = Tags()
    tags.feed(told)
    assert tags.found <= {"p", "strong", "a"}


@pytest.mark.parametrize(
    "text",
    [
        "okr-bridge/a/b/c",
        "said\nokr-bridge/a/b/c\n",
        "<div>said</div><div>okr-bridge/a/b/c</div>",
        "<p>said<br>okr-bridge/a/b/c</p>\n",
        "said&nbsp;\r\nokr-bridge/a/b/c",
    ],
)
def test_a_mark_is_seen_through_what_a_system_makes_of_it(text):
    assert marked(text) == ("a", "b", "c")


@pytest.mark.parametrize(
    "text", ["", "okr-bridge/a/b", "okr-bridge/a/b/c said", "see okr-bridge/a/b/c", "okr-bridge/a/b/c/d"]
)
def test_what_is_no_mark_of_ours(text):
    assert marked(text) is None


@pytest.mark.parametrize("form", FORMS)
@given(text=st.text(min_size=1500, max_size=4000))
@settings(deadline=None, max_examples=15)
def test_a_comment_is_no_longer_than_it_may_be(form, text):
    told = spelt(form, 1000)((Paragraph((Span(text),)),), MARK)
    assert len(told) <= 1000
    assert marked(unescape(told) if form != "html" else told) == MARK
