"""The closed sets of codes in words, by family."""

from __future__ import annotations

from collections.abc import Mapping

from bridge.wording.phrases import Phrase, text

CODES: Mapping[str, Mapping[str, Phrase]] = {
    "pace": {
        "on_track": text("On track"),
        "at_risk": text("At risk"),
        "off_track": text("Off track"),
        "pending": text("Pending"),
        "outdated": text("Outdated"),
        "closed": text("Closed"),
        "none": text("No pace"),
    },
    "colour": {"red": text("red"), "amber": text("amber"), "green": text("green")},
    "outcome": {
        "planned": text("planned"),
        "written": text("written"),
        "kept": text("kept"),
        "drifted": text("drifted"),
        "refused": text("refused"),
        "failed": text("failed"),
        "unknown": text("unknown"),
        "by hand": text("by hand"),
    },
    "run": {
        "done": text("done"),
        "partial": text("done in part"),
        "stopped": text("stopped"),
        "interrupted": text("interrupted"),
        "failed": text("failed"),
    },
    "job": {
        "sync": text("Sync"),
        "sweep": text("Sweep"),
        "reconcile": text("Comparison"),
    },
    "source": {
        "sync": text("sync"),
        "backfill": text("backfill"),
        "check-in": text("check-in"),
        "override": text("override"),
    },
    "because": {
        "definition": text("defined differently"),
        "rules": text("other rules"),
        "links": text("other links"),
        "baseline": text("another frozen scope"),
        "removed": text("removed"),
        "cancelled": text("cancelled"),
        "reinstated": text("taken up again"),
        "added": text("added"),
        "placed": text("put elsewhere"),
        "reestimated": text("estimated anew"),
        "reopened": text("reopened"),
        "progressed": text("moved on"),
        "completed": text("completed"),
        "reading": text("metric"),
        "checkin": text("check-in"),
        "override": text("override"),
        "unexplained": text("not explained"),
    },
    "what": {
        "field": text("field"),
        "comment": text("comment"),
        "property": text("property"),
        "remote_link": text("link"),
    },
    "role": {
        "key_result": text("key result"),
        "progress": text("progress"),
        "status": text("status"),
        "score": text("score"),
        "updated": text("updated"),
    },
    "kind": {
        "work": text("work"),
        "metric": text("metric"),
        "milestone": text("milestones"),
        "blend": text("blend"),
        "learning": text("learning"),
    },
    "ambition": {
        "committed": text("committed"),
        "aspirational": text("aspirational"),
        "learning": text("learning"),
    },
    "state": {"draft": text("draft"), "active": text("active"), "closed": text("closed")},
    "method": {
        "count": text("number of items"),
        "points": text("story points"),
        "time": text("estimated time"),
        "field": text("a number field"),
    },
    "mode": {
        "story": text("stories count"),
        "leaf": text("lowest items count"),
        "level": text("level by level"),
    },
    "policy": {
        "mean": text("each takes the mean of the others"),
        "fixed": text("each takes a fixed estimate"),
        "exclude": text("left out"),
    },
    "share_of": {
        "percent": text("percent done"),
        "checklist": text("check list"),
        "spent": text("time spent"),
    },
    "category": {
        "todo": text("to do"),
        "in_progress": text("in progress"),
        "done": text("done"),
        "undefined": text("undefined"),
    },
    "level": {"error": text("error"), "warning": text("warning"), "info": text("info")},
    "reason": {
        "links_unreadable": text("not all work could be read"),
        "reading_failed": text("the metric could not be read"),
        "nothing_to_count": text("there is nothing to count"),
        "no_links": text("no work is linked"),
        "no_reading": text("the metric has no reading yet"),
        "no_checkin": text("nobody has reported a value yet"),
        "no_milestones": text("there are no milestones"),
        "blend_part_missing": text("a part of the blend has no value"),
    },
}
