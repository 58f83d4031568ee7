import threading
import time
from contextlib import ExitStack

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from connectors.limiter import Limiter


def until(condition):
    for _ in range(1_000_000):
        if condition():
            return
        time.sleep(0)
    raise AssertionError("it never came to that")


def held(stack, limiter, count=1):
    return [stack.enter_context(limiter.turn()) for _ in range(count)]


def wanting(limiter, started, number):
    """A thread that takes a turn and gives it back when it is told to."""
    leave = threading.Event()

    def take():
        with limiter.turn():
            started.append(number)
            leave.wait()

    thread = threading.Thread(target=take, daemon=True)
    thread.start()
    return leave, thread


def test_no_more_are_let_in_than_there_are_turns_and_who_came_first_goes_first():
    limiter, started, threads = Limiter(2), [], []
    for number in range(5):
        threads.append(wanting(limiter, started, number))
        until(lambda n=number: len(started) + limiter.waiting == n + 1)
    assert (started, limiter.busy, limiter.waiting) == ([0, 1], 2, 3)
    for gone, (leave, thread) in enumerate(threads):
        leave.set()
        thread.join()
        until(lambda n=gone: len(started) == min(n + 3, 5))
        assert limiter.busy <= 2
    assert started == [0, 1, 2, 3, 4]
    assert limiter.busy == 0


def test_trouble_halves_the_width_once_for_all_that_were_in_flight():
    limiter = Limiter(10)
    with ExitStack() as stack:
        for turn in held(stack, limiter, 10):
            limiter.trouble(turn)
        assert limiter.width == 5
    for width in (2, 1, 1):
        with limiter.turn() as turn:
            limiter.trouble(turn)
        assert limiter.width == width


def test_after_trouble_nobody_is_let_in_before_enough_have_left():
    limiter, started = Limiter(4), []
    with ExitStack() as stack:
        turns = held(stack, limiter, 4)
        limiter.trouble(turns[0])
        leave, thread = wanting(limiter, started, 1)
        until(lambda: limiter.waiting == 1)
        stack.close()
    until(lambda: started == [1])
    leave.set()
    thread.join()


def test_a_calm_round_makes_it_one_wider_up_to_the_most():
    limiter = Limiter(4)
    with limiter.turn() as turn:
        limiter.trouble(turn)
    widths = []
    for _ in range(9):
        with limiter.turn() as turn:
            limiter.calm(turn)
        widths.append(limiter.width)
    assert widths == [2, 3, 3, 3, 4, 4, 4, 4, 4]


def test_a_calm_answer_to_a_request_from_before_the_trouble_says_nothing():
    limiter = Limiter(2)
    with ExitStack() as stack:
        early, late = held(stack, limiter, 2)
        limiter.trouble(early)
        limiter.calm(late)
    assert limiter.width == 1


def test_an_error_gives_the_turn_back():
    limiter = Limiter(1)
    for _ in range(3):
        with pytest.raises(OSError, match="gone"), limiter.turn():
            raise OSError("gone")
    assert limiter.busy == 0


@pytest.mark.parametrize("called", [False, True], ids=["still in line", "called at that moment"])
def test_who_is_interrupted_in_line_leaves_no_turn_behind(monkeypatch, called):
    limiter = Limiter(1)

    class Interrupted(threading.Event):
        def wait(self, timeout=None):
            if called:
                limiter._leave()
            raise KeyboardInterrupt

    monkeypatch.setattr(threading, "Event", Interrupted)
    with limiter.turn():
        with pytest.raises(KeyboardInterrupt), limiter.turn():
            raise AssertionError("nobody is let in")
        limiter._busy += called
    assert (limiter.busy, limiter.waiting) == (0, 0)


@settings(deadline=None, max_examples=100)
@given(st.integers(1, 8), st.lists(st.sampled_from(["enter", "leave", "trouble", "calm"]), max_size=60))
def test_whatever_happens_one_is_let_in_and_never_more_than_the_most(most, steps):
    limiter, out = Limiter(most), []
    for step in steps:
        if step == "enter" and limiter.busy < limiter.width:
            turn = limiter.turn()
            out.append((turn, turn.__enter__()))
        elif step == "leave" and out:
            out.pop(0)[0].__exit__(None, None, None)
        elif out and step in ("trouble", "calm"):
            getattr(limiter, step)(out[-1][1])
        assert 1 <= limiter.width <= most
        assert limiter.busy == len(out) <= most
