"""Asana keeps the contract of every connector, as far as the tool can."""

from __future__ import annotations

import pytest

from tests.asana.promises import AsanaPanelContract
from tests.asana.site import system_of
from tests.contract import ProvisionerContract, System, WorkSourceContract


@pytest.fixture
def system(asana):
    return system_of(asana)


class TestWorkSource(WorkSourceContract):
    def test_a_moved_items_old_and_new_key_are_one_item(self, system: System) -> None:
        """Tasks keep their number."""
        id = system.driver.make("Wanderer")
        key = system.driver.move(id)
        assert system.connector.resolve([key]) == {key: id}


class TestProvisioner(ProvisionerContract):
    pass


class TestPanel(AsanaPanelContract):
    pass
