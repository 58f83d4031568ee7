"""What a connector promises about webhooks: to plan, make and keep them where the system has such a thing."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Protocol, runtime_checkable


@dataclass(frozen=True, slots=True, kw_only=True)
class HookWish:
    """A webhook to `address`, about the work in these projects (none named: all), signed with `secret`.

    `reference` says to people where the secret is kept. `renew`: send the secret again, for no system tells
    which one it holds.
    """

    address: str
    projects: tuple[str, ...] = ()
    secret: str = field(default="", repr=False)
    reference: str = ""
    renew: bool = False


@dataclass(frozen=True, slots=True)
class HookStep:
    """`what`: found (nothing to do), create, change, refresh, remove, ask (a person decides), click (the
    account may not). `doable` steps are made by `apply_hooks`; `id` is the system's, of a known hook."""

    what: str
    name: str
    detail: str
    doable: bool
    id: str = ""


@dataclass(frozen=True, slots=True)
class HookResult:
    """`outcome`: done or failed."""

    step: HookStep
    outcome: str
    message: str = ""
    hint: str = ""


@runtime_checkable
class HookInstaller(Protocol):
    """Has the system tell of changes at once. A hook is known as ours by its address, or by its name."""

    def plan_hooks(self, wish: HookWish) -> Sequence[HookStep]:
        """What is there, and what is to be made or changed. Reads only."""
        ...

    def apply_hooks(self, wish: HookWish, steps: Sequence[HookStep]) -> Sequence[HookResult]:
        """Make the doable steps; what each came to. No result ever holds the secret."""
        ...

    def refresh_hooks(self, address: str) -> Sequence[HookResult]:
        """Prolong what would run out before long; nothing, and no request, where hooks stand for ever."""
        ...
