"""A base keeps the contract of every connector, as far as the tool can; the document judges all of it."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from bridge.model import Project
from tests.contract import System, WorkSourceContract
from tests.feishu.fake import FakeFeishu
from tests.feishu.opened import judged
from tests.feishu.opened import system as opened_system
from tests.plain_panels import FieldsAndCommentsContract


@pytest.fixture
def system() -> Iterator[System]:
    fake = FakeFeishu()
    yield opened_system(fake)
    assert judged(fake) == []


class TestWorkSource(WorkSourceContract):
    def test_a_project_is_told_by_its_key(self, system: System) -> None:
        """Cut and pasted into another table, a record is another one."""
        mine, moved = system.driver.make("Mine"), system.driver.make("Moved")
        pasted = system.driver.move(moved)
        assert system.connector.identities(Project(system.driver.project)) == {mine}
        assert system.connector.identities(Project("Else")) == {pasted}

    def test_a_moved_items_old_and_new_key_are_one_item(self, system: System) -> None:
        """They are not: the one is gone, and the other new."""
        id = system.driver.make("Wanderer")
        pasted = system.driver.move(id)
        assert system.connector.resolve([id, pasted]) == {pasted: pasted}


class TestPanel(FieldsAndCommentsContract):
    """All of it."""
