"""Key results that count by a field which their site does not have: a misspelt name must never turn
points into a count, or a sum into nothing."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from bridge.model import KeyResult, Okrs, Problem

Facts = Mapping[str, Mapping[str, Any]]
"""By connection, what is remembered of its site: `asked` (by which settings) and `site` (the answer)."""


@dataclass(frozen=True, slots=True)
class LostField:
    """`source`: a metric is read from it, not the roll-up."""

    connection: str
    name: str
    hint: str
    source: bool = False


def lost_fields(okrs: Okrs, facts: Facts) -> dict[str, LostField]:
    """By key result, the first field that it counts by and that cannot be told on its site."""
    found = ((kr.id, next(_lost(kr, facts), None)) for kr in okrs.key_results)
    return {id: lost for id, lost in found if lost}


def problem_of(kr: str, lost: LostField) -> Problem:
    return Problem(
        kind="field",
        message=f"{lost.connection}: {lost.name}, and {kr} counts by it: its last value stays",
        hint=lost.hint,
        connection=lost.connection,
        kr=kr,
    )


def _lost(kr: KeyResult, facts: Facts) -> Iterator[LostField]:
    for name in dict.fromkeys(link.connection for link in kr.links):
        site = facts.get(name, {}).get("site", {})
        if kr.rollup.method == "field" and kr.rollup.field in _untold(site):
            hint = "correct `field` of its rollup, or name the field by its id"
            yield LostField(name, f"no one field is called {kr.rollup.field}", hint)
        if kr.rollup.method == "points" and (said := _points(facts.get(name, {}))):
            yield LostField(name, said, "name the field of story points in `points_field`")
    source = kr.metric.source if kr.metric else None
    if source and source.field in _untold(facts.get(source.connection, {}).get("site", {})):
        hint = "correct `field` of the metric's source, or name the field by its id"
        yield LostField(source.connection, f"no one field is called {source.field}", hint, source=True)


def _untold(site: Mapping[str, Any]) -> set[str]:
    """Names that no field bears, or several."""
    return {*site.get("missing", ()), *site.get("twins", {})}


def _points(facts: Mapping[str, Any]) -> str:
    """Why story points cannot be told; empty where they can, or where the site plainly has none."""
    site = facts.get("site", {})
    if site.get("points"):
        return ""
    if wanted := facts.get("asked", {}).get("connection", {}).get("points_field"):
        return f"no one field is called {wanted}"
    return "several fields could hold story points" if site.get("ambiguous_points") else ""
