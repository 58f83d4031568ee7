"""What a person configures of a Redmine connection, secrets already resolved."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field

from connectors.options import unguarded

POINTS = ("Story points", "Story Points", "Points", "故事点", "故事点数")
LABELS = ("Labels", "Tags", "标签")
BLOCKED = ("Blocked", "阻塞")


@dataclass(frozen=True, slots=True, kw_only=True)
class RedmineSettings:
    """`token` is an API access key. `points_fields`, `labels_fields`, `blocked_fields` name custom fields:
    of each the first that the site has is used. `number_fields` are names or ids (`cf_12`) whose numbers are
    wanted, `field_names` the panel's by role, `timeout` seconds. With `private_notes` only people who may see
    private notes read the bridge's. `hide` takes secrets out of what an answer says, `guard` may refuse a
    write at the last moment."""

    name: str
    url: str
    token: str = field(default="", repr=False)
    points_fields: tuple[str, ...] = POINTS
    labels_fields: tuple[str, ...] = LABELS
    blocked_fields: tuple[str, ...] = BLOCKED
    number_fields: tuple[str, ...] = ()
    field_names: Mapping[str, str] = field(default_factory=dict)
    private_notes: bool = False
    concurrency: int = 4
    timeout: float = 30.0
    tries: int = 4
    ca_bundle: str = ""
    proxy: str = ""
    hide: Callable[[str], str] = str
    guard: Callable[[], None] = unguarded
