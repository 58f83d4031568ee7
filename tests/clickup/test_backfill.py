"""The days before, told by the command line from what ClickUp remembers of statuses."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import responses

from bridge.cli import invoke
from bridge.cli.options import PARTIAL
from bridge.model import Tier
from connectors.clickup.past import ASSUMED
from mappings.clickup_past import RETURNED
from tests.clickup.fake import TOKEN, FakeClickUp
from tests.clickup.judge import judged
from tests.clickup.test_story import CONFIG

HOST = "https://clickup.example"
DAY = 86_400
OKRS = """
[cycle]
id = "2026-Q4"
start = 2026-11-02
end = 2026-12-31

[[objectives]]
id = "O1"
title = "New customers are up and running within a day"

[[objectives.key_results]]
id = "KR1"
title = "All of the Epic"
links = [{{ connection = "cu", keys = ["{epic}"] }}]

[[objectives.key_results]]
id = "KR2"
title = "All with a tag"
links = [{{ connection = "cu", label = "okr" }}]
"""


class Past:
    """An Epic with two Stories, and a task with a tag; days go by at noon."""

    def __init__(self, folder: Path, capture: pytest.CaptureFixture[str]) -> None:
        self.clickup, self._folder, self._capture = FakeClickUp(page=100), folder, capture
        make = self.clickup.make
        self.epic = make("Epic", tier=Tier.GROUP)
        self.one, self.two = (make(name, parent=self.epic) for name in "12")
        self.tagged = make("Tagged", labels=("okr",))
        (folder / "okr-bridge.toml").write_text(CONFIG.format(url=f"{HOST}/api/v2"), encoding="utf-8")
        (folder / "okrs.toml").write_text(OKRS.format(epic=self.epic), encoding="utf-8")

    def serve(self, request: Any) -> tuple[int, dict[str, str], bytes]:
        body = request.body or b""
        return self.clickup.serve(request.method, request.url.removeprefix(HOST), request.headers, body)

    def run(self, *arguments: str) -> Any:
        self.clickup.advance(1)
        self._capture.readouterr()
        now = self.clickup.at.isoformat(timespec="seconds")
        self.code = invoke(["-c", str(self._folder / "okr-bridge.toml"), "--now", now, *arguments])
        out, error = self._capture.readouterr()
        return json.loads(out) if "--json" in arguments else out + error

    def values(self, kr: str) -> list[str]:
        [told] = self.run("history", kr, "--json")["history"]
        return [f"{point['day'][8:]} {point['exact']}" for point in told["points"]]


@pytest.fixture
def past(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> Iterator[Past]:
    monkeypatch.setenv("CLICKUP_TOKEN", TOKEN)
    found = Past(tmp_path, capsys)
    with responses.RequestsMock(assert_all_requests_are_fired=False) as mock:
        for method in ("GET", "POST", "PUT", "DELETE"):
            mock.add_callback(method, re.compile(re.escape(HOST) + "/.*"), callback=found.serve)
        yield found
    assert judged(found.clickup.heard) == []


def test_each_day_has_the_value_of_the_statuses_of_that_day(past):
    past.clickup.advance(DAY)
    past.clickup.set(past.one, "in progress")
    past.clickup.advance(DAY)
    past.clickup.set(past.one, "complete")
    late = past.clickup.make("Late", parent=past.epic)
    past.clickup.advance(DAY)
    past.clickup.set(late, "complete")
    past.clickup.set(past.two, "cancelled")
    past.clickup.advance(DAY)
    told = past.run("backfill", "--json")
    assert past.code == 0
    assert told["problems"] == []
    assert past.values("KR1") == ["02 0", "03 0", "04 1/3", "05 1"]
    assert told["assumed"] == {"cu": ASSUMED}
    assert [(one["kr"], one["used"]) for one in told["links"]] == [("KR1", "past"), ("KR2", "today")]
    assert past.clickup.writes == []


def test_people_read_what_is_taken_as_it_is_today(past):
    past.clickup.advance(DAY)
    told = " ".join(past.run("backfill").split())
    assert f"Taken as it is today, for the history does not tell it cu: {ASSUMED}" in told
    assert "KR2: label okr: ClickUp tells what it hits today" in told


def test_days_on_which_a_status_is_open_have_no_point_and_it_is_said(past):
    past.clickup.advance(DAY)
    past.clickup.set(past.one, "complete")
    past.clickup.advance(DAY)
    past.clickup.set(past.one, "to do")
    past.clickup.advance(DAY)
    past.clickup.set(past.one, "complete")
    past.clickup.advance(DAY)
    told = past.run("backfill", "--json")
    assert past.code == PARTIAL
    assert past.values("KR1") == ["05 1/2"]
    assert past.values("KR2") == ["02 0", "03 0", "04 0", "05 0"]
    link = told["links"][0]
    assert (link["used"], link["reason"]) == ("some", f"no points for 3 of 4 days: {past.one}: {RETURNED}")


def test_with_the_clickapp_off_no_day_has_a_point_and_it_is_said_what_to_do(past):
    past.clickup.advance(DAY)
    past.clickup.tracking = False
    told = past.run("backfill", "--json")
    assert past.code != 0
    assert told["points"]["told"] == 0
    [problem] = told["problems"]
    assert "time in status" in problem["message"]
    assert "Total time in Status" in problem["hint"]
    past.clickup.tracking = True
    past.run("backfill", "--json")
    assert past.values("KR1") == ["02 0"]
