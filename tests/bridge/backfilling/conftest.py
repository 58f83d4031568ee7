"""Benches over stores of their own."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from bridge.store import Store
from tests.backfill.bench import PastBench
from tests.engine import okrs
from tests.stores import urls


@pytest.fixture
def bench(tmp_path: Path) -> Iterator[PastBench]:
    with urls("sqlite", tmp_path, made=True) as url, Store.open(url) as store:
        yield PastBench(store, okrs())
