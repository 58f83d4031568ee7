"""The renderer of Jira is not to be had; a small tokenizer of its documented rules stands in for it."""

import html
import re

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from bridge.model import Bullets, Paragraph, Span
from mappings.plain import clean
from mappings.wiki import escape, wiki

ESCAPED = re.compile(r"(?<!\\)\\([-#*_+?^~|%{}\[\]()!@])|&#(\d+);")
LIVE = {
    "an escape or a line break": r"\\",
    "a link or mention": r"[\[\]]",
    "a macro": r"[{}]",
    "a table": r"\|",
    "an image": r"!",
    "a user": r"@",
    "bold": r"\*",
    "a citation": r"\?\?",
    "a phrase": r"(?<![A-Za-z0-9])([-_+^~])\S(?:.*\S)?\1(?![A-Za-z0-9])",
    "a rule": r"-{2,}",
    "a list": r"(?:^|\s)#",
    "a heading or quotation": r"^\s*(?:h[1-6]|bq)\.",
    "a bare address": r"[a-z]+:[^\s]",
    "an issue key": r"[A-Z][A-Z0-9_]+-\d",
    "an emoticon": r"[:;]-?[()DP]|\((?:/|x|y|n|i|\+|-|\?|on|off|flag|flagoff)\)",
    "an entity": r"&[#\w]+;",
}
PIECES = st.sampled_from(
    list("{}*_-+^~?|!#\\&()[]:;@.aB7 ")
    + "[~admin] [x|http://a.b] {code} *bold* ?? || !a.png! h1. bq. ---- http://a.b/c mailto:a@b.c".split()  # noqa: SIM905
    + "&#42; :) :D ;) (x) (/) (flagoff) SHOP-12 @me 完成".split()  # noqa: SIM905
)
LINES = st.one_of(st.text(max_size=40), st.lists(PIECES, max_size=8).map("".join))


def live(rendered):
    """What is left for the renderer to act on once escapes and entities are taken as letters."""
    return ESCAPED.sub("\x01", rendered)


def shown(rendered):
    return html.unescape(ESCAPED.sub(lambda m: m.group(1) or f"&#{m.group(2)};", rendered))


def one(text, **marks):
    return wiki((Paragraph((Span(text, **marks),)),))


@pytest.mark.parametrize("what", LIVE)
@settings(deadline=None, max_examples=60)
@given(LINES)
@example(";(")
def test_no_text_of_people_is(what, text):
    assert not re.search(LIVE[what], live(one(text)))


@settings(deadline=None, max_examples=200)
@given(LINES)
def test_what_is_shown_is_what_was_typed(text):
    assert shown(one(text)) == clean(text).strip()


@pytest.mark.parametrize("what", LIVE)
def test_the_tokenizer_sees_markup(what):
    samples = "\\\\ [~a] {code} |a| !a! @a *b* ??c?? -d- ---- http://x AB-1 :) &lt;"
    starts = ["# a", "h1. a"]
    assert any(re.search(LIVE[what], sample) for sample in [samples, *starts])


ESCAPES = {
    "a mention": ("[~admin]", r"\[\~admin\]"),
    "a macro": ("{code}x{code}", r"\{code\}x\{code\}"),
    "bold": ("*bold*", r"\*bold\*"),
    "a table": ("|a|b|", r"\|a\|b\|"),
    "an image": ("!image.png!", r"\!image.png\!"),
    "a heading": ("h1. Big", "h1&#46; Big"),
    "a quotation": ("bq. so", "bq&#46; so"),
    "a rule": ("----", r"\-\-\-\-"),
    "a numbered list": ("# one", r"\# one"),
    "a dashed list": ("- one", r"\- one"),
    "a line break": (r"a\\b", "a&#92;&#92;b"),
    "a path": (r"C:\new", "C&#58;&#92;new"),
    "a bare address": ("see https://evil.example/x", "see https&#58;//evil.example/x"),
    "a mail address": ("mailto:a@b.c", r"mailto&#58;a\@b.c"),
    "an issue key": ("SHOP-12", r"SHOP\-12"),
    "an emoticon": ("done (x) :)", r"done \(x) &#58;\)"),
    "an entity": ("&lt;b&gt;", "&#38;lt;b&#38;gt;"),
    "two lines": ("a\n# b", r"a \# b"),
}


@pytest.mark.parametrize(("typed", "written"), ESCAPES.values(), ids=ESCAPES)
def test_escapes(typed, written):
    assert one(typed) == written


@pytest.mark.parametrize(
    "text",
    ["80% of sign-ups", "O1-KR1: 3 of 5 (60%)", "snake_case, x^y", "R&D & more", "为什么?", "h1 2026. b"],
)
def test_plain_text_stays_readable(text):
    assert escape(text) == text


def test_paragraphs_bullets_bold_and_links_are_the_only_markup():
    document = (
        Paragraph((Span("KR 1", strong=True), Span(" on track"))),
        Bullets(((Span("more", href="https://okr.example/1?a=b_c"),), (Span("7 of 9"),))),
    )
    assert wiki(document) == "*KR 1* on track\n\n* [more|https://okr.example/1?a=b_c]\n* 7 of 9"


def test_bold_that_touches_other_text_takes_braces():
    assert wiki((Paragraph((Span("a"), Span("b", strong=True), Span("c"))),)) == "a{*}b{*}c"


def test_blanks_stay_outside_the_bold():
    assert wiki((Paragraph((Span("a"), Span(" b ", strong=True), Span("c"))),)) == "a *b* c"


def test_the_text_of_a_link_cannot_end_it():
    assert one("a]|b", href="https://x.example/") == "[a&#93;&#124;b|https://x.example/]"


def test_the_address_of_a_link_cannot_end_it():
    assert one("a", href="https://x.example/]{code}|!") == "[a|https://x.example/%5D%7Bcode%7D%7C%21]"


@pytest.mark.parametrize(
    "href", ["javascript:alert(1)", "https://a b", "https://[::1]/", "https://[x", "~admin"]
)
def test_an_address_that_cannot_be_written_leaves_the_text_alone(href):
    assert one("a", href=href) == "a"


def test_a_long_text_is_cut_by_its_escaped_length():
    rendered = one("*" * 30_000)
    assert len(rendered) <= 32_767
    assert rendered.endswith(r"\*…")
    assert len(rendered) > 31_000
