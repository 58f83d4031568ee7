"""An Asana with webhooks: while one is made it brings its secret to the address, and wants it back."""

from __future__ import annotations

import hashlib
import hmac
from collections.abc import Callable, Mapping
from typing import Any
from urllib.parse import urlsplit

import orjson

from tests.asana.fake import Answered, FakeAsana, Params, Refusal, shaped, wrong

REMOTE = "The remote server which is intended to receive the webhook"
Post = Callable[[str, Mapping[str, str], bytes], tuple[int, Mapping[str, str]]]


def echo(_target: str, headers: Mapping[str, str], _body: bytes) -> tuple[int, Mapping[str, str]]:
    return 200, headers


class HookedAsana(FakeAsana):
    """`post` is what Asana reaches at an address, `scoped` whether the token has the scopes of webhooks."""

    def __init__(self, page: int = 100) -> None:
        super().__init__(page)
        self.hooks: dict[str, dict[str, Any]] = {}
        self.secrets: dict[str, str] = {}
        self.post: Post = echo
        self.scoped = True

    def answer(self, method: str, path: str, asked: Params, body: Any) -> Answered:
        if not path.startswith("/webhooks"):
            return super().answer(method, path, asked, body)
        try:
            if not self.scoped:
                raise Refusal(403, "Forbidden: Your token lacks the scope webhooks:read or webhooks:write")
            return self.hooked(method, path.removeprefix("/webhooks").strip("/"), asked, body)
        except Refusal as refusal:
            return refusal.args[0], wrong(refusal.args[1])

    def hooked(self, method: str, gid: str, asked: Params, body: Any) -> Answered:
        if gid and gid not in self.hooks:
            raise Refusal(404, f"webhook: Unknown object: {gid}")
        match method:
            case "GET":
                return self.paged(asked, list(self.hooks.values()))
            case "POST":
                return self.hook(body["data"], asked)
            case "PUT":
                self.hooks[gid]["filters"] = body["data"]["filters"]
                return 200, {"data": shaped(self.hooks[gid], asked)}
        del self.hooks[gid]
        return 200, {"data": {}}

    def hook(self, data: Mapping[str, Any], asked: Params) -> Answered:
        target, resource = data["target"], data["resource"]
        if urlsplit(target).hostname == "localhost":
            raise Refusal(403, "Forbidden")
        if resource not in self.projects:
            raise Refusal(404, f"resource: Unknown object: {resource}")
        secret = f"{int(self.number()):032x}"
        status, headers = self.post(target, {"X-Hook-Secret": secret}, b"")
        if status not in (200, 204):
            raise Refusal(400, f"{REMOTE} responded with an incorrect status code: {status}")
        if {name.lower(): told for name, told in headers.items()}.get("x-hook-secret") != secret:
            raise Refusal(400, f"{REMOTE} did not respond with the handshake secret.")
        made = self.there_is(target, resource, data.get("filters", []))
        self.secrets[made["gid"]] = secret
        return 201, {"data": shaped(made, {"opt_fields": "active,resource,target"}), "X-Hook-Secret": secret}

    def there_is(self, target: str, resource: str, filters: Any, active: bool = True) -> dict[str, Any]:
        gid = self.number()
        place = {"gid": resource, "resource_type": "project", "name": self.projects[resource]}
        self.hooks[gid] = {
            "gid": gid, "resource_type": "webhook", "active": active, "resource": place, "target": target,
            "filters": filters, "created_at": self.at.isoformat().replace("+00:00", ".000Z"),
        }  # fmt: skip
        return self.hooks[gid]

    def fire(self, task: str) -> list[int]:
        """What happened to a task is told to everybody who listens to its project."""
        event = {"action": "changed", "resource": {"gid": task, "resource_type": "task"}, "parent": None}
        body, told = orjson.dumps({"events": [event]}), []
        for gid, hook in self.hooks.items():
            if hook["resource"]["gid"] in self.tasks[task]["in"] and gid in self.secrets:
                made = hmac.new(self.secrets[gid].encode(), body, hashlib.sha256).hexdigest()
                told.append(self.post(hook["target"], {"X-Hook-Signature": made}, body)[0])
        return told
