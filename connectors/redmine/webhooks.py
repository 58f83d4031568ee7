"""`webhooks install` on Redmine: from version 7 on it has webhooks, made by people in its pages alone.

By the source of Redmine 7, which was not run: an account makes webhooks of its own under `/webhooks`, for
the projects where it has the permission to use them, once an administrator has switched them on.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar

from bridge.errors import AccessDenied, NotFound, Rejected, UnexpectedAnswer
from connectors.base import HookSecret, HookStep, HookWish
from connectors.hook_steps import NothingMade
from connectors.http import Http

PAGE = "webhooks"
MADE_UP = HookSecret(
    "make one (openssl rand -hex 32 > webhook-secret), and name its file: webhook_secret = "
    '"file:webhook-secret"'
)
EVENTS = "Issues: created, updated, deleted; Time entries: created, updated, deleted"


@dataclass(frozen=True, slots=True)
class RedmineHooks(NothingMade):
    """Those of the account, which only the account's own pages show."""

    http: Http
    hook_secret: ClassVar[HookSecret] = MADE_UP

    def plan_hooks(self, wish: HookWish) -> tuple[HookStep, ...]:
        """Looks whether the site has the page of webhooks at all; no API lists or makes any."""
        if not _has_them(self.http):
            detail = (
                "this version of Redmine has no webhooks: the bridge goes on to ask by its schedule. "
                "Version 7 has"
            )
            return (HookStep("ask", wish.address, detail, False),)
        detail = (
            "have an administrator switch webhooks on under Administration > Settings, where the REST API is,"
            " and give the role of the bridge's account the permission to use webhooks. As that account, "
            f"open {self.http.base}/{PAGE} > New webhook and enter URL: {wish.address} | Secret: the value "
            f"of {wish.reference} | Active: yes | Events: {EVENTS} | Projects: those whose work counts. An "
            "address within the house must not be in webhook_blocklist of configuration.yml"
        )
        return (HookStep("click", wish.address, detail, False),)


def _has_them(http: Http) -> bool:
    """The page sends whoever has no session on to the login; where it does not exist, nobody is."""
    try:
        http.call("GET", PAGE, repeatable=True)
    except NotFound:
        return False
    except (AccessDenied, Rejected, UnexpectedAnswer):
        return True
    return True
