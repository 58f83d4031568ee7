"""A ClickUp with webhooks: the secret is its own, and told to whoever made the webhook."""

from __future__ import annotations

import re
from typing import Any

from tests.clickup.fake import BRIDGE, TEAM, Asked, FakeClickUp, Told

DENIED = (403, {"err": "You do not have permission to perform this action", "ECODE": "OAUTH_061"})


class HookedClickUp(FakeClickUp):
    """`member` may make webhooks. `told` is whether the list tells the secrets."""

    def __init__(self, page: int = 3) -> None:
        super().__init__(page)
        self.hooks: dict[str, dict[str, Any]] = {}
        self.member = self.told = True

    def answer(self, method: str, path: str, asked: Asked, body: Any) -> Told:
        found = re.fullmatch(rf"/api/v2/(?:team/{TEAM}/webhook|webhook/([\w-]+))", path)
        if found is None:
            return super().answer(method, path, asked, body)
        if not self.member:
            return DENIED
        return self.hooked(method, found[1] or "", body)

    def hooked(self, method: str, id: str, body: Any) -> Told:
        if id and id not in self.hooks:
            return 404, {"err": "Webhook not found", "ECODE": "WEBHOOK_003"}
        match method:
            case "GET":
                return 200, {"webhooks": [self.shown(one) for one in self.hooks.values()]}
            case "POST":
                made = self.there_is(body["endpoint"], body["events"])
                return 200, {"id": made["id"], "webhook": made}
            case "PUT":
                health = {"status": body["status"], "fail_count": 0}
                self.hooks[id] |= {"endpoint": body["endpoint"], "events": body["events"], "health": health}
                return 200, {"id": id, "webhook": self.hooks[id]}
        del self.hooks[id]
        return 200, {}

    def shown(self, hook: dict[str, Any]) -> dict[str, Any]:
        return hook if self.told else {**hook, "secret": ""}

    def there_is(self, endpoint: str, events: list[str], **facts: Any) -> dict[str, Any]:
        self._last += 1
        id = f"4b67ac88-{self._last:04d}"
        self.hooks[id] = {
            "id": id, "userid": BRIDGE, "team_id": int(TEAM), "endpoint": endpoint, "client_id": "QVO",
            "events": events, "task_id": None, "list_id": None, "folder_id": None, "space_id": None,
            "health": {"status": "active", "fail_count": 0}, "secret": f"SECRETOFCLICKUP{self._last:040d}",
            **facts,
        }  # fmt: skip
        return self.hooks[id]
