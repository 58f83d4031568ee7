"""What every remark says. The places after a colon tell how a figure is shown (`words._Formatter`)."""

from __future__ import annotations

from collections.abc import Mapping

from bridge.notes import Say
from bridge.wording.phrases import Phrase, plural, text

ITEMS: Mapping[str, Phrase] = {
    Say.DONE: text("done"),
    Say.OPEN: text("not done"),
    Say.PARTS: plural("{done} of {n} part done", "{done} of {n} parts done"),
    Say.CHECKS: plural("{done} of {n} check item done", "{done} of {n} check items done"),
    Say.STATUS_WEIGHT: text("status {status} is worth {value:share}"),
    Say.PERCENT: text("{value:hundred} done by the tracker's own figure"),
    Say.SPENT: text("{spent:hours} spent of {estimate:hours} estimated"),
    Say.NO_SHARE: text("no figure for {wanted:share_of}, so all or nothing"),
    Say.CANCELLED_AS_DONE: text("cancelled, taken as done"),
    Say.CANCELLED_AS_OPEN: text("cancelled, taken as open"),
    Say.GROUP_COMPLETE: text("complete because {key} is closed"),
    Say.ROLLED_UP: plural("rolled up from {n} item below", "rolled up from {n} items below"),
    Say.GROUP_BESIDE_UNITS: plural("told by the {n} item below it", "told by the {n} items below it"),
    Say.CONTAINER: plural("told by its {n} child", "told by its {n} children"),
    Say.PART_OF_UNIT: text("gives {key} partial credit"),
    Say.PART_OF_DONE: text("part of {key}, whose own state tells"),
    Say.PART_NOT_USED: text("part of {key}; partial credit is off"),
    Say.PART_WITHOUT_VALUE: text("part of {key}; its status {status} is undefined"),
    Say.PART_OF_GROUP: text("part of {key}, which acts as a group"),
    Say.CANCELLED: text("cancelled ({resolution})"),
    Say.BELOW_CANCELLED: text("below {key}, which is cancelled"),
    Say.STATUS_UNDEFINED: text("status {status} is undefined"),
    Say.UNESTIMATED_LEFT_OUT: text("no estimate, so left out"),
    Say.GREW: text("came after the scope was frozen"),
    Say.BELOW_BASELINE: text("counts through {key}, which is in the frozen scope"),
}

ROLL_UPS: Mapping[str, Phrase] = {
    Say.MODE: text("Mode {mode}: {mode:mode}"),
    Say.NOTHING_TO_COUNT: plural(
        "Nothing to count ({n} item looked at)", "Nothing to count ({n} items looked at)"
    ),
    Say.CANCELLED_EXCLUDED: text("{n} cancelled excluded"),
    Say.UNESTIMATED: text("{k} of {n} unestimated: {policy:policy}"),
    Say.BY_COUNT: text("Counted by number of items: nothing has a usable estimate for {method:method}"),
    Say.UNDEFINED_LEFT_OUT: plural(
        "{n} item left out for an undefined status ({statuses:list}): {keys:list}",
        "{n} items left out for an undefined status ({statuses:list}): {keys:list}",
    ),
    Say.PARTS_WITHOUT_VALUE: plural(
        "{n} part gives nothing for an undefined status ({statuses:list}): {keys:list}",
        "{n} parts give nothing for an undefined status ({statuses:list}): {keys:list}",
    ),
    Say.WITHOUT_SHARE: plural(
        "{n} item has no figure for {wanted:share_of} and counts all or nothing: {keys:list}",
        "{n} items have no figure for {wanted:share_of} and count all or nothing: {keys:list}",
    ),
    Say.UNUSABLE_ESTIMATES: text("Estimates that cannot be used: {entries:list}"),
    Say.CYCLE_DROPPED: text("Parents that went in a circle were dropped: {keys:list}"),
    Say.CLOSED_GROUP_OPEN_WORK: plural(
        "{key} is closed with {n} item open below it; the work below tells",
        "{key} is closed with {n} items open below it; the work below tells",
    ),
    Say.CLOSED_GROUP_COMPLETE: plural(
        "{key} is closed with {n} item open below it, taken as complete",
        "{key} is closed with {n} items open below it, taken as complete",
    ),
    Say.DONE_UNIT_OPEN_PARTS: plural(
        "{key} is done with {n} part still open", "{key} is done with {n} parts still open"
    ),
    Say.PARTS_OF_GROUP: plural(
        "{n} part of an item that acts as a group is not counted: {keys:list}",
        "{n} parts of items that act as groups are not counted: {keys:list}",
    ),
    Say.COPIES_DIFFER: text("Read more than once with different content, the later counts: {keys:list}"),
    Say.NO_BASELINE: text("The scope is frozen from today: there was no baseline yet"),
    Say.FROZEN_GROWTH: plural(
        "{n} item came after the scope was frozen: {keys:list}",
        "{n} items came after the scope was frozen: {keys:list}",
    ),
    Say.FROZEN_GONE: text(
        "Left the frozen scope: {vanished} vanished, {cancelled} cancelled, {without_value} without a value"
    ),
}

STANDINGS: Mapping[str, Phrase] = {
    Say.LINKS_UNREADABLE: plural("{n} of {m} link unreadable", "{n} of {m} links unreadable", by="m"),
    Say.READING_FAILED: text("The metric could not be read"),
    Say.NO_LINKS: text("No work is linked"),
    Say.NO_READING: text("The metric has no reading yet"),
    Say.NO_CHECKIN: text("Nobody has reported a value yet"),
    Say.NO_MILESTONES: text("There are no milestones that weigh anything"),
    Say.LAST_KEPT: text("The last value stays, of {at:instant}: {reason:reason}"),
    Say.OVERRIDDEN: text("{value:share} set by {by} until {until}: {why} (computed: {computed:share})"),
    Say.OVERRIDE_EXPIRED: text("The value that {by} set ran out after {until}"),
    Say.BLEND_PART_MISSING: text("A part of the blend has no value: {part:kind}"),
    Say.BAND_DISTANCE: text("Outside the band by {distance:number}{unit:unit}"),
    Say.MISMATCH: text("Work and metric disagree: work {work:share}, metric {metric:share}"),
    Say.GUARD_BROKEN: text("The guard does not hold: {title} is at {current:number}{unit:unit}"),
    Say.GUARD_UNREAD: text("The guard has no reading: {title}"),
    Say.SCOPE: text("scope {scope:signed}, completed {completed:signed}"),
    Say.UNLIKELY: text(
        "Trending off track: {chance:share} likely to reach {mark:share} in time, {forecast:share} expected"
    ),
    Say.TRENDING_OFF: text("Trending off track: forecast {forecast:share}, success at {mark:share}"),
    Say.KNOWN: text("{known} of {total} known"),
}

REMARKS: Mapping[str, Phrase] = {**ITEMS, **ROLL_UPS, **STANDINGS}
WITHOUT_INSTANT: Mapping[str, Phrase] = {Say.LAST_KEPT: text("The last value stays: {reason:reason}")}
UNKNOWN = text("{code} ({figures})")
CANCELLED_WITH_BELOW = plural(
    "{n} cancelled excluded ({below} below it)", "{n} cancelled excluded ({below} below them)"
)
