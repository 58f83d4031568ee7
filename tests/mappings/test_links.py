from dataclasses import replace
from datetime import UTC, datetime, timedelta
from time import process_time

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bridge.model import Category, ItemRef, KeyResult, Keys, Link, Query, Tier, WorkItem
from mappings.links import Tree, items_of, reach, work_items

NOON = datetime(2026, 11, 21, 12, tzinfo=UTC)


def item(id: str, parent: str | None = None, **other: object) -> WorkItem:
    facts = {"key": f"K-{id}", "title": id, "tier": Tier.UNIT, "status": "Open"}
    facts |= {"category": Category.TODO, "updated": NOON} | other
    return WorkItem(connection="acme", id=id, parent=parent, **facts)  # type: ignore[arg-type]


FOREST = Tree.of(
    [
        item("1"),
        item("2", "1"),
        item("3", "2"),
        item("4", "1"),
        item("5"),
        item("6", "5"),
        item("7", "99"),
    ]
)

REACHED = {
    "a hit brings all below it": ({"1"}, True, {"1", "2", "3", "4"}),
    "below = false brings the hit alone": ({"1"}, False, {"1"}),
    "overlapping hits bring each item once": ({"1", "2"}, True, {"1", "2", "3", "4"}),
    "two trees": ({"2", "5"}, True, {"2", "3", "5", "6"}),
    "a leaf": ({"3"}, True, {"3"}),
    "an item under an unknown parent": ({"7"}, True, {"7"}),
    "a hit that is not mirrored stays for the caller to compare": ({"8"}, True, {"8"}),
    "an unknown parent has nothing known below it": ({"99"}, True, {"99"}),
    "no hit": (set(), True, set()),
}


@pytest.mark.parametrize(("hits", "below", "want"), REACHED.values(), ids=REACHED)
def test_reach(hits, below, want):
    assert reach(FOREST, frozenset(hits), below) == want


def test_a_cycle_is_walked_once():
    ring = Tree.of([item("1", "3"), item("2", "1"), item("3", "2"), item("4", "4")])
    assert reach(ring, frozenset({"2"}), below=True) == {"1", "2", "3"}
    assert reach(ring, frozenset({"4"}), below=True) == {"4"}


def test_a_chain_of_any_depth_is_walked():
    chain = Tree.of([item("0"), *(item(str(n), str(n - 1)) for n in range(1, 5000))])
    assert len(reach(chain, frozenset({"0"}), below=True)) == 5000


PARENTS = {
    "an id": ("1", "1"),
    "a current key": ("EPIC-1", "1"),
    "a former key": ("OLD-7", "1"),
    "unknown: left as written": ("ELSE-5", "ELSE-5"),
    "none": (None, None),
}


@pytest.mark.parametrize(("written", "settled"), PARENTS.values(), ids=PARENTS)
def test_a_parent_is_settled_to_an_id(written, settled):
    tree = Tree.of([item("1", key="EPIC-1"), item("2", written)], {"OLD-7": "1"})
    assert tree.items["2"].parent == settled
    assert reach(tree, frozenset({"1"}), below=True) == ({"1", "2"} if settled == "1" else {"1"})


def test_a_key_that_was_given_to_another_item_means_the_present_owner():
    tree = Tree.of([item("1", key="EPIC-1"), item("2"), item("3", "EPIC-1")], {"EPIC-1": "2"})
    assert tree.items["3"].parent == "1"


def test_of_two_copies_the_later_update_counts():
    old = item("1", category=Category.DONE)
    new = replace(old, category=Category.TODO, updated=NOON + timedelta(seconds=1))
    assert Tree.of([old, new]).items["1"] == Tree.of([new, old]).items["1"] == new


def test_of_equally_late_copies_the_less_advanced_counts():
    done, open_ = item("1", category=Category.DONE), item("1", category=Category.IN_PROGRESS)
    assert Tree.of([done, open_]).items["1"] == Tree.of([open_, done]).items["1"] == open_


BY_KEY = Link("acme", Keys(("K-1",)))
BY_QUERY = Link("acme", Query("labels = x"))
ALONE = Link("acme", Query("labels = x"), below=False)
ELSEWHERE = Link("other", Query("labels = x"))


def kr(*links: Link) -> KeyResult:
    return KeyResult(id="O1-KR1", title="t", links=links)


def test_items_tell_which_links_brought_them():
    hits = {BY_KEY: frozenset({"1"}), BY_QUERY: frozenset({"2", "5"})}
    brought = items_of(kr(BY_KEY, BY_QUERY), hits, {"acme": FOREST})
    assert brought == {
        ItemRef("acme", "1"): (0,),
        ItemRef("acme", "2"): (0, 1),
        ItemRef("acme", "3"): (0, 1),
        ItemRef("acme", "4"): (0,),
        ItemRef("acme", "5"): (1,),
        ItemRef("acme", "6"): (1,),
    }


def test_a_link_without_below_brings_its_hits_alone():
    brought = items_of(kr(ALONE), {ALONE: frozenset({"1", "5"})}, {"acme": FOREST})
    assert set(brought) == {ItemRef("acme", "1"), ItemRef("acme", "5")}


def test_one_id_on_two_connections_is_two_items():
    hits = {BY_QUERY: frozenset({"3"}), ELSEWHERE: frozenset({"3"})}
    brought = items_of(kr(BY_QUERY, ELSEWHERE), hits, {"acme": FOREST, "other": FOREST})
    assert brought == {ItemRef("acme", "3"): (0,), ItemRef("other", "3"): (1,)}


def test_a_link_nobody_could_read_brings_nothing():
    assert items_of(kr(BY_KEY), {}, {"acme": FOREST}) == {}


def test_work_items_come_in_order_with_settled_parents_and_without_the_unknown():
    tree = Tree.of([item("1", key="EPIC-1"), item("2", "EPIC-1")])
    refs = [ItemRef("acme", id) for id in ("2", "9", "1")] + [ItemRef("gone", "1")]
    items = work_items(refs, {"acme": tree})
    assert [(item.id, item.parent) for item in items] == [("2", "1"), ("1", None)]


@st.composite
def forests(draw: st.DrawFn) -> list[WorkItem]:
    size = draw(st.integers(1, 12))
    parents = draw(st.lists(st.integers(0, size) | st.none(), min_size=size, max_size=size))
    return [item(str(n), None if p is None else str(p)) for n, p in enumerate(parents)]


def slow_reach(items: list[WorkItem], hits: frozenset[str]) -> set[str]:
    reached = set(hits)
    for _ in items:
        reached |= {item.id for item in items if item.parent in reached}
    return reached


@settings(deadline=None, max_examples=100)
@given(forests(), st.frozensets(st.integers(0, 11).map(str)))
def test_reach_is_the_closure_of_having_a_parent(items, hits):
    known = {item.id for item in items}
    wanted = slow_reach(items, hits & known)
    assert reach(Tree.of(items), hits & known, below=True) == wanted


def test_a_hundred_thousand_items_for_a_thousand_key_results_take_well_under_a_second():
    items = [item(str(n), None if n < 1000 else f"K-{n % 1000}") for n in range(100_000)]
    links = [Link("acme", Keys((f"K-{n}",))) for n in range(1000)]
    start = process_time()
    trees = {"acme": Tree.of(items)}
    sizes = {
        len(work_items(items_of(kr(link), {link: frozenset({str(n)})}, trees), trees))
        for n, link in enumerate(links)
    }
    assert sizes == {100}
    assert process_time() - start < 5  # others may slow it down: the benchmark holds the real figure
