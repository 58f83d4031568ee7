"""Calls to one base: with a token that holds, and lists to their end."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from bridge.errors import AccessDenied, PartialRead, Rejected, UnexpectedAnswer
from connectors.base import Account
from connectors.feishu.answers import TOKENS, code_of
from connectors.feishu.login import SECRET, Tenant
from connectors.http import Answer, Http

ROWS = 500
"""Records a page of a search, at most."""
LISTED = 100
"""Tables and columns a page, at most."""
RESTARTS = 3
Record = Mapping[str, Any]


class Api:
    """`app_id` is who calls, `base` the token of the base."""

    def __init__(self, http: Http, tenant: Tenant, app_id: str, base: str) -> None:
        self.http = http
        self._tenant = tenant
        self._app_id = app_id
        self._root = f"open-apis/bitable/v1/apps/{base}"
        self._file = f"open-apis/drive/v1/files/{base}"

    def prove(self) -> tuple[Account, Mapping[str, Any]]:
        """Who we are and what the base is: in one request, while the token holds."""
        answer = self._asked("GET", self._root, {})
        app = self._data(answer, "GET the base").get("app")
        if not isinstance(app, dict) or not app.get("app_token"):
            raise UnexpectedAnswer(self.http.system, "the platform named no base", "check `url` and `api`")
        name = f"app {self._app_id} on {app.get('name') or 'the base'}"
        now = answer.date or self.http.clock.now()
        return Account(self._app_id, name, str(app.get("time_zone") or ""), now), app

    def call(self, method: str, path: str, **sent: Any) -> Mapping[str, Any]:
        """The data of an answer; `path` is below the base. Options are those of `Http.call`."""
        return self._data(self._asked(method, self._root + path, sent), f"{method} {path}")

    def of_file(self, method: str, what: str) -> Mapping[str, Any]:
        """Of the base as a file of the drive: its subscription to events. No data is an empty answer."""
        told = self._asked(method, f"{self._file}/{what}", {"params": {"file_type": "bitable"}}).data
        if not isinstance(told, dict) or told.get("code") != 0:
            raise self._odd(f"{method} {what} answered without a code")
        return told.get("data") or {}

    def listed(self, method: str, path: str, id: str, size: int, body: Any = None) -> list[Record]:
        """A whole list, each entry once by its `id`; from its beginning again where it moves meanwhile."""
        for _ in range(RESTARTS):
            found, totals = self._walk(method, path, id, size, body)
            if totals <= {len(found)}:
                return list(found.values())
        raise PartialRead(
            self.http.system,
            f"{method} {path} listed {len(found)} of {max(totals)}, {RESTARTS} times",
            "nothing was concluded from it; run again later",
        )

    def _walk(
        self, method: str, path: str, id: str, size: int, body: Any
    ) -> tuple[dict[str, Record], set[int]]:
        """The entries, and how many there are by what the pages say: one number, or the list has moved."""
        found: dict[str, Record] = {}
        totals: set[int] = set()
        tokens = {""}
        token = ""
        while True:
            params = {"page_size": size, **({"page_token": token} if token else {})}
            data = self.call(method, path, params=params, body=body, repeatable=True)
            found |= {str(one[id]): one for one in self._entries(data, id, f"{method} {path}")}
            if isinstance(total := data.get("total"), int):
                totals.add(total)
            if not data["has_more"]:
                return found, totals
            token = str(data.get("page_token") or "")
            if token in tokens:
                raise self._odd(f"{method} {path} leads from a page to none, or to one that was read")
            tokens.add(token)

    def _entries(self, data: Mapping[str, Any], id: str, what: str) -> list[Record]:
        items = data.get("items")
        if items is None and data.get("total") == 0:
            items = []
        if not isinstance(items, list) or not isinstance(data.get("has_more"), bool):
            raise self._odd(f"{what} answered without a list, or without saying whether there is more")
        if not all(isinstance(one, dict) and one.get(id) for one in items):
            raise self._odd(f"{what} listed an entry without {id}")
        return items

    def _asked(self, method: str, path: str, sent: Mapping[str, Any]) -> Answer:
        """Once more with a new token where the old one was not taken, whatever it promised."""
        given = {"repeatable": True, **sent}
        token = self._tenant.token(self.http)
        try:
            return self.http.call(method, path, **given)
        except Rejected as error:
            if code_of(error.message) not in TOKENS:
                raise
        self._tenant.drop(token)
        self._tenant.token(self.http)
        try:
            return self.http.call(method, path, **given)
        except Rejected as error:
            if code_of(error.message) not in TOKENS:
                raise
            message = error.message.removeprefix(f"{error.system}: ")
            raise AccessDenied(error.system, message, SECRET, login=True) from error

    def _data(self, answer: Answer, what: str) -> Mapping[str, Any]:
        told = answer.data
        if not isinstance(told, dict) or told.get("code") != 0 or not isinstance(told.get("data"), dict):
            raise self._odd(f"{what} answered neither data nor a code")
        data: Mapping[str, Any] = told["data"]
        return data

    def _odd(self, message: str) -> UnexpectedAnswer:
        return UnexpectedAnswer(
            self.http.system, message, "check `api`; if it stays, a proxy changes answers"
        )
