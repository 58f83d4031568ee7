"""The daemon's own address: webhooks in, health and figures out. Nothing here does the work."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Mapping
from dataclasses import dataclass

from fastapi import FastAPI, Request, Response
from prometheus_client.exposition import choose_encoder
from starlette.requests import ClientDisconnect
from starlette.responses import JSONResponse

from bridge.daemon.health import Health
from bridge.daemon.hooks import Hooks, Verdict
from bridge.daemon.metrics import Metrics
from bridge.hook_form import Greeting

RETRY_AFTER = "60"
GREETING = 10_000
"""Bytes of a body that nobody signed: no tool's greeting is longer."""
LEAST_HELD = 64_000_000
HUNG_UP = 499
"""nginx's number for a client that left before it was answered: nobody sees it but the figures."""


@dataclass(frozen=True, slots=True)
class Limits:
    """What a webhook may cost: bytes of one body, seconds until it has come, open connections in all."""

    bytes: int = 5_000_000
    seconds: float = 10.0
    connections: int = 128

    @property
    def held(self) -> int:
        """Bytes of all bodies that are on their way at one time."""
        return max(LEAST_HELD, self.bytes)


class Refused(Exception):
    """A webhook that is answered before all of it has come."""

    def __init__(self, verdict: Verdict) -> None:
        super().__init__(verdict.word)
        self.verdict = verdict


class Bodies:
    """Receives bodies within the limits: one is never kept beyond them, nor all of them together."""

    def __init__(self, limits: Limits) -> None:
        self._limits = limits
        self._held = 0

    async def of(self, request: Request, most: int) -> bytes:
        """The whole body, of so many bytes at most. Raises Refused, and ClientDisconnect."""
        most = min(most, self._limits.bytes)
        told = request.headers.get("content-length", "0")
        if len(told) > 15 or (told.isdecimal() and int(told) > most):
            raise Refused(Verdict.LARGE)
        body = bytearray()
        try:
            async with asyncio.timeout(self._limits.seconds):
                async for piece in request.stream():
                    self._add(body, piece, most)
        except TimeoutError:
            raise Refused(Verdict.LATE) from None
        finally:
            self._held -= len(body)
        return bytes(body)

    def _add(self, body: bytearray, piece: bytes, most: int) -> None:
        if len(body) + len(piece) > most:
            raise Refused(Verdict.LARGE)
        if self._held + len(piece) > self._limits.held:
            raise Refused(Verdict.FULL)
        body += piece
        self._held += len(piece)


def web(*, hooks: Hooks, health: Health, metrics: Metrics, limits: Limits | None = None) -> FastAPI:
    """The application. It keeps nothing but what is handed in; no documentation pages, no cookies."""
    app = FastAPI(openapi_url=None, docs_url=None, redoc_url=None, redirect_slashes=False)
    hook, there = _hook(hooks, metrics, limits or Limits()), _there(hooks, metrics)
    for path in ("/hooks/{connection}", "/hooks/{connection}/{part}"):
        app.post(path, response_model=None)(hook)
        app.head(path, response_model=None)(there)
    for path, answer in (("/healthz", _healthz(health)), ("/readyz", _readyz(health))):
        app.api_route(path, methods=["GET", "HEAD"], response_model=None)(answer)
    app.get("/metrics", response_model=None)(_metrics(metrics))
    return app


def _hook(hooks: Hooks, metrics: Metrics, limits: Limits) -> Callable[..., object]:
    bodies = Bodies(limits)

    async def hook(request: Request) -> Response:
        """What nobody signed is not even awaited, but for a short greeting where the tool has one; what is
        signed is read once it is proved."""
        connection, door = _door(request)
        headers = request.headers
        said: Verdict | Greeting | None = hooks.meets(door, headers)
        if said is None:
            most = GREETING if hooks.greets_at_most(door, headers) else limits.bytes
            try:
                said = hooks.takes(door, headers, await bodies.of(request, most))
            except Refused as refused:
                said = refused.verdict
            except ClientDisconnect:
                metrics.hooked(connection, HUNG_UP)
                return Response(status_code=HUNG_UP)
        metrics.hooked(None if said is Verdict.UNKNOWN else connection, said.status)
        return _answer(said)

    return hook


def _door(request: Request) -> tuple[str, str]:
    """The connection, and with it the part of its work where the address names one."""
    named = request.path_params
    return named["connection"], "/".join(named.values())


def _answer(said: Verdict | Greeting) -> Response:
    if isinstance(said, Greeting):
        return JSONResponse(said.body, said.status, {**said.headers, "Cache-Control": "no-store"})
    again = {"Retry-After": RETRY_AFTER} if said.status == 503 else None
    return JSONResponse({"status": said.word}, said.status, again)


def _there(hooks: Hooks, metrics: Metrics) -> Callable[..., object]:
    async def there(request: Request) -> Response:
        """Trello looks whether anybody is there before it takes an address."""
        connection, door = _door(request)
        said = hooks.there(door)
        metrics.hooked(None if said is Verdict.UNKNOWN else connection, said.status)
        return Response(status_code=said.status)

    return there


def _healthz(health: Health) -> Callable[..., object]:
    async def healthz() -> Response:
        alive = health.alive()
        return _told(alive, {"status": "ok" if alive else "stuck"})

    return healthz


def _readyz(health: Health) -> Callable[..., object]:
    async def readyz() -> Response:
        reasons = health.ready()
        return _told(
            not reasons, {"status": "not ready", "reasons": reasons} if reasons else {"status": "ready"}
        )

    return readyz


def _told(good: bool, content: Mapping[str, object]) -> Response:
    return JSONResponse(content, 200 if good else 503, {"Cache-Control": "no-store"})


def _metrics(metrics: Metrics) -> Callable[..., object]:
    def figures(request: Request) -> Response:
        """In a thread of its own: some figures come from the database."""
        encode, kind = choose_encoder(request.headers.get("accept", ""))
        return Response(encode(metrics.registry), headers={"Content-Type": kind})

    return figures
