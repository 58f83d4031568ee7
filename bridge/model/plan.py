"""What is to be written, as a value that can be shown, compared and demanded."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from typing import Any

from bridge.model.document import Document


class What(StrEnum):
    """The four places on an anchor item."""

    FIELD = "field"
    COMMENT = "comment"
    PROPERTY = "property"
    REMOTE_LINK = "remote_link"


class Outcome(StrEnum):
    PLANNED = "planned"
    WRITTEN = "written"
    KEPT = "kept"
    DRIFTED = "drifted"
    REFUSED = "refused"
    FAILED = "failed"
    UNKNOWN = "unknown"


@dataclass(frozen=True, slots=True, kw_only=True)
class Change:
    """One place on one item that is to be different. `before`, `after` are plain JSON values."""

    connection: str
    item: str
    key: str
    kr: str
    what: What
    name: str
    before: Any
    after: Any
    outcome: Outcome = Outcome.PLANNED


@dataclass(frozen=True, slots=True, kw_only=True)
class CommentChange(Change):
    """A comment that is to be made or rewritten: its text, and the id of the one to rewrite. `fresh`
    asks for a new one beside those before."""

    body: Document = ()
    ref: str = ""
    fresh: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Problem:
    """Something that went wrong and did not stop the rest; `kind` groups by what to do."""

    kind: str
    message: str
    hint: str = ""
    connection: str = ""
    kr: str = ""
    item: str = ""


@dataclass(frozen=True, slots=True)
class Finding:
    """One result of a check or of lint. `level`: error, warning or info; `where`: connection or place."""

    level: str
    where: str
    message: str
    hint: str = ""


@dataclass(frozen=True, slots=True)
class Plan:
    """Every change of a run in the order of making, and what stands against some of them."""

    changes: tuple[Change, ...]
    problems: tuple[Problem, ...] = ()
