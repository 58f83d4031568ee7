"""A plan is what would be sent, and what stands against it."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bridge.model import Change, CommentChange, ItemRef, Outcome, Paragraph, Plan, Span, What
from bridge.places import Place, Written, place
from bridge.plan import OVERWRITE, Wanted, digest, plan, twice
from connectors.base import Found, FoundComment, Mark

ITEM = ItemRef("acme", "1")
LINK = "okr-bridge=here&kr=KR1"


def want(what: What = What.FIELD, name: str = "progress", value: Any = 50, **parts: Any) -> Wanted:
    known = {"connection": "acme", "item": "1", "key": "A-1", "kr": "KR1"}
    return Wanted(what=what, name=name, value=value, **{**known, **parts})


def put(*wanted: Wanted, ref: str = "") -> dict[Place, Written]:
    return {place(one): Written(one.value, ref) for one in wanted}


def outcomes(made: Plan) -> list[Outcome]:
    return [change.outcome for change in made.changes]


FIELD = want()
PROPERTY = want(What.PROPERTY, "okr-bridge", {"instance": "here", "key_results": [{"id": "KR1"}]})
COMMENT = want(What.COMMENT, "comment", {"instance": "here", "hash": "new", "percent": 50})
REMOTE = want(What.REMOTE_LINK, LINK, {"url": "https://a.example", "title": "KR1", "resolved": False})
EMPTY = Found(fields={"progress": None})


def test_an_empty_item_gets_everything():
    made = plan([FIELD, PROPERTY, COMMENT, REMOTE], {}, {ITEM: EMPTY}, "here")
    assert outcomes(made) == [Outcome.PLANNED] * 4
    assert made.problems == ()


def test_a_field_that_the_item_does_not_have_is_left_alone():
    assert plan([FIELD], {}, {ITEM: Found()}, "here").changes == ()


def test_an_item_that_could_not_be_read_is_told_once_and_nothing_is_planned_on_it():
    made = plan([FIELD, COMMENT], {}, {}, "here")
    assert made.changes == ()
    assert [(problem.kind, problem.item) for problem in made.problems] == [("unreadable", "A-1")]


def test_what_a_person_set_stays_and_stands_in_the_plan_as_drift():
    made = plan([FIELD], put(want(value=40)), {ITEM: Found(fields={"progress": 99})}, "here")
    assert [(c.before, c.after, c.outcome) for c in made.changes] == [(99, 50, Outcome.DRIFTED)]


def test_drift_is_overwritten_on_request_for_all_or_for_one_key_result():
    found = {ITEM: Found(fields={"progress": 99})}
    assert outcomes(plan([FIELD], {}, found, "here", OVERWRITE)) == [Outcome.PLANNED]
    assert outcomes(plan([replace(FIELD, drift=OVERWRITE)], {}, found, "here")) == [Outcome.PLANNED]
    assert outcomes(plan([replace(FIELD, drift="keep")], {}, found, "here", OVERWRITE)) == [Outcome.DRIFTED]


@pytest.mark.parametrize("policy", ["keep", OVERWRITE])
def test_what_another_instance_marked_is_never_touched(policy):
    found = {ITEM: Found(fields={"progress": 40}, property={"instance": "there"})}
    assert outcomes(plan([FIELD, PROPERTY], {}, found, "here", policy)) == [Outcome.DRIFTED] * 2


def test_comments_and_links_of_another_instance_are_not_in_the_way():
    mark = Mark("there", "KR1", "x")
    found = {
        ITEM: Found(comments=(FoundComment("9", mark),), links={"okr-bridge=there&kr=KR1": {"url": "u"}})
    }
    made = plan([COMMENT, REMOTE], {}, found, "here")
    assert [(c.before, c.outcome) for c in made.changes] == [(None, Outcome.PLANNED)] * 2


def test_a_property_that_a_person_changed_is_drift():
    found = {ITEM: Found(property={"instance": "here", "key_results": [{"id": "mine"}]})}
    older = want(What.PROPERTY, "okr-bridge", {"instance": "here", "key_results": []})
    assert outcomes(plan([PROPERTY], put(older), found, "here")) == [Outcome.DRIFTED]


def test_a_property_and_a_link_of_ours_that_were_forgotten_are_taken_up_again():
    found = {
        ITEM: Found(
            property={"instance": "here", "key_results": []}, links={LINK: {"url": "https://old.example"}}
        )
    }
    assert outcomes(plan([PROPERTY, REMOTE], {}, found, "here")) == [Outcome.PLANNED] * 2


ENTRY = {"id": "KR1", "title": "T", "progress": 0.4, "percent": 40, "updated": "2026-11-02T12:00:00+00:00"}
BESIDE = {
    "key_result": "KR1: T",
    "progress": 40.0,
    "status": "On track",
    "score": 0.4,
    "updated": "2026-11-02T20:00:00.000+0800",
}


def forgotten(fields: dict[str, Any], entry: dict[str, Any], instance: str = "here") -> dict[str, Outcome]:
    """What becomes of an item's fields when nothing is remembered."""
    wanted = [want(name=role, value="other") for role in BESIDE]
    found = Found(fields=BESIDE | fields, property={"instance": instance, "key_results": [entry]})
    made = plan(wanted, {}, {ITEM: found}, "here")
    return {change.name: change.outcome for change in made.changes}


def test_fields_that_were_forgotten_are_taken_up_again_by_the_property_beside_them():
    assert set(forgotten({}, ENTRY).values()) == {Outcome.PLANNED}


def test_of_forgotten_fields_one_that_a_person_changed_is_drift():
    outcomes = forgotten({"key_result": "mine", "score": 0.9}, ENTRY)
    assert {role for role, outcome in outcomes.items() if outcome is Outcome.DRIFTED} == {
        "key_result",
        "score",
    }


STRANGE = {
    "another percent": ({"progress": 41}, ENTRY, "here"),
    "another instant": ({"updated": "2026-11-02T12:00:01Z"}, ENTRY, "here"),
    "a property without an instant": ({}, {**ENTRY, "updated": None}, "here"),
    "a property that a person wrote": ({}, {"progress": "much", "percent": [], "updated": "soon"}, "here"),
    "another instance": ({}, ENTRY, "there"),
}


@pytest.mark.parametrize(("fields", "entry", "instance"), STRANGE.values(), ids=STRANGE)
def test_fields_that_do_not_go_with_the_property_were_set_by_a_person(fields, entry, instance):
    outcomes = forgotten(fields, entry, instance)
    assert all(outcome is Outcome.DRIFTED for outcome in outcomes.values())


def test_a_link_that_a_person_changed_is_drift():
    found = {ITEM: Found(links={LINK: {"url": "https://mine.example", "title": "KR1"}})}
    older = want(What.REMOTE_LINK, LINK, {"url": "https://b.example", "title": "KR1"})
    assert outcomes(plan([REMOTE], put(older), found, "here")) == [Outcome.DRIFTED]


def test_a_link_that_stands_with_members_of_the_tracker_s_own_is_kept():
    link = {"url": "https://a.example", "title": "KR1", "summary": None, "icon": {}}
    assert plan([REMOTE], {}, {ITEM: Found(links={LINK: link})}, "here").changes == ()


@pytest.mark.parametrize("title", ["KR1", "KR one"])
def test_of_a_link_what_the_tool_does_not_keep_is_no_drift(title):
    older, newer = (
        want(What.REMOTE_LINK, LINK, {"url": "https://a.example", "title": name, "summary": told})
        for name, told in (("KR1", "40%"), (title, "60%"))
    )
    found = {ITEM: Found(links={LINK: {"url": "https://a.example", "title": "KR1"}})}
    made = plan([newer], put(older), found, "here")
    assert outcomes(made) == ([] if title == "KR1" else [Outcome.PLANNED])


def test_a_comment_is_rewritten_where_it_stands_and_is_never_drift():
    found = {ITEM: Found(comments=(FoundComment("7", Mark("here", "KR1", "other")),))}
    older = want(What.COMMENT, "comment", {"hash": "old", "percent": 40})
    (change,) = plan(
        [replace(COMMENT, body=(Paragraph((Span("text"),)),))], put(older, ref="7"), found, "here"
    ).changes
    assert isinstance(change, CommentChange)
    assert (change.ref, change.outcome, change.before["percent"]) == ("7", Outcome.PLANNED, 40)
    assert change.body == (Paragraph((Span("text"),)),)


def test_a_comment_with_the_hash_that_is_wanted_is_kept():
    found = {ITEM: Found(comments=(FoundComment("7", Mark("here", "KR1", "new")),))}
    assert plan([COMMENT], {}, found, "here").changes == ()


def test_a_milestone_is_made_beside_those_before_and_only_once():
    fresh = replace(COMMENT, fresh=True)
    before = FoundComment("7", Mark("here", "KR1", "old"))
    older = put(want(What.COMMENT, "comment", {"hash": "old"}), ref="7")
    (change,) = plan([fresh], older, {ITEM: Found(comments=(before,))}, "here").changes
    assert isinstance(change, CommentChange)
    assert (change.fresh, change.ref) == (True, "")
    told = FoundComment("8", Mark("here", "KR1", "new"))
    assert plan([fresh], older, {ITEM: Found(comments=(before, told))}, "here").changes == ()


def test_changes_come_item_by_item_values_first():
    other = replace(FIELD, item="2", key="A-2")
    wanted = [REMOTE, other, COMMENT, PROPERTY, FIELD]
    found = {ITEM: EMPTY, ItemRef("acme", "2"): EMPTY}
    order = [(change.item, change.what) for change in plan(wanted, {}, found, "here").changes]
    places = [What.FIELD, What.PROPERTY, What.COMMENT, What.REMOTE_LINK]
    assert order == [*(("1", what) for what in places), ("2", What.FIELD)]


VALUES = st.none() | st.integers(0, 5) | st.sampled_from(["", "a", "b"])


@settings(deadline=None, max_examples=100)
@given(VALUES, VALUES, VALUES, st.sampled_from(["keep", OVERWRITE]))
def test_after_applying_there_is_nothing_left_to_plan_but_kept_drift(written, found, value, policy):
    wanted = want(value=value)
    before = put(want(value=written)) if written is not None else {}
    first = plan([wanted], before, {ITEM: Found(fields={"progress": found})}, "here", policy)
    sent = [change for change in first.changes if change.outcome is Outcome.PLANNED]
    stands = sent[0].after if sent else found
    after = put(wanted) if sent else before
    second = plan([wanted], after, {ITEM: Found(fields={"progress": stands})}, "here", policy)
    assert all(change.outcome is Outcome.DRIFTED for change in second.changes)
    assert policy == "keep" or second.changes == ()


JSON = st.recursive(
    VALUES,
    lambda part: st.lists(part, max_size=2) | st.dictionaries(st.sampled_from(list(ENTRY)), part),
    max_leaves=6,
)
PROPERTIES = JSON | st.builds(lambda told: {"instance": "here", "key_results": told}, JSON | st.lists(JSON))


@settings(deadline=None, max_examples=100)
@given(PROPERTIES, JSON)
def test_whatever_people_wrote_where_ours_should_be_is_planned_around(property, field):
    found = Found(fields={"progress": field}, property=property, links={LINK: {"url": field}})
    made = plan([FIELD, PROPERTY, REMOTE], {}, {ITEM: found}, "here")
    assert len(digest(made)) == 64


# --- the digest


def change(what: What = What.FIELD, name: str = "progress", after: Any = 50, **parts: Any) -> Change:
    known = {"connection": "acme", "item": "1", "key": "A-1", "kr": "KR1", "before": None}
    return Change(what=what, name=name, after=after, **{**known, **parts})


def prop(updated: str, percent: int = 50) -> Change:
    value = {"instance": "here", "key_results": [{"id": "KR1", "percent": percent, "updated": updated}]}
    return change(What.PROPERTY, "okr-bridge", value)


BASE = Plan((change(), prop("2026-11-02T12:00:00Z"), change(What.COMMENT, "comment", {"hash": "h"})))


def test_a_digest_is_a_sha256():
    assert len(digest(BASE)) == 64
    assert set(digest(BASE)) <= set("0123456789abcdef")


SAME = {
    "another order": Plan(tuple(reversed(BASE.changes))),
    "another time": Plan((BASE.changes[0], prop("2027-01-01T00:00:00Z"), BASE.changes[2])),
    "the time's own field": Plan((*BASE.changes, change(name="updated", after="2026-11-02T12:00:00Z"))),
    "kept drift": Plan((*BASE.changes, change(name="score", after=0.5, outcome=Outcome.DRIFTED))),
    "what a comment remembers": Plan(
        (*BASE.changes[:2], change(What.COMMENT, "comment", {"hash": "h", "n": 1}))
    ),
    "what was there before": Plan((change(before=3), *BASE.changes[1:])),
    "an item's new key": Plan((change(key="B-1"), *BASE.changes[1:])),
}


@pytest.mark.parametrize("other", SAME.values(), ids=SAME)
def test_the_digest_does_not_depend_on(other):
    assert digest(other) == digest(BASE)


DIFFERENT = {
    "another value": Plan((change(after=51), *BASE.changes[1:])),
    "another figure in the property": Plan(
        (BASE.changes[0], prop("2026-11-02T12:00:00Z", 51), BASE.changes[2])
    ),
    "another comment": Plan((*BASE.changes[:2], change(What.COMMENT, "comment", {"hash": "i"}))),
    "one change less": Plan(BASE.changes[1:]),
    "another item": Plan((change(item="2"), *BASE.changes[1:])),
    "a change that became drift": Plan((change(outcome=Outcome.DRIFTED), *BASE.changes[1:])),
}


@pytest.mark.parametrize("other", DIFFERENT.values(), ids=DIFFERENT)
def test_the_digest_changes_with(other):
    assert digest(other) != digest(BASE)


def test_two_comments_that_say_the_same_are_told_and_two_milestones_are_not():
    first, second, third = (
        FoundComment(id, Mark("here", "KR1", hash)) for id, hash in (("1", "a"), ("2", "b"), ("3", "a"))
    )
    assert twice(COMMENT, [first, second]) == []
    (problem,) = twice(COMMENT, [first, second, third])
    assert problem.kind == "duplicate"
    assert "3" in problem.hint
