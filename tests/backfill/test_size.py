"""A hundred thousand items and their past take little memory."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

from tests.source import ROOT
from tests.stores import urls

PROGRAM = """
import sys
from tests.backfill.endless import backfill
from bridge.store import Store
from tests.peak import peak

with Store.open(sys.argv[1]) as store:
    print(backfill(store, int(sys.argv[2])))
print(peak())
"""


@pytest.mark.prove
def test_a_hundred_thousand_items_are_replayed_in_under_300_mb(tmp_path: Path) -> None:
    with urls("sqlite", tmp_path, made=True) as url:
        command = [sys.executable, "-c", PROGRAM, url, "100000"]
        told = subprocess.run(command, check=True, capture_output=True, text=True, cwd=ROOT)
    points, most = told.stdout.split()
    assert int(points) == 30 * 30
    assert int(most) < 300
