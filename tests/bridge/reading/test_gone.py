"""What no list of changes tells: deleted, hidden, moved out, shown again."""

from __future__ import annotations

from collections.abc import Mapping
from decimal import Decimal

import pytest

from bridge.errors import Rejected
from bridge.model import Anchor, Guard, KeyResult, Kind, Metric, MetricSource
from tests.engine import Bench, keys, query


def story_with_parts(bench: Bench, *states: str, parent: str | None = None) -> tuple[str, list[str]]:
    """A story that lists its parts, as a tracker with sub-tasks does."""
    story = bench.tracker.add("Story", parent=parent)
    parts = [bench.tracker.add("Part", tier="part", parent=story, category=state) for state in states]
    bench.tracker.change(story, children=parts)
    return story, parts


def lists(bench: Bench, story: str, *parts: str) -> None:
    """The story's list of parts changes without its time of change, as when a part is deleted."""
    bench.tracker.items[story]["children"] = list(parts)


def test_parts_that_a_story_lists_come_in_with_it(bench: Bench) -> None:
    story, _ = story_with_parts(bench, "done", "todo")
    bench.use(KeyResult(id="KR1", title="T", links=(keys(f"MEM-{story}"),)))
    assert bench.percents(bench.sync()) == {"KR1": 50.0}


def test_a_hidden_part_leaves_its_key_result_alone_until_it_is_shown_again(bench: Bench) -> None:
    story, (_, second) = story_with_parts(bench, "done", "todo")
    other, _ = bench.epic("done", "todo")
    bench.tracker.hidden.add(second)
    bench.use(
        KeyResult(id="KR1", title="T", links=(keys(f"MEM-{story}"),)),
        KeyResult(id="KR2", title="T", links=(keys(other),)),
    )
    report = bench.sync()
    assert bench.percents(report) == {"KR1": None, "KR2": 50.0}
    assert report.standings[0].work is not None
    assert report.standings[0].work.counts.unreadable == 1
    assert report.outcome == "partial"
    assert story not in bench.tracker.panels
    bench.tracker.hidden.clear()
    assert bench.percents(bench.sync()) == {"KR1": 50.0, "KR2": 50.0}


def test_a_part_that_is_hidden_later_is_missed_by_the_sweep_and_comes_back(bench: Bench) -> None:
    story, (_, second) = story_with_parts(bench, "done", "todo")
    bench.use(KeyResult(id="KR1", title="T", links=(keys(f"MEM-{story}"),)))
    bench.sync()
    bench.tracker.hidden.add(second)
    bench.later(hours=1)
    report = bench.sync()
    assert bench.percents(report) == {"KR1": 50.0}
    assert not report.standings[0].complete
    assert report.changes == ()
    bench.tracker.hidden.clear()
    bench.later(hours=1)
    assert bench.sync().standings[0].complete


def test_a_deleted_part_leaves_the_number_within_the_hour(bench: Bench) -> None:
    story, (first, second) = story_with_parts(bench, "done", "todo")
    bench.use(KeyResult(id="KR1", title="T", links=(keys(f"MEM-{story}"),)))
    bench.sync()
    bench.tracker.delete(second)
    lists(bench, story, first)
    bench.later(minutes=59)
    bench.sync()
    bench.later(minutes=1)
    report = bench.sync()
    assert bench.percents(report) == {"KR1": 99.0}
    assert report.outcome == "done"


def test_a_deleted_story_below_a_query_is_missed_within_the_hour_or_at_once_when_told_to_read_all(
    bench: Bench,
) -> None:
    epic = bench.tracker.add("Epic", tier="group", labels=["x"])
    stories = [bench.tracker.add("S", parent=epic, category=state) for state in ("done", "todo", "todo")]
    bench.use(KeyResult(id="KR1", title="T", links=(query("label = x"),)))
    bench.sync()
    bench.tracker.delete(stories[1])
    assert bench.percents(bench.sync(full=True)) == {"KR1": 50.0}
    bench.tracker.delete(stories[2])
    bench.later(hours=1)
    assert bench.percents(bench.sync()) == {"KR1": 100.0}


def test_reading_all_forgets_what_is_gone_although_another_link_cannot_be_read(bench: Bench) -> None:
    epic, stories = bench.epic("done", "todo")
    hidden, _ = bench.epic("todo")
    bench.tracker.hidden.add(bench.id(hidden))
    bench.use(
        KeyResult(id="KR1", title="T", links=(keys(epic),)),
        KeyResult(id="KR2", title="T", links=(keys(hidden),)),
    )
    bench.sync()
    bench.tracker.delete(stories[1])
    assert bench.percents(bench.sync(full=True))["KR1"] == 100.0


def test_reading_all_of_one_key_result_forgets_what_is_gone_of_it(bench: Bench) -> None:
    first, stories = bench.epic("done", "todo")
    second, others = bench.epic("done", "todo")
    bench.use(
        KeyResult(id="KR1", title="T", links=(keys(first),)),
        KeyResult(id="KR2", title="T", links=(keys(second),)),
    )
    bench.sync()
    bench.tracker.delete(stories[1])
    bench.tracker.delete(others[1])
    assert bench.percents(bench.sync(only=frozenset({"KR1"}), full=True)) == {"KR1": 100.0}
    assert bench.percents(bench.sync()) == {"KR1": 100.0, "KR2": 100.0}


def test_a_linked_epic_that_is_hidden_and_shown_again(bench: Bench) -> None:
    epic, stories = bench.epic("done", "todo")
    bench.use(KeyResult(id="KR1", title="T", links=(keys(epic),)))
    bench.sync()
    bench.tracker.hidden.add(bench.id(epic) or "")
    bench.later(hours=1)
    report = bench.sync()
    assert bench.percents(report) == {"KR1": 50.0}
    assert not report.standings[0].complete
    assert report.changes == ()
    bench.tracker.hidden.clear()
    bench.tracker.items[stories[1]]["category"] = "done"
    bench.later(minutes=1)
    bench.tracker.change(stories[1])
    report = bench.sync()
    assert report.standings[0].complete
    assert bench.percents(report) == {"KR1": 100.0}


def test_an_epic_that_goes_with_all_below_it_leaves_its_number_as_it_was(bench: Bench) -> None:
    epic, stories = bench.epic("done", "todo")
    bench.use(KeyResult(id="KR1", title="T", links=(keys(epic),)))
    bench.sync()
    bench.tracker.hidden.update({bench.id(epic), *stories})
    for _ in range(3):
        bench.later(minutes=40)
        report = bench.sync()
        assert bench.percents(report) == {"KR1": 50.0}
        assert not report.standings[0].complete
        assert epic in report.problems[0].message
    bench.tracker.hidden.clear()
    assert bench.sync().standings[0].complete


def test_a_story_that_moved_below_a_linked_epic_brings_its_parts(bench: Bench) -> None:
    epic, _ = bench.epic("done")
    story, _ = story_with_parts(bench, "done", "done", "done", "todo")
    bench.use(KeyResult(id="KR1", title="T", links=(keys(epic),)))
    bench.sync()
    bench.later(minutes=5)
    bench.tracker.change(story, parent=bench.id(epic))
    assert bench.percents(bench.sync()) == {"KR1": 87.5}


def test_a_story_that_moved_out_and_in_again(bench: Bench) -> None:
    epic, stories = bench.epic("done", "todo")
    bench.use(KeyResult(id="KR1", title="T", links=(keys(epic),)))
    bench.sync()
    for parent, wanted in ((None, 100.0), (bench.id(epic), 50.0)):
        bench.later(minutes=5)
        bench.tracker.change(stories[1], parent=parent)
        assert bench.percents(bench.sync()) == {"KR1": wanted}


@pytest.mark.parametrize("told_by", ["id", "key"])
def test_what_nothing_links_to_any_more_is_forgotten_in_time(bench: Bench, told_by: str) -> None:
    kept, _ = bench.epic("done")
    left = bench.tracker.add("Left", tier="group")
    bench.tracker.add("S", parent=left if told_by == "id" else f"MEM-{left}")
    first = KeyResult(id="KR1", title="T", links=(keys(kept),))
    bench.use(first, KeyResult(id="KR2", title="T", links=(keys(f"MEM-{left}"),)))
    bench.sync()
    bench.use(first)
    for _ in range(3):
        bench.later(hours=1)
        report = bench.sync()
    assert bench.percents(report) == {"KR1": 100.0}
    assert len(bench.store.mirror.ids("mem")) == 2


def test_the_sweep_looks_below_items_that_other_links_name_too(bench: Bench) -> None:
    top = bench.tracker.add("Top", tier="group")
    epic = bench.tracker.add("Epic", tier="group", parent=top)
    story = bench.tracker.add("S", parent=epic, category="done")
    bench.use(
        KeyResult(id="KR1", title="T", links=(keys(f"MEM-{top}"),)),
        KeyResult(id="KR2", title="T", links=(keys(f"MEM-{epic}", below=False),)),
    )
    bench.sync()
    new = bench.tracker.add("New", parent=epic, updated=bench.tracker.items[story]["created"])
    bench.tracker.items[new]["updated"] = "2026-11-01T00:00:00+00:00"
    bench.later(hours=1)
    assert bench.percents(bench.sync())["KR1"] == 50.0


def test_hits_that_are_only_counted_are_never_fetched(bench: Bench) -> None:
    for _ in range(30):
        bench.tracker.add("Bug", labels=["bug"])
    source = MetricSource("mem", "label = bug", "count", "")
    metric = Metric(Decimal(0), Decimal(60), source=source)
    bench.use(KeyResult(id="KR1", title="T", kind=Kind.METRIC, metric=metric))
    assert bench.percents(bench.sync()) == {"KR1": 50.0}
    bench.later(hours=1)
    bench.sync()
    assert bench.store.mirror.ids("mem") == frozenset()


def refuse(call: str) -> None:
    """A site that answers every list of hits with 400."""
    if call == "identities":
        raise Rejected("mem", "identities answered 400")


def test_a_link_that_fails_at_the_hour_of_the_sweep_keeps_its_items(bench: Bench) -> None:
    for _ in range(5):
        bench.tracker.add("S", labels=["x"])
    bench.use(KeyResult(id="KR1", title="T", links=(query("label = x"),)))
    bench.sync()
    bench.later(hours=1)
    bench.memory.before = refuse
    bench.sync()
    assert len(bench.store.mirror.ids("mem")) == 5


def test_a_guard_that_could_not_be_read_is_not_said_to_hold(bench: Bench) -> None:
    for _ in range(3):
        bench.tracker.add("Bug", labels=["bug"])
    source = MetricSource("mem", "label = bug", "count", "")
    guard = Guard("Few bugs", Metric(Decimal(9), Decimal(5), source=source))
    metric = Metric(Decimal(0), Decimal(60))
    bench.use(KeyResult(id="KR1", title="T", kind=Kind.METRIC, metric=metric, guard=guard))
    assert "guard_unread" not in {note.code for note in bench.sync().standings[0].notes}
    bench.memory.before = refuse
    assert "guard_unread" in {note.code for note in bench.sync().standings[0].notes}


def test_what_hangs_under_an_anchor_alone_is_not_kept(bench: Bench) -> None:
    """It comes in when it changes, and would be asked for at every sweep."""
    epic, stories = bench.epic("done", "todo")
    shown, others = bench.epic("todo", "todo", "todo")
    kr = KeyResult(id="KR1", title="T", links=(keys(epic),), anchors=(Anchor("mem", shown),))
    bench.use(kr)
    bench.sync()
    bench.later(minutes=5)
    for story in others:
        bench.finish(story)
    bench.sync()
    for _ in range(2):
        bench.later(hours=1)
        bench.sync()
    assert bench.store.mirror.ids("mem") == {bench.id(epic), bench.id(shown), *stories}
    bench.later(hours=1)
    report = bench.sync()
    assert report.taken == {"mem": 0}
    assert bench.percents(report) == {"KR1": 50.0}


def test_where_a_swept_item_hangs_now_is_looked_up_once_for_all(
    bench: Bench, monkeypatch: pytest.MonkeyPatch
) -> None:
    epic, stories = bench.epic(*["todo"] * 12)
    elsewhere, _ = bench.epic("todo")
    bench.use(KeyResult(id="KR1", title="T", links=(keys(epic),)))
    bench.sync()
    bench.later(days=1)
    bench.sync()
    looked = 0
    aliases = bench.store.mirror.aliases

    def counted(connection: str) -> Mapping[str, str]:
        nonlocal looked
        looked += 1
        return aliases(connection)

    monkeypatch.setattr(bench.store.mirror, "aliases", counted)
    bench.sync(sweep=frozenset({"mem"}))
    quiet, looked = looked, 0
    for story in stories[:8]:
        bench.tracker.items[story]["parent"] = elsewhere  # as in an index that lags
    bench.sync(sweep=frozenset({"mem"}))
    assert looked - quiet <= 3
    assert len(bench.store.mirror.ids("mem")) == 5
