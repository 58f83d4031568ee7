"""The settings of a bridge: every table of okr-bridge.toml, with its defaults."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from datetime import time
from decimal import Decimal
from pathlib import Path
from typing import Annotated, Any, Literal
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from pydantic import AfterValidator, BeforeValidator, Field, PrivateAttr, model_validator

from bridge.config.connection import Language, secrets_in
from bridge.config.connections import Connection
from bridge.config.publish import Publish
from bridge.config.references import Database, OkrPaths, Ping, revealed, settled
from bridge.config.schedules import SPARING, Schedules
from bridge.config.types import Number, OptionalAddress, Seconds, Section, Share, refuse
from bridge.secrets import Secret


def _zone(name: str) -> str:
    try:
        ZoneInfo(name)
    except (ZoneInfoNotFoundError, ValueError, OSError):
        raise refuse("is no time zone", "an IANA name such as Europe/Berlin or Asia/Shanghai") from None
    return name


def _clock_time(text: str) -> str:
    try:
        if len(text) == 5:
            time.fromisoformat(text)
            return text
    except ValueError:
        pass
    raise refuse("must be a time of day such as 23:59")


def _instance(name: str) -> str:
    if not name or len(name) > 64 or not all(c.isascii() and (c.isalnum() or c in "._-") for c in name):
        raise refuse("must be 1 to 64 letters, digits, dots, dashes or underscores")
    return name


class Bridge(Section):
    """The bridge itself."""

    database: Database = Field(
        default="sqlite:///okr-bridge.db",
        description='Any SQLAlchemy URL, or "env:NAME"; no password in the file. '
        "A relative SQLite file is relative to this file.",
    )
    timezone: Annotated[str, AfterValidator(_zone)] = Field(
        default="UTC", description="IANA name; days begin and end there."
    )
    language: Language = Field(default="en", description="Of all that people read.")
    okrs: OkrPaths = Field(
        default="okrs.toml", validate_default=True, description="A file, a list of files, or a folder."
    )
    instance: Annotated[str, AfterValidator(_instance)] = Field(
        default="okr-bridge", description="Names this bridge on everything it marks; never change it."
    )
    public_url: OptionalAddress = Field(
        default="", description="Where the pages of key results are; remote links need it."
    )

    @property
    def zone(self) -> ZoneInfo:
        return ZoneInfo(self.timezone)


_DIFFERENCE = {
    "off_track": (Decimal("0.40"), Decimal("-0.40")),
    "at_risk": (Decimal("0.70"), Decimal("-0.20")),
}


def _by_rule(data: Any) -> Any:
    """By difference the edges lie below 0, with defaults of their own. A distance may be written without
    its sign; the ratio's default means the default there too."""
    if not isinstance(data, dict) or data.get("rule") != "difference":
        return data
    edges = {}
    for name, (ratio, difference) in _DIFFERENCE.items():
        given = data.get(name, ratio)
        edges[name] = difference if given == ratio else given
        if isinstance(edges[name], int | Decimal) and not isinstance(edges[name], bool):
            edges[name] = -abs(edges[name])
    return {**data, **edges}


class PaceSettings(Section):
    """How progress is judged against the time that has passed."""

    rule: Literal["ratio", "difference"] = Field(
        default="ratio", description="progress / elapsed, or progress - elapsed."
    )
    off_track: Number = Field(
        default=Decimal("0.40"), description="Below: off track. By difference: -0.40 unless set."
    )
    at_risk: Number = Field(
        default=Decimal("0.70"), description="Below: at risk. By difference: -0.20 unless set."
    )
    grace: Share = Field(default=Decimal("0.07"), description="Share of the cycle before anything is judged.")
    fresh_days: int = Field(
        default=7, ge=0, le=3660, description="Whole days after which a reading is outdated."
    )

    @model_validator(mode="after")
    def _in_order(self) -> PaceSettings:
        if self.off_track > self.at_risk:
            raise refuse("off_track must not be nearer to the plan than at_risk")
        if self.rule == "difference" and self.off_track < -1:
            raise refuse("by difference, off_track lies between -1 and 0", "-0.40 is 40 points behind")
        if self.rule == "ratio" and self.off_track < 0:
            raise refuse("by ratio, off_track and at_risk are at least 0")
        return self


class BrakeSettings(Section):
    """When a run that would move too much stops before any write."""

    share: Share = Field(default=Decimal("0.30"), description="More than this share of key results ...")
    step: Share = Field(default=Decimal("0.10"), description="... moving by more than this stops the run.")
    minimum: int = Field(default=10, ge=0, description="With fewer key results there is no brake.")


class LintLimits(Section):
    """Limits of good practice."""

    max_objectives: int = Field(default=5, ge=1, description="Of the company, or of one owner below it.")
    max_key_results: int = Field(default=5, ge=1, description="Of one objective.")


class StoreSettings(Section):
    """What the database keeps."""

    keep_days: int = Field(default=0, ge=0, description="Days of history and runs; 0: for ever.")


class ServeSettings(Section):
    """The daemon's own address."""

    host: str = Field(default="127.0.0.1", min_length=1, description="Address to listen on.")
    port: int = Field(default=8321, ge=0, le=65535, description="Port to listen on; 0 picks one.")
    lease_seconds: int = Field(
        default=60, ge=1, le=86400, description="How long a writer holds the database unheard."
    )
    ping: Ping = Field(default="", description='Called after each good run; or "env:NAME".')
    hook_bytes: int = Field(
        default=5_000_000, ge=1_000, le=100_000_000, description="The largest webhook that is taken."
    )
    hook_seconds: Seconds = Field(default=10.0, description="How long a webhook may take to arrive.")


class LogSettings(Section):
    """What the program tells on stderr."""

    format: Literal["text", "json"] = Field(default="text", description="Lines for people, or JSON.")
    level: Literal["auto", "error", "warning", "info", "debug"] = Field(
        default="auto", description="auto: info for the daemon, warning for everything else."
    )


class HistorySettings(Section):
    """How days are kept."""

    at: Annotated[str, AfterValidator(_clock_time)] = Field(
        default="23:59", description="Time of day that a day's figures stand for, in the bridge's zone."
    )


def _connection_name(name: str) -> str:
    if not re.fullmatch(r"[A-Za-z0-9_-]{1,64}", name):
        raise refuse("a connection's name is 1 to 64 letters, digits, dashes or underscores")
    return name


ConnectionName = Annotated[str, AfterValidator(_connection_name)]


class Settings(Section):
    """All of okr-bridge.toml."""

    bridge: Bridge = Field(default_factory=Bridge)
    connections: Mapping[ConnectionName, Connection] = Field(
        default={}, description="Accounts by name; links in the OKR file use these names."
    )
    publish: Publish = Field(default_factory=Publish)
    pace: Annotated[PaceSettings, BeforeValidator(_by_rule)] = Field(default_factory=PaceSettings)
    brake: BrakeSettings = Field(default_factory=BrakeSettings)
    lint: LintLimits = Field(default_factory=LintLimits)
    store: StoreSettings = Field(default_factory=StoreSettings)
    schedules: Schedules = Field(default_factory=Schedules)
    serve: ServeSettings = Field(default_factory=ServeSettings)
    logs: LogSettings = Field(default_factory=LogSettings)
    history: HistorySettings = Field(default_factory=HistorySettings)

    _file: Path = PrivateAttr(default=Path("okr-bridge.toml"))

    @property
    def file(self) -> Path:
        """The file these settings came from; relative paths count from its folder."""
        return self._file

    def database_url(self) -> str:
        """The address to connect to, password and all: not for showing. Raises ConfigError."""
        return settled(revealed(self.bridge.database), self._file.parent)

    def language(self, connection: str) -> Language:
        """The language of what is written on a connection."""
        return self.connections[connection].language or self.bridge.language

    def schedule(self, connection: str, job: str) -> str:
        """When a job (sync, sweep, reconcile, digest, reminders) runs there; empty: never."""
        one = self.connections[connection]
        found: str | None = getattr(one.schedules, job)
        if found is None and one.metered and job not in self.schedules.model_fields_set:
            found = SPARING.get(job)
        if found is None:
            found = getattr(self.schedules, job)
        return "" if found == "off" else str(found)

    def secrets(self) -> Iterator[Secret]:
        """Every secret that these settings name, for masking."""
        yield from secrets_in((self.bridge.database, self.serve.ping, self.connections))
