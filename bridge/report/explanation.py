"""Why a number is what it is, as JSON and for people."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from bridge.amendments import Amendment
from bridge.comment import reading
from bridge.model import Counted, ItemRef, Standing
from bridge.report import data
from bridge.wording import Words
from bridge.wording.labels import Label

if TYPE_CHECKING:
    from rich.console import Console


@dataclass(frozen=True, slots=True)
class Explanation:
    """A standing with every item behind it; `brought`: by which links (from 0) each item came."""

    standing: Standing
    brought: Mapping[ItemRef, tuple[int, ...]]
    amended: tuple[Amendment, ...] = ()

    def as_json(self, words: Words) -> dict[str, Any]:
        standing, work = self.standing, self.standing.work
        more = [note for note in work.notes if note not in standing.notes] if work else []
        return {
            **data.key_result(standing, words),
            "method": work.method if work else None,
            "mode": work.mode if work else None,
            "items": [data.counted(part, self.brought, words) for part in self._parts()],
            "notes": [words.note(note) for note in [*standing.notes, *more]],
            "amended": [{"what": one.what, "was": one.was, "now": one.now} for one in self.amended],
        }

    def _parts(self) -> list[Counted]:
        """Those that count first, then by key."""
        work = self.standing.work
        return (
            sorted(work.items, key=lambda part: (not part.counted, _natural(part.item.key))) if work else []
        )

    def show(self, out: Console, words: Words) -> None:
        from rich.text import Text

        from bridge.report import text

        standing, work = self.standing, self.standing.work
        out.print(Text(f"{standing.kr.id}  {standing.kr.title}", style="bold"))
        out.print(text.gauge(standing.progress, standing.colour, words))
        if work:
            rule = f"{words.code('method', work.method)}, {words.code('mode', work.mode)}"
            out.print(Text(f"{words.label(Label.WORK)}: {words.percent(work.value)} ({rule})"))
        for line in reading(standing, words):
            out.print(Text(f"{words.label(Label.METRIC)}: {line}{_beyond(standing)}"))
        for line in self.as_json(words)["notes"]:
            out.print(Text(f"- {line}"))
        for one in self.amended:
            out.print(Text(f"- {one.what}: {one.was or '–'} → {one.now or '–'}", style="yellow"))
        if work and work.items:
            out.print()
            self._show_items(out, words)

    def _show_items(self, out: Console, words: Words) -> None:
        from rich.text import Text

        from bridge.report import text

        names = (Label.ITEM, Label.STATUS, Label.VALUE, Label.WEIGHT, Label.REASON, Label.TITLE)
        made = text.table(*(words.label(name) for name in names))
        parts = self._parts()
        several = len({part.item.ref.connection for part in parts}) > 1
        for part in parts:
            style = "" if part.counted else "dim"
            made.add_row(
                *(
                    Text(cell, style=style)
                    for cell in (
                        text.where(part.item.ref.connection, part.item.key, several),
                        part.item.status,
                        words.percent(part.value) if part.counted else "–",
                        words.figure(part.weight) if part.counted else "–",
                        words.note(part.reason),
                        part.item.title,
                    )
                )
            )
        out.print(made)


def _beyond(standing: Standing) -> str:
    """The raw share where it lies outside what can be shown."""
    raw = standing.raw
    return "" if raw is None or 0 <= raw <= 1 else f" ({float(raw * 100):.4g}%)"


def _natural(key: str) -> tuple[str, int, str]:
    """SHOP-9 before SHOP-10."""
    project, _, number = key.rpartition("-")
    return (project, int(number), "") if number.isdigit() else (key, 0, "")
