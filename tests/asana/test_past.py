"""What Asana's stories tell of the past, and the days that are told from them."""

from __future__ import annotations

from datetime import datetime, timedelta
from itertools import pairwise
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bridge.errors import PartialRead, UnexpectedAnswer
from bridge.model import FieldValue, Label, Project, Stretch, Tier
from bridge.replay.states import packed
from connectors.asana import api
from mappings.asana import AsanaMapping
from mappings.asana_past import TODAY
from tests.asana.fake import NAMES, FakeAsana
from tests.asana.site import complaints, opened, serving, system_of, vendor
from tests.contract import HistorianContract, System

DAY = 86_400
HITS = (
    Project("500"), Project("Elsewhere"), Label("okr"), FieldValue("section", "Doing"),
    FieldValue("Team", "Growth"), FieldValue("Story points", "3"),
)  # fmt: skip


@pytest.fixture
def system(asana: FakeAsana) -> System:
    return system_of(asana)


class TestHistorian(HistorianContract):
    def test_touched_is_what_changed_in_any_way_and_not_what_rested_long(self, system: System) -> None:
        """Nor what has a tag more, of which `modified_at` says nothing; but all that lies in no project."""
        super().test_touched_is_what_changed_in_any_way_and_not_what_rested_long(system)
        driver = system.driver
        above = driver.make("Above")
        part = driver.make("Part", parent=above, tier=Tier.PART)
        tagged = driver.make("Tagged")
        driver.advance(7200)
        since = system.connector.login().now
        driver.advance(60)
        driver.label(tagged, "okr")
        assert system.connector.touched(since) == {tagged, part}
        assert system_of(driver, subtasks=False).connector.touched(since) == {tagged}

    def test_the_past_of_a_moved_item_is_asked_for_by_its_permanent_id(self, system: System) -> None:
        """Tasks keep their number; the projects are told."""
        id = system.driver.make("Wanderer")
        system.driver.advance(60)
        system.driver.move(id)
        [past] = self.pasts(system, id).values()
        assert [(one["resource_subtype"], one["project"]["gid"]) for one in past.changes] == [
            ("removed_from_project", "500"),
            ("added_to_project", "501"),
        ]


def told(fake: FakeAsana, ids: list[str], ends: list[datetime]) -> list[dict[str, Stretch]]:
    """What is said of each day."""
    connector = opened(fake)
    replay = AsanaMapping("asana", panel_names=NAMES).replay(connector.glossary(), HITS)
    assert replay.untold == {}
    days: list[dict[str, Stretch]] = [{} for _ in ends]
    for past in connector.pasts(ids):
        found = [*replay.stretches(past.raw, past.changes, ends), Stretch(len(ends), None)]
        for one, after in pairwise(found):
            for day in range(one.first, after.first):
                if one.item:
                    days[day][past.raw.id] = one
    return days


def kept(item: Any) -> dict[str, Any]:
    """Children come and go by stories of their own."""
    return {name: value for name, value in packed(item).items() if name != "children"}


def read(fake: FakeAsana, ids: list[str]) -> dict[str, tuple[dict[str, Any], frozenset[Any]]]:
    """What a sync would see now."""
    connector = opened(fake)
    hits = {selector: connector.identities(selector) for selector in HITS}
    mapping = AsanaMapping("asana", panel_names=NAMES)
    return {
        raw.id: (kept(mapping.item(raw)), frozenset(one for one, found in hits.items() if raw.id in found))
        for raw in connector.fetch(ids)
    }


ACTS: dict[str, Any] = {
    "complete": lambda fake, id, n: fake.complete(id, n % 2 == 0),
    "section": lambda fake, id, n: (
        "500" in fake.tasks[id]["in"] and fake.section(id, ("Doing", "已取消", "To do")[n % 3])
    ),
    "points": lambda fake, id, n: fake.number_in(id, "807", (1.5, 3, None)[n % 3]),
    "team": lambda fake, id, n: fake.choose(id, "808", ("Growth", "增长")[n % 2]),
    "type": lambda fake, id, n: fake.choose(id, "806", ("Epic", "Story")[n % 2]),
    "label": lambda fake, id, n: fake.label(id, "okr", on=n % 2 == 0),
    "rename": lambda fake, id, n: fake.edit(id, f"目标 {n}"),
    "project": lambda fake, id, _: "501" in fake.tasks[id]["in"] or fake.place_in(id, "501"),
    "leave": lambda fake, id, _: {"500", "501"} <= {*fake.tasks[id]["in"]} and fake.take_out(id, "501"),
    "parent": lambda fake, id, n: fake.reparent(id, min(fake.tasks) if n % 2 else None),
}
STEPS = st.lists(
    st.tuples(st.integers(1, 2), st.sampled_from([*ACTS]), st.integers(0, 5), st.booleans()),
    min_size=1,
    max_size=14,
)


def lived(fake: FakeAsana, steps: Any) -> tuple[list[str], list[datetime], list[Any]]:
    """An Epic, two Stories, and what happens to these; looked at by the end of each day."""
    epic = fake.make("Epic", tier=Tier.GROUP)
    ids = [epic, fake.make("One", parent=epic), fake.make("Two", labels=("okr",))]
    ends, seen = list[datetime](), list[Any]()
    for which, act, n, night in [*steps, (1, "rename", 9, True)]:
        fake.advance(60)
        ACTS[act](fake, ids[which], n)
        if night:
            fake.advance(DAY / 2)
            ends.append(fake.at)
            seen.append(read(fake, ids))
            fake.advance(DAY / 2)
    return ids, ends, seen


@settings(deadline=None, max_examples=5)
@given(STEPS, st.booleans())
def test_what_is_replayed_for_a_day_is_what_was_read_on_it(steps, births):
    hold(steps, births)


@pytest.mark.prove
@settings(deadline=None, max_examples=80)
@given(STEPS, st.booleans())
def test_what_is_replayed_for_any_day_is_what_was_read_on_it(steps, births):
    hold(steps, births)


def hold(steps: Any, births: bool) -> None:
    """But for what hung below a parent that no story names, and the section of a project that was left: these
    are said to be open."""
    fake = FakeAsana()
    fake.births = births
    with serving(fake):
        ids, ends, seen = lived(fake, steps)
        days = told(fake, ids, ends)
    if judge := vendor():
        assert complaints(fake, judge) == []
    for day, then in zip(days, seen, strict=True):
        assert day.keys() == then.keys()
        for id, one in day.items():
            item, hits = then[id]
            if one.doubt:
                assert "its parent" in one.doubt or "its section" in one.doubt
                assert hits <= one.hits
            else:
                assert (kept(one.item), one.hits) == (item, hits)


@settings(deadline=None, max_examples=6)
@given(
    st.lists(
        st.tuples(
            st.integers(1, 2),
            st.sampled_from([one for one in ACTS if one not in ("parent", "leave")]),
            st.integers(0, 5),
            st.booleans(),
        ),
        min_size=1,
        max_size=14,
    )
)
def test_without_moves_below_or_out_of_a_project_no_day_is_open(steps):
    fake = FakeAsana()
    with serving(fake):
        ids, ends, seen = lived(fake, steps)
        days = told(fake, ids, ends)
    found = [{id: (one.doubt, kept(one.item), one.hits) for id, one in day.items()} for day in days]
    assert found == [{id: ("", *one) for id, one in then.items()} for then in seen]


def test_a_story_that_is_missing_leaves_the_days_around_it_open(asana):
    """Done, reopened and done again; Asana has lost that it was reopened."""
    id, ends = asana.make("Work"), list[datetime]()
    for done in (True, False, True):
        asana.complete(id, done)
        asana.advance(DAY / 2)
        ends.append(asana.at)
        asana.advance(DAY / 2)
    [lost] = [gid for gid, one in asana.stories.items() if one["resource_subtype"] == "marked_incomplete"]
    del asana.stories[lost]
    days = [day[id] for day in told(asana, [id], ends)]
    assert [one.doubt for one in days] == ["its stories leave open whether it was complete"] * 2 + [""]


def nights(fake: FakeAsana, *acts: Any) -> list[datetime]:
    """One after the other, with a day's end after each."""
    ends = []
    for act in acts:
        act()
        fake.advance(DAY / 2)
        ends.append(fake.at)
        fake.advance(DAY / 2)
    return ends


def test_a_section_is_that_of_its_own_project(asana):
    id = asana.make("Work")
    ends = nights(
        asana,
        lambda: asana.place_in(id, "501"),
        lambda: asana.section(id, "Doing", "501"),
        lambda: asana.section(id, "已取消"),
        lambda: asana.take_out(id, "501"),
        lambda: asana.section(id, "To do"),
    )
    days = [day[id] for day in told(asana, [id], ends)]
    assert [(one.item and one.item.status, one.doubt) for one in days] == [
        ("To do", ""), ("Doing", ""), ("已取消", ""), ("已取消", ""), ("To do", ""),
    ]  # fmt: skip
    assert [FieldValue("section", "Doing") in one.hits for one in days] == [False, True, True, False, False]


def test_where_a_section_was_in_a_project_that_was_left_is_open_unless_a_move_tells_it(asana):
    id = asana.make("Work")
    ends = nights(asana, lambda: asana.place_in(id, "501"), lambda: asana.take_out(id, "501"))
    days = [day[id] for day in told(asana, [id], ends)]
    assert [one.doubt for one in days] == ["its stories leave open its section", ""]
    assert Project("Elsewhere") in days[0].hits


def test_complete_reopened_and_complete_again_is_told_of_each_day(asana):
    id = asana.make("Work")
    ends = nights(asana, *(lambda done=done: asana.complete(id, done) for done in (True, False, True)))
    days = [day[id] for day in told(asana, [id], ends)]
    assert [(one.item and one.item.category.value, one.doubt) for one in days] == [
        ("done", ""), ("todo", ""), ("done", ""),
    ]  # fmt: skip


def test_a_tag_of_which_it_is_open_whether_it_was_there_may_have_hit(asana):
    id, other = asana.make("Work"), asana.make("Other", labels=("okr",))
    ends = nights(asana, *(lambda on=on: asana.label(id, "okr", on) for on in (False, True, False)))
    [lost] = [gid for gid, one in asana.of_task(id).items() if one["resource_subtype"] == "removed_from_tag"]
    del asana.stories[lost]
    days = told(asana, [id, other], ends)
    said = [(day[id].doubt, Label("okr") in day[id].hits) for day in days]
    assert said == [("", False)] + [("its stories leave open its tags", True)] * 2
    assert [day[other].doubt for day in days] == ["", "", ""]


def test_a_number_field_that_the_task_has_no_more_is_open_for_it_may_be_a_share(asana):
    id = asana.make("Work")
    ends = nights(
        asana,
        lambda: asana.number_in(id, "807", 3),
        lambda: asana.number_in(id, "807", None),
        lambda: asana.placed["500"].remove("807"),
    )
    days = [day[id] for day in told(asana, [id], ends)]
    assert [one.doubt for one in days] == ["its stories leave open its Story points", "", ""]


def test_what_stories_say_of_hidden_projects_and_lost_fields_is_passed_over(asana):
    id = asana.make("Work")
    asana.advance(60)
    for kind in ("added_to_project", "removed_from_tag", "number_custom_field_changed"):
        asana.note(id, kind)
    asana.advance(DAY)
    [day] = told(asana, [id], [asana.at])
    assert day[id].doubt == ""


def test_an_approval_is_complete_once_it_is_judged(asana):
    id = asana.make("Approve")
    asana.advance(DAY)
    ends = [asana.at - timedelta(hours=1), asana.at + timedelta(hours=1)]
    asana.note(id, "approved", old_approval_status="pending", new_approval_status="approved")
    asana.tasks[id] |= {"completed": True, "completed_at": asana.stamp()}
    asana.advance(DAY)
    days = [day[id] for day in told(asana, [id], ends)]
    assert [(one.item and one.item.category.value, one.doubt) for one in days] == [("todo", ""), ("done", "")]


def test_one_that_hung_below_another_says_so_and_before_that_it_is_open(asana):
    epic, id = asana.make("Epic", tier=Tier.GROUP), asana.make("Work")
    ends = nights(asana, lambda: None, lambda: asana.reparent(id, epic), lambda: asana.reparent(id, None))
    days = [day[id] for day in told(asana, [id], ends)]
    assert [(one.item and one.item.parent, one.doubt) for one in days] == [
        (None, "its stories leave open its parent"), (epic, ""), (None, ""),
    ]  # fmt: skip


def test_one_that_is_complete_without_a_story_is_so_since_it_says(asana):
    id = asana.make("Work")
    ends = [asana.at + timedelta(hours=hours) for hours in (12, 36)]
    asana.advance(DAY)
    asana.complete(id)
    asana.stories.clear()
    asana.advance(DAY)
    days = [day[id] for day in told(asana, [id], ends)]
    assert [(one.item.category.value, one.doubt) for one in days if one.item] == [("todo", ""), ("done", "")]


def test_a_history_of_many_pages_is_read_to_its_end(asana):
    id = asana.make("Work")
    for n in range(4 * asana.page):
        asana.advance(60)
        asana.number_in(id, "807", n + 1)
        asana.say(id, "x")
    [past] = opened(asana).pasts([id])
    assert [one["new_number_value"] for one in past.changes] == [*range(1, 4 * asana.page + 1)]


def test_a_walk_through_stories_that_is_cut_short_is_no_shorter_history(asana, monkeypatch):
    id = asana.make("Work")
    for n in range(9):
        asana.number_in(id, "807", n + 1)
    asana.advance(DAY)
    real = asana.paged

    def paged(asked, records):
        if asked.get("offset"):
            return 400, {"errors": [{"message": "offset: Your pagination token has expired"}]}
        return real(asked, records)

    monkeypatch.setattr(asana, "paged", paged)
    with pytest.raises(PartialRead):
        list(opened(asana).pasts([id]))


def test_ten_tasks_cost_two_requests(asana, monkeypatch):
    monkeypatch.setattr(api, "PAGE", 100)
    asana.page = 100
    ids = [asana.make(f"Work {n}") for n in range(10)]
    for id in ids:
        asana.complete(id)
    asana.advance(DAY)
    before = len(asana.asked)
    assert len(list(opened(asana).pasts(ids))) == 10
    assert asana.asked[before:].count("POST /batch") == 2


def test_a_task_that_never_rests_is_an_error(asana):
    id = asana.make("Work")
    numbers = iter(range(1, 100))
    asana.after = lambda _, path: path == "/batch" and asana.number_in(id, "807", next(numbers))
    with pytest.raises(UnexpectedAnswer, match="changes while it is read"):
        list(opened(asana).pasts([id]))


def test_what_goes_while_it_is_read_is_left_out(asana):
    ids = [asana.make(f"Work {n}") for n in range(2)]
    asana.complete(ids[0])
    told = iter(range(100))
    asana.after = lambda _, path: path == "/batch" and next(told) == 1 and asana.hide(ids[0])
    assert [one.raw.id for one in opened(asana).pasts(ids)] == [ids[1]]


def test_a_story_of_another_task_is_an_error(asana):
    one, two = (asana.make(f"Work {n}") for n in range(2))
    asana.complete(one)
    [story] = asana.of_task(one).values()
    story["target"] = {"gid": two, "resource_type": "task"}
    with pytest.raises(UnexpectedAnswer, match="answered with other tasks'"):
        list(opened(asana).pasts([one]))


def test_what_stories_do_not_tell_of_links_goes_by_today_and_says_why(asana):
    untold = (FieldValue("assignee", "Alex"), asana.query("okr"), Project("nowhere"))
    replay = AsanaMapping("asana").replay(opened(asana).glossary(), (*untold, Label("okr")))
    assert replay.untold == dict.fromkeys(untold, TODAY)
