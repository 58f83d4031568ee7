"""A bench for reading: a bridge over a tracker in memory, a new one for every test."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from bridge.store import Store
from tests.engine import Bench, okrs


@pytest.fixture
def bench(tmp_path: Path) -> Iterator[Bench]:
    with Store.open(f"sqlite:///{tmp_path}/okr.db") as store:
        yield Bench(store, okrs())
