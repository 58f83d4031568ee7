"""A desk for the parts of the daemon that work: a new one for every test."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from bridge.store import Store
from tests.bridge.daemon.desk import Desk


@pytest.fixture
def desk(tmp_path: Path) -> Iterator[Desk]:
    with Store.open(f"sqlite:///{tmp_path}/okr.db") as store:
        made = Desk(tmp_path, store)
        made.sit_down()
        yield made
