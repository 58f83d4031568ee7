"""From a field's name in a query to what it means on this site."""

import re
from typing import TYPE_CHECKING

from bridge.sandbox.fieldtypes import CLAUSES, Field
from bridge.sandbox.jql import keys, kinds
from bridge.sandbox.jql.kinds import Attribute, Make, literal
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
    if found is None or not found.custom:
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
    for ending, make in (("gh-sprint", kinds.sprint),):
        if field.custom.endswith(ending):
            return make(jira, field, name)
    if field.custom.endswith("gh-epic-link"):
        return keys.epic_link(jira, name)
    if field.custom.endswith("custom-field-parent"):
        return keys.parent_link(jira, name)
    if field.custom.endswith("gh-lexo-rank"):
        read = lambda i: i.fields.get(field.id)  # noqa: E731
        return Attribute(name, read, lambda o: [literal(name, o)], sort=read)
    return kinds.text(field.id)(jira, name)


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
