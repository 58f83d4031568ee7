"""What a person configures of a Trello connection, secrets already resolved."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field

from connectors.options import unguarded

POINTS = ("Story points", "Points", "Estimate", "故事点", "故事点数", "点数", "估算")
ADDRESS = "https://api.trello.com/1"


@dataclass(frozen=True, slots=True, kw_only=True)
class TrelloSettings:
    """`key` is an API key, `token` what one account granted it. `boards` are those that labels, fields and
    filters are looked for on; none: all open boards of the account. `points_fields` and
    `number_fields` name custom fields, `field_names` the panel's by role. `instance` is the bridge's own
    name, by which it knows its webhooks.
    `hide` takes secrets out of what an answer says, `guard` may refuse a write at the last moment."""

    name: str
    instance: str = ""
    key: str = field(default="", repr=False)
    token: str = field(default="", repr=False)
    url: str = ADDRESS
    boards: tuple[str, ...] = ()
    points_fields: tuple[str, ...] = POINTS
    number_fields: tuple[str, ...] = ()
    field_names: Mapping[str, str] = field(default_factory=dict)
    concurrency: int = 4
    timeout: float = 30.0
    tries: int = 4
    hide: Callable[[str], str] = str
    guard: Callable[[], None] = unguarded
