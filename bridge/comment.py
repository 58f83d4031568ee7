"""The comment on an anchor item: where a key result stands, and why, in words."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from bridge.comment_facts import (
    CommentContext,
    content_hash,
    figures,
    last_change,
    override_parts,
    remarks,
    scope_note,
    sums,
    value,
)
from bridge.model import Bullets, Document, Kind, Objective, Pace, Paragraph, Span, Standing
from bridge.show import percent, score
from bridge.wording import Words
from bridge.wording import comments as say
from bridge.wording.numbers import NONE

__all__ = ["CommentContext", "bar", "comment", "content_hash", "plain", "reading", "value"]

CELLS = 12
SHOWN_NOTES = 12


def bar(whole: int | None) -> str:
    """Twelve cells; full at 100 only, empty at 0 and without a value only."""
    filled = 0 if whole is None else round(whole * CELLS / 100)
    if whole is not None and 0 < whole < 100:
        filled = min(CELLS - 1, max(1, filled))
    return "█" * filled + "░" * (CELLS - filled)


def comment(standing: Standing, objective: Objective, context: CommentContext) -> Document:
    """The text: what it is about, where it stands, why, what moved last, where to see more."""
    words = context.words
    kr = standing.kr
    lines = (
        _serves(objective, words),
        *_work(standing, words),
        *_metric(standing, words),
        *_people(standing, words),
        *_scope(standing, words),
        *_moved(standing, context),
        *_remarks(standing, words),
    )
    more = (Span(words.say(say.MORE), href=context.url), Span(" · ")) if context.url else ()
    return (
        Paragraph((Span(f"{kr.id} {kr.title}", strong=True),)),
        Paragraph(tuple(_headline(standing, words))),
        Bullets(tuple((Span(line),) for line in lines)),
        Paragraph((*more, Span(words.say(say.SIGNED, instance=context.instance)))),
    )


def plain(document: Document) -> str:
    """A document as lines of plain text, for a terminal."""
    lines = []
    for block in document:
        match block:
            case Paragraph(spans):
                lines.append("".join(span.text for span in spans))
            case Bullets(items):
                lines += ["- " + "".join(span.text for span in spans) for spans in items]
    return "\n".join(lines)


def _headline(standing: Standing, words: Words) -> Iterator[Span]:
    shown = bar(percent(standing.progress))
    yield Span(f"{shown} {words.percent(standing.progress)}", strong=True)
    if standing.progress is not None:
        colour = words.colour(standing.colour)
        yield Span(" · " + words.say(say.SCORE, score=score(standing.progress), colour=colour))
    if standing.pace is not Pace.NONE:
        yield Span(" · " + words.pace(standing.pace))
    if standing.own_word:
        yield Span(" · " + words.say(say.PERSON_SAYS, word=words.own_word(standing.own_word)))


def _serves(objective: Objective, words: Words) -> str:
    return words.say(say.SERVES, id=objective.id, title=objective.title)


def _work(standing: Standing, words: Words) -> Iterator[str]:
    work = standing.work
    if work is None or not work.counts.counted:
        return
    counts = work.counts
    yield words.say(say.DONE_OF, done=counts.done, n=counts.counted)
    reached = sums(work)
    if reached is None:
        return
    done, total = reached
    match work.method:
        case "points":
            yield words.say(say.POINTS, done=words.figure(done), total=words.figure(total))
        case "time":
            yield words.say(say.HOURS, done=done, total=total)
        case "field":
            name = standing.kr.rollup.field
            yield words.say(say.FIELD_SUM, done=words.figure(done), total=words.figure(total), field=name)


def _metric(standing: Standing, words: Words) -> Iterator[str]:
    yield from reading(standing, words)
    if standing.kr.kind is Kind.METRIC and standing.work is not None and standing.work.value is not None:
        metric_share = standing.computed if standing.computed is not None else standing.progress
        parts = [words.say(say.SIDE_BY_SIDE, work=standing.work.value, metric=metric_share)]
        yield words.joined([*parts, words.say(say.DISAGREE)] if standing.mismatch else parts)


def reading(standing: Standing, words: Words) -> Iterator[str]:
    """Where the measured number stands and what it runs between, in one line; none without a reading."""
    metric = standing.kr.metric
    if metric is None or standing.current is None:
        return
    parts = [words.say(say.CURRENT, current=words.figure(standing.current, metric.unit))]
    if metric.band:
        low, high = (words.figure(edge) for edge in metric.band)
        parts.append(words.say(say.BAND, low=low, high=high))
    elif metric.baseline is not None and metric.target is not None:
        ends = words.figure(metric.baseline), words.figure(metric.target)
        parts.append(words.say(say.FROM_TO, baseline=ends[0], target=ends[1]))
    yield words.joined(parts)


def _people(standing: Standing, words: Words) -> Iterator[str]:
    if standing.override is not None:
        override = override_parts(standing.override, standing.computed)
        yield words.say(say.OVERRIDE, **override)
        yield words.say(say.COMPUTED, **override)
    if standing.confidence is not None:
        yield words.say(say.CONFIDENCE, confidence=standing.confidence)


def _scope(standing: Standing, words: Words) -> Iterator[str]:
    """Net, as the standing's own remark has it: what was reopened is taken off."""
    net = scope_note(standing)
    if net is not None:
        yield words.note(net)


def _moved(standing: Standing, context: CommentContext) -> Iterator[str]:
    change = last_change(standing, figures(standing), context.previous)
    if not change:
        return
    words = context.words
    parts = []
    if "percent" in change:
        before, after = (NONE if one is None else f"{one}%" for one in change["percent"])
        parts.append(words.say(say.MOVED, before=before, after=after))
        parts += _causes(change, standing, words)
    if "pace" in change:
        before, after = change["pace"]
        parts.append(words.say(say.PACE_MOVED, before=before, after=after))
    yield words.joined(parts)


def _causes(change: Mapping[str, Any], standing: Standing, words: Words) -> Iterator[str]:
    if "by" in change:
        yield words.say(say.BY_PERSON, by=change["by"])
        return
    told = 0
    for name, more, fewer in (
        ("done", say.MORE_DONE, say.FEWER_DONE),
        ("counted", say.MORE_COUNTED, say.FEWER_COUNTED),
    ):
        before, after = change.get(name, (0, 0))
        if before != after:
            told += 1
            difference = (after or 0) - (before or 0)
            yield words.say(more if difference > 0 else fewer, n=abs(difference))
    if "current" in change:
        told += 1
        before, after = change["current"]
        yield words.say(say.METRIC_MOVED, before=before, after=after)
    if not told and standing.kr.kind is Kind.WORK:
        yield words.say(say.PARTS_MOVED)


def _remarks(standing: Standing, words: Words) -> Iterator[str]:
    notes = remarks(standing)
    yield from (words.note(note) for note in notes[:SHOWN_NOTES])
    if len(notes) > SHOWN_NOTES:
        yield words.say(say.MORE_NOTES, n=len(notes) - SHOWN_NOTES)
