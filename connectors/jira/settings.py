"""What a person configures of a Jira connection, secrets already resolved."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field

from connectors.options import unguarded


@dataclass(frozen=True, slots=True, kw_only=True)
class JiraSettings:
    """`auth` is auto, basic, bearer, cookie or kerberos; auto: `token` with an `email` is an API token (or
    a password), without one a bearer.

    `number_fields` are names or ids whose numbers are wanted, `field_names` the panel's field names by
    role, `timeout` seconds. `deployment` is auto, cloud or datacenter. `hide` takes secrets out of what an
    answer says, `guard` may refuse a write at the last moment.
    """

    name: str
    url: str
    deployment: str = "auto"
    auth: str = "auto"
    email: str = ""
    token: str = field(default="", repr=False)
    points_field: str = ""
    number_fields: tuple[str, ...] = ()
    field_names: Mapping[str, str] = field(default_factory=dict)
    instance: str = ""
    comment_visibility: Mapping[str, str] = field(default_factory=dict)
    concurrency: int = 10
    timeout: float = 30.0
    tries: int = 4
    ca_bundle: str = ""
    proxy: str = ""
    hide: Callable[[str], str] = str
    guard: Callable[[], None] = unguarded
