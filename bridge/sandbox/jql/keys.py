"""JQL fields that mean issues: keys, ids, parents, and what lies below."""

import re
from collections.abc import Callable, Iterable
from typing import TYPE_CHECKING

from bridge.sandbox.jql.kinds import RANGES, SETS, Attribute, literal
from bridge.sandbox.jql.parse import Function, Operand
from bridge.sandbox.records import Issue, Refusal

if TYPE_CHECKING:
    from bridge.sandbox.jira import Jira


def key(jira: "Jira", name: str) -> Attribute:
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
        if not re.fullmatch("[0-9]{1,18}", number):
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
    keys = key(jira, name)

    def read(issue: Issue) -> int | None:
        return issue.parent if accepts is None or accepts(issue) else None

    return Attribute(name, read, keys.resolve, SETS)


def parent(jira: "Jira", name: str) -> Attribute:
    return _parent(jira, name, None if jira.cloud else lambda i: i.fields["issuetype"]["subtask"])


def epic_link(jira: "Jira", name: str) -> Attribute:
    return _parent(jira, name, lambda i: jira.catalog.level(i) == 0)


def parent_link(jira: "Jira", name: str) -> Attribute:
    return _parent(jira, name, lambda i: jira.catalog.level(i) > 0)


def parent_epic(jira: "Jira", name: str) -> Attribute:
    """The epic's stories and their sub-tasks."""
    keys = key(jira, name)

    def read(issue: Issue) -> list[int]:
        above = jira.store.issues.get(issue.parent) if issue.parent is not None else None
        return [i for i in (issue.parent, above.parent if above else None) if i is not None]

    return Attribute(name, read, keys.resolve, SETS, many=True)
