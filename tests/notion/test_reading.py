"""Reading from Notion: what it is asked, and what is made of odd answers."""

from __future__ import annotations

from datetime import timedelta

import pytest

from bridge.errors import (
    AccessDenied,
    NotFound,
    PartialRead,
    RateLimited,
    Rejected,
    Transient,
    UnexpectedAnswer,
)
from bridge.model import FieldValue, Keys, Label, Project, Query, Tier
from connectors.base import CheckScope
from connectors.notion.api import identity
from tests.notion import shapes
from tests.notion.desk import opened, system
from tests.notion.fake import PERSON

RATE = shapes.refusal(429, "rate_limited", "You have been rate limited. Please try again in a few minutes.")
OVERLOAD = shapes.refusal(529, "service_overload", "Notion is overloaded.")


@pytest.mark.parametrize(("status", "refusal"), [(429, RATE), (529, OVERLOAD)])
def test_a_pause_that_notion_asks_for_is_kept_and_the_read_goes_on(notion, status, refusal):
    mine = notion.make("Work")
    connector = opened(notion)
    connector.describe()
    notion.answers = [(status, {"Retry-After": "37"}, refusal)]
    before = notion.at
    assert connector.identities(Project("Work")) == {mine}
    assert notion.at - before >= timedelta(seconds=37)


def test_a_pause_too_long_to_wait_for_is_told(notion):
    connector = opened(notion)
    connector.describe()
    notion.answers = [(429, {"Retry-After": "600"}, RATE)]
    with pytest.raises(RateLimited) as told:
        connector.identities(Project("Work"))
    assert told.value.retry_after >= 600


@pytest.mark.parametrize(("status", "refusal"), [(429, RATE), (529, OVERLOAD)])
def test_a_pause_holds_the_whole_connection_for_its_budget_is_one(notion, status, refusal):
    connector = opened(notion)
    connector.describe()
    notion.answers = [(status, {"Retry-After": "600"}, refusal)]
    with pytest.raises(Transient):
        connector.identities(Project("Work"))
    before = connector.requests
    with pytest.raises(RateLimited) as told:
        connector.login()
    assert (told.value.scope, connector.requests) == ("connection", before)


def cut(notion, **changes):
    entry = notion.pages[notion.make("Work")]
    return shapes.listed("page_or_data_source", [entry], None) | changes


BROKEN = {
    "more is promised without a place": ({"has_more": True}, PartialRead),
    "the same place comes again": ({"has_more": True, "next_cursor": "x"}, PartialRead),
    "an entry without an id": ({"results": [{"object": "page"}]}, UnexpectedAnswer),
    "no list at all": ({"object": "page"}, UnexpectedAnswer),
    "pages without their properties": ({"results": [{"object": "page", "id": "x"}]}, UnexpectedAnswer),
}


@pytest.mark.parametrize(("changes", "error"), BROKEN.values(), ids=BROKEN)
def test_a_walk_that_was_cut_short_is_refused(notion, changes, error):
    connector = opened(notion)
    connector.describe()
    notion.answers = [(200, {}, cut(notion, **changes)) for _ in range(2)]
    with pytest.raises(error):
        connector.identities(Project("Work"))
    notion.exchanges.clear()


def test_a_list_that_notion_cuts_at_its_limit_is_read_on_by_time(notion):
    ids = set()
    for n in range(17):
        ids.add(notion.make(f"Work {n}", labels=("many",)))
        notion.advance(25)
    notion.limit = 7
    connector = opened(notion)
    assert connector.identities(Project("Work")) == ids
    assert connector.identities(Label("many")) == ids
    within = Query('{"and": [{"property": "Labels", "multi_select": {"contains": "many"}}]}')
    assert connector.identities(within) == ids
    assert {raw.id for raw in connector.fetch(sorted(ids))} == ids


REACH = {
    "fewer than 25 pages": ({"relation": [{"id": "x"}] * 24}, 21),
    "25 pages, or more": ({"relation": [{"id": "x"}] * 25}, None),
    "25 pages, and no more": ({"relation": [{"id": "x"}] * 25, "has_more": False}, 21),
    "more than are told": ({"relation": [{"id": "x"}] * 25, "has_more": True}, None),
}


@pytest.mark.parametrize(("reach", "points"), REACH.values(), ids=REACH)
def test_a_rollup_over_more_pages_than_notion_reckons_with_is_no_number(notion, reach, points):
    schema = notion.sources[notion.work]["properties"]
    over = {"function": "sum", "rollup_property_name": "Points", "relation_property_name": "Project",
            "rollup_property_id": "x", "relation_property_id": schema["Project"]["id"]}  # fmt: skip
    item = notion.make("Work")
    schema["Points"] = {"id": "ro", "name": "Points", "description": None, "type": "rollup", "rollup": over}
    held = notion.pages[item]["properties"]
    value = {"type": "number", "number": 21, "function": "sum"}
    held["Points"] = {"id": "ro", "type": "rollup", "rollup": value}
    held["Project"] |= reach
    connector, _, mapping = system(notion)
    [raw] = connector.fetch([item])
    told = mapping.item(raw)
    assert (told.points, bool(told.unusable)) == (points, points is None)
    if "has_more" in reach:
        notion.exchanges.clear()


def test_more_of_one_minute_than_notion_lists_are_no_complete_answer(notion):
    for n in range(9):
        notion.make(f"Work {n}")
    notion.limit = 7
    with pytest.raises(PartialRead):
        opened(notion).identities(Project("Work"))
    assert len([one for one in notion.asked if one.endswith("/query")]) < 10


def test_a_page_that_goes_away_while_it_marks_the_place_ends_nothing(notion, monkeypatch):
    ids = [notion.make(f"Work {n}") for n in range(8)]
    connector = opened(notion)
    connector.describe()
    whole, asked = notion.queried, []

    def going(source, body):
        asked.append(body)
        if len(asked) == 2:
            notion.delete(body["start_cursor"])
        return whole(source, body)

    monkeypatch.setattr(notion, "queried", going)
    assert connector.identities(Project("Work")) == {*ids} - {ids[3]}


def test_a_list_that_loses_its_place_again_and_again_is_no_complete_answer(notion, monkeypatch):
    for n in range(4):
        notion.make(f"Work {n}")
    connector = opened(notion)
    connector.describe()
    whole = notion.queried

    def lost(source, body):
        return whole(source, {**body, "start_cursor": "x"} if "start_cursor" in body else body)

    monkeypatch.setattr(notion, "queried", lost)
    with pytest.raises(PartialRead):
        connector.identities(Project("Work"))
    assert len([one for one in notion.asked if one.endswith("/query")]) < 12


def test_what_is_in_the_trash_is_no_hit_even_where_it_is_listed(notion):
    connector = opened(notion)
    connector.describe()
    page = notion.pages[notion.make("Gone")]
    notion.answers = [(200, {}, shapes.listed("page_or_data_source", [{**page, "in_trash": True}], None))]
    assert connector.identities(Project("Work")) == frozenset()


def test_an_edit_that_lists_know_of_late_is_told_the_next_time(notion):
    id = notion.make("Once")
    notion.advance(3600)
    connector = opened(notion)
    connector.describe()
    notion.lag = 100
    notion.advance(50)
    notion.edit(id, "Twice")
    notion.advance(60)
    first = connector.changed(notion.at - timedelta(seconds=30))
    assert [raw.id for raw in first.records] == []
    notion.advance(60)
    assert [raw.id for raw in connector.changed(first.until).records] == [id]


def test_of_several_conditions_one_that_nothing_can_meet_leaves_nothing(notion):
    notion.make("Epic", tier=Tier.GROUP)
    saga = '{"property": "Type", "select": {"equals": "Saga"}}'
    epic = '{"property": "Type", "select": {"equals": "Epic"}}'
    connector = opened(notion)
    assert connector.identities(Query(f'{{"and": [{saga}, {epic}]}}')) == frozenset()
    assert len(connector.identities(Query(f'{{"or": [{saga}, {epic}]}}'))) == 1


def test_a_database_in_the_trash_is_no_empty_one(notion):
    notion.databases[notion.owner(notion.work)]["in_trash"] = True
    with pytest.raises(Rejected, match="in the trash"):
        opened(notion).describe()


def test_a_view_of_another_database_is_no_empty_one(notion):
    notion.databases[notion.owner(notion.work)]["data_sources"] = []
    with pytest.raises(Rejected, match="no data source"):
        opened(notion).describe()


def test_a_choice_that_nobody_has_made_yet_is_nothing_and_no_error(notion):
    assert opened(notion).identities(FieldValue("Type", "Saga")) == frozenset()


def test_any_other_refusal_of_a_filter_is_told(notion):
    with pytest.raises(Rejected, match="does not match"):
        opened(notion).identities(Query('{"property": "Labels", "select": {"equals": "Epic"}}'))


def test_a_property_that_was_renamed_is_asked_for_by_its_new_name(notion):
    epic = notion.make("Epic", tier=Tier.GROUP)
    story = notion.make("Story", parent=epic)
    connector = opened(notion)
    connector.describe()
    for schema in (notion.sources[notion.work], *notion.pages.values()):
        schema["properties"]["Above"] = schema["properties"].pop("Parent item")
    notion.sources[notion.work]["properties"]["Above"]["name"] = "Above"
    assert connector.children({epic: "x"}) == {story}


def test_a_status_that_is_newer_than_the_facts_stands_in_its_group(notion):
    made = system(notion)
    held = notion.sources[notion.work]["properties"]["Status"]["status"]
    held["options"].append(shapes.option("Shipped"))
    held["groups"][2]["option_ids"].append("o-Shipped")
    id = notion.make("Work", Status="Shipped")
    [raw] = made.connector.fetch([id])
    assert made.mapping.item(raw).category.value == "done"


def test_many_records_come_from_lists_and_few_one_by_one(notion):
    ids = [notion.make(f"Work {n}") for n in range(30)]
    connector = opened(notion)
    connector.describe()
    for wanted in (ids, ids[:3]):
        notion.asked.clear()
        assert {raw.id for raw in connector.fetch(wanted)} == set(wanted)
        singles = [one for one in notion.asked if one.startswith("GET /v1/pages/")]
        assert len(singles) == (0 if wanted is ids else 3)


def test_records_that_stand_far_down_the_lists_are_asked_for_one_by_one(notion):
    wanted = [notion.make(f"Old {n}") for n in range(12)]
    for n in range(60):
        notion.advance(60)
        notion.make(f"New {n}")
    connector = opened(notion)
    connector.describe()
    notion.asked.clear()
    assert {raw.id for raw in connector.fetch(wanted)} == set(wanted)
    assert len(notion.asked) < 2 * len(wanted) + 5


def test_work_hangs_on_a_page_of_another_database(notion):
    made = system(notion)
    project = notion.make("Onboarding", source=notion.projects)
    task = notion.make("Task", tier=Tier.PART, Project=[project])
    below = notion.make("Below", parent=task, tier=Tier.PART, Project=[project])
    assert made.connector.children({project: "x"}) == {task}
    raws = {raw.id: raw for raw in made.connector.fetch([project, task, below])}
    items = {id: made.mapping.item(raw) for id, raw in raws.items()}
    assert [items[id].tier for id in (project, task, below)] == [Tier.GROUP, Tier.UNIT, Tier.PART]
    assert (items[project].children, items[task].parent) == ((task,), project)
    assert items[task].children == (below,)


def test_two_edits_of_one_minute_are_two_versions(notion):
    id = notion.make("Once")
    connector = opened(notion)
    [before] = connector.fetch([id])
    notion.advance(5)
    notion.edit(id, "Twice")
    [after] = connector.fetch([id])
    assert before.data["last_edited_time"] == after.data["last_edited_time"]
    assert before.version != after.version


def test_an_edit_in_the_minute_of_the_last_read_is_told(notion):
    id = notion.make("Once")
    notion.advance(3600)
    connector = opened(notion)
    first = connector.changed(notion.at)
    list(first.records)
    notion.advance(1)
    notion.edit(id, "Twice")
    notion.advance(600)
    assert id in {raw.id for raw in connector.changed(first.until).records}


def test_a_picture_that_moves_is_no_change(notion):
    id = notion.make("Work", Owner=[PERSON])
    connector = opened(notion)
    [before] = connector.fetch([id])
    notion.pages[id]["properties"]["Owner"]["people"][0]["avatar_url"] = "https://s3/another"
    [after] = connector.fetch([id])
    assert before == after


def test_a_wrong_token_is_told_with_what_to_do(notion):
    with pytest.raises(AccessDenied) as told:
        opened(notion, token="x").login()
    assert "integrations" in told.value.hint


def test_a_database_that_is_not_shared_is_told(notion):
    notion.hidden.update((notion.work, notion.owner(notion.work)))
    with pytest.raises(NotFound, match="database") as told:
        opened(notion).describe()
    assert "shared with the connection" in told.value.hint


def test_a_data_source_may_be_named_alone(notion):
    connector = opened(notion, databases=(notion.work,))
    outside = notion.make("Outside", source=notion.projects)
    inside = notion.make("Inside")
    assert connector.identities(Project("Work")) == {inside}
    assert connector.resolve([outside, inside]) == {inside: inside}


REFUSED = {
    "a database that is none of the connection's": (Project("Nope"), "no database of the connection"),
    "a property that nothing has": (FieldValue("Nope", "x"), "no property is called 'Nope'"),
    "a number that is none": (FieldValue("Points", "many"), "cannot be asked for"),
    "a query that is no JSON": (Query("tag = x"), "no filter"),
    "a query that names what nothing has": (Query('{"property": "No", "number": {"equals": 1}}'), "No"),
    "a database without a filter": (Query('{"database": "Work"}'), "no filter"),
    "keys": (Keys(("x",)), "keys are no filter"),
}


@pytest.mark.parametrize(("selector", "words"), REFUSED.values(), ids=REFUSED)
def test_what_cannot_be_asked_is_refused(notion, selector, words):
    with pytest.raises(Rejected, match=words):
        opened(notion).identities(selector)


def test_labels_without_a_property_for_them_are_refused(notion):
    with pytest.raises(Rejected, match="no property holds labels"):
        opened(notion, databases=(notion.projects,)).identities(Label("x"))


FIELDS = {
    "text": ("Name", 'a "quoted" \\ 完成 😀'),
    "choice": ("type", "Epic"),
    "status": ("Status", "In progress"),
    "yes or no": ("Blocked", "Yes"),
    "number": ("Points", "2.5"),
    "people by id": ("Owner", PERSON),
}


@pytest.mark.parametrize(("field", "value"), FIELDS.values(), ids=FIELDS)
def test_a_property_of_any_type_is_asked_for(notion, field, value):
    mine = notion.make(
        'a "quoted" \\ 完成 😀',
        tier=Tier.GROUP,
        Status="In progress",
        Blocked=True,
        Points=2.5,
        Owner=[PERSON],
    )
    notion.make("Another", Points=2)
    assert opened(notion).identities(FieldValue(field, value)) == {mine}


def test_a_relation_is_asked_for_by_the_address_of_its_page(notion):
    project = notion.make("Project", source=notion.projects)
    mine = notion.make("Mine", Project=[project])
    notion.make("Another")
    field = FieldValue("Project", f"https://www.notion.so/Project-{project.replace('-', '')}")
    assert opened(notion).identities(field) == {mine}


def test_a_query_may_be_of_one_database(notion):
    mine, moved = (notion.make(title, labels=("x",)) for title in ("Mine", "Moved"))
    notion.move(moved)
    notion.sources[notion.elsewhere]["properties"]["Labels"]["multi_select"]["options"] += [
        shapes.option("x")
    ]
    inner = '{"property": "Labels", "multi_select": {"contains": "x"}}'
    connector = opened(notion)
    assert connector.identities(Query(inner)) == {mine, moved}
    assert connector.identities(Query(f'{{"database": "Elsewhere", "filter": {inner}}}')) == {moved}


ADDRESSES = {
    "with a title": "https://www.notion.so/acme/Deadbeef-1234-0123456789abcdef0123456789abcdef?pvs=4",
    "opened beside its view": "https://notion.so/ffffffffffffffffffffffffffffffff?v=1&p=0123456789ABCDEF0123456789abcdef",
    "bare": " 01234567-89ab-cdef-0123-456789abcdef ",
}


@pytest.mark.parametrize("address", ADDRESSES.values(), ids=ADDRESSES)
def test_a_page_is_known_by_its_address(address):
    assert identity(address) == "01234567-89ab-cdef-0123-456789abcdef"


@pytest.mark.parametrize("text", ["", "TASK-12", "https://www.notion.so/acme", "0123456789abcdef"])
def test_what_has_no_id_has_none(text):
    assert identity(text) == ""


def test_a_check_tells_what_is_missing(notion):
    item = notion.make("Anchor")
    names = {"progress": "KR progress", "score": "Nowhere"}
    scope = CheckScope(selectors=(Query("x"), Label("y")), anchors=(item, "WORK-99"))
    connector = opened(notion, field_names=names, number_fields=("Impact",))
    told = [(one.level, one.message) for one in connector.check(scope)]
    assert ("warning", "no property is called 'Nowhere'") in told
    assert ("error", "no property is called 'Impact'") in told
    assert ("error", "anchor WORK-99 cannot be read") in told
    assert ("warning", f"{item} has no property for score") in told
    assert [level for level, _ in told].count("error") == 3
