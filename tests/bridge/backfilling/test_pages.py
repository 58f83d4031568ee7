"""A page of the past keeps what can matter to a number, and gives it back."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import datetime
from typing import Any

from bridge.backfilling.pages import Page, Reader, page_of
from bridge.errors import MappingError
from bridge.model import Label, Raw, Selector, Stretch, WorkItem
from bridge.replay.states import ALWAYS
from bridge.replay.sweep import Turn
from connectors.base import Past
from tests.stores import NOON, item

A, B = Label("a"), Label("b")
OPEN = item(1, parent="10009")
DONE = replace(OPEN, status="Done")


class Told:
    """A replay that knows the stretches beforehand."""

    untold: Mapping[Selector, str] = {}

    def __init__(self, **stretches: list[Stretch]) -> None:
        self._stretches = stretches

    def stretches(
        self, raw: Raw, changes: Sequence[Mapping[str, Any]], ends: Sequence[datetime]
    ) -> Sequence[Stretch]:
        if raw.id not in self._stretches:
            raise MappingError(raw.id, "changes", "cannot be read")
        return self._stretches[raw.id]


def page(*ids: str, **stretches: list[Stretch]) -> Page:
    pasts = [Past(Raw(id, "", {})) for id in (*stretches, *ids)]
    return page_of(pasts, Told(**stretches), (A, B), [NOON])


def back(made: Page, *known: str) -> dict[int, list[Turn]]:
    reader = Reader((A, B), known)
    return {day: list(reader.turns([text])) for day, text in made.texts.items()}


def bare(one: WorkItem) -> WorkItem:
    return replace(one, title="", updated=ALWAYS)


def test_each_change_comes_back_on_its_day() -> None:
    made = page(x=[Stretch(0, None), Stretch(2, OPEN, frozenset({B})), Stretch(5, DONE), Stretch(7, None)])
    assert back(made) == {
        2: [Turn("x", bare(OPEN), frozenset({B}))],
        5: [Turn("x", bare(DONE))],
        7: [Turn("x", None)],
    }


def test_a_doubt_comes_and_goes_on_its_days() -> None:
    made = page(x=[Stretch(0, OPEN, frozenset({B}), "why"), Stretch(3, OPEN, frozenset({B}))])
    assert back(made) == {
        0: [Turn("x", bare(OPEN), frozenset({B}), "why")],
        3: [Turn("x", bare(OPEN), frozenset({B}))],
    }


def test_what_changes_nothing_that_decides_is_not_kept() -> None:
    renamed = replace(OPEN, title="Another", owner="me", updated=NOON)
    made = page(x=[Stretch(0, OPEN), Stretch(3, renamed), Stretch(4, OPEN, frozenset({A}))])
    assert sorted(made.turns) == [0, 4]


def test_an_item_that_never_was_there_is_on_the_page_alone() -> None:
    made = page(x=[Stretch(0, None)])
    assert (made.ids, made.turns) == (["x"], {})


def test_what_cannot_be_understood_is_told_by_its_id() -> None:
    made = page("y", x=[Stretch(0, OPEN)])
    assert made.ids == ["x", "y"]
    assert list(made.untold) == ["y"]
    assert "cannot be read" in made.untold["y"]


def test_hits_that_nobody_asked_for_are_left_out() -> None:
    made = page(x=[Stretch(0, OPEN, frozenset({A, Label("other")}))])
    assert back(made)[0][0].hits == {A}


def test_of_what_an_item_lists_only_what_cannot_be_read_is_kept() -> None:
    made = page(x=[Stretch(0, replace(OPEN, children=("10002", "10003")))])
    (turn,) = back(made, "10002")[0]
    assert turn.item is not None
    assert turn.item.children == ("10003",)
