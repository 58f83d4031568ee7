"""Who we are on a Jira, and whether an empty answer may be believed.

Several reads answer 200 with nothing to a caller whose login got lost, so "no issues" has to be
told apart from "nobody asked".
"""

from __future__ import annotations

from bridge.errors import AccessDenied, UnexpectedAnswer
from connectors.base import Account
from connectors.http import Answer, Http

STALE_AFTER = 600.0
"""Seconds for which a proven login vouches for empty answers."""
NOBODY = "this server took the call for a visitor's: renew the token, and check the account name"


class Login:
    """`account` is what the server's headers called us when the site was described, or empty."""

    def __init__(self, http: Http, api: str, account: str = "") -> None:
        self._http = http
        self._api = api
        self._account = account
        self._proven: tuple[float, str] | None = None

    def prove(self) -> Account:
        """One request. Raises AccessDenied where nobody is logged in."""
        answer = self._http.call("GET", f"{self._api}/myself", repeatable=True)
        data = answer.data if isinstance(answer.data, dict) else {}
        # Cloud tells `accountId` only; Data Center `key` (permanent) and `name`.
        found = str(data.get("accountId") or data.get("key") or data.get("name") or "")
        if not found:
            raise AccessDenied(self._http.system, "GET myself named no account", NOBODY)
        self._proven = (self._http.clock.monotonic(), seen_as(answer))
        return Account(
            id=found,
            name=str(data.get("displayName") or found),
            time_zone=str(data.get("timeZone") or ""),
            now=answer.date or self._http.clock.now(),
        )

    def vouch(self, empty: Answer) -> None:
        """Return when this empty answer was given to our account; at most one request.

        Raises AccessDenied or UnexpectedAnswer when it was given to somebody else.
        """
        if self._is_ours(empty):
            return
        self.prove()
        if not self._is_ours(empty):
            raise UnexpectedAnswer(
                self._http.system,
                f"an empty answer was given to {seen_as(empty) or 'nobody'}, not to the account of the token",
                NOBODY,
            )

    def _is_ours(self, answer: Answer) -> bool:
        if self._account and seen_as(answer) == self._account:
            return True
        if self._proven is None:
            return False
        at, account = self._proven
        return seen_as(answer) == account and self._http.clock.monotonic() - at < STALE_AFTER


def seen_as(answer: Answer) -> str:
    """The account that the server took the caller for: Cloud and Data Center name it in a header."""
    return answer.headers.get("X-AAccountId") or answer.headers.get("X-AUSERNAME") or ""
