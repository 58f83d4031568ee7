"""What an item's fields, its property and its links say of the key results it anchors."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from bridge.model import Objective, Pace, Standing
from bridge.show import percent, score
from bridge.wording import Words
from bridge.wording.labels import Label
from bridge.wording.numbers import exact

LONGEST = 255
KEY_RESULT, PROGRESS, STATUS, SCORE, UPDATED = ROLES = (
    "key_result",
    "progress",
    "status",
    "score",
    "updated",
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Shown:
    """A key result on an item. Without `standing` (it was not chosen), or with a partial one, it keeps
    what it had. `updated` is the instant when its written figures last changed."""

    objective: Objective
    kr: str
    title: str
    standing: Standing | None = None
    updated: datetime | None = None

    @property
    def whole(self) -> Standing | None:
        """The standing, where everything behind it could be read."""
        return self.standing if self.standing is not None and self.standing.complete else None

    @property
    def outdated(self) -> bool:
        return self.standing is not None and self.standing.pace is Pace.OUTDATED


def figures(standing: Standing) -> dict[str, Any]:
    """What the property says of a key result's state."""
    progress = None if standing.progress is None else float(standing.progress)
    return {
        "progress": progress,
        "percent": percent(standing.progress),
        "score": progress,
        "colour": standing.colour.value if standing.colour else None,
        "pace": standing.pace.value,
    }


def fields(shown: Sequence[Shown], words: Words) -> dict[str, Any]:
    """Values by role: `key_result` names all, the numbers are those of the first. A role is absent where
    the field keeps what it holds."""
    first = shown[0]
    values: dict[str, Any] = {KEY_RESULT: title_line([(one.kr, one.title) for one in shown])}
    if first.whole is not None:
        values |= _numbers(first.whole, first.updated, words)
    elif first.outdated:
        values[STATUS] = words.pace(Pace.OUTDATED)
    return values


def _numbers(standing: Standing, updated: datetime | None, words: Words) -> dict[str, Any]:
    rounded = score(standing.progress)
    return {
        PROGRESS: percent(standing.progress),
        STATUS: None if standing.pace is Pace.NONE else words.pace(standing.pace),
        SCORE: None if rounded is None else float(rounded),
        UPDATED: updated.isoformat(timespec="milliseconds") if updated else None,
    }


def title_line(named: Sequence[tuple[str, str]]) -> str:
    """Ids first, then titles, cut at 255."""
    ids, titles = (", ".join(id for id, _ in named)), "; ".join(title for _, title in named)
    return cut(f"{ids}: {titles}")


def cut(line: str) -> str:
    """One line, as much of it as a field or a link's title takes."""
    line = " ".join(line.split())
    return line if len(line) <= LONGEST else line[: LONGEST - 1].rstrip() + "…"


def entries(shown: Sequence[Shown], written: Any) -> list[dict[str, Any]]:
    """The property's key results. `written` is the property as it was written last, or None."""
    last = written.get("key_results") if isinstance(written, Mapping) else None
    by_id = {entry["id"]: entry for entry in last or () if isinstance(entry, Mapping) and "id" in entry}
    told = (_entry(one, by_id.get(one.kr)) for one in shown)
    return [entry for entry in told if entry is not None]


def _entry(one: Shown, last: Mapping[str, Any] | None) -> dict[str, Any] | None:
    """What is said of one; None where nothing was ever said and nothing may be."""
    head = {"id": one.kr, "title": one.title}
    if one.whole is not None:
        return {**head, **figures(one.whole), "updated": one.updated.isoformat() if one.updated else None}
    if last is None and not one.outdated:
        return None
    none = dict.fromkeys(("progress", "percent", "score", "colour", "pace", "updated"))
    return {**none, **(last or {}), **head, **({"pace": Pace.OUTDATED.value} if one.outdated else {})}


def beside(property: Any) -> dict[str, Any]:
    """By role, the field values that the bridge writes beside this property; empty for no property of its
    own. The status is in a language, and not among them."""
    told = property.get("key_results") if isinstance(property, Mapping) else None
    listed = [entry for entry in told if isinstance(entry, Mapping)] if isinstance(told, list) else []
    if not listed or listed[0].get("updated") is None:
        return {}
    progress = listed[0].get("progress")
    rounded = score(exact(progress)) if isinstance(progress, int | float) else None
    return {
        KEY_RESULT: title_line([(str(entry.get("id")), str(entry.get("title"))) for entry in listed]),
        PROGRESS: listed[0].get("percent"),
        SCORE: None if rounded is None else float(rounded),
        UPDATED: listed[0]["updated"],
    }


def link(standing: Standing, url: str, words: Words) -> dict[str, Any]:
    """A remote link: named for the key result, with how far it is; struck through when it is reached."""
    parts = [words.percent(standing.progress)]
    if standing.pace is not Pace.NONE:
        parts.append(words.pace(standing.pace))
    return {
        "url": url,
        "title": cut(f"{standing.kr.id} {standing.kr.title}"),
        "summary": " · ".join(parts),
        "relationship": words.label(Label.KEY_RESULT),
        "resolved": standing.progress == 1,
    }
