"""Where webhooks come in: the connections whose tool has any, and what those are checked by."""

from __future__ import annotations

import logging
from collections.abc import Callable, Iterator, Mapping
from functools import partial

from bridge.config import ConnectionSection, Settings
from bridge.daemon.hooks import Door
from bridge.hook_form import Form
from bridge.keep import keep
from bridge.secrets import Secret
from bridge.tools import tool_of
from bridge.webhooks import address

log = logging.getLogger(__name__)


class Doors:
    """Those of the settings as they are, made anew when the settings are others."""

    def __init__(self, settings: Callable[[], Settings]) -> None:
        self._settings = settings
        self._of: Settings | None = None
        self._found: Mapping[str, Door] = {}

    def __call__(self) -> Mapping[str, Door]:
        settings = self._settings()
        if settings is not self._of:
            self._found, self._of = doors(settings), settings
        return self._found


def doors(settings: Settings) -> Mapping[str, Door]:
    """How webhooks of each connection are known for its own, by connection, or by connection/part. A tool
    without webhooks has no door."""
    base = settings.bridge.public_url.rstrip("/")
    found: dict[str, Door] = {}
    for name, one in settings.connections.items():
        form = _form(name, one, address(base, name) if base else "")
        if form is not None:
            found[name] = _door(form, one.webhook_secret)
            found |= {f"{name}/{part}": door for part, door in _parts(form, one.webhook_secret)}
    return found


def _parts(form: Form, secret: Secret | None) -> Iterator[tuple[str, Door]]:
    for part in sorted(form.parts):
        if secret is not None and (own := secret.part(part)) is not None:
            yield part, _door(form, own)


def _form(name: str, one: ConnectionSection, at: str) -> Form | None:
    """The isolation boundary: what another package's tool does here closes its own door alone."""
    try:
        hooks = tool_of(one).hooks
        form = hooks(one, at) if hooks else None
        if not isinstance(form, Form | None):
            raise TypeError(f"hooks: {type(form).__name__} is no bridge.plugin.Form")
        return form
    except Exception:
        log.exception("%s: its tool does not say how its webhooks speak", name, extra={"event": "plugin"})
        return None


def _door(form: Form, secret: Secret | None) -> Door:
    """A secret that comes with a greeting is kept in a file alone, and never over one that is there."""
    if secret is None:
        return Door(form, None)
    return Door(form, secret.reveal, partial(keep, secret) if secret.file else None)
