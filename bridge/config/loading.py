"""From a file on disk to settings that can be trusted."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from pydantic import ValidationError

from bridge.config.connection import with_places
from bridge.config.models import Settings
from bridge.config.reading import read
from bridge.config.references import Surroundings
from bridge.config.tools import tools_in, with_tools
from bridge.config.wording import problems
from bridge.errors import ConfigError, Misconfigured
from bridge.model import Finding
from bridge.secrets import Secret

FILE = "okr-bridge.toml"
VARIABLE = "OKR_BRIDGE_CONFIG"


def find(path: Path | None, environ: Mapping[str, str], cwd: Path) -> Path:
    """The configuration to use: the one asked for, else $OKR_BRIDGE_CONFIG, else ./okr-bridge.toml.

    Raises ConfigError when there is none.
    """
    named = environ.get(VARIABLE, "")
    wanted = path or (Path(named) if named else Path(FILE))
    found = cwd / wanted.expanduser()
    if found.is_file():
        return found
    asked = "-c" if path else f"${VARIABLE}" if named else "the current folder"
    message = "is a folder, not a file" if found.is_dir() else f"no such file (looked for by {asked})"
    raise ConfigError([Misconfigured(str(wanted), message, "okr-bridge init writes one; -c names another")])


def load(path: Path, environ: Mapping[str, str]) -> Settings:
    """The settings of a file. Raises ConfigError with all that is wrong in it, never with a value of it.

    Secrets are not read: a token's variable may be missing as long as nobody connects.
    """
    return validated(read(path), path, environ)


def validated(data: dict[str, Any], path: Path, environ: Mapping[str, str]) -> Settings:
    """The settings that this data says, as if it stood in the file `path`. Raises ConfigError."""
    around = Surroundings(path.absolute().parent, environ)
    data = {"bridge": {}, **data}
    model = with_tools(tools_in(data))
    try:
        settings = model.model_validate(data, context=around)
    except ValidationError as error:
        raise ConfigError(problems(error, model, data, path.name)) from None
    settings = _placed(settings, path)
    if missing := [_absent(name, path) for name in _without_bundle(settings)]:
        raise ConfigError(missing)
    return settings


def _placed(settings: Settings, path: Path) -> Settings:
    """The same settings, whose secrets know where they stand."""

    def at(value: Any, *place: str) -> Any:
        return value.at(f"{path.name}: {'.'.join(place)}") if isinstance(value, Secret) else value

    connections = {
        name: with_places(c, f"{path.name}: connections.{name}") for name, c in settings.connections.items()
    }
    bridge = {"database": at(settings.bridge.database, "bridge", "database")}
    serve = {"ping": at(settings.serve.ping, "serve", "ping")}
    placed = settings.model_copy(
        update={
            "connections": connections,
            "bridge": settings.bridge.model_copy(update=bridge),
            "serve": settings.serve.model_copy(update=serve),
        }
    )
    placed._file = path.absolute()
    return placed


def _without_bundle(settings: Settings) -> list[str]:
    return [
        name
        for name, c in settings.connections.items()
        if (bundle := getattr(c, "ca_bundle", None)) and not bundle.exists()
    ]


def _absent(name: str, path: Path) -> Misconfigured:
    return Misconfigured(f"{path.name}: connections.{name}.ca_bundle", "no such file")


def findings(settings: Settings) -> tuple[Finding, ...]:
    """What is allowed and yet unwise: secrets that others may read, a token over plain http."""
    readable = [finding for secret in settings.secrets() for finding in secret.findings()]
    plain = [
        Finding(
            "warning",
            f"{settings.file.name}: connections.{name}.url",
            "the token travels over plain http",
            "use https",
        )
        for name, c in settings.connections.items()
        if _plain(getattr(c, "url", ""))
    ]
    return (*readable, *plain)


def _plain(url: str) -> bool:
    parts = urlsplit(url)
    return parts.scheme.lower() == "http" and parts.hostname not in ("localhost", "127.0.0.1", "::1")
