"""Signals leave word and no more; whoever sleeps is woken by it."""

from __future__ import annotations

import signal
import threading
import time

import pytest

from bridge.daemon.stop import Stop
from bridge.errors import Stopping

SIGNALS = (signal.SIGTERM, signal.SIGINT, signal.SIGHUP)


@pytest.fixture
def stop():
    made = Stop()
    with made.listening():
        yield made


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT], ids=lambda one: one.name)
def test_a_signal_asks_for_the_end_and_interrupts_nothing(stop, number):
    assert not stop.asked()
    signal.raise_signal(number)
    assert stop.asked()
    signal.raise_signal(signal.SIGTERM)


def test_a_second_ctrl_c_ends_it_at_once(stop):
    signal.raise_signal(signal.SIGINT)
    with pytest.raises(KeyboardInterrupt):
        signal.raise_signal(signal.SIGINT)


def test_hangup_asks_for_the_files_once_and_not_for_the_end(stop):
    assert not stop.take_load_anew()
    signal.raise_signal(signal.SIGHUP)
    signal.raise_signal(signal.SIGHUP)
    assert not stop.asked()
    assert stop.take_load_anew()
    assert not stop.take_load_anew()


def test_handlers_take_no_lock(stop):
    """A handler that runs in the middle of a sleep, or of itself, waits for nobody."""
    before = threading.active_count()
    for _ in range(100):
        signal.raise_signal(signal.SIGHUP)
        signal.raise_signal(signal.SIGTERM)
    assert threading.active_count() == before


def interrupted() -> None:
    with Stop().listening():
        for _ in range(2):
            signal.raise_signal(signal.SIGINT)


def test_others_handlers_are_put_back_whatever_happens():
    before = [signal.getsignal(number) for number in SIGNALS]
    with Stop().listening():
        assert [signal.getsignal(number) for number in SIGNALS] != before
    with pytest.raises(KeyboardInterrupt):
        interrupted()
    assert [signal.getsignal(number) for number in SIGNALS] == before


def test_sleep_lets_the_time_pass():
    began = time.monotonic()
    Stop().sleep(0.01)
    assert time.monotonic() - began >= 0.01


def test_sleep_ends_soon_after_the_process_is_asked_to_end():
    stop = Stop()
    asked = threading.Timer(0.05, stop.ask)
    asked.start()
    began = time.monotonic()
    with pytest.raises(Stopping):
        stop.sleep(60)
    assert time.monotonic() - began < 5
    asked.join()


@pytest.mark.parametrize("seconds", [0, 60])
def test_who_is_asked_to_end_does_not_sleep_at_all(seconds):
    stop = Stop()
    stop.ask()
    with pytest.raises(Stopping):
        stop.sleep(seconds)
