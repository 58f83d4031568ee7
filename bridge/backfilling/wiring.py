"""A backfill from the application's settings, OKR file, store and connections."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import AbstractContextManager
from dataclasses import dataclass
from datetime import date, datetime, time
from typing import Protocol

from bridge import okrs as files
from bridge.backfilling import Asked, BackfillReport, Parts, Watch, backfill
from bridge.belonging import Own
from bridge.clock import Clock
from bridge.config import Settings
from bridge.errors import UsageError
from bridge.model import KeyResult, Okrs
from bridge.provisioning import with_provided
from bridge.replay.days import window_of
from bridge.store import Store
from bridge.sync import Rules


class Accounts(Protocol):
    """The connections that are open."""

    def after_run(self) -> None: ...


class Working(Protocol):
    """The application, as far as a backfill needs it."""

    settings: Settings
    store: Store
    clock: Clock
    stopping: Callable[[], bool]

    @property
    def accounts(self) -> Accounts: ...
    @property
    def okrs(self) -> Okrs: ...
    @property
    def own(self) -> Own: ...
    @property
    def rules(self) -> Rules: ...

    def key_result(self, id: str) -> KeyResult: ...

    def writing(self) -> AbstractContextManager[object]: ...


@dataclass(frozen=True, slots=True)
class Days:
    """The first and the last that are asked for, both inclusive; None: see `window_of`."""

    first: date | None = None
    last: date | None = None


def backfill_of(app: Working, days: Days, asked: Asked, watch: Watch) -> BackfillReport:
    """Tell these days, alone in this store. Raises UsageError, ConfigError, StoreError and Stopping."""
    settings = app.settings
    for id in sorted(asked.only):
        app.key_result(id)
    if asked.connection and asked.connection not in settings.connections:
        known = ", ".join(settings.connections) or "none"
        raise UsageError(f"there is no connection {asked.connection!r}", f"there are: {known}")
    at, zone = time.fromisoformat(settings.history.at), settings.bridge.zone
    window = window_of(app.okrs.cycle, app.clock.now(), zone, at, (days.first, days.last))
    with app.writing():
        parts = Parts(
            revisions=_revisions(app),
            store=app.store,
            connect=app.own.get,
            at_hand=app.own.at_hand,
            names=settings.connections.keys(),
            clock=app.clock,
            window=window,
            pace=app.rules.pace,
            status_weights=app.rules.status_weights,
            watch=watch,
            stopping=app.stopping,
        )
        report = backfill(parts, asked)
        app.accounts.after_run()
    return report


def _revisions(app: Working) -> tuple[tuple[datetime, Okrs], ...]:
    """Every OKR file that there was, with the Epics that were made for it; the last is the one that is."""
    today, names = app.okrs, tuple(app.settings.connections)
    *earlier, last = app.store.revisions.all()
    read = ((one.at, files.from_document(one.document)) for one in earlier)
    return (*((at, with_provided(okrs, app.store, iter(names))) for at, okrs in read), (last.at, today))
