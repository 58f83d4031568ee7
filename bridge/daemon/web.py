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

RETRY_AFTER = "60"
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

    async def of(self, request: Request) -> bytes:
        """The whole body. Raises Refused, and ClientDisconnect."""
        told = request.headers.get("content-length", "0")
        if len(told) > 15 or (told.isdecimal() and int(told) > self._limits.bytes):
            raise Refused(Verdict.LARGE)
        body = bytearray()
        try:
            async with asyncio.timeout(self._limits.seconds):
                async for piece in request.stream():
                    self._add(body, piece)
        except TimeoutError:
            raise Refused(Verdict.LATE) from None
        finally:
            self._held -= len(body)
        return bytes(body)

    def _add(self, body: bytearray, piece: bytes) -> None:
        if len(body) + len(piece) > self._limits.bytes:
            raise Refused(Verdict.LARGE)
        if self._held + len(piece) > self._limits.held:
            raise Refused(Verdict.FULL)
        body += piece
        self._held += len(piece)


def web(*, hooks: Hooks, health: Health, metrics: Metrics, limits: Limits | None = None) -> FastAPI:
    """The application. It keeps nothing but what is handed in; no documentation pages, no cookies."""
    app = FastAPI(openapi_url=None, docs_url=None, redoc_url=None, redirect_slashes=False)
    app.post("/hooks/{connection}", response_model=None)(_hook(hooks, metrics, Bodies(limits or Limits())))
    for path, answer in (("/healthz", _healthz(health)), ("/readyz", _readyz(health))):
        app.api_route(path, methods=["GET", "HEAD"], response_model=None)(answer)
    app.get("/metrics", response_model=None)(_metrics(metrics))
    return app


def _hook(hooks: Hooks, metrics: Metrics, bodies: Bodies) -> Callable[..., object]:
    async def hook(connection: str, request: Request) -> Response:
        """Bytes that nobody signed are not even awaited; those that came are read once they are proved."""
        verdict = hooks.meets(connection, request.headers)
        if verdict is None:
            try:
                verdict = hooks.takes(connection, request.headers, await bodies.of(request))
            except Refused as refused:
                verdict = refused.verdict
            except ClientDisconnect:
                metrics.hooked(connection, HUNG_UP)
                return Response(status_code=HUNG_UP)
        metrics.hooked(None if verdict is Verdict.UNKNOWN else connection, verdict.status)
        again = {"Retry-After": RETRY_AFTER} if verdict.status == 503 else None
        return JSONResponse({"status": verdict.word}, verdict.status, again)

    return hook


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
