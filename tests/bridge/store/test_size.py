"""A large mirror stays small in memory."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

from tests.stores import urls

SAVE_AND_LOAD = """
import sys
from bridge.store import Store
from tests.peak import peak
from tests.stores import item

with Store.open(sys.argv[1]) as store:
    items = (item(n, parent=str(n // 10), labels=("a", f"l{n % 20}")) for n in range(100_000))
    store.mirror.save(items, {})
    assert len(list(store.mirror.load())) == 100_000
print(peak())
"""


@pytest.mark.prove
@pytest.mark.parametrize("kind", ["sqlite", "postgresql"])
def test_a_hundred_thousand_items_are_saved_and_loaded_in_under_500_mb(kind: str, tmp_path: Path) -> None:
    with urls(kind, tmp_path, made=True) as url:
        told = subprocess.run([sys.executable, "-c", SAVE_AND_LOAD, url], check=True, capture_output=True)
    assert int(told.stdout) < 500
