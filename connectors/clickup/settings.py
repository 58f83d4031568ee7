"""What a person configures of a ClickUp connection, secrets already resolved."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field

from connectors.options import unguarded

ADDRESS = "https://api.clickup.com/api/v2"


@dataclass(frozen=True, slots=True, kw_only=True)
class ClickUpSettings:
    """`token` is a personal one or one of an OAuth app. `workspace`: its id or name, empty
    where the token reaches one only. `points_field` and `percent_field` name custom fields, `number_fields`
    those whose numbers are wanted, `field_names` the panel's by role, `group_types` the task types that an
    Epic is made of, `timeout` seconds. `hide` takes secrets out of what an answer says, `guard` may refuse a
    write at the last moment."""

    name: str
    url: str = ADDRESS
    token: str = field(default="", repr=False)
    workspace: str = ""
    points_field: str = ""
    percent_field: str = ""
    number_fields: tuple[str, ...] = ()
    field_names: Mapping[str, str] = field(default_factory=dict)
    group_types: tuple[str, ...] = ("Epic",)
    concurrency: int = 4
    timeout: float = 30.0
    tries: int = 4
    hide: Callable[[str], str] = str
    guard: Callable[[], None] = unguarded

    @property
    def authorization(self) -> str:
        """A personal token goes as it is, any other as a bearer."""
        return self.token if self.token.startswith(("pk_", "Bearer ")) else f"Bearer {self.token}"

    @property
    def wanted(self) -> tuple[str, ...]:
        """The custom fields that are kept of a task, by name or id."""
        own = (self.points_field, self.percent_field)
        return tuple(filter(None, (*own, *self.number_fields, *self.field_names.values())))
