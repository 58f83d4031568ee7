"""The daemon put together: one thread leads the work, one answers the web, one keeps the schedules."""

from __future__ import annotations

import logging
from collections import Counter
from collections.abc import Callable, Mapping

from bridge import __version__
from bridge.app import App
from bridge.belonging import refuse_foreign
from bridge.clock import Clock
from bridge.config import Settings
from bridge.daemon.agenda import Agenda
from bridge.daemon.carried import Traffic
from bridge.daemon.doors import Doors
from bridge.daemon.duty import Duty
from bridge.daemon.health import Health
from bridge.daemon.hooks import Hooks
from bridge.daemon.loop import Parts, work
from bridge.daemon.metrics import Metrics, Views
from bridge.daemon.ping import Ping
from bridge.daemon.reload import Watch, files_of
from bridge.daemon.schedule import Schedule
from bridge.daemon.server import Server
from bridge.daemon.stop import Stop
from bridge.daemon.web import Limits, web
from bridge.store import Store
from connectors.ping import get

log = logging.getLogger(__name__)

GOODBYE = 5.0


def serve(
    settings: Settings,
    load: Callable[[], Settings],
    clock: Clock,
    stop: Stop,
    announce: Callable[[str], None],
) -> None:
    """Run until `stop` is asked for. `load` reads the configuration as it is now; `announce` is told the
    address once it answers. Raises BridgeError where it cannot start at all."""
    watch = Watch(files_of(settings))
    with Store.open(settings.database_url()) as store:

        def made(settings: Settings) -> App:
            app = App(settings, store, clock)
            app.stopping = stop.asked
            refuse_foreign(store, settings.bridge.instance)
            _ = app.file  # files that are not in order are refused
            return app

        _serve(Duty(made(settings), lambda: made(load()), watch), stop, announce)


def _serve(duty: Duty, stop: Stop, announce: Callable[[str], None]) -> None:
    clock = duty.app.clock
    agenda, health = Agenda(clock.monotonic), Health(clock)
    metrics = Metrics(health, _views(duty), __version__)
    duty.changed = health.configuration
    duty.closing = lambda app: _retire(app, metrics)
    health.good(duty.last_good())
    schedule = Schedule(agenda.ask, duty.zone, duty.plan, clock.now)
    ping = Ping(get, lambda: ping_address(duty.app.settings))
    hooks = Hooks(Doors(lambda: duty.app.settings), agenda.hint, lambda: health.active, clock.now)
    chosen = duty.app.settings.serve
    limits = Limits(bytes=chosen.hook_bytes, seconds=chosen.hook_seconds)
    application = web(hooks=hooks, health=health, metrics=metrics, limits=limits)
    with Server(application, chosen.host, chosen.port, limits) as server:
        log.info("listening on %s", server.url, extra={"event": "listening"})
        announce(server.url)
        try:
            work(
                Parts(
                    duty=duty,
                    agenda=agenda,
                    schedule=schedule,
                    health=health,
                    metrics=metrics,
                    ping=ping,
                    stop=stop,
                    clock=clock,
                )
            )
        finally:
            ping.stop()
            ping.join(GOODBYE)
            duty.close()
    log.info("stopped", extra={"event": "stopped"})


def ping_address(settings: Settings) -> str:
    """Whom to tell of good runs; empty for nobody. Raises ConfigError."""
    ping = settings.serve.ping
    return ping if isinstance(ping, str) else ping.reveal()


def _views(duty: Duty) -> Views:
    def traffic() -> Mapping[str, Traffic]:
        return {name: one.system.traffic for name, one in duty.app.accounts.open.items()}

    return Views(
        traffic=traffic,
        outbox=duty.store.outbox.depth,
        parked=lambda: Counter(one.connection for one in duty.store.parked.all()),
    )


def _retire(app: App, metrics: Metrics) -> None:
    for name, connection in app.accounts.open.items():
        metrics.retire(name, connection.system.traffic)
