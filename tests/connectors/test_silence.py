import threading

import pytest

from connectors.silence import Silence


class Desk:
    def __init__(self):
        self.now = 0.0
        self.silence = Silence(lambda: self.now)

    def miss(self, calls=1):
        for _ in range(calls):
            assert self.silence.enter() == 0
            self.silence.missed()
            self.silence.given_up()


@pytest.fixture
def desk():
    return Desk()


def test_three_calls_without_an_answer_stop_all_calls_for_a_while(desk):
    desk.miss(2)
    assert desk.silence.left() == 0
    desk.miss()
    assert (desk.silence.left(), desk.silence.enter(), desk.silence.calls) == (30, 30, 3)
    desk.now = 29
    assert desk.silence.left() == 1


def test_then_one_call_tries_and_the_others_wait_for_what_it_comes_to(desk):
    desk.miss(3)
    desk.now = 30
    assert desk.silence.enter() == 0
    assert desk.silence.enter() == desk.silence.left() == 30


def test_each_trial_that_is_not_answered_doubles_the_while_up_to_five_minutes(desk):
    desk.miss(3)
    spans = []
    for _ in range(6):
        desk.now += desk.silence.left()
        desk.miss()
        spans.append(desk.silence.left())
    assert spans == [60, 120, 240, 300, 300, 300]
    assert desk.silence.calls == 9


def test_any_answer_ends_it(desk):
    desk.miss(3)
    desk.now = 30
    desk.silence.enter()
    desk.silence.answered()
    assert desk.silence.left() == 0
    desk.miss(2)
    assert desk.silence.left() == 0


def test_answers_between_keep_it_from_starting(desk):
    for _ in range(5):
        desk.miss(2)
        desk.silence.answered()
    assert desk.silence.left() == 0


def test_a_trial_that_says_nothing_leaves_the_next_call_to_try(desk):
    desk.miss(3)
    desk.now = 30
    desk.silence.enter()
    desk.silence.abandoned()
    assert desk.silence.enter() == 0


def test_a_call_from_before_does_not_speak_for_the_trial(desk):
    desk.miss(3)
    desk.now = 30
    desk.silence.enter()
    late = threading.Thread(target=desk.silence.missed)
    late.start()
    late.join()
    assert desk.silence.left() == 30
    desk.silence.missed()
    assert desk.silence.left() == 60
