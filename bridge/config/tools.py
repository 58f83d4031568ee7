"""Settings that know the sections of other packages' tools as well as those that are built in."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from typing import Annotated, Any, Union, get_args

from pydantic import Field, create_model

from bridge.config.connection import ConnectionSection
from bridge.config.connections import BUILT_IN
from bridge.config.models import ConnectionName, Settings
from bridge.plugins import load


def built_in_tools() -> tuple[str, ...]:
    """The tools that need no other package."""
    return tuple(tool_of(model) for model in BUILT_IN)


def tool_of(model: type[ConnectionSection]) -> str:
    """The tool that a section's model is for."""
    return str(get_args(model.model_fields["tool"].annotation)[0])


def tools_in(data: Mapping[str, Any]) -> frozenset[str]:
    """The tools that a file's connections name and that are not built in."""
    connections = data.get("connections")
    sections = connections.values() if isinstance(connections, Mapping) else ()
    named = [one.get("tool") for one in sections if isinstance(one, Mapping)]
    return frozenset(tool for tool in named if isinstance(tool, str)).difference(built_in_tools())


def with_tools(names: Collection[str]) -> type[Settings]:
    """The settings' model, where connections may be of these tools too, as far as an installed package
    brings them. Raises ConfigError for one that cannot be used."""
    found = [tool.settings for name in sorted(names) if (tool := load(name))]
    if not found:
        return Settings
    shapes: Any = Union.__getitem__((*BUILT_IN, *found))
    one = Annotated[shapes, Field(discriminator="tool")]
    told: Any = Field(default={}, description=Settings.model_fields["connections"].description)
    return create_model("Settings", __base__=Settings, connections=(Mapping[ConnectionName, one], told))
