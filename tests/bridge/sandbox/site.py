"""A small site for the sandbox's own tests, and a caller who speaks HTTP to it."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from typing import Any

import requests

from bridge.sandbox import Sandbox, seed
from bridge.sandbox.catalog import Project
from bridge.sandbox.fieldtypes import PLATFORM

START = datetime(2026, 11, 2, 9, 30, tzinfo=UTC)
KR, KR_PROGRESS = "customfield_10301", "customfield_10302"
POINTS = "customfield_10026"


class Time:
    """A clock that moves when it is told to."""

    def __init__(self) -> None:
        self.at = START

    def __call__(self) -> datetime:
        return self.at

    def pass_(self, **span: float) -> None:
        self.at += timedelta(**span)


def small(deployment: str = "cloud", **options: Any) -> Sandbox:
    """Two projects, one with a team's own fields, and a workflow of three statuses; no issues."""
    sandbox = Sandbox(deployment, empty=True, **options)
    catalog = sandbox.jira.catalog
    seed.software_fields(catalog)
    for id, name, category in (
        ("1", "To Do", "new"),
        ("2", "In Progress", "indeterminate"),
        ("3", "Done", "done"),
    ):
        catalog.status(id, name, category)
    for id, name, level in (("1", "Epic", 1), ("2", "Story", 0), ("3", "Sub-task", -1), ("4", "Bug", 0)):
        catalog.type(id, name, level)
    for id, name in (("1", "Done"), ("2", "Won't Do")):
        catalog.resolution(id, name)
    catalog.priority("2", "High")
    catalog.priority("3", "Medium")
    for id, key, own in (("100", "SHOP", False), ("200", "TEAM", True)):
        catalog.project(
            Project(
                id, key, key.title(), team_managed=own, types=["1", "2", "3", "4"], statuses=["1", "2", "3"]
            )
        )
    screen = catalog.screens[seed.DEFAULT_SCREEN]
    for number, name, kind in ((10301, "KR", "textfield"), (10302, "KR progress", "float")):
        catalog.put_on_screen(catalog.custom(number, name, PLATFORM + kind), screen, 10000)
    return sandbox


class Caller:
    """Speaks to a sandbox as its account, or as nobody."""

    def __init__(self, sandbox: Sandbox, signed_in: bool = True) -> None:
        self.base = f"{sandbox.url}/rest/api/{3 if sandbox.jira.cloud else 2}"
        self.session = requests.Session()
        self.session.trust_env = False
        if signed_in and sandbox.jira.cloud:
            self.session.auth = (sandbox.email, sandbox.token)
        elif signed_in:
            self.session.headers["Authorization"] = f"Bearer {sandbox.token}"

    def __call__(self, line: str, body: Any = None, **options: Any) -> requests.Response:
        """`call("GET issue/A-1")`; a path that begins with `/` is taken from the server's root."""
        method, path = line.split(" ", 1)
        url = self.base.partition("/rest/")[0] + path if path.startswith("/") else f"{self.base}/{path}"
        return self.session.request(method, url, json=body, timeout=5, **options)

    def search(self, jql: str, **body: Any) -> list[str]:
        """Keys found, through all pages."""
        found: list[str] = []
        while True:
            answer = self("POST search/jql", {"jql": jql, "fields": ["key"], **body}).json()
            found += [issue["key"] for issue in answer["issues"]]
            if not answer.get("nextPageToken"):
                return found
            body["nextPageToken"] = answer["nextPageToken"]


@contextmanager
def served(deployment: str = "cloud", **options: Any) -> Iterator[tuple[Sandbox, Caller]]:
    """The small site, listening, with its caller."""
    with small(deployment, **options) as sandbox:
        caller = Caller(sandbox)
        try:
            yield sandbox, caller
        finally:
            caller.session.close()
