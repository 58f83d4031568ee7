"""What Trello remembers, and the days that are told from it."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime, timedelta
from itertools import pairwise
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bridge.errors import MappingError, PartialRead
from bridge.model import FieldValue, Label, Project, Query, Selector, Tier
from bridge.replay.states import packed
from connectors.trello import api, log, past
from mappings.trello import TrelloMapping, Vocabulary
from tests.contract import HistorianContract, System
from tests.shared import FOLDER
from tests.trello import spec
from tests.trello.fake import ME, PERSON, FakeTrello, Refusal
from tests.trello.site import system as opened_on

PAGE, LOG = 3, 20
DAY = 86_400
WORDS = Vocabulary(points=("Points",), points_in_title=True, hours="Hours", numbers=("Points",))


@pytest.fixture
def trello(monkeypatch: pytest.MonkeyPatch) -> Iterator[FakeTrello]:
    monkeypatch.setattr(api, "PAGE", PAGE)
    monkeypatch.setattr(log, "PAGE", LOG)
    monkeypatch.setattr(past, "PIECE", 4)
    made = FakeTrello(PAGE)
    judge = spec.Judge() if (FOLDER / "specs/trello.json").exists() else None
    if judge:
        made.heard = judge.heard
    yield made
    if judge:
        assert judge.unexcused() == []


@pytest.fixture
def system(trello: FakeTrello) -> System:
    made = opened_on(trello)
    # What was done before this test lies far back.
    trello.advance(7200)
    return made


class TestHistorian(HistorianContract):
    def test_touched_is_what_changed_in_any_way_and_not_what_rested_long(self, system: System) -> None:
        """Cards hang below nothing."""
        resting, edited, moved, labelled = (system.driver.make(f"Work {n}") for n in range(4))
        system.driver.advance(7200)
        since = system.connector.login().now
        system.driver.advance(60)
        system.driver.edit(edited, "Edited")
        system.driver.move(moved)
        system.driver.put(labelled, labels=[system.driver.label(system.driver.home, "x")])
        born = system.driver.make("Born")
        system.driver.advance(600)
        touched = system.connector.touched(since)
        assert {edited, moved, labelled, born} <= touched
        assert resting not in touched

    def test_the_past_of_a_moved_item_is_asked_for_by_its_permanent_id(self, system: System) -> None:
        """Cards keep their key; both boards are told."""
        id = system.driver.make("Wanderer")
        system.driver.advance(60)
        system.driver.move(id)
        [past] = self.pasts(system, id).values()
        assert [one["type"] for one in past.changes] == ["moveCardFromBoard", "moveCardToBoard"]
        assert past.changes[1]["data"]["boardSource"]["id"] == system.driver.home.id
