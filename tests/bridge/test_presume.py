"""What is taken to stand on an item without asking, and where the bridge looks before it writes."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest

from bridge.model import Change, ItemRef, Outcome, What
from bridge.places import Place, Written
from bridge.plan import Wanted
from bridge.presume import by_item, forgotten, presumed, to_look_at
from connectors.base import Found

AT = datetime(2026, 11, 21, tzinfo=UTC)
COMMENT = Place("acme", "1", "KR1", What.COMMENT, "okr-bridge")
PROPERTY = Place("acme", "1", "", What.PROPERTY, "okr-bridge")
LINK = Place("acme", "1", "KR1", What.REMOTE_LINK, "okr-bridge=i&kr=KR1")
OWN = {
    COMMENT: Written({"hash": "h"}, "77", AT),
    PROPERTY: Written({"version": 1}, "", AT),
    LINK: Written({"url": "u"}, "", AT),
}


def change(place: Place, outcome: Outcome = Outcome.PLANNED) -> Change:
    return Change(
        connection=place.connection, item=place.item, key="A-1", kr=place.kr, what=place.what,
        name=place.name, before=None, after=1, outcome=outcome,
    )  # fmt: skip


def test_comments_and_links_stand_as_they_were_written() -> None:
    found = presumed({"fields": {"progress": 5}}, OWN, "i")
    assert [(one.id, one.mark.kr, one.mark.hash) for one in found.comments] == [("77", "KR1", "h")]
    assert found.links == {LINK.name: {"url": "u"}}
    assert found.fields == {"progress": 5}


def test_a_property_that_was_read_goes_before_one_that_was_written() -> None:
    assert presumed({}, OWN, "i").property == {"version": 1}
    assert presumed({"property": None}, OWN, "i").property is None
    assert presumed({"property": {"version": 2}}, OWN, "i").property == {"version": 2}


def test_a_comment_without_its_id_is_none() -> None:
    assert presumed({}, {COMMENT: Written({"hash": "h"}, "", AT)}, "i").comments == ()


def test_what_is_remembered_is_sorted_by_item() -> None:
    other = Place("acme", "2", "KR1", What.COMMENT, "okr-bridge")
    items = by_item(OWN | {other: Written({}, "1", AT)})
    assert {ref: set(places) for ref, places in items.items()} == {
        ItemRef("acme", "1"): set(OWN),
        ItemRef("acme", "2"): {other},
    }


def test_the_bridge_looks_before_it_writes() -> None:
    kept = Place("acme", "3", "KR1", What.COMMENT, "okr-bridge")
    assert to_look_at([change(COMMENT), change(kept, Outcome.DRIFTED)]) == {
        ItemRef(COMMENT.connection, COMMENT.item)
    }


@pytest.mark.parametrize(("remembered", "taken_up"), [({"url": "old"}, True), ({"url": "new"}, False)])
def test_what_stands_as_it_should_is_taken_up_whatever_else_is_remembered(
    remembered: dict[str, str], taken_up: bool
) -> None:
    """Else the bridge would look at it in every run to come."""
    wish = Wanted(
        connection="acme", item="1", key="A-1", kr="KR1", what=What.REMOTE_LINK, name=LINK.name,
        value={"url": "new"},
    )  # fmt: skip
    seen = {ItemRef("acme", "1"): Found(links={LINK.name: {"url": "new"}})}
    found = forgotten([wish], {LINK: Written(remembered)}, seen, [])
    assert [one for one, _ in found] == ([wish] if taken_up else [])


def test_a_field_of_which_something_else_is_remembered_may_be_a_persons() -> None:
    wish = Wanted(connection="acme", item="1", key="A-1", kr="KR1", what=What.FIELD, name="progress", value=5)
    seen = {ItemRef("acme", "1"): Found(fields={"progress": 5})}
    place = Place("acme", "1", "", What.FIELD, "progress")
    assert list(forgotten([wish], {place: Written(4)}, seen, [])) == []
    assert list(forgotten([wish], {}, seen, [])) == [(wish, "")]
