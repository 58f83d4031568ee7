"""From a connection's settings to the code that talks to it, by the kind of tool."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import replace
from typing import Any

from bridge.clock import Clock
from bridge.config import JiraConnection, MemoryConnection, Settings
from bridge.masking import mask
from bridge.model import KeyResult, Link, Okrs
from bridge.reading import Connection
from bridge.wishes import sources
from connectors.options import unguarded

BUILT_IN = {"points", "time", "spent"}
TRIES = 4


def connect(
    name: str,
    settings: Settings,
    okrs: Okrs,
    clock: Clock,
    site: Mapping[str, Any] | None = None,
    tries: int = TRIES,
    guard: Callable[[], None] = unguarded,
) -> Connection:
    """A connection of the bridge; `site` is what its `describe()` told earlier, `tries` how often a call is
    made that gets no answer; `guard` is asked before each write leaves. Raises ConfigError, and
    ConnectorError where the site has to be asked and does not answer."""
    one = settings.connections[name]
    match one:
        case JiraConnection():
            return _jira(name, settings, okrs, clock, site, tries, guard)
        case MemoryConnection():
            return _memory(name)


def facts_of(name: str, settings: Settings, okrs: Okrs) -> dict[str, Any]:
    """What decides which facts a site is asked for: remembered ones hold while this is the same."""
    one = settings.connections[name]
    shape = one.model_dump(mode="json", include={"url", "deployment", "points_field", "tool"})
    names = settings.publish.field_names.model_dump()
    return {"connection": shape, "fields": names, "numbers": list(number_fields(name, okrs))}


def number_fields(connection: str, okrs: Okrs) -> tuple[str, ...]:
    """The number fields that key results on this connection count by, by name or id."""
    names: dict[str, None] = {}
    for key_result in okrs.key_results:
        if key_result.rollup.method == "field" and _uses(connection, key_result):
            names[key_result.rollup.field] = None
        for source in sources(key_result):
            if source.connection == connection and source.field and source.field not in BUILT_IN:
                names[source.field] = None
    return tuple(names)


def _uses(connection: str, key_result: KeyResult) -> bool:
    links: tuple[Link, ...] = key_result.links
    return any(link.connection == connection for link in links)


def _jira(
    name: str,
    settings: Settings,
    okrs: Okrs,
    clock: Clock,
    site: Mapping[str, Any] | None,
    tries: int,
    guard: Callable[[], None],
) -> Connection:
    from connectors.http import system_clock
    from connectors.jira import JiraSettings
    from connectors.jira import connect as connect_jira
    from mappings.jira import JiraMapping, Vocabulary

    one = settings.connections[name]
    assert isinstance(one, JiraConnection)
    visibility, usual = one.comment_visibility, system_clock()
    jira = connect_jira(
        JiraSettings(
            name=name,
            url=one.url,
            deployment=one.deployment,
            auth=one.auth,
            email=one.email,
            token=one.token.reveal() if one.token else "",
            points_field=one.points_field,
            number_fields=number_fields(name, okrs),
            field_names=settings.publish.field_names.model_dump(),
            instance=settings.bridge.instance,
            comment_visibility=visibility.model_dump() if visibility else {},
            concurrency=one.concurrency,
            timeout=one.timeout,
            tries=tries,
            ca_bundle=str(one.ca_bundle or ""),
            proxy=one.proxy_url(),
            hide=_hiding(settings),
            guard=guard,
        ),
        clock=replace(usual, now=clock.now, sleep=clock.sleep or usual.sleep),
        site=site,
    )
    vocabulary = Vocabulary(one.cancelled_resolutions, one.cancelled_statuses)
    facts = jira.describe()
    return Connection(name, jira, JiraMapping(name, facts, vocabulary), tuple(facts.get("missing", ())))


def _hiding(settings: Settings) -> Callable[[str], str]:
    """Takes every secret of these settings, as it is by then, out of a text: an answer may echo any."""
    secrets = tuple(settings.secrets())
    for secret in secrets:
        secret.foresee()
    return lambda text: mask(text, secrets)


def _memory(name: str) -> Connection:
    from connectors.memory import Memory, Tracker
    from mappings.memory import MemoryMapping

    return Connection(name, Memory(name, Tracker()), MemoryMapping(name))
