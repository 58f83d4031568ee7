"""Answers of a system that tells errors with status 200, told in plain HTTP by what is described of them.

Put on a session as a hook, so that retries, pauses and refusals are those of every other tool.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import orjson
from requests import Response
from requests.exceptions import RequestException

from connectors.rest.described import Find

_PIECE = 1 << 24


@dataclass(frozen=True, slots=True, kw_only=True)
class Envelope:
    """`stands` tells by status (401, 404, 429, 400) what is true of an answer of that kind, in this order;
    `reason` reads its words."""

    stands: Mapping[int, Find]
    reason: Find

    def translate(self, response: Response, **_: Any) -> Response:
        """A hook for `requests`. Raises RequestException where a good answer breaks off."""
        content = _body(response)
        data = _told(content)
        status = next((status for status, find in self.stands.items() if find(data) is True), None)
        if status is not None and response.status_code < 300:
            response.status_code = status
        if response.status_code >= 400 and isinstance(reason := self.reason(data), str | int):
            content = orjson.dumps({"message": str(reason)})
        response._content = content
        return response


def _body(response: Response) -> bytes:
    try:
        return b"".join(response.iter_content(_PIECE))
    except RequestException:
        if response.status_code < 300:
            raise
        return b""


def _told(content: bytes) -> Any:
    try:
        return orjson.loads(content)
    except orjson.JSONDecodeError:
        return None
