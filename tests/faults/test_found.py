"""What the machine has found, each as short as it goes."""

from __future__ import annotations

from datetime import timedelta
from pathlib import Path

import pytest

from bridge.sync import Orders
from tests.faults import judges
from tests.faults.company import FIELDS
from tests.faults.machine import Machine

FACES = pytest.mark.parametrize("seed", [2, 1], ids=["cloud", "datacenter"])
MINUTE = 60.0


@FACES
def test_a_persons_value_that_the_index_does_not_tell_yet_is_not_overwritten(
    seed: int, tmp_path: Path
) -> None:
    with Machine(seed, tmp_path).stage() as machine:
        company = machine.company
        machine.sync(Orders(full=True))
        machine.pass_(20 * MINUTE)
        machine.sync(Orders())
        machine.pass_(20 * MINUTE)
        company.turn()
        machine.pass_(5 * MINUTE)
        machine.jira.lag(240)
        item = company.epics[0]
        machine.jira.edit(item, {FIELDS["progress"]: 7.25})
        machine.sync(Orders())
        assert machine.jira.value(item, FIELDS["progress"]) == 7.25


@FACES
def test_what_a_person_set_before_the_first_run_stays_a_persons(seed: int, tmp_path: Path) -> None:
    with Machine(seed, tmp_path).stage() as machine:
        company = machine.company
        item = company.epics[0]
        machine.jira.edit(item, {FIELDS["status"]: "by hand"})
        machine.sync(Orders())
        company.turn()
        machine.sync(Orders(look=frozenset({"acme"})))
        assert machine.jira.value(item, FIELDS["status"]) == "by hand"


@FACES
@pytest.mark.parametrize("operation", ["getFields", "getAllBoards"])
def test_what_a_site_tells_a_visitor_is_not_what_it_is_like(
    seed: int, operation: str, tmp_path: Path
) -> None:
    with Machine(seed, tmp_path).stage() as machine:
        machine.sandbox.faults.on(operation).anonymous()
        machine.sync(Orders())
        assert judges.figures_shown(machine.company) == {}
        machine.pass_(MINUTE)
        report = machine.sync(Orders())
        assert report is not None
        assert report.outcome == "done"


@pytest.mark.parametrize(
    ("seed", "operation"), [(2, "getCommentsByIds"), (1, "getCommentProperty")], ids=["cloud", "datacenter"]
)
def test_comments_that_a_visitor_is_not_shown_are_not_made_again(
    seed: int, operation: str, tmp_path: Path
) -> None:
    with Machine(seed, tmp_path).stage() as machine:
        machine.sync(Orders())
        machine.company.turn()
        machine.sandbox.faults.on(operation, times=99).anonymous()
        machine.sync(Orders(full=True))
        machine.sandbox.faults.clear()
        assert judges.wrongs(machine.company) == []


@FACES
def test_a_write_that_arrived_and_was_lost_sight_of_is_still_ours(seed: int, tmp_path: Path) -> None:
    with Machine(seed, tmp_path).stage() as machine:
        company, faults = machine.company, machine.sandbox.faults
        machine.sync(Orders())
        company.turn()
        for operation in ("editIssue", "createOrUpdateRemoteIssueLink"):
            faults.on(operation, times=99).drop_after()
        faults.on("getRemoteIssueLinks", skip=2, times=99).status(503)
        machine.sync(Orders())
        assert machine.opened().store.outbox.depth()
        machine.undo_all()
        machine.pass_(90 * MINUTE)
        company.turn()
        faults.on("getIssue", times=2).status(404)
        report = machine.sync(Orders())
        assert report is not None
        assert {str(change.outcome) for change in report.changes} == {"written"}


@pytest.mark.parametrize("at", range(6))
@FACES
def test_a_page_without_issues_before_the_end_is_not_the_end(seed: int, at: int, tmp_path: Path) -> None:
    with Machine(seed, tmp_path).stage() as machine:
        machine.sync(Orders())
        machine.pass_(90 * MINUTE)
        machine.company.turn()
        machine.pass_(10 * MINUTE)
        machine.sandbox.faults.on(path="/search", skip=at).empty_page()
        machine.sync(Orders(sweep=frozenset()))
        machine.sandbox.faults.clear()
        machine.sync(Orders(sweep=frozenset()))
        truth = judges.percents(machine.company)
        assert {kr: figure for (_, kr), figure in judges.figures_shown(machine.company).items()} == truth


@FACES
def test_a_clock_that_was_set_back_puts_off_no_sweep(seed: int, tmp_path: Path) -> None:
    with Machine(seed, tmp_path).stage() as machine:
        machine.sync(Orders())
        part = next(i for i in machine.jira.store.issues.values() if machine.jira.catalog.level(i) < 0)
        assert part.key in {item.key for item in machine.opened().store.mirror.load("acme")}
        machine.pass_(15 * MINUTE)
        machine.jira.delete(part.id)
        machine.company.silent = True
        machine.world.ours_ahead -= timedelta(hours=3)
        machine.sync(Orders(sweep=frozenset({"acme"})))
        assert part.key not in {item.key for item in machine.opened().store.mirror.load("acme")}
