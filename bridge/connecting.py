"""From a connection's settings to the code that talks to it, by what its tool is described as."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import replace
from typing import Any

from bridge.clock import Clock
from bridge.config import Settings
from bridge.masking import mask
from bridge.model import KeyResult, Link, Okrs
from bridge.reading import Connection
from bridge.tool import Kit
from bridge.tools import tool_of
from bridge.wishes import sources
from connectors.clock import system_clock
from connectors.options import unguarded

BUILT_IN = {"points", "time", "spent"}
TRIES = 4
NOT_ASKED = frozenset({"language", "schedules", "webhook_secret"})
"""What every section has, and what decides nothing about the site."""


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
    one, usual = settings.connections[name], system_clock()
    kit = Kit(
        clock=replace(usual, now=clock.now, sleep=clock.sleep or usual.sleep),
        site=site,
        instance=settings.bridge.instance,
        field_names=settings.publish.field_names.model_dump(),
        number_fields=number_fields(name, okrs),
        tries=tries,
        hide=_hiding(settings),
        guard=guard,
    )
    system, mapping = tool_of(one).open(name, one, kit)
    facts = system.describe() if site is None else site
    missing, fixed = (tuple(facts.get(what, ())) for what in ("missing", "fixed"))
    return Connection(name, system, mapping, missing, frozenset(fixed))


def facts_of(name: str, settings: Settings, okrs: Okrs) -> dict[str, Any]:
    """What decides which facts a site is asked for: remembered ones hold while this is the same."""
    one = settings.connections[name]
    decides = tool_of(one).decides or set(type(one).model_fields) - NOT_ASKED
    shape = one.model_dump(mode="json", include=set(decides))
    names = settings.publish.field_names.model_dump()
    return {"connection": shape, "fields": names, "numbers": list(number_fields(name, okrs))}


def unshown(settings: Settings) -> dict[str, frozenset[str]]:
    """By connection, what is never written there because the tool cannot show it."""
    return {name: tool_of(one).cannot(one) for name, one in settings.connections.items()}


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


def _hiding(settings: Settings) -> Callable[[str], str]:
    """Takes every secret of these settings, as it is by then, out of a text: an answer may echo any."""
    secrets = tuple(settings.secrets())
    for secret in secrets:
        secret.foresee()
    return lambda text: mask(text, secrets)
