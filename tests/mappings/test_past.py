from datetime import UTC, datetime, timedelta

from hypothesis import given, settings
from hypothesis import strategies as st

from bridge.model import Stretch
from mappings.past import rewind

START = datetime(2026, 10, 1, tzinfo=UTC)
ENDS = [START + timedelta(hours=24 * n + 23) for n in range(6)]


def walk(steps, born=None, ends=ENDS):
    """(day, how many steps were taken by then, the last one) of each stretch; None: it was not there."""
    taken = list(steps)
    at = [(START + timedelta(hours=hour), hour) for hour in steps]
    found: list[tuple] = []

    def stand(place, changed):
        found.append((place, len(taken), changed))
        return Stretch(place, None)

    stretches = rewind(at, ends, born, stand, lambda _: taken.pop())
    told = {place: (count, changed) for place, count, changed in found}
    return [(one.first, *told.get(one.first, ())) for one in stretches]


def hours(number):
    return START + timedelta(hours=number)


def test_without_a_step_there_is_one_stretch():
    assert walk([]) == [(0, 0, None)]
    assert walk([], ends=[]) == []


def test_a_step_at_the_very_end_of_a_day_is_of_that_day():
    assert walk([47]) == [(0, 0, None), (1, 1, hours(47))]


def test_steps_of_one_day_are_one_stretch():
    assert walk([25, 26, 47, 48]) == [(0, 0, None), (1, 3, hours(47)), (2, 4, hours(48))]


def test_before_it_was_born_it_was_not_there():
    born = hours(30)
    assert walk([20, 26, 50], born) == [(0,), (1, 2, hours(26)), (2, 3, hours(50))]
    assert walk([200], hours(190)) == [(0,)]


@given(st.lists(st.integers(0, 160)).map(sorted), st.none() | st.integers(0, 160))
@settings(deadline=None, max_examples=200)
def test_every_end_stands_on_the_steps_before_it(steps, born):
    found = walk(steps, None if born is None else hours(born))
    for place, end in enumerate(ENDS):
        [held] = [one for one in found if one[0] <= place][-1:]
        if born is not None and end < hours(born):
            assert held == (0,)
        else:
            assert held[1] == sum(hours(hour) <= end for hour in steps)
    assert [one[0] for one in found] == sorted({one[0] for one in found})
