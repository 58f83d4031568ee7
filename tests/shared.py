"""The optional folder of real data and vendors' documents that lies beside a checkout."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

FOLDER = Path(os.environ.get("OKR_BRIDGE_SHARED", Path(__file__).resolve().parents[2] / "shared"))


def path(name: str) -> Path:
    """A file of the folder; skips the test where it is missing, unless CI requires it."""
    found = FOLDER / name
    if not found.exists():
        if os.environ.get("OKR_BRIDGE_REQUIRE_SHARED") == "1":
            pytest.fail(f"{found} is missing, and OKR_BRIDGE_REQUIRE_SHARED asks for it")
        pytest.skip(f"{name} is not beside this checkout")
    return found
