"""What Redmine's values are: instants, and custom fields, the bridge's own by role, any by id."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any

UNTOLD = (LookupError, TypeError, ValueError, AttributeError, ArithmeticError)
"""What comes of a record that is not as it should be."""
NUMBERS = frozenset({"progress", "score"})


def held(issue: Mapping[str, Any], fields: Mapping[str, str]) -> dict[str, Any]:
    """What stands in these custom fields, by role; those that the issue has not, or hides, are absent."""
    custom = custom_of(issue)
    return {role: _value(role, custom[id]) for role, id in fields.items() if id in custom}


def custom_of(issue: Mapping[str, Any]) -> dict[str, Any]:
    return {str(one["id"]): one.get("value") for one in issue.get("custom_fields") or ()}


def _value(role: str, value: Any) -> Any:
    """Every value comes as a text; never set it is null, emptied it is ""."""
    if value in (None, "", []):
        return None
    if role in NUMBERS and isinstance(value, str):
        try:
            return float(value)
        except ValueError:
            return value
    return value


def instant(told: str) -> datetime:
    """Redmine tells UTC with Z, in whole seconds."""
    at = datetime.fromisoformat(told)
    if at.tzinfo is None:
        raise ValueError(f"no zone: {told}")
    return at
