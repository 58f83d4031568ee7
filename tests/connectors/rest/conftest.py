"""The tracker of the documents, and the connector that they describe."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from tests.contract import System
from tests.inhouse import Tracker, opened


@pytest.fixture
def tracker() -> Iterator[Tracker]:
    found = Tracker()
    with found.serves():
        yield found


@pytest.fixture
def system(tracker: Tracker) -> System:
    return opened(tracker)
