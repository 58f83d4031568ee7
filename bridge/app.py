"""Wires configuration to connectors, mappings, store and clock: the only file that knows concrete classes."""

from __future__ import annotations

import difflib
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import replace
from datetime import date, datetime, timedelta
from decimal import Decimal
from functools import cached_property, partial
from pathlib import Path
from typing import Any

from bridge import belonging, config, leftovers, metering, okrs, people
from bridge import said as said_by_people
from bridge.accounts import Accounts
from bridge.administration import check_connection, check_scope, failed, install_fields, unlinked
from bridge.again import Again
from bridge.amendments import Amendment, amendments, original_of
from bridge.assess import Assessment, assess
from bridge.chosen import publishing_of, rules_of
from bridge.clock import Clock, clock_at
from bridge.condition import condition, without_key_results
from bridge.connecting import connect, unshown
from bridge.errors import ConfigError, ConnectorError, UsageError
from bridge.lease import Held, writing
from bridge.lint import Limits, lint
from bridge.model import CheckIn, Finding, KeyResult, Okrs, Override
from bridge.outlook import foreseen, led, simulated
from bridge.plugins import shadowed
from bridge.processes import this_process
from bridge.provisioning import Provisioning, provision, with_provided
from bridge.publish import Publishing
from bridge.reading import Connection, never
from bridge.report.explanation import Explanation
from bridge.report.health import RunsReport, StatusReport
from bridge.report.run import RunReport
from bridge.report.steps import StepsReport
from bridge.silence import silent
from bridge.standing import Moment
from bridge.store import Store
from bridge.sync import Orders, Parts, Rules, sync
from bridge.tools import built_in
from bridge.trees import Trees
from bridge.unpublish import Live, unpublish
from bridge.webhooks import Hooking
from bridge.webhooks import install as install_webhooks
from bridge.webhooks import refresh as refresh_webhooks
from bridge.wishes import wishes
from bridge.wording import Words
from bridge.world import load_world

__all__ = ["App", "clock_at", "load_settings"]


def load_settings(path: Path | None, environ: Mapping[str, str], cwd: Path) -> config.Settings:
    """The settings of this bridge. Raises ConfigError."""
    return config.load(config.find(path, environ, cwd), environ)


class App:
    """A bridge at work: what each command asks for, answered from settings, OKRs, store and trackers."""

    def __init__(self, settings: config.Settings, store: Store, clock: Clock) -> None:
        self.settings = settings
        self.store = store
        self.clock = clock
        self.accounts = Accounts(settings, store, clock, partial(connect, guard=self._guard))
        self.stopping: Callable[[], bool] = never
        self.trees = Trees(store)
        self.reckon = Again()
        self._told: dict[str, tuple[object, int]] = {}
        self._held: Held | None = None

    @classmethod
    def open(cls, settings: config.Settings, clock: Clock) -> App:
        return cls(settings, Store.open(settings.database_url()), clock)

    def __enter__(self) -> App:
        return self

    def __exit__(self, *_: object) -> None:
        self.forget_connections()
        self.store.close()

    def forget_connections(self) -> None:
        """Close them; whoever needs one again gets it anew, with what its site is like now."""
        self.accounts.close()
        self._told.clear()

    def _guard(self) -> None:
        """Asked by connections before each write leaves, after every wait. Raises LeaseLost."""
        if self._held is not None:
            self._held.guard()

    @contextmanager
    def writing(self, *, anew: bool = False) -> Iterator[Held]:
        """The one writer's turn in this store: waited for, kept up, and fenced. Raises StoreError, and
        UsageError where the store is another bridge's, unless all of it is to be replaced `anew`."""
        if self._held is not None:
            yield self._held
            return
        seconds = self.settings.serve.lease_seconds
        with writing(self.store, this_process(), seconds, wait=self.clock.sleep or time.sleep) as held:
            belonging.claim(self.store, self.settings.bridge.instance, anew=anew)
            self._held = held
            try:
                yield held
            finally:
                self._held = None

    @cached_property
    def words(self) -> Words:
        return Words(self.settings.bridge.language)

    @cached_property
    def file(self) -> Okrs:
        """The OKR files as they were read; a change of them is kept as a new revision. Raises ConfigError."""
        found = okrs.load(self.settings.bridge.okrs, self.settings.connections)
        self.store.revisions.record(okrs.digest(found), okrs.document(found), self.clock.now())
        return found

    @cached_property
    def okrs(self) -> Okrs:
        """The OKR files with the Epics that were made for them."""
        return with_provided(self.file, self.store, iter(self.settings.connections))

    def look_again(self) -> None:
        """Take up what commands by hand have left in the store since."""
        self.__dict__.pop("okrs", None)

    def key_result(self, id: str) -> KeyResult:
        """Raises UsageError for one that the OKR file does not have."""
        known = {kr.id: kr for kr in self.okrs.key_results}
        if id not in known:
            near = difflib.get_close_matches(id, known, n=1, cutoff=0.5)
            hint = f"did you mean {near[0]}?" if near else f"there are: {', '.join(known)}"
            raise UsageError(f"no key result {id!r} in the OKR file", hint)
        return known[id]

    # --- trackers -----------------------------------------------------------------------------

    def connection(self, name: str) -> Connection:
        """A connection by its name, opened once; what its site is like is remembered for a day."""
        return self.accounts.get(name, self.okrs)

    @cached_property
    def own(self) -> belonging.Own:
        """Connections for runs: what is remembered under their names is of the sites they lead to."""
        return belonging.Own(self.settings, self.store, self.connection, self.accounts.at_hand, self.trees)

    # --- runs ---------------------------------------------------------------------------------

    @cached_property
    def rules(self) -> Rules:
        return rules_of(self.settings)

    @cached_property
    def publishing(self) -> Publishing:
        return publishing_of(self.settings, unshown(self.settings))

    def sync(self, orders: Orders) -> RunReport:
        """One run, alone in this store. Raises StoreError, LeaseLost and Stopping."""
        with self.writing() as held, self.trees.turn(held.lease.token):
            report = sync(self._parts(held), orders)
            self.accounts.after_run()
            self.store.tidy(self.clock.now())
            if keep := self.settings.store.keep_days:
                self.store.prune(self.clock.now() - timedelta(days=keep))
        return report

    def foresee(self, report: RunReport) -> RunReport:
        """The report with where its key results lead, for people to read."""
        return replace(report, standings=led(self.store, self.okrs, self.moment, report.standings))

    def _parts(self, held: Held) -> Parts:
        return Parts(
            okrs=self.okrs,
            store=self.store,
            connect=self.own.get,
            clock=self.clock,
            rules=self.rules,
            publishing=self.publishing,
            field_names=self.settings.publish.field_names.model_dump(),
            told=self._told,
            at_hand=self.own.at_hand,
            stopping=self.stopping,
            guard=held.guard,
            refused=self.accounts.refused,
            trees=self.trees,
            reckon=self.reckon,
        )

    def provision(self, only: frozenset[str], really: bool) -> StepsReport:
        """Reads first: whether a key result has work is for the tracker to say."""
        for kr in sorted(only):
            self.key_result(kr)
        with self.writing():
            return self._provision(only, really)

    def _provision(self, only: frozenset[str], really: bool) -> StepsReport:
        read = self.sync(Orders(dry=True, only=only))
        parts = Provisioning(
            okrs=self.okrs,
            store=self.store,
            connect=self.connection,
            instance=self.settings.bridge.instance,
            words=self.publishing.words,
            now=self.clock.now(),
        )
        report = provision(parts, read.standings, really=really)
        return replace(report, problems=(*read.problems, *report.problems), failed=read.failed)

    def fields(self, screens: Sequence[str], really: bool) -> StepsReport:
        """On every connection that shows key results."""
        report = StepsReport(())
        for name in wishes(self.okrs):
            connection = self.connection(name)
            own = install_fields(connection, screens, check_scope(connection, self.okrs), really)
            report = StepsReport(report.steps + own.steps, report.problems + own.problems)
            if really:
                self.store.sites.drop(name)
                self.store.parked.clear(name)
        return report

    def webhooks(self, url: str, really: bool, renew: bool = False) -> StepsReport:
        """On every connection that work is read from. Raises UsageError where no address is known."""
        return install_webhooks(self._hooking, url, really=really, renew=renew)

    def renew_webhooks(self) -> StepsReport:
        """Prolong those that run out before long; where none do, nothing is asked."""
        return refresh_webhooks(self._hooking)

    @property
    def _hooking(self) -> Hooking:
        return Hooking(self.settings, self.okrs, self.connection, self.store.mirror.aliases)

    def check(self) -> Sequence[Finding]:
        """Everything that can be known before a run, connection by connection, and the files."""
        findings = [*config.findings(self.settings), *shadowed(built_in())]
        for name in self.settings.connections:
            try:
                self.store.sites.drop(name)
                connection = self.connection(name)
            except ConnectorError as error:
                findings.append(failed(name, error))
                continue
            findings += check_connection(connection, check_scope(connection, self.okrs))
        findings += metering.findings(self.settings, self.okrs, self.store)
        if self.settings.publish.remote_link:
            findings += unlinked(self.okrs, self.settings.bridge.public_url)
        return findings + leftovers.told(self.store, self.settings.connections, self._live())

    def unpublish(self, really: bool, stale: bool) -> StepsReport:
        """On every connection for itself: one that gives no answer does not keep the others from it.
        `stale`: only what the OKR file shows there no longer."""
        with self.writing():
            connections, problems = self.own.written_on()
            live = self._live() if stale else {}
            report = unpublish(self.store, connections, self.settings.bridge.instance, live, really=really)
        failed = bool(problems) and not connections
        return replace(report, problems=(*problems, *report.problems), failed=failed)

    def _live(self) -> Live:
        """Where each key result belongs, as of the last read."""
        world = load_world(self.store, self.okrs, self.rules.status_weights)
        return leftovers.live_anchors(self.okrs, world, self.store)

    # --- answers without the network ----------------------------------------------------------

    @property
    def moment(self) -> Moment:
        rules = self.rules
        return Moment(now=self.clock.now(), zone=rules.zone, cycle=self.okrs.cycle, rules=rules.pace)

    def assessment(self) -> Assessment:
        """Where everything stands as of the last read."""
        unheard = silent(self.store, wishes(self.okrs))
        world = load_world(self.store, self.okrs, self.rules.status_weights, unheard)
        return assess(self.okrs, world, self.moment)

    def explain(self, id: str) -> Explanation:
        self.key_result(id)
        assessment = self.assessment()
        standing = next(one for one in assessment.standings if one.kr.id == id)
        (ahead,) = foreseen(self.store, self.okrs, self.moment, id)
        amended, said = self.amended().get(id, ()), self.store.checkins.of(id)
        return Explanation(simulated(standing, ahead), assessment.brought[id], amended, said, ahead)

    def amended(self) -> dict[str, tuple[Amendment, ...]]:
        """By key result, what was changed since the first revision that has it."""
        revisions = [okrs.from_document(revision.document) for revision in self.store.revisions.all()]
        found = {kr.id: amendments(original_of(kr.id, iter(revisions)), kr) for kr in self.okrs.key_results}
        return {kr: own for kr, own in found.items() if own}

    def status(self) -> StatusReport:
        """Of all but the key results while the OKR files are not in order."""
        now = self.clock.now()
        try:
            found = self.assessment()
            found = replace(found, standings=led(self.store, self.okrs, self.moment, found.standings))
            return condition(self.settings, self.store, found, self.amended(), now)
        except ConfigError as error:
            return without_key_results(self.settings, self.store, error, now)

    def runs(self, last: int) -> RunsReport:
        return RunsReport(self.store.runs.last(last), self.settings.publish.field_names.model_dump())

    def lint(self) -> Sequence[Finding]:
        limits = self.settings.lint
        return lint(self.okrs, Limits(limits.max_objectives, limits.max_key_results))

    # --- what people say ----------------------------------------------------------------------

    def checkin(self, id: str, *, at: datetime | None, **said: Any) -> people.Kept:
        key_result, now = self.key_result(id), self.clock.said()
        when = people.instant(at, now, self.rules.zone)
        made = people.check_in(key_result, CheckIn(kr=id, at=when, **said), now)
        self.store.checkins.add(made)
        said_by_people.checked_in(self.store, self.okrs, made, self.rules.status_weights, self.moment)
        return people.Kept("checkin", people.facts_of(made))

    def override(self, id: str, value: Decimal, why: str, by: str, until: date) -> people.Kept:
        given = Override(kr=id, value=value, why=why, by=by, until=until, at=self.clock.said())
        made = people.override(self.key_result(id), given, self.rules.zone)
        self.store.overrides.put(made)
        said_by_people.overridden(self.store, made, self.moment)
        return people.Kept("override", people.facts_of(made))

    def clear_override(self, id: str, by: str) -> people.Kept:
        self.key_result(id)
        if not self.store.overrides.clear(id, by, self.clock.said()):
            raise UsageError(f"{id} has no override", "see what is shown: okr-bridge explain " + id)
        return people.Kept("override", {"kr": id, "cleared": True, "by": by})
