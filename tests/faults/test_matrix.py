"""Whatever strikes the bridge, and at whatever call: two runs after it is over all is as it should be.

`OKR_BRIDGE_SEED=123 pytest tests/faults -m "not prove"` plays one schedule again, and a failure tells its
steps. With `OKR_BRIDGE_FAULT_TABLE=FOLDER` the proof leaves there, in table.txt, how often every class of
trouble struck every kind of call.
"""

from __future__ import annotations

import gc
import json
import os
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from tests.faults.machine import Covered, Machine, deal
from tests.faults.trouble import OPERATIONS, TROUBLES, pairs

CHUNKS, SIZE = 20, 25
CHOSEN = os.environ.get("OKR_BRIDGE_SEED")
QUICK = [int(CHOSEN)] if CHOSEN else range(0, CHUNKS * SIZE, 148)


def played(seed: int, folder: Path) -> Machine:
    folder.mkdir()
    machine = Machine(seed, folder, deal(seed // SIZE, CHUNKS, SIZE)[seed])
    with collected_afterwards():
        machine.run()
    return machine


@contextmanager
def collected_afterwards() -> Iterator[None]:
    """A schedule makes so many objects that looking for garbage meanwhile takes a fifth of its time."""
    gc.disable()
    try:
        yield
    finally:
        gc.enable()


@pytest.mark.parametrize("seed", QUICK)
def test_a_schedule_of_trouble_ends_well(seed: int, tmp_path: Path) -> None:
    played(seed, tmp_path / "bridge")


@pytest.mark.prove
@pytest.mark.parametrize("chunk", range(CHUNKS))
def test_five_hundred_schedules_end_well_and_strike_every_call(chunk: int, tmp_path: Path) -> None:
    covered: Covered = Counter()
    for seed in range(chunk * SIZE, (chunk + 1) * SIZE):
        covered += played(seed, tmp_path / str(seed)).covered
    leave_behind(covered, chunk)
    share = {(kind, *pair) for kind in OPERATIONS for pair in pairs(kind)[chunk::CHUNKS]}
    assert not share - covered.keys()


def leave_behind(covered: Covered, chunk: int) -> None:
    """This chunk's counts, and the table of all that is there by now."""
    folder = Path(os.environ.get("OKR_BRIDGE_FAULT_TABLE", ""))
    if folder == Path():
        return
    folder.mkdir(parents=True, exist_ok=True)
    counts = [[*struck, times] for struck, times in sorted(covered.items())]
    (folder / f"{chunk}.json").write_text(json.dumps(counts))
    total: Covered = Counter()
    for path in folder.glob("*.json"):
        for deployment, trouble, operation, times in json.loads(path.read_text()):
            total[deployment, trouble, operation] += times
    (folder / "table.txt").write_text("\n\n".join(table(total, kind) for kind in OPERATIONS) + "\n")


def table(covered: Covered, deployment: str) -> str:
    """A row a trouble, a column a kind of call; a dot where the two cannot meet."""
    operations = sorted(OPERATIONS[deployment])
    head = [f"{number}: {operation}" for number, operation in enumerate(operations, 1)]
    numbers = "".join(f"{number:5}" for number in range(1, len(operations) + 1))
    rows = [
        f"{trouble.name:22}"
        + "".join(
            f"{covered[deployment, trouble.name, operation]:5}" if trouble.strikes(operation) else "    ."
            for operation in operations
        )
        for trouble in TROUBLES
    ]
    return "\n".join([deployment, *head, f"{'':22}{numbers}", *rows])
