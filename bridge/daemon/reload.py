"""Files that changed are taken up by themselves; broken ones are not, and that is said."""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path

from bridge.config import Settings

Stamp = tuple[int, int, int] | None


def files_of(settings: Settings) -> tuple[Path, ...]:
    """Everything that a configuration is made of: its file, the OKR files or their folder, and the files
    that secrets stand in."""
    secrets = (secret.file for secret in settings.secrets())
    return (settings.file, *settings.bridge.okrs, *(file for file in secrets if file))


class Watch:
    """Tells when any of these files is not what it was when they were looked at last."""

    def __init__(self, files: Iterable[Path]) -> None:
        self._files = tuple(files)
        self._seen = self._look()

    def changed(self) -> bool:
        """Whether anything changed since the last look; the next look starts from here."""
        before, self._seen = self._seen, self._look()
        return before != self._seen

    def _look(self) -> dict[Path, Stamp]:
        """A folder stands for the files in it."""
        found: dict[Path, Stamp] = {}
        for path in self._files:
            found[path] = _stamp(path)
            if path.is_dir():
                found |= {one: _stamp(one) for one in sorted(path.glob("*.toml"))}
        return found


def _stamp(path: Path) -> Stamp:
    """Changes when the content does: editors replace files, others write into them."""
    try:
        told = path.stat()
    except OSError:
        return None
    return told.st_mtime_ns, told.st_size, told.st_ino
