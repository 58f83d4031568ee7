"""`webhooks install` on Notion: no API makes one, so this says what a person enters."""

from __future__ import annotations

from typing import ClassVar

from connectors.base import HookSecret, HookStep, HookWish
from connectors.hook_steps import NothingMade, unreachable

SECRET = HookSecret(
    "Notion makes it, and brings it to the daemon: name a file for it that is not there yet: "
    'webhook_secret = "file:notion-webhook-secret"',
    brought=True,
)
EVENTS = "Page: created, properties updated, moved, deleted, undeleted"


class NotionHooks(NothingMade):
    """The subscription of one connection."""

    hook_secret: ClassVar[HookSecret] = SECRET

    def plan_hooks(self, wish: HookWish) -> tuple[HookStep, ...]:
        """Asks nothing. Whether a subscription is active, only Notion's own page of it tells."""
        if wish.secret:
            detail = f"its token is in {wish.reference}; whether it is active, Notion's page of it tells"
            return (HookStep("found", wish.address, detail, False),)
        detail = (
            "while the daemon runs, open notion.so/developers/connections > the connection > Webhooks > "
            f"Create a subscription and enter Webhook URL: {wish.address} | Subscribed events: {EVENTS}. "
            f"Then press Verify, and paste what has come into {wish.reference}"
        )
        return (*unreachable("Notion", wish.address), HookStep("click", wish.address, detail, False))
