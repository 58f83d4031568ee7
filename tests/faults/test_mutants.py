"""A machine that finds nothing proves nothing: a bridge that is made worse on purpose does not pass.

`OKR_BRIDGE_MUTANT_SEEDS=FOLDER` leaves there how many schedules it took.
"""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field, replace
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest

from bridge.errors import ConnectorError
from bridge.model import Link, Plan
from bridge.places import Verdict, judge
from bridge.reading import hits
from bridge.reading.intake import Intake
from bridge.store.membership import Membership
from connectors.jira.api import Api
from tests.faults.machine import Broken, deal
from tests.faults.test_matrix import CHUNKS, SIZE, played
from tests.faults.trouble import ADDS, SEARCHES, SILENT, WRITES

Patch = pytest.MonkeyPatch
ARRIVES = {"dropped after", "read timeout"}
NO_ANSWER = {"HTML with 200", "cut JSON"}
MOST = 30
"""Schedules; none has needed more than eleven of those that are meant for it."""


def repeat_every_write(patch: Patch) -> None:
    write: Any = Api.write
    patch.setattr(Api, "write", lambda *given, **named: write(*given, **{**named, "repeatable": True}))


def believe_the_index(patch: Patch) -> None:
    patch.setattr("connectors.jira.records.LAG", timedelta(0))


def write_without_a_look(patch: Patch) -> None:
    patch.setattr("bridge.publishing.to_look_at", lambda _: set())


def take_silence_for_nothing(patch: Patch) -> None:
    read: Any = hits._read_link

    def reads(intake: Intake, link: Link, *how: bool) -> frozenset[str]:
        try:
            return frozenset(read(intake, link, *how))
        except ConnectorError:
            intake.store.membership.replace(link, frozenset(), intake.now)
            return frozenset()

    patch.setattr(hits, "_read_link", reads)


def forget_what_could_not_be_read(patch: Patch) -> None:
    known = Membership.of

    def forgetful(self: Membership, links: Any) -> Any:
        return {link: replace(one, unreadable=()) for link, one in known(self, links).items()}

    patch.setattr("bridge.store.membership.Membership.unreadable", lambda *_: ())
    patch.setattr("bridge.store.membership.Membership.of", forgetful)


def overwrite_people(patch: Patch) -> None:
    def judges(*values: Any) -> Verdict:
        return Verdict.KEEP if judge(*values) is Verdict.KEEP else Verdict.WRITE

    patch.setattr("bridge.plan.judge", judges)


def drop_what_is_pending(patch: Patch) -> None:
    def settle(pending: Any, _panels: Any, ledger: Any, *_: Any) -> Plan:
        for intent in pending:
            ledger.outbox.close(intent.id, "failed", "")
        return Plan((), ())

    patch.setattr("bridge.publishing.settle", settle)


@dataclass(frozen=True)
class Mutant:
    """What is made worse, the schedules that should tell, and in which words."""

    worsen: Callable[[Patch], None]
    troubles: set[str]
    operations: set[str]
    told: str = ""
    seeds: list[int] = field(default_factory=list)


MUTANTS = [
    Mutant(repeat_every_write, ARRIVES, ADDS, "comments of"),
    Mutant(believe_the_index, {"index lag"}, SEARCHES | WRITES, "shows"),
    Mutant(write_without_a_look, {"index lag"}, SEARCHES | WRITES, "by a person"),
    Mutant(take_silence_for_nothing, NO_ANSWER, SEARCHES, "shows"),
    Mutant(forget_what_could_not_be_read, NO_ANSWER, SEARCHES, "could not be read"),
    Mutant(overwrite_people, {"500", "moved issue"}, SILENT, "by a person"),
    Mutant(drop_what_is_pending, ARRIVES, WRITES, "shows"),
]


@pytest.mark.prove
@pytest.mark.parametrize("mutant", MUTANTS, ids=lambda mutant: mutant.worsen.__name__)
def test_a_worse_bridge_is_found_out(mutant: Mutant, tmp_path: Path, monkeypatch: Patch) -> None:
    mutant.worsen(monkeypatch)
    for count, seed in enumerate(seeds(mutant), 1):
        try:
            played(seed, tmp_path / str(seed))
        except Broken as broken:
            if mutant.told in str(broken).partition("\n")[0]:
                leave_behind(f"{mutant.worsen.__name__}: seed {seed}, after {count}: {str(broken)[:300]}")
                return
    pytest.fail("nobody noticed")


def seeds(mutant: Mutant) -> Iterator[int]:
    """Those that are dealt such a trouble at such a call, MOST of them at most."""
    every = {seed: pairs for chunk in range(CHUNKS) for seed, pairs in deal(chunk, CHUNKS, SIZE).items()}
    meant = [
        seed
        for seed, pairs in every.items()
        if any(trouble in mutant.troubles and operation in mutant.operations for trouble, operation in pairs)
    ]
    yield from meant[:MOST]


def leave_behind(line: str) -> None:
    folder = os.environ.get("OKR_BRIDGE_MUTANT_SEEDS")
    if folder:
        with (Path(folder) / "mutants.txt").open("a") as file:
            file.write(line + "\n")
