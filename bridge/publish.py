"""What should stand on the anchor items: a pure function of where the key results stand.

A key result whose read was partial keeps what was written last; once its pace is outdated, that word
alone is written. A second call with the same standings wants the same, to the letter.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any, NamedTuple

from bridge import marks
from bridge.comment import CommentContext, comment, value
from bridge.model import Objective, Pace, Standing, What
from bridge.places import COMMENT, Place, Written
from bridge.plan import KEEP, Wanted
from bridge.wording import Words
from bridge.wording.labels import Label
from bridge.wording.numbers import score, whole_percent

LONGEST = 255
KEY_RESULT, PROGRESS, STATUS, SCORE, UPDATED = ROLES = (
    "key_result",
    "progress",
    "status",
    "score",
    "updated",
)
MILESTONES = (25, 50, 75, 100)


@dataclass(frozen=True, slots=True)
class Rules:
    """What is written: `comment` is sticky, milestones or off; `drift` is keep or overwrite."""

    fields: bool = True
    comment: str = "sticky"
    property: bool = True
    remote_link: bool = True
    drift: str = KEEP

    def merged(self, own: Mapping[str, Any]) -> Rules:
        """The same with what a key result sets for itself; "off" and false are one."""
        comment = own.get("comment", self.comment)
        return Rules(
            fields=_on(own.get("fields", self.fields)),
            comment={True: "sticky", False: "off"}[comment] if isinstance(comment, bool) else str(comment),
            property=_on(own.get("property", self.property)),
            remote_link=_on(own.get("remote_link", self.remote_link)),
            drift=str(own.get("drift", self.drift)),
        )


def _on(switch: Any) -> bool:
    return switch is True or str(switch).lower() in ("on", "true")


@dataclass(frozen=True, slots=True)
class Publishing:
    """Whose marks, in which words (by connection), by which rules; `public_url` may be empty."""

    instance: str
    words: Mapping[str, Words]
    rules: Rules = Rules()
    public_url: str = ""


class Target(NamedTuple):
    """An anchor item: its connection, permanent id, and the key that people know."""

    connection: str
    item: str
    key: str


@dataclass(frozen=True, slots=True)
class Stamp:
    """What was last written of a key result, as a digest, and the instant when that last changed."""

    hash: str
    updated: datetime


@dataclass(frozen=True, slots=True)
class _Shown:
    """A key result on an item. Without `standing`, or with a partial one, it keeps what it had."""

    objective: Objective
    kr: str
    title: str
    rules: Rules
    standing: Standing | None
    stamp: Stamp | None

    @property
    def fresh(self) -> Standing | None:
        return self.standing if self.standing is not None and self.standing.complete else None

    @property
    def outdated(self) -> bool:
        return self.standing is not None and self.standing.pace is Pace.OUTDATED


def stamps(standings: Sequence[Standing], before: Mapping[str, Stamp], now: datetime) -> Mapping[str, Stamp]:
    """By key result: the stamp it had while its written figures are the same, else a new one of now.

    A partial read changes no stamp. Keep the result before anything is written: a run that was killed
    then writes the same instant when it is made up for.
    """
    found = dict(before)
    for standing in standings:
        hash = marks.fingerprint(_figures(standing))
        last = before.get(standing.kr.id)
        if standing.complete and (last is None or last.hash != hash):
            found[standing.kr.id] = Stamp(hash, now.replace(microsecond=0))
    return found


def _figures(standing: Standing) -> dict[str, Any]:
    """The figures as the property holds them."""
    progress = None if standing.progress is None else float(standing.progress)
    return {
        "progress": progress,
        "percent": whole_percent(standing.progress),
        "score": progress,
        "colour": standing.colour.value if standing.colour else None,
        "pace": standing.pace.value,
    }


def wanted(
    objectives: Sequence[Objective],
    standings: Sequence[Standing],
    anchors: Mapping[str, Sequence[Target]],
    publishing: Publishing,
    stamps: Mapping[str, Stamp],
    written: Mapping[Place, Written],
) -> tuple[Wanted, ...]:
    """Everything that should stand on the anchor items, item by item in the order of the files.

    `anchors` and `stamps` are by key result; a key result without a standing (it was not chosen) keeps
    what was `written` of it, and is still named beside the others on its items.
    """
    by_id = {standing.kr.id: standing for standing in standings}
    items: dict[Target, list[_Shown]] = {}
    for objective in objectives:
        for kr in objective.key_results:
            rules = publishing.rules.merged(kr.publish)
            shown = _Shown(objective, kr.id, kr.title, rules, by_id.get(kr.id), stamps.get(kr.id))
            for target in anchors.get(kr.id, ()):
                items.setdefault(target, []).append(shown)
    return tuple(
        one for target, shown in items.items() for one in _on_item(target, shown, publishing, written)
    )


def _on_item(
    target: Target, shown: Sequence[_Shown], publishing: Publishing, written: Mapping[Place, Written]
) -> Iterator[Wanted]:
    if any(one.standing is not None for one in shown):
        yield from _fields(target, [one for one in shown if one.rules.fields], publishing)
        yield from _property(target, [one for one in shown if one.rules.property], publishing, written)
    for one in shown:
        if one.fresh is not None:
            yield from _comment(target, one, one.fresh, publishing, written)
            yield from _link(target, one, one.fresh, publishing)


def _fields(target: Target, shown: Sequence[_Shown], publishing: Publishing) -> Iterator[Wanted]:
    """The numbers are those of the first key result; `key_result` names all."""
    if not shown:
        return
    first, words = shown[0], publishing.words[target.connection]
    values: dict[str, Any] = {KEY_RESULT: title_line(shown)}
    if first.fresh is not None:
        values |= _values(first.fresh, first.stamp, words)
    elif first.outdated:
        values[STATUS] = words.pace(Pace.OUTDATED)
    for role, content in values.items():
        yield _wanted(target, first, What.FIELD, role, content)


def title_line(shown: Sequence[_Shown]) -> str:
    """Ids first, then titles, cut at 255."""
    ids = ", ".join(one.kr for one in shown)
    titles = "; ".join(one.title for one in shown)
    return cut(" ".join(f"{ids}: {titles}".split()))


def cut(line: str) -> str:
    """As much of a line as a field or a link's title takes."""
    return line if len(line) <= LONGEST else line[: LONGEST - 1].rstrip() + "…"


def _values(standing: Standing, stamp: Stamp | None, words: Words) -> dict[str, Any]:
    shown = score(standing.progress)
    return {
        PROGRESS: whole_percent(standing.progress),
        STATUS: None if standing.pace is Pace.NONE else words.pace(standing.pace),
        SCORE: None if shown is None else float(shown),
        UPDATED: stamp.updated.isoformat(timespec="milliseconds") if stamp else None,
    }


def _property(
    target: Target, shown: Sequence[_Shown], publishing: Publishing, written: Mapping[Place, Written]
) -> Iterator[Wanted]:
    place = Place(target.connection, target.item, "", What.PROPERTY, marks.PROPERTY)
    last = _entries(written.get(place))
    entries = [entry for one in shown if (entry := _entry(one, last.get(one.kr))) is not None]
    if entries:
        value = marks.property_value(publishing.instance, entries)
        yield _wanted(target, shown[0], What.PROPERTY, marks.PROPERTY, value)


def _entries(written: Written | None) -> Mapping[str, Mapping[str, Any]]:
    value = written.value if written else None
    entries = value.get("key_results") if isinstance(value, Mapping) else None
    return {entry["id"]: entry for entry in entries or () if isinstance(entry, Mapping) and "id" in entry}


def _entry(one: _Shown, last: Mapping[str, Any] | None) -> dict[str, Any] | None:
    """What the property says of a key result; None where nothing was ever said and nothing may be."""
    head = {"id": one.kr, "title": one.title}
    if one.fresh is not None:
        updated = one.stamp.updated.isoformat() if one.stamp else None
        return {**head, **_figures(one.fresh), "updated": updated}
    if last is None and not one.outdated:
        return None
    none = dict.fromkeys(("progress", "percent", "score", "colour", "pace", "updated"))
    return {**none, **(last or {}), **head, **({"pace": Pace.OUTDATED.value} if one.outdated else {})}


def _comment(
    target: Target,
    one: _Shown,
    standing: Standing,
    publishing: Publishing,
    written: Mapping[Place, Written],
) -> Iterator[Wanted]:
    if one.rules.comment == "off":
        return
    last = written.get(Place(target.connection, target.item, one.kr, What.COMMENT, COMMENT))
    previous = last.value if last and isinstance(last.value, Mapping) else None
    words = publishing.words[target.connection]
    context = CommentContext(words, publishing.instance, address(standing, publishing.public_url), previous)
    told = value(standing, one.objective, context)
    fresh = one.rules.comment == "milestones"
    if fresh:
        told = _milestone(told, previous)
        if previous is not None and told["hash"] == previous.get("hash"):
            return
    body = comment(standing, one.objective, context)
    yield replace(_wanted(target, one, What.COMMENT, COMMENT, told), body=body, fresh=fresh)


def _milestone(told: dict[str, Any], previous: Mapping[str, Any] | None) -> dict[str, Any]:
    """The next comment of the row, or the last one again while nothing worth telling has happened.

    Worth telling are the first value, a mark of 25, 50, 75 or 100% that was not told before, and another
    pace. Each has its number in its hash, so that equal ones are told apart.
    """
    mark = max((mark for mark in MILESTONES if mark <= (told["percent"] or 0)), default=0)
    if previous is None:
        return {**told, "mark": mark, "number": 1, "hash": marks.fingerprint([told["hash"], 1])}
    past = max((mark for mark in MILESTONES if mark <= (previous.get("percent") or 0)), default=0)
    past = max(past, previous.get("mark") or 0)
    if mark <= past and told["pace"] == previous.get("pace"):
        return dict(previous)
    number = (previous.get("number") or 0) + 1
    return {
        **told,
        "mark": max(mark, past),
        "number": number,
        "hash": marks.fingerprint([told["hash"], number]),
    }


def address(standing: Standing, public_url: str) -> str:
    """Where to see more of a key result: its own address, else its page; empty where neither is known."""
    url = standing.kr.url or (marks.page(public_url, standing.kr.id) if public_url else "")
    return url if url.startswith(("https://", "http://")) else ""


def _link(target: Target, one: _Shown, standing: Standing, publishing: Publishing) -> Iterator[Wanted]:
    url = address(standing, publishing.public_url)
    if not one.rules.remote_link or not url:
        return
    words = publishing.words[target.connection]
    percent = words.percent(standing.progress)
    parts = [percent, *([words.pace(standing.pace)] if standing.pace is not Pace.NONE else [])]
    value = {
        "url": url,
        "title": cut(" ".join(f"{one.kr} {one.title}".split())),
        "summary": " · ".join(parts),
        "relationship": words.label(Label.KEY_RESULT),
        "resolved": standing.progress == 1,
    }
    yield _wanted(target, one, What.REMOTE_LINK, marks.global_id(publishing.instance, one.kr), value)


def _wanted(target: Target, one: _Shown, what: What, name: str, value: Any) -> Wanted:
    return Wanted(
        connection=target.connection,
        item=target.item,
        key=target.key,
        kr=one.kr,
        what=what,
        name=name,
        value=value,
        drift=one.rules.drift,
    )
