"""What numbers were made of is kept by digest, each piece once."""

from __future__ import annotations

import pytest
import sqlalchemy as sa

from bridge.store import Store
from bridge.store.tables import INPUTS, ITEM_STATES


def test_a_piece_comes_back_as_it_was(store: Store) -> None:
    store.inputs.keep({"s1": '{"id":"1"}'}, {"d1": '["s1"]', "d2": "null"})
    assert store.inputs.states(["s1", "s2"]) == {"s1": {"id": "1"}}
    assert store.inputs.documents(["d2", "d1", "d1"]) == {"d1": ["s1"], "d2": None}
    assert store.inputs.known(["d1", "d3"]) == {"d1"}


def test_a_piece_that_is_there_is_left_as_it_is(store: Store) -> None:
    store.inputs.keep({"s1": "1"}, {"d1": "1"})
    store.inputs.keep({"s1": "2", "s2": "2"}, {"d1": "2"})
    assert store.inputs.states(["s1", "s2"]) == {"s1": 1, "s2": 2}
    assert store.inputs.documents(["d1"]) == {"d1": 1}


@pytest.mark.parametrize("many", [0, 1, 499, 500, 1_201])
def test_any_number_of_pieces_is_kept_and_found(store: Store, many: int) -> None:
    states = {f"s{number}": str(number) for number in range(many)}
    store.inputs.keep(states, {})
    assert store.inputs.states(list(states)) == {name: int(text) for name, text in states.items()}
    with store.database.read() as connection:
        assert connection.scalar(sa.select(sa.func.count()).select_from(ITEM_STATES)) == many
        assert connection.scalar(sa.select(sa.func.count()).select_from(INPUTS)) == 0
