"""What moved key results and objectives, for people and as JSON."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import date
from fractions import Fraction
from typing import TYPE_CHECKING, Any

from bridge.model import ItemRef
from bridge.moved import Moved, ObjectiveMoved
from bridge.movement import Because, End, Share
from bridge.report import data
from bridge.report.changed import changed
from bridge.show import colour, percent
from bridge.wording import Words
from bridge.wording import history as say
from bridge.wording.numbers import signed

if TYPE_CHECKING:
    from rich.console import Console

FEW = 3
"""So many items of a cause are told with their titles."""


@dataclass(frozen=True, slots=True)
class MovedReport:
    """Movements since the end of a day, in file order. `titles` of items, as far as they are known."""

    since: date
    key_results: tuple[Moved, ...]
    objectives: tuple[ObjectiveMoved, ...] = ()
    titles: Mapping[ItemRef, str] = field(default_factory=dict)

    def as_json(self, words: Words) -> dict[str, Any]:
        return {
            "since": self.since.isoformat(),
            "key_results": [self._key_result(one, words) for one in self.key_results],
            "objectives": [_objective(one) for one in self.objectives],
        }

    def _key_result(self, one: Moved, words: Words) -> dict[str, Any]:
        told = {"id": one.kr.id, "title": one.kr.title, "notes": [*_notes(one, words)]}
        movement = one.movement
        if movement is None:
            return told | {"from": None, "to": None, "moved": None, "exact": None, "causes": []}
        return told | {
            "from": _end(movement.before),
            "to": _end(movement.after),
            **_figures("moved", movement.moved),
            "causes": [self._cause(share, one, words) for share in movement.shares],
        }

    def _cause(self, share: Share, one: Moved, words: Words) -> dict[str, Any]:
        refs = share.cause.refs
        own = share.share / len(refs) if refs else share.share
        return {
            "because": share.cause.kind.value,
            **_figures("share", share.share),
            "items": [
                {
                    **_item(ref, one),
                    "title": self.titles.get(ref, ""),
                    **_figures("share", own),
                    "changed": changed(share.cause, ref, one, words),
                }
                for ref in refs
            ],
            "changed": changed(share.cause, None, one, words),
        }

    # --- for people

    def show(self, out: Console, words: Words) -> None:
        from rich.text import Text

        for objective in self.objectives:
            self._show_objective(out, objective, words)
        for place, one in enumerate(self.key_results):
            if place or self.objectives:
                out.print()
            out.print(Text(f"{one.kr.id}  {one.kr.title}", style="bold"))
            self._show_movement(out, one, words)
            for note in _notes(one, words):
                out.print(Text(f"- {note}", style="dim"))

    def _show_objective(self, out: Console, one: ObjectiveMoved, words: Words) -> None:
        from rich.text import Text

        (since, until), (was, now) = one.days, one.values
        out.print(Text(f"{one.objective.id}  {one.objective.title}", style="bold"))
        out.print(_from_to((was, since), (now, until), words))
        for kr, share in one.shares.items():
            if share:
                name = words.say(say.WEIGHTS) if kr is None else kr
                out.print(Text(f"  {_points(share):>8}  {name}"))

    def _show_movement(self, out: Console, one: Moved, words: Words) -> None:
        from rich.text import Text

        from bridge.report import text as screen

        movement = one.movement
        if movement is None:
            said = words.say(say.ONE_FIGURE, day=one.known) if one.known else words.say(say.NOT_KNOWN)
            out.print(Text(said, style="dim"))
            return
        before, after = movement.before, movement.after
        out.print(_from_to((before.shown, before.day), (after.shown, after.day), words))
        telling = [share for share in movement.shares if share.share]
        if not telling:
            return
        made = screen.table(*(words.say(name) for name in (say.WHY, say.POINTS_HEADING, say.WHICH)))
        made.columns[1].justify = "right"
        for share in telling:
            made.add_row(
                Text(words.code("because", share.cause.kind.value)),
                Text(_points(share.share), style="green" if share.share > 0 else "red"),
                Text("\n".join(self._which(share, one, words))),
            )
        out.print(made)

    def _which(self, share: Share, one: Moved, words: Words) -> Iterator[str]:
        """The items of a cause: a few with their titles, many by their keys."""
        refs = share.cause.refs
        yield from changed(share.cause, None, one, words)
        if len(refs) > FEW:
            yield words.listed(_key(ref, one) for ref in refs)
            return
        for ref in refs:
            more = "; ".join(changed(share.cause, ref, one, words))
            yield "  ".join(part for part in (_key(ref, one), self.titles.get(ref, ""), more) if part)


def _objective(one: ObjectiveMoved) -> dict[str, Any]:
    was, now = one.values
    return {
        "id": one.objective.id,
        "title": one.objective.title,
        "from": _value(one.days[0], was),
        "to": _value(one.days[1], now),
        **_figures("moved", None if was is None or now is None else now - was),
        "causes": [
            {"because": "weights" if kr is None else "key_result", "key_result": kr}
            | _figures("share", share)
            for kr, share in one.shares.items()
        ],
    }


def _figures(name: str, value: Fraction | None) -> dict[str, Any]:
    return {name: data.share(value), "exact": None if value is None else str(value)}


def _value(day: date, value: Fraction | None) -> dict[str, Any]:
    return {"day": day.isoformat(), "progress": data.share(value), "percent": percent(value)}


def _end(end: End) -> dict[str, Any]:
    computed = {"computed": data.share(end.value), "override": data.override(end.override)}
    return _value(end.day, end.shown) | computed


def _item(ref: ItemRef, one: Moved) -> dict[str, str]:
    return {"connection": ref.connection, "key": _key(ref, one), "id": ref.id}


def _key(ref: ItemRef, one: Moved) -> str:
    was, now = one.item(ref)
    known = now or was
    return known.key if known else ref.id


def _points(share: Fraction) -> str:
    """In points of percent; what rounds to nothing is no nothing."""
    size = abs(share * 100)
    if size < Fraction(1, 200):
        return f"{'+' if share > 0 else '-'}<0.01"
    return signed(share * 100)


def _from_to(was: tuple[Fraction | None, date], now: tuple[Fraction | None, date], words: Words) -> Any:
    from rich.text import Text

    from bridge.report import text as screen

    told = words.say(say.FROM_TO, was=was[0], since=was[1], now=now[0], until=now[1])
    line = Text(told, style=screen.STYLES[colour(now[0])])
    if was[0] is not None and now[0] is not None:
        net = now[0] - was[0]
        line.append("  " + (words.say(say.POINTS, points=net * 100) if net else words.say(say.NO_MOVEMENT)))
    return line


def _notes(one: Moved, words: Words) -> Iterator[str]:
    movement = one.movement
    if movement is None:
        return
    idle: dict[Because, int] = {}
    for share in movement.shares:
        if not share.share:
            idle[share.cause.kind] = idle.get(share.cause.kind, 0) + max(1, len(share.cause.refs))
    if idle:
        causes = [words.say(say.HOW_MANY, because=kind.value, n=n) for kind, n in idle.items()]
        yield words.say(say.WITHOUT_EFFECT, causes=causes)
    for day in one.unkept:
        yield words.say(say.NOT_KEPT, day=day)
    if movement.orders == 2 and len(movement.shares) > FEW:
        yield words.say(say.IN_TWO_ORDERS)
