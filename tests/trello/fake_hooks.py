"""A Trello with webhooks: each is a token's and a board's, and the address is asked before it is taken."""

from __future__ import annotations

import base64
import hashlib
import hmac
from collections.abc import Callable, Mapping
from typing import Any

import orjson

from tests.trello.fake import TOKEN, Asked, FakeTrello, Refusal

APP_SECRET = "a" * 20 + "s" * 44
Send = Callable[[str, str, Mapping[str, str], bytes], int]


class HookedTrello(FakeTrello):
    """`send` is what Trello reaches at an address: method, address, headers, body."""

    def __init__(self, page: int = 3) -> None:
        super().__init__(page)
        self.hooks: dict[str, dict[str, Any]] = {}
        self.send: Send = lambda *_: 200
        self.scoped = True

    def answer(self, method: str, path: str, asked: Asked, body: bytes) -> Any:
        match path.strip("/").split("/"):
            case ["tokens", token, "webhooks"] if method == "GET":
                self.allowed()
                assert token == TOKEN
                return list(self.hooks.values())
            case ["webhooks", *rest]:
                self.allowed()
                return self.hooked(method, rest[0] if rest else "", asked)
        return super().answer(method, path, asked, body)

    def allowed(self) -> None:
        if not self.scoped:
            raise Refusal(401, "unauthorized permission requested")

    def hooked(self, method: str, id: str, asked: Asked) -> Any:
        if id and id not in self.hooks:
            raise Refusal(404, "The requested resource was not found.")
        if method == "DELETE":
            del self.hooks[id]
            return {}
        hook = self.hooks.get(id, {})
        wanted = {**hook, **asked, "active": asked.get("active", "true") == "true"}
        if method == "POST" and any(self.same(one, wanted) for one in self.hooks.values()):
            raise Refusal(400, "A webhook with that callback, model, and token already exists")
        if (status := self.send("HEAD", wanted["callbackURL"], {}, b"")) != 200:
            said = f"did not return 200 status code, got {status}"
            raise Refusal(400, f"URL ({wanted['callbackURL']}) {said}")
        return self.there_is(**wanted)

    def there_is(self, **facts: Any) -> dict[str, Any]:
        id = facts.get("id") or self.number()
        usual = {
            "description": "",
            "active": True,
            "consecutiveFailures": 0,
            "firstConsecutiveFailDate": None,
        }
        self.hooks[id] = {**usual, **facts, "id": id}
        return self.hooks[id]

    def same(self, one: Mapping[str, Any], other: Mapping[str, Any]) -> bool:
        return all(one[name] == other[name] for name in ("callbackURL", "idModel"))

    def fire(self, card: str) -> list[int]:
        """What happened to a card is told to everybody who listens to its board."""
        told = []
        board = self.cards[card]["idBoard"]
        for hook in [one for one in self.hooks.values() if one["active"] and one["idModel"] == board]:
            data = {"card": {"id": card}, "board": {"id": board}}
            body = orjson.dumps({"action": {"id": self.number(), "type": "updateCard", "data": data}})
            signed = body + hook["callbackURL"].encode()
            made = base64.b64encode(hmac.new(APP_SECRET.encode(), signed, hashlib.sha1).digest()).decode()
            told.append(self.send("POST", hook["callbackURL"], {"X-Trello-Webhook": made}, body))
        return told
