"""A ClickUp, whose every exchange is held to ClickUp's own document when a test is over."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from mappings.clickup import ClickUpMapping
from tests.clickup.fake import FakeClickUp
from tests.clickup.judge import judged
from tests.contract import System


@pytest.fixture
def clickup() -> Iterator[FakeClickUp]:
    found = FakeClickUp()
    yield found
    assert judged(found.heard) == []


@pytest.fixture
def system(clickup: FakeClickUp) -> System:
    connector = clickup.opened()
    return System(connector, clickup, ClickUpMapping("cu", connector.describe()))
