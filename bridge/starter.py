"""The first two files of a bridge, written from templates with what only a person knows filled in."""

from __future__ import annotations

import json
import os
import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from importlib.resources import files
from pathlib import Path
from string import Template
from urllib.parse import urlsplit
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from bridge.errors import UsageError

CONFIG = "okr-bridge.toml"
OKRS = "okrs.toml"


@dataclass(frozen=True, slots=True)
class Answers:
    """What `init` must know. `random` makes the instance's name unlike any other; `today` chooses the
    quarter, and absent is the day it is in `timezone`."""

    url: str
    email: str = ""
    timezone: str = "UTC"
    language: str = "en"
    random: str = ""
    today: date | None = None

    @property
    def instance(self) -> str:
        """Names the bridge on everything it marks: the site's host and the random part."""
        host = _plain(urlsplit(self.url).hostname or "bridge")
        return f"{host[:50]}-{self.random}" if self.random else host[:64]

    @property
    def connection(self) -> str:
        """The connection's name: what the site is called."""
        host = urlsplit(self.url).hostname or ""
        first = "" if host.replace(".", "").isdigit() else host.removeprefix("www.").partition(".")[0]
        return "jira" if first in ("", "api", "localhost") else _plain(first).replace(".", "-")[:64]


def _plain(name: str) -> str:
    return re.sub(r"[^A-Za-z0-9.-]+", "-", name).strip("-.") or "bridge"


def write_starter(folder: Path, answers: Answers, name: str = CONFIG) -> list[Path]:
    """Write a commented configuration called `name` and okrs.toml; their paths.

    Never overwrites: raises UsageError, having written nothing, where one of them exists.
    """
    texts = {folder / name: config_text(answers), folder / OKRS: okrs_text(answers)}
    there = [path.name for path in texts if path.exists()]
    if there:
        raise UsageError(f"{folder} already has {' and '.join(there)}", "choose another folder, or edit them")
    try:
        folder.mkdir(parents=True, exist_ok=True)
        for path, text in texts.items():
            with path.open("x", encoding="utf-8") as file:
                file.write(text)
    except OSError as error:
        raise UsageError(f"{folder} cannot be written to: {error.strerror}") from None
    return list(texts)


def config_text(answers: Answers) -> str:
    """The configuration, ready to load; the token is read from the variable JIRA_TOKEN."""
    email = f"email = {_quoted(answers.email)}"
    bearer = '# email = "bot@acme.example"   # for a Cloud API token; absent: the token is a bearer'
    return _template(CONFIG).substitute(
        timezone=_quoted(answers.timezone),
        language=_quoted(answers.language),
        instance=_quoted(answers.instance),
        connection=answers.connection,
        url=_quoted(answers.url),
        email=email if answers.email else bearer,
    )


def okrs_text(answers: Answers) -> str:
    """OKRs of the running quarter, to be changed."""
    today = answers.today or datetime.now(ZoneInfo(answers.timezone)).date()
    quarter = (today.month - 1) // 3
    start = date(today.year, 3 * quarter + 1, 1)
    end = (start + timedelta(days=95)).replace(day=1) - timedelta(days=1)
    return _template(OKRS).substitute(
        cycle=_quoted(f"{today.year}-Q{quarter + 1}"),
        start=start.isoformat(),
        end=end.isoformat(),
        owner=_quoted(answers.email or "owner@example.com"),
        connection=_quoted(answers.connection),
    )


def _template(name: str) -> Template:
    return Template(files("bridge").joinpath("templates", name).read_text(encoding="utf-8"))


def _quoted(text: str) -> str:
    return json.dumps(text, ensure_ascii=False).replace("\x7f", "\\u007f")


def guess_timezone(environ: Mapping[str, str] | None = None, localtime: Path = Path("/etc/localtime")) -> str:
    """The system's time zone: $TZ, else where /etc/localtime points to, else UTC."""
    named = (os.environ if environ is None else environ).get("TZ", "").removeprefix(":")
    linked = str(localtime.resolve()).partition("zoneinfo/")[2] if localtime.is_symlink() else ""
    return next((name for name in (named, linked) if _is_zone(name)), "UTC")


def _is_zone(name: str) -> bool:
    try:
        return bool(name) and bool(ZoneInfo(name))
    except (ZoneInfoNotFoundError, ValueError, OSError):
        return False
