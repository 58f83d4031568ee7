"""The whole past of many issues, fetched: by the bridge, by its floor, and by what else there is.

Each way answers how many issues and how many entries of their histories it has got hold of.
"""

from __future__ import annotations

import asyncio
import shutil
import subprocess
import sys
import tempfile
import time
from base64 import b64encode
from collections.abc import Callable
from pathlib import Path
from typing import Any

import aiohttp
import orjson

from benchmarks import issues
from benchmarks.issues import FIELDS
from benchmarks.reading import AT_ONCE, JQL, Bridge
from benchmarks.server import Server, serving

COUNT, LATENCY_MS, ROUNDS = 10_000, 120, 3
CHUNK, ENTRIES = 1000, 10_000
SELECT = "jira-select==3.4.2"
"""It takes an older rich than the bridge, so it runs in an environment of its own."""

Row = tuple[str, str, str, str]
Got = tuple[int, int]


def with_bridge(bridge: Bridge) -> Got:
    from bridge.model import Query

    ids = bridge.jira.identities(Query(JQL))
    sizes = [len(past.changes) for past in bridge.jira.pasts(ids)]
    return len(sizes), sum(sizes)


def with_asyncio(server: Server) -> Got:
    """The floor: the same requests, ten at a time, decoded and thrown away."""
    return asyncio.run(_floor(server))


async def _floor(server: Server) -> Got:
    login = b64encode(f"{server.email}:{server.token}".encode()).decode()
    headers = {"Authorization": f"Basic {login}", "Content-Type": "application/json"}
    gate = asyncio.Semaphore(AT_ONCE)
    async with aiohttp.ClientSession(headers=headers) as session:

        async def post(path: str, body: dict[str, Any]) -> Any:
            url = f"{server.url}/rest/api/3/{path}"
            async with gate, session.post(url, data=orjson.dumps(body)) as answer:
                return orjson.loads(await answer.read())

        async def every(path: str, body: dict[str, Any]) -> list[Any]:
            pages = [await post(path, body)]
            while token := pages[-1].get("nextPageToken"):
                pages.append(await post(path, body | {"nextPageToken": token}))
            return pages

        async def records(piece: list[str]) -> int:
            page = await post("issue/bulkfetch", {"issueIdsOrKeys": piece, "fields": list(FIELDS)})
            return len(page["issues"])

        async def logs(piece: list[str]) -> int:
            pages = await every("changelog/bulkfetch", {"issueIdsOrKeys": piece, "maxResults": ENTRIES})
            return sum(len(log["changeHistories"]) for page in pages for log in page["issueChangeLogs"])

        pages = await every("search/jql", {"jql": JQL, "fields": ["id"], "maxResults": 5000})
        ids = [issue["id"] for page in pages for issue in page["issues"]]
        pieces = [ids[at : at + CHUNK] for at in range(0, len(ids), CHUNK)]
        found = await asyncio.gather(*map(records, pieces), *map(logs, pieces))
    return sum(found[: len(pieces)]), sum(found[len(pieces) :])


def with_jira(server: Server) -> Got:
    """PyPI `jira`: the changelog that comes along with each issue."""
    from jira import JIRA

    options: dict[str, Any] = {"rest_api_version": "3"}
    client = JIRA(server.url, options=options, basic_auth=(server.email, server.token), timeout=60)
    found = client.enhanced_search_issues(JQL, maxResults=False, fields=",".join(FIELDS), expand="changelog")
    sizes = [len(issue.changelog.histories) for issue in found]
    return len(sizes), sum(sizes)


def with_atlassian(server: Server, size: int | None = None) -> Got:
    """atlassian-python-api: the issues page after page, then `get_changelogs_bulk` in a loop, whose pages
    hold a thousand entries unless a size is asked for."""
    from atlassian import Jira

    client = Jira(server.url, username=server.email, password=server.token, cloud=True)
    ids, token = [], None
    while True:
        page: Any = client.enhanced_jql(JQL, fields=list(FIELDS), nextPageToken=token, limit=100)
        ids += [issue["id"] for issue in page["issues"]]
        token = page.get("nextPageToken")
        if not token:
            break
    entries = 0
    for at in range(0, len(ids), CHUNK):
        token = None
        while True:
            log: Any = client.get_changelogs_bulk(ids[at : at + CHUNK], None, token, size)
            entries += sum(len(one["changeHistories"]) for one in log["issueChangeLogs"])
            token = log.get("nextPageToken")
            if not token:
                break
    return len(ids), entries


SCRIPT = """
import sys, time
from jira import JIRA
from jira_select.query import Executor
from jira_select.types import QueryDefinition
url, email, token, jql = sys.argv[1:]
client = JIRA(url, options={"rest_api_version": "3"}, basic_auth=(email, token), timeout=60)
wanted = {"select": {"log": "changelog"}, "from": "issues", "where": [jql], "expand": ["changelog"]}
begun = time.perf_counter()
rows = list(Executor(client, QueryDefinition(**wanted), enable_cache=False))
print(time.perf_counter() - begun, len(rows), sum(len(row["log"]["histories"]) for row in rows))
"""


def with_select(server: Server) -> tuple[float, Got] | None:
    """`jira-select`: the query that its snapshots of issues are made from. None where it cannot be had."""
    uv = shutil.which("uv") or str(Path(sys.executable).parent / "uv")
    alone = [uv, "run", "--quiet", "--no-project", "--isolated", "--python", sys.executable, "--with", SELECT]
    asked = ["python", "-c", SCRIPT, server.url, server.email, server.token, JQL]
    try:
        done = subprocess.run([*alone, *asked], capture_output=True, text=True, timeout=900, check=True)
    except (OSError, subprocess.SubprocessError):
        return None
    seconds, found, entries = done.stdout.split()
    return float(seconds), (int(found), int(entries))


def timed(work: Callable[[], Got], rounds: int = 1) -> tuple[float, Got]:
    """Seconds on the wall, the best of some rounds, and what came of it."""
    best, got = float("inf"), (0, 0)
    for _ in range(rounds):
        begun = time.perf_counter()
        got = work()
        best = min(best, time.perf_counter() - begun)
    return best, got


def rows() -> list[Row]:
    """Every way in this one run, on a site that has been asked once before."""
    whole = sum(map(issues.entries, range(1, COUNT + 1)))
    with tempfile.TemporaryDirectory() as folder:
        file = Path(folder) / "histories.jsonl.gz"
        issues.write(file, COUNT, histories=True)
        with serving(file, latency_ms=LATENCY_MS) as server:
            bridge = Bridge(server, all_fields=True)
            with_bridge(bridge)
            before = bridge.jira.requests
            ours, got = timed(lambda: with_bridge(bridge), ROUNDS)
            asked = (bridge.jira.requests - before) // ROUNDS
            floor, least = timed(lambda: with_asyncio(server), ROUNDS)
            peers: dict[str, tuple[float, Got] | None] = {
                "jira, expand=changelog": timed(lambda: with_jira(server)),
                "atlassian, get_changelogs_bulk": timed(lambda: with_atlassian(server)),
                "the same, pages of 10,000": timed(lambda: with_atlassian(server, ENTRIES)),
                "jira-select, snapshots": with_select(server),
            }
    assert got == least == (COUNT, whole)
    what = f"fields and whole history of {COUNT:,} issues, {whole:,} entries, {LATENCY_MS} ms"
    told = [
        (what, "requests made", str(asked), "about 22"),
        (what, "bridge, seconds", f"{ours:.1f}", "told"),
        (what, "bridge / plain asyncio", f"{ours / floor:.2f}", "at most 1.5"),
    ]
    return told + [row for name, found in peers.items() for row in _peer(what, name, found, (ours, whole))]


def _peer(what: str, name: str, found: tuple[float, Got] | None, ours: tuple[float, int]) -> list[Row]:
    if found is None:
        return [(what, f"{name} / bridge", "not to be had here", "told")]
    seconds, (_, entries) = found
    wanted = "at least 6" if name.startswith(("jira,", "atlassian,")) else "told"
    seen = f"{100 * entries / ours[1]:.0f} %"
    return [
        (what, f"{name} / bridge", f"{seconds / ours[0]:.1f}", wanted),
        (what, f"{name}: entries seen", seen, "told"),
    ]
