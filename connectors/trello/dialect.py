"""Trello's refusals, told as other systems tell them.

Trello answers 401 to a wrong key or token, and to a good one that may not see or change a thing: only the
text tells. Its 429 has no header that says how long; its windows are 10 s (900 s for members). A refusal's
body is plain text.
"""

from __future__ import annotations

import json
from typing import Any

from requests import Response, Session

WINDOW, LONG_WINDOW = "10", "900"
FORBIDDEN, SUBREQUEST = 403, 449


def teach(session: Session) -> None:
    """From now on this session's answers are translated before anybody reads them."""
    session.hooks["response"].append(translated)


def translated(response: Response, **_: Any) -> Response:
    """The same answer; a refusal with its status, its headers and its words as others have them."""
    if response.status_code < 400:
        return response
    told = _told(response)
    if response.status_code == SUBREQUEST:
        response.status_code = told["status"] if 400 <= told["status"] < 600 else 502
    if response.status_code == 401 and about_one_thing(told["text"]):
        response.status_code = FORBIDDEN
    if response.status_code == 429:
        _slowed(response, told["code"])
    response._content = json.dumps({"message": told["text"]}).encode()
    return response


def about_one_thing(text: str) -> bool:
    """Whether a 401 with these words leaves the login good: "unauthorized card permission requested"."""
    return "permission requested" in text.lower()


def _told(response: Response) -> dict[str, Any]:
    try:
        data = json.loads(response.content)
    except ValueError:
        data = response.text if "html" not in response.headers.get("Content-Type", "") else ""
    if not isinstance(data, dict):
        return {"text": str(data).strip(), "code": "", "status": 0}
    code, original = str(data.get("error") or ""), data.get("originalStatus")
    words = [str(data[name]) for name in ("message", "originalMessage") if data.get(name)]
    status = original if isinstance(original, int) else 0
    return {"text": "; ".join([code, *words] if code else words), "code": code, "status": status}


def _slowed(response: Response, code: str) -> None:
    """The whole connection waits: refusals count too, and 200 of them shut the key out. The budget of
    members alone is one endpoint's."""
    members = "MEMBER" in code
    response.headers.setdefault("Retry-After", LONG_WINDOW if members else WINDOW)
    response.headers["RateLimit-Reason"] = "endpoint" if members else "quota"
