"""What the daemon works for: the bridge as its files say today, and its store."""

from __future__ import annotations

import logging
from collections.abc import Callable, Iterable, Mapping
from datetime import datetime, tzinfo
from typing import TYPE_CHECKING

from bridge.config import Settings
from bridge.daemon.reload import Watch, files_of
from bridge.daemon.schedule import Plan, plan_of
from bridge.errors import BridgeError, ConfigError, StoreError
from bridge.logs import bound
from bridge.wishes import wishes

if TYPE_CHECKING:
    from bridge.app import App
    from bridge.report.run import RunReport
    from bridge.store import Store
    from bridge.sync import Orders

log = logging.getLogger(__name__)

NOTICE = "configuration"
BRAKE = "brake"
LOOK_EVERY = 2.0
RETRY_EVERY = 30.0
FIXED = (
    "bridge.database",
    "serve.host",
    "serve.port",
    "serve.lease_seconds",
    "serve.hook_bytes",
    "serve.hook_seconds",
)
"""What is decided when the process starts."""


class Duty:
    """One application at a time; another one takes its place when its files change and are in order."""

    def __init__(self, app: App, load: Callable[[], App], watch: Watch | None = None) -> None:
        """`load` makes an application of the files as they are, over the same store; raises BridgeError.
        `watch` has looked at the files of `app` before they were read."""
        self.app = app
        self.changed: Callable[[str], None] = lambda _: None
        """Told why files were not taken, empty when they were."""
        self.closing: Callable[[App], None] = lambda _: None
        """Sees an application whose place is taken."""
        self._load = load
        self._watch = watch or Watch(files_of(app.settings))
        self._looked = app.clock.monotonic()
        self._refusal = ""
        self._noticed = False
        self._braked, self._told_of = True, ""  # the daemon before this one may have left word
        self._tried = self._looked
        self._tell_store(lambda: self.store.notices.drop(NOTICE))

    @property
    def store(self) -> Store:
        return self.app.store

    @property
    def lease_seconds(self) -> int:
        return self.app.settings.serve.lease_seconds

    @property
    def connections(self) -> frozenset[str]:
        return frozenset(self.app.settings.connections)

    @property
    def plan(self) -> Plan:
        return plan_of(self.app.settings)

    @property
    def zone(self) -> tzinfo:
        return self.app.settings.bridge.zone

    def tell_next(self, next_runs: Mapping[tuple[str, str], datetime]) -> None:
        """For `status` to show, and for the daemon after this one. A database that is away is no matter."""
        self._tell_store(lambda: self.store.schedule.replace(next_runs))

    def last_good(self) -> Mapping[str, datetime | None]:
        """Of the connections that anything is read from: others fall behind nothing. Raises StoreError."""
        results = self.store.connections
        return {name: results.last_good(name) for name in wishes(self.app.okrs)}

    def away(self, names: Iterable[str]) -> frozenset[str]:
        """Connections that are to be left alone for now."""
        return frozenset(name for name in names if self.app.accounts.away(name))

    def failing(self, names: Iterable[str]) -> frozenset[str]:
        """Connections that did not answer well when they were asked last."""
        return frozenset(name for name in names if self.store.connections.failing_since(name))

    def run(self, orders: Orders) -> RunReport:
        """One run of the bridge as it is now. Raises what App.sync raises."""
        self.app.look_again()
        if orders.look:
            self._renew_hooks()
        with bound(job=orders.kind):
            report = self.app.sync(orders)
        self._tell_brake(report)
        return report

    def all_well(self) -> bool:
        """Whether no connection fails, those that the last run left alone included. Raises StoreError."""
        return not any(self.store.connections.failing_since(name) for name in wishes(self.app.okrs))

    def refresh(self, *, anew: bool = False) -> bool:
        """Take up files that changed, or all of them `anew`; whether there is another application now.
        Files that are not in order change nothing; that is told until they are, and they are tried again
        now and then: what they lack may be in files that nobody watches yet. Never raises."""
        if not self._due(anew=anew):
            return False
        self._tried = self.app.clock.monotonic()
        try:
            app = self._load()
        except BridgeError as error:
            self._refused(str(error), error.hint)
            return False
        except Exception as error:
            # nothing that is written into a file may end the daemon: told with its traceback
            log.exception("the changed files were not understood", extra={"event": "defect"})
            self._refused(f"a defect ({type(error).__name__})", "see the log, and please report it")
            return False
        self._take(app)
        return True

    def close(self) -> None:
        self.closing(self.app)
        self.app.forget_connections()

    def _due(self, *, anew: bool) -> bool:
        now = self.app.clock.monotonic()
        if not anew and now - self._looked < LOOK_EVERY:
            return False
        self._looked = now
        again = bool(self._refusal) and now - self._tried >= RETRY_EVERY
        return self._watch.changed() or anew or again

    def _refused(self, message: str, hint: str) -> None:
        """Told once for each trouble."""
        if message != self._refusal:
            log.error("the changed files were not taken: %s", message, extra={"event": "reload_refused"})
            self._refusal, self._noticed = message, False
        if not self._noticed:
            usual = "the bridge goes on with the files as they were; correct them: okr-bridge check"
            now = self.app.clock.now()
            self._noticed = self._tell_store(
                lambda: self.store.notices.put(NOTICE, now, message, hint or usual)
            )
        self.changed(message.partition("\n")[0])

    def _take(self, app: App) -> None:
        for place in fixed_changes(self.app.settings, app.settings):
            log.warning("%s holds from the next start on", place, extra={"event": "reload"})
        self.close()
        self.app = app
        self._watch.follow(files_of(app.settings))
        self._refusal = ""
        self._tell_store(lambda: self.store.notices.drop(NOTICE))
        self.changed("")
        log.info("the files were taken up anew", extra={"event": "reload"})

    def _tell_brake(self, report: RunReport) -> None:
        """A run that the brake stopped has read well: nothing else in `status` would tell of it."""
        found = next((one for one in report.problems if report.stopped and one.kind == BRAKE), None)
        if found is None:
            if self._braked and self._tell_store(lambda: self.store.notices.drop(BRAKE)):
                self._braked = False
        elif self._told_of != found.message or not self._braked:
            now, self._told_of = self.app.clock.now(), found.message
            self._braked = self._tell_store(
                lambda: self.store.notices.put(BRAKE, now, found.message, found.hint)
            )

    def _tell_store(self, tell: Callable[[], None]) -> bool:
        """What others may like to know: where the database is away, that is told soon enough by a run."""
        try:
            tell()
        except StoreError as error:
            log.debug("not kept: %s", error)
            return False
        return True

    def _renew_hooks(self) -> None:
        """What stands in its way does not keep a run from being made."""
        try:
            problems = [problem.message for problem in self.app.renew_webhooks().problems]
        except ConfigError as error:
            problems = [str(error)]
        for message in problems:
            log.warning("%s", message, extra={"event": "webhooks"})


def fixed_changes(before: Settings, after: Settings) -> list[str]:
    """Options that differ and that only a new start can take up."""
    return [place for place in FIXED if _at(before, place) != _at(after, place)]


def _at(settings: Settings, place: str) -> object:
    section, name = place.split(".")
    return getattr(getattr(settings, section), name)
