"""What a person configures of an Asana connection, secrets already resolved."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field

from connectors.options import unguarded

URL = "https://app.asana.com/api/1.0"


@dataclass(frozen=True, slots=True, kw_only=True)
class AsanaSettings:
    """`workspace` is its gid or name; empty: the only one that the account sees. `projects` are the gids of
    those whose tasks are followed; empty: all of the workspace that the account sees. Without `subtasks` none
    are looked for, and Asana is asked what changed. `field_names` are the panel's by role. A new task gets a
    type of `group_types` in a field of `type_fields`. `external_data`: the token is an OAuth app's, which may
    keep data on tasks. `hide` takes secrets out of what an answer says, `guard` may refuse a write at the
    last moment."""

    name: str
    url: str = URL
    workspace: str = ""
    projects: tuple[str, ...] = ()
    field_names: Mapping[str, str] = field(default_factory=dict)
    type_fields: tuple[str, ...] = ()
    group_types: tuple[str, ...] = ()
    subtasks: bool = True
    external_data: bool = False
    concurrency: int = 4
    timeout: float = 30.0
    tries: int = 4
    hide: Callable[[str], str] = str
    guard: Callable[[], None] = unguarded
