"""Notion keeps the contract of every connector, as far as the tool can; every request and every answer
keeps to Notion's own document."""

from __future__ import annotations

import pytest

from tests.contract import ProvisionerContract, System, WorkSourceContract
from tests.notion import desk
from tests.plain_panels import FieldsAndCommentsContract


@pytest.fixture
def system(notion) -> System:
    return desk.system(notion)


class TestWorkSource(WorkSourceContract):
    def test_a_moved_items_old_and_new_key_are_one_item(self, system: System) -> None:
        """A unique id belongs to its database; what stays is the page's id, and with it the address."""
        id = system.driver.make("Wanderer")
        address = f"https://www.notion.so/acme/Wanderer-{id.replace('-', '')}?pvs=4"
        new = system.driver.move(id)
        assert system.connector.resolve([address, id, new]) == {address: id, id: id, new: id}


class TestProvisioner(ProvisionerContract):
    pass


class TestPanel(FieldsAndCommentsContract):
    """All of it."""
