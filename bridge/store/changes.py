"""A change as columns and back: runs and the outbox hold them alike."""

from __future__ import annotations

from dataclasses import fields
from typing import Any

import sqlalchemy as sa

from bridge.model import Change, Outcome, What

NAMES = tuple(field.name for field in fields(Change))


def to_row(change: Change) -> dict[str, Any]:
    return {name: getattr(change, name) for name in NAMES}


def from_row(row: sa.RowMapping) -> Change:
    """The change of a row; one that is still to be made is `planned`."""
    values = {name: row[name] for name in NAMES}
    outcome = Outcome(values["outcome"] or Outcome.PLANNED)
    return Change(**{**values, "what": What(values["what"]), "outcome": outcome})
