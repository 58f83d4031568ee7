"""Labels and lines of what is written into trackers and of what reports print."""

from __future__ import annotations

from collections.abc import Mapping
from enum import StrEnum

from bridge.wording.phrases import Phrase, text


class Label(StrEnum):
    """Headings and names that stand alone; the texts are in `LABELS`."""

    CYCLE = "cycle"
    OBJECTIVE = "objective"
    OBJECTIVES = "objectives"
    KEY_RESULT = "key_result"
    KEY_RESULTS = "key_results"
    PROGRESS = "progress"
    SCORE = "score"
    COLOUR = "colour"
    PACE = "pace"
    STATUS = "status"
    CONFIDENCE = "confidence"
    OWNER = "owner"
    DUE = "due"
    WEIGHT = "weight"
    VALUE = "value"
    COMPUTED = "computed"
    WORK = "work"
    METRIC = "metric"
    FORECAST = "forecast"
    NOTES = "notes"
    ITEM = "item"
    ITEMS = "items"
    TITLE = "title"
    COUNTS = "counts"
    REASON = "reason"
    CONNECTION = "connection"
    CONNECTIONS = "connections"
    PLACE = "place"
    BEFORE = "before"
    AFTER = "after"
    OUTCOME = "outcome"
    CHANGES = "changes"
    NO_CHANGES = "no_changes"
    PROBLEMS = "problems"
    HINT = "hint"
    RUN = "run"
    RUNS = "runs"
    STARTED = "started"
    DURATION = "duration"
    REQUESTS = "requests"
    LAST_GOOD = "last_good"
    FAILING_SINCE = "failing_since"
    OUTBOX = "outbox"
    PARKED = "parked"
    FINDINGS = "findings"
    NOTHING_FOUND = "nothing_found"
    EMPTY = "empty"


LABELS: Mapping[Label, Phrase] = {
    Label.CYCLE: text("Cycle"),
    Label.OBJECTIVE: text("Objective"),
    Label.OBJECTIVES: text("Objectives"),
    Label.KEY_RESULT: text("Key result"),
    Label.KEY_RESULTS: text("Key results"),
    Label.PROGRESS: text("Progress"),
    Label.SCORE: text("Score"),
    Label.COLOUR: text("Colour"),
    Label.PACE: text("Pace"),
    Label.STATUS: text("Status"),
    Label.CONFIDENCE: text("Confidence"),
    Label.OWNER: text("Owner"),
    Label.DUE: text("Due"),
    Label.WEIGHT: text("Weight"),
    Label.VALUE: text("Value"),
    Label.COMPUTED: text("Computed"),
    Label.WORK: text("Work"),
    Label.METRIC: text("Metric"),
    Label.FORECAST: text("Forecast"),
    Label.NOTES: text("Notes"),
    Label.ITEM: text("Item"),
    Label.ITEMS: text("Items"),
    Label.TITLE: text("Title"),
    Label.COUNTS: text("Counts"),
    Label.REASON: text("Reason"),
    Label.CONNECTION: text("Connection"),
    Label.CONNECTIONS: text("Connections"),
    Label.PLACE: text("Place"),
    Label.BEFORE: text("Before"),
    Label.AFTER: text("After"),
    Label.OUTCOME: text("Outcome"),
    Label.CHANGES: text("Changes"),
    Label.NO_CHANGES: text("Nothing to change"),
    Label.PROBLEMS: text("Problems"),
    Label.HINT: text("Hint"),
    Label.RUN: text("Run"),
    Label.RUNS: text("Runs"),
    Label.STARTED: text("Started"),
    Label.DURATION: text("Duration"),
    Label.REQUESTS: text("Requests"),
    Label.LAST_GOOD: text("Last good read"),
    Label.FAILING_SINCE: text("Failing since"),
    Label.OUTBOX: text("Writes under way"),
    Label.PARKED: text("Writes that fail"),
    Label.FINDINGS: text("Findings"),
    Label.NOTHING_FOUND: text("Nothing to complain of"),
    Label.EMPTY: text("empty"),
}
