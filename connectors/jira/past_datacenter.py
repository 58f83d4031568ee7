"""The past of a Data Center site: issues with their whole change logs, fifty at a time."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import datetime
from typing import Any

from bridge.errors import PartialRead, UnexpectedAnswer
from connectors.base import Past
from connectors.http import Http
from connectors.jira.datacenter import DataCenterSource
from connectors.jira.past import ODD, changes, trimmed
from connectors.jira.records import pieces, raw
from connectors.parallel import parallel

CHUNK = 50
"""The server grants no more issues a page where it is asked for their logs."""
WORKERS = 4
"""Each such page costs the server a query an issue."""


class DataCenterPast:
    def __init__(self, http: Http, source: DataCenterSource) -> None:
        self._http = http
        self._source = source

    def touched(self, since: datetime) -> frozenset[str]:
        return self._source.touched(since)

    def pasts(self, ids: Iterable[str], fields: Sequence[str] = ()) -> Iterator[Past]:
        """Record and history come in one answer. PartialRead for a history that is not whole."""
        source = self._source.holding(fields)
        width = min(WORKERS, self._http.options.concurrency)
        chunks = pieces(dict.fromkeys(ids), CHUNK)
        for issues in parallel(source.with_history, chunks, width):
            yield from map(self._past, issues)

    def _past(self, issue: Mapping[str, Any]) -> Past:
        """The record is the one that an ordinary read gives."""
        record = raw({name: value for name, value in issue.items() if name != "changelog"})
        try:
            log = issue["changelog"]
            entries, most, total = log["histories"], log["maxResults"], log["total"]
            whole = total <= len(entries) and total <= most and not log.get("startAt")
            told = changes(trimmed(entries))
        except ODD as error:
            message = f"issue {issue.get('key', record.id)} came without its history, or with an odd one"
            raise UnexpectedAnswer(self._http.system, message, "check `url`") from error
        if not whole:
            message = f"issue {issue.get('key', record.id)} came with {len(entries)} of {total} changes"
            raise PartialRead(self._http.system, message, "nothing was concluded from it")
        return Past(record, told)
