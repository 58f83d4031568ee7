"""Logging in by cookie, for a Data Center that knows no tokens: PyPI `jira` keeps the session alive."""

from __future__ import annotations

import requests
from jira.client import JiraCookieAuth
from jira.resilientsession import ResilientSession

from bridge.errors import AccessDenied
from connectors.jira.settings import JiraSettings


class _CookieLogin(JiraCookieAuth):
    """The library's own, but for the login itself: that one raises errors of its own, and repeats."""

    def __init__(self, settings: JiraSettings, session: ResilientSession, address: str) -> None:
        super().__init__(session, address, (settings.email, settings.token))
        self._settings = settings
        self._plain: requests.Session = session
        self._address = address

    def init_session(self) -> None:
        """Raises AccessDenied where name and password are refused."""
        body = {"username": self._settings.email, "password": self._settings.token}
        answer = requests.Session.request(
            self._plain, "POST", self._address, json=body, timeout=self._settings.timeout
        )
        if answer.status_code != 200:
            raise AccessDenied(
                self._settings.name,
                f"POST auth/1/session answered {answer.status_code}",
                "check `email` (the user name) and the password; too many failures ask for a CAPTCHA: "
                "log in once with a browser",
                login=answer.status_code in (401, 403),
            )


def by_cookie(settings: JiraSettings, session: ResilientSession) -> JiraCookieAuth:
    """Logs in when the server first asks for it, and again when the session has expired."""
    return _CookieLogin(settings, session, f"{settings.url.rstrip('/')}/rest/auth/1/session")
