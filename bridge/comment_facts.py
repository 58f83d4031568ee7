"""What a comment says, as figures: when it is to be rewritten, and what the next one is held against.

Nothing that moves by the clock alone is in it (elapsed time, forecast, run times), so that a comment is
rewritten when the work moves and at no other time.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from decimal import Decimal
from fractions import Fraction
from typing import Any

from bridge import marks
from bridge.model import Note, Objective, Override, Progress, Standing
from bridge.notes import Say
from bridge.show import percent, score
from bridge.wording import Words
from bridge.wording.numbers import number

BY_CLOCK = frozenset({Say.TRENDING_OFF})
MILESTONES = (25, 50, 75, 100)
OWN_LINE = frozenset({Say.OVERRIDDEN, Say.MISMATCH, Say.SCOPE})


@dataclass(frozen=True, slots=True)
class CommentContext:
    """Whose comment it is, in which words. `url` is where to see more, or empty; `previous` is the value
    of the comment written last (as `value` gave it), or None."""

    words: Words
    instance: str
    url: str = ""
    previous: Mapping[str, Any] | None = None


def value(standing: Standing, objective: Objective, context: CommentContext) -> dict[str, Any]:
    """What is remembered of a comment: its hash, the figures that the next one is held against, and the
    last change. Equal hashes mean that the comment that stands there says it already."""
    shown = figures(standing)
    return {
        "instance": context.instance,
        "hash": content_hash(standing, objective, context),
        **shown,
        "change": last_change(standing, shown, context.previous),
    }


def content_hash(standing: Standing, objective: Objective, context: CommentContext) -> str:
    """Changes with every figure, state word and title that the comment shows, and with nothing else."""
    kr, work, net = standing.kr, standing.work, scope_note(standing)
    return marks.fingerprint(
        {
            "language": context.words.language,
            "titles": [kr.id, kr.title, objective.id, objective.title, context.url],
            "figures": figures(standing),
            "score": score(standing.progress),
            "colour": standing.colour,
            "own": standing.own_word,
            "confidence": _text(standing.confidence),
            "override": standing.override and override_parts(standing.override, standing.computed),
            "work": work and percent(work.value),
            "sums": work and [number(part) for part in sums(work) or ()],
            "metric": str(kr.metric),
            "scope": net and sorted(net.args.items()),
            "mismatch": standing.mismatch,
            "notes": [[note.code, sorted(note.args.items())] for note in remarks(standing)],
        }
    )


def scope_note(standing: Standing) -> Note | None:
    """The remark that tells how the scope moved, where it did."""
    return next((note for note in standing.notes if note.code == Say.SCOPE), None)


def figures(standing: Standing) -> dict[str, Any]:
    """The figures that a change is told by, as plain JSON."""
    counts = standing.work.counts if standing.work else None
    return {
        "percent": percent(standing.progress),
        "pace": standing.pace.value,
        "done": counts.done if counts else None,
        "counted": counts.counted if counts else None,
        "current": _text(standing.current),
    }


def last_change(
    standing: Standing, shown: Mapping[str, Any], previous: Mapping[str, Any] | None
) -> Mapping[str, Any] | None:
    """The last change of percent or pace: this one, else the one that was told before."""
    if previous is None:
        return None
    moved = {
        name: [previous[name], now]
        for name, now in shown.items()
        if name in previous and previous[name] != now
    }
    if not {"percent", "pace"} & moved.keys():
        told = previous.get("change")
        return told if isinstance(told, Mapping) else None
    if standing.override is not None and "percent" in moved:
        return {"percent": moved["percent"], "by": standing.override.by}
    return moved


def override_parts(override: Override, computed: Fraction | None) -> dict[str, Any]:
    share = None if computed is None else f"{percent(computed)}/100"
    until = override.until.isoformat()
    return {
        "value": str(override.value),
        "by": override.by,
        "until": until,
        "why": override.why,
        "computed": share,
    }


def sums(work: Progress) -> tuple[Fraction, Fraction] | None:
    """What is reached and what there is, in the estimate's own unit; None where items are counted."""
    if work.method == "count":
        return None
    parts = [(one.value, one.weight) for one in work.items if one.counted]
    done = sum((value * weight for value, weight in parts if value and weight), Fraction(0))
    total = sum((weight for _, weight in parts if weight), Fraction(0))
    return (done, total) if total else None


def remarks(standing: Standing) -> list[Note]:
    """The remarks that stay: none that the clock moves, none that has a line of its own."""
    kept = [note for note in standing.notes if note.code not in BY_CLOCK | OWN_LINE]
    return [replace(note, args={k: v for k, v in note.args.items() if k != "at"}) for note in kept]


def _text(figure: Decimal | None) -> str | None:
    return None if figure is None else str(figure.normalize())


def milestone(told: dict[str, Any], previous: Mapping[str, Any] | None) -> dict[str, Any]:
    """The value of the next comment in the row of milestones, or of the last one again while nothing
    worth telling has happened.

    Worth telling are the first value, a mark of 25, 50, 75 or 100% that was not told before, and another
    pace. Each has its number in its hash, so that two that say the same are told apart.
    """
    if previous is None:
        return _numbered(told, _mark(told), 1)
    past = max(_mark(previous), previous.get("mark") or 0)
    if _mark(told) <= past and told["pace"] == previous.get("pace"):
        return dict(previous)
    return _numbered(told, max(_mark(told), past), (previous.get("number") or 0) + 1)


def _mark(told: Mapping[str, Any]) -> int:
    return max((mark for mark in MILESTONES if mark <= (told.get("percent") or 0)), default=0)


def _numbered(told: Mapping[str, Any], mark: int, number: int) -> dict[str, Any]:
    return {**told, "mark": mark, "number": number, "hash": marks.fingerprint([told["hash"], number])}
