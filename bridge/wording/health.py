"""Lines of `status`: what runs when, what waits, and who does it."""

from __future__ import annotations

from bridge.wording.phrases import plural, text

JUST_NOW = text("just now")
MINUTES_AGO = plural("{n} minute ago", "{n} minutes ago")
HOURS_AGO = plural("{n} hour ago", "{n} hours ago")
DAYS_AGO = plural("{n} day ago", "{n} days ago")
AT_ONCE = text("at once")
IN_MINUTES = plural("in {n} minute", "in {n} minutes")
IN_HOURS = plural("in {n} hour", "in {n} hours")
IN_DAYS = plural("in {n} day", "in {n} days")
LAST = text("last {when}")
NEXT = text("next {when}")
ACTIVE = text("The daemon is active: {who}, since {when}")
NO_DAEMON = text("No daemon is running")
LEFT_ALONE = text("left alone until {when}: {why}")
TRIED = plural(
    "failing since {since}, tried {n} time, again {next}",
    "failing since {since}, tried {n} times, again {next}",
)
REFUSED = text("refused since {since}, not tried again until {next}")
AND_MORE = plural("and {n} more", "and {n} more")
