"""A secret that a tool brings along with its greeting, kept where the configuration says that it is."""

from __future__ import annotations

import os
import re
from pathlib import Path
from tempfile import mkstemp

from bridge.errors import ConfigError, Misconfigured
from bridge.secrets import Secret

HINT = "remove it, or let `webhook_secret` name a file that is not there yet, and run this again"
_FIT = re.compile(r"[!-~]{16,512}", re.ASCII)


def keep(secret: Secret, value: str) -> bool:
    """Write it to the file that the reference names, readable by its owner alone; whether it was written.

    Never over anything: only where there is no such file yet, in one step, so that of two greetings one is
    kept and nobody reads half a secret. Raises ConfigError where the file cannot be written.
    """
    path = secret.file
    if path is None or not _FIT.fullmatch(value):
        return False
    try:
        return _placed(path, value)
    except OSError as error:
        message = f"{path} cannot be written: {error.strerror}"
        hint = "let the daemon write to that folder, or enter the secret by hand"
        raise ConfigError([Misconfigured(secret.place or "secret", message, hint)]) from None


def yet_to_come(secret: Secret) -> bool:
    """Whether it is in a file that is not there."""
    return secret.file is not None and not os.path.lexists(secret.file)


def _placed(path: Path, value: str) -> bool:
    """`mkstemp` makes a file of mode 0600; a hard link never replaces what is there."""
    handle, name = mkstemp(prefix=f".{path.name}.", dir=path.parent)
    try:
        with os.fdopen(handle, "w", encoding="ascii") as file:
            file.write(f"{value}\n")
            file.flush()
            os.fsync(file.fileno())
        path.hardlink_to(name)
    except FileExistsError:
        return False
    finally:
        Path(name).unlink()
    return True
