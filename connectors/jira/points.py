"""Which field holds story points: Jira has no reliable marker for it, so several signs are weighed."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from typing import Any

TEAM_MANAGED = "com.pyxis.greenhopper.jira:jsw-story-points"
NUMBER = "com.atlassian.jira.plugin.system.customfieldtypes:float"
NAMES = ("Story Points", "Story point estimate")


def points_fields(
    fields: Sequence[Mapping[str, Any]], configured: str, boards: Iterable[str]
) -> dict[str, list[str]]:
    """`points`: ids in the order of trust, of which each issue's first that is not null counts.
    `ambiguous_points`: fields of one name of which nothing tells the used one; a person has to say.

    The order: the configured field alone (by id or name), else those that boards estimate by (the one
    that most boards use first), the team-managed one, a number field of one of the two usual names.
    """
    if configured:
        found = [f["id"] for f in fields if configured in (f["id"], f.get("name"))]
        return {"points": found[:1], "ambiguous_points": found if len(found) > 1 else []}
    numbers = {field["id"] for field in fields if _custom(field) in (TEAM_MANAGED, NUMBER)}
    uses = Counter(field for field in boards if field in numbers)
    by_use = sorted(uses, key=lambda field: (-uses[field], field))
    managed = [field["id"] for field in fields if _custom(field) == TEAM_MANAGED]
    named, ambiguous = _by_name(fields, by_use)
    return {"points": list(dict.fromkeys([*by_use, *managed, *named])), "ambiguous_points": ambiguous}


def _by_name(fields: Sequence[Mapping[str, Any]], trusted: Sequence[str]) -> tuple[list[str], list[str]]:
    found: list[str] = []
    ambiguous: list[str] = []
    for name in NAMES:
        ids = [field["id"] for field in fields if field.get("name") == name and _custom(field) == NUMBER]
        if len(ids) == 1:
            found += ids
        elif not set(ids) & set(trusted):
            ambiguous += ids
    return found, ambiguous


def _custom(field: Mapping[str, Any]) -> str:
    return str((field.get("schema") or {}).get("custom", ""))
