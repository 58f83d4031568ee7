import threading
from contextvars import ContextVar

import pytest

from bridge.errors import Stopping
from connectors.parallel import parallel

RUN = ContextVar("RUN", default="none")


@pytest.mark.parametrize("count", [1, 8])
def test_every_call_knows_what_its_caller_knew(count):
    RUN.set("outer")
    found = parallel(lambda n: (RUN.get(), RUN.set(f"inner {n}")), range(count), 4)
    RUN.set("later")
    assert {run for run, _ in found} == {"outer"}
    assert RUN.get() == "later"


def test_a_wait_that_is_ended_by_stopping_comes_out_as_it_is_and_no_thread_stays():
    before = set(threading.enumerate())

    def wait(_):
        raise Stopping("the bridge is stopping")

    with pytest.raises(Stopping):
        list(parallel(wait, range(100), 4))
    assert set(threading.enumerate()) <= before


def test_whoever_takes_no_more_results_starts_no_more_calls():
    begun = []
    results = parallel(lambda n: begun.append(n) or n, range(1000), 3)
    next(results)
    results.close()
    assert len(begun) < 20


def test_one_call_at_a_time_makes_them_all():
    assert list(parallel(lambda n: n, iter(range(5)), 1)) == [0, 1, 2, 3, 4]
