"""The secrets of webhooks, as `webhooks install` meets them: known, still to come, or to be kept."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from hmac import compare_digest

from bridge.errors import ConfigError
from bridge.keep import HINT, keep, yet_to_come
from bridge.secrets import Secret
from connectors.base import HookResult, HookSecrecy, HookSecret


def source_of(name: str, system: object) -> HookSecret:
    """Where the secret of its webhooks comes from, as the system says; else people make one up."""
    if isinstance(system, HookSecrecy):
        return system.hook_secret
    variable = f"{name.upper().replace('-', '_')}_WEBHOOK_SECRET"
    return HookSecret(
        f"make one (openssl rand -hex 32), export it as {variable}, and name it in [connections.{name}]: "
        f'webhook_secret = "env:{variable}". For an OAuth app it is the app\'s client secret'
    )


def known(secret: Secret | None, source: HookSecret) -> str:
    """Empty where none is configured, and where the system will bring it. Raises ConfigError for one that
    cannot be read."""
    if secret is None or (source.brought and yet_to_come(secret)):
        return ""
    return secret.reveal()


def by_part(secret: Secret | None, source: HookSecret) -> Mapping[str, str]:
    """Those of the parts of the work, where each has its own. Raises ConfigError."""
    own = {part: secret.part(part) for part in source.parts} if secret is not None else {}
    return {part: known(one, source) for part, one in own.items()}


def missing(secret: Secret | None, source: HookSecret, held: str) -> bool:
    """Whether a person must do something about it first; `held` is what is known of it."""
    if secret is None or (source.parts and secret.file is None):
        return True
    return not (held or source.brought)


def kept(name: str, secret: Secret | None, results: Sequence[HookResult]) -> tuple[HookResult, ...]:
    """With the secrets that came along put where the configuration says that they are; where that cannot
    be, the result has failed. None is in the results any more."""
    return tuple(_kept(name, secret, result) for result in results)


def _kept(name: str, secret: Secret | None, result: HookResult) -> HookResult:
    bare, part = replace(result, secret=""), result.step.part
    where = secret.part(part) if secret is not None and part else secret
    if not result.secret or where is None:
        return bare
    try:
        there = keep(where, result.secret) or compare_digest(where.reveal().encode(), result.secret.encode())
    except ConfigError as error:
        return replace(bare, outcome="failed", message=f"{name}: {error}", hint=HINT)
    if there:
        return bare
    message = f"{name}: the webhook is there, but {where.reference} does not hold its secret"
    return replace(bare, outcome="failed", message=message, hint=HINT)
