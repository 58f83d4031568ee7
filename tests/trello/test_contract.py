"""Trello keeps the contract of every connector, as far as the tool can."""

from __future__ import annotations

import pytest

from bridge.errors import Rejected
from bridge.model import Tier
from connectors.trello import api
from tests.contract import HOSTILE, System, WorkSourceContract, by_id, drained, with_keys
from tests.plain_panels import WithoutPropertyContract
from tests.shared import FOLDER
from tests.trello import spec
from tests.trello.fake import FakeTrello
from tests.trello.site import system as opened_on

PAGE = 3


@pytest.fixture
def trello(monkeypatch):
    """A fake whose every exchange is held against Trello's document, where that lies beside the checkout."""
    monkeypatch.setattr(api, "PAGE", PAGE)
    made = FakeTrello(PAGE)
    judge = spec.Judge() if (FOLDER / "specs/trello.json").exists() else None
    if judge:
        made.heard = judge.heard
    yield made
    if judge:
        assert judge.recorder.exchanges
        assert judge.unexcused() == []


@pytest.fixture
def system(trello):
    made = opened_on(trello)
    # What was done before this test lies far back.
    trello.advance(7200)
    yield made
    made.connector.login()


class TestWorkSource(WorkSourceContract):
    """Cards keep id and short link wherever they move, and hang below nothing."""

    def test_a_moved_items_old_and_new_key_are_one_item(self, system: System) -> None:
        id = system.driver.make("Wanderer")
        old = system.driver.key(id)
        assert system.driver.move(id) == old
        assert system.connector.resolve([old]) == {old: id}

    def test_children_are_the_direct_ones_alone(self, system: System) -> None:
        """There are none."""
        cards = [system.driver.make(title) for title in "12"]
        assert system.connector.children(with_keys(system, *cards)) == frozenset()

    def test_records_translate_and_tell_their_parents(self, system: System) -> None:
        """They have none, and all are units."""
        card = system.driver.make(HOSTILE, labels=("x",))
        [raw] = system.connector.fetch([card])
        item = system.mapping.item(raw)
        assert (item.tier, item.parent, item.title, item.labels) == (Tier.UNIT, None, HOSTILE, ("x",))
        assert item.key == system.driver.key(card)

    def test_a_new_child_and_a_new_parent_are_changes(self, system: System) -> None:
        """A new card and one that came from another board are."""
        moving = system.driver.make("Moving")
        system.driver.advance(7200)
        since = system.connector.login().now
        system.driver.advance(60)
        born = system.driver.make("Born")
        system.driver.move(moving)
        system.driver.advance(600)
        assert {born, moving} <= drained(system.connector.changed(since))


class TestPanel(WithoutPropertyContract):
    def test_a_value_off_the_list_is_told_by_role(self, system: System) -> None:
        item = self.anchor(system)
        with pytest.raises(Rejected, match="takes no such value") as told:
            system.connector.put_values(item, {"progress": 60, "status": "Dead"})
        assert set(told.value.fields) == {"status"}
        assert system.connector.look(item).fields["progress"] is None


def test_the_record_holds_no_description(system):
    id = system.driver.make("Work")
    assert "Long words" not in str(by_id(system.connector.fetch([id]))[id].data)
