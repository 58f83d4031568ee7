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


ON_CLOUD_AND_AS_A_PROOF_ON_DATA_CENTER = pytest.mark.parametrize(
    "face", ["cloud", pytest.param("datacenter", marks=pytest.mark.prove)], indirect=True
)
"""For what both faces have in common, by the case."""


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

    def percents(self, *arguments: str) -> dict[str, int | None]:
        """What a run says of every key result."""
        return {one["id"]: one["percent"] for one in self.sync(*arguments)["key_results"]}

    def epic(self, *states: str, project: str = "SHOP", title: str = "An Epic") -> tuple[str, list[str]]:
        """A new Epic with a story for each state: done, todo; the Epic's key and the stories'."""
        jira = self.sandbox.jira
        epic = jira.add_issue(project, "Epic", title).key
        stories = [jira.add_issue(project, "Story", "A story", parent=epic).key for _ in states]
        for key, state in zip(stories, states, strict=True):
            if state == "done":
                jira.resolve(key)
        return epic, stories

    def parts(self, story: str, *states: str) -> list[str]:
        """New sub-tasks of a story; their keys."""
        jira = self.sandbox.jira
        keys = [jira.add_issue("SHOP", "Sub-task", "A part", parent=story).key for _ in states]
        for key, state in zip(keys, states, strict=True):
            if state == "done":
                jira.resolve(key)
        return keys

    def asked(self) -> int:
        """How many requests the site has seen since this was asked last."""
        requests = self.sandbox.jira.requests
        count = requests.count()
        requests.clear()
        return count

    def written(self) -> list[str]:
        """The writes that the site has accepted since requests were counted last."""
        return [f"{one.method} {one.path}" for one in self.sandbox.jira.requests.writes()]

    def property(self, key: str) -> Any:
        """What the bridge's property says on an issue; None where there is none."""
        return self.sandbox.jira.issue(key).properties.get("okr-bridge")


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
