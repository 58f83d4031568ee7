"""A line of progress in a few letters."""

from __future__ import annotations

import pytest

from bridge.charts.spark import spark
from tests.bridge.days import day, on

CASES = {
    "from nothing to all": ([day(0, "0"), day(1, "1/2"), day(2, "1")], "▁▅█"),
    "nearly is not all, and something is not nothing": ([day(0, "1/100"), day(1, "99/100")], "▂▇ "),
    "no value is a gap and never nothing done": ([day(0, "1/2"), day(1, None), day(2, "1/2")], "▅ ▅"),
    "nothing told": ([], "   "),
}


@pytest.mark.parametrize(("days", "wanted"), CASES.values(), ids=CASES)
def test_a_letter_for_each_day(days, wanted):
    assert spark(days, on(0), on(2)) == wanted


def test_many_days_are_told_by_the_last_of_each_part():
    days = [day(at, "0" if at % 10 < 9 else "1") for at in range(100)]
    assert spark(days, on(0), on(99), width=10) == "█" * 10
