"""Reading issues: one, many by id, and their histories."""

from collections.abc import Iterable

from bridge.sandbox import render
from bridge.sandbox.bodies import number, only, strings
from bridge.sandbox.records import Change, Issue, Json, Refusal
from bridge.sandbox.wire import Call, Reply, page

HEAVY_EXPANDS = {
    "changelog", "editmeta", "operations", "renderedFields", "transitions", "versionedRepresentations",
}  # fmt: skip
MANY_VALUED = {"comment", "worklog", "attachment"}
BULKFETCH_PLAIN = 100
CHANGELOG_ISSUES, CHANGELOG_FIELDS, CHANGELOG_PAGE = 1000, 10, 10_000


def one(call: Call) -> Reply:
    """GET issue, by id, key or former key."""
    issue = call.issue()
    properties = call.listed("properties")
    wanted = render.Wanted(call.jira, call.listed("fields"), "*all")
    shape = render.issue(call.jira, issue, wanted, properties if call.jira.cloud else ())
    if properties and not call.jira.cloud:
        shape["properties"] = {
            k: v for k, v in issue.properties.items() if k in properties or "*all" in properties
        }
    return Reply(200, expanded(call, issue, shape, call.listed("expand")))


def expanded(call: Call, issue: Issue, shape: dict[str, Json], expand: Iterable[str]) -> dict[str, Json]:
    """The issue with what else was asked for; `renderedFields` and the like are given empty-handed."""
    jira = call.jira
    for name in expand:
        match name:
            case "changelog":
                shape["changelog"] = render.changelog(jira, issue)
            case "names":
                shape["names"] = {id: jira.catalog.fields[id].name for id in _known(call, shape)}
            case "schema":
                shape["schema"] = {id: jira.catalog.fields[id].schema() for id in _known(call, shape)}
            case "renderedFields":
                shape["renderedFields"] = {}
    return shape


def _known(call: Call, shape: dict[str, Json]) -> list[str]:
    return [id for id in shape["fields"] if id in call.jira.catalog.fields]


def bulkfetch(call: Call) -> Reply:
    """Many issues by id or key, ascending by id; missing and invisible ones are left out without a word."""
    body = call.json()
    only(body, {"issueIdsOrKeys", "fields", "expand", "properties", "fieldsByKeys"})
    asked = strings(body, "issueIdsOrKeys")
    fields, expand = strings(body, "fields"), strings(body, "expand")
    most = _bulkfetch_limit(call, fields, expand)
    if not 1 <= len(asked) <= most:
        raise Refusal(400, f"The number of issue IDs or keys must be between 1 and {most}.")
    properties = strings(body, "properties", 5)
    wanted = render.Wanted(call.jira, fields, "*navigable")
    shapes = [
        expanded(call, issue, render.issue(call.jira, issue, wanted, properties), expand)
        for issue in visible(call, asked)
    ]
    return Reply(200, {"issues": shapes, "issueErrors": []})


def _bulkfetch_limit(call: Call, fields: list[str], expand: list[str]) -> int:
    plus = [name for name in fields if not name.startswith("-")]
    wild = not plus or bool({"*all", "*navigable"} & set(plus))
    heavy = MANY_VALUED & set(plus) or HEAVY_EXPANDS & set(expand) or len(fields) > 100
    return BULKFETCH_PLAIN if wild or heavy else call.jira.bulkfetch_max


def visible(call: Call, asked: Iterable[str]) -> list[Issue]:
    """Those of the ids and keys that exist and may be seen, each once, ascending by id."""
    if not call.signed_in:
        return []
    found = {issue.id: issue for name in asked if (issue := call.jira.store.find(name))}
    return [found[id] for id in sorted(found) if call.jira.readable(found[id])]


def changelog_page(call: Call) -> Reply:
    """One issue's history, oldest first, at most 100 a page."""
    issue = call.issue()
    entries = [render.history(call.jira, entry) for entry in render.ordered(issue)]
    shape = page(call, entries, default=100, cap=100)
    return Reply(200, shape | {"self": f"{call.jira.catalog.api}/issue/{issue.id}/changelog"})


def changelog_bulk(call: Call) -> Reply:
    """Histories of up to 1000 issues by date, then issue; one issue's may be split over two pages.

    `created` is epoch milliseconds; issues without history are absent; the token is null at the end.
    """
    body = call.json()
    only(
        {k: v for k, v in body.items() if v is not None},
        {"issueIdsOrKeys", "fieldIds", "maxResults", "nextPageToken"},
    )
    asked = strings(body, "issueIdsOrKeys")
    if not 1 <= len(asked) <= CHANGELOG_ISSUES:
        raise Refusal(400, f"issueIdsOrKeys must contain between 1 and {CHANGELOG_ISSUES} items.")
    fields = strings(body, "fieldIds", CHANGELOG_FIELDS)
    size = body.get("maxResults") or 1000
    if not isinstance(size, int) or not 1 <= size <= CHANGELOG_PAGE:
        raise Refusal(400, f"maxResults must be between 1 and {CHANGELOG_PAGE}.")
    start = _offset(body.get("nextPageToken"))
    rows = sorted(_rows(call, asked, fields), key=lambda row: (row[1].at, row[0], row[1].id))
    merged: dict[int, list[Json]] = {}
    for id, entry in rows[start : start + size]:
        merged.setdefault(id, []).append(_bulk_entry(entry, fields))
    logs = [{"issueId": str(id), "changeHistories": entries} for id, entries in merged.items()]
    token = str(start + size) if start + size < len(rows) else None
    return Reply(200, {"issueChangeLogs": logs, "nextPageToken": token})


def _offset(token: Json) -> int:
    if token in (None, ""):
        return 0
    found = number(token) if isinstance(token, str) else None
    if found is None:
        raise Refusal(400, "The nextPageToken is invalid.")
    return found


def _rows(call: Call, asked: list[str], fields: list[str]) -> list[tuple[int, Change]]:
    return [
        (issue.id, entry)
        for issue in visible(call, asked)
        for entry in issue.changes()
        if not fields or any(item.get("fieldId") in fields for item in entry.items)
    ]


def _bulk_entry(entry: Change, fields: list[str]) -> Json:
    items = [item for item in entry.items if not fields or item.get("fieldId") in fields]
    return {"id": str(entry.id), "author": entry.author, "created": entry.at, "items": items}
