"""The bridge's condition as the store tells it: what `status` shows, without asking any tracker."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from datetime import UTC, datetime

from bridge.amendments import Amendment
from bridge.assess import Assessment
from bridge.config import Settings
from bridge.errors import ConfigError
from bridge.lease import DAEMON
from bridge.model import Problem
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


def without_key_results(settings: Settings, store: Store, error: ConfigError, now: datetime) -> StatusReport:
    """The same while the OKR files are not in order: the daemon goes on with them as they were."""
    nothing = Assessment(standings=(), objectives=(), brought={})
    hint = error.hint or "correct it: okr-bridge check; a daemon goes on with the files as they were"
    problem = Problem(kind="config_error", message=error.message, hint=hint)
    return replace(condition(settings, store, nothing, {}, now), problem=problem)


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
