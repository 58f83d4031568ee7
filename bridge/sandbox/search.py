"""Searching: tokens on Cloud, startAt on Data Center, each with its own limits."""

import itertools
from typing import TYPE_CHECKING

from bridge.sandbox import reads, render
from bridge.sandbox.bodies import INVALID, numbers, only, strings
from bridge.sandbox.jql.parse import parse
from bridge.sandbox.jql.run import compile_where, run
from bridge.sandbox.records import Issue, Json, Refusal
from bridge.sandbox.wire import Call, Handler, Reply

if TYPE_CHECKING:
    from bridge.sandbox.jira import Jira

IDS_PAGE, FIELDS_PAGE = 5000, 100
VIEWS_MAX, WINDOW, CHANGELOG_PAGE = 1000, 10_000, 50
BODY = {
    "jql",
    "nextPageToken",
    "maxResults",
    "fields",
    "expand",
    "properties",
    "fieldsByKeys",
    "reconcileIssues",
}
GONE = (
    "The requested API has been removed. Please migrate to the /rest/api/3/search/jql API. "
    "A full migration guideline is available at https://developer.atlassian.com/changelog/#CHANGE-2046"
)


def bounded(jql: str, most_terms: int = 7) -> None:
    """Cloud answers only queries that restrict something. Raises Refusal 400."""
    query = parse(jql)
    if query.where is None:
        raise Refusal(
            400, "Unbounded JQL queries are not allowed here. Please add a search restriction to your query."
        )
    if len(query.order) > most_terms:
        raise Refusal(400, f"The maximum number of fields in ORDER BY is {most_terms}.")


class Cursors:
    """What each open walk found at its start, by the token of its next page."""

    def __init__(self) -> None:
        self._walks: dict[str, tuple[list[int], int]] = {}
        self._numbers = itertools.count(1)

    def keep(self, ids: list[int], at: int) -> str:
        token = f"Ch0jU3RyaW5nJlUwRkNYdz09JUludCY{next(self._numbers):06d}"
        self._walks[token] = (ids, at)
        if len(self._walks) > 1000:
            del self._walks[next(iter(self._walks))]
        return token

    def resume(self, token: str) -> tuple[list[int], int]:
        if token not in self._walks:
            raise Refusal(400, "The provided next page token is invalid or expired.")
        return self._walks[token]


def by_token(cursors: Cursors) -> tuple[Handler, Handler]:
    """The GET and POST handlers of Cloud's search/jql."""

    def get(call: Call) -> Reply:
        body: dict[str, Json] = {"jql": call.text("jql"), "maxResults": call.number("maxResults", 50)}
        body |= {name: call.listed(name) for name in ("fields", "properties", "reconcileIssues")}
        body |= {"expand": call.text("expand"), "nextPageToken": call.text("nextPageToken")}
        return _search(call, body, cursors)

    def post(call: Call) -> Reply:
        body = call.json()
        only(body, BODY)
        if not isinstance(body.get("expand", ""), str):
            raise Refusal(400, INVALID)
        return _search(call, body, cursors)

    return get, post


def _search(call: Call, body: dict[str, Json], cursors: Cursors) -> Reply:
    fields = strings(body, "fields") or ["id"]
    expand = [part for part in str(body.get("expand") or "").split(",") if part]
    light = set(fields) <= {"id", "key", "issuekey"} and not expand and not body.get("properties")
    size = body.get("maxResults", 50)
    if not isinstance(size, int) or size < 0 or size > IDS_PAGE:
        raise Refusal(400, f"The value for maxResults must be between 0 and {IDS_PAGE}.")
    size = min(size, IDS_PAGE if light else FIELDS_PAGE)
    bounded(str(body.get("jql", "")))
    ids, start = _walk(call, body, cursors)
    properties = strings(body, "properties", 5)
    shown = [issue for id in ids[start : start + size] if (issue := call.jira.store.issues.get(id))]
    if light:
        shapes = [_light(call.jira, issue, fields) for issue in shown]
    else:
        wanted = render.Wanted(call.jira, fields, "id")
        shapes = [
            reads.expanded(call, i, render.issue(call.jira, i, wanted, properties), expand) for i in shown
        ]
    answer: dict[str, Json] = {"issues": shapes, "isLast": start + size >= len(ids)}
    if start + size < len(ids):
        answer["nextPageToken"] = cursors.keep(ids, start + size)
    return Reply(200, answer)


def _walk(call: Call, body: dict[str, Json], cursors: Cursors) -> tuple[list[int], int]:
    token = body.get("nextPageToken")
    if token:
        return cursors.resume(str(token))
    reconcile = numbers(body, "reconcileIssues", 50)
    return found_ids(call, str(body["jql"]), reconcile), 0


def found_ids(call: Call, jql: str, reconcile: list[int] = []) -> list[int]:  # noqa: B006 - never changed
    """Ids that the query finds; those to reconcile are judged by the database, not by the index."""
    found = [issue.id for issue in run(call.jira, jql)]
    if not call.signed_in:
        return []
    if not reconcile:
        return found
    kept = [id for id in found if id not in reconcile]
    return kept + [issue.id for issue in _by_database(call.jira, jql, reconcile)]


def _by_database(jira: "Jira", jql: str, ids: list[int]) -> list[Issue]:
    where = parse(jql).where
    test = compile_where(jira, where) if where else None
    issues = (jira.store.issues.get(id) for id in ids)
    return [i for i in issues if i and jira.readable(i) and not i.archived and (not test or test(i))]


def _light(jira: "Jira", issue: Issue, fields: list[str]) -> Json:
    shape: dict[str, Json] = {"id": str(issue.id)}
    if "key" in fields or "issuekey" in fields:
        shape |= {"key": issue.key, "self": f"{jira.catalog.api}/issue/{issue.id}"}
    return shape


def count(call: Call) -> Reply:
    """Approximate count; lags like search."""
    jql = str(call.json().get("jql", ""))
    bounded(jql)
    return Reply(200, {"count": len(found_ids(call, jql))})


def gone(_call: Call) -> Reply:
    """The old search of Cloud."""
    raise Refusal(410, GONE)


def match(call: Call) -> Reply:
    """Which of the issues each query finds."""
    body = call.json()
    ids = set(numbers(body, "issueIds", 1000))
    matches = []
    for jql in strings(body, "jqls"):
        try:
            found, errors = [id for id in found_ids(call, jql) if id in ids], []
        except Refusal as refusal:
            found, errors = [], refusal.messages
        matches.append({"matchedIssues": found, "errors": errors})
    return Reply(200, {"matches": matches})


def check(call: Call) -> Reply:
    """POST jql/parse: which queries are sound; `validation=none` looks at the grammar alone."""
    answers = []
    for jql in strings(call.json(), "queries"):
        answer: dict[str, Json] = {"query": jql}
        try:
            query = parse(jql)
            if query.where and call.text("validation", "strict") != "none":
                compile_where(call.jira, query.where)
            answer["structure"] = {}
        except Refusal as refusal:
            answer["errors"] = refusal.messages
        answers.append(answer)
    return Reply(200, {"queries": answers})


def by_offset_get(call: Call) -> Reply:
    body: dict[str, Json] = {"jql": call.text("jql"), "fields": call.listed("fields")}
    body |= {"startAt": call.number("startAt", 0), "maxResults": call.number("maxResults", 50)}
    return _by_offset(call, body | {"expand": call.listed("expand")})


def by_offset_post(call: Call) -> Reply:
    return _by_offset(call, call.json())


def _by_offset(call: Call, body: dict[str, Json]) -> Reply:
    """Data Center: startAt, what the server grants of maxResults, total; a window of 10,000."""
    expand = strings(body, "expand")
    start, size = body.get("startAt") or 0, body.get("maxResults")
    if not isinstance(start, int) or not isinstance(size, int | None) or start < 0:
        raise Refusal(400, "The startAt and maxResults values must be numbers.")
    size = 50 if size is None else min(max(size, 0), VIEWS_MAX)
    size = min(size, CHANGELOG_PAGE) if "changelog" in expand else size
    if start + size > WINDOW:
        raise Refusal(
            400, f"Result window is too large, startAt + maxResults must be less than or equal to {WINDOW}."
        )
    ids = found_ids(call, str(body.get("jql") or ""))
    wanted = render.Wanted(call.jira, strings(body, "fields"), "*navigable")
    shown = [issue for id in ids[start : start + size] if (issue := call.jira.store.issues.get(id))]
    shapes = [reads.expanded(call, i, render.issue(call.jira, i, wanted), expand) for i in shown]
    answer = {"expand": "schema,names", "startAt": start, "maxResults": size, "total": len(ids)}
    return Reply(200, answer | {"issues": shapes})
