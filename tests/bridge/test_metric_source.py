"""A metric's number from the items that its query hits."""

from __future__ import annotations

from dataclasses import replace
from decimal import Decimal

import pytest

from bridge.metric_source import reading_of
from bridge.model import MetricSource
from tests.bridge.rollup.making import item

ITEMS = [item("A", points=Decimal(3)), item("B", points=Decimal("0.5")), item("C"), None]
CASES = {
    "a count counts what is not mirrored too": ("count", "", ITEMS, 4),
    "a count of nothing": ("count", "", [], 0),
    "a sum over those that have a number": ("sum", "points", ITEMS, Decimal("3.5")),
    "a sum of nothing": ("sum", "points", [None], 0),
    "an average over those that have a number": ("avg", "points", ITEMS, Decimal("1.75")),
    "an average has nothing to go by": ("avg", "points", [None], None),
    "an unknown field": ("avg", "Value", ITEMS, None),
    "never read": ("count", "", None, None),
}


@pytest.mark.parametrize(("aggregate", "field", "hits", "wanted"), CASES.values(), ids=CASES)
def test_reading(aggregate: str, field: str, hits: object, wanted: object) -> None:
    source = MetricSource("acme", "labels = x", aggregate, field)
    assert reading_of(source, hits) == wanted  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("field", "name"), [("time", "estimate_seconds"), ("spent", "spent_seconds"), ("points", "points")]
)
def test_built_in_fields(field: str, name: str) -> None:
    source = MetricSource("acme", "labels = x", "sum", field)
    assert reading_of(source, [replace(item("A"), **{name: Decimal(60)})]) == 60


def test_a_named_number_field() -> None:
    source = MetricSource("acme", "labels = x", "sum", "Value")
    assert reading_of(source, [item("A", numbers=(("Value", Decimal(7)),))]) == 7
