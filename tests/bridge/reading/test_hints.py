"""Items that somebody says have changed: looked at by id, for no list tells of everything, or at once."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from bridge.errors import Stopping
from bridge.model import KeyResult
from bridge.store import Store
from tests.engine import Bench, keys, query


def hinted(bench: Bench, *ids: str):
    """A run as a webhook brings it about: no sweep, and these items are said to have changed."""
    return bench.sync(reads=frozenset({"mem"}), sweep=frozenset(), hints={"mem": frozenset(ids)}, kind="sync")


def lag(bench: Bench) -> Callable[[], None]:
    """The index knows nothing of what is new, moved or gone, until the answer is called."""
    tracker = bench.tracker
    moved, places = dict(tracker.items), {id: dict(facts) for id, facts in tracker.items.items()}
    see = type(bench.memory)

    def changed(memory, since):
        from connectors.base import Changed

        return Changed(iter(()), tracker.now)

    def children(memory, parents):
        return frozenset(id for id, facts in places.items() if facts["parent"] in parents and id in moved)

    patch = pytest.MonkeyPatch()
    patch.setattr(see, "changed", changed)
    patch.setattr(see, "children", children)
    return patch.undo


@pytest.fixture
def epic(bench: Bench):
    """The Epic's id and its stories', one of two done; read once, and a minute has passed."""
    key, stories = bench.epic("done", "todo")
    bench.use(KeyResult(id="KR1", title="T", links=(keys(key),)))
    assert bench.percents(bench.sync()) == {"KR1": 50.0}
    bench.sync()
    bench.later(minutes=5)
    return bench.id(key), stories


@pytest.fixture
def lagging(bench: Bench, epic):
    undo = lag(bench)
    yield epic
    undo()


def fetched(bench: Bench) -> list[str]:
    calls: list[str] = []
    bench.memory.before = calls.append
    return calls


# --- while the index lags


def test_a_change_that_no_list_tells_of_yet_is_seen(bench, lagging):
    _, stories = lagging
    bench.finish(stories[1])
    assert bench.percents(bench.sync(sweep=frozenset())) == {"KR1": 50.0}
    assert bench.percents(hinted(bench, stories[1])) == {"KR1": 100.0}


def test_a_deleted_story_leaves_the_number(bench, lagging):
    _, stories = lagging
    bench.tracker.delete(stories[1])
    report = hinted(bench, stories[1])
    assert bench.percents(report) == {"KR1": 100.0}
    assert report.standings[0].complete
    assert stories[1] not in bench.store.mirror.ids("mem")


def test_a_story_that_went_to_another_parent_leaves_the_number(bench, lagging):
    _, stories = lagging
    bench.tracker.change(stories[1], parent="999")
    assert bench.percents(hinted(bench, stories[1])) == {"KR1": 100.0}


def test_a_new_child_counts_although_no_list_has_it(bench, lagging):
    root, _ = lagging
    new = bench.tracker.add("New", parent=root)
    assert bench.percents(hinted(bench, new)) == {"KR1": 33.3}


def test_a_new_child_brings_what_is_below_it(bench, lagging):
    root, _ = lagging
    story = bench.tracker.add("New", parent=root)
    part = bench.tracker.add("Part", tier="part", parent=story, category="done")
    bench.tracker.change(story, children=[part])
    assert bench.percents(hinted(bench, story)) == {"KR1": 66.3}, "all its parts are done, and it is open"


def test_a_part_of_a_part_comes_with_those_between_in_whatever_order(bench, lagging):
    root, _ = lagging
    story = bench.tracker.add("New", parent=root)
    part = bench.tracker.add("Part", tier="part", parent=f"MEM-{story}", category="done")
    assert bench.percents(hinted(bench, part, story)) == {"KR1": 66.3}


def test_an_epic_that_is_gone_keeps_its_number_and_is_told(bench, lagging):
    root, stories = lagging
    for id in (root, *stories):
        bench.tracker.delete(id)
    report = hinted(bench, root, *stories)
    assert bench.percents(report) == {"KR1": 50.0}
    assert not report.standings[0].complete
    assert report.changes == ()


# --- what is none of ours


STRANGERS = {
    "one that was never there": "4711",
    "no id at all": "../../etc/passwd",
    "an empty one": "",
}


@pytest.mark.parametrize("id", STRANGERS.values(), ids=STRANGERS)
def test_what_nobody_knows_changes_nothing(bench, epic, id):
    before = bench.store.mirror.ids("mem")
    report = hinted(bench, id)
    assert (report.outcome, report.changes, report.problems) == ("done", (), ())
    assert bench.store.mirror.ids("mem") == before


def test_an_item_that_nothing_links_to_is_looked_at_and_left(bench, epic):
    stranger = bench.tracker.add("Elsewhere", parent=bench.tracker.add("Another Epic", tier="group"))
    before = bench.store.mirror.ids("mem")
    assert hinted(bench, stranger).changes == ()
    assert bench.store.mirror.ids("mem") == before


def test_a_hint_on_the_first_read_asks_for_nothing_more(bench):
    key, stories = bench.epic("done", "todo")
    bench.use(KeyResult(id="KR1", title="T", links=(keys(key),)))
    assert bench.percents(hinted(bench, *stories, "4711")) == {"KR1": 50.0}


# --- what it costs


def test_what_the_list_of_changes_brings_is_not_asked_for_again(bench, epic):
    _, stories = epic
    bench.finish(stories[1])
    calls = fetched(bench)
    assert bench.percents(bench.sync(sweep=frozenset())) == {"KR1": 100.0}
    without = calls.count("fetch")
    bench.tracker.change(stories[1], category="todo")
    calls.clear()
    bench.later(seconds=1)
    assert bench.percents(hinted(bench, stories[1])) == {"KR1": 50.0}
    assert calls.count("fetch") == without


def test_many_hints_are_asked_for_together(bench):
    ids = [bench.tracker.add(f"S{n}", labels=["x"]) for n in range(120)]
    bench.use(KeyResult(id="KR1", title="T", links=(query("label = x"),)))
    bench.sync()
    bench.sync()
    bench.later(hours=2)
    calls = fetched(bench)
    hinted(bench, *ids)
    assert calls.count("fetch") == 3, "pages of fifty"


# --- asked to stop


def test_a_read_that_is_asked_to_stop_leaves_all_for_the_next_one(bench, epic):
    _, stories = epic
    bench.finish(stories[1])
    before = bench.store.cursors.get("mem")
    bench.stopping = lambda: True
    with pytest.raises(Stopping):
        hinted(bench, stories[1])
    assert bench.store.cursors.get("mem") == before
    bench.stopping = lambda: False
    assert bench.percents(bench.sync()) == {"KR1": 100.0}


def test_hints_one_by_one_come_to_what_a_fresh_bridge_says(bench, lagging, tmp_path):
    root, stories = lagging
    new = bench.tracker.add("New", parent=root)
    bench.finish(stories[1])
    bench.tracker.delete(stories[0])
    for id in (new, stories[1], stories[0], new):
        report = hinted(bench, id)
        bench.later(seconds=1)
    with pytest.MonkeyPatch.context() as patch, Store.open(f"sqlite:///{tmp_path}/fresh.db") as store:
        caught_up = {one["id"] for one in bench.tracker.items.values() if one["parent"] == root}
        patch.setattr(type(bench.memory), "children", lambda *_: frozenset(caught_up))
        fresh = Bench(store, bench.okrs, bench.tracker, now=bench.now)
        assert bench.percents(report) == fresh.percents(fresh.sync(dry=True)) == {"KR1": 50.0}
