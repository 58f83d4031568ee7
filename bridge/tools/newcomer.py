"""A new connection: what its tool needs to know, tried before it is written, added to the file's end."""

from __future__ import annotations

import json
import tomllib
from collections.abc import Iterator, Mapping, Sequence
from decimal import Decimal
from pathlib import Path
from typing import Any, Literal, NamedTuple, get_args, get_origin

from bridge import config
from bridge.config.reading import parse, read
from bridge.config.types import Section
from bridge.errors import UsageError
from bridge.masking import mask
from bridge.model import Finding
from bridge.plugins import load, plugins
from bridge.tool import Kit, Tool
from bridge.tools import built_in, tool_of
from connectors.base import Account
from connectors.clock import system_clock

REFERENCE = ("env:", "file:", "keyring:")


class Wanted(NamedTuple):
    """An option to ask for: where it stands, what it is, its default, and whether it has to be given."""

    place: str
    told: str
    usual: str
    must: bool


def tool_named(name: str) -> Tool:
    """Raises UsageError for one that nobody brings, ConfigError for a package's that cannot be used."""
    found = built_in().get(name) or load(name)
    if found is None:
        raise UsageError(f"no tool {name!r}", f"there are: {', '.join(sorted({*built_in(), *plugins()}))}")
    return found


def needed(tool: Tool, given: Mapping[str, Any]) -> list[Wanted]:
    """What has to be asked, in the order of the section: the options without a default, the token where
    there is one, and what the tool asks for besides by what is known so far."""
    more = tool.asks(given) if tool.asks else ()
    found = (one for one in _options(tool.settings) if _value(given, one.place) is None)
    return [one for one in found if one.place in more or _required(one, given)]


def _required(one: Wanted, given: Mapping[str, Any]) -> bool:
    return given.get("auth") != "none" if one.place == "token" else one.must


def _options(model: type[Section], place: str = "", *, must: bool = True) -> Iterator[Wanted]:
    for name, field in model.model_fields.items():
        inner = field.annotation
        if name == "tool":
            continue
        if isinstance(inner, type) and issubclass(inner, Section):
            yield from _options(inner, f"{place}{name}.", must=must and field.is_required())
        else:
            words = [(field.description or "").rstrip(".")]
            if get_origin(inner) is Literal:
                words.append(f"one of {', '.join(map(str, get_args(inner)))}")
            usual = "" if field.is_required() else str(field.default or "")
            yield Wanted(f"{place}{name}", "; ".join(words), usual, must and field.is_required())


def _value(given: Mapping[str, Any], place: str) -> Any:
    found: Any = given
    for name in place.split("."):
        found = found.get(name) if isinstance(found, Mapping) else None
    return found


def options(given: Sequence[str]) -> dict[str, Any]:
    """The options of `OPTION=VALUE`, dots between tables; a value is TOML, else text. Raises UsageError."""
    found: dict[str, Any] = {}
    for one in given:
        place, sign, text = one.partition("=")
        if not sign or not all(part.isidentifier() for part in place.split(".")):
            raise UsageError("--set takes OPTION=VALUE", "such as --set url=https://tracker.example")
        put(found, place, _typed(text))
    return found


def put(found: dict[str, Any], place: str, value: Any) -> None:
    *outer, last = place.split(".")
    for name in outer:
        found = found.setdefault(name, {})
        if not isinstance(found, dict):
            raise UsageError(f"{place}: {name} is given twice", "once as a value, once as a table")
    found[last] = value


def _typed(text: str) -> Any:
    try:
        return tomllib.loads(f"value = {text}")["value"] if "\n" not in text else text
    except tomllib.TOMLDecodeError:
        return text


def answered(tool: Tool, place: str, text: str) -> Any:
    """What was typed for an option: a list where the option is one, else as it stands."""
    model: Any = tool.settings
    for name in place.split(".")[:-1]:
        model = model.model_fields[name].annotation
    several = str(model.model_fields[place.rpartition(".")[2]].annotation).startswith("tuple")
    return [part.strip() for part in text.split(",") if part.strip()] if several else text


def section(name: str, tool: str, chosen: Mapping[str, Any]) -> str:
    """The connection as it is added to the file."""
    plain = {k: v for k, v in chosen.items() if not isinstance(v, Mapping)}
    tables = {k: v for k, v in chosen.items() if isinstance(v, Mapping)}
    lines = [f"[connections.{name}]", f"tool = {_toml(tool)}"]
    lines += [f"{key} = {_toml(value)}" for key, value in plain.items()]
    for table, inner in tables.items():
        lines += ["", f"[connections.{name}.{table}]"]
        lines += [f"{_key(key)} = {_toml(value)}" for key, value in inner.items()]
    return "\n".join(lines) + "\n"


def _toml(value: Any) -> str:
    match value:
        case str():
            return json.dumps(value, ensure_ascii=False).replace("\x7f", "\\u007f")
        case bool():
            return "true" if value else "false"
        case Mapping():
            return "{ " + ", ".join(f"{_key(k)} = {_toml(v)}" for k, v in value.items()) + " }"
        case list() | tuple():
            return "[" + ", ".join(map(_toml, value)) + "]"
        case int() | float() | Decimal():
            return str(value)
        case _:
            return json.dumps(str(value), ensure_ascii=False)


def _key(name: str) -> str:
    plain = name.isascii() and name.replace("-", "").replace("_", "").isalnum()
    return name if plain else json.dumps(name, ensure_ascii=False)


def without_secrets(chosen: Mapping[str, Any]) -> dict[str, Any]:
    """What was chosen, to be shown: no secret that was typed itself."""
    named = {name: value for name, value in chosen.items() if name not in ("token", "webhook_secret")}
    secrets = {name: value for name, value in chosen.items() if name not in named}
    return named | {k: v for k, v in secrets.items() if isinstance(v, str) and v.startswith(REFERENCE)}


def with_section(
    path: Path, name: str, added: str, environ: Mapping[str, str]
) -> tuple[str, config.Settings]:
    """The file's text with the section at its end, and the settings that it then says. Raises UsageError
    where the name is taken, ConfigError with all that would be wrong."""
    if name in read(path).get("connections", {}):
        raise UsageError(f"{path.name} has a connection {name!r} already", "choose another with --name")
    text = path.read_bytes().decode("utf-8-sig")
    text = text + ("" if text.endswith("\n") or not text else "\n") + "\n" + added
    return text, config.validated(parse(text, path.name), path, environ)


def tried(name: str, settings: config.Settings) -> tuple[Account, tuple[Finding, ...]]:
    """Log in, and see what a check finds amiss. Raises ConnectorError where there is no login, ConfigError
    where the secret is not there."""
    secrets = tuple(settings.secrets())
    for secret in secrets:
        secret.foresee()
    one = settings.connections[name]
    kit = Kit(clock=system_clock(), tries=1, hide=lambda text: mask(text, secrets))
    system, _ = tool_of(one).open(name, one, kit)
    try:
        account = system.login()
        found = () if tool_of(one).those is None else system.check()
        return account, tuple(finding for finding in found if finding.level != "info")
    finally:
        system.close()
