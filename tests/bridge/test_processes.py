"""A holder is dead only where the system itself says so."""

from __future__ import annotations

import os
import re
import socket
import subprocess
import sys
from pathlib import Path

import pytest

from bridge import processes
from bridge.processes import is_gone, this_process, told

BOOT = "5f0e1ad3-7c38-4c4f-9f0e-2d8a1c9b7a10"


class Machine:
    """A /proc of our own making."""

    def __init__(self, root: Path) -> None:
        self.root = root
        self.write("self/ns/pid", "")
        self.write("sys/kernel/random/boot_id", f"{BOOT}\n")
        self.process(1, 5)
        self.process(os.getpid(), 700)

    def write(self, path: str, text: str) -> None:
        file = self.root / path
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_text(text)

    def process(self, pid: int, started: int, state: str = "S", name: str = "okr bridge) S 1 (") -> None:
        before = " ".join(["0"] * 18)
        self.write(f"{pid}/stat", f"{pid} ({name}) {state} {before} {started} 0 0\n")

    def ends(self, pid: int) -> None:
        (self.root / f"{pid}/stat").unlink()

    def holder(self, pid: int, started: int) -> str:
        own = this_process()
        return re.sub(r"pid \d+, started \d+", f"pid {pid}, started {started}", own)


@pytest.fixture
def machine(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Machine:
    monkeypatch.setattr(processes, "HERE", str(tmp_path))
    return Machine(tmp_path)


def test_a_process_names_itself_with_all_that_tells_it_from_others(machine):
    assert this_process().startswith(f"{socket.gethostname()} pid {os.getpid()}, started 700, in ")
    assert this_process().endswith(f" of {BOOT}")
    assert told(this_process()) == f"{socket.gethostname()} pid {os.getpid()}"


def test_one_that_runs_is_not_gone(machine):
    assert not is_gone(this_process())
    machine.process(42, 900)
    assert not is_gone(machine.holder(42, 900))


def test_one_that_ended_is_gone(machine):
    assert is_gone(machine.holder(42, 900))


@pytest.mark.parametrize("state", ["Z", "X"])
def test_one_that_only_waits_to_be_buried_is_gone(machine, state):
    machine.process(42, 900, state)
    assert is_gone(machine.holder(42, 900))


def test_a_number_that_was_given_to_another_is_not_the_same_process(machine):
    machine.process(42, 901)
    assert is_gone(machine.holder(42, 900))


ELSEWHERE = {
    "another host": lambda one: f"not-{one}",
    "a container of the same name": lambda one: re.sub(r"in \d+ of", "in 17 of", one),
    "a machine of the same name": lambda one: one.replace(BOOT, "another-boot"),
    "an unknown start": lambda one: re.sub(r"started \d+", "started 0", one),
    "the words of another version": lambda one: one.partition(", in")[0],
    "no number": lambda one: one.replace("pid 42", "pid x"),
    "nothing": lambda one: one[:0],
}


@pytest.mark.parametrize("change", ELSEWHERE.values(), ids=ELSEWHERE)
def test_nothing_is_concluded_from_not_seeing(machine, change):
    assert not is_gone(change(machine.holder(42, 900)))


HIDDEN = {
    "other processes": lambda machine: machine.ends(1),
    "the namespace": lambda machine: (machine.root / "self/ns/pid").unlink(),
    "the boot": lambda machine: (machine.root / "sys/kernel/random/boot_id").unlink(),
}


@pytest.mark.parametrize("hide", HIDDEN.values(), ids=HIDDEN)
def test_nothing_is_concluded_where_a_system_hides(machine, hide):
    hide(machine)
    assert not is_gone(machine.holder(42, 900))
    assert this_process()


def test_a_system_without_proc_names_the_number_alone(machine, monkeypatch):
    monkeypatch.setattr(processes, "HERE", "/nonexistent")
    assert this_process() == f"{socket.gethostname()} pid {os.getpid()}, started 0, in 0"
    assert not is_gone(f"{socket.gethostname()} pid 42, started 900, in 0")


@pytest.mark.skipif(not sys.platform.startswith("linux"), reason="reads /proc")
def test_a_real_process_is_there_then_a_zombie_then_gone():
    code = "import sys; from bridge.processes import this_process; print(this_process(), flush=True); input()"
    command = [sys.executable, "-c", code]
    with subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True) as child:
        assert child.stdout
        assert child.stdin
        name = child.stdout.readline().strip()
        assert f" pid {child.pid}," in name
        assert not is_gone(name)
        child.stdin.write("\n")
        child.stdin.flush()
        os.waitid(os.P_PID, child.pid, os.WEXITED | os.WNOWAIT)
        assert is_gone(name)
    assert is_gone(name)
