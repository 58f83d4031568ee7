"""What every connector must keep: subclass these with a fixture `system`.

A `System` is the connector, the mapping of its records, and a `Driver` that does in the tracker what
people and time do, past the connector. One that cannot be told apart from the others by these classes
can be told apart by its own tests only.
"""

from __future__ import annotations

import json
from datetime import datetime, timedelta
from typing import Any, NamedTuple, Protocol

import pytest

from bridge.errors import NotFound
from bridge.model import Keys, Label, Paragraph, Project, Query, Raw, Span, Tier, WorkItem
from connectors.base import Changed, Historian, Mark, NewItem, Past, RemoteLink
from mappings.base import WorkMapping


class Driver(Protocol):
    """People and time, as far as the contract needs them. Items are named by permanent id."""

    project: str
    other_project: str
    page: int

    def make(
        self, title: str, *, parent: str | None = None, labels: tuple[str, ...] = (), tier: Tier = Tier.UNIT
    ) -> str: ...
    def key(self, id: str) -> str: ...
    def edit(self, id: str, title: str) -> None: ...
    def reparent(self, id: str, parent: str | None) -> None: ...
    def move(self, id: str) -> str: ...
    def delete(self, id: str) -> None: ...
    def hide(self, id: str) -> None: ...
    def advance(self, seconds: float) -> None: ...
    def say(self, id: str, text: str) -> str: ...
    def said(self, id: str) -> dict[str, str]:
        """What stands in the item's comments as people read it, by comment id."""
        ...

    def query(self, label: str) -> Query: ...


class System(NamedTuple):
    connector: Any
    driver: Driver
    mapping: WorkMapping


HOSTILE = 'a "quoted" \\ {code} [~admin] @all <b>*bold*</b> | 完成 😀'
PROPERTY = {"version": 1, "instance": "here", "key_results": [{"id": "O1-KR1", "title": HOSTILE}]}
HOUR = timedelta(hours=1)
BODY = (Paragraph((Span("KR 1 stands at "), Span("60%", strong=True))),)
MARK = Mark("here", "O1-KR1", "abc")
LINK = RemoteLink(global_id="okr-bridge=here&kr=O1-KR1", url="https://okr.example/1", title="KR 1 · 60%")


def by_id(records: Any) -> dict[str, Raw]:
    return {raw.id: raw for raw in records}


def with_keys(system: System, *ids: str) -> dict[str, str]:
    return {id: system.driver.key(id) for id in ids}


def drained(changed: Changed) -> set[str]:
    return {raw.id for raw in changed.records}


class ConnectorContract:
    def test_a_login_says_who_it_is_and_what_time_the_server_has(self, system: System) -> None:
        before = system.connector.requests
        account = system.connector.login()
        assert account.id
        assert account.now.tzinfo is not None
        assert system.connector.requests > before
        assert sum(system.connector.traffic.requests.values()) == system.connector.requests

    def test_the_sites_facts_are_plain_json(self, system: System) -> None:
        facts = system.connector.describe()
        assert json.loads(json.dumps(facts)) == facts

    def test_a_check_of_a_sound_site_finds_no_error(self, system: System) -> None:
        assert [f for f in system.connector.check() if f.level == "error"] == []

    def test_closing_twice_does_no_harm(self, system: System) -> None:
        system.connector.close()
        system.connector.close()


class WorkSourceContract(ConnectorContract):
    def test_identities_are_complete_over_several_pages(self, system: System) -> None:
        many = {system.driver.make(f"Work {n}", labels=("many",)) for n in range(system.driver.page * 2 + 1)}
        system.driver.make("Another", labels=("other",))
        assert system.connector.identities(Label("many")) == many
        assert system.connector.identities(system.driver.query("many")) == many

    def test_a_page_that_is_just_full_is_complete(self, system: System) -> None:
        many = {system.driver.make(f"Work {n}", labels=("full",)) for n in range(system.driver.page)}
        assert system.connector.identities(Label("full")) == many

    def test_a_selector_without_hits_is_empty_and_no_error(self, system: System) -> None:
        assert system.connector.identities(Label("nobody-has-this")) == frozenset()

    def test_a_label_with_hostile_characters_hits_only_its_own(self, system: System) -> None:
        label = 'a"b\\c)or(1=1'
        mine = system.driver.make("Mine", labels=(label,))
        system.driver.make("Other", labels=("ab",))
        assert system.connector.identities(Label(label)) == {mine}

    def test_a_project_is_told_by_its_key(self, system: System) -> None:
        mine = system.driver.make("Mine")
        moved = system.driver.make("Moved")
        system.driver.move(moved)
        hits = system.connector.identities(Project(system.driver.project))
        assert mine in hits
        assert moved not in hits
        assert moved in system.connector.identities(Project(system.driver.other_project))

    def test_hidden_items_are_no_identities(self, system: System) -> None:
        one, two = (system.driver.make(title, labels=("some",)) for title in "12")
        system.driver.hide(two)
        assert system.connector.identities(Label("some")) == {one}

    def test_keys_resolve_to_permanent_ids_and_unknown_ones_are_absent(self, system: System) -> None:
        one, two = system.driver.make("One"), system.driver.make("Two")
        key, hidden = system.driver.key(one), system.driver.key(two)
        system.driver.hide(two)
        gone = f"{system.driver.project}-99999"
        assert system.connector.resolve([key, hidden, gone]) == {key: one}

    def test_a_moved_items_old_and_new_key_are_one_item(self, system: System) -> None:
        id = system.driver.make("Wanderer")
        old = system.driver.key(id)
        new = system.driver.move(id)
        assert old != new
        assert system.connector.resolve([old, new]) == {old: id, new: id}

    def test_no_keys_need_no_answer(self, system: System) -> None:
        assert system.connector.resolve([]) == {}

    def test_children_are_the_direct_ones_alone(self, system: System) -> None:
        epic = system.driver.make("Epic", tier=Tier.GROUP)
        other = system.driver.make("Other epic", tier=Tier.GROUP)
        story = system.driver.make("Story", parent=epic)
        system.driver.make("Part", parent=story, tier=Tier.PART)
        elsewhere = system.driver.make("Elsewhere", parent=other)
        assert system.connector.children(with_keys(system, epic)) == {story}
        assert system.connector.children(with_keys(system, epic, other)) == {story, elsewhere}

    def test_an_epic_without_children_has_none(self, system: System) -> None:
        epic = system.driver.make("Epic", tier=Tier.GROUP)
        assert system.connector.children(with_keys(system, epic)) == frozenset()

    def test_fetch_answers_every_item_once_and_leaves_out_hidden_and_gone(self, system: System) -> None:
        ids = [system.driver.make(f"Work {n}") for n in range(system.driver.page + 2)]
        system.driver.hide(ids[1])
        system.driver.delete(ids[2])
        got = [raw.id for raw in system.connector.fetch([*ids, "999999"])]
        assert sorted(got) == sorted({*ids} - {ids[1], ids[2]})

    def test_records_translate_and_tell_their_parents(self, system: System) -> None:
        epic = system.driver.make("Epic", tier=Tier.GROUP)
        story = system.driver.make(HOSTILE, parent=epic, labels=("x",))
        part = system.driver.make("Part", parent=story, tier=Tier.PART)
        raws = by_id(system.connector.fetch([epic, story, part]))
        items: dict[str, WorkItem] = {id: system.mapping.item(raw) for id, raw in raws.items()}
        assert {id: item.tier for id, item in items.items()} == {
            epic: Tier.GROUP,
            story: Tier.UNIT,
            part: Tier.PART,
        }
        assert items[story].parent in (epic, system.driver.key(epic))
        assert items[part].parent in (story, system.driver.key(story))
        assert items[story].title == HOSTILE
        assert items[story].labels == ("x",)
        assert items[story].key == system.driver.key(story)

    def test_a_record_has_another_version_when_it_changed(self, system: System) -> None:
        id = system.driver.make("Before")
        before = by_id(system.connector.fetch([id]))[id].version
        assert by_id(system.connector.fetch([id]))[id].version == before
        system.driver.advance(5)
        system.driver.edit(id, "After")
        assert by_id(system.connector.fetch([id]))[id].version != before

    def test_what_changed_is_told_and_what_rested_long_is_not(self, system: System) -> None:
        resting, edited = system.driver.make("Resting"), system.driver.make("Edited")
        system.driver.advance(7200)
        since = system.connector.login().now
        system.driver.advance(60)
        system.driver.edit(edited, "Edited again")
        system.driver.advance(600)
        told = drained(system.connector.changed(since))
        assert edited in told
        assert resting not in told

    def test_a_new_child_and_a_new_parent_are_changes(self, system: System) -> None:
        epic, other = (system.driver.make(title, tier=Tier.GROUP) for title in ("Epic", "Other"))
        moving = system.driver.make("Moving", parent=epic)
        system.driver.advance(7200)
        since = system.connector.login().now
        system.driver.advance(60)
        born = system.driver.make("Born", parent=epic)
        system.driver.reparent(moving, other)
        system.driver.advance(600)
        assert {born, moving} <= drained(system.connector.changed(since))

    def test_an_edit_made_while_reading_comes_at_the_latest_next_time(self, system: System) -> None:
        ids = [system.driver.make(f"Work {n}") for n in range(system.driver.page * 2 + 1)]
        system.driver.advance(600)
        changed = system.connector.changed(system.connector.login().now - HOUR)
        first = next(changed.records)
        system.driver.advance(120)
        system.driver.edit(first.id, "Edited while others were read")
        rest = drained(changed)
        assert rest | {first.id} == set(ids)
        system.driver.advance(600)
        again = by_id(system.connector.changed(changed.until).records)
        assert system.mapping.item(again[first.id]).title == "Edited while others were read"

    def test_until_never_lies_in_the_servers_future(self, system: System) -> None:
        changed = system.connector.changed(system.connector.login().now - HOUR)
        list(changed.records)
        assert changed.until <= system.connector.login().now


class HistorianContract:
    """What was: records with everything that was ever changed in them."""

    def pasts(self, system: System, *ids: str) -> dict[str, Past]:
        told = list(system.connector.pasts(ids))
        assert len({past.raw.id for past in told}) == len(told)
        return {past.raw.id: past for past in told}

    def test_it_tells_the_past(self, system: System) -> None:
        assert isinstance(system.connector, Historian)

    def test_the_glossary_is_plain_json_and_the_same_when_asked_again(self, system: System) -> None:
        told = system.connector.glossary()
        assert json.loads(json.dumps(told)) == told == system.connector.glossary()

    def test_asking_for_fields_that_are_held_anyway_changes_nothing(self, system: System) -> None:
        id = system.driver.make("Work")
        held = list(system.connector.glossary().get("held", ()))
        assert list(system.connector.pasts([id], held)) == list(system.connector.pasts([id]))

    def test_touched_is_what_changed_in_any_way_and_not_what_rested_long(self, system: System) -> None:
        make = system.driver.make
        epic = make("Epic", tier=Tier.GROUP)
        resting, edited, moved, hung = (make(f"Work {n}", labels=("x",)) for n in range(4))
        system.driver.advance(7200)
        since = system.connector.login().now
        system.driver.advance(60)
        system.driver.edit(edited, "Edited")
        system.driver.move(moved)
        system.driver.reparent(hung, epic)
        born = make("Born")
        system.driver.advance(600)
        touched = system.connector.touched(since)
        assert {edited, moved, hung, born} <= touched
        assert resting not in touched

    def test_touched_is_complete_over_several_pages_and_without_what_is_hidden_or_gone(
        self, system: System
    ) -> None:
        since = system.connector.login().now
        system.driver.advance(60)
        ids = [system.driver.make(f"Work {n}") for n in range(system.driver.page * 2 + 3)]
        system.driver.hide(ids[0])
        system.driver.delete(ids[1])
        assert system.connector.touched(since) == set(ids[2:])

    def test_every_record_comes_once_as_an_ordinary_read_gives_it(self, system: System) -> None:
        ids = [system.driver.make(f"Work {n}") for n in range(system.driver.page * 2 + 1)]
        for id in ids[::2]:
            system.driver.edit(id, HOSTILE)
        system.driver.hide(ids[1])
        system.driver.delete(ids[2])
        told = self.pasts(system, *ids, "999999", ids[0])
        assert {id: past.raw for id, past in told.items()} == by_id(system.connector.fetch(ids))
        assert set(told) == {*ids} - {ids[1], ids[2]}

    def test_no_ids_have_no_past(self, system: System) -> None:
        assert self.pasts(system) == {}

    def test_what_never_changed_has_no_changes(self, system: System) -> None:
        [untouched, edited] = (system.driver.make(f"Work {n}") for n in range(2))
        system.driver.edit(edited, "Edited")
        told = self.pasts(system, untouched, edited)
        assert told[untouched].changes == ()
        assert len(told[edited].changes) == 1

    def test_long_histories_are_whole_and_oldest_first_wherever_pages_end(self, system: System) -> None:
        ids = [system.driver.make(f"Work {n}") for n in range(system.driver.page + 1)]
        titles = {id: [f"title {id}-{n};" for n in range(45)] for id in ids}
        for n in range(45):
            system.driver.advance(1)
            for id in ids:
                system.driver.edit(id, titles[id][n])
        for id, past in self.pasts(system, *ids).items():
            told = [json.dumps(change) for change in past.changes]
            assert json.loads(f"[{','.join(told)}]") == list(past.changes)
            assert len(told) == 45
            assert all(title in text for title, text in zip(titles[id], told, strict=True))

    def test_a_change_after_the_first_record_was_read_is_in_record_and_history_or_in_neither(
        self, system: System
    ) -> None:
        ids = [system.driver.make(f"Work {n}") for n in range(system.driver.page * 3)]
        told = system.connector.pasts(ids)
        first = next(told)
        system.driver.advance(60)
        for id in ids:
            system.driver.edit(id, "Later")
        for past in (first, *told):
            assert (system.mapping.item(past.raw).title == "Later") == bool(past.changes)

    def test_the_past_of_a_moved_item_is_asked_for_by_its_permanent_id(self, system: System) -> None:
        id = system.driver.make("Wanderer")
        old = system.driver.key(id)
        system.driver.advance(60)
        new = system.driver.move(id)
        [past] = self.pasts(system, id).values()
        assert system.mapping.item(past.raw).key == new
        text = json.dumps(past.changes)
        assert old in text
        assert new in text


class PanelContract:
    """`values` are two states of the fields that the system can hold, by role."""

    values: tuple[dict[str, Any], dict[str, Any]] = (
        {
            "key_result": "O1-KR1 " + HOSTILE,
            "progress": 60,
            "status": "On track",
            "score": 0.6,
            "updated": "2026-11-21T12:00:00+00:00",
        },
        {
            "key_result": "O1-KR1",
            "progress": 61,
            "status": "At risk",
            "score": 0.6,
            "updated": "2026-11-22T12:00:00+00:00",
        },
    )

    def anchor(self, system: System) -> str:
        return system.driver.make("Anchor", tier=Tier.GROUP)

    def test_an_untouched_item_has_every_field_empty(self, system: System) -> None:
        found = system.connector.look(self.anchor(system))
        assert set(found.fields) == set(self.values[0])
        assert set(found.fields.values()) == {None}
        assert found.property is None
        assert found.comments == ()
        assert found.links == {}

    def test_fields_and_property_are_found_as_they_were_put(self, system: System) -> None:
        item = self.anchor(system)
        system.connector.put_values(item, self.values[0], PROPERTY)
        found = system.connector.look(item)
        assert {role: plain(value) for role, value in found.fields.items()} == {
            role: plain(value) for role, value in self.values[0].items()
        }
        assert found.property == PROPERTY

    def test_putting_the_same_twice_is_one_state(self, system: System) -> None:
        item = self.anchor(system)
        system.connector.put_values(item, self.values[0], PROPERTY)
        once = system.connector.look(item)
        system.connector.put_values(item, self.values[0], PROPERTY)
        assert system.connector.look(item) == once

    def test_fields_that_are_not_named_stay(self, system: System) -> None:
        item = self.anchor(system)
        system.connector.put_values(item, self.values[0], PROPERTY)
        system.connector.put_values(item, {"progress": 61})
        found = system.connector.look(item)
        assert plain(found.fields["progress"]) == 61
        assert found.fields["status"] == self.values[0]["status"]
        assert found.property == PROPERTY

    def test_none_empties_a_field(self, system: System) -> None:
        item = self.anchor(system)
        system.connector.put_values(item, self.values[0])
        system.connector.put_values(item, {"progress": None, "status": None})
        found = system.connector.look(item)
        assert (found.fields["progress"], found.fields["status"]) == (None, None)

    def test_what_the_record_tells_of_the_panel_is_what_the_look_finds(self, system: System) -> None:
        item = self.anchor(system)
        system.connector.put_values(item, self.values[0], PROPERTY)
        [raw] = system.connector.fetch([item])
        found = system.connector.look(item)
        told = system.mapping.panel(raw)
        assert dict(told["fields"]) == dict(found.fields)
        assert told.get("property", found.property) == found.property

    def test_a_comment_is_made_once_and_edited_in_place(self, system: System) -> None:
        item = self.anchor(system)
        made = system.connector.put_comment(item, BODY, MARK)
        later = Mark("here", "O1-KR1", "def")
        assert system.connector.put_comment(item, BODY, later, made) == made
        [comment] = system.connector.look(item).comments
        assert (comment.id, comment.mark) == (made, later)

    def test_comments_are_told_apart_by_their_marks(self, system: System) -> None:
        item = self.anchor(system)
        marks = [MARK, Mark("here", "O1-KR2", "abc"), Mark("elsewhere", "O1-KR1", "abc")]
        made = {system.connector.put_comment(item, BODY, mark): mark for mark in marks}
        assert {c.id: c.mark for c in system.connector.look(item).comments} == made

    def test_a_comment_that_is_gone_is_not_found(self, system: System) -> None:
        item = self.anchor(system)
        made = system.connector.put_comment(item, BODY, MARK)
        system.connector.remove_comment(item, made)
        with pytest.raises(NotFound):
            system.connector.put_comment(item, BODY, MARK, made)
        assert system.connector.look(item).comments == ()

    def test_what_people_say_is_never_touched_nor_taken_for_ours(self, system: System) -> None:
        item = self.anchor(system)
        said = system.driver.say(item, "60% by my count")
        made = system.connector.put_comment(item, BODY, MARK)
        assert [c.id for c in system.connector.look(item).comments] == [made]
        system.connector.remove_comment(item, made)
        assert system.driver.said(item) == {said: "60% by my count"}

    def test_what_people_typed_is_shown_as_they_typed_it(self, system: System) -> None:
        item = self.anchor(system)
        made = system.connector.put_comment(item, (Paragraph((Span(HOSTILE),)),), MARK)
        assert HOSTILE in system.driver.said(item)[made]

    def test_a_link_is_one_however_often_it_is_put(self, system: System) -> None:
        item = self.anchor(system)
        system.connector.put_link(item, LINK)
        newer = RemoteLink(global_id=LINK.global_id, url=LINK.url, title="KR 1 · 61%")
        system.connector.put_link(item, newer)
        [(global_id, held)] = system.connector.look(item).links.items()
        assert global_id == LINK.global_id
        assert (held["url"], held["title"]) == (newer.url, newer.title)

    def test_links_of_two_key_results_stand_side_by_side(self, system: System) -> None:
        item = self.anchor(system)
        other = RemoteLink(global_id="okr-bridge=here&kr=O1-KR2", url=LINK.url, title="KR 2")
        system.connector.put_link(item, LINK)
        system.connector.put_link(item, other)
        system.connector.remove_link(item, LINK.global_id)
        assert set(system.connector.look(item).links) == {other.global_id}

    def test_everything_of_ours_can_be_taken_away_again_and_twice(self, system: System) -> None:
        item = self.anchor(system)
        untouched = system.connector.look(item)
        system.connector.put_values(item, self.values[0], PROPERTY)
        made = system.connector.put_comment(item, BODY, MARK)
        system.connector.put_link(item, LINK)
        for _ in range(2):
            system.connector.remove_values(item, list(self.values[0]), property=True)
            system.connector.remove_comment(item, made)
            system.connector.remove_link(item, LINK.global_id)
        assert system.connector.look(item) == untouched

    def test_an_item_that_is_hidden_or_gone_is_not_found(self, system: System) -> None:
        item = self.anchor(system)
        system.driver.hide(item)
        for act in (
            lambda: system.connector.look(item),
            lambda: system.connector.put_values(item, self.values[0], PROPERTY),
            lambda: system.connector.put_comment(item, BODY, MARK),
            lambda: system.connector.put_link(item, LINK),
        ):
            with pytest.raises(NotFound):
                act()


def plain(value: Any) -> Any:
    """Numbers and instants by what they mean, whatever their spelling."""
    if isinstance(value, str):
        try:
            return datetime.fromisoformat(value)
        except ValueError:
            return value
    return value


class ProvisionerContract:
    def wanted(self, system: System) -> NewItem:
        project = system.driver.project
        return NewItem(project=project, title=HOSTILE, marker="okr-O1-KR1", labels=("okr",), due="2026-12-15")

    def test_nothing_is_found_before_it_is_made(self, system: System) -> None:
        assert system.connector.find_made("okr-O1-KR1") is None

    def test_what_was_made_is_found_by_its_marker_in_the_system_itself(self, system: System) -> None:
        key = system.connector.make(self.wanted(system))
        system.driver.advance(300)
        assert system.connector.find_made("okr-O1-KR1") == key
        assert system.connector.find_made("okr-O1-KR") is None

    def test_it_is_a_group_with_its_title_labels_and_due_date(self, system: System) -> None:
        key = system.connector.make(self.wanted(system))
        id = system.connector.resolve([key])[key]
        [raw] = system.connector.fetch([id])
        item = system.mapping.item(raw)
        assert (item.tier, item.title) == (Tier.GROUP, HOSTILE)
        assert {"okr", "okr-O1-KR1"} <= set(item.labels)
        assert str(item.due) == "2026-12-15"

    def test_one_that_was_made_can_be_linked_and_shown_on(self, system: System) -> None:
        key = system.connector.make(self.wanted(system))
        system.driver.advance(300)
        assert len(system.connector.identities(Label("okr-O1-KR1"))) == 1
        assert list(system.connector.resolve(list(Keys((key,)).keys))) == [key]
