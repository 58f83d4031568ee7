"""What ClickUp tells of the past: statuses, as far as they can be put in order, and never a wrong one."""

from __future__ import annotations

import json
from datetime import datetime, timedelta
from itertools import count, pairwise
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bridge.errors import AccessDenied, Rejected, UnexpectedAnswer
from bridge.model import FieldValue, Label, Project, Raw, Stretch
from bridge.replay.states import packed
from connectors.clickup import past, source
from mappings.clickup import ClickUpMapping
from mappings.clickup_past import ALONE, BEGAN_LATE, NOTHING, RETURNED
from tests.clickup.fake import STATUSES, FakeClickUp
from tests.contract import HistorianContract, System

DAY = 86_400
DONE = FieldValue("status", "Complete")


class TestHistorian(HistorianContract):
    """Of its past a task tells statuses alone."""

    def test_what_never_changed_has_no_changes(self, system: System) -> None:
        """It has the status that it is in, twice: as part of the history, and as that of now."""
        [untouched, moved] = (system.driver.make(f"Work {n}") for n in range(2))
        system.driver.advance(60)
        system.driver.set(moved, "complete")
        told = self.pasts(system, untouched, moved)
        assert [one["status"] for one in told[untouched].changes] == ["to do", "to do"]
        assert [one["status"] for one in told[moved].changes] == ["to do", "complete", "complete"]

    def test_long_histories_are_whole_and_oldest_first_wherever_pages_end(
        self, system: System, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        """Each status once, as ClickUp tells it."""
        monkeypatch.setattr(past, "BULK", 3)
        ids = [system.driver.make(f"Work {n}") for n in range(10)]
        for name in STATUSES:
            system.driver.advance(600)
            for id in ids:
                system.driver.set(id, name)
        told = self.pasts(system, *ids)
        assert set(told) == {*ids}
        for one in told.values():
            assert [change["status"] for change in one.changes] == [*STATUSES, "complete"]

    def test_a_change_after_the_first_record_was_read_is_in_record_and_history_or_in_neither(
        self, system: System, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setattr(past, "BULK", 3)
        ids = [system.driver.make(f"Work {n}") for n in range(9)]
        told = system.connector.pasts(ids)
        first = next(told)
        system.driver.advance(60)
        for id in ids:
            system.driver.set(id, "complete")
        for one in (first, *told):
            assert one.changes[-1]["status"] == system.mapping.item(one.raw).status

    def test_the_past_of_a_moved_item_is_asked_for_by_its_permanent_id(self, system: System) -> None:
        """Tasks keep their id; where they were is not told."""
        id = system.driver.make("Wanderer")
        system.driver.advance(60)
        system.driver.move(id)
        assert list(self.pasts(system, id)) == [id]


def told(fake: FakeClickUp, id: str, ends: list[datetime], *selectors: Any) -> list[Stretch | None]:
    """What is said of each day."""
    connector = fake.opened()
    mapping = ClickUpMapping("cu", connector.describe())
    replay = mapping.replay(connector.glossary(), selectors)
    [one] = connector.pasts([id])
    found = [*replay.stretches(one.raw, one.changes, ends), Stretch(len(ends), None)]
    assert found[0].first == 0
    return [a for a, b in pairwise(found) for _ in range(a.first, b.first)]


def kept(fake: FakeClickUp, id: str) -> tuple[dict[str, Any], bool]:
    """What a sync would see now."""
    connector = fake.opened()
    [raw] = connector.fetch([id])
    item = ClickUpMapping("cu", connector.describe()).item(raw)
    return packed(item), item.status == "complete"


STEPS = st.lists(st.tuples(st.sampled_from(list(STATUSES)), st.integers(3, 40 * 60)), min_size=1, max_size=6)


def lived(steps: list[tuple[str, int]], *, first: bool) -> tuple[FakeClickUp, str, list[datetime], list[Any]]:
    """A task that goes through these statuses, looked at each day."""
    fake = FakeClickUp()
    fake.first = first
    id, ends, seen = fake.make("Work"), list[datetime](), list[Any]()
    left = DAY
    for name, minutes in [*steps, ("", 3 * 24 * 60)]:
        if name:
            fake.set(id, name)
        seconds = minutes * 60 + 17
        while seconds >= left:
            fake.advance(left)
            ends.append(fake.at)
            seen.append(kept(fake, id))
            seconds, left = seconds - left, DAY
        fake.advance(seconds)
        left -= seconds
    return fake, id, ends, seen


@settings(deadline=None, max_examples=25)
@given(STEPS, st.booleans())
def test_what_is_said_of_a_day_is_what_was_read_on_it_and_else_it_is_left_open(steps, first):
    hold(steps, first)


@pytest.mark.prove
@settings(deadline=None, max_examples=300)
@given(STEPS, st.booleans())
def test_what_is_said_of_any_day_is_what_was_read_on_it_and_else_it_is_left_open(steps, first):
    hold(steps, first)


def hold(steps: list[tuple[str, int]], first: bool) -> None:
    fake, id, ends, seen = lived(steps, first=first)
    for one, (item, hit) in zip(told(fake, id, ends, DONE), seen, strict=True):
        assert one is not None
        assert one.item is not None
        if one.doubt:
            assert not hit or DONE in one.hits
        else:
            assert (packed(one.item), DONE in one.hits) == (item, hit)


@settings(deadline=None, max_examples=15)
@given(
    st.permutations(list(STATUSES)[1:]), st.lists(st.integers(3, 3000), min_size=5, max_size=5), st.booleans()
)
def test_a_task_that_never_went_back_has_no_day_left_open(names, minutes, first):
    fake, id, ends, seen = lived(list(zip(names, minutes, strict=True)), first=first)
    days = [(one.doubt, packed(one.item), DONE in one.hits) for one in told(fake, id, ends, DONE)]
    assert days == [("", *one) for one in seen]


def walked(fake: FakeClickUp, *names: str) -> tuple[str, list[datetime]]:
    """One status a day; the ends of the days."""
    id, ends = fake.make("Work"), []
    for name in names:
        fake.set(id, name)
        fake.advance(DAY / 2)
        ends.append(fake.at)
        fake.advance(DAY / 2)
    return id, ends


@pytest.mark.parametrize(
    ("first", "names", "doubts"),
    [
        (False, ("to do", "complete", "to do", "complete"), [RETURNED] * 3 + [""]),
        (True, ("to do", "complete", "to do", "complete"), [RETURNED] * 3 + [""]),
        (False, ("to do", "complete", "to do"), ["", "", ""]),
        (True, ("to do", "complete", "to do"), [RETURNED] * 3),
        (False, ("to do", "in progress", "complete"), ["", "", ""]),
        (True, ("in progress", "accepted", "in progress", "complete"), [RETURNED] * 3 + [""]),
    ],
)
def test_a_task_that_went_back_is_known_as_far_as_its_minutes_fill_the_time(clickup, first, names, doubts):
    clickup.first = first
    id, ends = walked(clickup, *names)
    days = told(clickup, id, ends)
    assert [one.doubt for one in days] == doubts
    assert [one.item.status for one in days if not one.doubt] == [
        name for name, doubt in zip(names, doubts, strict=True) if not doubt
    ]


def test_where_there_are_two_ways_of_being_done_the_day_of_it_says_nothing(clickup):
    clickup.first = True
    id, ends = walked(clickup, "complete", "to do", "accepted", "complete")
    finished = ends[2] - timedelta(hours=1)
    clickup.change(id, date_done=str(int(finished.timestamp() * 1000)))
    assert [one.doubt for one in told(clickup, id, ends)] == [RETURNED] * 4


def test_before_it_was_made_it_was_not_there(clickup):
    before = clickup.at - timedelta(days=1)
    id, ends = walked(clickup, "to do", "complete")
    days = told(clickup, id, [before, *ends])
    assert [one.item and one.item.status for one in days] == [None, "to do", "complete"]


def test_where_the_time_in_status_began_late_the_days_before_are_open(clickup):
    id, ends = walked(clickup, "to do", "in progress", "complete")
    del clickup.trails[id][0]
    assert [one.doubt for one in told(clickup, id, ends)] == [BEGAN_LATE, "", ""]


def test_a_task_of_which_nothing_is_told_is_open_on_all_days(clickup, monkeypatch):
    id, ends = walked(clickup, "to do", "complete")
    monkeypatch.setattr(clickup, "time", lambda _id: (200, {}))
    found = told(clickup, id, ends, DONE)
    clickup.heard.clear()
    assert [one.doubt for one in found] == [NOTHING, NOTHING]


def test_only_statuses_are_told_of_links_and_the_others_say_why(clickup):
    id, ends = walked(clickup, "to do", "complete")
    asked = (Label("x"), Project("901"), DONE, FieldValue("Team", "Growth"))
    replay = ClickUpMapping("cu", {}).replay({}, asked)
    assert replay.untold == dict.fromkeys((asked[0], asked[1], asked[3]), ALONE)
    assert [one.hits for one in told(clickup, id, ends, *asked)] == [frozenset(), {DONE}]


def test_a_history_that_cannot_be_read_is_told_of_its_task():
    raw = Raw("86a1", "", {"id": "86a1", "status": {"status": "to do", "type": "open"}, "date_created": "1",
                           "date_updated": "1"})  # fmt: skip
    replay = ClickUpMapping("cu", {}).replay({}, ())
    with pytest.raises(Exception, match="86a1: time in status: cannot be read"):
        replay.stretches(raw, ({"status": "to do"},), [])


def test_a_hundred_tasks_cost_one_request(clickup, monkeypatch):
    monkeypatch.setattr(source, "FEW", 500)
    ids = [clickup.make(f"Work {n}") for n in range(100)]
    before = len(clickup.asked)
    assert len(list(clickup.opened().pasts(ids))) == 100
    asked = [one for one in clickup.asked[before:] if "time_in_status" in one]
    assert [one.split("?")[0] for one in asked] == ["GET /task/bulk_time_in_status/task_ids"]


def test_one_that_goes_in_between_is_left_out_and_the_others_come(clickup, monkeypatch):
    ids = [clickup.make(f"Work {n}") for n in range(3)]
    together = clickup.times

    def lose(asked):
        clickup.hide(ids[1])
        return together(asked)

    monkeypatch.setattr(clickup, "times", lose)
    assert {one.raw.id for one in clickup.opened().pasts(ids)} == {ids[0], ids[2]}


def test_with_the_clickapp_off_nothing_is_told_and_it_is_said_what_to_do(clickup):
    clickup.make("Work")
    clickup.tracking = False
    with pytest.raises(Rejected, match="time in status of task 86a1 was refused") as refused:
        list(clickup.opened().pasts(["86a1"]))
    assert "Total time in Status" in refused.value.hint


def test_a_token_that_is_none_any_more_is_no_clickapp(clickup, monkeypatch):
    ids = [clickup.make("Work") for _ in range(2)]
    refused = (401, {"err": "Token invalid", "ECODE": "OAUTH_025"})
    connector = clickup.opened()
    records = list(connector.fetch(ids))
    monkeypatch.setattr(clickup, "admit", lambda _headers: refused)
    for some in (records, records[:1]):
        with pytest.raises(AccessDenied):
            connector.past._page(some)
    clickup.heard.clear()


def test_a_task_that_never_rests_is_an_error(clickup, monkeypatch):
    id, flip = clickup.make("Work"), count()
    real = clickup.time

    def time(id):
        clickup.set(id, ("complete", "to do")[next(flip) % 2])
        return real(id)

    monkeypatch.setattr(clickup, "time", time)
    connector = clickup.opened()
    with pytest.raises(UnexpectedAnswer, match="disagree"):
        list(connector.pasts([id]))


def test_it_is_said_what_is_taken_as_it_is_today(clickup):
    assert "everything but statuses" in json.dumps(clickup.opened().glossary())
