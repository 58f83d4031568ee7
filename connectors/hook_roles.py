"""What a connector promises about webhooks: to plan, make and keep them where the system has such a thing."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Protocol, runtime_checkable


@dataclass(frozen=True, slots=True, kw_only=True)
class HookWish:
    """A webhook to `address`, about the work in these projects (none named: all), signed with `secret`.

    `reference` says to people where the secret is kept. `renew`: send the secret again, for no system tells
    which one it holds. Where every part of the work has a webhook of its own, `parts` are their secrets by
    part, empty for those that are yet to come: each calls `address`, a slash, and its part.
    """

    address: str
    projects: tuple[str, ...] = ()
    secret: str = field(default="", repr=False)
    reference: str = ""
    renew: bool = False
    parts: Mapping[str, str] = field(default_factory=dict, repr=False)


@dataclass(frozen=True, slots=True)
class HookStep:
    """`what`: found (nothing to do), create, change, refresh, remove, ask (a person decides), click (the
    account may not). `doable` steps are made by `apply_hooks`; `id` is the system's, of a known hook, and
    `part` the part of the work that it tells of, where each has a webhook of its own."""

    what: str
    name: str
    detail: str
    doable: bool
    id: str = ""
    part: str = ""


@dataclass(frozen=True, slots=True)
class HookResult:
    """`outcome`: done or failed. `secret` is what the system signs with from now on, where it made that
    itself: for whoever asked, to be kept."""

    step: HookStep
    outcome: str
    message: str = ""
    hint: str = ""
    secret: str = field(default="", repr=False)


@dataclass(frozen=True, slots=True)
class HookSecret:
    """Where the secret of a system's webhooks comes from, for people to read. `brought`: the system makes
    it and brings it along, so a file that is not there yet is all that it takes. `parts` of the work have a
    webhook and a secret each, in files beside that one."""

    hint: str
    brought: bool = False
    parts: tuple[str, ...] = ()


@runtime_checkable
class HookSecrecy(Protocol):
    """Says where the secret comes from; where nobody says it, a person makes one up."""

    @property
    def hook_secret(self) -> HookSecret: ...


@runtime_checkable
class HookInstaller(Protocol):
    """Has the system tell of changes at once. A hook is known as ours by its address, or by its name."""

    def plan_hooks(self, wish: HookWish) -> Sequence[HookStep]:
        """What is there, and what is to be made or changed. Reads only."""
        ...

    def apply_hooks(self, wish: HookWish, steps: Sequence[HookStep]) -> Sequence[HookResult]:
        """Make the doable steps; what each came to. No result ever tells the secret in words."""
        ...

    def refresh_hooks(self, address: str) -> Sequence[HookResult]:
        """Prolong what would run out before long, and wake what the system has put to sleep; nothing, and
        no request, where hooks stand for ever."""
        ...
