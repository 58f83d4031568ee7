"""Sites that the stories of a module share, and a desk of its own for every test."""

from __future__ import annotations

import time
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path

import pytest

from bridge.sandbox import Sandbox
from connectors.http import Clock
from tests.story_desk import Desk


@pytest.fixture(scope="module", params=["cloud", "datacenter"])
def face(request: pytest.FixtureRequest) -> Iterator[Sandbox]:
    with Sandbox(deployment=request.param) as sandbox:
        yield sandbox


@pytest.fixture(scope="module")
def cloud() -> Iterator[Sandbox]:
    with Sandbox() as sandbox:
        yield sandbox


class Impatient:
    """A clock that does not sleep: pauses pass at once, for whoever asks it."""

    def __init__(self) -> None:
        self.slept = 0.0

    def sleep(self, seconds: float) -> None:
        self.slept += seconds

    def clock(self) -> Clock:
        return Clock(
            lambda: datetime.now(UTC), lambda: time.monotonic() + self.slept, self.sleep, lambda: 0.5
        )


@pytest.fixture
def seat(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> Iterator[list[Desk]]:
    """Desks are set up here, and their sites left as they were found."""
    monkeypatch.setattr("bridge.connecting.system_clock", Impatient().clock)
    desks: list[Desk] = []
    yield desks
    for desk in desks:
        desk.sandbox.faults.clear()
        desk.sandbox.jira.lag(0)


def _at(sandbox: Sandbox, seat: list[Desk], request: pytest.FixtureRequest) -> Desk:
    request.getfixturevalue("monkeypatch").setenv("STORY_TOKEN", sandbox.token)
    desk = Desk(sandbox, request.getfixturevalue("tmp_path"), request.getfixturevalue("capsys"))
    desk.configure(bridge='public_url = "https://okr.example"')
    seat.append(desk)
    sandbox.jira.requests.clear()
    return desk


@pytest.fixture
def desk(face: Sandbox, seat: list[Desk], request: pytest.FixtureRequest) -> Desk:
    """On both faces of Jira."""
    return _at(face, seat, request)


@pytest.fixture
def cloud_desk(cloud: Sandbox, seat: list[Desk], request: pytest.FixtureRequest) -> Desk:
    return _at(cloud, seat, request)
