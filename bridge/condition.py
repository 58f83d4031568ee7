"""The bridge's condition as the store tells it: what `status` shows, without asking any tracker."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import UTC, datetime

from bridge.amendments import Amendment
from bridge.assess import Assessment
from bridge.config import Settings
from bridge.lease import DAEMON
from bridge.processes import is_gone, told
from bridge.report.health import ConnectionHealth, Daemon, StatusReport
from bridge.store import Store

JOBS = ("sync", "sweep", "reconcile", "digest", "reminders")
Amended = Mapping[str, tuple[Amendment, ...]]


def condition(
    settings: Settings, store: Store, assessment: Assessment, amended: Amended, now: datetime
) -> StatusReport:
    """Where everything stands as of the last read."""
    daemon = active_daemon(store)
    coming = store.schedule.all() if daemon else {}
    held = store.holds.all(now)
    return StatusReport(
        standings=assessment.standings,
        objectives=assessment.objectives,
        connections=tuple(_health(name, store, coming, held.get(name)) for name in settings.connections),
        outbox=store.outbox.depth(),
        amended=amended,
        now=now.astimezone(settings.bridge.zone),
        parked=store.parked.all(),
        notices=store.notices.all(),
        daemon=daemon,
        field_names=settings.publish.field_names.model_dump(),
    )


def active_daemon(store: Store) -> Daemon | None:
    """Who holds the daemon's lease; None where it has run out, or its holder is known to be dead."""
    found = store.leases.record(DAEMON)
    if found is None or found.left <= 0 or is_gone(found.holder):
        return None
    return Daemon(told(found.holder), found.since.astimezone(UTC))


def _health(
    name: str,
    store: Store,
    coming: Mapping[tuple[str, str], datetime],
    held: tuple[datetime, str] | None,
) -> ConnectionHealth:
    results, cursor = store.connections, store.cursors.get(name)
    last, since = results.last(name), results.failing_since(name)
    trouble = last if last and since else None
    return ConnectionHealth(
        name,
        results.last_good(name),
        since,
        trouble.message if trouble else "",
        trouble.hint if trouble else "",
        {job: coming[name, job] for job in JOBS if (name, job) in coming},
        cursor.swept if cursor else None,
        held,
    )
