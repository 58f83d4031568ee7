"""The system kept in memory, as the bridge knows it."""

from __future__ import annotations

from typing import Any

from bridge.config import MemoryConnection
from bridge.tool import Capability, Kit, Tool
from connectors.base import System
from mappings.base import WorkMapping


def _open(name: str, _section: Any, _kit: Kit) -> tuple[System, WorkMapping]:
    from connectors.memory import Memory, Tracker
    from mappings.memory import MemoryMapping

    return Memory(name, Tracker()), MemoryMapping(name)


MEMORY = Tool(
    name="memory",
    title="In memory",
    settings=MemoryConnection,
    open=_open,
    can=frozenset(Capability) - {Capability.MAKE_FIELDS, Capability.WEBHOOKS},
)
