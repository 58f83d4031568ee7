"""Is every link's query sound, and does it hit anything."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Protocol

from bridge.errors import Rejected, UsageError
from bridge.model import Finding, Keys, Selector
from connectors.base import CheckScope
from connectors.jira.api import Api
from connectors.jira.jql import jql
from connectors.jira.trouble import said

MOST_SHOWN = 120
FIX = "correct the link's query; try it in Jira's own issue search as the bridge's account"
HIDDEN = "check the key; or the account may not see the project or the issue"


class Connected(Protocol):
    name: str

    @property
    def api(self) -> Api: ...
    def resolve(self, keys: list[str]) -> Mapping[str, str]: ...


def check_queries(jira: Connected, scope: CheckScope) -> Iterator[Finding]:
    yield from _keys(jira, scope)
    for selector in dict.fromkeys(scope.selectors):
        if not isinstance(selector, Keys):
            yield from _query(jira, selector)


def _keys(jira: Connected, scope: CheckScope) -> Iterator[Finding]:
    """Anchors are looked into more closely, and told there."""
    named = [key for selector in scope.selectors if isinstance(selector, Keys) for key in selector.keys]
    keys = [key for key in dict.fromkeys(named) if key not in scope.anchors]
    found = jira.resolve(keys) if keys else {}
    for key in keys:
        if key not in found:
            yield Finding("error", jira.name, f"{key} cannot be read", HIDDEN)


def _query(jira: Connected, selector: Selector) -> Iterator[Finding]:
    try:
        query = jql(selector)
    except UsageError as error:
        yield Finding("error", jira.name, error.message, error.hint)
        return
    shown = query if len(query) <= MOST_SHOWN else query[: MOST_SHOWN - 1] + "…"
    try:
        faults, number = (_cloud if jira.api.cloud else _datacenter)(jira.api, query)
    except Rejected as error:
        yield Finding("error", jira.name, f"{shown} is refused: {said(error)}", FIX)
        return
    for fault in faults:
        yield Finding("warning", jira.name, f"{shown}: {fault}", FIX)
    if number:
        yield Finding("info", jira.name, f"{shown}: {number} items")
    else:
        yield Finding("warning", jira.name, f"{shown}: hits nothing", "is the query what you meant?")


def _cloud(api: Api, query: str) -> tuple[list[str], int]:
    """Warnings, and about how many it hits. Raises Rejected for a query that is not sound."""
    parsed = api.shaped(
        api.ask("jql/parse", {"queries": [query]}, {"validation": "strict"}), dict, "jql/parse"
    )
    answers = api.shaped(parsed.get("queries"), list, "jql/parse")
    answer = api.shaped(answers[0] if answers else None, dict, "jql/parse")
    if errors := answer.get("errors"):
        raise Rejected(api.http.system, "; ".join(map(str, errors)), FIX)
    counted = api.shaped(api.ask("search/approximate-count", {"jql": query}), dict, "approximate-count")
    number = _number(api, counted.get("count"), "approximate-count")
    return [str(warning) for warning in answer.get("warnings") or ()], number


def _datacenter(api: Api, query: str) -> tuple[list[str], int]:
    """The same from a search for nothing but the total."""
    body = {"jql": query, "maxResults": 0, "fields": ["summary"], "validateQuery": True}
    page = api.shaped(api.ask("search", body), dict, "search")
    number = _number(api, page.get("total"), "search")
    return [str(warning) for warning in page.get("warningMessages") or ()], number


def _number(api: Api, told: object, what: str) -> int:
    """How many there are. Raises UnexpectedAnswer where the site does not say."""
    return int(api.shaped(told, int, what))
