"""Secrets by reference, read when they are needed and shown nowhere; logs are masked besides."""

from __future__ import annotations

import re
import stat
from collections.abc import Mapping
from contextlib import suppress
from pathlib import Path
from typing import NoReturn

from bridge.errors import ConfigError, Misconfigured
from bridge.masking import MASK, MaskingFilter, mask
from bridge.model import Finding

__all__ = ["FORMS", "MASK", "MaskingFilter", "Secret", "is_reference", "mask"]

FORMS = "env:NAME | file:PATH | keyring:SERVICE/USER"

_REFERENCE = re.compile(r"env:[A-Za-z_]\w{0,99}|file:[^\s\0].*|keyring:[^/]+/.+", re.ASCII)

_VARIABLE = re.compile(r"\A\$([A-Za-z_]\w*)(?=/)", re.ASCII)


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

    def part(self, name: str) -> Secret | None:
        """The secret of a part of the work, in a file beside this one's: its name, a dot, and the part's.
        None where this one is in no file. What is seen of it is kept out of logs with this one."""
        if self.file is None:
            return None
        made = Secret(f"{self.reference}.{name}", self._environ, self.folder, self.place)
        made._seen = self._seen
        return made

    @property
    def seen(self) -> tuple[str, ...]:
        """Every value that was revealed so far: what logs must not hold."""
        return tuple(self._seen)

    def foresee(self) -> None:
        """Learn the value as it is now, for masking alone; a keyring is not asked, nothing is refused."""
        if not self.reference.startswith("keyring:"):
            with suppress(ConfigError):
                self.reveal()

    @property
    def file(self) -> Path | None:
        """The file that holds it, for a `file:` reference. A path may begin with a variable, such as
        systemd's `$CREDENTIALS_DIRECTORY/`."""
        kind, _, rest = self.reference.partition(":")
        if kind != "file":
            return None
        path = _VARIABLE.sub(lambda found: self._environ.get(found[1], found[0]), rest)
        return self.folder / Path(path).expanduser()

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
