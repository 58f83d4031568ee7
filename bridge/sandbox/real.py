"""Real issues from a file of JSON lines."""

from pathlib import Path

from bridge.sandbox.jira import Jira


def load(_jira: Jira, path: Path, _host: str | None) -> list[str]:
    """Fill the site from the file."""
    raise FileNotFoundError(path)
