"""The kinds of JQL fields: what each reads from an issue, and what its operands mean."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from bridge.sandbox import adf
from bridge.sandbox.catalog import CATEGORIES
from bridge.sandbox.clock import parse_ms
from bridge.sandbox.fieldtypes import Field
from bridge.sandbox.jql.moments import day_ms, moment_ms
from bridge.sandbox.jql.parse import Function, Literal, Operand
from bridge.sandbox.records import Issue, Json, Refusal

if TYPE_CHECKING:
    from bridge.sandbox.jira import Jira

Resolve = Callable[[Operand], Iterable[Any]]
Make = Callable[["Jira", str], "Attribute"]
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


def literal(field: str, operand: Operand) -> str:
    """The operand as a plain value. Raises Refusal 400 for a function that the field does not know."""
    if isinstance(operand, Literal):
        return operand.text
    name = operand.name if isinstance(operand, Function) else "EMPTY"
    raise Refusal(400, f"Unable to find JQL function '{name}()' for the field '{field}'.")


def named(member: str, table: str) -> Make:
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


def status_category(jira: "Jira", name: str) -> Attribute:
    def resolve(operand: Operand) -> Iterable[str]:
        text = literal(name, operand).casefold()
        for status in jira.catalog.statuses.values():
            one = status["statusCategory"]
            if text in (one["key"], one["name"].casefold(), str(one["id"])):
                return [one["key"]]
        for key, (number, _, label) in CATEGORIES.items():
            if text in (key, label.casefold(), str(number)):
                return [key]
        raise no_value(name, literal(name, operand))

    return Attribute(name, lambda i: i.category, resolve, sort=lambda i: i.category)


def project(jira: "Jira", name: str) -> Attribute:
    def resolve(operand: Operand) -> Iterable[str]:
        text = literal(name, operand)
        found = jira.catalog.project_of(text)
        same = [p.key for p in jira.catalog.projects.values() if p.name.casefold() == text.casefold()]
        if found is None and not same:
            raise no_value(name, text)
        return [found.key] if found else same

    return Attribute(name, lambda i: i.project, resolve, sort=lambda i: i.project)


def user(member: str) -> Make:
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


def date(member: str, day: bool = False) -> Make:
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


def number(_jira: "Jira", field: Field, name: str) -> Attribute:
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


def labels(member: str) -> Make:
    def make(_jira: "Jira", name: str) -> Attribute:
        def read(issue: Issue) -> list[str]:
            return [label.casefold() for label in issue.fields.get(member) or ()]

        return Attribute(name, read, lambda o: [literal(name, o).casefold()], many=True)

    return make


def options(member: str) -> Make:
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


def sprint(jira: "Jira", field: Field, name: str) -> Attribute:
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


def text(*members: str) -> Make:
    def make(_jira: "Jira", name: str) -> Attribute:
        def read(issue: Issue) -> str | None:
            parts = [adf.plain(issue.fields.get(member)) for member in members]
            if "comment" in members:
                parts += [adf.plain(one.body) for one in issue.comments]
            return "\n".join(part for part in parts if part) or None

        sort = (lambda i: str(i.fields.get("summary")).casefold()) if members == ("summary",) else None
        return Attribute(name, read, lambda o: [literal(name, o)], TEXTS, sort=sort)

    return make


def words(jira: "Jira", field: Field, name: str) -> Attribute:
    """A custom field of text."""
    return text(field.id)(jira, name)


def rank(_jira: "Jira", field: Field, name: str) -> Attribute:
    """The order of a board, compared as text."""

    def read(issue: Issue) -> str | None:
        return issue.fields.get(field.id)

    return Attribute(name, read, lambda o: [literal(name, o)], sort=read)
