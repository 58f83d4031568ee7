"""What a killed run left behind is looked for, then remembered or dropped."""

from __future__ import annotations

from typing import Any

import pytest

from bridge.errors import AccessDenied, NotFound, Transient
from bridge.model import Change, ItemRef, Outcome, What
from bridge.places import Place
from bridge.settle import problem, settle, stands
from connectors.base import Found, FoundComment, Mark
from tests.written import NOON, Ledger

LINK = "okr-bridge=here&kr=KR1"


def change(what: What = What.FIELD, name: str = "progress", after: Any = 50, **parts: Any) -> Change:
    known = {"connection": "acme", "item": "1", "key": "A-1", "kr": "KR1", "before": 40}
    return Change(what=what, name=name, after=after, **{**known, **parts})


COMMENT = change(What.COMMENT, "comment", {"instance": "here", "hash": "new"})
REMOTE = change(What.REMOTE_LINK, LINK, {"url": "https://a.example", "title": "KR1", "resolved": False})
FOUND = Found(
    fields={"progress": 50.0, "score": 0.4},
    property={"instance": "here"},
    comments=(FoundComment("7", Mark("here", "KR1", "old")), FoundComment("8", Mark("here", "KR1", "new"))),
    links={LINK: {"url": "https://a.example", "title": "KR1"}},
)


class Panel:
    """An item that shows one thing, or answers with an error."""

    def __init__(self, answer: Found | Exception) -> None:
        self.answer = answer
        self.looks = 0

    def look(self, item: str) -> Found:
        self.looks += 1
        if isinstance(self.answer, Exception):
            raise self.answer
        return self.answer


def left_behind(*changes: Change) -> Ledger:
    ledger = Ledger()
    for one in changes:
        ledger.attempt(ledger.add("r0", one))
    return ledger


STANDS = {
    "a field": (change(), True, ""),
    "another value": (change(after=51), False, ""),
    "the property": (change(What.PROPERTY, "okr-bridge", {"instance": "here"}), True, ""),
    "a link": (REMOTE, True, ""),
    "a comment by its hash": (COMMENT, True, "8"),
    "a comment of another hash": (
        change(What.COMMENT, "comment", {"instance": "here", "hash": "x"}),
        False,
        "",
    ),
    "another instance's comment": (
        change(What.COMMENT, "comment", {"instance": "there", "hash": "new"}),
        False,
        "",
    ),
}


@pytest.mark.parametrize(("wanted", "yes", "ref"), STANDS.values(), ids=STANDS)
def test_whether_it_stands(wanted, yes, ref):
    told = stands(wanted, FOUND)
    assert (told.yes, told.ref) == (yes, ref)


def test_what_arrived_is_remembered_with_its_id_and_what_did_not_is_dropped():
    ledger = left_behind(change(), change(name="score", after=0.5), COMMENT)
    done = settle(ledger.pending(), {"acme": Panel(FOUND)}, ledger, NOON)
    assert [(one.name, one.outcome) for one in done.changes] == [
        ("progress", Outcome.WRITTEN),
        ("comment", Outcome.WRITTEN),
    ]
    assert ledger.places[Place("acme", "1", "KR1", What.COMMENT, "comment")].ref == "8"
    assert Place("acme", "1", "", What.FIELD, "score") not in ledger.places
    assert [outcome for outcome, _ in ledger.closed.values()] == [
        Outcome.WRITTEN,
        Outcome.FAILED,
        Outcome.WRITTEN,
    ]
    assert ledger.pending() == ()


def test_an_item_is_looked_at_once_whatever_is_pending_on_it():
    ledger = left_behind(change(), REMOTE, COMMENT)
    panel = Panel(FOUND)
    settle(ledger.pending(), {"acme": panel}, ledger, NOON)
    assert panel.looks == 1


def test_the_mirror_learns_what_was_seen():
    ledger = left_behind(change())
    settle(ledger.pending(), {"acme": Panel(FOUND)}, ledger, NOON)
    panel = ledger.seen[ItemRef("acme", "1")]
    assert panel == {"fields": dict(FOUND.fields), "property": FOUND.property}


@pytest.mark.parametrize(
    "error", [NotFound("acme", "look: 404", "h"), AccessDenied("acme", "look: 403", "h")]
)
def test_an_item_that_is_gone_or_hidden_is_given_up_and_told(error):
    ledger = left_behind(change())
    done = settle(ledger.pending(), {"acme": Panel(error)}, ledger, NOON)
    assert ledger.pending() == ()
    assert ledger.places == {}
    assert [(one.item, one.hint) for one in done.problems] == [("A-1", "h")]


def test_an_item_that_does_not_answer_stays_pending_and_stops_no_other():
    ledger = left_behind(change(), change(connection="other", item="2"))
    panels = {"acme": Panel(Transient("acme", "look: 503")), "other": Panel(FOUND)}
    done = settle(ledger.pending(), panels, ledger, NOON)
    assert [intent.change.connection for intent in ledger.pending()] == ["acme"]
    assert [one.connection for one in done.changes] == ["other"]
    assert [one.kind for one in done.problems] == ["transient"]


def test_a_connection_that_is_not_there_leaves_its_intents_pending():
    ledger = left_behind(change())
    assert settle(ledger.pending(), {}, ledger, NOON).changes == ()
    assert len(ledger.pending()) == 1


def test_a_problem_names_connection_item_and_key_result():
    told = problem(change(), AccessDenied("acme", "put: answered 403", "ask for Edit issues"))
    assert (told.kind, told.connection, told.item, told.kr) == ("access_denied", "acme", "A-1", "KR1")
    assert told.message == "acme: put: answered 403"
    assert told.hint == "ask for Edit issues"
