"""The tenant token: got with the app's id and secret, renewed before it runs out."""

from __future__ import annotations

import threading

from requests import Session

from bridge.errors import AccessDenied
from connectors.http import Http

PATH = "open-apis/auth/v3/tenant_access_token/internal"
RENEW = 29 * 60.0
"""Seconds before its end. With 30 minutes or more left the platform gives the same token again."""
SECRET = "check `app_id` and the secret in `token`: App ID and App Secret, under Credentials of the app"


class Tenant:
    """One app's token on a session. Safe to share between threads."""

    def __init__(self, session: Session, app_id: str, secret: str) -> None:
        self._session = session
        self._app_id = app_id
        self._secret = secret
        self._token = ""
        self._until = 0.0
        self._lock = threading.Lock()

    def token(self, http: Http) -> str:
        """The token that calls bear from now on. Raises AccessDenied where the app is not known."""
        with self._lock:
            if not self._token or http.clock.monotonic() >= self._until:
                self._renew(http)
            return self._token

    def drop(self, token: str) -> None:
        """This one is not taken any more."""
        with self._lock:
            if token == self._token:
                self._token = ""

    def hidden(self, text: str) -> str:
        for secret in (self._secret, self._token):
            text = text.replace(secret, "***") if secret else text
        return text

    def _renew(self, http: Http) -> None:
        body = {"app_id": self._app_id, "app_secret": self._secret}
        asked = http.clock.monotonic()
        data = http.call("POST", PATH, body=body, repeatable=True).data
        told = data if isinstance(data, dict) else {}
        token, lasts = told.get("tenant_access_token"), told.get("expire")
        if told.get("code") != 0 or not isinstance(token, str) or not token:
            raise AccessDenied(http.system, "the platform gave no tenant token", SECRET, login=True)
        self._token = token
        self._until = asked + (lasts if isinstance(lasts, int) else 0) - RENEW
        self._session.headers["Authorization"] = f"Bearer {token}"
