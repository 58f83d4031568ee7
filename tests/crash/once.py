"""That every write was made once: what was written to each place, in order."""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator
from itertools import pairwise
from typing import Any

from tests.crash.watch import Write
from tests.faults.company import FIELDS

Place = tuple[str, str, str]


def written(writes: Iterable[Write]) -> dict[Place, list[tuple[float, Any]]]:
    """By issue, kind and name, every value that the site took and when; without the instants in them."""
    found: dict[Place, list[tuple[float, Any]]] = {}
    for write in writes:
        for kind, name, value in _values(write):
            issue = write.request.path.partition("/issue/")[2].partition("/")[0]
            found.setdefault((issue, kind, name), []).append((write.at, value))
    return found


def repeats(writes: Iterable[Write]) -> list[tuple[Place, float, float]]:
    """Where a value was written over itself, and when."""
    return [
        (place, before, at)
        for place, values in written(writes).items()
        for (before, old), (at, new) in pairwise(values)
        if old == new
    ]


def relapses(writes: Iterable[Write]) -> list[tuple[Place, float, float]]:
    """Where a value came back after others, when it was there before and when again: on work that only goes
    forward, somebody wrote what was out of date."""
    return [
        (place, earlier[-2][0], at)
        for place, values in written(writes).items()
        for number, (at, value) in enumerate(values)
        if (earlier := [one for one in values[: number + 1] if one[1] == value])[1:]
        and values[number - 1][1] != value
    ]


def during(writes: Iterable[Write], place: Place, begun: float, ended: float) -> list[float]:
    """When that place was written to, from one instant to another."""
    return [at for at, _ in written(writes).get(place, ()) if begun <= at <= ended]


def _values(write: Write) -> Iterator[tuple[str, str, Any]]:
    body = json.loads(write.request.body)
    match write.request.operation:
        case "editIssue":
            for name, value in body.get("fields", {}).items():
                if name != FIELDS["updated"]:
                    yield "field", name, value
            for one in body.get("properties", ()):
                yield "property", one["key"], _timeless(one["value"])
        case "setIssueProperty":
            yield "property", "okr-bridge", _timeless(body)
        case "addComment" | "updateComment":
            [mark] = [one["value"] for one in body["properties"] if one["key"] == "okr-bridge"]
            yield "comment", mark["kr"], mark["hash"]
        case "createOrUpdateRemoteIssueLink":
            yield "link", body["globalId"], body["object"]
        case other:
            raise AssertionError(f"{other} is a write that nobody counts")


def _timeless(value: dict[str, Any]) -> Any:
    entries = value["key_results"]
    return [{name: part for name, part in entry.items() if name != "updated"} for entry in entries]
