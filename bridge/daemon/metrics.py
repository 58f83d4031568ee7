"""Figures for Prometheus, in a registry of their own: docs/reference/metrics.md has them as a table."""

from __future__ import annotations

import logging
from collections import Counter as Tally
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from itertools import product
from typing import TYPE_CHECKING

from prometheus_client import CollectorRegistry, Counter, Gauge, Histogram, Info, ProcessCollector
from prometheus_client.core import CounterMetricFamily, GaugeMetricFamily, Metric
from prometheus_client.registry import Collector

from bridge.daemon.agenda import Job
from bridge.daemon.carried import Carried
from bridge.daemon.health import Health
from bridge.errors import BridgeError
from connectors.base import Traffic

if TYPE_CHECKING:
    from bridge.report.run import RunReport

log = logging.getLogger(__name__)

NOBODY = "(unknown)"
"""Stands for every connection that does not exist: no name of one has brackets."""
OUTCOMES = ("done", "partial", "stopped", "interrupted", "failed")
"""What runs come to."""
SECONDS = (0.5, 1, 2.5, 5, 10, 30, 60, 120, 300, 600, 1800, 3600)


@dataclass(frozen=True, slots=True, kw_only=True)
class Views:
    """What is looked up when somebody asks. Each may raise a BridgeError: its figures are left out then.

    `traffic` by open connection, `outbox` the intents that are not settled, `parked` the writes that fail,
    by connection.
    """

    traffic: Callable[[], Mapping[str, Traffic]]
    outbox: Callable[[], int]
    parked: Callable[[], Mapping[str, int]]


class Metrics:
    """All figures of one process. Safe to share between threads."""

    def __init__(self, health: Health, views: Views, version: str) -> None:
        self.registry = mine = CollectorRegistry(auto_describe=True)
        self._carried = Carried()
        Info("okr_bridge_build", "The version that runs.", registry=mine).info({"version": version})
        self._runs = Counter("okr_bridge_runs", "Runs that ended.", ("kind", "outcome"), registry=mine)
        for kind, outcome in product(Job, OUTCOMES):
            self._runs.labels(kind.value, outcome)  # nought, so that the first of a kind is an increase
        took = "How long runs took."
        self._seconds = Histogram(
            "okr_bridge_run_duration_seconds", took, ("kind",), buckets=SECONDS, registry=mine
        )
        taken = "Work items taken in from trackers."
        self._items = Counter("okr_bridge_items", taken, ("connection",), registry=mine)
        written = "Writes to trackers, by what became of them."
        labels = ("connection", "what", "outcome")
        self._writes = Counter("okr_bridge_writes", written, labels, registry=mine)
        colours = "Key results as of the last run, by colour."
        self._key_results = Gauge("okr_bridge_key_results", colours, ("colour",), registry=mine)
        came = f"Webhooks that came, by answer; {NOBODY} is every connection that does not exist."
        self._hooks = Counter("okr_bridge_webhooks", came, ("connection", "code"), registry=mine)
        ProcessCollector(registry=self.registry)
        self.registry.register(Scraped(health, views, self._carried))

    def ran(self, report: RunReport, kind: str) -> None:
        """A run is over, with all it did."""
        self.ended(kind, report.outcome, report.seconds)
        for change in report.changes:
            self._writes.labels(change.connection, change.what.value, change.outcome.value).inc()
        self._colour(report)

    def ended(self, kind: str, outcome: str, seconds: float) -> None:
        """A run ended without a report."""
        self._runs.labels(kind, outcome).inc()
        self._seconds.labels(kind).observe(seconds)

    def took(self, connection: str, items: int) -> None:
        self._items.labels(connection).inc(items)

    def hooked(self, connection: str | None, status: int) -> None:
        """A webhook was answered; None: for a connection that does not exist."""
        self._hooks.labels(NOBODY if connection is None else connection, str(status)).inc()

    def retire(self, connection: str, traffic: Traffic) -> None:
        """A connector is closed: what it counted stays counted."""
        self._carried.retire(connection, traffic)

    def _colour(self, report: RunReport) -> None:
        found = Tally(one.colour.value if one.colour else "none" for one in report.standings)
        for colour in ("red", "amber", "green", "none"):
            self._key_results.labels(colour).set(found[colour])


class Scraped(Collector):
    """Figures that are looked up at the moment when somebody asks for them."""

    def __init__(self, health: Health, views: Views, carried: Carried) -> None:
        self._health = health
        self._views = views
        self._carried = carried
        self._short = False

    def describe(self) -> Iterator[Metric]:
        """Nothing: so that nobody is asked before the process is up."""
        return iter(())

    def collect(self) -> Iterator[Metric]:
        trouble: BridgeError | None = None
        for family in (self._leader, self._lag, self._traffic, self._outbox, self._parked):
            try:
                yield from family()
            except BridgeError as error:
                trouble = trouble or error
        self._tell(trouble)

    def _tell(self, trouble: BridgeError | None) -> None:
        """Once, however often somebody asks, until all figures are there again."""
        if trouble and not self._short:
            log.warning("figures are left out: %s", trouble, extra={"event": "metrics"})
        self._short = trouble is not None

    def _leader(self) -> Iterator[Metric]:
        leader = "1 for the daemon that is active, 0 for one that stands by."
        yield GaugeMetricFamily("okr_bridge_leader", leader, value=float(self._health.active))

    def _lag(self) -> Iterator[Metric]:
        """Of the active daemon alone: one that stands by reads nothing, and knows of no other's runs."""
        if not self._health.active:
            return
        lag = GaugeMetricFamily(
            "okr_bridge_sync_lag_seconds",
            "Seconds since a connection was last read well; since the process began where it never was.",
            labels=["connection"],
        )
        known, now = self._health.known, self._health.clock.now()
        for connection, at in known.last_good.items():
            lag.add_metric([connection], max((now - (at or known.started)).total_seconds(), 0.0))
        yield lag

    def _traffic(self) -> Iterator[Metric]:
        requests = CounterMetricFamily(
            "okr_bridge_requests", "Requests to trackers, by outcome.", labels=["connection", "outcome"]
        )
        received = CounterMetricFamily(
            "okr_bridge_received_bytes", "Bytes of answers from trackers.", labels=["connection"]
        )
        waited = CounterMetricFamily(
            "okr_bridge_throttled_seconds",
            "Seconds waited because a tracker asked for it (429).",
            labels=["connection"],
        )
        held = GaugeMetricFamily(
            "okr_bridge_held_seconds",
            "Seconds for which nothing is sent, because a tracker asked for a long pause.",
            labels=["connection"],
        )
        open_now, now = self._views.traffic(), self._health.clock.now()
        for connection, traffic in open_now.items():
            left = (traffic.held_until - now).total_seconds() if traffic.held_until else 0.0
            held.add_metric([connection], max(left, 0.0))
        for connection, total in self._carried.totals(open_now).items():
            for outcome, count in total.requests.items():
                requests.add_metric([connection, outcome], count)
            received.add_metric([connection], total.bytes)
            waited.add_metric([connection], total.throttled)
        yield from (requests, received, waited, held)

    def _outbox(self) -> Iterator[Metric]:
        outbox = "Writes that are intended and not settled."
        yield GaugeMetricFamily("okr_bridge_outbox_intents", outbox, value=self._views.outbox())

    def _parked(self) -> Iterator[Metric]:
        parked = GaugeMetricFamily(
            "okr_bridge_parked_writes", "Writes that fail, waiting or given up.", labels=["connection"]
        )
        for connection, count in self._views.parked().items():
            parked.add_metric([connection], count)
        yield parked
