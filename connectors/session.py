"""A plain session for any tool: its own trust and proxy, no retries, nothing read from ~/.netrc."""

from __future__ import annotations

import os
from importlib.metadata import version
from pathlib import Path

from requests import Session
from requests.adapters import HTTPAdapter
from requests.auth import HTTPBasicAuth
from requests.utils import get_environ_proxies

from bridge.errors import ConnectorError


def plain_session(
    name: str, url: str, *, concurrency: int = 10, ca_bundle: str = "", proxy: str = ""
) -> Session:
    """A session that logs in with nothing, until `log_in`. Nothing is sent.
    Raises ConnectorError where the file of authorities is missing."""
    session = Session()
    session.verify = trust(name, ca_bundle)
    session.proxies.update(proxies(url, proxy))
    dressed(session, concurrency)
    return session


def log_in(session: Session, auth: str, token: str, *, user: str = "", parameter: str = "") -> None:
    """Send the token with every call: as a bearer, by basic with `user`, or in the header or the query
    parameter of this name; `auth` "none" sends nothing."""
    match auth:
        case "bearer":
            session.headers["Authorization"] = f"Bearer {token}"
        case "basic":
            session.auth = HTTPBasicAuth(user.encode(), token.encode())
        case "header":
            session.headers[parameter] = token
        case "query":
            session.params = {parameter: token}


def dressed(session: Session, concurrency: int) -> None:
    """Who we are, what we take, and how many connections are kept open."""
    adapter = HTTPAdapter(pool_connections=4, pool_maxsize=concurrency, max_retries=0)
    session.mount("https://", adapter)
    session.mount("http://", adapter)
    session.headers["User-Agent"] = f"okr-bridge/{version('okr-bridge')}"
    session.headers["Accept"] = "application/json"
    session.headers.pop("Content-Type", None)
    # The environment is read once, here: left to requests, it is read again for every call,
    # and a ~/.netrc entry for the host would replace a bearer token.
    session.trust_env = False


def trust(name: str, ca_bundle: str) -> str | bool:
    """The file of authorities, or True for the usual ones. Raises ConnectorError where it is missing."""
    bundle = ca_bundle or os.environ.get("REQUESTS_CA_BUNDLE") or os.environ.get("CURL_CA_BUNDLE") or ""
    if bundle and not Path(bundle).exists():
        raise ConnectorError(name, f"the file of authorities {bundle} is missing", "check `ca_bundle`")
    return bundle or True


def proxies(url: str, proxy: str) -> dict[str, str]:
    """By scheme: the one given, else those of the environment for this address."""
    return {"http": proxy, "https": proxy} if proxy else dict(get_environ_proxies(url))
