"""Every class of trouble, and the kinds of calls that it can strike."""

from __future__ import annotations

import sqlite3
from collections.abc import Callable
from dataclasses import dataclass
from datetime import timedelta
from typing import TYPE_CHECKING, Any

from bridge.sandbox.faults import Aim
from tests.faults.company import FIELDS

if TYPE_CHECKING:
    from tests.faults.machine import Machine

SEARCHES = {"searchAndReconsileIssuesUsingJqlPost", "searchForIssuesUsingJql"}
SITE = {"getServerInfo", "getFields", "getAllBoards", "getBoardConfiguration", "getCurrentUser"}
LOOKS = {"getIssue", "getComments", "getCommentsByIds", "getCommentProperty", "getRemoteIssueLinks"}
SILENT = {"editIssue", "setIssueProperty"}
"""Answered without a body."""
ADDS = {"addComment"}
WRITES = SILENT | ADDS | {"updateComment", "createOrUpdateRemoteIssueLink"}
KEYS = "getCommentPropertyKeys"
"""Asked only where a comment of the account bears no property of the bridge."""
SHARED = (SITE | LOOKS | WRITES | {"getMyPermissions"}) - {"getCommentsByIds", "getCommentProperty"}
OPERATIONS = {
    "cloud": SHARED | {"searchAndReconsileIssuesUsingJqlPost", "bulkFetchIssues", "getCommentsByIds"},
    "datacenter": SHARED | {"searchForIssuesUsingJql", "getCommentProperty"},
}
"""All that the bridge calls while it syncs."""
ANSWERED = (OPERATIONS["cloud"] | OPERATIONS["datacenter"]) - SILENT
LASTING = 99


@dataclass(frozen=True, slots=True)
class Trouble:
    """`aim`: how the site answers; else `event`: what happens on the site or below the store when the call
    comes in, and what undoes it. `at`: the calls it can strike, all where it is None."""

    name: str
    aim: Callable[[Machine, Aim], None] | None = None
    event: Callable[[Machine], None] | None = None
    at: frozenset[str] | None = None
    sqlite_only: bool = False

    def strikes(self, operation: str) -> bool:
        return self.at is None or operation in self.at


def _answers(name: str, aim: Callable[[Machine, Aim], Any], at: set[str] | None = None) -> Trouble:
    return Trouble(name, aim=aim, at=None if at is None else frozenset(at))


def _status(number: int, **headers: str) -> Callable[[Machine, Aim], None]:
    spelt = {name.replace("_", "-"): value for name, value in headers.items()}
    return lambda _, aim: aim.status(number, "Trouble", headers=spelt)


# --- what happens on the site


def _lag(machine: Machine) -> None:
    machine.jira.lag(machine.random.choice([20, 90, 240, 240]))
    machine.lagging = True


def _jump(machine: Machine) -> None:
    minutes = machine.random.choice([-180, -45, -7, 7, 45, 180])
    machine.note(f"our clock jumps by {minutes} minutes")
    machine.world.ours_ahead += timedelta(minutes=minutes)


def _forbid(machine: Machine) -> None:
    permission = machine.random.choice(
        ["BROWSE_PROJECTS", "BROWSE_PROJECTS", "EDIT_ISSUES", "ADD_COMMENTS", "EDIT_OWN_COMMENTS"]
    )
    project = machine.random.choice(["SHOP", "GROW"])
    granted = ["EDIT_ALL_COMMENTS"] if permission == "EDIT_OWN_COMMENTS" else []
    machine.note(f"{permission} is lost in {project}")
    for one in (permission, *granted):
        machine.jira.permissions.forbid(one, project)
        machine.undo.append(lambda one=one: machine.jira.permissions.allow(one, project))  # type: ignore[misc]
    machine.company.silent = True


def _hide(machine: Machine) -> None:
    jira = machine.jira
    issue = machine.random.choice([*jira.store.issues.values()])
    machine.note(f"{issue.key} is hidden")
    jira.hide(issue.id)
    machine.undo.append(lambda: jira.hide(issue.id, False) if issue.id in jira.store.issues else None)
    machine.company.silent = True


def _trash(machine: Machine) -> None:
    role = machine.random.choice(sorted(FIELDS))
    if FIELDS[role] not in machine.jira.catalog.fields:
        return
    machine.note(f"the field {role} is removed")
    field = machine.jira.trash_field(FIELDS[role])
    machine.undo.append(lambda: machine.jira.restore_field(field))


def _work(name: str) -> Callable[[Machine], None]:
    def happens(machine: Machine) -> None:
        machine.note(getattr(machine.company, name)())
        machine.midway = True

    return happens


# --- what happens below the store


def _lock(machine: Machine) -> None:
    machine.undo.append(machine.database.lock())


def _fill(machine: Machine) -> None:
    machine.undo.append(machine.database.fill())


def _vanish(machine: Machine) -> None:
    machine.undo.append(machine.database.vanish())


TROUBLES = (
    _answers("429 burst", lambda _, aim: aim.rate_limited(2)),
    _answers("429 quota", lambda m, aim: aim.quota_used_up(m.world.site_now() + timedelta(minutes=20))),
    _answers("429 per issue", lambda _, aim: aim.rate_limited(3, "jira-per-issue-on-write")),
    _answers("429 no Retry-After", lambda _, aim: aim.rate_limited(None)),
    _answers(
        "429 with a date", lambda m, aim: aim.rate_limited_until(m.world.site_now() + timedelta(seconds=40))
    ),
    _answers("500", _status(500)),
    _answers("502", _status(502)),
    _answers("503", _status(503)),
    _answers("503 Retry-After", _status(503, Retry_After="5")),
    _answers("504", _status(504)),
    _answers("dropped before", lambda _, aim: aim.drop()),
    _answers("dropped after", lambda _, aim: aim.drop_after()),
    _answers("read timeout", lambda _, aim: aim.hang()),
    _answers("HTML with 200", lambda _, aim: aim.html()),
    _answers("cut JSON", lambda _, aim: aim.truncated(), ANSWERED),
    _answers("repeated token", lambda _, aim: aim.repeated_token(), {"searchAndReconsileIssuesUsingJqlPost"}),
    _answers("empty page", lambda _, aim: aim.empty_page(), SEARCHES | {"getComments"}),
    _answers("taken for a visitor", lambda _, aim: aim.anonymous()),
    Trouble("index lag", event=_lag),
    Trouble("clock skew", event=_jump),
    Trouble("lost permission", event=_forbid),
    Trouble("hidden issue", event=_hide),
    Trouble("deleted issue", event=_work("delete")),
    Trouble("moved issue", event=_work("move")),
    Trouble("field removed", event=_trash),
    Trouble("disk full", event=_fill, sqlite_only=True),
    Trouble("database locked", event=_lock),
    Trouble("database gone", event=_vanish),
)  # fmt: skip
BY_NAME = {trouble.name: trouble for trouble in TROUBLES}


def pairs(deployment: str) -> list[tuple[str, str]]:
    """Every class of trouble with every kind of call that it can strike."""
    return [
        (trouble.name, operation)
        for operation in sorted(OPERATIONS[deployment])
        for trouble in TROUBLES
        if trouble.strikes(operation)
    ]


# --- databases in trouble


class Sqlite:
    """A database file that may be locked, full or gone; each answers what puts it right again."""

    def __init__(self, path: Any) -> None:
        self.path = path
        self.url = f"sqlite:///{path}"
        self.pages = 2**30
        self.engines: list[Any] = []

    def watch(self, engine: Any) -> None:
        """Hold every connection of this engine to the limit of pages."""
        from sqlalchemy import event

        self.engines = [engine]

        def limit(dbapi: Any, *_: Any) -> None:
            dbapi.execute(f"PRAGMA max_page_count = {self.pages}")

        event.listen(engine, "checkout", limit)

    def lock(self) -> Callable[[], None]:
        other = sqlite3.connect(self.path, isolation_level=None, timeout=1, check_same_thread=False)
        other.execute("BEGIN IMMEDIATE")
        return other.close

    def fill(self) -> Callable[[], None]:
        self.pages = 1
        return lambda: setattr(self, "pages", 2**30)

    def vanish(self) -> Callable[[], None]:
        for engine in self.engines:
            engine.dispose()
        away = self.path.with_suffix(".away")
        self.path.rename(away)
        self.path.mkdir()

        def back() -> None:
            self.path.rmdir()
            away.rename(self.path)

        return back


class Postgresql:
    """A database on a server that may lock it, or end every connection and let nobody in."""

    def __init__(self, url: str) -> None:
        self.url = url
        self.name = url.rpartition("/")[2]

    def watch(self, engine: Any) -> None:
        return

    def lock(self) -> Callable[[], None]:
        import psycopg

        other = psycopg.connect(self.url)
        other.execute("LOCK TABLE outbox, written, items, runs IN EXCLUSIVE MODE")
        return other.close

    def fill(self) -> Callable[[], None]:
        raise AssertionError("no page limit here")

    def vanish(self) -> Callable[[], None]:
        from tests import postgresql

        postgresql.command(f"ALTER DATABASE {self.name} ALLOW_CONNECTIONS false")
        postgresql.command(
            f"SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = '{self.name}'"
        )
        return lambda: postgresql.command(f"ALTER DATABASE {self.name} ALLOW_CONNECTIONS true")
