"""What a bridge keeps in memory from run to run, where others write in its database meanwhile."""

from __future__ import annotations

from fractions import Fraction
from pathlib import Path

import pytest

from bridge.app import App
from bridge.store import Store
from bridge.sync import Orders
from tests.bridge.daemon.desk import Desk


@pytest.fixture
def desk(tmp_path: Path) -> Desk:
    return Desk(tmp_path, Store.open(f"sqlite:///{tmp_path / 'okr-bridge.db'}"))


def progress(app: App) -> dict[str, Fraction | None]:
    return {one.kr.id: one.progress for one in app.sync(Orders()).standings}


def another(desk: Desk) -> App:
    """As another process: the same files and database, with nothing in memory."""
    desk.store = Store.open(desk.store.database.engine.url.render_as_string(hide_password=False))
    return desk.load()


def test_a_run_sees_what_another_process_has_read_meanwhile(desk: Desk) -> None:
    daemon = desk.load()
    assert progress(daemon) == {"KR1": Fraction(1, 2), "KR2": Fraction(1, 2)}
    desk.later(600)
    desk.trackers["mem"].change("3", category="done")
    desk.later(3600)
    assert progress(another(desk))["KR1"] == 1
    desk.later(3600)
    assert progress(daemon)["KR1"] == 1
    assert progress(daemon)["KR1"] == 1


def test_a_run_with_nothing_new_rolls_nothing_up(desk: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    daemon = desk.load()
    first = progress(daemon)
    desk.later(600)

    def never(*_: object, **__: object) -> None:
        raise AssertionError("rolled up again")

    monkeypatch.setattr("bridge.again.roll_up", never)
    monkeypatch.setattr(type(daemon.store.mirror), "load", never)
    assert progress(daemon) == first


def test_a_run_that_broke_off_leaves_nothing_to_trust(desk: Desk) -> None:
    daemon = desk.load()
    progress(daemon)
    desk.later(600)
    desk.trackers["mem"].change("3", category="done")

    def stop(call: str) -> None:
        if call == "put_values":
            daemon.stopping = lambda: True

    desk.trouble = stop
    daemon.sync(Orders())
    daemon.stopping = lambda: False
    desk.trouble = lambda _: None
    assert progress(daemon)["KR1"] == 1
