"""Every operation that the embedded Jira has, called once with success and past the connector."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import requests

from tests.connectors.jira.site import JiraDriver

Call = tuple[str, str, Any]
TEXT = {"type": "doc", "version": 1, "content": []}
KIND = "com.atlassian.jira.plugin.system.customfieldtypes:"


def everywhere(driver: JiraDriver, epic: str) -> Iterator[Call]:
    """Calls by method, path below `rest/api/N/` and body; `api` on both faces is the same."""
    jira = driver.jira
    one, key = f"issue/{epic}", driver.key(epic)
    words: Any = TEXT if jira.cloud else "words"
    said = jira.comment(epic, words).id
    other = jira.comment(epic, words).id
    work = driver.key(driver.make("Other"))
    gone = driver.key(driver.make("To be deleted"))
    for name in ("serverInfo", "myself", "status", "statuscategory", "resolution", "priority", "issuetype"):
        yield "GET", name, None
    for name in ("issueLinkType", "configuration", "project", "project/WORK", "field"):
        yield "GET", name, None
    yield (
        "GET",
        "mypermissions" + ("?permissions=BROWSE_PROJECTS&projectKey=WORK" if jira.cloud else ""),
        None,
    )
    yield "GET", "issue/createmeta/WORK/issuetypes", None
    yield "GET", "issue/createmeta/WORK/issuetypes/2", None
    made = {"project": {"key": "WORK"}, "issuetype": {"id": "2"}, "summary": "Made", "labels": ["x"]}
    yield "POST", "issue", {"fields": made}
    yield "GET", f"{one}?expand=changelog,names,schema&fields=summary,status,comment", None
    yield "PUT", one, {"fields": {"summary": "Renamed"}}
    yield "DELETE", f"issue/{gone}", None
    yield "GET", f"{one}/editmeta", None
    yield "GET", f"{one}/transitions", None
    yield "POST", f"{one}/transitions", {"transition": {"id": "2"}}
    ends = {"inwardIssue": {"key": key}, "outwardIssue": {"key": work}}
    yield "POST", "issueLink", {"type": {"name": "Blocks"}, **ends}
    yield "PUT", f"{one}/properties/mine", {"a": 1}
    yield "PUT", f"{one}/properties/mine", {"a": 2}
    yield "GET", f"{one}/properties", None
    yield "GET", f"{one}/properties/mine", None
    yield "DELETE", f"{one}/properties/mine", None
    link = {"globalId": "mine", "object": {"url": "https://okr.example/", "title": "Mine"}}
    yield "POST", f"{one}/remotelink", link
    yield "POST", f"{one}/remotelink", link
    yield "GET", f"{one}/remotelink", None
    yield "GET", f"{one}/remotelink?globalId=mine", None
    yield "DELETE", f"{one}/remotelink?globalId=mine", None
    yield "POST", f"{one}/comment", {"body": words}
    yield "GET", f"{one}/comment?startAt=0&maxResults=10&orderBy=-created", None
    yield "GET", f"{one}/comment/{said}", None
    yield "PUT", f"{one}/comment/{said}", {"body": words}
    yield "PUT", f"comment/{said}/properties/mine", {"a": 1}
    yield "GET", f"comment/{said}/properties", None
    yield "GET", f"comment/{said}/properties/mine", None
    yield "DELETE", f"comment/{said}/properties/mine", None
    yield "DELETE", f"{one}/comment/{other}", None
    field = {"name": "Tour", "type": KIND + "float", "searcherKey": KIND + "exactnumber"}
    yield "POST", "field", field
    yield "GET", "screens", None
    yield "GET", "screens/1/tabs", None
    yield "GET", "screens/1/tabs/10000/fields", None
    yield "GET", "screens/1/availableFields", None


def after_a_field(driver: JiraDriver) -> Iterator[Call]:
    """What needs the field that the tour made."""
    field = driver.jira.catalog.field("Tour")
    assert field is not None
    yield "POST", "screens/1/tabs/10000/fields", {"fieldId": field.id}
    other = driver.jira.catalog.custom(10900, "Default", KIND + "float")
    yield "POST", f"screens/addToDefault/{other.id}", None
    if driver.jira.cloud:
        yield "GET", f"field/{field.id}/context", None
        yield "GET", f"field/{field.id}/context/projectmapping", None
        yield "GET", f"field/{field.id}/association/project", None
        association = {
            "associationContexts": [{"type": "PROJECT_ID", "identifier": 2}],
            "fields": [{"type": "FIELD_ID", "identifier": field.id}],
        }
        yield "PUT", "field/association", association
        yield "GET", f"field/{field.id}/screens", None


def on_cloud(driver: JiraDriver, epic: str) -> Iterator[Call]:
    key = driver.key(epic)
    right = {"projectPermissions": [{"permissions": ["EDIT_ISSUES"], "projects": [1], "issues": [int(epic)]}]}
    yield "POST", "permissions/check", {**right, "globalPermissions": ["ADMINISTER"]}
    for name in ("resolution/search", "priority/search", "project/search", "field/search?type=custom"):
        yield "GET", name, None
    yield "GET", "user/search?query=OKR", None
    yield "GET", "user/assignable/search?query=OKR&project=WORK", None
    query = {"jql": "project = WORK ORDER BY key", "fields": ["*all"], "maxResults": 2, "expand": "changelog"}
    yield "GET", "search/jql?jql=project%20%3D%20WORK&fields=summary&maxResults=2", None
    yield "POST", "search/jql", query
    yield "POST", "search/approximate-count", {"jql": "project = WORK"}
    yield "POST", "jql/parse?validation=strict", {"queries": ["project = WORK", "nonsense ="]}
    yield "POST", "jql/match", {"issueIds": [int(epic)], "jqls": ["project = WORK"]}
    asked = {"issueIdsOrKeys": [key, "999999"], "fields": ["*all"], "properties": ["okr-bridge"]}
    yield "POST", "issue/bulkfetch", {**asked, "expand": ["changelog"]}
    yield "POST", "changelog/bulkfetch", {"issueIdsOrKeys": [key], "maxResults": 100}
    yield "GET", f"issue/{epic}/changelog", None
    yield "POST", "comment/list?expand=properties", {"ids": [c.id for c in driver.jira.issue(epic).comments]}
    yield "GET", "issuetypescreenscheme/project?projectId=1", None
    yield "GET", "issuetypescreenscheme/mapping", None
    yield "GET", "screenscheme", None


def on_datacenter(driver: JiraDriver, epic: str) -> Iterator[Call]:
    yield "GET", "user/search?username=okr", None
    if any("assignable" in route.pattern.pattern for route in routes(driver)):
        yield "GET", "user/assignable/search?username=okr&project=WORK", None
    yield "GET", "search?jql=project%20%3D%20WORK&fields=summary&maxResults=2", None
    query = {"jql": "project = WORK", "fields": ["*all"], "maxResults": 50, "expand": ["changelog"]}
    yield "POST", "search", query
    yield "GET", "customFields?search=Tour", None


def routes(driver: JiraDriver) -> list[Any]:
    from bridge.sandbox import cloud, datacenter

    return cloud.routes() if driver.jira.cloud else datacenter.routes()


def walk(url: str, auth: dict[str, Any], driver: JiraDriver, epic: str) -> list[str]:
    """Make every call; those that did not succeed, as text."""
    with requests.Session() as session:
        session.trust_env = False
        session.headers.update(auth)
        api = f"{url}/rest/api/{3 if driver.jira.cloud else 2}"
        refused = []
        for parts in (everywhere(driver, epic), after_a_field(driver)):
            refused += [told for call in parts if (told := made(session, api, call))]
        own = on_cloud if driver.jira.cloud else on_datacenter
        refused += [told for call in own(driver, epic) if (told := made(session, api, call))]
        board = driver.jira.catalog.boards
        agile = f"{url}/rest/agile/1.0"
        calls: list[Call] = [
            ("GET", "board", None),
            *(("GET", f"board/{id}/configuration", None) for id in board),
        ]
        refused += [told for call in calls if (told := made(session, agile, call))]
    return refused


def made(session: requests.Session, root: str, call: Call) -> str:
    method, path, body = call
    answer = session.request(method, f"{root}/{path}", json=body, timeout=30)
    return "" if answer.ok else f"{method} {path}: {answer.status_code} {answer.text[:200]}"
