"""Work as it was: what the past of an item comes to, day by day."""

from __future__ import annotations

from dataclasses import dataclass

from bridge.model.okr import Selector
from bridge.model.work import WorkItem


@dataclass(frozen=True, slots=True)
class Stretch:
    """How an item stood from the end of one day on, of the days asked for, until its next stretch.

    `first` is the place of that day in their order. `item` is None where it was not there. `hits` are those
    of the selectors asked for that hit it then. `doubt` says in a few words why the history leaves open how
    it stood: `item` is then no more than one way it may have been, and `hits` are all that may have hit it.
    """

    first: int
    item: WorkItem | None
    hits: frozenset[Selector] = frozenset()
    doubt: str = ""
