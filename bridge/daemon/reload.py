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

    def follow(self, files: Iterable[Path]) -> None:
        """Watch these from now on. What is known of those among them that were watched before stands: a
        change that came after it, while they were being read, is still to be told."""
        earlier, self._files = self._files, tuple(files)
        kept = {path: stamp for path, stamp in self._seen.items() if _within(path, self._files)}
        new = {path: stamp for path, stamp in self._look().items() if not _within(path, earlier)}
        self._seen = kept | new

    def changed(self) -> bool:
        """Whether anything changed since the last look; the next look starts from here."""
        before, self._seen = self._seen, self._look()
        return before != self._seen

    def _look(self) -> dict[Path, Stamp]:
        """A folder stands for the files in it that count: what an editor puts beside them is no change."""
        found: dict[Path, Stamp] = {}
        for path in self._files:
            if path.is_dir():
                found |= {one: _stamp(one) for one in sorted(path.glob("*.toml")) if one.is_file()}
            else:
                found[path] = _stamp(path)
        return found


def _within(path: Path, files: tuple[Path, ...]) -> bool:
    return path in files or path.parent in files


def _stamp(path: Path) -> Stamp:
    """Changes when the content does: editors replace files, others write into them."""
    try:
        told = path.stat()
    except OSError:
        return None
    return told.st_mtime_ns, told.st_size, told.st_ino
