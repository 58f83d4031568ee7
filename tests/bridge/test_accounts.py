"""Connections are opened once, known for a day, and left alone when they ask for it."""

from __future__ import annotations

import time
from collections.abc import Iterator, Mapping
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from bridge import config
from bridge.accounts import Accounts
from bridge.app import App
from bridge.clock import Clock
from bridge.connecting import TRIES
from bridge.errors import AccessDenied, ConfigError, RateLimited, Transient
from bridge.model import KeyResult, Okrs
from bridge.reading import Connection
from bridge.sandbox import Sandbox
from bridge.store import ConnectionResult, Store
from bridge.sync import Orders
from connectors.base import Traffic
from connectors.memory import Memory, Tracker
from mappings.memory import MemoryMapping
from tests.engine import keys, okrs
from tests.story_desk import CYCLE, kr

NOON = datetime(2026, 11, 10, 12, tzinfo=UTC)
CONFIG = '[connections.acme]\ntool = "memory"\n[connections.globex]\ntool = "memory"\n'


class Site(Memory):
    """Counts what is opened and closed; `held` is the pause that it asked for."""

    held: datetime | None = None
    closed = False

    def close(self) -> None:
        self.closed = True

    @property
    def traffic(self) -> Traffic:
        return Traffic({}, held_until=self.held)


class Office:
    """A process: `get` opens a connection, `at` is its time; others may work on the same store."""

    def __init__(self, store: Store, folder: Path) -> None:
        file = folder / "okr-bridge.toml"
        file.write_text(CONFIG)
        self.store, self.at = store, NOON
        self.settings = config.load(file, {})
        self.okrs: Okrs = okrs(KeyResult(id="KR1", title="T", links=(keys("A-1", on="acme"),)))
        self.opened: list[tuple[str, Mapping[str, Any] | None]] = []
        self.refuses: Exception | None = None
        self.accounts = self.another()

    def another(self) -> Accounts:
        clock = Clock(lambda: self.at, lambda: (self.at - NOON).total_seconds())
        return Accounts(self.settings, self.store, clock, self.connect)

    def connect(self, name: str, *rest: Any) -> Connection:
        self.opened.append((name, rest[3] if len(rest) > 3 else None))
        if self.refuses:
            raise self.refuses
        return Connection(name, Site(name, Tracker()), MemoryMapping(name))

    def get(self, name: str = "acme", accounts: Accounts | None = None) -> Any:
        return (accounts or self.accounts).get(name, self.okrs).system

    def later(self, **span: float) -> None:
        self.at += timedelta(**span)


@pytest.fixture
def office(tmp_path: Path) -> Iterator[Office]:
    with Store.open(f"sqlite:///{tmp_path}/okr.db") as store:
        yield Office(store, tmp_path)


def denied() -> AccessDenied:
    return AccessDenied("acme", "GET myself answered 401", "renew the token", login=True)


# --- what is known of a site


def test_a_connection_is_opened_once_and_its_site_asked_once(office):
    system = office.get()
    assert office.get() is system
    assert office.opened == [("acme", None)]
    assert system.requests == 1
    assert set(office.accounts.open) == {"acme"}


def test_another_process_goes_by_what_is_known_and_asks_nothing(office):
    office.get()
    system = office.get(accounts=office.another())
    assert system.requests == 0
    assert office.opened[-1][1] == {"tool": "memory", "roles": list(system.tracker.roles)}


def test_what_is_known_holds_for_a_day_and_is_asked_anew_then(office):
    system = office.get()
    office.later(hours=23, minutes=59)
    assert office.get() is system
    office.later(minutes=1)
    again = office.get()
    assert again is not system
    assert system.closed
    assert again.requests == 1
    office.later(hours=23)
    assert office.get() is again


def test_what_is_known_of_the_future_is_not_believed_for_long(office):
    system = office.get()
    office.later(days=-2)
    assert office.get() is not system


def test_facts_that_another_process_dropped_are_asked_anew(office):
    system = office.get()
    office.store.sites.drop("acme")
    again = office.get()
    assert again is not system
    assert again.requests == 1


def test_facts_that_another_process_renewed_are_gone_by(office):
    system = office.get()
    office.later(minutes=5)
    other = office.another()
    office.store.sites.drop("acme")
    office.get(accounts=other)
    again = office.get()
    assert again is not system
    assert again.requests == 0
    assert office.get() is again


def test_another_number_field_has_the_site_asked_anew(office):
    office.get()
    [kr] = office.okrs.key_results
    rollup = replace(kr.rollup, method="field", field="Budget")
    office.okrs = okrs(replace(kr, rollup=rollup))
    assert office.get().requests == 1


# --- a login that is refused


def test_a_login_that_is_refused_is_not_tried_again_for_an_hour(office):
    office.refuses = denied()
    for minutes in range(0, 60, 5):
        office.at = NOON + timedelta(minutes=minutes)
        with pytest.raises(AccessDenied, match="401"):
            office.get()
        assert office.accounts.at_hand("acme") is None
    assert len(office.opened) == 1
    office.at, office.refuses = NOON + timedelta(hours=1), None
    assert office.get().requests == 1
    assert office.accounts.at_hand("acme")


def test_new_settings_may_try_at_once(office):
    office.refuses = denied()
    with pytest.raises(AccessDenied):
        office.get()
    office.refuses = None
    assert office.get(accounts=office.another())


def test_a_login_that_is_refused_later_closes_the_connection_and_leaves_it_alone(office):
    system = office.get()
    office.accounts.refused("acme", denied())
    assert system.closed
    assert office.accounts.open == {}
    with pytest.raises(AccessDenied):
        office.get()
    office.later(hours=1)
    assert office.get() is not system


def test_telling_of_a_refusal_again_and_again_holds_nothing_in_memory(office):
    error = denied()
    office.accounts.refused("acme", error)
    lengths = set()
    for _ in range(5):
        with pytest.raises(AccessDenied) as raised:
            office.get()
        lengths.add(len(raised.traceback))
    assert len(lengths) == 1


def test_one_refused_login_is_no_others(office):
    office.accounts.refused("acme", denied())
    assert office.get("globex")


@pytest.mark.parametrize("error", [Transient("acme", "503"), ConfigError([])], ids=["503", "a secret"])
def test_other_trouble_may_be_over_at_once(office, error):
    office.refuses = error
    for _ in range(2):
        with pytest.raises(type(error)):
            office.get()
    assert len(office.opened) == 2
    assert office.store.sites.get("acme") is None


# --- a pause that is asked for


def test_a_long_pause_is_kept_by_every_process_until_it_is_over(office):
    system = office.get()
    system.held = NOON + timedelta(minutes=40)
    office.accounts.after_run()
    for accounts in (office.accounts, office.another()):
        with pytest.raises(RateLimited, match="not asked before 2026-11-10T12:40:00") as raised:
            office.get(accounts=accounts)
        assert (raised.value.retry_after, raised.value.scope) == (2400, "connection")
        assert accounts.at_hand("acme") is None
    office.later(minutes=40)
    assert office.get() is system
    assert office.accounts.at_hand("acme")


@pytest.mark.parametrize("held", [None, NOON, NOON - timedelta(seconds=1)])
def test_without_a_pause_nothing_is_kept(office, held):
    office.get().held = held
    office.accounts.after_run()
    assert office.store.holds.all(NOON - timedelta(days=1)) == {}


# --- at hand, and closing


def test_at_hand_is_what_is_open_and_nothing_is_opened_for_it(office):
    assert office.accounts.at_hand("acme") is None
    assert office.opened == []
    system = office.get()
    found = office.accounts.at_hand("acme")
    assert found
    assert found.system is system


def test_closing_closes_all_and_leaves_what_was_shown_before_alone(office):
    systems, shown = [office.get(), office.get("globex")], office.accounts.open
    office.accounts.close()
    assert all(system.closed for system in systems)
    assert office.accounts.open == {}
    assert set(shown) == {"acme", "globex"}


# --- over a real line


class Line:
    """A daemon's connection to a site: `run` is a run of it, `ahead` how far its clock is."""

    def __init__(self, sandbox: Sandbox, store: Store, folder: Path) -> None:
        told = f'url = "{sandbox.url}"\nemail = "{sandbox.email}"\ntoken = "env:TOKEN"'
        (folder / "okr-bridge.toml").write_text(f'[connections.acme]\ntool = "jira"\n{told}\n')
        (folder / "okrs.toml").write_text(CYCLE + kr("KR1", keys="SHOP-1"))
        self.settings = config.load(folder / "okr-bridge.toml", {"TOKEN": sandbox.token})
        self.sandbox, self.store = sandbox, store
        self.ahead = timedelta()
        self.reload()

    def reload(self) -> None:
        clock = Clock(lambda: datetime.now(UTC) + self.ahead, time.monotonic)
        self.app = App(self.settings, self.store, clock)

    def run(self) -> str:
        return self.app.sync(Orders(reads=frozenset({"acme"}))).outcome


@pytest.fixture
def line(tmp_path: Path) -> Iterator[Line]:
    with Sandbox() as sandbox, Store.open(f"sqlite:///{tmp_path}/okr.db") as store:
        made = Line(sandbox, store, tmp_path)
        yield made
        made.app.forget_connections()


@pytest.mark.parametrize("then", ["an hour later", "at a reload"])
def test_a_token_that_is_revoked_while_the_connection_is_open_is_used_once_more(line, then):
    assert line.run() == "done"
    line.sandbox.faults.on("searchAndReconsileIssuesUsingJqlPost", times=99).status(401, "revoked")
    line.sandbox.jira.requests.clear()
    assert [line.run() for _ in range(3)] == ["failed"] * 3
    line.sandbox.faults.clear()
    assert line.run() == "failed", "left alone, whatever it would say"
    assert line.sandbox.jira.requests.count() == 1
    if then == "an hour later":
        line.ahead = timedelta(hours=1)
    else:
        line.app.forget_connections()
        line.reload()
    assert line.run() == "done"


def test_a_connection_that_failed_is_asked_once_and_with_patience_again_after_it_answered(office):
    office.store.connections.put("acme", ConnectionResult("1", False, "no answer", "wait", NOON))
    tries: list[int] = []
    connect = office.connect

    def counting(name: str, *rest: Any) -> Connection:
        tries.append(rest[4] if len(rest) > 4 else TRIES)
        return connect(name, *rest)

    office.connect = counting
    accounts = office.another()
    first = office.get(accounts=accounts)
    accounts.after_run()
    second = office.get(accounts=accounts)
    assert tries == [1, TRIES]
    assert first.closed
    assert (first.requests, second.requests) == (1, 0), "the site was asked once"
