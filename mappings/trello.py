"""Trello's cards as work items."""

from __future__ import annotations

import hashlib
import json
import re
from collections.abc import Iterable, Mapping
from dataclasses import asdict, dataclass
from datetime import UTC, date, datetime
from decimal import Decimal
from typing import Any

from bridge.errors import MappingError
from bridge.model import Category, Raw, Selector, Tier, WorkItem
from mappings.numbers import estimate
from mappings.trello_fields import UNTOLD, first, held, instant
from mappings.trello_past import TrelloReplay

DONE = ("Done", "Complete", "Completed", "Finished", "Closed", "完成", "已完成", "已关闭", "已上线")
IN_PROGRESS = (
    "Doing", "In Progress", "WIP", "Review", "In Review", "Testing", "进行中", "处理中", "开发中",
    "测试中", "评审中",
)  # fmt: skip
CANCELLED = (
    "Cancelled", "Canceled", "Won't Do", "Won't Fix", "Rejected", "Declined", "Abandoned", "Obsolete",
    "Duplicate", "已取消", "取消", "不做", "已拒绝", "已废弃", "重复",
)  # fmt: skip
BLOCKED = ("Blocked", "On Hold", "阻塞", "受阻")
EDITION = 1
"""Goes up whenever the same record would be translated differently."""
SECONDS = 3600
NO_WORK = frozenset({"separator", "board", "link", "mirror"})
"""Roles of cards that only show something: a line, a page, another card."""
_IN_TITLE = re.compile(r"\s*\((\d+(?:\.\d+)?)\)\s")
_EDGES = re.compile(r"^[\W_]+|[\W_]+$")


@dataclass(frozen=True, slots=True, kw_only=True)
class Vocabulary:
    """What a board's words mean: names of lists; `cancelled` and `blocked` are labels too.

    `done_by`: a card is done by its own mark (complete), by its list, or by either. `archived`: what an
    archived card is that is not done (cancelled, done, open). The fields are custom ones: of `points` the
    first with a value; `hours` and `spent` in hours, `percent` 0 to 100. `numbers` are wanted by name.
    `points_in_title`: "(3) A title" weighs 3.
    """

    done: tuple[str, ...] = DONE
    in_progress: tuple[str, ...] = IN_PROGRESS
    cancelled: tuple[str, ...] = CANCELLED
    blocked: tuple[str, ...] = BLOCKED
    done_by: str = "either"
    archived: str = "cancelled"
    points: tuple[str, ...] = ()
    points_in_title: bool = False
    hours: str = ""
    spent: str = ""
    percent: str = ""
    numbers: tuple[str, ...] = ()


DEFAULTS = Vocabulary()


class TrelloMapping:
    """`panel_names` are the bridge's own fields by role."""

    def __init__(
        self, connection: str, panel_names: Mapping[str, str], chosen: Vocabulary = DEFAULTS
    ) -> None:
        self._connection = connection
        self._panel = dict(sorted(panel_names.items()))
        self._chosen = chosen
        self.cancelled = chosen.cancelled
        told = asdict(chosen)
        named = ("done", "in_progress", "cancelled", "blocked")
        self._words = {name: frozenset(map(_fold, told[name])) for name in named}

    @property
    def scheme(self) -> str:
        text = json.dumps([EDITION, self._panel, asdict(self._chosen)], sort_keys=True)
        return hashlib.sha256(text.encode()).hexdigest()[:16]

    def item(self, raw: Raw) -> WorkItem:
        """The work item; MappingError names what cannot be told."""
        try:
            return self._item(raw)
        except UNTOLD as error:
            raise self._blame(raw, error) from error

    def panel(self, raw: Raw) -> Mapping[str, Any]:
        return {"fields": held(raw.data, self._panel)}

    def replay(self, glossary: Mapping[str, Any], selectors: Iterable[Selector]) -> TrelloReplay:
        """The past of cards, from what Trello remembers; `glossary` is what the connector's one tells."""
        return TrelloReplay(self.item, glossary, selectors)

    def _item(self, raw: Raw) -> WorkItem:
        card, unusable = raw.data, list[str]()
        category, cancelled = self._state(card)
        completed = card.get("dateCompleted")
        return WorkItem(
            connection=self._connection,
            id=raw.id,
            key=card["shortLink"],
            title=card.get("name") or "",
            tier=Tier.UNIT,
            status=card["list"]["name"],
            category=category,
            updated=instant(card["dateLastActivity"]),
            cancelled=cancelled,
            points=self._points(card, unusable),
            estimate_seconds=self._seconds(card, "hours", unusable),
            spent_seconds=self._seconds(card, "spent", unusable),
            percent=self._percent(card, unusable),
            checks=_checks(card),
            numbers=self._numbers(card, unusable),
            unusable=tuple(unusable),
            type=card.get("cardRole") or "card",
            project=_board(card),
            labels=tuple(card["labels"]),
            flagged=self._any("blocked", card),
            owner=next(iter(card["members"]), ""),
            due=_day(card.get("due")),
            created=datetime.fromtimestamp(int(raw.id[:8], 16), UTC),
            finished=instant(completed) if completed and category is Category.DONE else None,
            url=card.get("shortUrl") or "",
        )

    def _state(self, card: Mapping[str, Any]) -> tuple[Category, bool]:
        """The category, and whether the work was given up."""
        name = _fold(card["list"]["name"])
        by_mark, by_list = card.get("dueComplete") is True, name in self._words["done"]
        done = {"complete": by_mark, "list": by_list}.get(self._chosen.done_by, by_mark or by_list)
        cancelled = self._any("cancelled", card) or card.get("cardRole") in NO_WORK
        if not done and (card["closed"] or card["list"]["closed"]):
            done = self._chosen.archived == "done"
            cancelled = cancelled or self._chosen.archived == "cancelled"
        if done:
            return Category.DONE, cancelled
        begun = name in self._words["in_progress"] or bool((_checks(card) or (0, 0))[0])
        return Category.IN_PROGRESS if begun else Category.TODO, cancelled

    def _any(self, kind: str, card: Mapping[str, Any]) -> bool:
        names = (card["list"]["name"], *card["labels"])
        return any(_fold(name) in self._words[kind] for name in names)

    def _points(self, card: Mapping[str, Any], unusable: list[str]) -> Decimal | None:
        told = first(card, self._chosen.points)
        if told is None and self._chosen.points_in_title:
            found = _IN_TITLE.match(card.get("name") or "")
            told = found[1] if found else None
        return estimate("points", told, unusable)

    def _seconds(self, card: Mapping[str, Any], what: str, unusable: list[str]) -> Decimal | None:
        name = getattr(self._chosen, what)
        told = estimate(name, first(card, [name]) if name else None, unusable)
        return None if told is None else Decimal(round(told * SECONDS))

    def _percent(self, card: Mapping[str, Any], unusable: list[str]) -> Decimal | None:
        name = self._chosen.percent
        told = estimate(name, first(card, [name]) if name else None, unusable)
        return told if told is not None and told <= 100 else None

    def _numbers(self, card: Mapping[str, Any], unusable: list[str]) -> tuple[tuple[str, Decimal], ...]:
        found = ((name, estimate(name, first(card, [name]), unusable)) for name in self._chosen.numbers)
        return tuple((name, value) for name, value in found if value is not None)

    def _blame(self, raw: Raw, error: Exception) -> MappingError:
        record = str(raw.data.get("shortLink") or raw.id)
        for field, read in _READ.items():
            try:
                read(raw.data)
            except UNTOLD as cause:
                missing = raw.data.get(field) is None
                what = "is missing" if missing else f"cannot be read ({type(cause).__name__})"
                return MappingError(record, field, what)
        return MappingError(record, "card", f"cannot be read ({type(error).__name__})")


_READ: Mapping[str, Any] = {
    "shortLink": lambda card: card["shortLink"],
    "list": lambda card: _fold(card["list"]["name"]),
    "closed": lambda card: card["closed"],
    "dateLastActivity": lambda card: instant(card["dateLastActivity"]),
    "due": lambda card: _day(card.get("due")),
    "dateCompleted": lambda card: card.get("dateCompleted") and instant(card["dateCompleted"]),
    "labels": lambda card: tuple(card["labels"]),
    "members": lambda card: tuple(card["members"]),
}


def _day(told: str | None) -> date | None:
    """The day in UTC: a card is due at an instant, and tells no zone."""
    return instant(told).astimezone(UTC).date() if told else None


def _checks(card: Mapping[str, Any]) -> tuple[int, int] | None:
    """None for a card without check items."""
    done, total = card["checks"]
    return (int(done or 0), int(total)) if total else None


def _board(card: Mapping[str, Any]) -> str:
    """The short link of the board, from its address; else its id."""
    told = str((card.get("board") or {}).get("shortUrl") or "")
    return told.rpartition("/")[2] or str(card["idBoard"])


def _fold(word: str) -> str:
    """Without case, and without the signs that people put around a list's name: "Done 🎉"."""
    return _EDGES.sub("", word.strip()).casefold() or word.strip().casefold()
