"""The HTTP side: who calls, what trouble is planned, which handler answers.

Imported late: it needs the web stack.
"""

import asyncio
import base64
import binascii
import logging
import re
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from email.utils import format_datetime
from http import HTTPStatus
from typing import Any

import orjson
from starlette.requests import Request
from starlette.responses import Response
from starlette.types import Receive, Scope, Send

from bridge.sandbox import beside, datacenter, hook_calls
from bridge.sandbox.access import Request as Seen
from bridge.sandbox.faults import Fault, Faults, Kind
from bridge.sandbox.jira import Jira
from bridge.sandbox.limits import Bucket, IssueWrites, Points
from bridge.sandbox.records import Refusal
from bridge.sandbox.routes import Route, Router
from bridge.sandbox.wire import Call, Reply, refused

LOG = logging.getLogger("bridge.sandbox")
GATEWAY = re.compile(r"/ex/jira/[^/]+")
DENIED_AFTER = 5


@dataclass(slots=True)
class Doorman:
    """Tells callers apart: the account, nobody, or a wrong credential."""

    email: str
    token: str
    cloud: bool
    failures: int = 0

    def admits(self, header: str, gateway: bool) -> bool | None:
        """True: the account; None: no credentials; False: wrong ones, and counted."""
        if not header:
            return None
        kind, _, value = header.partition(" ")
        good = self._basic(value) if kind.casefold() == "basic" else self._bearer(value, gateway)
        self.failures = 0 if good else self.failures + 1
        return good

    def _basic(self, value: str) -> bool:
        try:
            name, _, token = base64.b64decode(value, validate=True).decode().partition(":")
        except (binascii.Error, UnicodeDecodeError):
            return False
        names = (self.email,) if self.cloud else (self.email, self.email.partition("@")[0])
        return name in names and token == self.token

    def _bearer(self, value: str, gateway: bool) -> bool:
        return value == self.token and (gateway or not self.cloud)

    def denial(self) -> Reply:
        denied = self.failures > DENIED_AFTER
        reason = "AUTHENTICATION_DENIED" if denied else "AUTHENTICATED_FAILED"
        words = (
            "CAPTCHA_CHALLENGE; log in by the browser first." if denied else "Basic authentication failed."
        )
        headers = {"X-Seraph-LoginReason": reason, "WWW-Authenticate": 'OAuth realm="sandbox"'}
        return Reply(401, {"errorMessages": [words], "errors": {}}, headers)


@dataclass(slots=True)
class Settings:
    """How the site behaves towards callers; `context` is a path such as `/jira`, or empty."""

    email: str
    token: str
    latency_ms: int = 0
    rate_limit: float = 0
    points_per_hour: int = 0
    context: str = ""


@dataclass(slots=True)
class Arrival:
    """A request as it stands at the door."""

    method: str
    path: str
    raw: bytes
    query: dict[str, list[str]]
    route: Route | None = None
    params: dict[str, str] = field(default_factory=dict)
    known: bool = False
    signed_in: bool = True
    oauth: bool = False


class App:
    """The ASGI application over one Jira."""

    def __init__(self, jira: Jira, faults: Faults, settings: Settings) -> None:
        self._jira = jira
        self._faults = faults
        self._settings = settings
        face = beside.routes() if jira.cloud else datacenter.routes()
        self._router = Router([*face, *hook_calls.routes(jira)])
        self._doorman = Doorman(settings.email, settings.token, jira.cloud)
        elapsed = _elapsed(jira)
        self._bucket = Bucket(settings.rate_limit, elapsed)
        self._writes = IssueWrites(elapsed)
        self._points = Points(settings.points_per_hour, jira.clock.now)

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            return None
        request = Request(scope, receive)
        arrival, gateway = self._arrive(request, await request.body())
        if self._settings.latency_ms:
            await asyncio.sleep(self._settings.latency_ms / 1000)
        operation = arrival.route.operation if arrival.route else ""
        fault = self._faults.take(operation, arrival.method, arrival.path, _token(arrival) != "")
        if fault and fault.kind is Kind.DROP:
            self._note(arrival, 0)
            return _hang_up(send)
        if fault and fault.event:
            fault.event()
        while fault and fault.due and not fault.due():
            await asyncio.sleep(0.01)
        reply = self._reply(arrival, fault, request.headers.get("authorization", ""), gateway)
        self._note(arrival, reply.status)
        if fault and fault.kind is Kind.SLOW:
            await asyncio.sleep(fault.seconds)
        if fault and fault.kind is Kind.DROP_AFTER:
            return _hang_up(send)
        if fault and fault.kind is Kind.HANG:
            return await _until_they_leave(receive)
        await self._response(reply, arrival, fault)(scope, receive, send)
        return None

    def _arrive(self, request: Request, raw: bytes) -> tuple[Arrival, bool]:
        path = request.url.path.removeprefix(self._settings.context)
        gateway = bool(GATEWAY.match(path))
        query: dict[str, list[str]] = {}
        for name, value in request.query_params.multi_items():
            query.setdefault(name, []).append(value)
        arrival = Arrival(request.method, GATEWAY.sub("", path, count=1), raw, query)
        arrival.route, arrival.params, arrival.known = self._router.find(arrival.method, arrival.path)
        return arrival, gateway

    def _note(self, arrival: Arrival, status: int) -> None:
        operation = arrival.route.operation if arrival.route else "unknown"
        self._jira.requests.note(Seen(operation, arrival.method, arrival.path, status, arrival.raw))

    def _reply(self, arrival: Arrival, fault: Fault | None, credentials: str, gateway: bool) -> Reply:
        if fault and fault.kind is Kind.ANSWER:
            return Reply(fault.status, fault.body, dict(fault.headers))
        admitted = self._doorman.admits(credentials, gateway)
        if admitted is False:
            return self._doorman.denial()
        arrival.signed_in = bool(admitted) and not (fault and fault.kind is Kind.ANONYMOUS)
        arrival.oauth = self._jira.cloud and credentials.casefold().startswith("bearer")
        limited = self._limited(arrival)
        if limited:
            return limited
        if fault and fault.kind is Kind.EMPTY_PAGE:
            _ask_for_nothing(arrival)
        reply = self._work(arrival)
        if fault and fault.kind is Kind.REPEAT_TOKEN:
            again = {"nextPageToken": _token(arrival), "isLast": False}
            reply.body = orjson.loads(reply.encoded()) | again
        return reply

    def _limited(self, arrival: Arrival) -> Reply | None:
        if not self._bucket.take():
            headers = self._bucket.refusal(self._jira.cloud, self._jira.clock.now())
            return Reply(429, {"errorMessages": ["Rate limit exceeded."], "errors": {}}, headers)
        if arrival.oauth and self._points.exhausted():
            used = ["The app has used up its points of this hour."]
            return Reply(429, {"errorMessages": used, "errors": {}}, self._points.refusal())
        issue = self._jira.store.find(arrival.params.get("issue", ""))
        if not self._jira.cloud or arrival.method == "GET" or issue is None:
            return None
        wait = self._writes.wait(str(issue.id))
        headers = {"Retry-After": str(wait), "RateLimit-Reason": "jira-per-issue-on-write"}
        words = {"errorMessages": ["Rate limit for writes to this issue exceeded."], "errors": {}}
        return Reply(429, words, headers) if wait else None

    def _work(self, arrival: Arrival) -> Reply:
        if arrival.route is None:
            return Reply(405 if arrival.known else 404, {"message": "null for uri", "status-code": 404})
        a = arrival
        call = Call(self._jira, a.method, a.path, a.params, a.query, a.raw, a.signed_in, a.oauth)
        try:
            with self._jira.lock:
                reply = arrival.route.handler(call)
                if a.oauth and self._points.hourly:
                    self._points.spend(a.method, orjson.loads(reply.encoded() or b"null"))
                reply.body = reply.encoded()
                return reply
        except Refusal as refusal:
            return refused(refusal)
        except Exception:
            LOG.exception("%s %s failed", a.method, a.path)
            return refused(Refusal(500, "Internal server error"))

    def _response(self, reply: Reply, arrival: Arrival, fault: Fault | None) -> Response:
        body = reply.encoded()
        if fault and fault.kind is Kind.CUT:
            body = body[: len(body) // 2]
        headers = {"Content-Type": "application/json;charset=UTF-8"} | reply.headers
        headers["Date"] = format_datetime(self._jira.clock.now(), usegmt=True)
        if arrival.signed_in and reply.status != HTTPStatus.UNAUTHORIZED:
            me = self._jira.me
            headers |= {"X-AAccountId": me["accountId"]} if self._jira.cloud else {"X-AUSERNAME": me["name"]}
        if self._bucket.near() or (arrival.oauth and self._points.near()):
            headers["X-RateLimit-NearLimit"] = "true"
        return Response(body, HTTPStatus(reply.status), headers)


def _elapsed(jira: Jira) -> Callable[[], float]:
    """Seconds since now for the limits: real ones, or those the site's clock was moved on by if more."""
    real, told = time.monotonic(), jira.clock.now()
    return lambda: max(time.monotonic() - real, (jira.clock.now() - told).total_seconds())


def _token(arrival: Arrival) -> str:
    if "nextPageToken" in arrival.query:
        return arrival.query["nextPageToken"][0]
    return str(_sent(arrival).get("nextPageToken") or "")


def _sent(arrival: Arrival) -> dict[str, Any]:
    """The body of a POST; empty where it is no object."""
    if arrival.method != "POST" or b"nextPageToken" not in arrival.raw:
        return {}
    try:
        body = orjson.loads(arrival.raw)
    except orjson.JSONDecodeError:
        return {}
    return body if isinstance(body, dict) else {}


def _ask_for_nothing(arrival: Arrival) -> None:
    if arrival.method == "GET":
        arrival.query["maxResults"] = ["0"]
    else:
        arrival.raw = orjson.dumps(orjson.loads(arrival.raw) | {"maxResults": 0})


def _hang_up(send: Send) -> None:
    """Close the socket under the server: the caller sees a connection reset, never a status."""
    cycle: Any = getattr(send, "__self__", None)
    cycle.transport.abort()


async def _until_they_leave(receive: Receive) -> None:
    while (await receive())["type"] != "http.disconnect":
        continue
