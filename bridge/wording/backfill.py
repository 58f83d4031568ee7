"""What `backfill` says."""

from __future__ import annotations

from collections.abc import Mapping

from bridge.wording.phrases import Phrase, plural, text

TOLD = plural(
    "{n} day, {first} to {last}: {told} points of history, {added} of them new",
    "{n} days, {first} to {last}: {told} points of history, {added} of them new",
)
BY_TODAY = text("Judged by what a link hits today")
SOME = text("Not told on some days, for it is open how things stood")
ASSUMED = text("Taken as it is today, for the history does not tell it")
NOTHING = text("Not told, for a link cannot be")
DISAGREE = text("Where a sync said something else")
DIFFERENT = text("{day} {kr}: sync {sync:share}, backfill {backfill:share}: {why}")
GONE = plural(
    "{n} item is gone or hidden now; the days do without it: {names:list}",
    "{n} items are gone or hidden now; the days do without them: {names:list}",
)
NOT_PUBLISHED = text("Nothing was written to any tracker")
WHY: Mapping[str, Phrase] = {
    "rules": text("by another version of the rules"),
    "unknown": text("what the sync made it of was not kept"),
    "definition": text("the key result was defined otherwise"),
    "gone": text("items that counted are gone now"),
    "later": text("work went on after the sync of {at:instant}"),
    "history": text("the tracker tells another past"),
}
