"""From a field's name in a query to what it means on this site."""

import re
from collections.abc import Callable
from typing import TYPE_CHECKING

from bridge.sandbox.fieldtypes import CLAUSES, Field
from bridge.sandbox.jql import keys, kinds
from bridge.sandbox.jql.kinds import Attribute, Make
from bridge.sandbox.records import Refusal

if TYPE_CHECKING:
    from bridge.sandbox.jira import Jira


def attribute(jira: "Jira", name: str) -> Attribute:
    """The attribute that a name in a query means. Raises Refusal 400 for an unknown one."""
    folded = name.casefold()
    for id, clauses in CLAUSES.items():
        if folded in (clause.casefold() for clause in clauses):
            folded = id.casefold()
    make = _SYSTEM.get(folded)
    if make is not None:
        return make(jira, name)
    found = _custom_field(jira, name)
    if found is None or not (found.custom and found.searchable):
        raise Refusal(400, f"Field '{name}' does not exist or you do not have permission to view it.")
    return _custom(jira, found, name)


def _custom_field(jira: "Jira", name: str) -> Field | None:
    match = re.fullmatch(r"cf\[(\d+)\]", name, re.IGNORECASE)
    if match:
        return jira.catalog.fields.get(f"customfield_{match.group(1)}")
    named = re.fullmatch(r".*\[(\d+)\]", name)
    if named and jira.cloud:
        return jira.catalog.fields.get(f"customfield_{named.group(1)}")
    return jira.catalog.field(name)


def _custom(jira: "Jira", field: Field, name: str) -> Attribute:
    match field.type, field.items:
        case "number", _:
            return kinds.number(jira, field, name)
        case "date" | "datetime", _:
            return kinds.date(field.id, day=field.type == "date")(jira, name)
        case "user", _:
            return kinds.user(field.id)(jira, name)
        case "array", "string":
            return kinds.labels(field.id)(jira, name)
        case "option", _:
            return kinds.options(field.id)(jira, name)
        case "array", "option":
            return kinds.options(field.id)(jira, name)
    by_ending = (make for ending, make in _BY_ENDING.items() if field.custom.endswith(ending))
    return next(by_ending, kinds.words)(jira, field, name)


_BY_ENDING: dict[str, Callable[["Jira", Field, str], Attribute]] = {
    "gh-sprint": kinds.sprint,
    "gh-lexo-rank": kinds.rank,
    "gh-epic-link": lambda jira, _, name: keys.epic_link(jira, name),
    "custom-field-parent": lambda jira, _, name: keys.parent_link(jira, name),
}
_SYSTEM: dict[str, Make] = {
    "issuekey": keys.key,
    "project": kinds.project,
    "parent": keys.parent,
    "parentepic": keys.parent_epic,
    "epic link": keys.epic_link,
    "parent link": keys.parent_link,
    "issuetype": kinds.named("issuetype", "types"),
    "status": kinds.named("status", "statuses"),
    "statuscategory": kinds.status_category,
    "resolution": kinds.named("resolution", "resolutions"),
    "priority": kinds.named("priority", "priorities"),
    "labels": kinds.labels("labels"),
    "components": kinds.options("components"),
    "fixversions": kinds.options("fixVersions"),
    "versions": kinds.options("versions"),
    "assignee": kinds.user("assignee"),
    "reporter": kinds.user("reporter"),
    "creator": kinds.user("creator"),
    "created": kinds.date("created"),
    "updated": kinds.date("updated"),
    "resolutiondate": kinds.date("resolutiondate"),
    "statuscategorychangeddate": kinds.date("statuscategorychangedate"),
    "duedate": kinds.date("duedate", day=True),
    "summary": kinds.text("summary"),
    "description": kinds.text("description"),
    "environment": kinds.text("environment"),
    "comment": kinds.text("comment"),
    "text": kinds.text("summary", "description", "environment", "comment"),
}
