"""When the daemon does what: intervals and cron lines."""

from __future__ import annotations

from typing import Annotated

from pydantic import AfterValidator, Field

from bridge.config.types import Section, refuse
from bridge.cron import CronLine, interval

SPARING = {"sync": "30m", "sweep": "0 2 * * *"}
"""Defaults for connections that pay by the item: an hour apart from the nightly comparison, for the
quota is one of each hour."""


def _schedule(text: str) -> str:
    if text in ("", "off") or interval(text):
        return text
    try:
        CronLine.parse(text)
    except ValueError:
        raise refuse(
            "is no schedule", '"5m" (s, m, h, d), a cron line of five fields such as "0 3 * * *", or "off"'
        ) from None
    return text


Schedule = Annotated[str, AfterValidator(_schedule)]


class Schedules(Section):
    """When each kind of job runs, in the bridge's time zone."""

    sync: Schedule = Field(
        default="5m",
        description=f"Read what changed, roll up, write. OAuth apps on Jira Cloud, which pay by the item: "
        f"{SPARING['sync']} unless set.",
    )
    sweep: Schedule = Field(
        default="1h",
        description="Look for what was deleted, moved or hidden. OAuth apps on Jira Cloud: "
        f"{SPARING['sweep']} unless set.",
    )
    reconcile: Schedule = Field(
        default="0 3 * * *", description="Compare all that was written with what is there."
    )
    digest: Schedule = Field(default="off", description="Send the digest.")
    reminders: Schedule = Field(default="off", description="Remind the owners of lagging key results.")


class ConnectionSchedules(Section):
    """The same for one connection; what is absent is that of [schedules]."""

    sync: Schedule | None = Field(default=None, description="Read what changed, roll up, write.")
    sweep: Schedule | None = Field(default=None, description="Look for what was deleted, moved or hidden.")
    reconcile: Schedule | None = Field(
        default=None, description="Compare all that was written with what is there."
    )
    digest: Schedule | None = Field(default=None, description="Send the digest.")
    reminders: Schedule | None = Field(default=None, description="Remind the owners of lagging key results.")
