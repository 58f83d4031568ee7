"""What Trello remembers, and the days that are told from it."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime, timedelta
from itertools import pairwise
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bridge.errors import MappingError, NotFound, PartialRead
from bridge.model import FieldValue, Label, Project, Query, Selector
from bridge.replay.states import packed
from connectors.trello import api, log, past
from mappings.trello import TrelloMapping, Vocabulary
from tests.contract import HistorianContract, System
from tests.shared import FOLDER
from tests.trello import spec
from tests.trello.fake import ME, PERSON, FakeTrello, Refusal
from tests.trello.site import system as opened_on

PAGE, LOG = 3, 20
DAY = 86_400
WORDS = Vocabulary(points=("Points",), points_in_title=True, hours="Hours", numbers=("Points",))


@pytest.fixture
def trello(monkeypatch: pytest.MonkeyPatch) -> Iterator[FakeTrello]:
    monkeypatch.setattr(api, "PAGE", PAGE)
    monkeypatch.setattr(log, "PAGE", LOG)
    monkeypatch.setattr(past, "PIECE", 4)
    made = FakeTrello(PAGE)
    judge = spec.Judge() if (FOLDER / "specs/trello.json").exists() else None
    if judge:
        made.heard = judge.heard
    yield made
    if judge:
        assert judge.unexcused() == []


@pytest.fixture
def system(trello: FakeTrello) -> System:
    made = opened_on(trello)
    # What was done before this test lies far back.
    trello.advance(7200)
    return made


class TestHistorian(HistorianContract):
    def test_touched_is_what_changed_in_any_way_and_not_what_rested_long(self, system: System) -> None:
        """Cards hang below nothing."""
        resting, edited, moved, labelled = (system.driver.make(f"Work {n}") for n in range(4))
        system.driver.advance(7200)
        since = system.connector.login().now
        system.driver.advance(60)
        system.driver.edit(edited, "Edited")
        system.driver.move(moved)
        system.driver.put(labelled, labels=[system.driver.label(system.driver.home, "x")])
        born = system.driver.make("Born")
        system.driver.advance(600)
        touched = system.connector.touched(since)
        assert {edited, moved, labelled, born} <= touched
        assert resting not in touched

    def test_the_past_of_a_moved_item_is_asked_for_by_its_permanent_id(self, system: System) -> None:
        """Cards keep their key; both boards are told."""
        id = system.driver.make("Wanderer")
        system.driver.advance(60)
        system.driver.move(id)
        [past] = self.pasts(system, id).values()
        assert [one["type"] for one in past.changes] == ["moveCardFromBoard", "moveCardToBoard"]
        assert past.changes[1]["data"]["boardSource"]["id"] == system.driver.home.id


# --- the law: what is told of a day is what was read on it

SELECTORS: tuple[Selector, ...] = (
    Project("wrkBoard"),
    Project("https://trello.com/b/wrkBoard/work"),
    Project("Else"),
    Project("Work/Doing"),
    FieldValue("List", "Done 🎉"),
    FieldValue("Points", "3"),
    FieldValue("Team", "核心"),
    FieldValue("member", "mei"),
    Query("is:open -is:complete board:Work"),
    Query('list:"To Do" work'),
    Query("@mei has:due"),
)
LISTS = ("To Do", "Doing", "Done 🎉", "Won't do")
WHO = st.integers(0, 3)
VALUES = (
    ("Points", {"number": "3"}),
    ("Points", {"number": "8"}),
    ("Points", None),
    ("Team", {"option": "核心"}),
    ("Team", {"option": "Growth"}),
)
DEEDS = st.one_of(
    st.tuples(st.just("lay"), WHO, st.sampled_from(LISTS)),
    st.tuples(st.just("put"), WHO, st.fixed_dictionaries({"closed": st.booleans()})),
    st.tuples(st.just("put"), WHO, st.fixed_dictionaries({"dueComplete": st.booleans()})),
    st.tuples(st.just("put"), WHO, st.sampled_from([{"due": None}, {"due": "2026-12-01T12:00:00.000Z"}])),
    st.tuples(st.just("put"), WHO, st.sampled_from([{"name": "(5) work"}, {"name": "上线 *now*"}])),
    st.tuples(st.just("put"), WHO, st.sampled_from([{"idMembers": []}, {"idMembers": [PERSON]},
                                                    {"idMembers": [ME, PERSON]}])),
    st.tuples(st.just("grow"), WHO, st.lists(st.booleans(), min_size=1, max_size=4)),
    st.tuples(st.just("value"), WHO, st.sampled_from(VALUES)),
    st.tuples(st.just("move"), WHO, st.booleans()),
    st.tuples(st.just("turn"), st.booleans(), st.sampled_from(["name", "closed"])),
    st.tuples(st.just("make"), WHO, st.just(None)),
)  # fmt: skip


def happen(trello: FakeTrello, deed: tuple[Any, Any, Any]) -> None:
    what, which, told = deed
    if what == "turn":
        one = list((trello.home if which else trello.away).lists.values())[1]
        change = {"closed": not one["closed"]} if told == "closed" else {"name": one["name"] + "!"}
        return trello.turn(trello.home if which else trello.away, one["id"], **change)
    id = list(trello.cards)[which % len(trello.cards)]
    board = trello.boards[trello.cards[id]["idBoard"]]
    match what:
        case "lay" if told in [one["name"] for one in board.lists.values() if not one["closed"]]:
            trello.put(id, list=told)
        case "put":
            trello.put(id, **told)
        case "grow":
            rest = trello.cards[id]["checks"][len(told) :]
            trello.put(id, checks=[*told, *(one["state"] == "complete" for one in rest)])
        case "value" if told[1] is None:
            trello.value(id, told[0])
        case "value":
            trello.value(id, told[0], **told[1])
        case "move" if id not in moved(trello):
            trello.move(id, trello.away)
        case "make":
            trello.make("Later")
    return None


def moved(trello: FakeTrello) -> set[str]:
    return {one["data"]["card"]["id"] for one in trello.actions if one["type"] == "moveCardToBoard"}


def read(system: System, ids: list[str]) -> dict[str, Any]:
    """What a sync would see now."""
    hits = {selector: found(system, selector) for selector in SELECTORS}
    return {
        raw.id: (packed(system.mapping.item(raw)), frozenset(s for s, ids in hits.items() if raw.id in ids))
        for raw in system.connector.fetch(ids)
    }


def found(system: System, selector: Selector) -> frozenset[str]:
    """A list that no board has any more is refused today, and nothing was in it."""
    try:
        return system.connector.identities(selector)
    except NotFound:
        return frozenset()


def replayed(system: System, ids: list[str], ends: list[datetime]) -> list[dict[str, Any]]:
    assert isinstance(system.mapping, TrelloMapping)
    replay = system.mapping.replay(system.connector.glossary(), SELECTORS)
    assert replay.untold == {}
    told: list[dict[str, Any]] = [{} for _ in ends]
    for one in system.connector.pasts(ids):
        stretches = [*replay.stretches(one.raw, one.changes, ends), None]
        for stretch, after in pairwise(stretches):
            for day in range(stretch.first, after.first if after else len(ends)):
                if stretch.item:
                    told[day][one.raw.id] = packed(stretch.item), stretch.hits
    return told


def hold(days: list[list[tuple[Any, Any, Any]]]) -> None:
    trello = FakeTrello(50)
    system = opened_on(trello, WORDS)
    for title in ("One", "work 2"):
        trello.make(title)
    ends, seen = list[datetime](), list[dict[str, Any]]()
    for deeds in days:
        trello.advance(DAY / 2)
        for deed in deeds:
            trello.advance(7.25)
            happen(trello, deed)
        ends.append(trello.at + timedelta(seconds=2))
        system = opened_on(trello, WORDS)
        seen.append(read(system, list(trello.cards)))
        trello.advance(DAY / 2)
    assert replayed(system, list(trello.cards), ends) == seen


@given(st.lists(st.lists(DEEDS, max_size=5), min_size=1, max_size=4))
@settings(deadline=None, max_examples=15)
def test_the_past_replayed_is_the_past_as_it_was_read(days: list[list[tuple[Any, Any, Any]]]) -> None:
    hold(days)


@pytest.mark.prove
@given(st.lists(st.lists(DEEDS, max_size=8), min_size=1, max_size=6))
@settings(deadline=None, max_examples=150)
def test_it_holds_for_many_boards(days: list[list[tuple[Any, Any, Any]]]) -> None:
    hold(days)


# --- what is read, and how often


def asked(trello: FakeTrello, ends: str) -> int:
    return sum(path.endswith(ends) for _, path in trello.asked)


def told_of(system: System, *ids: str) -> dict[str, Any]:
    return {one.raw.id: one for one in system.connector.pasts(ids)}


def test_the_past_of_a_board_costs_two_requests_however_many_cards_it_has(trello, system, monkeypatch):
    monkeypatch.setattr(past, "PIECE", 200)
    ids = []
    for n in range(15):
        trello.advance(1)
        ids.append(trello.make(f"Work {n}"))
    trello.advance(600)
    assert len(told_of(system, *ids)) == 15
    assert asked(trello, "/actions") == 2  # all, and that there is no more
    assert asked(trello, "/batch") == 3  # ten cards, five, and the custom fields


def test_a_card_that_its_board_does_not_know_from_the_start_is_asked_for_by_itself(trello, system):
    id, other = trello.make("Work", on=trello.away), trello.make("Other")
    trello.put(id, list="Doing")
    trello.move(id, trello.home)
    trello.put(id, list="Doing")
    types = [one["type"] for one in told_of(system, id, other)[id].changes]
    assert types == ["updateCard", "moveCardFromBoard", "moveCardToBoard", "updateCard"]
    assert asked(trello, f"{id}/actions") == 1
    assert asked(trello, f"{other}/actions") == 0


def test_a_card_that_nobody_remembers_the_making_of_has_the_past_that_is_remembered(trello, system):
    id = trello.make("Work")
    trello.actions.clear()
    trello.edit(id, "Edited")
    [one] = told_of(system, id)[id].changes
    assert one["data"]["old"] == {"name": "Work"}


def test_a_change_that_comes_while_a_cards_own_past_is_read_is_left_for_the_next_time(trello, system):
    id = trello.make("Work", on=trello.away)
    trello.move(id, trello.home)
    trello.advance(7200)
    whole = trello.answer

    def late(method, path, asked, body):
        if path.endswith(f"{id}/actions"):
            trello.advance(60)
            trello.edit(id, "Later")
        return whole(method, path, asked, body)

    trello.answer = late
    one = told_of(system, id)[id]
    assert one.raw.data["name"] == "Work"
    assert "Later" not in str(one.changes)


def test_a_card_that_left_for_a_board_where_nobody_looks_is_touched(trello):
    connector = opened_on(trello, boards=("wrkBoard",)).connector
    id, rested = trello.make("Work"), trello.make("Rested")
    trello.advance(7200)
    since = trello.at
    trello.advance(60)
    trello.move(id, trello.away)
    assert connector.touched(since) == {id}
    assert rested not in connector.touched(since)


def test_what_a_list_was_called_before_a_card_was_made_is_no_change_of_the_card(trello, system):
    trello.turn(trello.home, next(iter(trello.home.lists)), name="Ideas")
    trello.advance(60)
    id = trello.make("Work")
    assert told_of(system, id)[id].changes == ()


def test_more_than_a_page_holds_within_one_second_is_a_partial_read(trello, system):
    ids = [trello.make(f"Work {n}", after=0) for n in range(LOG + 1)]
    with pytest.raises(PartialRead, match="within a second"):
        told_of(system, *ids)


def test_pages_that_part_within_a_second_lose_nothing(trello, system):
    id = trello.make("Work")
    for n in range(LOG * 2):
        trello.advance(0.4)
        trello.edit(id, f"Work {n}")
    assert len(told_of(system, id)[id].changes) == LOG * 2


def test_a_card_with_more_changes_than_trello_lists_is_a_partial_read(trello, system):
    id = trello.make("Work")
    trello.actions.clear()
    for n in range(log.PAGES * 50 + 1):
        trello.advance(1)
        trello.edit(id, f"Work {n}")
    with pytest.raises(PartialRead, match="more often than Trello lists"):
        told_of(system, id)


def changing(trello: FakeTrello, id: str, times: int) -> list[str]:
    """Each time that the card has been read it is changed at once."""
    shown, left = trello.card, list(range(times))

    def card(key):
        found = shown(key)
        if key == id and left:
            told = dict(found)
            trello.advance(1)
            trello.card = shown
            trello.edit(id, f"Now {left.pop()}")
            trello.card = card
            return told
        return found

    trello.card = card
    return left


def test_a_card_that_changes_while_it_is_read_is_read_again(trello, system):
    id, other = trello.make("Work"), trello.make("Other")
    trello.advance(7200)
    left = changing(trello, id, 2)
    one = told_of(system, other, id)[id]
    assert left == []
    assert one.raw.data["name"] == one.changes[-1]["data"]["card"]["name"] == "Now 0"


def test_a_card_that_never_rests_is_a_partial_read(trello, system):
    id = trello.make("Work")
    trello.advance(7200)
    changing(trello, id, 50)
    with pytest.raises(PartialRead, match="change while they are read"):
        told_of(system, id)


def test_a_board_that_is_hidden_while_it_is_read_hides_its_cards(trello, system):
    id = trello.make("Work")

    def hidden(board, asked):
        trello.home.member = False
        raise Refusal(401, "unauthorized permission requested")

    whole = trello.answer
    trello.answer = lambda method, path, asked, body: (
        hidden(path, asked) if path.endswith("/actions") else whole(method, path, asked, body)
    )
    assert told_of(system, id) == {}


# --- what is said of it


def days(trello: FakeTrello, *days: float) -> list[datetime]:
    """The ends of days, counted back from now."""
    return [trello.at - timedelta(days=one) for one in days]


def stretches(system: System, id: str, ends: list[datetime], *selectors: Selector) -> list[Any]:
    assert isinstance(system.mapping, TrelloMapping)
    replay = system.mapping.replay(system.connector.glossary(), selectors)
    one = told_of(system, id)[id]
    return list(replay.stretches(one.raw, one.changes, ends))


UNTOLD = {
    "a label": (Label("x"), "remembers no labels"),
    "a filter by label": (Query('is:open label:"x"'), "remembers no labels"),
    "a filter by having labels": (Query("-has:labels"), "remembers no labels"),
    "a board that is called so no more": (Project("Gone/To Do"), "no board"),
}


@pytest.mark.parametrize(("selector", "why"), UNTOLD.values(), ids=UNTOLD)
def test_what_the_past_cannot_tell_is_said_with_the_reason(trello, system, selector, why):
    assert isinstance(system.mapping, TrelloMapping)
    replay = system.mapping.replay(system.connector.glossary(), [selector])
    assert why in replay.untold[selector]


def test_a_card_whose_moves_do_not_lead_to_where_it_lies_is_not_made_up(trello, system):
    """Something was forgotten between the first move and today: the days before it are told."""
    id = trello.make("Work")
    trello.advance(DAY * 2)
    trello.put(id, list="Doing")
    trello.advance(DAY)
    trello.put(id, list="Won't do")
    trello.advance(DAY)
    trello.actions = [
        one for one in trello.actions if one["data"].get("listAfter", {}).get("name") != "Won't do"
    ]
    [stretch] = stretches(system, id, days(trello, 3))
    assert stretch.item.status == "To Do"
    with pytest.raises(MappingError, match="do not lead to what it is today"):
        stretches(system, id, days(trello, 3, 1.5))


def test_a_move_of_which_the_other_board_tells_nothing_is_not_made_up(trello, system):
    id = trello.make("Work", on=trello.away)
    trello.advance(DAY)
    trello.move(id, trello.home)
    trello.advance(DAY)
    trello.actions = [one for one in trello.actions if one["type"] != "moveCardFromBoard"]
    with pytest.raises(MappingError, match="which list it lay in"):
        stretches(system, id, days(trello, 1.5))


def test_a_list_is_called_as_it_was_and_archived_when_it_was(trello, system):
    id = trello.make("Work")
    first = next(iter(trello.home.lists))
    for change in ({"name": "Doing now"}, {"closed": True}, {"name": "Later"}, {"closed": False}):
        trello.advance(DAY)
        trello.turn(trello.home, first, **change)
    told = stretches(system, id, days(trello, 3.5, 2.5, 1.5, 0.5, 0), FieldValue("list", "doing now"))
    assert [(one.item.status, one.item.cancelled) for one in told] == [
        ("To Do", False), ("Doing now", False), ("Doing now", True), ("Later", True), ("Later", False),
    ]  # fmt: skip
    assert [bool(one.hits) for one in told] == [False, True, True, False, False]


def test_a_list_of_a_board_that_a_card_has_left_is_called_as_it_was_too(trello, system):
    id = trello.make("Work", on=trello.away)
    trello.advance(DAY)
    trello.turn(trello.away, next(iter(trello.away.lists)), name="Ideas")
    trello.advance(DAY)
    trello.move(id, trello.home)
    told = stretches(system, id, days(trello, 1.5, 0.5, 0))
    assert [one.item.status for one in told] == ["To Do", "Ideas", "To Do"]


def test_a_list_that_was_moved_to_another_board_took_its_cards_along(trello):
    id = trello.make("Work", on=trello.away)
    trello.value(id, "Points", number="3")
    trello.advance(DAY)
    trello.shift(next(iter(trello.away.lists)), trello.home)
    trello.advance(DAY)
    told = stretches(opened_on(trello, WORDS), id, days(trello, 1.5, 0), Project("elsBoard"))
    assert [(bool(one.hits), one.item.project, one.item.points) for one in told] == [
        (True, "elsBoard", 3), (False, "wrkBoard", None),
    ]  # fmt: skip


def test_of_a_board_that_may_not_be_seen_nothing_is_made_up(trello, system):
    id = trello.make("Work", on=trello.private)
    trello.advance(DAY * 2)
    trello.move(id, trello.home)
    trello.advance(DAY * 2)
    [stretch] = stretches(system, id, days(trello, 1))
    assert stretch.item.status == "To Do"
    with pytest.raises(MappingError, match="the board that it came from"):
        stretches(system, id, days(trello, 3, 1))


def test_values_that_were_brought_along_from_a_third_board_are_not_made_up(trello, system):
    third = trello.board("thdBoard", "Third")
    id = trello.make("Work", on=third)
    trello.advance(DAY)
    trello.move(id, trello.away)
    trello.advance(DAY)
    trello.move(id, trello.home)
    trello.advance(DAY)
    assert len(stretches(system, id, days(trello, 0.5))) == 1
    with pytest.raises(MappingError, match="what it held"):
        stretches(system, id, days(trello, 1.5))


def test_check_items_count_from_when_they_were_made_and_never_once_they_are_gone(trello, system):
    id = trello.make("Work")
    trello.advance(DAY)
    trello.put(id, checks=[False, False])
    trello.advance(DAY)
    trello.put(id, checks=[True, True])
    trello.advance(DAY)
    trello.put(id, checks=[True])
    told = stretches(system, id, days(trello, 2.5, 1.5, 0.5))
    assert [one.item.checks for one in told] == [None, (0, 1), (1, 1)]


def test_who_was_on_a_card_is_told_one_by_one(trello, system):
    id = trello.make("Work")
    trello.put(id, idMembers=[ME, PERSON])
    trello.advance(DAY)
    trello.put(id, idMembers=[ME])
    trello.advance(DAY)
    trello.put(id, idMembers=[])
    wanted = [Query("@okrbridge"), Query("@mei")]
    told = stretches(system, id, days(trello, 1.5, 0.5, 0), *wanted)
    assert [one.hits for one in told] == [set(wanted), {wanted[0]}, set()]


def test_values_are_told_field_by_field_and_on_the_board_that_a_card_came_from(trello):
    system = opened_on(trello, WORDS)
    id = trello.make("Work", on=trello.away)
    trello.value(id, "Points", number="3")
    trello.value(id, "Team", option="Growth")
    trello.advance(DAY)
    trello.move(id, trello.home)
    trello.value(id, "Team", option="核心")
    trello.advance(DAY)
    trello.value(id, "Points", number="5")
    trello.advance(DAY)
    trello.value(id, "Points", number="8")
    wanted = [FieldValue("Team", "Growth"), FieldValue("Team", "核心")]
    told = stretches(system, id, days(trello, 2.5, 1.5, 0.5, 0), *wanted)
    assert [(one.item.points, one.hits == {wanted[0]}, one.hits == {wanted[1]}) for one in told] == [
        (3, True, False), (None, False, True), (5, False, True), (8, False, True),
    ]  # fmt: skip


def test_odd_actions_are_told_as_such(trello, system):
    id = trello.make("Work")
    trello.edit(id, "Other")
    one = told_of(system, id)[id]
    replay = system.mapping.replay(system.connector.glossary(), ())
    with pytest.raises(MappingError, match=f"{trello.key(id)}: actions: cannot be read"):
        replay.stretches(one.raw, [{**one.changes[0], "data": {}}], days(trello, 0))
