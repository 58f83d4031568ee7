"""Whether a SQLite database is still the file that was opened."""

from __future__ import annotations

from pathlib import Path

from bridge.errors import StoreError


class File:
    """SQLite goes on in a file that was deleted or moved away, and what it saves there is lost with the
    process. So whoever begins a transaction looks first."""

    def __init__(self, where: str, path: str) -> None:
        self._where = where
        self._path = Path(path).absolute()
        self._known: tuple[int, int] | None = None

    def opened(self) -> None:
        """A connection was made to what is there now."""
        self._known = self._found()

    def changed(self) -> bool:
        """Whether another file is there by now. Raises StoreError where there is none any more."""
        if self._known is None:
            return False
        found = self._found()
        if found is None:
            raise StoreError(
                f"{self._where}: the file was deleted or moved away",
                "put it back where it was; what was being saved is not, all else is in it",
            )
        return found != self._known

    def _found(self) -> tuple[int, int] | None:
        try:
            status = self._path.stat()
        except FileNotFoundError:
            return None
        return status.st_dev, status.st_ino
