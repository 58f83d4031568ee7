"""A desk for story tests: an embedded Jira, a folder with files, and the command line in this process."""

from __future__ import annotations

import json
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from bridge.cli import invoke
from bridge.sandbox import Sandbox

CONFIG = """\
[bridge]
timezone = "Europe/Berlin"
instance = "story"
{bridge}
[connections.acme]
tool = "jira"
url = "{url}"
{login}
token = "env:STORY_TOKEN"
{connection}
{more}
"""
CYCLE = """\
[cycle]
id = "2026-Q4"
start = 2026-10-01
end = 2026-12-31

[[objectives]]
id = "O1"
title = "New customers are up and running within a day"
"""


@dataclass
class Desk:
    """`run` answers the exit code; what was printed is in `out` and `err`."""

    sandbox: Sandbox
    folder: Path
    capture: pytest.CaptureFixture[str]
    out: str = ""
    err: str = ""

    def configure(self, *, bridge: str = "", connection: str = "", more: str = "", url: str = "") -> None:
        login = f'email = "{self.sandbox.email}"' if self.sandbox.deployment == "cloud" else ""
        text = CONFIG.format(
            url=url or self.sandbox.url, login=login, bridge=bridge, connection=connection, more=more
        )
        (self.folder / "okr-bridge.toml").write_text(text, encoding="utf-8")

    def okrs(self, key_results: str, head: str = CYCLE) -> None:
        (self.folder / "okrs.toml").write_text(head + key_results, encoding="utf-8")

    def run(self, *arguments: str) -> int:
        self.capture.readouterr()
        code = invoke(["-c", str(self.folder / "okr-bridge.toml"), *arguments])
        self.out, self.err = self.capture.readouterr()
        return code

    def json(self, *arguments: str) -> Any:
        code = self.run(*arguments, "--json")
        assert self.out, (code, self.err)
        return json.loads(self.out)

    def sync(self, *arguments: str) -> Any:
        return self.json("sync", *arguments)


def kr(id: str, *, more: str = "", **links: str) -> str:
    """A key result with links on acme: `keys="SHOP-1"` or `query="project = GROW"`."""
    entries = []
    for kind, value in links.items():
        shown = json.dumps([value]) if kind == "keys" else json.dumps(value)
        entries.append(f'{{ connection = "acme", {kind} = {shown} }}')
    return (
        f'\n[[objectives.key_results]]\nid = "{id}"\ntitle = "{id} title"\n'
        f"links = [{', '.join(entries)}]\n{more}\n"
    )
