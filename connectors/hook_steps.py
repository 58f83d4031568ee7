"""What planning and making webhooks has in common, whatever the tool."""

from __future__ import annotations

import ipaddress
from collections.abc import Callable, Iterable, Iterator, Sequence
from typing import Protocol
from urllib.parse import urlsplit

from bridge.errors import AccessDenied, ConnectorError
from connectors.hook_roles import HookInstaller, HookResult, HookSecrecy, HookSecret, HookStep, HookWish

Hint = Callable[[HookStep, ConnectorError], str]
INSIDE = (".local", ".localdomain", ".internal", ".intranet", ".lan", ".corp", ".home", ".test")


def inside(host: str) -> bool:
    """Whether this is a host that nobody outside gets through to."""
    try:
        return not ipaddress.ip_address(host).is_global
    except ValueError:
        return "." not in host or host.endswith(INSIDE)


def unreachable(tool: str, address: str) -> Iterator[HookStep]:
    """A word of warning where a tool in the cloud would not get through to this address."""
    if inside(urlsplit(address).hostname or ""):
        detail = (
            f"{tool} calls from outside, and this address is not reachable for it: publish it by a reverse "
            "proxy; without webhooks the bridge goes on to ask by its schedule"
        )
        yield HookStep("ask", address, detail, False)


def may_not(error: ConnectorError) -> bool:
    """Whether the account lacks a right, which is no matter of its login or its token's scopes."""
    return isinstance(error, AccessDenied) and not (error.login or "scope" in error.message.lower())


def twin(step_name: str, id: str) -> HookStep:
    return HookStep("remove", step_name, "the same is told by another webhook", True, id)


def make(steps: Iterable[HookStep], does: Callable[[HookStep], str], hint: Hint) -> tuple[HookResult, ...]:
    """Every doable step in order; one that fails does not stop the others. `does` makes one and answers the
    secret that came of it; `hint` says what to look at where the tool refused, empty: what the error says."""
    return tuple(_made(step, does, hint) for step in steps if step.doable)


def _made(step: HookStep, does: Callable[[HookStep], str], hint: Hint) -> HookResult:
    try:
        secret = does(step)
    except ConnectorError as error:
        return HookResult(step, "failed", error.message, hint(step, error) or error.hint)
    return HookResult(step, "done", secret=secret)


class Hooks(HookInstaller, HookSecrecy, Protocol):
    """The webhooks of one tool."""


class WithHooks(Protocol):
    @property
    def hooks(self) -> Hooks: ...


class Hooked:
    """HookInstaller by `hooks`, whenever the connector has made them."""

    @property
    def hook_secret(self: WithHooks) -> HookSecret:
        return self.hooks.hook_secret

    def plan_hooks(self: WithHooks, wish: HookWish) -> Sequence[HookStep]:
        return self.hooks.plan_hooks(wish)

    def apply_hooks(self: WithHooks, wish: HookWish, steps: Sequence[HookStep]) -> Sequence[HookResult]:
        return self.hooks.apply_hooks(wish, steps)

    def refresh_hooks(self: WithHooks, address: str) -> Sequence[HookResult]:
        return self.hooks.refresh_hooks(address)


class NothingMade:
    """Webhooks that stand for ever, or that people make: nothing runs out, and nothing is made here."""

    def apply_hooks(self, wish: HookWish, steps: Sequence[HookStep]) -> Sequence[HookResult]:  # noqa: ARG002
        return ()

    def refresh_hooks(self, address: str) -> Sequence[HookResult]:  # noqa: ARG002
        return ()
