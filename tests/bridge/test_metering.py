"""What `check` says a schedule costs, against what the embedded Jira counts for an OAuth app."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from bridge.app import App, clock_at, load_settings
from bridge.cost import Load, runs
from bridge.metering import finding, findings, load_of, shared
from bridge.sandbox import Sandbox
from bridge.sandbox.limits import Points
from bridge.sandbox.okrs import okrs_toml
from bridge.sync import Orders
from bridge.wishes import wishes

CONFIG = """\
[bridge]
instance = "metered"
public_url = "https://okr.example"

[connections.acme]
tool = "jira"
url = "{url}"
deployment = "cloud"
token = "env:APP_TOKEN"
"""
ACME = frozenset({"acme"})


class Meter:
    """Points that were spent since it was read last, as the site counts them."""

    def __init__(self) -> None:
        self.points = 0

    def read(self) -> int:
        read, self.points = self.points, 0
        return read


@pytest.fixture(scope="module")
def meter() -> Iterator[Meter]:
    made, count = Meter(), Points.spend

    def spend(self: Points, *call: object) -> None:
        before = self.spent
        count(self, *call)
        made.points += self.spent - before

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(Points, "spend", spend)
        yield made


@pytest.fixture(scope="module")
def app(meter: Meter, tmp_path_factory: pytest.TempPathFactory) -> Iterator[App]:
    folder: Path = tmp_path_factory.mktemp("metered")
    with Sandbox(points_per_hour=10**9) as sandbox:
        (folder / "okr-bridge.toml").write_text(CONFIG.format(url=sandbox.app_url))
        (folder / "okrs.toml").write_text(okrs_toml(sandbox.jira, connection="acme"))
        with pytest.MonkeyPatch.context() as patch:
            patch.setenv("APP_TOKEN", sandbox.token)
            settings = load_settings(folder / "okr-bridge.toml", {"APP_TOKEN": sandbox.token}, folder)
            with App.open(settings, clock_at(None, settings.bridge.zone)) as made:
                made.fields([], True)
                assert [f.message for f in findings(settings, made.okrs, made.store)] == [
                    "what its schedules cost an hour is known after the first sync"
                ]
                made.sync(Orders(force=True))
                yield made


@pytest.fixture
def load(app: App, meter: Meter) -> Load:
    meter.read()
    return load_of("acme", wishes(app.okrs)["acme"], app.store)


ORDERS = {
    "sync": Orders(sweep=frozenset()),
    "sweep": Orders(sweep=ACME),
    "reconcile": Orders(sweep=frozenset(), look=ACME),
    "full": Orders(full=True),
}


@pytest.mark.parametrize("job", ORDERS)
def test_a_run_costs_about_what_is_told(app, meter, load, job):
    """The quarter's last minutes are news to every sync here: own writes and the demo's last steps."""
    app.sync(ORDERS[job])
    told, cost = runs(load)[job], meter.read()
    assert told / 2 <= cost <= told * 2
    assert told >= cost * 0.8, "rather too much than too little"


def test_what_there_is_to_read_is_taken_from_the_last_read(app, load):
    written = app.store.written.all("acme")
    assert load.items == len(app.store.mirror.ids("acme")) > 100
    assert load.anchors == len({key.item for key in written})
    assert load.shown == sum(key.what == "comment" for key in written)
    assert all(0 < part < load.items for part in (load.direct, load.below, sum(load.queries), sum(load.keys)))


def test_check_tells_a_metered_connection_what_an_hour_costs(app):
    (found,) = [f for f in app.check() if "points an hour" in f.message]
    assert (found.level, found.where) == ("info", "acme")
    assert "API tokens are exempt" in found.hint


def test_a_connection_that_is_not_metered_is_told_nothing(app):
    one = app.settings.connections["acme"].model_copy(update={"email": "bot@acme.example"})
    settings = app.settings.model_copy(update={"connections": {"acme": one}})
    assert list(findings(settings, app.okrs, app.store)) == []


SIZES = {
    "small": (1_000, "info", "the points are of the app"),
    "half of the hour": (12_000, "warning", '[connections.acme.schedules] sync = "1h" makes it'),
    "more than the hour": (31_000, "error", '[connections.acme.schedules] sync = "1h" makes it'),
    "hopeless": (60_000, "error", "link Epics by key"),
}


@pytest.mark.parametrize(("hits", "level", "hint"), SIZES.values(), ids=SIZES)
def test_the_more_of_the_hour_is_spent_the_louder_it_is_told(hits, level, hint):
    load = Load(items=hits, queries=(hits,), anchors=10, shown=10, changes=60)
    found = finding("acme", load, {"sync": "30m", "sweep": "", "reconcile": "0 3 * * *"})
    assert (found.level, found.hint[: len(hint)]) == (level, hint)


def test_connections_that_may_be_one_app_are_added_up():
    (found,) = shared({"acme": 20_000, "shop": 15_000})
    assert (found.level, found.where) == ("warning", "acme, shop")
    assert "35,000 of the 65,000" in found.message
    assert list(shared({"acme": 20_000, "shop": 2_000})) == []
    assert list(shared({"acme": 60_000})) == [], "told at the connection itself"
