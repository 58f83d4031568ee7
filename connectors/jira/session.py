"""An authenticated session, in every way PyPI `jira` knows; nothing is sent while it is built."""

from __future__ import annotations

from importlib.metadata import version
from pathlib import Path
from typing import Any

import requests
from requests.adapters import HTTPAdapter
from requests.utils import get_environ_proxies

from bridge.errors import ConnectorError
from connectors.jira.settings import JiraSettings


def make_session(settings: JiraSettings, given: Any = None) -> requests.Session:
    """A session that is logged in with every request.

    `given` may be a ready `jira.JIRA`, `atlassian.Jira` or `requests.Session` (Kerberos, OAuth 1.0a,
    cookies, client certificates come this way) and is used as it is.
    """
    if given is not None:
        return _within(settings, given)
    session = _built(settings)
    adapter = HTTPAdapter(pool_connections=4, pool_maxsize=settings.concurrency, max_retries=0)
    session.mount("https://", adapter)
    session.mount("http://", adapter)
    session.headers["User-Agent"] = f"okr-bridge/{version('okr-bridge')}"
    session.headers["Accept"] = "application/json"
    session.headers.pop("Content-Type", None)
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
        options={"server": settings.url.rstrip("/"), "verify": _trust(settings)},
        proxies=_proxies(settings),
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
    # The environment is read once, here: left to requests, it is read again for every call,
    # and a ~/.netrc entry for the host would replace a bearer token.
    session.trust_env = False
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


def _trust(settings: JiraSettings) -> str | bool:
    import os

    bundle = (
        settings.ca_bundle or os.environ.get("REQUESTS_CA_BUNDLE") or os.environ.get("CURL_CA_BUNDLE") or ""
    )
    if bundle and not Path(bundle).exists():
        raise ConnectorError(
            settings.name, f"the file of authorities {bundle} is missing", "check `ca_bundle`"
        )
    return bundle or True


def _proxies(settings: JiraSettings) -> dict[str, str]:
    if settings.proxy:
        return {"http": settings.proxy, "https": settings.proxy}
    return dict(get_environ_proxies(settings.url))
