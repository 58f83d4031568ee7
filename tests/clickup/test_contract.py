"""ClickUp keeps the contract of every connector, as far as the tool can; on either way of reading tasks."""

from __future__ import annotations

import pytest

from connectors.clickup import source
from tests.contract import ProvisionerContract, System, WorkSourceContract
from tests.plain_panels import FieldsAndCommentsContract


class Moving(WorkSourceContract):
    def test_a_moved_items_old_and_new_key_are_one_item(self, system: System) -> None:
        """Tasks keep their id."""
        id = system.driver.make("Wanderer")
        key = system.driver.move(id)
        assert system.connector.resolve([key, id]) == {key: id}


class TestOneByOne(Moving):
    pass


class TestTogether(Moving):
    """Where the list of all tasks is walked, whenever it is not too long."""

    @pytest.fixture(autouse=True)
    def few(self, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setattr(source, "FEW", 0)


class TestPanel(FieldsAndCommentsContract):
    """All of it."""


class TestProvisioner(ProvisionerContract):
    pass
