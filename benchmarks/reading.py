"""The ways to read many issues: both libraries, a plain asyncio program, and the bridge."""

from __future__ import annotations

import asyncio
import json
from base64 import b64encode
from typing import Any

import aiohttp
import orjson
import requests

from benchmarks.issues import FIELDS
from benchmarks.server import Server

JQL = "project = BENCH"
AT_ONCE = 10


def with_jira(server: Server) -> int:
    """PyPI `jira`: pages of a hundred, one after the other, an object for every value."""
    from jira import JIRA

    options = {"rest_api_version": "3"}
    client = JIRA(server.url, options=options, basic_auth=(server.email, server.token), timeout=60)
    issues = client.enhanced_search_issues(JQL, maxResults=False, fields=",".join(FIELDS))
    return len(list(issues))


def with_atlassian(server: Server) -> int:
    """atlassian-python-api: `enhanced_jql`, page after page, as its documentation shows."""
    from atlassian import Jira

    client = Jira(server.url, username=server.email, password=server.token, cloud=True)
    count, token = 0, None
    while True:
        page: Any = client.enhanced_jql(JQL, fields=list(FIELDS), nextPageToken=token, limit=100)
        count += len(page["issues"])
        token = page.get("nextPageToken")
        if not token:
            return count


def with_asyncio(server: Server, size: int) -> int:
    """The floor: the same requests as the bridge makes, ten at a time, decoded and thrown away."""
    return asyncio.run(_floor(server, size))


async def _floor(server: Server, size: int) -> int:
    login = b64encode(f"{server.email}:{server.token}".encode()).decode()
    headers = {"Authorization": f"Basic {login}", "Content-Type": "application/json"}
    gate = asyncio.Semaphore(AT_ONCE)
    async with aiohttp.ClientSession(headers=headers) as session:

        async def post(path: str, body: dict[str, Any]) -> Any:
            async with (
                gate,
                session.post(f"{server.url}/rest/api/3/{path}", data=orjson.dumps(body)) as answer,
            ):
                return orjson.loads(await answer.read())

        ids: list[str] = []
        body: dict[str, Any] = {"jql": JQL, "fields": ["id"], "maxResults": 5000}
        while True:
            page = await post("search/jql", body)
            ids += [issue["id"] for issue in page["issues"]]
            if not page.get("nextPageToken"):
                break
            body["nextPageToken"] = page["nextPageToken"]
        pieces = [ids[at : at + size] for at in range(0, len(ids), size)]
        asked = [
            post("issue/bulkfetch", {"issueIdsOrKeys": piece, "fields": list(FIELDS)}) for piece in pieces
        ]
        pages = await asyncio.gather(*asked)
    return sum(len(page["issues"]) for page in pages)


def with_requests(server: Server, size: int) -> int:
    """requests + json: the same calls one after the other, decoded by the standard library."""
    session = requests.Session()
    session.auth = (server.email, server.token)
    body = {"jql": JQL, "fields": ["id"], "maxResults": 5000}
    ids = []
    while True:
        answer = session.post(f"{server.url}/rest/api/3/search/jql", json=body, timeout=60)
        page = json.loads(answer.content)
        ids += [issue["id"] for issue in page["issues"]]
        if not page.get("nextPageToken"):
            break
        body["nextPageToken"] = page["nextPageToken"]
    count = 0
    for at in range(0, len(ids), size):
        asked = {"issueIdsOrKeys": ids[at : at + size], "fields": list(FIELDS)}
        answer = session.post(f"{server.url}/rest/api/3/issue/bulkfetch", json=asked, timeout=60)
        count += len(json.loads(answer.content)["issues"])
    return count


class Bridge:
    """The bridge, from the wire to work items; the store is apart. Metadata is known, as in every run
    but the first of a day."""

    def __init__(self, server: Server, *, all_fields: bool = False) -> None:
        from connectors.http import system_clock
        from connectors.jira import JiraSettings, connect
        from mappings.jira import JiraMapping, Vocabulary

        settings = JiraSettings(name="bench", url=server.url, email=server.email, token=server.token)
        asked = connect(settings, clock=system_clock())
        site = dict(asked.describe())
        if all_fields:
            site["panel"] = {name: name for name in FIELDS}
        self.jira = connect(settings, clock=system_clock(), site=site)
        self.mapping = JiraMapping("bench", site, Vocabulary())

    def read(self) -> int:
        from bridge.model import Query

        ids = self.jira.identities(Query(JQL))
        return sum(1 for raw in self.jira.fetch(ids) if self.mapping.item(raw).id)
