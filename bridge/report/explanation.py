"""Why a number is what it is, as JSON and for people."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from decimal import Decimal
from typing import TYPE_CHECKING, Any

from bridge.amendments import Amendment
from bridge.comment import reading
from bridge.model import CheckIn, Counted, ItemRef, Standing
from bridge.outlook import Foreseen
from bridge.people import facts_of
from bridge.report import data
from bridge.report.forecast import in_words, outlook
from bridge.wording import Words, text
from bridge.wording.labels import Label

if TYPE_CHECKING:
    from rich.console import Console

REACHED = text("Milestone reached: {title}")
NOT_REACHED = text("Milestone open: {title}")
REPORTED = text("Reported last by {by} on {at:instant}")


@dataclass(frozen=True, slots=True)
class Explanation:
    """A standing with every item behind it; `brought`: by which links (from 0) each item came."""

    standing: Standing
    brought: Mapping[ItemRef, tuple[int, ...]]
    amended: tuple[Amendment, ...] = ()
    checkins: tuple[CheckIn, ...] = ()
    ahead: Foreseen | None = None

    def as_json(self, words: Words) -> dict[str, Any]:
        standing, work = self.standing, self.standing.work
        more = [note for note in work.notes if note not in standing.notes] if work else []
        return {
            **data.key_result(standing, words),
            "method": work.method if work else None,
            "mode": work.mode if work else None,
            "items": [data.counted(part, self.brought, words) for part in self._parts()],
            "notes": [words.note(note) for note in [*standing.notes, *more]],
            "milestones": [
                {"title": title, "weight": data.share(weight), "reached": reached}
                for title, weight, reached in self._milestones()
            ],
            "outlook": outlook(self.ahead) if self.ahead else None,
            "checkin": facts_of(self.checkins[-1]) if self.checkins else None,
            "amended": [{"what": one.what, "was": one.was, "now": one.now} for one in self.amended],
        }

    def _milestones(self) -> list[tuple[str, Decimal, bool]]:
        reached = {title for checkin in self.checkins for title in checkin.milestones}
        return [(one.title, one.weight, one.title in reached) for one in self.standing.kr.milestones]

    def _by_hand(self, words: Words) -> Iterator[str]:
        """Which milestones are reached, and what was reported last."""
        for title, _, reached in self._milestones():
            yield words.say(REACHED if reached else NOT_REACHED, title=title)
        if self.checkins:
            last = self.checkins[-1]
            yield words.say(REPORTED, by=last.by, at=last.at.isoformat())
            yield from (said for said in (last.note, last.obstacle, last.help_needed) if said)

    def _parts(self) -> list[Counted]:
        """Those that count first, then by key."""
        work = self.standing.work
        return (
            sorted(work.items, key=lambda part: (not part.counted, _natural(part.item.key))) if work else []
        )

    def show(self, out: Console, words: Words) -> None:
        from rich.text import Text

        from bridge.report import text as screen

        standing, work = self.standing, self.standing.work
        out.print(Text(f"{standing.kr.id}  {standing.kr.title}", style="bold"))
        out.print(screen.gauge(standing.progress, standing.colour, words))
        if work:
            rule = f"{words.code('method', work.method)}, {words.code('mode', work.mode)}"
            out.print(Text(f"{words.label(Label.WORK)}: {words.percent(work.value)} ({rule})"))
        for line in reading(standing, words):
            out.print(Text(f"{words.label(Label.METRIC)}: {line}{_beyond(standing)}"))
        for line in self.as_json(words)["notes"]:
            out.print(Text(f"- {line}"))
        for line in self._by_hand(words):
            out.print(Text(f"- {line}"))
        if self.ahead and (told := in_words(self.ahead, words)):
            out.print(Text(f"- {words.label(Label.FORECAST)}: {told}"))
        for one in self.amended:
            out.print(Text(f"- {one.what}: {one.was or '–'} → {one.now or '–'}", style="yellow"))
        if work and work.items:
            out.print()
            self._show_items(out, words)

    def _show_items(self, out: Console, words: Words) -> None:
        from rich.text import Text

        from bridge.report import text as screen

        names = (Label.ITEM, Label.STATUS, Label.VALUE, Label.WEIGHT, Label.REASON, Label.TITLE)
        made = screen.table(*(words.label(name) for name in names))
        parts = self._parts()
        several = len({part.item.ref.connection for part in parts}) > 1
        for part in parts:
            style = "" if part.counted else "dim"
            made.add_row(
                *(
                    Text(cell, style=style)
                    for cell in (
                        screen.where(part.item.ref.connection, part.item.key, several),
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
