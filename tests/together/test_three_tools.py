"""One key result whose work lies in an embedded Jira, a real Redmine and a Trello of our own."""

from __future__ import annotations

import json
from collections.abc import Iterator
from contextlib import ExitStack
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest

from bridge.cli import invoke
from bridge.model import Tier
from bridge.sandbox import Sandbox
from tests.faults.company import catalog
from tests.redmine.desk import Desk
from tests.servers.redmine.server import Server, server
from tests.trello.fake import KEY, TOKEN, FakeTrello
from tests.trello.server import serving

pytestmark = pytest.mark.prove
CONFIG = """
[bridge]
timezone = "UTC"
instance = "story"

[connections.acme]
tool = "jira"
url = "{jira}"
email = "{email}"
token = "env:JIRA_TOKEN"

[connections.red]
tool = "redmine"
url = "{redmine}"
token = "env:REDMINE_KEY"

[connections.cards]
tool = "trello"
url = "{trello}"
key = "env:TRELLO_KEY"
token = "env:TRELLO_TOKEN"

[brake]
minimum = 10
"""
OKRS = """
[cycle]
id = "Q"
start = {start}
end = {end}

[[objectives]]
id = "O1"
title = "New customers are up and running within a day"

[[objectives.key_results]]
id = "O1-KR1"
title = "Set-up without help"
links = [
  {{ connection = "acme", keys = ["{epic}"] }},
  {{ connection = "red", keys = ["#{issue}"] }},
  {{ connection = "cards", label = "onboarding" }},
]
"""


class Firm:
    """Jira: two of four Stories done. Redmine: one Story closed, half of the other's tasks. Trello: one card
    done, of the other half of its check items."""

    def __init__(self, running: Server, folder: Path, capture: pytest.CaptureFixture[str]) -> None:
        running.wipe()
        self.server, self.folder, self.capture = running, folder, capture
        self.red, self.cards = Desk(running), FakeTrello()
        self.sandbox = Sandbox("cloud", empty=True, now=running.now)
        catalog(self.sandbox)
        jira = self.sandbox.jira
        self.epic = jira.add_issue("SHOP", "Epic", "Onboarding").key
        self.stories = [jira.add_issue("SHOP", "Story", f"Story {n}", parent=self.epic).key for n in range(4)]
        for story in self.stories[:2]:
            jira.resolve(story)
        make = self.red.make
        self.issue = make("安装向导", tier=Tier.GROUP)
        self.closed, half = (make(title, parent=self.issue) for title in ("One", "Two"))
        tasks = [make(f"Task {n}", parent=half, tier=Tier.PART) for n in range(2)]
        for id in (self.closed, tasks[0]):
            self.red.status(id, "Closed")
        self.card, self.other = (self.cards.make(title, labels=("onboarding",)) for title in ("A", "B"))
        self.cards.put(self.card, list="Done 🎉")
        self.cards.put(self.other, checks=[True, False])
        self.cards.advance((running.now() - self.cards.at).total_seconds())

    def files(self, trello: str) -> None:
        text = CONFIG.format(
            jira=self.sandbox.url, email=self.sandbox.email, redmine=self.server.url, trello=trello
        )
        (self.folder / "okr-bridge.toml").write_text(text, encoding="utf-8")
        day = self.server.now().date()
        okrs = OKRS.format(
            epic=self.epic, issue=self.issue, start=day - timedelta(days=30), end=day + timedelta(days=60)
        )
        (self.folder / "okrs.toml").write_text(okrs, encoding="utf-8")

    def run(self, *command: str) -> Any:
        self.capture.readouterr()
        now = self.server.now().isoformat()
        invoke(["-c", str(self.folder / "okr-bridge.toml"), "--now", now, *command, "--json"])
        out, error = self.capture.readouterr()
        assert out, error
        return json.loads(out)

    def later(self) -> None:
        self.server.advance(600)
        self.cards.advance(600)

    def percent(self) -> Any:
        [told] = self.run("sync")["key_results"]
        return told["percent"]

    def shown(self) -> tuple[Any, Any]:
        """What Jira's property and Redmine's field say."""
        found = self.sandbox.jira.issue(self.epic).properties["okr-bridge"]["key_results"]
        fields = self.red.issue(self.issue)["custom_fields"]
        return found[0]["percent"], next(one["value"] for one in fields if one["name"] == "KR progress")


@pytest.fixture
def firm(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> Iterator[Firm]:
    running = server()
    running.advance(60)
    made = Firm(running, tmp_path, capsys)
    secrets = {"JIRA_TOKEN": made.sandbox.token, "REDMINE_KEY": running.bridge, "TRELLO_KEY": KEY}
    for name, value in (secrets | {"TRELLO_TOKEN": TOKEN}).items():
        monkeypatch.setenv(name, value)
    with ExitStack() as stack:
        stack.enter_context(made.sandbox)
        made.files(stack.enter_context(serving(made.cards)))
        yield made


def test_stories_issues_and_cards_weigh_alike_and_the_figure_stands_on_both_epics(firm: Firm) -> None:
    """(2 of 4) + (1 + 1/2 of 2) + (1 + 1/2 of 2) = 5 of 8."""
    report = firm.run("sync")
    assert report["problems"] == []
    assert [one["percent"] for one in report["key_results"]] == [63]
    assert firm.shown() == (63, "63")
    told = firm.run("explain", "O1-KR1")
    assert {one["connection"] for one in told["items"] if one["counted"]} == {"acme", "red", "cards"}
    firm.later()
    assert firm.run("sync")["writes"] == []


def test_what_happens_in_any_of_them_moves_the_one_number(firm: Firm) -> None:
    assert firm.percent() == 63
    firm.later()
    firm.cards.put(firm.other, list="Done 🎉")
    assert firm.percent() == 69
    firm.later()
    firm.red.status(firm.closed, "In Progress")
    assert firm.percent() == 56
    firm.later()
    firm.sandbox.jira.resolve(firm.stories[2])
    assert firm.percent() == 69
    assert firm.shown() == (69, "69")


def test_while_one_of_them_is_silent_the_number_stays_and_says_so(firm: Firm) -> None:
    assert firm.percent() == 63
    firm.later()
    firm.sandbox.jira.resolve(firm.stories[2])
    firm.sandbox.jira.resolve(firm.stories[3])
    firm.sandbox.faults.on(times=1000).status(503, headers={"Retry-After": "0"})
    firm.red.status(firm.closed, "In Progress")
    report = firm.run("sync")
    [told] = report["key_results"]
    assert told["percent"] == 63
    assert "1 of 3 links unreadable" in told["notes"]
    assert {problem["connection"] for problem in report["problems"]} == {"acme"}
    assert firm.shown() == (63, "63")
    firm.sandbox.faults.clear()
    firm.later()
    assert firm.percent() == 75
    assert firm.shown() == (75, "75")
