"""The command line in this process, in a folder with a configuration over a tracker in memory."""

from __future__ import annotations

import json
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from bridge.cli import invoke

CONFIG = """\
[bridge]
timezone = "Asia/Shanghai"
instance = "shell"

[connections.mem]
tool = "memory"
"""
OKRS = """\
[cycle]
id = "2026-Q4"
start = 2026-10-01
end = 2026-12-31

[[objectives]]
id = "O1"
title = "Customers are at home at once"
owner = "ann@acme.example"

[[objectives.key_results]]
id = "WORK"
title = "All live"
links = [{ connection = "mem", query = "label = x" }]
anchors = []

[[objectives.key_results]]
id = "METRIC"
title = "From 9 to 3 days"
kind = "metric"
metric = { baseline = 9, target = 3, unit = "days" }

[[objectives.key_results]]
id = "STONES"
title = "Two steps"
kind = "milestone"
milestones = [{ title = "First" }, { title = "Second", weight = 3 }]

[[objectives]]
id = "O2"
title = "We know why"
kind = "learning"

[[objectives.key_results]]
id = "LEARN"
title = "Ten customers asked"
kind = "learning"
"""
NOON = "2026-11-21T12:00"


@dataclass
class Shell:
    """`run` answers the exit code; what was printed is in `out` and `err`."""

    folder: Path
    capture: pytest.CaptureFixture[str]
    out: str = ""
    err: str = ""

    def write(self, config: str = CONFIG, okrs: str = OKRS) -> None:
        (self.folder / "okr-bridge.toml").write_text(config, encoding="utf-8")
        (self.folder / "okrs.toml").write_text(okrs, encoding="utf-8")

    def plain(self, *arguments: str) -> int:
        """Exactly these arguments."""
        self.capture.readouterr()
        code = invoke(list(arguments))
        self.out, self.err = self.capture.readouterr()
        return code

    def run(self, *arguments: str, now: str = NOON) -> int:
        return self.plain("-c", str(self.folder / "okr-bridge.toml"), *arguments, "--now", now)

    def json(self, *arguments: str, now: str = NOON) -> Any:
        self.run(*arguments, "--json", now=now)
        return json.loads(self.out)

    def standing(self, id: str, now: str = NOON) -> Any:
        """A key result as a fresh run tells it."""
        return next(one for one in self.json("sync", now=now)["key_results"] if one["id"] == id)
