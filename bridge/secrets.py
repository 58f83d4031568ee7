"""Secrets by reference, read when they are needed and shown nowhere; logs are masked besides."""

from __future__ import annotations

import json
import logging
import re
import stat
import traceback
from collections.abc import Callable, Iterable, Mapping
from pathlib import Path
from typing import Any, NoReturn
from urllib.parse import quote, quote_plus

from bridge.errors import ConfigError, Misconfigured
from bridge.model import Finding

FORMS = "env:NAME | file:PATH | keyring:SERVICE/USER"
MASK = "***"

_REFERENCE = re.compile(r"env:[A-Za-z_]\w{0,99}|file:[^\s\0].*|keyring:[^/]+/.+", re.ASCII)
_HEADER = re.compile(r"(?i)(authorization\W{1,6}(?:basic|bearer|negotiate)\s+)[^\s'\",}]+")
_URL_PASSWORD = re.compile(r"(://[^/\s:@]*:)[^/\s@]+@")


def is_reference(text: str) -> bool:
    return _REFERENCE.fullmatch(text) is not None


class Secret:
    """Where a secret is, and the way to it. Its value is in no repr, format, pickle, JSON or error.

    `reveal()` reads it anew each time, so that a renewed token is picked up. `place` is where the
    reference stands in the configuration; relative files are relative to `folder`.
    """

    __slots__ = ("_environ", "_seen", "folder", "place", "reference")

    def __init__(
        self, reference: str, environ: Mapping[str, str], folder: Path = Path(), place: str = ""
    ) -> None:
        if not is_reference(reference):
            raise ValueError(f"a secret is named by a reference: {FORMS}")
        self.reference = reference
        self.folder = folder
        self.place = place
        self._environ = environ
        self._seen: list[str] = []

    def at(self, place: str) -> Secret:
        """The same secret, knowing where its reference stands."""
        return Secret(self.reference, self._environ, self.folder, place)

    @property
    def seen(self) -> tuple[str, ...]:
        """Every value that was revealed so far: what logs must not hold."""
        return tuple(self._seen)

    @property
    def file(self) -> Path | None:
        """The file that holds it, for a `file:` reference."""
        kind, _, rest = self.reference.partition(":")
        return self.folder / Path(rest).expanduser() if kind == "file" else None

    def reveal(self) -> str:
        """The secret itself, without the line end of its file. Raises ConfigError, which never holds it."""
        kind, _, rest = self.reference.partition(":")
        read = {"env": self._from_environ, "file": self._from_file, "keyring": self._from_keyring}[kind]
        value = read(rest).rstrip("\r\n")
        if not value:
            self._refuse(f"{self.reference} is empty")
        if not value.isprintable():
            self._refuse(f"{self.reference} holds line breaks or control characters")
        if value not in self._seen:
            self._seen.append(value)
        return value

    def findings(self) -> tuple[Finding, ...]:
        """Warns of a file that others than its owner may read."""
        path = self.file
        if path is None or not path.is_file() or not path.stat().st_mode & (stat.S_IRGRP | stat.S_IROTH):
            return ()
        return (
            Finding("warning", self.place, f"{path.name} can be read by others", f"chmod 600 {path.name}"),
        )

    def _from_environ(self, name: str) -> str:
        if name not in self._environ:
            self._refuse(f"the environment variable {name} is not set", f"export {name}=...")
        return self._environ[name]

    def _from_file(self, _: str) -> str:
        path = self.file
        assert path is not None
        try:
            return path.read_text(encoding="utf-8")
        except (OSError, UnicodeDecodeError) as error:
            what = error.strerror if isinstance(error, OSError) else "not text"
            self._refuse(f"{path} cannot be read: {what}")

    def _from_keyring(self, rest: str) -> str:
        service, _, user = rest.partition("/")
        try:
            import keyring
            import keyring.errors
        except ImportError:
            self._refuse("the keyring is not installed", "pip install 'okr-bridge[keyring]'")
        try:
            value: str | None = keyring.get_password(service, user)
        except keyring.errors.KeyringError as error:
            self._refuse(f"the keyring refused: {type(error).__name__}", "unlock it, or use env: or file:")
        if value is None:
            self._refuse(f"the keyring has no {service}/{user}", f"keyring set {service} {user}")
        return value

    def _refuse(self, message: str, hint: str = "") -> NoReturn:
        raise ConfigError([Misconfigured(self.place or "secret", message, hint)]) from None

    def __repr__(self) -> str:
        return f"Secret({self.reference!r})"

    __str__ = __repr__

    def __format__(self, spec: str) -> str:
        return format(repr(self), spec)

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Secret) and self._identity() == other._identity()

    def __hash__(self) -> int:
        return hash(self._identity())

    def _identity(self) -> tuple[str, Path]:
        return self.reference, self.folder

    def __copy__(self) -> Secret:
        return self

    def __deepcopy__(self, memo: object) -> Secret:
        return self

    def __reduce__(self) -> NoReturn:
        raise TypeError("a secret is never pickled")


def mask(text: str, secrets: Iterable[str | Secret]) -> str:
    """The text without these secrets, as they are or quoted for a URL, and without what stands in
    Authorization headers or as a password in URLs."""
    for form in sorted(_forms(secrets), key=len, reverse=True):
        text = text.replace(form, MASK)
    return _URL_PASSWORD.sub(rf"\1{MASK}@", _HEADER.sub(rf"\1{MASK}", text))


def _forms(secrets: Iterable[str | Secret]) -> set[str]:
    values = {v for s in secrets for v in (s.seen if isinstance(s, Secret) else (s,)) if v}
    return {shape(v) for v in values for shape in (str, quote, quote_plus, _quote_all, _in_repr, _in_json)}


def _quote_all(value: str) -> str:
    return quote(value, safe="")


def _in_repr(value: str) -> str:
    """As it stands in the repr of a text that has both kinds of quotes."""
    return repr(f'"{value}')[2:-1]


def _in_json(value: str) -> str:
    return json.dumps(value)[1:-1]


class MaskingFilter(logging.Filter):
    """Takes secrets out of messages, arguments, extras and tracebacks. Put it on handlers: a logger's own
    filter does not see the records of its children. `secrets` is asked at every record."""

    def __init__(self, secrets: Callable[[], Iterable[str | Secret]]) -> None:
        super().__init__()
        self._secrets = secrets

    def filter(self, record: logging.LogRecord) -> bool:
        secrets = tuple(self._secrets())
        try:
            record.msg, record.args = record.getMessage(), None
        except (TypeError, ValueError, KeyError):
            record.msg, record.args = f"{record.msg} {record.args!r}", None
        if record.exc_info:
            record.exc_text = "".join(traceback.format_exception(*record.exc_info)).rstrip("\n")
            record.exc_info = None
        for name, value in list(vars(record).items()):
            setattr(record, name, _masked(value, secrets))
        return True


def _masked(value: Any, secrets: tuple[str | Secret, ...]) -> Any:
    match value:
        case str():
            return mask(value, secrets)
        case dict():
            return {k: _masked(v, secrets) for k, v in value.items()}
        case list() | tuple():
            return type(value)(_masked(v, secrets) for v in value) if type(value) in (list, tuple) else value
        case BaseException():
            return mask(f"{type(value).__name__}: {value}", secrets)
        case _:
            return value
