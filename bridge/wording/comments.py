"""Lines of the comment on an anchor item."""

from __future__ import annotations

from bridge.wording.phrases import plural, text

SCORE = text("score {score} ({colour})")
PERSON_SAYS = text("the owner says: {word}")
SERVES = text("Serves objective {id}: {title}")
DONE_OF = plural("{done} of {n} item done", "{done} of {n} items done")
POINTS = text("{done} of {total} story points")
HOURS = text("{done:hours} of {total:hours} estimated")
FIELD_SUM = text("{done} of {total} ({field})")
CURRENT = text("Now {current}")
FROM_TO = text("from {baseline} to {target}")
BAND = text("to stay between {low} and {high}")
CONFIDENCE = text("Confidence {confidence:share}")
OVERRIDE = text("{value:share} is set by {by} until {until}: {why}")
COMPUTED = text("Computed: {computed:share}")
SIDE_BY_SIDE = text("Work {work:share}, metric {metric:share}")
DISAGREE = text("they disagree: finished work does not show in the metric, or the other way round")
MOVED = text("Last change: from {before} to {after}")
PACE_MOVED = text("pace from {before:pace} to {after:pace}")
MORE_DONE = text("{n} more done")
FEWER_DONE = text("{n} reopened or gone")
MORE_COUNTED = plural("{n} item added", "{n} items added")
FEWER_COUNTED = plural("{n} item removed", "{n} items removed")
BY_PERSON = text("a number set by {by}")
METRIC_MOVED = text("metric from {before:number} to {after:number}")
PARTS_MOVED = text("open work moved on")
MORE_NOTES = plural("{n} more remark", "{n} more remarks")
MORE = text("More about it")
SIGNED = text("Kept up to date by okr-bridge ({instance})")
