"""How much memory a process took at most, since it began its program."""

from __future__ import annotations

import re
import resource
from pathlib import Path


def peak() -> int:
    """In MB. What the kernel tells of resources counts from before the program was loaded, with all that
    the parent held; /proc counts from then on."""
    status = Path("/proc/self/status")
    if status.exists():
        return int(re.findall(r"VmHWM:\s+(\d+) kB", status.read_text())[0]) // 1024
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss // 1024
