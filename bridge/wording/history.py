"""What `history` and `moved` say."""

from __future__ import annotations

from bridge.wording.phrases import text

DAY = text("Day")
DONE = text("Done")
SCOPE = text("In scope")
SOURCE = text("Source")
REMARKS = text("Remarks")
COURSE = text("Course")
MOVED = text("Moved")
NOTHING_TOLD = text("Nothing is known of these days yet: a sync tells today, a backfill the days before")
BY_WEEK = text("{n} days, the last of each week: --by day shows all")
SPAN = text("From {first} to {last}")
SAYS_ELSE = text("{source:source} says {value:share}")
SET_BY = text("set by {by}: {why} (computed: {computed:share})")
KNOWN = text("{known} of {total} known")
POINTS = text("{points:signed} points")

LINE = text("progress")
EXPECTED = text("expected")
SCOPE_LINE = text("items in scope")
AHEAD = text("forecast")
TODAY = text("today")
STANDS = text("{day}: {value:share}")
SHOULD = text("expected {value:share}")
LEADS = text("forecast {value:share} by the end of the cycle")

NO_MOVEMENT = text("has not moved")
NOT_KNOWN = text("no figure is known")
ONE_FIGURE = text("only one figure is known, of {day}")
FROM_TO = text("{was:share} ({since}) → {now:share} ({until})")
WITHOUT_EFFECT = text("Without effect: {causes:list}")
HOW_MANY = text("{because:because} ({n})")
NOT_KEPT = text("What the figure of {day} was made of was not kept")
IN_TWO_ORDERS = text("Many causes: shares are the mean of two orders of events")
WEIGHTS = text("other weights or key results")
WHY = text("Why")
POINTS_HEADING = text("Points")
WHICH = text("Which")
REACHED_BY = text("at {percent}% by {day}")
