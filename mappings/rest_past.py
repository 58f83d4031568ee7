"""How items of a described system stood: from the record as it is, back through its list of changes.

What no change tells of is taken as it is. Where the changes do not lead to what the record says, nothing is
told of its past: the list is not whole, or not as described.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from functools import partial
from typing import Any

from bridge.errors import MappingError
from bridge.model import FieldValue, Keys, Label, Project, Raw, Selector, Stretch, WorkItem
from mappings.past import rewind
from mappings.rest_values import listed, text

Test = Callable[[Mapping[str, Any]], bool]


@dataclass(frozen=True, slots=True, kw_only=True)
class Telling:
    """`names` are the parts of an item (title, status, ...) by what the changes call them; `paths` the parts
    by their JMESPath, for links that name a field. `begin` reads all parts of a record, `item` makes an
    item of parts; `instant` makes an aware instant, or raises ValueError or TypeError."""

    names: Mapping[str, str]
    paths: Mapping[str, str]
    begin: Callable[[Raw], dict[str, Any]]
    item: Callable[[Raw], WorkItem]
    instant: Callable[[Any], datetime]


class RestReplay:
    fields = keys = ()

    def __init__(self, telling: Telling, selectors: Iterable[Selector]) -> None:
        self._telling = telling
        tests = {selector: self._test(selector) for selector in selectors}
        self.untold = {selector: test for selector, test in tests.items() if isinstance(test, str)}
        self._tests = {selector: test for selector, test in tests.items() if not isinstance(test, str)}

    def stretches(
        self, raw: Raw, changes: Sequence[Mapping[str, Any]], ends: Sequence[datetime]
    ) -> Sequence[Stretch]:
        """As promised by `Replay`."""
        parts = self._telling.begin(raw)
        try:
            steps = [(datetime.fromisoformat(change["at"]).astimezone(UTC), change) for change in changes]
            born = self._telling.instant(parts["created"])
        except (KeyError, ValueError, TypeError, OverflowError):
            self._telling.item(Raw(raw.id, raw.version, parts))
            raise MappingError(raw.id, "created", "is no time, so nothing is told of before") from None
        stand = partial(self._stand, raw, parts)
        return rewind(steps, list(ends), born, stand, partial(self._undo, raw, parts))

    def _stand(self, raw: Raw, parts: dict[str, Any], place: int, changed: datetime | None) -> Stretch:
        if changed is not None:
            parts["updated"] = changed.isoformat()
        item = self._telling.item(Raw(raw.id, raw.version, dict(parts)))
        hits = (selector for selector, test in self._tests.items() if test(parts))
        return Stretch(place, item, frozenset(hits))

    def _undo(self, raw: Raw, parts: dict[str, Any], change: Mapping[str, Any]) -> None:
        name = self._telling.names.get(change["field"])
        if name is None:
            return
        if _said(parts.get(name)) != _said(change["new"]):
            told = f"changes end with another value of {change['field']} than the item has"
            raise MappingError(raw.id, "past", told)
        parts[name] = change["old"]

    def _test(self, selector: Selector) -> Test | str:
        """What tells a hit, or why it cannot be told."""
        told = frozenset(self._telling.names.values())
        match selector:
            case Keys(keys):
                return lambda parts: text(parts.get("id")) in keys or text(parts.get("key")) in keys
            case Label(name) if "labels" in told:
                return lambda parts: name in listed(parts.get("labels"))
            case Project(key) if "project" in told:
                return lambda parts: text(parts.get("project")) == key
            case FieldValue(name, value) if (part := self._telling.paths.get(name, "")) in told:
                return lambda parts: text(parts.get(part)) == value
            case _:
                return "`past.fields` names nothing that tells what it hit then"


def _said(value: Any) -> Any:
    """Empty and none are one, and so are a number and its text."""
    return sorted(listed(value)) if isinstance(value, list) else text(value).strip()
