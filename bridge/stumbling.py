"""What the program itself stumbles over, as something to tell. Whoever catches it logs the traceback."""

from __future__ import annotations

from bridge.model import Problem

DEFECT = "a defect of okr-bridge: please report it with what stands on stderr"


def stumbled(error: Exception, doing: str, *, kr: str = "", connection: str = "", item: str = "") -> Problem:
    """A defect met while `doing` something for a key result or an item; the rest went on."""
    where = f"{connection}: " if connection else ""
    return Problem(
        kind="defect",
        message=f"{where}{doing} {item or kr}: stumbled ({type(error).__name__}); the rest went on",
        hint=DEFECT,
        connection=connection,
        kr=kr,
        item=item,
    )
