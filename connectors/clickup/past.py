"""What ClickUp remembers of its tasks: the time in each status, asked for a hundred tasks at a time."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import replace
from itertools import islice
from typing import Any
from urllib.parse import quote

from bridge.errors import AccessDenied, NotFound, Rejected, UnexpectedAnswer
from bridge.model import Raw
from connectors.clickup.api import Api, said
from connectors.clickup.source import ClickUpSource
from connectors.http import Answer
from connectors.past_roles import Past
from mappings.clickup_fields import fold

BULK = 100
"""ClickUp takes no more ids at once."""
ASSUMED = (
    "everything but statuses (estimates, points, fields, tags, lists, parents, types): "
    "ClickUp tells no more of the past"
)
LOOKS = 5
"""So often a task is looked at that changes while it is read."""
TOGETHER = "task/bulk_time_in_status/task_ids"
CLICKAPP = 'have an owner or admin turn on the ClickApp "Total time in Status"'
ODD = (KeyError, TypeError, AttributeError, ValueError)
Changes = tuple[Mapping[str, Any], ...]


class ClickUpPast:
    def __init__(self, api: Api, source: ClickUpSource) -> None:
        self._api = api
        self._source = source

    def glossary(self) -> Mapping[str, Any]:
        """Entries tell the kind of their status; so nothing is needed but what is not told at all."""
        return {"assumed": ASSUMED}

    def pasts(self, ids: Iterable[str]) -> Iterator[Past]:
        """Raises Rejected where ClickUp refuses the time in status of a task that can be read."""
        records = self._source.fetch(ids)
        pages = iter(lambda: list(islice(records, BULK)), [])
        for page in self._api.http.parallel(self._page, pages):
            yield from page

    def _page(self, records: Sequence[Raw]) -> list[Past]:
        told = self._together([one.id for one in records]) if len(records) > 1 else {}
        found = (self._past(one, told.get(one.id)) for one in records)
        return [one for one in found if one is not None]

    def _past(self, record: Raw, told: Changes | None) -> Past | None:
        """With a record of the same status as the history; None where it has gone in between."""
        for _ in range(LOOKS):
            try:
                told = self._alone(record.id) if told is None else told
            except (AccessDenied, NotFound, Rejected) as error:
                self._check(record, error)
                return None
            if not told or fold(told[-1]["status"]) == fold(record.data["status"]["status"]):
                return Past(record, told)
            again = self._again(record)
            if again is None:
                return None
            record, told = again, None
        message = f"the status of task {record.id} and its time in status disagree"
        raise UnexpectedAnswer(self._api.http.system, message, "run again later")

    def _check(self, record: Raw, error: AccessDenied | NotFound | Rejected) -> None:
        """Return where the task itself is hidden by now; else nothing can be told of any."""
        if isinstance(error, AccessDenied) and error.login:
            raise error
        if self._again(record) is not None:
            message = f"the time in status of task {record.id} was refused ({said(error)})"
            raise Rejected(self._api.http.system, message, CLICKAPP) from error

    def _again(self, record: Raw) -> Raw | None:
        return next(iter(self._source.fetch([record.id])), None)

    def _alone(self, id: str) -> Changes:
        path = f"task/{quote(id, safe='')}/time_in_status"
        answer = self._api.http.call("GET", path, repeatable=True)
        return self._changes(id, answer)

    def _together(self, ids: Sequence[str]) -> dict[str, Changes]:
        """Of those that are told: where one of them is hidden, it may be none, and each is asked alone."""
        try:
            answer = self._api.http.call("GET", TOGETHER, params={"task_ids": list(ids)}, repeatable=True)
        except (AccessDenied, NotFound, Rejected) as error:
            if isinstance(error, AccessDenied) and error.login:
                raise
            return {}
        told = answer.data if isinstance(answer.data, dict) else {}
        return {id: self._changes(id, replace(answer, data=told[id])) for id in ids if told.get(id)}

    def _changes(self, id: str, answer: Answer) -> Changes:
        """The statuses, oldest first, and last that of now with the instant at which it was told; nothing
        where ClickUp tells nothing. Raises UnexpectedAnswer."""
        asked = round((answer.date or self._api.http.clock.now()).timestamp() * 1000)
        try:
            past, now = answer.data.get("status_history") or (), answer.data.get("current_status")
            told = sorted(map(_entry, past), key=lambda one: one["since"])
            return (*told, {**_entry(now), "asked": asked}) if now else ()
        except ODD as error:
            message = f"the time in status of task {id} cannot be read"
            raise UnexpectedAnswer(self._api.http.system, message, "check `url`") from error


def _entry(told: Mapping[str, Any]) -> Mapping[str, Any]:
    time, kind = told["total_time"], {name: told[name] for name in ("type",) if name in told}
    return {
        "status": str(told["status"]),
        **kind,
        "since": int(time["since"]),
        "minutes": int(time["by_minute"]),
    }
