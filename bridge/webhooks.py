"""Webhooks of every connection: where they call, what is missing there, and how it is put right.

Trackers then tell of changes at once; what they forget to tell is found by the schedules all the same.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from functools import partial
from urllib.parse import urlsplit

from bridge.config import Settings
from bridge.errors import ConnectorError, UsageError
from bridge.hook_secrets import by_part, kept, known, missing, source_of
from bridge.model import Keys, Okrs, Outcome, Problem, Project
from bridge.reading import Connection, problem_of
from bridge.report.steps import BY_HAND, Step, StepsReport
from bridge.wishes import wishes
from connectors.base import HookInstaller, HookResult, HookSecret, HookStep, HookWish

PATH = "/hooks/"
NO_ADDRESS = 'set [bridge] public_url = "https://okr.example.com", or name it with --url'


@dataclass(frozen=True, slots=True)
class Hooking:
    """What webhooks are made with, handed in. `keys`: those of a connection's items as last read."""

    settings: Settings
    okrs: Okrs
    connect: Callable[[str], Connection]
    keys: Callable[[str], Iterable[str]]


def install(parts: Hooking, url: str, *, really: bool, renew: bool = False) -> StepsReport:
    """The webhooks of all connections that work is read from: planned, and with `really` made.

    `url` empty: [bridge] public_url. `renew`: the secrets were changed, send them again. Trouble with one
    connection does not keep the others from theirs. Raises UsageError without an address.
    """
    base = base_address(parts.settings, url)
    return _together(
        [_one(parts, name, partial(_wish, parts, name, base, renew), really) for name in wishes(parts.okrs)]
    )


def refresh(parts: Hooking, url: str = "") -> StepsReport:
    """Prolong the webhooks that run out before long; asks nothing where none do. For every night."""
    if not (url or parts.settings.bridge.public_url):
        return StepsReport(())
    base = base_address(parts.settings, url)
    return _together([_refreshed(parts, name, base) for name in wishes(parts.okrs)])


def base_address(settings: Settings, url: str = "") -> str:
    """Where the daemon is reached from outside, without a closing slash. Raises UsageError."""
    base = (url or settings.bridge.public_url).rstrip("/")
    if not base:
        raise UsageError("webhooks need an address where this bridge can be reached", NO_ADDRESS)
    parts = urlsplit(base)
    plain = not (parts.query or parts.fragment or "@" in parts.netloc or any(c.isspace() for c in base))
    if parts.scheme not in ("http", "https") or not parts.hostname or not plain:
        raise UsageError("--url is no web address", "such as https://okr.example.com")
    return base


def address(base: str, connection: str) -> str:
    """Where a connection's webhooks are sent."""
    return f"{base}{PATH}{connection}"


def projects(okrs: Okrs, connection: str, known: Iterable[str]) -> tuple[str, ...]:
    """Keys of the projects that the work of a connection is in, as links name them and as it was last read;
    empty where a link may reach any project."""
    wish = wishes(okrs).get(connection)
    selectors = [link.selector for link in wish.links] if wish else []
    if not all(isinstance(selector, Keys | Project) for selector in selectors):
        return ()
    keys = [key for selector in selectors if isinstance(selector, Keys) for key in selector.keys]
    named = {selector.key for selector in selectors if isinstance(selector, Project)}
    within = {key.rpartition("-")[0] for key in (*keys, *known)}
    return tuple(sorted((named | within) - {""}))


def _wish(parts: Hooking, name: str, base: str, renew: bool, source: HookSecret) -> HookWish:
    """Raises ConfigError for a secret that cannot be read."""
    secret = parts.settings.connections[name].webhook_secret
    return HookWish(
        address=address(base, name),
        projects=projects(parts.okrs, name, parts.keys(name)),
        secret=known(secret, source),
        reference=secret.reference if secret else "",
        renew=renew,
        parts=by_part(secret, source),
    )


def _one(parts: Hooking, name: str, wished: Callable[[HookSecret], HookWish], really: bool) -> StepsReport:
    """Only where the bridge makes or explains webhooks is their secret read."""
    try:
        system = parts.connect(name).system
        if not isinstance(system, HookInstaller):
            return StepsReport(())
        source, secret = source_of(name, system), parts.settings.connections[name].webhook_secret
        wish = wished(source)
        if missing(secret, source, wish.secret):
            return _no_secret(name, wish.address, source)
        steps = system.plan_hooks(wish)
        results = kept(name, secret, system.apply_hooks(wish, steps)) if really else ()
        return _report(name, steps, results)
    except ConnectorError as error:
        return StepsReport((), (problem_of(error, name),), failed=True)


def _refreshed(parts: Hooking, name: str, base: str) -> StepsReport:
    try:
        system = parts.connect(name).system
        unsigned = parts.settings.connections[name].webhook_secret is None
        if unsigned or not isinstance(system, HookInstaller):
            return StepsReport(())
        results = system.refresh_hooks(address(base, name))
    except ConnectorError as error:
        return StepsReport((), (problem_of(error, name),), failed=True)
    return _report(name, [result.step for result in results], results)


def _no_secret(name: str, where: str, source: HookSecret) -> StepsReport:
    hint = source.hint
    step = Step(connection=name, what="ask", name=where, detail=hint, outcome=BY_HAND)
    message = f"{name}: has no webhook_secret, and an unsigned webhook is not taken"
    return StepsReport((step,), (Problem(kind="webhooks", message=message, hint=hint, connection=name),))


def _report(name: str, steps: Sequence[HookStep], results: Sequence[HookResult]) -> StepsReport:
    came = {id(result.step): result for result in results}
    shown = tuple(_step(name, step, came.get(id(step))) for step in steps)
    return StepsReport(shown, tuple(_problems(name, results)))


def _step(name: str, step: HookStep, result: HookResult | None) -> Step:
    if result is not None:
        outcome = Outcome.WRITTEN.value if result.outcome == "done" else Outcome.FAILED.value
    elif step.doable:
        outcome = Outcome.PLANNED.value
    else:
        outcome = BY_HAND if step.what in ("ask", "click") else Outcome.KEPT.value
    return Step(connection=name, what=step.what, name=step.name, detail=step.detail, outcome=outcome)


def _problems(name: str, results: Sequence[HookResult]) -> Iterator[Problem]:
    for result in results:
        if result.outcome == "failed":
            yield Problem(kind="webhooks", message=result.message, hint=result.hint, connection=name)


def _together(reports: Sequence[StepsReport]) -> StepsReport:
    return StepsReport(
        tuple(step for report in reports for step in report.steps),
        tuple(problem for report in reports for problem in report.problems),
        failed=bool(reports) and all(report.failed for report in reports),
    )
