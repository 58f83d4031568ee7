"""What a process says of itself: whether it lives, whether it does its work, and why not."""

from __future__ import annotations

import threading

import pytest

from tests.bridge.daemon.house import NOON, House, report


def test_a_process_lives_while_its_loop_turns():
    house = House()
    house.seconds = 120
    assert house.health.alive()
    house.seconds = 121
    assert not house.health.alive()
    house.health.turned()
    assert house.health.alive()


def test_a_long_run_is_no_stuck_loop_and_an_endless_one_is():
    house = House()
    house.health.began()
    house.seconds = 7200
    assert house.health.alive()
    house.seconds = 7201
    assert not house.health.alive()


@pytest.mark.parametrize("ends", ["with a report", "without one"])
def test_after_a_run_the_loop_is_to_turn_again(ends):
    house = House()
    house.health.began()
    house.seconds = 3000
    if ends == "with a report":
        house.health.ran(report(), "sync", {})
    else:
        house.health.broke("sync", "failed", "the database is gone")
    house.seconds = 3120
    assert house.health.alive()
    house.seconds = 3121
    assert not house.health.alive()


REASONS = {
    "nothing wrong": (str, ()),
    "standing by": (lambda health: health.standby(True), ("standing by",)),
    "a broken file": (lambda health: health.configuration("okrs.toml: no title"), ("okrs.toml: no title",)),
    "no database": (lambda health: health.store_trouble("locked"), ("database: locked",)),
    "mended": (lambda health: (health.store_trouble("locked"), health.store_trouble("")), ()),
    "all at once": (
        lambda health: (health.standby(True), health.store_trouble("locked"), health.configuration("x")),
        ("standing by", "database: locked", "configuration not taken: x"),
    ),
}


@pytest.mark.parametrize(("happens", "reasons"), REASONS.values(), ids=REASONS)
def test_why_it_is_not_ready(happens, reasons):
    health = House().health
    happens(health)
    assert len(health.ready()) == len(reasons)
    assert all(part in told for part, told in zip(reasons, health.ready(), strict=True))


def test_a_stuck_loop_is_not_ready_either():
    house = House()
    house.seconds = 500
    assert house.health.ready() == ("the main loop has not turned lately",)


def test_a_process_stands_by_until_it_is_told():
    house = House()
    fresh = type(house.health)(house.clock)
    assert not fresh.active
    fresh.standby(False)
    assert fresh.active


def test_a_process_whose_lease_is_lost_says_at_once_that_it_leads_no_more():
    fresh = House().health
    there = [True]
    fresh.standby(False, lambda: there[0])
    assert fresh.active
    there[0] = False
    assert not fresh.active
    assert not fresh.as_json()["active"]
    assert any("standing by" in reason for reason in fresh.ready())


def test_what_is_known_as_data():
    house = House()
    house.health.good({"acme": NOON, "new": None})
    house.health.ran(report("partial"), "sweep", {"acme": NOON})
    told = house.health.as_json()
    assert told["last_run"] == {
        "kind": "sweep",
        "outcome": "partial",
        "started": NOON.isoformat(),
        "seconds": 1.5,
        "message": "",
    }
    assert told["last_good"] == {"acme": NOON.isoformat()}
    assert told["active"]
    assert told["alive"]
    assert told["not_ready"] == []


def test_threads_do_not_overwrite_each_other():
    health = House().health

    def turn() -> None:
        for _ in range(2_000):
            health.turned()

    turning = threading.Thread(target=turn)
    turning.start()
    lost = 0
    for number in range(2_000):
        health.store_trouble(str(number))
        lost += health.known.store != str(number)
    turning.join()
    assert lost == 0
