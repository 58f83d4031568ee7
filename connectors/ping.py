"""Calls an address to say that all is well; what it answers does not matter, as long as it is a yes."""

from __future__ import annotations

import requests
from requests.exceptions import RequestException, Timeout

from bridge.errors import ConnectorError, Transient

HINT = "check `ping` of [serve], and that the address can be reached from here"


def get(address: str, timeout: float) -> None:
    """GET it, within `timeout` seconds for the connection and again for the answer.

    Raises ConnectorError, which never holds the address: it is what one needs to send pings.
    """
    try:
        with requests.get(address, timeout=timeout, allow_redirects=False, stream=True) as response:
            status = response.status_code
    except (RequestException, OSError, ValueError) as error:
        what = "timed out" if isinstance(error, Timeout) else "got no answer"
        raise Transient("ping", f"GET {what}", HINT) from None
    if not 200 <= status < 300:
        raise ConnectorError("ping", f"GET answered {status}", HINT)
