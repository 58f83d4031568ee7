"""Whatever stands in the two files, the answer is settings or ConfigError, and no value is repeated."""

from __future__ import annotations

from datetime import UTC, date, datetime, time
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bridge.config import validated
from bridge.config.reading import read
from bridge.errors import ConfigError
from bridge.model import Okrs
from bridge.okrs import document, from_data, from_document

ROOT = Path(__file__).resolve().parents[3]
PLANTED = "hunter2-planted"
CONFIG = read(ROOT / "config.example.toml")
OKRS = read(ROOT / "okrs.example.toml")

junk = st.recursive(
    st.one_of(
        st.just(PLANTED),
        st.just(f"https://u:{PLANTED}@[host"),
        st.sampled_from([True, False, 0, -1, 10**400, "", " ", "O1", "O2", "acme", "env:", "off"]),
        st.sampled_from([Decimal("NaN"), Decimal("-Infinity"), Decimal("1e-400"), Decimal("0.5")]),
        st.sampled_from([date(1, 1, 1), datetime(2026, 1, 1, tzinfo=UTC), time(1)]),
        st.text(max_size=5),
    ),
    lambda inner: (
        st.lists(inner, max_size=2).map(tuple)
        | st.dictionaries(st.sampled_from(["id", "title", "keys", "tool", "weight", "x"]), inner, max_size=2)
    ),
    max_leaves=4,
)


def places(data: Any, at: tuple[Any, ...] = ()) -> list[tuple[Any, ...]]:
    steps = data.items() if isinstance(data, dict) else enumerate(data) if isinstance(data, tuple) else ()
    return [at, *(place for step, inner in steps for place in places(inner, (*at, step)))]


def put(data: Any, place: tuple[Any, ...], value: Any) -> Any:
    if not place:
        return value
    step, *rest = place
    if isinstance(data, dict):
        return {**data, step: put(data.get(step), tuple(rest), value)}
    if isinstance(data, tuple) and isinstance(step, int) and step < len(data):
        return (*data[:step], put(data[step], tuple(rest), value), *data[step + 1 :])
    return value


def spoiled(data: Any) -> st.SearchStrategy[Any]:
    inner = [place for place in places(data) if place]
    additions = [(*place, "new") for place in inner]
    spots = st.lists(st.tuples(st.sampled_from([*inner, *additions]), junk), min_size=1, max_size=4)
    return spots.map(lambda changes: _all_put(data, changes))


def _all_put(data: Any, changes: list[tuple[tuple[Any, ...], Any]]) -> Any:
    for place, value in changes:
        data = put(data, place, value)
    return data


def refused(error: ConfigError) -> None:
    assert PLANTED not in f"{error} {error.problems}"
    assert error.problems
    for problem in error.problems:
        assert problem.message
        assert "\n" not in problem.place + problem.message + problem.hint


def check_config(data: Any) -> None:
    try:
        found = validated(data, ROOT / "config.example.toml", {})
    except ConfigError as error:
        refused(error)
    else:
        assert found.model_dump_json()


def check_okrs(data: Any) -> None:
    try:
        found = from_data([("okrs.toml", data)], ["acme"])
    except ConfigError as error:
        refused_okrs(error)
    else:
        assert isinstance(found, Okrs)
        assert from_document(document(found)) == found


def refused_okrs(error: ConfigError) -> None:
    """Ids and titles name what is wrong, so they alone may be repeated."""
    assert error.problems
    for problem in error.problems:
        assert "\n" not in problem.place + problem.message + problem.hint


@settings(deadline=None, max_examples=150)
@given(spoiled(CONFIG))
def test_a_spoiled_configuration_is_refused_or_means_something(data):
    check_config(data)


@settings(deadline=None, max_examples=150)
@given(spoiled(OKRS))
def test_spoiled_okrs_are_refused_or_mean_something(data):
    check_okrs(data)


@pytest.mark.prove
@settings(deadline=None, max_examples=3000)
@given(spoiled(CONFIG))
def test_no_spoiled_configuration_is_a_crash(data):
    check_config(data)


@pytest.mark.prove
@settings(deadline=None, max_examples=3000)
@given(spoiled(OKRS))
def test_no_spoiled_okrs_are_a_crash(data):
    check_okrs(data)
