"""Is this Jira as the configuration takes it to be: login, clock, version, fields, resolutions; then the
projects, anchors and queries in hand."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from datetime import UTC, datetime, timedelta
from typing import Any, Protocol

from bridge.errors import ConnectorError
from bridge.model import Finding
from connectors.base import Account, CheckScope
from connectors.http import Http
from connectors.jira import site as sites
from connectors.jira.api import Api
from connectors.jira.check_projects import check_projects
from connectors.jira.check_queries import check_queries
from connectors.jira.panel import JiraPanel
from connectors.jira.settings import JiraSettings
from connectors.jira.trouble import said

SKEW = timedelta(seconds=60)
SOON = timedelta(days=30)
SUPPORTED = 10
END_OF_LIFE = "9.x ended on 2026-06-26"
DONE = frozenset(
    (
        *("done", "fixed", "resolved", "complete", "completed", "implemented", "delivered", "released"),
        *("deployed", "finished", "accepted", "approved", "verified", "完成", "已完成", "解决", "已解决"),
        *("修复", "已修复", "已实现", "已交付", "已发布", "已上线", "已验收"),
    )
)
"""Resolutions that plainly mean the work was done."""


class Connected(Protocol):
    name: str
    settings: JiraSettings
    http: Http

    @property
    def api(self) -> Api: ...
    @property
    def panel(self) -> JiraPanel: ...
    def login(self) -> Account: ...
    def resolve(self, keys: list[str]) -> Mapping[str, str]: ...


Part = Callable[[Connected, CheckScope], Iterable[Finding]]


def check(jira: Connected, scope: CheckScope) -> Iterator[Finding]:
    """One finding after the other, as they are found; reads only. Trouble with one part does not hide the
    others, but without a login there is nothing to look into."""
    try:
        account = jira.login()
        facts = sites.describe(jira.http, jira.settings)
    except ConnectorError as error:
        yield Finding("error", jira.name, said(error), error.hint)
        return
    yield Finding("info", jira.name, f"logged in as {account.name}")
    yield from _clock(jira, account)
    yield from _version(jira, facts)
    yield from _fields(jira, facts)
    parts: tuple[Part, ...] = (_expiry, _visible, _resolutions, check_projects, check_queries)
    for part in parts:
        try:
            yield from part(jira, scope)
        except ConnectorError as error:
            yield Finding("error", jira.name, said(error), error.hint)


def _clock(jira: Connected, account: Account) -> Iterator[Finding]:
    skew = account.now - jira.http.clock.now()
    if abs(skew) > SKEW:
        seconds = abs(skew.total_seconds())
        side = "ahead of" if skew > timedelta() else "behind"
        message = f"the server's clock is {seconds:.0f} s {side} this machine's"
        yield Finding("warning", jira.name, message, "let both keep time by NTP")


def _version(jira: Connected, facts: Mapping[str, Any]) -> Iterator[Finding]:
    if facts["deployment"] == "cloud":
        yield Finding("info", jira.name, "Jira Cloud")
        return
    version = str(facts["server_version"])
    yield Finding("info", jira.name, f"Jira Data Center {version}".strip())
    major = version.partition(".")[0]
    if major.isdecimal() and int(major) < SUPPORTED:
        message = f"Jira {version} is past the end of its life ({END_OF_LIFE})"
        yield Finding("warning", jira.name, message, "upgrade to a long-term line: 10.3 or 11.3")


def _fields(jira: Connected, facts: Mapping[str, Any]) -> Iterator[Finding]:
    """The bridge's own fields, the number fields that roll-ups ask for, and the one of story points."""
    numbers = [name for name in facts["missing"] if name in jira.settings.number_fields]
    if numbers:
        hint = "check the roll-up's `field`, or name it by its id"
        yield Finding("error", jira.name, f"no field is named {', '.join(numbers)}", hint)
    if own := [name for name in jira.settings.field_names.values() if name in facts["missing"]]:
        hint = "make them: `okr-bridge fields install --apply`"
        yield Finding("warning", jira.name, f"no field is named {', '.join(own)}: none is written", hint)
    for name, ids in facts["twins"].items():
        message = f"{len(ids)} fields are named {name!r} ({', '.join(ids)}): none of them is used"
        yield Finding("warning", jira.name, message, "name the right one by its id, or rename the others")
    if ambiguous := facts["ambiguous_points"]:
        message = f"several fields may hold the story points: {', '.join(ambiguous)}"
        yield Finding("warning", jira.name, message, "say which in `points_field`")
    elif not facts["points"]:
        hint = "matters where a roll-up counts points: name it in `points_field`"
        yield Finding("info", jira.name, "no field of story points was found", hint)


def _expiry(jira: Connected, _: CheckScope) -> Iterator[Finding]:
    """Only Data Center tells when tokens end, and not which of an account's tokens is in use: the first
    to end is told. Cloud tells nothing. (Atlassian: Using Personal Access Tokens.)"""
    if jira.api.cloud or jira.settings.email or not jira.settings.token:
        return
    try:
        held = jira.http.call("GET", "rest/pat/latest/tokens", repeatable=True).data
    except ConnectorError:
        return
    tokens = held if isinstance(held, list) else []
    ends = [end for token in tokens if (end := _instant(token.get("expiringAt")))]
    if not ends:
        return
    left = min(ends) - jira.http.clock.now()
    level = "warning" if left < SOON else "info"
    message = f"the account's first access token ends on {min(ends):%Y-%m-%d}"
    yield Finding(level, jira.name, message, "make a new one before" if level == "warning" else "")


def _instant(text: object) -> datetime | None:
    try:
        at = datetime.fromisoformat(str(text))
    except ValueError:
        return None
    return at if at.tzinfo else at.replace(tzinfo=UTC)


def _visible(jira: Connected, _: CheckScope) -> Iterator[Finding]:
    """Jira answers 200 and an empty list to an account that may see nothing."""
    if jira.api.cloud:
        number = int(jira.api.record("project/search", {"maxResults": 1}).get("total", 0))
    else:
        number = len(jira.api.records("project"))
    if number:
        yield Finding("info", jira.name, f"{number} projects can be seen")
    else:
        hint = 'give the account "Browse projects" in the projects that hold the work'
        yield Finding("error", jira.name, "no project can be seen", hint)


def _resolutions(jira: Connected, scope: CheckScope) -> Iterator[Finding]:
    """Those that are in neither camp by name, so that a person decides."""
    if scope.cancelled is None:
        return
    api = jira.api
    found = api.pages("resolution/search") if api.cloud else api.records("resolution")
    settled = DONE | {_folded(name) for name in scope.cancelled}
    names = [str(resolution.get("name", "")) for resolution in found]
    if open_ := [name for name in names if _folded(name) not in settled]:
        message = f"these resolutions count as done, though their names do not say so: {', '.join(open_)}"
        hint = "put those that mean cancelled into `cancelled_resolutions` (with the usual ones)"
        yield Finding("warning", jira.name, message, hint)


def _folded(name: str) -> str:
    return name.strip().casefold()
