"""What people type, and where a note leads to, as a real Redmine renders it in each of its languages."""

from __future__ import annotations

import html
import re
from collections.abc import Iterator

import pytest

from bridge.model import Bullets, Paragraph, Span
from tests.contract import HOSTILE, MARK, System
from tests.redmine.desk import opened
from tests.servers.redmine.server import server

pytestmark = pytest.mark.prove
LANGUAGES = ("textile", "markdown", "common_mark")
TYPED = (
    "h1. Goal *b* _i_ -s- +u+ @c@ %x%",
    "1. one",
    '"link":https://x.example/ !img.png! |a|b|',
    "[[wiki]] {{macro}} [x](https://x.example) `code` ~~s~~",
    "& &#42; <b>x</b> &amp; \\* # 1 > q",
    "> quoted, - [ ] a task, :smile: --- *** ___",
    "上线 增长 50% 🚀 שלום עולם ^1^ #1 r12 commit:abc user:admin @admin",
    HOSTILE,
)
PAGES = {
    "a page of the bridge's own": ("https://okr.example/kr/O1-KR1", "https://okr.example/kr/O1-KR1"),
    "one in Chinese": (
        "https://用户.example:8443/上线",
        "https://xn--zouo53b.example:8443/%E4%B8%8A%E7%BA%BF",
    ),
    "underlines, stars and tildes": (
        "https://okr.example/_a_/*b*/~c~/",
        "https://okr.example/_a_/%2Ab%2A/~c~/",
    ),
    "code of Textile": ("https://okr.example/@me@/1", "https://okr.example/%40me%40/1"),
    "brackets": ("https://okr.example/a_(b)", "https://okr.example/a_%28b%29"),
    "a full stop at its end": ("https://okr.example/kr/a.", "https://okr.example/kr/a%2E"),
    "numbers of issues": ("https://okr.example/#1/r12/commit:abc", "https://okr.example/#1/r12/commit:abc"),
    "a question": ("https://okr.example/?a=1&b=-2-", "https://okr.example/?a=1&b=-2-"),
}


@pytest.fixture(params=LANGUAGES)
def system(request: pytest.FixtureRequest) -> Iterator[System]:
    made = opened(server())
    server().set(text_formatting=request.param)
    yield made
    made.connector.close()


def test_nothing_that_people_type_is_markup(system: System) -> None:
    item = system.driver.make(HOSTILE)
    body = (*(Paragraph((Span(text),)) for text in TYPED), Bullets(tuple((Span(text),) for text in TYPED)))
    note = system.connector.put_comment(item, body, MARK)
    lines = [line.strip() for line in system.driver.said(item)[note].splitlines() if line.strip()]
    assert lines == [*(" ".join(text.split()) for text in TYPED * 2), lines[-1]]
    rendered = system.driver.rendered(item)[note]
    assert set(re.findall(r"<(\w+)", rendered)) <= {"p", "ul", "li"}


def test_the_note_leads_to_the_page_of_its_key_result(system: System) -> None:
    item = system.driver.make("Anchor")
    body = tuple(
        Paragraph((Span("More", href=page), Span(" · "), Span(name))) for name, (page, _) in PAGES.items()
    )
    note = system.connector.put_comment(item, body, MARK)
    found = re.findall(r'href="([^"]*)"', system.driver.rendered(item)[note])
    assert [html.unescape(one) for one in found] == [told for _, told in PAGES.values()]
