"""What a tool is to the bridge: how its connections are configured, opened, and what they can do.

Built-in tools and those of other packages are described alike; nothing else is known of either.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Any

from bridge.hook_form import Form
from connectors.base import System
from connectors.clock import Clock
from connectors.options import HttpOptions, unguarded
from mappings.base import WorkMapping


class Capability(StrEnum):
    """What a tool may be able to do; the value is how people read it."""

    CONTAINER = "work by container (project, board, list, space, database)"
    FILTER = "work by the tool's own filter"
    LABEL = "work by label"
    FIELD = "work by field"
    HIERARCHY = "hierarchy"
    CHANGED = "changed since, asked of the tool"
    POINTS = "points or number fields"
    TIME = "time estimated and spent"
    PERCENT = "percent done"
    CHECKLIST = "check lists"
    VALUES = "shows figures in fields"
    COMMENT = "shows a comment, kept up to date"
    PROPERTY = "keeps a property for machines"
    LINK = "shows a link beside the comment's"
    MAKE_FIELDS = "makes the fields itself"
    MAKE_ITEMS = "makes a missing item"
    HISTORY = "history for the backfill"
    WEBHOOKS = "webhooks"


STICKY = "sticky"
"""Among the roles that a section leaves out: no comment can be rewritten, so each is a new one."""
SHOWN = {
    Capability.VALUES: "field",
    Capability.COMMENT: "comment",
    Capability.PROPERTY: "property",
    Capability.LINK: "remote_link",
}
"""What is written by the capability it takes, as `bridge.model.What` calls it."""

PLAIN_LINK = frozenset({"summary", "relationship", "resolved"})
"""Members that a link lacks which is an address and a name alone."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Kit:
    """What the bridge hands to whoever opens a connection. `site` is what the connector's `describe()` told
    earlier, None for nothing; `field_names` are the panel's by role, `number_fields` those that key results
    count by. `tries`: how often a call is made that gets no answer. `guard` is asked before each write
    leaves, `hide` takes secrets out of what an answer says."""

    clock: Clock
    site: Mapping[str, Any] | None = None
    instance: str = ""
    field_names: Mapping[str, str] = field(default_factory=dict)
    number_fields: tuple[str, ...] = ()
    tries: int = 4
    hide: Callable[[str], str] = str
    guard: Callable[[], None] = unguarded

    def options(self, **chosen: Any) -> HttpOptions:
        """How calls are made: as the bridge wants it, with what the connection chose (`timeout`,
        `concurrency`, `hints`, `headers`)."""
        return HttpOptions(**{"tries": self.tries, "hide": self.hide, "guard": self.guard, **chosen})


@dataclass(frozen=True, slots=True, kw_only=True)
class Tool:
    """`settings` is a model of a connection's section, a `ConnectionSection` whose `tool` is the literal
    `name`. `open` gets the connection's name, its section, and the kit; nothing is sent by it. `can` are
    all capabilities that a connection may have; `those` are the ones that a section has, where that
    depends, and `unwritten` the roles of figures, and members of a link, that a section leaves out.
    `decides` are the options that decide what the site is asked for; empty: all. `hooks` tells how the
    tool's webhooks speak, by a section and the address at which they arrive, empty where nobody said it;
    None: it has none, or the section says nothing of them. `asks` tells which options, by what is known so
    far, `connections new` asks for though they have a default."""

    name: str
    title: str
    settings: type[Any]
    open: Callable[[str, Any, Kit], tuple[System, WorkMapping]]
    can: frozenset[Capability] = frozenset()
    those: Callable[[Any], frozenset[Capability]] | None = None
    unwritten: Callable[[Any], frozenset[str]] | None = None
    decides: frozenset[str] = frozenset()
    hooks: Callable[[Any, str], Form | None] | None = None
    asks: Callable[[Mapping[str, Any]], Collection[str]] | None = None

    def cannot(self, section: Any) -> frozenset[str]:
        """What is not written there, as `bridge.model.What` calls it; roles of figures, members of a link."""
        able = self.those(section) if self.those else self.can
        roles = self.unwritten(section) if self.unwritten else frozenset()
        return roles | {what for capability, what in SHOWN.items() if capability not in able}
