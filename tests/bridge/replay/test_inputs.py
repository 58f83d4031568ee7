"""What a number was made of is kept in pieces, and makes the number again."""

from __future__ import annotations

import json
from dataclasses import replace
from decimal import Decimal
from fractions import Fraction
from typing import Any

import pytest

from bridge.model import BaselineEntry, Category, KeyResult, Kind, RollupRules, Standing, WorkItem
from bridge.movement.situation import Situation, value_of
from bridge.replay.inputs import (
    Known,
    Packer,
    Pieces,
    deciding,
    fingerprint,
    fingerprint_of,
    situation_of,
    unpacked,
    wanted,
)
from bridge.rollup import roll_up
from tests.bridge.judging import at_day, checkin, work_kr
from tests.stores import item

KR = work_kr()
FROZEN = replace(KR, rollup=RollupRules(scope="frozen"))
BY_STATUS = replace(KR, rollup=RollupRules(value="status"))
ITEMS = [item(number, category=Category.DONE if number < 4 else Category.TODO) for number in range(10)]
WEIGHTS = {"acme": {"todo": Decimal("0.5"), "done": Decimal(1)}, "other": {"todo": Decimal(1)}}


def standing(kr: KeyResult = KR, items: list[WorkItem] | None = None, **rules: Any) -> Standing:
    work = roll_up(items if items is not None else ITEMS, kr.rollup, **rules)
    return Standing(kr=kr, objective="O1", progress=work.value, computed=work.value, work=work)


def again(made_of: Situation) -> Situation:
    """Through its pieces and back."""
    pieces = Pieces()
    Packer().add(pieces, "d", made_of, "the key result")
    document = json.loads(pieces.documents["d"])
    more = {digest: json.loads(pieces.documents[digest]) for digest in wanted(document)}
    states = {digest: json.loads(text) for digest, text in pieces.states.items()}
    return unpacked(document, more, states, made_of.kr)


def test_the_value_comes_back_from_its_pieces() -> None:
    made_of = situation_of(standing(), {}, Known())
    assert value_of(made_of) == value_of(again(made_of)) == Fraction(2, 5)


def test_each_item_comes_back_with_the_links_that_brought_it() -> None:
    brought = {one.ref: (0, 3) for one in ITEMS[:5]}
    links = again(situation_of(standing(), brought, Known())).links
    assert links[ITEMS[0].ref] == {KR.links[0], KR.links[3]}
    assert links[ITEMS[9].ref] == frozenset()


def test_a_frozen_scope_is_kept_as_it_was_known_or_first_seen() -> None:
    baseline = {one.ref: BaselineEntry(Fraction(1), False) for one in ITEMS[:4]}
    known = situation_of(standing(FROZEN, baseline=baseline), {}, Known(baseline=baseline))
    assert again(known).baseline == baseline
    assert value_of(again(known)) == 1
    first = situation_of(standing(FROZEN), {}, Known())
    assert set(again(first).baseline or {}) == {one.ref for one in ITEMS}
    assert situation_of(standing(), {}, Known(baseline=baseline)).baseline is None


def test_weights_of_the_settings_are_kept_where_they_decide() -> None:
    made_of = situation_of(standing(BY_STATUS, status_weights=WEIGHTS), {}, Known(weights=WEIGHTS))
    assert again(made_of).status_weights == {"acme": WEIGHTS["acme"]}
    assert value_of(again(made_of)) == Fraction(7, 10)
    assert situation_of(standing(), {}, Known(weights=WEIGHTS)).status_weights == {}


def test_what_people_said_is_kept_as_far_as_it_decides() -> None:
    kr = KeyResult(id="KR1", title="", kind=Kind.LEARNING)
    said = (checkin(at_day(1), "0.2", note="secret"), checkin(at_day(2)), checkin(at_day(3), "0.30"))
    blank = Standing(kr=kr, objective="O1", progress=None)
    made_of = again(situation_of(blank, {}, Known(said=said)))
    assert value_of(made_of) == Fraction(3, 10)
    assert [one.note for one in made_of.checkins] == [""]


CHANGES: dict[str, tuple[Standing, Known]] = {
    "an item done": (standing(items=[replace(ITEMS[9], category=Category.DONE), *ITEMS[:9]]), Known()),
    "an item more": (standing(items=[*ITEMS, item(11)]), Known()),
    "another definition of done": (standing(replace(KR, rollup=RollupRules(mode="leaf"))), Known()),
    "a report": (standing(), Known(said=(checkin(at_day(1), "0.2"),))),
    "a weight": (standing(BY_STATUS, status_weights=WEIGHTS), Known(weights=WEIGHTS)),
}


def digest(one: Standing, known: Known) -> str:
    return fingerprint(one, known, repr(deciding(one.kr)))


@pytest.mark.parametrize(("one", "known"), CHANGES.values(), ids=CHANGES)
def test_whatever_decides_changes_the_digest(one: Standing, known: Known) -> None:
    assert digest(one, known) != digest(standing(), Known())


def test_what_decides_nothing_leaves_the_digest() -> None:
    before = digest(standing(), Known())
    titled = [replace(one, title="Another", owner="me") for one in reversed(ITEMS)]
    assert digest(standing(items=titled), Known()) == before
    renamed = replace(KR, title="Another", weight=Decimal(7), owner="me", url="https://x.example")
    assert digest(standing(renamed), Known(said=(checkin(at_day(1), note="fine"),))) == before


@pytest.mark.parametrize("kr", [KR, FROZEN, BY_STATUS], ids=["plain", "frozen", "by status"])
def test_the_digest_can_be_made_again_from_what_is_kept(kr: KeyResult) -> None:
    known = Known(said=(checkin(at_day(1), "0.20"),), weights=WEIGHTS)
    one = standing(kr, status_weights=WEIGHTS)
    text = repr(deciding(kr))
    assert fingerprint_of(again(situation_of(one, {}, known)), text) == fingerprint(one, known, text)


def test_a_change_of_one_item_makes_few_pieces_new() -> None:
    many = [item(number) for number in range(2_000)]
    before, after, packer = Pieces(), Pieces(), Packer()
    packer.add(before, "a", situation_of(standing(items=many), {}, Known()), "")
    many[7] = replace(many[7], category=Category.DONE)
    packer.add(after, "b", situation_of(standing(items=many), {}, Known()), "")
    assert len(after.states.keys() - before.states.keys()) == 1
    new = after.documents.keys() - before.documents.keys()
    assert len(new) == 2
    assert sum(len(after.documents[one]) for one in new) < 8_000
