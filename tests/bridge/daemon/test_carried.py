"""Counters go on when what they count begins anew."""

from __future__ import annotations

from hypothesis import given, settings
from hypothesis import strategies as st

from bridge.daemon.carried import Carried
from connectors.base import Traffic


def traffic(ok: int, failed: int = 0) -> Traffic:
    requests = {name: count for name, count in {"ok": ok, "429": failed}.items() if count}
    return Traffic(requests, 100 * ok, 2.0 * failed)


def test_what_is_open_is_told_as_it_counts():
    carried = Carried()
    assert carried.totals({"acme": traffic(3)})["acme"].requests == {"ok": 3}
    assert carried.totals({"acme": traffic(5, 1)})["acme"].throttled == 2.0


def test_a_connection_opened_anew_counts_on():
    carried = Carried()
    carried.totals({"acme": traffic(50, 2)})
    total = carried.totals({"acme": traffic(3)})["acme"]
    assert (total.requests, total.bytes, total.throttled) == ({"ok": 53, "429": 2}, 5300, 4.0)
    assert carried.totals({"acme": traffic(4)})["acme"].requests == {"ok": 54, "429": 2}


def test_what_was_counted_between_the_last_look_and_the_end_is_not_lost():
    carried = Carried()
    carried.totals({"acme": traffic(50)})
    carried.retire("acme", traffic(60))
    assert carried.totals({})["acme"].requests == {"ok": 60}
    assert carried.totals({"acme": traffic(70)})["acme"].requests == {"ok": 130}


def test_a_kind_that_is_gone_is_a_new_beginning():
    carried = Carried()
    carried.totals({"acme": traffic(1, 1)})
    assert carried.totals({"acme": traffic(9)})["acme"].requests == {"ok": 10, "429": 1}


def test_a_connection_that_is_closed_keeps_its_figures():
    carried = Carried()
    carried.totals({"acme": traffic(5), "other": traffic(1)})
    assert carried.totals({"other": traffic(2)})["acme"].requests == {"ok": 5}


STEPS = st.lists(st.tuples(st.integers(0, 5), st.integers(0, 2), st.booleans(), st.booleans()), max_size=30)


@given(STEPS)
@settings(deadline=None, max_examples=100)
def test_with_every_end_told_nothing_is_lost_and_nothing_ever_falls(steps):
    carried, ok, failed, all_ok, last = Carried(), 0, 0, 0, 0
    for more_ok, more_failed, looked, ends in steps:
        ok, failed, all_ok = ok + more_ok, failed + more_failed, all_ok + more_ok
        if looked:
            told = carried.totals({"acme": traffic(ok, failed)})["acme"].requests.get("ok", 0)
            assert told == all_ok >= last
            last = told
        if ends:
            carried.retire("acme", traffic(ok, failed))
            ok = failed = 0
    assert carried.totals({"acme": traffic(ok, failed)})["acme"].requests.get("ok", 0) == all_ok
