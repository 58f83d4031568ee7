"""Which process this is, in words that another one can check: a dead holder of a lease is not waited for."""

from __future__ import annotations

import os
import socket
from pathlib import Path

HERE = "/proc"
FIRST = 1
"""Where even this process cannot be seen, others are hidden: nothing is concluded from not seeing one."""
NOWHERE = "0"


def this_process() -> str:
    """`HOST pid N, started N, in ROOM`: unlike that of any other process, also after the number is reused,
    in containers that share a host's name, and on machines that do. Where a system does not tell, the
    number alone."""
    pid = os.getpid()
    return f"{socket.gethostname()} pid {pid}, started {_started(pid) or 0}, in {_room()}"


def is_gone(holder: str) -> bool:
    """Whether this process is known to have ended: one of this machine, of which the system says so."""
    found = _read(holder)
    if found is None:
        return False
    host, pid, started, room = found
    here = room != NOWHERE and (host, room) == (socket.gethostname(), _room())
    if not here or not started or _started(FIRST) is None:
        return False
    return _started(pid) != started


def told(holder: str) -> str:
    """The same for people: host and number."""
    return holder.partition(",")[0]


def _read(holder: str) -> tuple[str, int, int, str] | None:
    try:
        who, started, room = holder.split(", ")
        host, _, pid = who.rsplit(" ", 2)
        return host, int(pid), int(started.removeprefix("started ")), room.removeprefix("in ")
    except ValueError:
        return None


def _room() -> str:
    """Where process numbers count: the namespace, and this running of the machine, for the first namespace
    has one number on all of them. 0 where a system does not tell."""
    try:
        boot = Path(f"{HERE}/sys/kernel/random/boot_id").read_text(encoding="ascii").strip()
        return f"{Path(f'{HERE}/self/ns/pid').stat().st_ino} of {boot}"
    except (OSError, UnicodeDecodeError):
        return NOWHERE


def _started(pid: int) -> int | None:
    """When a process began, in ticks since the machine did; None: there is no such process, or it has
    ended and only waits to be buried."""
    try:
        text = Path(f"{HERE}/{pid}/stat").read_text(encoding="utf-8", errors="replace")
    except OSError:
        return None
    state, *rest = text.rpartition(")")[2].split()
    return None if state in ("Z", "X") else int(rest[18])
