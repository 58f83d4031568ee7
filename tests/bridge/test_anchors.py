"""On which items a key result is shown."""

from __future__ import annotations

from bridge.anchors import anchors_of
from bridge.assess import World
from bridge.model import Anchor, KeyResult, Link, Tier
from bridge.wishes import anchor_link
from mappings.links import Tree
from tests.bridge.rollup.making import epic, item
from tests.engine import keys, query

EPICS = [epic("E1"), epic("E2")]
STORY = item("S1")
TREE = Tree.of([*EPICS, STORY])
IDS = {one.key: one.id for one in (*EPICS, STORY)}


def world(**hits: tuple[Link, list[str]]) -> World:
    found = {link: frozenset(IDS[key] for key in brought) for link, brought in hits.values()}
    return World(trees={"acme": TREE}, hits=found, unreadable=frozenset())


def shown(kr: KeyResult, **hits: tuple[Link, list[str]]) -> list[str]:
    return [one.key for one in anchors_of(kr, world(**hits))]


def test_the_epics_among_the_keys_in_the_order_of_the_file() -> None:
    names = [one.key for one in (STORY, *reversed(EPICS))]
    link = keys(*names, on="acme")
    assert shown(KeyResult(id="K", title="T", links=(link,)), a=(link, names)) == ["E2", "E1"]
    assert EPICS[0].tier is Tier.GROUP


def test_what_only_a_query_hits_is_no_anchor() -> None:
    link = query("x = y", on="acme")
    assert shown(KeyResult(id="K", title="T", links=(link,)), a=(link, ["E1"])) == []


def test_named_anchors_stand_alone() -> None:
    link = keys("E1", on="acme")
    named = Anchor("acme", "S1")
    kr = KeyResult(id="K", title="T", links=(link,), anchors=(named, named))
    assert shown(kr, a=(link, ["E1"]), b=(anchor_link(named), ["S1"])) == ["S1"]


def test_none_is_a_choice() -> None:
    link = keys("E1", on="acme")
    assert shown(KeyResult(id="K", title="T", links=(link,), anchors=()), a=(link, ["E1"])) == []


def test_an_anchor_that_cannot_be_read_is_left_out() -> None:
    named = Anchor("acme", "GONE-1")
    assert shown(KeyResult(id="K", title="T", anchors=(named, Anchor("other", "S1")))) == []


def test_an_epic_whose_key_moved_comes_last() -> None:
    link = keys("OLD-1", "E2", on="acme")
    assert shown(KeyResult(id="K", title="T", links=(link,)), a=(link, ["E1", "E2"])) == ["E2", "E1"]
