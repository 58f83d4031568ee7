"""What a day's changes touch, and what the links hit after them."""

from __future__ import annotations

from dataclasses import replace

from hypothesis import given, settings
from hypothesis import strategies as st

from bridge.model import Keys, Label, Link, Selector, WorkItem
from bridge.replay.sweep import Scene, Touched, Turn
from mappings.links import Tree, reach
from tests.stores import item

A, B, BY_KEY = Label("a"), Label("b"), Keys(("K-1",))
SELECTORS: tuple[Selector, ...] = (A, B, BY_KEY)
LINKS = [Link("acme", selector, below) for selector in SELECTORS for below in (True, False)]


def one(number: int, parent: int | None = None, status: str = "Open") -> WorkItem:
    above = None if parent is None else str(10_000 + parent)
    return replace(item(number), parent=above, status=status)


def turn(number: int, made: WorkItem | None, *hits: Selector) -> Turn:
    return Turn(str(10_000 + number), made, frozenset(hits))


def take(scene: Scene, *turns: Turn) -> set[Link]:
    touched = Touched()
    scene.take(turns, touched)
    return {link for link in LINKS if link in touched}


def scene() -> Scene:
    return Scene({}, {BY_KEY: ("10001",)})


def test_a_link_by_key_hits_while_the_item_is_there() -> None:
    stage = scene()
    assert stage.hits(BY_KEY) == frozenset()
    take(stage, turn(1, one(1)))
    assert stage.hits(BY_KEY) == {"10001"}
    take(stage, turn(1, None))
    assert stage.hits(BY_KEY) == frozenset()


def test_a_change_touches_what_hits_the_item_and_what_has_it_below() -> None:
    stage = scene()
    take(stage, turn(1, one(1)), turn(2, one(2, parent=1), A), turn(3, one(3), B))
    assert take(stage, turn(2, one(2, parent=1, status="Closed"), A)) == {
        Link("acme", A, True),
        Link("acme", A, False),
        Link("acme", BY_KEY, True),
    }


def test_a_doubt_that_comes_or_goes_touches_what_has_the_item() -> None:
    stage, above = scene(), turn(1, one(1))
    take(stage, above, turn(2, one(2, parent=1)))
    assert take(stage, replace(turn(2, one(2, parent=1)), doubt="why")) == {Link("acme", BY_KEY, True)}
    assert stage.doubts == {"10002": "why"}
    assert take(stage, turn(2, one(2, parent=1))) == {Link("acme", BY_KEY, True)}
    assert stage.doubts == {}


def test_an_item_that_moves_touches_what_it_leaves_and_where_it_goes() -> None:
    stage = scene()
    take(stage, turn(1, one(1)), turn(2, one(2), A), turn(3, one(3, parent=1)))
    assert take(stage, turn(3, one(3, parent=2))) == {Link("acme", BY_KEY, True), Link("acme", A, True)}


def test_an_item_that_nothing_reaches_touches_nothing() -> None:
    stage = scene()
    take(stage, turn(1, one(1)))
    assert take(stage, turn(4, one(4)), turn(5, one(5, parent=4)), turn(4, None)) == set()


NUMBERS = st.integers(1, 5)
STEP = st.tuples(
    NUMBERS,
    st.booleans(),
    st.one_of(st.none(), NUMBERS),
    st.frozensets(st.sampled_from([A, B])),
    st.sampled_from(["Open", "Done"]),
)
Seen = dict[Link, tuple[frozenset[str], dict[str, WorkItem]]]


def seen(stage: Scene) -> Seen:
    """All that a key result of a single link would be made of, by link."""
    tree = stage.tree
    found: Seen = {}
    for link in LINKS:
        reached = reach(tree, stage.hits(link.selector), link.below)
        found[link] = reached, {id: tree.items[id] for id in reached if id in tree.items}
    return found


@settings(deadline=None, max_examples=200)
@given(st.lists(st.lists(STEP, max_size=4), max_size=6))
def test_what_is_not_touched_is_as_it_was_and_the_hits_are_those_told(days: list[list[tuple]]) -> None:  # type: ignore[type-arg]
    stage, there = scene(), {}
    before = seen(stage)
    for day in days:
        turns = [
            turn(number, one(number, parent, status) if stays else None, *hits)
            for number, stays, parent, hits, status in day
        ]
        touched = take(stage, *turns)
        for made in turns:
            there[made.id] = made
        now = seen(stage)
        assert {link for link in LINKS if now[link] != before[link]} <= touched
        alive = [made for made in there.values() if made.item is not None]
        assert dict(stage.tree.items) == dict(Tree.of(made.item for made in alive if made.item).items)
        for selector in (A, B):
            assert stage.hits(selector) == {made.id for made in alive if selector in made.hits}
        before = now
