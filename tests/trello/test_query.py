"""Filters in the words of Trello's search box mean what people mean by them, or are refused."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bridge.errors import Rejected
from bridge.model import FieldValue, Query
from mappings.trello_query import Misread, Term, terms
from tests.trello.fake import PERSON, FakeTrello
from tests.trello.site import opened

READ = {
    "label:okr": (Term("label", "okr", False),),
    "#okr -@mei": (Term("label", "okr", False), Term("member", "mei", True)),
    'list:"To Do" is:open': (Term("list", "To Do", False), Term("is", "open", False)),
    r'label:"a\"b\\c"': (Term("label", 'a"b\\c', False),),
    "上线 -draft": (Term("name", "上线", False), Term("name", "draft", True)),
    "name:x": (Term("name", "x", False),),
}
MISREAD = {
    "nothing": "  ",
    "an unknown word": "sort:due",
    "an unknown state": "is:done",
    "an unknown possession": "has:stickers",
    "a quote without its end": 'label:"x',
    "a quote with more behind it": 'label:"x"y',
}


@pytest.mark.parametrize(("text", "wanted"), READ.items(), ids=READ)
def test_a_filter_is_read_word_by_word(text, wanted):
    assert terms(text) == wanted


@pytest.mark.parametrize("text", MISREAD.values(), ids=MISREAD)
def test_what_is_no_filter_is_refused(text):
    with pytest.raises(Misread):
        terms(text)


@given(st.text(min_size=1).filter(str.strip))
@settings(deadline=None, max_examples=50)
def test_any_label_can_be_asked_for_in_quotes(name):
    quoted = name.replace("\\", "\\\\").replace('"', '\\"')
    assert terms(f'label:"{quoted}"') == (Term("label", name, False),)


@pytest.fixture
def trello():
    made = FakeTrello()
    made.ids = {name: made.make(name) for name in ("Plain", "Sign-up 上线", "Old", "Ready", "Owned")}
    made.put(made.ids["Old"], closed=True)
    made.put(made.ids["Ready"], dueComplete=True, due="2026-11-03T00:00:00.000Z", list="Doing")
    made.put(made.ids["Owned"], idMembers=[PERSON], labels=[made.label(made.home, "")])
    made.ids["Away"] = made.make("Away", on=made.away)
    return made


HITS = {
    "is:archived": {"Old"},
    "is:complete": {"Ready"},
    "is:open is:incomplete board:Work": {"Plain", "Sign-up 上线", "Owned"},
    "-board:Work": {"Away"},
    "board:elsBoard": {"Away"},
    "list:doing": {"Ready"},
    "@mei": {"Owned"},
    'member:"Mei 梅"': {"Owned"},
    "has:members": {"Owned"},
    "has:due": {"Ready"},
    "has:labels": {"Owned"},
    "label:green": {"Owned"},
    "上线": {"Sign-up 上线"},
    "sign-up -上线": set(),
}


@pytest.mark.parametrize(("text", "wanted"), HITS.items(), ids=HITS)
def test_a_filter_hits_its_own(trello, text, wanted):
    assert opened(trello).identities(Query(text)) == {trello.ids[name] for name in wanted}


def test_a_member_is_a_field_too(trello):
    assert opened(trello).identities(FieldValue("Member", "Mei 梅")) == {trello.ids["Owned"]}


def test_the_hint_says_what_a_filter_may_hold(trello):
    with pytest.raises(Rejected) as told:
        opened(trello).identities(Query("due:week"))
    assert "is:open|archived|complete|incomplete" in told.value.hint
