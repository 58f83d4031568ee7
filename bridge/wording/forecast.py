"""What `forecast` says."""

from __future__ import annotations

from collections.abc import Mapping

from bridge.wording.phrases import Phrase, plural, text

BY_THE_END = text("By the end")
CHANCE = text("Chance")
LIKELY = text("{percent}% by")
EXPECTED = text("{expected:share} by the end")
BY_DAY = text("{percent}%: {day}")
BEYOND = text("not within a year")
REACHED = text("Reached")
SIMULATED = plural("simulated from {n} week", "simulated from {n} weeks")
TRENDING_OFF = text("Trending off track")
AS_OF = text("as of {day}")
STRAIGHT = text("straight line")

WHY: Mapping[str, Phrase] = {
    "band": text("a band is held, not reached"),
    "milestone": text("milestones have no throughput"),
    "learning": text("learning is not foreseen"),
    "over": text("its time is over"),
    "no_value": text("no value is known yet"),
    "few_weeks": plural(
        "{n} whole week is known, a simulation needs {needed}",
        "{n} whole weeks are known, a simulation needs {needed}",
    ),
    "no_throughput": plural(
        "nothing was done in {n} week: no day can be named",
        "nothing was done in {n} weeks: no day can be named",
    ),
    "early": text("too early in the cycle to tell"),
}

CLAIM = text("Said with")
AHEAD = text("Days ahead")
DUE = text("Come due")
HELD = text("Held")
SHARE = text("Share")
ALL = text("all")
UP_TO = text("up to {upto}")
FROM = text("{first} to {upto}")
MORE = text("more than {after}")
SAID_CHANCE = text("Chance said")
COUNT = text("How often")
CAME_TRUE = text("Came true")
MEAN = text("On average")
NOTHING_TO_TEST = text(
    "Nothing to hold against yet: that takes a key result with more than four weeks of history and no end"
)
FEW = plural(
    "{n} key result: too few to judge by, {needed} are needed",
    "{n} key results: too few to judge by, {needed} are needed",
)
KEY_RESULTS = plural("{n} key result", "{n} key results")
WAITING = plural("{n} date has not come yet", "{n} dates have not come yet")
UNDATED = plural("{n} time no date could be named", "{n} times no date could be named")
ERROR = text("Mean squared error of the chances: {brier:number} (always saying one half: 0.25)")
