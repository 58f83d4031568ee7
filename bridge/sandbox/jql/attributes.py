"""What each JQL field reads from an issue, and what its values mean."""

import re
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from bridge.sandbox import adf
from bridge.sandbox.clock import parse_ms
from bridge.sandbox.fieldtypes import CLAUSES, Field
from bridge.sandbox.jql.moments import day_ms, moment_ms
from bridge.sandbox.jql.parse import Empty, Function, Literal, Operand
from bridge.sandbox.records import Issue, Json, Refusal

if TYPE_CHECKING:
    from bridge.sandbox.jira import Jira

Resolve = Callable[[Operand], Iterable[Any]]
SETS = ("=", "!=", "in", "not in", "is", "is not")
RANGES = (*SETS, "<", "<=", ">", ">=")
TEXTS = ("~", "!~", "is", "is not")


@dataclass(frozen=True, slots=True)
class Attribute:
    """A field as queries see it: its value (values, when `many`) on an issue, and what operands mean."""

    name: str
    read: Callable[[Issue], Any]
    resolve: Resolve
    operators: tuple[str, ...] = SETS
    many: bool = False
    sort: Callable[[Issue], Any] | None = None
    compare: Callable[[Issue, Any], int | None] | None = None


def no_value(field: str, value: str) -> Refusal:
    return Refusal(400, f"The value '{value}' does not exist for the field '{field}'.")


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


def literal(field: str, operand: Operand) -> str:
    """The operand as a plain value. Raises Refusal 400 for a function that the field does not know."""
    if isinstance(operand, Literal):
        return operand.text
    name = operand.name if isinstance(operand, Function) else "EMPTY"
    raise Refusal(400, f"Unable to find JQL function '{name}()' for the field '{field}'.")


# --- kinds of attributes


def _named(member: str, table: str) -> Callable[["Jira", str], Attribute]:
    """A field whose value is an entry of the catalog: matched by id or name, several may share a name."""

    def make(jira: "Jira", name: str) -> Attribute:
        entries: dict[str, Json] = getattr(jira.catalog, table)

        def resolve(operand: Operand) -> Iterable[str]:
            if isinstance(operand, Function) and member == "issuetype":
                return _type_function(jira, operand)
            text = literal(name, operand).casefold()
            if member == "resolution" and text == "unresolved":
                return [""]
            ids = [id for id, entry in entries.items() if text in (id, entry["name"].casefold())]
            if not ids:
                raise no_value(name, literal(name, operand))
            return ids

        def read(issue: Issue) -> str | None:
            value = issue.fields.get(member)
            return value["id"] if value else ("" if member == "resolution" else None)

        def sort(issue: Issue) -> Any:
            value = issue.fields.get(member)
            return value and (int(value["id"]) if member == "priority" else value["name"])

        return Attribute(name, read, resolve, sort=sort)

    return make


def _type_function(jira: "Jira", function: Function) -> list[str]:
    wanted = {"standardissuetypes": False, "subtaskissuetypes": True}.get(function.name.casefold())
    if wanted is None:
        raise Refusal(400, f"Unable to find JQL function '{function.name}()'.")
    return [id for id, entry in jira.catalog.types.items() if entry["subtask"] is wanted]


def _status_category(jira: "Jira", name: str) -> Attribute:
    def resolve(operand: Operand) -> Iterable[str]:
        text = literal(name, operand).casefold()
        for status in jira.catalog.statuses.values():
            one = status["statusCategory"]
            if text in (one["key"], one["name"].casefold(), str(one["id"])):
                return [one["key"]]
        from bridge.sandbox.catalog import CATEGORIES

        for key, (number, _, label) in CATEGORIES.items():
            if text in (key, label.casefold(), str(number)):
                return [key]
        raise no_value(name, literal(name, operand))

    return Attribute(name, lambda i: i.category, resolve, sort=lambda i: i.category)


def _key(jira: "Jira", name: str) -> Attribute:
    def resolve(operand: Operand) -> Iterable[int]:
        if isinstance(operand, Function):
            return _hierarchy(jira, operand)
        text = literal(name, operand)
        found = jira.store.find(text)
        if found is None or not jira.readable(found):
            raise Refusal(400, f"An issue with key '{text}' does not exist for field '{name}'.")
        return [found.id]

    def sort(issue: Issue) -> tuple[str, int]:
        return issue.project, issue.number

    def compare(issue: Issue, operand: Operand) -> int | None:
        text = literal(name, operand).upper()
        project, _, number = text.rpartition("-")
        if not number.isdigit():
            raise Refusal(400, f"The issue key '{text}' for field '{name}' is invalid.")
        mine = issue.number if project else issue.id
        return None if project and project != issue.project else (mine > int(number)) - (mine < int(number))

    return Attribute(name, lambda i: i.id, resolve, RANGES, sort=sort, compare=compare)


def _hierarchy(jira: "Jira", function: Function) -> set[int]:
    if function.name.casefold() not in ("portfoliochildissuesof", "childissuesof"):
        raise Refusal(400, f"Unable to find JQL function '{function.name}()'.")
    found = jira.store.find(function.arguments[0]) if function.arguments else None
    if found is None or not jira.readable(found):
        raise Refusal(400, f"Issue '{' '.join(function.arguments)}' could not be found in function.")
    return jira.store.descendants(found.id)


def _parent(jira: "Jira", name: str, accepts: Callable[[Issue], bool] | None = None) -> Attribute:
    """One up; on Data Center `parent` knows sub-tasks alone, the Epic Link the rest."""
    keys = _key(jira, name)

    def read(issue: Issue) -> int | None:
        return issue.parent if accepts is None or accepts(issue) else None

    return Attribute(name, read, keys.resolve, SETS)


def _parent_by_deployment(jira: "Jira", name: str) -> Attribute:
    return _parent(jira, name, None if jira.cloud else lambda i: i.fields["issuetype"]["subtask"])


def _epic_link(jira: "Jira", name: str) -> Attribute:
    return _parent(jira, name, lambda i: jira.catalog.level(i) == 0)


def _parent_link(jira: "Jira", name: str) -> Attribute:
    return _parent(jira, name, lambda i: jira.catalog.level(i) > 0)


def _parent_epic(jira: "Jira", name: str) -> Attribute:
    """The epic's stories and their sub-tasks."""
    keys = _key(jira, name)

    def read(issue: Issue) -> list[int]:
        above = jira.store.issues.get(issue.parent) if issue.parent is not None else None
        return [i for i in (issue.parent, above.parent if above else None) if i is not None]

    return Attribute(name, read, keys.resolve, SETS, many=True)


def _project(jira: "Jira", name: str) -> Attribute:
    def resolve(operand: Operand) -> Iterable[str]:
        text = literal(name, operand)
        found = jira.catalog.project_of(text)
        same = [p.key for p in jira.catalog.projects.values() if p.name.casefold() == text.casefold()]
        if found is None and not same:
            raise no_value(name, text)
        return [found.key] if found else same

    return Attribute(name, lambda i: i.project, resolve, sort=lambda i: i.project)


def _user(member: str) -> Callable[["Jira", str], Attribute]:
    def make(jira: "Jira", name: str) -> Attribute:
        def read(issue: Issue) -> str | None:
            value = issue.fields.get(member)
            return _user_id(value) if value else None

        def resolve(operand: Operand) -> Iterable[str]:
            if isinstance(operand, Function) and operand.name.casefold() == "currentuser":
                return [_user_id(jira.me)]
            text = literal(name, operand).casefold()
            people = jira.catalog.users.items()
            ids = [id for id, user in people if text in _names(id, user)]
            if not ids:
                raise no_value(name, literal(name, operand))
            return ids

        return Attribute(name, read, resolve, sort=lambda i: (i.fields.get(member) or {}).get("displayName"))

    return make


def _user_id(user: Json) -> str:
    return str(user.get("accountId") or user.get("name"))


def _names(id: str, user: Json) -> tuple[str, ...]:
    return id.casefold(), user["displayName"].casefold(), user.get("emailAddress", "").casefold()


def _date(member: str, day: bool = False) -> Callable[["Jira", str], Attribute]:
    def make(jira: "Jira", name: str) -> Attribute:
        def read(issue: Issue) -> int | None:
            if member in ("created", "updated"):
                return int(getattr(issue, member))
            value = issue.fields.get(member)
            if not value:
                return None
            return day_ms(value, jira.profile_zone) if day else parse_ms(value)

        return Attribute(name, read, lambda o: [moment_ms(jira, name, o)], RANGES, sort=read)

    return make


def _number(_jira: "Jira", field: Field, name: str) -> Attribute:
    def read(issue: Issue) -> float | None:
        value = issue.fields.get(field.id)
        return value if isinstance(value, int | float) and not isinstance(value, bool) else None

    def resolve(operand: Operand) -> Iterable[float]:
        try:
            return [float(literal(name, operand))]
        except ValueError:
            raise Refusal(
                400, f"Value '{literal(name, operand)}' is invalid for the '{name}' field."
            ) from None

    return Attribute(name, read, resolve, RANGES, sort=read)


def _labels(member: str) -> Callable[["Jira", str], Attribute]:
    def make(_jira: "Jira", name: str) -> Attribute:
        def read(issue: Issue) -> list[str]:
            return [label.casefold() for label in issue.fields.get(member) or ()]

        return Attribute(name, read, lambda o: [literal(name, o).casefold()], many=True)

    return make


def _options(member: str) -> Callable[["Jira", str], Attribute]:
    """Values with a name or value of their own: components, versions, options. Unknown ones are refused."""

    def make(jira: "Jira", name: str) -> Attribute:
        def read(issue: Issue) -> list[str]:
            value = issue.fields.get(member) or ()
            several = [value] if isinstance(value, dict) else value if isinstance(value, list) else ()
            return [str(one.get("name") or one.get("value")).casefold() for one in several]

        def resolve(operand: Operand) -> Iterable[str]:
            text = literal(name, operand).casefold()
            field = jira.catalog.fields[member]
            known = (value.casefold() for value in field.options.values())
            if text not in known and not any(text in read(issue) for issue in jira.store.issues.values()):
                raise no_value(name, literal(name, operand))
            return [text]

        return Attribute(name, read, resolve, many=True)

    return make


def _sprint(jira: "Jira", field: Field, name: str) -> Attribute:
    def read(issue: Issue) -> list[int]:
        value = issue.fields.get(field.id)
        return [s["id"] for s in value if isinstance(s, dict)] if isinstance(value, list) else []

    def resolve(operand: Operand) -> Iterable[int]:
        sprints = jira.catalog.sprints.values()
        if isinstance(operand, Function):
            states = {"opensprints": "active", "closedsprints": "closed", "futuresprints": "future"}
            state = states.get(operand.name.casefold())
            if state is None:
                raise Refusal(400, f"Unable to find JQL function '{operand.name}()'.")
            return [s["id"] for s in sprints if s["state"] == state]
        text = literal(name, operand).casefold()
        ids = [s["id"] for s in sprints if text in (str(s["id"]), s["name"].casefold())]
        if not ids:
            raise no_value(name, literal(name, operand))
        return ids

    return Attribute(name, read, resolve, many=True)


def _text(*members: str) -> Callable[["Jira", str], Attribute]:
    def make(_jira: "Jira", name: str) -> Attribute:
        def read(issue: Issue) -> str | None:
            parts = [adf.plain(issue.fields.get(member)) for member in members]
            if "comment" in members:
                parts += [adf.plain(one.body) for one in issue.comments]
            return "\n".join(part for part in parts if part) or None

        sort = (lambda i: str(i.fields.get("summary")).casefold()) if members == ("summary",) else None
        return Attribute(name, read, lambda o: [literal(name, o)], TEXTS, sort=sort)

    return make


def _custom(jira: "Jira", field: Field, name: str) -> Attribute:
    match field.type, field.items:
        case "number", _:
            return _number(jira, field, name)
        case "date" | "datetime", _:
            return _date(field.id, day=field.type == "date")(jira, name)
        case "user", _:
            return _user(field.id)(jira, name)
        case "array", "string":
            return _labels(field.id)(jira, name)
        case "option", _:
            return _options(field.id)(jira, name)
        case "array", "option":
            return _options(field.id)(jira, name)
    for ending, make in (("gh-sprint", _sprint),):
        if field.custom.endswith(ending):
            return make(jira, field, name)
    if field.custom.endswith("gh-epic-link"):
        return _epic_link(jira, name)
    if field.custom.endswith("custom-field-parent"):
        return _parent_link(jira, name)
    if field.custom.endswith("gh-lexo-rank"):
        read = lambda i: i.fields.get(field.id)  # noqa: E731
        return Attribute(name, read, lambda o: [literal(name, o)], sort=read)
    return _text(field.id)(jira, name)


_SYSTEM: dict[str, Callable[["Jira", str], Attribute]] = {
    "issuekey": _key,
    "project": _project,
    "parent": _parent_by_deployment,
    "parentepic": _parent_epic,
    "epic link": _epic_link,
    "parent link": _parent_link,
    "issuetype": _named("issuetype", "types"),
    "status": _named("status", "statuses"),
    "statuscategory": _status_category,
    "resolution": _named("resolution", "resolutions"),
    "priority": _named("priority", "priorities"),
    "labels": _labels("labels"),
    "components": _options("components"),
    "fixversions": _options("fixVersions"),
    "versions": _options("versions"),
    "assignee": _user("assignee"),
    "reporter": _user("reporter"),
    "creator": _user("creator"),
    "created": _date("created"),
    "updated": _date("updated"),
    "resolutiondate": _date("resolutiondate"),
    "statuscategorychangeddate": _date("statuscategorychangedate"),
    "duedate": _date("duedate", day=True),
    "summary": _text("summary"),
    "description": _text("description"),
    "environment": _text("environment"),
    "comment": _text("comment"),
    "text": _text("summary", "description", "environment", "comment"),
}

__all__ = ["Attribute", "Empty", "attribute", "no_value"]
