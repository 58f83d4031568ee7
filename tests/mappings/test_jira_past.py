"""How an issue stood at the ends of ten days, told from its record and its change log."""

from datetime import UTC, date, datetime
from decimal import Decimal

import pytest

from bridge.errors import MappingError
from bridge.model import Category, Tier
from mappings.base import Historical, Replay
from mappings.jira import JiraMapping, Vocabulary
from tests.changelogs import (
    ENDS,
    GLOSSARY,
    SITE,
    at,
    day_by_day,
    entry,
    item,
    kind,
    of_resolution,
    of_status,
    raw,
    replay,
    resolution,
    status,
)


def past(record, *entries, ends=ENDS, **how):
    """The item of each day, None where it was not there."""
    return [stretch.item for stretch in day_by_day(replay(**how).stretches(record, entries, ends), len(ends))]


def told(attribute, record, *entries, **how):
    """The attribute on each day, without repetitions: (day of October, value) where it changes."""
    values = [item and getattr(item, attribute) for item in past(record, *entries, **how)]
    return [(n + 1, value) for n, value in enumerate(values) if n == 0 or value != values[n - 1]]


def test_a_mapping_of_jira_can_tell_the_past():
    mapping = JiraMapping("acme", SITE, Vocabulary())
    assert isinstance(mapping, Historical)
    found: Replay = mapping.replay(GLOSSARY, ())
    assert found.untold == {}


def test_an_issue_that_never_changed_is_as_it_is_since_it_was_made():
    [stretch] = replay().stretches(raw(), (), ENDS)
    assert (stretch.first, stretch.hits) == (0, frozenset())
    assert stretch.item.updated == stretch.item.created == datetime(2026, 10, 1, 8, tzinfo=UTC)


def test_done_reopened_and_done_again_is_told_with_the_days():
    log = (
        entry(at(3), of_status("1", "5"), of_resolution(None, "20")),
        entry(at(5), of_status("5", "3"), of_resolution("20", None)),
        entry(at(9), of_status("3", "5"), of_resolution(None, "20")),
    )
    now = raw(status=status("5"), resolution=resolution("20"), resolutiondate=at(9))
    assert told("category", now, *log) == [
        (1, Category.TODO),
        (3, Category.DONE),
        (5, Category.IN_PROGRESS),
        (9, Category.DONE),
    ]
    assert told("resolution", now, *log) == [(1, ""), (3, "Fixed"), (5, ""), (9, "Fixed")]
    third, ninth = (datetime(2026, 10, day, 12, tzinfo=UTC) for day in (3, 9))
    assert told("finished", now, *log) == [(1, None), (3, third), (5, None), (9, ninth)]


def test_when_a_first_resolution_was_set_nobody_knows():
    now = raw(resolution=None)
    assert told("finished", now, entry(at(4), of_resolution("20", None))) == [(1, None)]
    assert told("resolution", now, entry(at(4), of_resolution("20", None))) == [(1, "Fixed"), (4, "")]


def test_nothing_was_finished_on_a_day_to_come():
    """Jira noted another day of resolution without a trace."""
    now = raw(status=status("5"), resolution=resolution("20"), resolutiondate=at(25))
    log = entry(at(3), of_resolution(None, "20"))
    assert told("finished", now, log) == [(1, None), (3, datetime(2026, 10, 3, 12, tzinfo=UTC))]


def test_work_given_up_was_cancelled_from_that_day_on():
    now = raw(status=status("5"), resolution=resolution("21"))
    log = (entry(at(2), of_status("1", "5"), of_resolution(None, "21")),)
    assert told("cancelled", now, *log) == [(1, False), (2, True)]


def test_what_happens_at_the_end_of_a_day_is_of_that_day_and_a_moment_later_of_the_next():
    def when(clock):
        return told("status", raw(status=status("3")), entry(at(4, clock), of_status("1", "3")))

    assert when("23:59:00.000") == [(1, "Open"), (4, "In Progress")]
    assert when("23:59:00.001") == [(1, "Open"), (5, "In Progress")]


def test_ends_in_another_zone_are_the_same_instants():
    shifted = [end.astimezone(datetime.fromisoformat("2026-10-01T00:00+08:00").tzinfo) for end in ENDS]
    log = (entry(at(4), of_status("1", "3")),)
    assert past(raw(status=status("3")), *log, ends=shifted) == past(raw(status=status("3")), *log)


def test_other_days_may_be_asked_for_of_the_next_issue():
    replayed = replay()
    log = (entry(at(4), of_status("1", "3")),)
    assert [s.first for s in replayed.stretches(raw(), log, ENDS)] == [0, 3]
    assert [s.first for s in replayed.stretches(raw(), log, ENDS[3:])] == [0]
    assert replayed.stretches(raw(), log, ()) == []


def test_an_issue_is_not_there_before_it_was_made():
    [before, after] = replay().stretches(raw(created=at(4)), (), ENDS)
    assert (before.first, before.item, after.first) == (0, None, 3)


def test_one_made_after_the_last_day_was_never_there():
    [stretch] = replay().stretches(raw(created=at(20)), (entry(at(21), of_status("1", "3")),), ENDS)
    assert (stretch.first, stretch.item) == (0, None)


def test_entries_older_than_the_issue_itself_do_not_bring_it_back():
    """Imported issues have those."""
    now = raw(created=at(4), status=status("5"))
    log = (entry(at(2), of_status("1", "3")), entry(at(6), of_status("3", "5")))
    assert told("status", now, *log) == [(1, None), (4, "In Progress"), (6, "Done")]


def test_changes_after_the_last_day_are_undone():
    log = (entry(at(15), of_status("1", "5")), entry(at(16), item("labels", (None, "a"), (None, "b"))))
    now = raw(status=status("5"), labels=["b"])
    assert told("status", now, *log) == [(1, "Open")]
    assert told("labels", now, *log) == [(1, ("a",))]


def test_only_what_an_item_is_made_of_makes_a_stretch():
    noise = [
        entry(at(day), item("Rank", ("", ""), ("", "Ranked higher"), "customfield_19")) for day in (3, 6)
    ]
    comment = entry(at(7), item("description", (None, "a"), (None, "b")))
    changed = entry(at(5), of_status("1", "3"))
    found = replay().stretches(raw(status=status("3")), [noise[0], changed, noise[1], comment], ENDS)
    assert [stretch.first for stretch in found] == [0, 4]
    assert [s.item.updated.day for s in found] == [1, 5]


def test_several_changes_of_a_day_are_one_stretch_as_the_last_left_it():
    log = (entry(at(4, "09:00:00.000"), of_status("1", "3")), entry(at(4), of_status("3", "5")))
    found = replay().stretches(raw(status=status("5")), log, ENDS)
    assert [(s.first, s.item.status) for s in found] == [(0, "Open"), (3, "Done")]


ONE_INSTANT = {
    "in order": (("1", "1", "3"), ("2", "3", "5")),
    "by their numbers": (("10", "3", "5"), ("9", "1", "3")),
    "without numbers": (("", "1", "3"), ("", "3", "5")),
}


@pytest.mark.parametrize("pair", ONE_INSTANT.values(), ids=ONE_INSTANT)
def test_two_entries_of_one_instant_are_undone_last_to_first(pair):
    log = [entry(at(4), of_status(old, new), id=id) for id, old, new in pair]
    assert told("status", raw(status=status("5")), *log) == [(1, "Open"), (4, "Done")]


def test_a_log_told_newest_first_means_the_same():
    log = [entry(at(6), of_status("3", "5")), entry(at(4), of_status("1", "3"))]
    assert told("status", raw(status=status("5")), *log) == [(1, "Open"), (4, "In Progress"), (6, "Done")]


def test_one_field_changed_twice_in_an_entry_is_undone_last_to_first():
    log = (entry(at(4), of_status("1", "3"), of_status("3", "5")),)
    assert told("status", raw(status=status("5")), *log) == [(1, "Open"), (4, "Done")]


def test_instants_in_milliseconds_are_instants():
    at_noon = datetime(2026, 10, 4, 12, tzinfo=UTC).timestamp() * 1000
    for when in (int(at_noon), at_noon):
        log = (entry(when, of_status("1", "3")),)
        assert told("status", raw(status=status("3")), *log) == [(1, "Open"), (4, "In Progress")]


def test_the_record_tells_how_it_is_and_the_log_how_it_was():
    """The log ends with In Progress, the record says Done: the record holds since the last entry."""
    log = (entry(at(4), of_status("1", "3")),)
    assert told("status", raw(status=status("5")), *log) == [(1, "Open"), (4, "Done")]
    gap = (entry(at(4), of_status("1", "3")), entry(at(6), of_status("5", "1")))
    assert told("status", raw(), *gap) == [(1, "Open"), (4, "Done"), (6, "Open")]


GONE = item("status", ("77", "Parked"), ("1", "Open"), "status")
NAMED = item("status", ("78", "in progress"), ("1", "Open"), "status")


def test_a_status_deleted_since_keeps_its_word_and_has_no_category():
    before, after = past(raw(), entry(at(4), GONE))[2:4]
    assert (before.status, before.category) == ("Parked", Category.UNDEFINED)
    assert after.category is Category.TODO


def test_a_status_deleted_since_has_the_category_of_those_that_bear_its_name():
    assert past(raw(), entry(at(4), NAMED))[0].category is Category.IN_PROGRESS
    twin = {"id": "4", "name": "In Progress", "statusCategory": {"key": "done"}}
    torn = GLOSSARY | {"statuses": [*GLOSSARY["statuses"], twin]}
    assert past(raw(), entry(at(4), NAMED), glossary=torn)[0].category is Category.UNDEFINED


def test_names_are_those_of_today_and_a_category_may_be_told_by_itself():
    renamed = GLOSSARY | {"statuses": [{"id": "1", "name": "Ready", "category": "new"}]}
    log = entry(at(4), of_status("1", "3"))
    before = past(raw(status=status("3")), log, glossary=renamed)[0]
    assert (before.status, before.category) == ("Ready", Category.TODO)


def test_an_empty_glossary_leaves_the_words_of_the_log():
    log = entry(at(4), of_status("1", "3"), of_resolution("20", None))
    before = past(raw(status=status("3")), log, glossary={})[0]
    assert (before.status, before.category, before.resolution) == ("Open", Category.UNDEFINED, "Fixed")


def test_an_issue_that_moved_had_its_old_key_and_project():
    now = raw("NEW-7", project={"id": "200", "key": "NEW", "name": "News"})
    for order in (1, -1):
        items = [
            item("project", ("100", "Shop"), ("200", "News"), "project"),
            item("Key", (None, "SHOP-1"), (None, "NEW-7")),
        ][::order]
        before, after = past(now, entry(at(4), *items))[2:4]
        assert (before.key, before.project, before.id) == ("SHOP-1", "SHOP", "10012")
        assert (after.key, after.project, after.id) == ("NEW-7", "NEW", "10012")


def test_a_project_that_nobody_knows_any_more_is_told_by_the_key():
    old = item("Project", ("300", "Closed"), ("100", "Shop"))
    log = entry(at(4), old, item("Key", (None, "OLD-3"), (None, "SHOP-1")))
    assert told("project", raw(), log) == [(1, "OLD"), (4, "SHOP")]


TYPES = {
    "a sub-task that became a story": ("issuetype", "issuetype", "8", Tier.PART),
    "by an old name of the field": ("Issue Type", "", "9", Tier.GROUP),
    "by the oldest": ("type", "", "8", Tier.PART),
}


@pytest.mark.parametrize(("field", "id", "old", "tier"), TYPES.values(), ids=TYPES)
def test_what_an_issue_was_follows_its_type_then(field, id, old, tier):
    changed = item(field, (old, kind(old)["name"]), ("7", "Story"), id)
    assert told("tier", raw(), entry(at(4), changed)) == [(1, tier), (4, Tier.UNIT)]


def test_a_type_deleted_since_is_what_its_name_says():
    gone = item("issuetype", ("99", "Initiative"), ("7", "Story"), "issuetype")
    unknown = item("issuetype", ("98", "Umbrella"), ("7", "Story"), "issuetype")
    alike = item("issuetype", ("97", "sub-task"), ("7", "Story"), "issuetype")
    assert past(raw(), entry(at(4), gone))[0].tier is Tier.GROUP
    assert past(raw(), entry(at(4), unknown))[0].tier is Tier.UNIT
    assert past(raw(), entry(at(4), alike))[0].tier is Tier.PART


def test_an_epic_of_another_name_was_none_before_it_had_its_epic_name():
    theme = {"id": "30", "name": "Theme", "subtask": False}
    named = item("Epic Name", (None, None), (None, "Pay"), "customfield_11", "custom")
    changed = item("issuetype", ("31", "Wish"), ("30", "Theme"), "issuetype")
    now = raw(issuetype=theme, customfield_11="Pay")
    assert told("tier", now, entry(at(4), named, changed)) == [(1, Tier.UNIT), (4, Tier.GROUP)]


POINTS = "customfield_16"
NUMBERS = {
    "by its id, under an old name": (item("Size", (None, "3"), (None, "5"), POINTS, "custom"), Decimal(3)),
    "by its name, in any case": (
        item("story points", (None, "3.5"), (None, "5"), "", "custom"),
        Decimal("3.5"),
    ),
    "none before": (item("Story Points", (None, None), (None, "5"), POINTS, "custom"), None),
    "emptied before": (item("Story Points", (None, ""), (None, "5"), POINTS, "custom"), None),
    "of another field": (
        item("Story Points", (None, "3"), (None, "5"), "customfield_99", "custom"),
        Decimal(5),
    ),
    "a field of Jira's own": (item("Story Points", (None, "3"), (None, "5")), Decimal(5)),
}


@pytest.mark.parametrize(("changed", "before"), NUMBERS.values(), ids=NUMBERS)
def test_points_were_what_the_log_says(changed, before):
    items = past(raw(customfield_16=5), entry(at(4), changed))
    assert (items[0].points, items[9].points) == (before, 5)


def test_points_that_were_none_are_listed_as_today():
    changed = item("Story Points", (None, "-1"), (None, "5"), POINTS, "custom")
    before = past(raw(customfield_16=5), entry(at(4), changed))[0]
    assert (before.points, before.unusable) == (None, ("points: -1",))


def test_of_two_fields_of_one_name_the_one_counts_that_became_what_it_is():
    twins = GLOSSARY | {"fields": [*GLOSSARY["fields"], {"id": "customfield_50", "name": "Story Points"}]}
    ours = item("Story Points", (None, "3"), (None, "5.0"), "", "custom")
    theirs = item("Story Points", (None, "4"), (None, "8"), "", "custom")
    log = (entry(at(4), ours), entry(at(6), theirs))
    assert told("points", raw(customfield_16=5), *log, glossary=twins) == [(1, Decimal(3)), (4, Decimal(5))]


def test_other_numbers_and_times_are_replayed():
    effort = item("Effort", (None, "8"), (None, "13"), "", "custom")
    planned = item("timeoriginalestimate", ("3600", "3600"), ("7200", "7200"), "timeoriginalestimate")
    spent = item("timespent", (None, None), ("600", "600"))
    now = raw(customfield_31=13, timeoriginalestimate=7200, timespent=600)
    before = past(now, entry(at(4), effort, planned, spent))[0]
    assert (before.numbers, before.estimate_seconds, before.spent_seconds) == (
        (("Effort", Decimal(8)),),
        3600,
        None,
    )


def test_words_dates_people_and_flags_are_replayed():
    log = entry(
        at(4),
        item("labels", (None, "alpha beta"), (None, "beta"), "labels"),
        item("summary", (None, "Pay"), (None, "Pay by card"), "summary"),
        item("assignee", ("u1", "Ada"), (None, None), "assignee"),
        item("duedate", ("2026-11-01", "2026-11-01 00:00:00.0"), (None, None), "duedate"),
        item("Flagged", ("[10019]", "Impediment"), ("", ""), "customfield_21", "custom"),
    )
    now = raw(labels=["beta"])
    before, after = past(now, log)[2:4]
    assert (before.labels, before.title, before.owner) == (("alpha", "beta"), "Pay", "Ada")
    assert (before.due, before.flagged) == (date(2026, 11, 1), True)
    assert (after.labels, after.title, after.owner) == (("beta",), "Pay by card", "")
    assert (after.due, after.flagged) == (None, False)


def test_due_dates_of_old_logs_are_read_or_not_known():
    old = item("duedate", (None, "2009-07-14 00:00:00.0"), (None, None))
    odd = item("duedate", (None, "14/Jul/09"), (None, None))
    assert past(raw(), entry(at(4), old))[0].due == date(2009, 7, 14)
    assert past(raw(), entry(at(4), odd))[0].due is None


def test_a_custom_field_called_like_one_of_jiras_own_is_another():
    twins = (
        item("Status", (None, "Green"), (None, "Red"), "", "custom"),
        item("Labels", (None, "x"), (None, "y"), "", "custom"),
        item("Key", (None, "A-1"), (None, "B-1"), "", "custom"),
    )
    found = replay().stretches(raw(), (entry(at(4), *twins),), ENDS)
    assert [stretch.first for stretch in found] == [0]


BROKEN = {
    "an entry without items": {"created": at(4)},
    "no instant": {"items": [of_status("1", "3")]},
    "an instant without a zone": {"created": "2026-10-04T12:00:00", "items": [of_status("1", "3")]},
    "items that are none": {"created": at(4), "items": ["status"]},
}


@pytest.mark.parametrize("broken", BROKEN.values(), ids=BROKEN)
def test_a_log_that_cannot_be_read_is_named_with_its_issue(broken):
    with pytest.raises(MappingError, match=r"SHOP-1.*changelog"):
        replay().stretches(raw(), (broken,), ENDS)


def test_a_record_that_cannot_be_read_names_the_field():
    with pytest.raises(MappingError, match=r"SHOP-1.*status"):
        replay().stretches(raw(status=None), (), ENDS)


def test_a_broken_record_is_not_taken_for_a_broken_log():
    with pytest.raises(MappingError, match=r"SHOP-1.*created"):
        replay().stretches(raw(created="yesterday"), (), ENDS)


def test_neither_record_nor_log_is_touched():
    record, log = raw(labels=["a"]), (entry(at(4), item("labels", (None, "b"), (None, "a"))),)
    kept = repr((record, log))
    replay().stretches(record, log, ENDS)
    assert repr((record, log)) == kept
