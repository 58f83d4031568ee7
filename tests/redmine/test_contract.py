"""The connector keeps its promises on a real Redmine."""

from __future__ import annotations

import pytest

from connectors.redmine import api
from tests.contract import System, WorkSourceContract
from tests.redmine.desk import opened
from tests.redmine.promises import RedminePanelContract
from tests.servers.redmine.server import server

pytestmark = pytest.mark.prove
PAGE = 3


@pytest.fixture
def system(monkeypatch):
    monkeypatch.setattr(api, "PAGE", PAGE)
    made = opened(server(), PAGE)
    # What was done before this test lies far back.
    made.driver.advance(7200)
    yield made
    made.connector.close()


class TestWorkSource(WorkSourceContract):
    def test_a_moved_items_old_and_new_key_are_one_item(self, system: System) -> None:
        """Issues keep their number."""
        id = system.driver.make("Wanderer")
        key = system.driver.move(id)
        assert system.connector.resolve([key]) == {key: id}


class TestPanel(RedminePanelContract):
    pass
