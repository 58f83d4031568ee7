"""What a described system remembers: whole, oldest first, and nothing told where it does not fit."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime, timedelta
from itertools import pairwise
from random import Random
from typing import Any

import pytest

from bridge.errors import MappingError, PartialRead, UnexpectedAnswer
from bridge.model import FieldValue, Label, Project, Query, Raw, Tier
from bridge.replay.states import packed
from connectors.base import Historian
from tests.contract import HistorianContract, System
from tests.inhouse import TOML, Tracker, opened

BEFORE = TOML.partition("[connections.inhouse.past]")[0]


class TestPast(HistorianContract):
    pass


def stretches(system: System, id: str, ends: list[datetime], *selectors: Any) -> Any:
    mapping: Any = system.mapping
    [past] = system.connector.pasts([id])
    replay = mapping.replay(system.connector.glossary(), selectors)
    return replay.stretches(past.raw, past.changes, ends)


def test_without_a_described_past_there_is_none(tracker):
    assert not isinstance(opened(tracker, BEFORE).connector, Historian)


def test_a_list_of_changes_that_is_not_there_is_never_no_change(tracker):
    system = opened(tracker, TOML.replace("tasks/{id}/changes", "changes/{id}"))
    id = tracker.make("Work")
    tracker.edit(id, "Edited")
    with pytest.raises(UnexpectedAnswer, match="101 is there, and its changes are not"):
        list(system.connector.pasts([id]))


def test_an_item_that_never_rests_is_told(tracker):
    system = opened(tracker)
    id = tracker.make("Work")
    tracker.before = lambda asked: (
        asked.url.endswith("/tasks/101") and tracker.edit(id, f"{len(tracker.asked)}")
    )
    with pytest.raises(PartialRead, match="changed while its changes were read"):
        list(system.connector.pasts([id]))


@pytest.mark.parametrize(
    ("wrong", "told"),
    {
        "no instant": (('at = "at"', 'at = "when"'), r'nothing at "when" \(past.at\)'),
        "no field": (('field = "field"', 'field = "name"'), r'nothing at "name" \(past.field\)'),
        "no parts": (('parts = "changes"', 'parts = "parts"'), r'nothing at "parts" \(past.parts\)'),
    }.values(),
    ids=["no instant", "no field", "no parts"],
)
def test_an_entry_that_is_not_as_described_is_told(tracker, wrong, told):
    system = opened(tracker, BEFORE + TOML.removeprefix(BEFORE).replace(*wrong))
    id = tracker.make("Work")
    tracker.edit(id, "Edited")
    with pytest.raises(UnexpectedAnswer, match=told) as error:
        list(system.connector.pasts([id]))
    assert "an object with" in error.value.hint


def test_changes_that_do_not_lead_to_what_the_item_says_tell_nothing(tracker):
    system = opened(tracker)
    id = tracker.make("Work")
    tracker.advance(60)
    tracker.change(id, state={"name": "进行中"})
    tracker.tasks[id]["state"] = {"name": "已完成"}
    with pytest.raises(MappingError, match="another value of state than the item has"):
        stretches(system, id, [tracker.now + timedelta(days=1)])


def test_changes_of_one_instant_that_are_listed_newest_first_are_told_in_their_order(tracker):
    id = tracker.make("Work")
    tracker.advance(60)
    tracker.edit(id, "Earlier")
    tracker.advance(60)
    for name in ("进行中", "已完成", "已取消"):
        tracker.change(id, state={"name": name})
    [past] = opened(tracker).connector.pasts([id])
    assert [change["new"] for change in past.changes] == ["Earlier", "进行中", "已完成", "已取消"]


def test_what_fields_do_not_name_cannot_be_told(tracker):
    mapping: Any = opened(tracker, TOML.replace('labels = "tags", ', "")).mapping
    assert set(mapping.replay({}, [Label("x"), Project("WEB")]).untold) == {Label("x")}


def test_what_the_changes_do_not_tell_of_is_said_for_the_links_that_ask_for_it(system):
    mapping: Any = system.mapping
    asked = (
        Label("x"),
        Project("WEB"),
        FieldValue("state.name", "x"),
        FieldValue("owner.name", "x"),
        Query("a=1"),
    )
    assert set(mapping.replay({}, asked).untold) == {asked[3], asked[4]}


@pytest.mark.parametrize("seed", range(2))
def test_the_past_replayed_is_the_past_as_it_was_read(tracker: Tracker, seed: int) -> None:
    random, system = Random(seed), opened(tracker)
    selectors = (Project("WEB"), Label("x"), FieldValue("state.name", "已完成"))
    epic = tracker.make("Epic", tier=Tier.GROUP)
    stories = [tracker.make(f"Story {n}", parent=epic) for n in range(4)]
    ends, seen = list[datetime](), list[dict[str, Any]]()
    for _ in range(5):
        tracker.advance(43_200)
        for _ in range(4):
            happen(tracker, random.choice(stories), random)
        stories.append(tracker.make("Later", parent=epic))
        ends.append(tracker.now + timedelta(seconds=2))
        seen.append(read(system, selectors, stories))
        tracker.advance(43_200)
    told: list[dict[str, Any]] = [{} for _ in ends]
    for id in stories:
        found = [*stretches(system, id, ends, *selectors), None]
        for stretch, after in pairwise(found):
            for day in range(stretch.first, after.first if after else len(ends)):
                if stretch.item:
                    told[day][id] = packed(stretch.item), stretch.hits
    assert told == seen


def happen(tracker: Tracker, story: str, random: Random) -> None:
    tracker.advance(1)
    match random.randrange(5):
        case 0:
            tracker.change(story, state={"name": random.choice(["新建", "进行中", "已完成", "已取消"])})
        case 1:
            tracker.change(story, tags=random.choice([["x"], ["x", "okr"], []]))
        case 2:
            tracker.change(story, points=random.choice([None, 1, 2.5]))
        case 3:
            tracker.edit(story, f"目标 {random.random()}")
        case _:
            tracker.move(story) if tracker.tasks[story]["project"] == "WEB" else tracker.edit(story, "x")


def read(system: System, selectors: tuple[Any, ...], ids: list[str]) -> dict[str, Any]:
    """What a sync would see now."""
    hits = {selector: system.connector.identities(selector) for selector in selectors}
    raws: Iterator[Raw] = system.connector.fetch(ids)
    return {
        raw.id: (
            packed(system.mapping.item(raw)),
            frozenset(selector for selector, found in hits.items() if raw.id in found),
        )
        for raw in raws
    }
