"""Tools of other packages: found by their entry point, loaded when a connection asks for one."""

from __future__ import annotations

import logging
from collections.abc import Collection, Mapping, Sequence
from typing import TYPE_CHECKING

from bridge.errors import ConfigError, Misconfigured
from bridge.model import Finding
from bridge.tool import Tool

if TYPE_CHECKING:
    from importlib.metadata import EntryPoint

GROUP = "okr_bridge.connectors"

log = logging.getLogger(__name__)


def plugins() -> Mapping[str, Sequence[EntryPoint]]:
    """What the installed packages bring, by the tool's name; nothing of it is loaded."""
    from importlib.metadata import entry_points

    found: dict[str, list[EntryPoint]] = {}
    for one in entry_points(group=GROUP):
        found.setdefault(one.name, []).append(one)
    return found


def load(name: str) -> Tool | None:
    """The tool of this name that a package brings, None where none does. Raises ConfigError where two do,
    or where the one cannot be used."""
    ways = plugins().get(name, ())
    if not ways:
        return None
    if len(ways) > 1:
        raise _unusable(name, f"is brought by {_packages(ways)}", "uninstall all of them but one")
    tool = _loaded(ways[0])
    if wrong := _wrong(tool, name):
        raise _unusable(name, f"of {_packages(ways)} {wrong}", "update the package, or uninstall it")
    assert isinstance(tool, Tool)
    return tool


def shadowed(built_in: Collection[str]) -> list[Finding]:
    """Packages that bring a tool by a name that is taken: they are not used."""
    hint = "uninstall the package, or use one that gives its tool another name"
    return [
        Finding("error", f'tool "{name}"', f"is built in; that of {_packages(ways)} is not used", hint)
        for name, ways in sorted(plugins().items())
        if name in built_in
    ]


def _loaded(way: EntryPoint) -> object:
    """The isolation boundary: what another package does when it is imported is not ours to foresee."""
    try:
        return way.load()
    except Exception as error:
        log.debug("%s cannot be loaded", way.value, exc_info=True, extra={"event": "plugin"})
        told = f"of {_packages([way])} cannot be loaded ({type(error).__name__})"
        hint = f"update the package, or uninstall it; to see why: python -c 'import {way.module}'"
        raise _unusable(way.name, told, hint) from None


def _wrong(tool: object, name: str) -> str:
    """What keeps it from being a tool of this name; empty for nothing."""
    if not isinstance(tool, Tool):
        return "is no bridge.plugin.Tool"
    if tool.name != name:
        return f'calls itself "{tool.name}"'
    fields = getattr(tool.settings, "model_fields", {})
    if not {"tool", "language", "schedules", "webhook_secret"} <= set(fields):
        return "has settings that are no bridge.plugin.ConnectionSection with `tool`"
    if getattr(fields["tool"].annotation, "__args__", ()) != (name,):
        return f'has settings whose `tool` is not Literal["{name}"]'
    return ""


def _packages(ways: Sequence[EntryPoint]) -> str:
    return " and ".join(sorted({way.dist.name if way.dist else way.module for way in ways}))


def _unusable(name: str, message: str, hint: str) -> ConfigError:
    return ConfigError([Misconfigured(f'tool "{name}"', message, hint)])
