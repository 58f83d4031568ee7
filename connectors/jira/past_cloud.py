"""The past of a Cloud site: records and whole histories by the thousand.

The changelog that comes along with an issue (`expand`) holds its newest 40 entries only and is never used.
https://developer.atlassian.com/cloud/jira/platform/rest/v3/api-group-issues/#api-rest-api-3-changelog-bulkfetch-post
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import datetime
from typing import Any

from bridge.errors import PartialRead, UnexpectedAnswer
from bridge.model import Raw
from connectors.base import Past
from connectors.http import Answer, Http
from connectors.jira.cloud import EMPTY_PAGES, CloudSource
from connectors.jira.login import Login
from connectors.jira.past import ODD, changes, instant, trimmed
from connectors.jira.records import pieces, raw
from connectors.jira.site import CLOUD_API
from connectors.parallel import parallel

CHANGELOG = f"{CLOUD_API}/changelog/bulkfetch"
CHUNK, ENTRIES = 1000, 10_000
"""The most issues and the most entries of one answer."""
FLIGHT = 4
"""Chunks that are read at a time: each may take 25 MB, and four are as fast as ten."""
GRAIN = 1.0
"""Seconds by which an entry may be younger than its issue's `updated`: Jira notes it some milliseconds
after the issue itself."""

Logs = dict[str, list[dict[str, Any]]]


class CloudPast:
    """No filter by field is ever sent: entries of a changed parent bear no field id and would be lost."""

    def __init__(self, http: Http, source: CloudSource, login: Login) -> None:
        self._http = http
        self._source = source
        self._login = login

    def touched(self, since: datetime) -> frozenset[str]:
        return self._source.touched(since)

    def pasts(self, ids: Iterable[str], fields: Sequence[str] = ()) -> Iterator[Past]:
        """Each history is read after its record, so that it lacks no change that the record shows. Issues
        that the server put off, or that were changed in between, are read once more."""
        if fields:
            yield from CloudPast(self._http, self._source.holding(fields), self._login).pasts(ids)
            return
        width = min(FLIGHT, self._http.options.concurrency)
        for answers, logs in parallel(self._chunk, pieces(dict.fromkeys(ids), CHUNK), width):
            again: list[str] = []
            for answer in answers:
                yield from self._joined(answer, logs, again)
            if again:
                records = list(self._source.fetch(again))
                logs = self._logs(again)
                yield from (self._past(record, logs) for record in records)

    def _chunk(self, ids: list[str]) -> tuple[list[Answer], Logs]:
        return self._source.bulk(ids), self._logs(ids)

    def _joined(self, answer: Answer, logs: Logs, again: list[str]) -> Iterator[Past]:
        """The issues of an answer with their histories; `again` takes the ids of those to be read anew."""

        def issues() -> Iterator[Mapping[str, Any]]:
            again.extend((yield from self._source.issues(answer)))

        for record in map(raw, issues()):
            past = self._past(record, logs)
            if _outdated(past):
                again.append(record.id)
            else:
                yield past

    def _past(self, record: Raw, logs: Logs) -> Past:
        """Jira leaves out issues that never changed."""
        try:
            return Past(record, changes(logs.pop(record.id, ())))
        except ODD as error:
            raise self._odd(
                f"an entry of issue {record.id}'s history came without its id or instant"
            ) from error

    def _logs(self, ids: list[str]) -> Logs:
        """Every entry by issue id, in no order; one issue's may stand on several pages."""
        found: Logs = {}
        tokens: set[str] = set()
        empty, token = 0, ""
        while True:
            answer = self._page(ids, token)
            entries = self._take(answer, found)
            empty = 0 if entries else empty + 1
            token = answer.data.rest.get("nextPageToken") or ""
            if not token:
                break
            if token in tokens or empty > EMPTY_PAGES:
                raise self._partial(f"the histories of {len(ids)} issues go in circles")
            tokens.add(token)
        if not found:
            self._login.vouch(answer)
        return found

    def _page(self, ids: list[str], token: str) -> Answer:
        body: dict[str, Any] = {"issueIdsOrKeys": ids, "maxResults": ENTRIES}
        if token:
            body["nextPageToken"] = token
        return self._http.listing(CHANGELOG, body, "issueChangeLogs")

    def _take(self, answer: Answer, found: Logs) -> int:
        """Put a page's entries to those of the pages before; how many they are."""
        count = 0
        try:
            for log in answer.data:
                entries = trimmed(log["changeHistories"])
                found.setdefault(str(log["issueId"]), []).extend(entries)
                count += len(entries)
        except ODD as error:
            raise self._odd("changelog/bulkfetch answered without issues and the entries of each") from error
        return count

    def _odd(self, message: str) -> UnexpectedAnswer:
        return UnexpectedAnswer(self._http.system, message, "nothing was concluded from it; run again later")

    def _partial(self, message: str) -> PartialRead:
        return PartialRead(self._http.system, message, "nothing was concluded from it; run again later")


def _outdated(past: Past) -> bool:
    """Whether the issue was changed between the reading of its record and that of its history."""
    if not past.changes or not past.raw.version:
        return False
    return instant(past.changes[-1]["created"]) > instant(past.raw.version) + GRAIN
