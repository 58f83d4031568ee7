import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from connectors.pace import CALM, MOST, WRITES, Pacer


class Desk:
    def __init__(self):
        self.now = 0.0
        self.pacer = Pacer(lambda: self.now)

    def start(self, *keys, item=None):
        """Wait as long as it takes; when it started."""
        while wait := self.pacer.admit(*keys, item=item)[0]:
            self.now += wait
        return self.now


@pytest.fixture
def desk():
    return Desk()


def test_a_hold_is_for_its_own_key_and_the_longest_counts(desk):
    desk.pacer.hold("a", 10)
    desk.pacer.hold("a", 3)
    assert desk.pacer.admit("b") == (0, "")
    assert desk.pacer.admit("b", "a") == (10, "a")
    assert (desk.pacer.held("a"), desk.pacer.held("b")) == (10, 0)
    assert desk.start("a") == 10


def test_after_a_hold_starts_are_apart_until_a_calm_minute_has_passed(desk):
    desk.pacer.hold("a", 1)
    assert [desk.start("a") for _ in range(3)] == pytest.approx([1, 1.02, 1.04])
    desk.now = 1 + CALM + 0.1
    assert desk.start("a") == desk.start("a") == desk.now


def test_each_hold_doubles_the_distance_up_to_a_second(desk):
    for _ in range(10):
        desk.pacer.hold("a", 1)
    first = desk.start("a")
    assert desk.start("a") - first == pytest.approx(1)


def test_an_item_that_is_parked_is_not_paced_afterwards(desk):
    desk.pacer.hold("i", 5, spread=False)
    assert desk.start("a", "i", item="i") == desk.start("a", "i", item="i") == 5


def test_what_is_slowed_starts_so_far_apart_and_not_further_when_asked_again(desk):
    desk.pacer.slow("a", 0.8)
    assert desk.start("a") == pytest.approx(0.4)
    desk.pacer.slow("a", 3)
    assert desk.start("a") == pytest.approx(1.2)
    desk.now = 30
    assert desk.start("a") == desk.start("a") == 30


def test_slowing_never_shortens_a_hold(desk):
    desk.pacer.hold("a", 100)
    desk.pacer.slow("a", 0.1)
    desk.now = 50
    desk.pacer.slow("a", 0.1)
    assert desk.start("a") == 100


def test_a_call_that_takes_minutes_is_not_slowed_by_minutes(desk):
    desk.pacer.slow("a", 300)
    assert desk.start("a") == 5


def test_what_no_longer_matters_is_forgotten(desk):
    for number in range(3 * MOST):
        desk.now += 0.2
        desk.pacer.hold(f"item {number}", 1, spread=False)
        desk.start("a", item=f"item {number}")
    assert len(desk.pacer._gates) <= MOST + 1
    assert len(desk.pacer._windows) <= MOST + 1


KEYS = ("a", "b", "i", "j")
EVENTS = st.lists(
    st.one_of(
        st.tuples(st.just("pass"), st.floats(0, 20)),
        st.tuples(st.just("hold"), st.sampled_from(KEYS), st.floats(0, 50)),
        st.tuples(st.just("slow"), st.sampled_from(KEYS), st.floats(0, 50)),
        st.tuples(st.just("start"), st.sampled_from(("a", "b")), st.sampled_from((None, "i", "j"))),
    ),
    max_size=80,
)


@settings(deadline=None, max_examples=150)
@given(EVENTS)
def test_in_any_order_nothing_starts_before_its_time_and_everything_starts_once(events):
    desk, until, starts = Desk(), dict.fromkeys(KEYS, 0.0), {"i": [], "j": []}
    for event in events:
        match event:
            case ("pass", seconds):
                desk.now += seconds
            case ("hold", key, seconds):
                desk.pacer.hold(key, seconds)
                until[key] = max(until[key], desk.now + seconds)
            case ("slow", key, gap):
                desk.pacer.slow(key, gap)
            case ("start", key, item):
                keys = [key, item] if item else [key]
                due = max(until[k] for k in keys)
                started = desk.start(*keys, item=item)
                assert started >= due
                starts.get(item, []).append(started)
    for times in starts.values():
        for most, span in WRITES:
            assert all(late - early >= span for early, late in zip(times, times[most:], strict=False))
