"""How records of the in-memory tracker stood; a change is {"at": ISO, "from": facts, "to": facts}, where
`from` lacks those that the record did not have."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from functools import partial
from typing import Any

from bridge.errors import MappingError
from bridge.model import FieldValue, Keys, Label, Project, Query, Raw, Selector, Stretch, WorkItem
from mappings.past import rewind

_CLAUSE = re.compile(r"""\s*(\w+)\s*=\s*(?:"([^"]*)"|([\w.\-]+))\s*""")
_UNTOLD = ("updated", "panel", "property")
"""What no change tells of."""
Test = Callable[[Mapping[str, Any]], bool]


class MemoryReplay:
    """`translate` is how a record becomes an item; the fields of a record, which holds all that there is,
    tell which selectors hit it."""

    fields = keys = ()

    def __init__(self, translate: Callable[[Raw], WorkItem], selectors: Iterable[Selector]) -> None:
        self._translate = translate
        tests = {selector: _test(selector) for selector in selectors}
        self.untold = {selector: test for selector, test in tests.items() if isinstance(test, str)}
        self._tests = {selector: test for selector, test in tests.items() if not isinstance(test, str)}

    def stretches(
        self, raw: Raw, changes: Sequence[Mapping[str, Any]], ends: Sequence[datetime]
    ) -> Sequence[Stretch]:
        """As promised by `Replay`; of changes at one instant the later in the list is the later."""
        past = _Past(raw, dict(raw.data))
        try:
            steps = sorted(((_instant(change["at"]), change) for change in changes), key=lambda step: step[0])
            days = [end.astimezone(UTC) for end in ends]
            born = _instant(raw.data["created"])
            return rewind(steps, days, born, partial(self._stand, past), past.undo)
        except (LookupError, TypeError, ValueError) as error:
            raise MappingError(raw.id, "changes", f"cannot be read ({type(error).__name__})") from error

    def _stand(self, past: _Past, place: int, changed: datetime | None) -> Stretch:
        data = past.data
        if changed is not None:
            data["updated"] = changed.isoformat()
        item = self._translate(Raw(past.raw.id, past.raw.version, data))
        hits = (selector for selector, test in self._tests.items() if test(data))
        return Stretch(place, item, frozenset(hits))


@dataclass(frozen=True, slots=True)
class _Past:
    raw: Raw
    data: dict[str, Any]

    def undo(self, change: Mapping[str, Any]) -> None:
        before = change["from"]
        for name in change["to"]:
            if name in before:
                self.data[name] = before[name]
            else:
                self.data.pop(name, None)


def _instant(text: str) -> datetime:
    return datetime.fromisoformat(text).astimezone(UTC)


def _test(selector: Selector) -> Test | str:
    """What tells a hit, or why it cannot be told. Keys go by the key that was borne then, or the id."""
    match selector:
        case Keys(keys):
            return lambda data: data["id"] in keys or data["key"] in keys
        case Label(name):
            clauses = [("label", name)]
        case Project(key):
            clauses = [("project", key)]
        case FieldValue(name, value):
            clauses = [(name, value)]
        case Query(text):
            parts = [_CLAUSE.fullmatch(part) for part in re.split(r"\bAND\b", text)]
            if not all(parts):
                return f"{text}: not understood"
            clauses = [(part[1], part[2] or part[3] or "") for part in parts if part]
    untold = [name for name, _ in clauses if name in _UNTOLD]
    if untold:
        return f"{untold[0]}: no change tells it"
    return lambda data: all(_holds(data, name, value) for name, value in clauses)


def _holds(data: Mapping[str, Any], name: str, value: str) -> bool:
    if name in ("label", "labels"):
        return value in data["labels"]
    held = data.get(name, (data.get("fields") or {}).get(name))
    return held is not None and str(held) == value
