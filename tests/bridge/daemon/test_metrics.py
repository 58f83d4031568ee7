"""Figures for Prometheus: what is counted, what is looked up, and the page that tells of them."""

from __future__ import annotations

import logging
import re
from dataclasses import replace
from datetime import timedelta
from types import SimpleNamespace

import pytest
from prometheus_client import generate_latest
from prometheus_client.parser import text_string_to_metric_families

from bridge.daemon.metrics import Metrics, Views
from bridge.errors import StoreError
from bridge.model import Change, Colour, Outcome, What
from connectors.base import OUTCOMES
from tests.bridge.daemon.house import NOON, House, report
from tests.bridge.daemon.test_carried import traffic
from tests.source import ROOT

PAGE = ROOT / "docs/reference/metrics.md"


def change(outcome: Outcome) -> Change:
    return Change(
        connection="acme", item="1", key="A-1", kr="KR1", what=What.FIELD, name="status", before=None,
        after="x", outcome=outcome,
    )  # fmt: skip


def standing(colour: Colour | None) -> SimpleNamespace:
    return SimpleNamespace(colour=colour)


def furnished() -> House:
    """One of everything."""
    house = House()
    house.traffic = {"acme": traffic(7, 2)}
    house.health.good({"acme": NOON, "new": None})
    changes = (change(Outcome.WRITTEN), change(Outcome.WRITTEN), change(Outcome.REFUSED))
    standings = (standing(Colour.RED), standing(Colour.RED), standing(None))
    house.metrics.ran(report("partial", changes=changes, standings=standings), "sync")
    house.metrics.ended("sweep", "failed", 0.2)
    house.metrics.took("acme", 40)
    house.metrics.hooked("acme", 202)
    house.seconds = 90.0
    return house


FIGURES = {
    "runs": ("okr_bridge_runs_total", {"kind": "sync", "outcome": "partial"}, 1),
    "runs without a report": ("okr_bridge_runs_total", {"kind": "sweep", "outcome": "failed"}, 1),
    "how long they took": ("okr_bridge_run_duration_seconds_sum", {"kind": "sync"}, 1.5),
    "items": ("okr_bridge_items_total", {"connection": "acme"}, 40),
    "writes": ("okr_bridge_writes_total", {"connection": "acme", "what": "field", "outcome": "written"}, 2),
    "refused": ("okr_bridge_writes_total", {"connection": "acme", "what": "field", "outcome": "refused"}, 1),
    "requests": ("okr_bridge_requests_total", {"connection": "acme", "outcome": "ok"}, 7),
    "throttled": ("okr_bridge_requests_total", {"connection": "acme", "outcome": "429"}, 2),
    "seconds waited": ("okr_bridge_throttled_seconds_total", {"connection": "acme"}, 4),
    "bytes": ("okr_bridge_received_bytes_total", {"connection": "acme"}, 700),
    "lag": ("okr_bridge_sync_lag_seconds", {"connection": "acme"}, 90),
    "never read: since the start": ("okr_bridge_sync_lag_seconds", {"connection": "new"}, 90),
    "outbox": ("okr_bridge_outbox_intents", {}, 3),
    "parked": ("okr_bridge_parked_writes", {"connection": "acme"}, 2),
    "red": ("okr_bridge_key_results", {"colour": "red"}, 2),
    "green": ("okr_bridge_key_results", {"colour": "green"}, 0),
    "no colour": ("okr_bridge_key_results", {"colour": "none"}, 1),
    "webhooks": ("okr_bridge_webhooks_total", {"connection": "acme", "code": "202"}, 1),
    "leader": ("okr_bridge_leader", {}, 1),
    "version": ("okr_bridge_build_info", {"version": "1.2.3"}, 1),
}


@pytest.mark.parametrize(("name", "labels", "value"), FIGURES.values(), ids=FIGURES)
def test_a_figure(name, labels, value):
    assert furnished().figure(name, **labels) == value


def test_a_lag_is_never_below_nothing():
    house = House()
    house.health.good({"acme": NOON + timedelta(minutes=5)})
    assert house.figure("okr_bridge_sync_lag_seconds", connection="acme") == 0


def test_a_connection_that_is_configured_no_more_has_no_lag():
    house = furnished()
    house.health.good({"new": NOON})
    assert house.figure("okr_bridge_sync_lag_seconds", connection="acme") is None


def test_a_connection_opened_anew_counts_on():
    house = furnished()
    house.metrics.retire("acme", traffic(9, 2))
    house.traffic = {"acme": traffic(30, 3)}
    assert house.figure("okr_bridge_requests_total", connection="acme", outcome="ok") == 39


def test_who_stands_by_leads_nothing_and_knows_of_no_lag():
    house = furnished()
    house.health.standby(True)
    assert house.figure("okr_bridge_leader") == 0
    assert house.figure("okr_bridge_sync_lag_seconds", connection="acme") is None
    house.health.standby(False)
    assert house.figure("okr_bridge_sync_lag_seconds", connection="acme") == 90


@pytest.mark.parametrize("kind", ["sync", "sweep", "reconcile"])
def test_the_first_run_that_is_stopped_is_an_increase(kind):
    """Prometheus sees none where a figure begins with one."""
    house = House()
    assert house.figure("okr_bridge_runs_total", kind=kind, outcome="stopped") == 0
    house.metrics.ran(report("stopped"), kind)
    assert house.figure("okr_bridge_runs_total", kind=kind, outcome="stopped") == 1


def test_key_results_without_a_run_are_not_said_to_be_none():
    assert House().figure("okr_bridge_key_results", colour="none") is None


def test_a_database_that_is_gone_costs_its_own_figures_only(caplog):
    def gone() -> int:
        raise StoreError("the database does not answer")

    house = House()
    views = Views(traffic=dict, outbox=gone, parked=dict)
    with caplog.at_level(logging.WARNING):
        text = generate_latest(Metrics(house.health, views, "1").registry).decode()
    assert "okr_bridge_leader 1.0" in text
    assert "okr_bridge_outbox" not in text
    assert "the database does not answer" in caplog.text


def test_a_database_that_is_away_is_told_once_however_often_somebody_asks(caplog):
    away: list[str] = []

    def asked() -> int:
        if away:
            raise StoreError(away[0])
        return 1

    views = Views(traffic=dict, outbox=asked, parked=lambda: {"acme": asked()})
    registry = Metrics(House().health, views, "1").registry
    with caplog.at_level(logging.WARNING):
        for state in (["gone"], ["gone"], ["gone, said otherwise"], [], ["gone anew"]):
            away[:] = state
            generate_latest(registry)
    assert caplog.messages == ["figures are left out: gone", "figures are left out: gone anew"]


def test_a_pause_runs_out():
    house = furnished()
    house.traffic = {
        "acme": replace(traffic(7), held_until=NOON + timedelta(seconds=100)),
        "free": traffic(1),
    }
    assert house.figure("okr_bridge_held_seconds", connection="acme") == 10
    assert house.figure("okr_bridge_held_seconds", connection="free") == 0
    house.seconds = 200
    assert house.figure("okr_bridge_held_seconds", connection="acme") == 0


def test_two_processes_of_figures_share_nothing():
    first, second = House(), House()
    first.metrics.hooked("acme", 202)
    assert second.figure("okr_bridge_webhooks_total", connection="acme", code="202") is None


def test_the_page_names_every_outcome_of_a_request():
    page = PAGE.read_text("utf-8")
    assert [outcome for outcome in OUTCOMES if f"`{outcome}`" not in page] == []


def shown() -> set[tuple[str, str, str, str]]:
    """Every figure of ours as it is exposed: name, kind, labels, what it says of itself."""
    text = generate_latest(furnished().metrics.registry).decode()
    rows = set()
    for family in text_string_to_metric_families(text):
        samples = [one for one in family.samples if not one.name.endswith("_created")]
        if not family.name.startswith("okr_bridge_") or not samples:
            continue
        labels = sorted({label for one in samples for label in one.labels} - {"le"})
        name = samples[0].name if family.type in ("counter", "gauge") else family.name
        rows.add((name, family.type, ", ".join(f"`{one}`" for one in labels), family.documentation))
    return rows


def test_the_page_names_every_figure_and_no_other():
    row = re.compile(r"^\| `(\S+)` \| (\w+) \| (.*?) \| (.*) \|$", re.MULTILINE)
    assert {
        tuple(part.strip() for part in found) for found in row.findall(PAGE.read_text("utf-8"))
    } == shown()
