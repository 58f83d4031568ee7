"""Feishu's answers told in plain HTTP: an error keeps its status 200, and says so by a code in the body.

Put on a session as a hook, so that retries, pauses and refusals are those of every other tool.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import orjson
from requests import Response
from requests.exceptions import RequestException

RESET = "x-ogw-ratelimit-reset"
"""Seconds until calls are taken again; there is no Retry-After."""
TOKENS = frozenset({99991661, 99991663, 99991664, 99991665, 99991668, 99991671, 99991677})
"""The tenant token is missing, broken or has run out."""
NO_RECORD = frozenset({1254006, 1254043})
STATUS: Mapping[int, int] = {
    **dict.fromkeys(TOKENS, 400),
    # Too much at once; a write met another one to the same table; the table is still being made ready.
    **dict.fromkeys((99991400, 11232, 1254290, 1254291, 1254036, 1254607), 429),
    # No such scope; not shared with the app; roles of an advanced base.
    **dict.fromkeys((99991672, 99991679, 91403, 1254302, 1254303, 1254304), 403),
    **dict.fromkeys((91402, 1254003, 1254004, 1254005, 1254040, 1254041, 1254042, *NO_RECORD), 404),
    **dict.fromkeys((1254100, 1254101, 1254103, 1254105, 1254130), 413),
    **dict.fromkeys((1255001, 1255002, 1255003, 1255004, 1255005), 500),
    1255040: 504,
}
LOGIN = "/tenant_access_token/internal"
_PIECE = 1 << 24


def meaning(status: int, code: int, path: str = "") -> int:
    """The status that a code other than 0 stands for, in answer to a call to this path. A code that is
    not known is a refusal."""
    if code in STATUS:
        return STATUS[code]
    if path.endswith(LOGIN) and status < 500:
        return 401
    return status if status >= 400 else 400


def translate(response: Response, **_: Any) -> Response:
    """A hook for `requests`. Raises RequestException where a good answer breaks off."""
    content = _body(response)
    told = _told(content)
    code = told.get("code")
    if isinstance(code, int) and code != 0:
        path = (response.request.url or "").partition("?")[0]
        response.status_code = meaning(response.status_code, code, path)
        content = orjson.dumps({"message": f"{code} {told.get('msg') or ''}".strip()})
    if response.status_code == 429 and RESET in response.headers:
        response.headers["Retry-After"] = response.headers[RESET]
    response._content = content
    return response


def code_of(message: str) -> int:
    """The code that a translated answer's error tells, 0 for none."""
    for word in message.replace(":", " ").split():
        if len(word) > 4 and word.isascii() and word.isdecimal():
            return int(word)
    return 0


def _body(response: Response) -> bytes:
    try:
        return b"".join(response.iter_content(_PIECE))
    except RequestException:
        if response.status_code < 300:
            raise
        return b""


def _told(content: bytes) -> Mapping[str, Any]:
    try:
        told = orjson.loads(content)
    except orjson.JSONDecodeError:
        return {}
    return told if isinstance(told, dict) else {}
