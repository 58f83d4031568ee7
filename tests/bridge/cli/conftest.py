"""A shell in a folder of its own."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.shell import Shell


@pytest.fixture
def shell(tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch) -> Shell:
    monkeypatch.chdir(tmp_path)
    monkeypatch.delenv("OKR_BRIDGE_CONFIG", raising=False)
    made = Shell(tmp_path, capsys)
    made.write()
    return made
