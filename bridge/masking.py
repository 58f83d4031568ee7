"""Takes secrets out of texts: as they are, inside addresses, in every form that a program may give them."""

from __future__ import annotations

import base64
import json
import logging
import re
import traceback
from collections.abc import Callable, Iterable, Iterator
from datetime import date
from typing import Any, Protocol
from urllib.parse import quote, quote_plus, unquote, urlsplit

MASK = "***"
SHORTEST = 6
"""Of a form that could stand in a text by chance, such as a piece of base64."""

_HEADER = re.compile(r"(?i)(authorization\W{1,6}(?:basic|bearer|negotiate)\s+)[^\s'\",}]+")
_URL_PASSWORD = re.compile(r"(://[^/\s:@]*:)[^/\s@]+@")
_PERCENT = re.compile(r"%[0-9A-F]{2}")
_HTML = str.maketrans({"&": "&amp;", "<": "&lt;", ">": "&gt;", '"': "&quot;", "'": "&#x27;"})
_BASE64 = r"[A-Za-z0-9+/_-]*"
_LONE = "surrogatepass"
"""What an environment holds that is no text comes as lone surrogates, which no address can have."""


class Seen(Protocol):
    """A secret as masking needs it: the values it was seen to have."""

    @property
    def seen(self) -> tuple[str, ...]: ...


Hidden = str | Seen
Masker = Callable[[str], str]


def mask(text: str, secrets: Iterable[Hidden]) -> str:
    """The text without these secrets, as they are or quoted for a URL, in JSON, HTML, a repr, base64 or hex,
    without the passwords of addresses among them, and without what stands in Authorization headers or as
    a password in URLs."""
    return masker(secrets)(text)


def masker(secrets: Iterable[Hidden]) -> Masker:
    """The same for many texts: what to look for is worked out once."""
    return _masker(_values(secrets))


def _values(secrets: Iterable[Hidden]) -> frozenset[str]:
    return frozenset(value for secret in secrets for value in _seen(secret))


def _masker(values: frozenset[str]) -> Masker:
    parts = {part for value in values for part in (value, *_inside(value))}
    plain = sorted({form for part in parts for form in _forms(part)}, key=len, reverse=True)
    coded = sorted({core for part in parts for core in _cores(part)}, key=len, reverse=True)

    def masked(text: str) -> str:
        for core in coded:
            if core in text:
                text = re.sub(f"{_BASE64}{re.escape(core)}{_BASE64}=*", MASK, text)
        for form in plain:
            text = text.replace(form, MASK)
        return _URL_PASSWORD.sub(rf"\1{MASK}@", _HEADER.sub(rf"\1{MASK}", text))

    return masked


def _seen(secret: Hidden) -> tuple[str, ...]:
    return tuple(value for value in ((secret,) if isinstance(secret, str) else secret.seen) if value)


def _inside(value: str) -> Iterator[str]:
    """What is secret in an address: its password, and of a web address the login and the path, which
    errors tell apart from the host."""
    if "://" not in value:
        return
    before, _, rest = value.partition("://")
    if "@" in rest:
        login = rest.rpartition("@")[0] if before.startswith("postgres") else rest.partition("@")[0]
        user, _, password = login.partition(":")
        yield from _both(password or (user if before.startswith("http") else ""))
    if before.startswith("http"):
        try:
            path = urlsplit(value).path.strip("/")
        except ValueError:
            return
        yield from (one for one in (path, path.rpartition("/")[2]) if len(one) > SHORTEST)


def _both(password: str) -> set[str]:
    return {password, unquote(password)} - {""}


def _forms(value: str) -> set[str]:
    shapes = (_quoted, _quoted_plus, _quoted_all, _in_repr, _in_json, _in_html)
    forms = {value, *(shape(value) for shape in shapes)}
    forms |= {_PERCENT.sub(lambda found: found[0].lower(), form) for form in forms}
    hexed = value.encode(errors=_LONE).hex()
    return forms | ({hexed, hexed.upper()} if len(hexed) > SHORTEST else set())


def _cores(value: str) -> Iterator[str]:
    """What stands in any base64 of a text that holds the value, wherever in it: without the characters
    that depend on its neighbours."""
    raw = value.encode(errors=_LONE)
    for lead in range(3):
        whole = base64.b64encode(bytes(lead) + raw).decode().rstrip("=")
        first = (0, 2, 3)[lead]
        last = len(whole) if (lead + len(raw)) % 3 == 0 else len(whole) - 1
        if len(core := whole[first:last]) > SHORTEST:
            yield from (core, core.translate(str.maketrans("+/", "-_")))


def _quoted(value: str) -> str:
    return quote(value, errors=_LONE)


def _quoted_plus(value: str) -> str:
    return quote_plus(value, errors=_LONE)


def _quoted_all(value: str) -> str:
    return quote(value, safe="", errors=_LONE)


def _in_repr(value: str) -> str:
    """As it stands in the repr of a text that has both kinds of quotes."""
    return repr(f'"{value}')[2:-1]


def _in_json(value: str) -> str:
    return json.dumps(value)[1:-1]


def _in_html(value: str) -> str:
    return value.translate(_HTML)


_NUMBERS = {
    "levelno", "lineno", "created", "msecs", "relativeCreated", "thread", "process"
}  # fmt: skip
"""Of every record, told by the machine itself."""


class MaskingFilter(logging.Filter):
    """Takes secrets out of messages, arguments, extras and tracebacks, and leaves plain data in the record.
    Put it on handlers: a logger's own filter does not see the records of its children. `secrets` is asked
    at every record."""

    def __init__(self, secrets: Callable[[], Iterable[Hidden]]) -> None:
        super().__init__()
        self._secrets = secrets
        self._last = frozenset[str](), _masker(frozenset())

    def filter(self, record: logging.LogRecord) -> bool:
        hide = self._masker()
        try:
            record.msg, record.args = record.getMessage(), None
        except (TypeError, ValueError, KeyError):
            record.msg, record.args = f"{record.msg} {record.args!r}", None
        if record.exc_info:
            record.exc_text = "".join(traceback.format_exception(*record.exc_info)).rstrip("\n")
            record.exc_info = None
        for name, value in list(vars(record).items()):
            if name not in _NUMBERS:
                setattr(record, name, masked(value, hide))
        return True

    def _masker(self) -> Masker:
        last, hide = self._last
        values = _values(self._secrets())
        if values != last:
            hide = _masker(values)
            self._last = values, hide
        return hide


def masked(value: Any, hide: Masker) -> Any:
    """Data of any kind without secrets: numbers, texts, lists and tables of them, and texts for the rest."""
    match value:
        case None | bool():
            return value
        case int() | float():
            shown = str(value)
            return value if (clean := hide(shown)) == shown else clean
        case str():
            return hide(value)
        case bytes():
            return hide(value.decode(errors="backslashreplace"))
        case dict():
            return {hide(str(key)): masked(inner, hide) for key, inner in value.items()}
        case tuple():
            return tuple(masked(inner, hide) for inner in value)
        case list() | set() | frozenset():
            return [masked(inner, hide) for inner in value]
        case BaseException():
            return hide(f"{type(value).__name__}: {value}")
        case date():
            return value.isoformat()
        case _:
            return hide(str(value))
