"""An authenticated session, in every way PyPI `jira` knows; nothing is sent while it is built."""

from __future__ import annotations

from typing import Any

import requests

from bridge.errors import ConnectorError
from connectors.jira.settings import JiraSettings
from connectors.session import dressed, proxies, trust


def make_session(settings: JiraSettings, given: Any = None) -> requests.Session:
    """A session that is logged in with every request.

    `given` may be a ready `jira.JIRA`, `atlassian.Jira` or `requests.Session` (Kerberos, OAuth 1.0a,
    cookies, client certificates come this way) and is used as it is.
    """
    if given is not None:
        return _within(settings, given)
    session = _built(settings)
    dressed(session, settings.concurrency)
    return session


def _within(settings: JiraSettings, given: Any) -> requests.Session:
    session = given if isinstance(given, requests.Session) else getattr(given, "_session", None)
    if not isinstance(session, requests.Session):
        raise ConnectorError(
            settings.name,
            f"a {type(given).__name__} holds no session",
            "hand in a jira.JIRA, an atlassian.Jira or a requests.Session",
        )
    return session


def _built(settings: JiraSettings) -> requests.Session:
    from jira import JIRA

    client = JIRA(
        options={"server": settings.url.rstrip("/"), "verify": trust(settings.name, settings.ca_bundle)},
        proxies=proxies(settings.url, settings.proxy),
        get_server_info=False,
        max_retries=0,
        timeout=settings.timeout,
        logging=False,
        **_login(settings),
    )
    session: requests.Session = client._session
    if settings.auth == "cookie":
        from connectors.jira.cookies import by_cookie

        session.auth = by_cookie(settings, client._session)
    return session


def _login(settings: JiraSettings) -> dict[str, Any]:
    """The arguments by which `jira.JIRA` logs in."""
    match settings.auth:
        case "kerberos":
            _need_kerberos(settings)
            return {"kerberos": True}
        case "cookie":
            return {}
        case "bearer":
            return {"token_auth": settings.token}
        case _ if settings.email:
            return {"basic_auth": (settings.email, settings.token)}
        case _:
            return {"token_auth": settings.token} if settings.token else {}


def _need_kerberos(settings: JiraSettings) -> None:
    from importlib.util import find_spec

    if find_spec("requests_kerberos") is None:
        raise ConnectorError(
            settings.name,
            'auth = "kerberos" needs a package that is not installed',
            "pip install 'okr-bridge[kerberos]'",
        )
