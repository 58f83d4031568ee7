"""The values of a card's custom fields: of the bridge's own by role, of any by name.

A card holds the values by the id of the field; `fields` beside them are those of its board: id, name, type,
and the options' texts by id.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime
from decimal import Decimal, InvalidOperation
from typing import Any

UNTOLD = (LookupError, TypeError, ValueError, AttributeError, ArithmeticError)
"""What comes of a record that is not as it should be."""
NUMBERS = frozenset({"progress", "score"})
Fields = Sequence[Mapping[str, Any]]


def held(card: Mapping[str, Any], names: Mapping[str, str]) -> dict[str, Any]:
    """What stands in the fields of these names, by role; those that the board has not are absent."""
    return {role: _figure(role, value_of(card, one)) for role, one in defined(card["fields"], names).items()}


def defined(fields: Fields, names: Mapping[str, str]) -> dict[str, Mapping[str, Any]]:
    """By role. Of two fields of one name the first counts."""
    known = {_fold(one["name"]): one for one in reversed(fields)}
    return {role: known[_fold(name)] for role, name in names.items() if _fold(name) in known}


def first(card: Mapping[str, Any], names: Iterable[str]) -> Any:
    """The value of the first of these fields that the card has a value in; None for none."""
    by_name = defined(card["fields"], {name: name for name in names})
    values = (value_of(card, one) for one in by_name.values())
    return next((value for value in values if value is not None), None)


def value_of(card: Mapping[str, Any], field: Mapping[str, Any]) -> Any:
    """A text as a rule, numbers too; yes or no; None where nothing stands or the option is gone."""
    items = card.get("customFieldItems") or ()
    item = next((one for one in items if one.get("idCustomField") == field["id"]), None)
    if item is None:
        return None
    if field["type"] == "list":
        return field["options"].get(str(item.get("idValue")))
    value = item.get("value")
    if not isinstance(value, Mapping):
        return None
    if field["type"] == "checkbox":
        return str(value.get("checked")).lower() == "true"
    return value.get(field["type"]) or None


def instant(told: str) -> datetime:
    """Trello tells UTC with Z."""
    at = datetime.fromisoformat(told)
    if at.tzinfo is None:
        raise ValueError(f"no zone: {told}")
    return at


def same(one: Any, wanted: Any) -> bool:
    """Whether two spellings say the same: numbers and instants by what they are, words without case."""
    if one is None or wanted is None:
        return one is None and wanted is None
    if isinstance(one, bool):
        return str(one).lower() == str(wanted).strip().lower()
    left, right = str(one).strip(), str(wanted).strip()
    if left.casefold() == right.casefold():
        return True
    try:
        return Decimal(left) == Decimal(right)
    except InvalidOperation:
        pass
    try:
        return datetime.fromisoformat(left) == datetime.fromisoformat(right)
    except (ValueError, TypeError):
        return False


def _figure(role: str, value: Any) -> Any:
    if role in NUMBERS and isinstance(value, str):
        try:
            return float(value)
        except ValueError:
            return value
    return value


def _fold(name: str) -> str:
    return name.strip().casefold()
