"""How issues stood: from the record as it is, back through its change log.

The record tells how things are, and the log how they were. Where the two disagree (imports, edits that leave
no trace) the record holds from the last entry of a field on, since nothing tells when it became so; before
that entry its `from` holds, and so on back: each `from` tells the time between its own entry and the one
before, whatever that one says it had set. Only a day of resolution that is later than the log's is put back
to the log's: nothing was finished on a day to come.

What no entry ever changed is as it is now. Names are those of today (status, type, resolution), keys and
projects those of then. `updated` is the last change of what an item is made of, or of what a selector asks
for. Comments, worklogs, links and who could see an issue leave no trace in the log; sub-tasks stay as they
are, since their own parents tell.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import replace
from datetime import datetime
from functools import partial
from typing import Any

from bridge.errors import MappingError
from bridge.model import Raw, Selector, Stretch, WorkItem
from mappings.jira_entries import Entries, Step, borne, instant, undo
from mappings.jira_hits import Membership, Words
from mappings.jira_undo import State, Wanted, undoes
from mappings.past import rewind

UNREADABLE = (LookupError, TypeError, ValueError, AttributeError, OverflowError)


class JiraReplay:
    """The past of a site's issues, one at a time. `translate` is how a record becomes an item."""

    def __init__(
        self,
        translate: Callable[[Raw], WorkItem],
        wanted: Wanted,
        glossary: Mapping[str, Any],
        selectors: Iterable[Selector],
        site: Mapping[str, Any],
    ) -> None:
        self._translate = translate
        self._membership = Membership(selectors, Words.of(site, glossary))
        self._entries = Entries(undoes(glossary, replace(wanted, others=self._membership.replayed)))
        self._asked: tuple[Sequence[datetime], list[datetime]] = ((), [])

    @property
    def untold(self) -> Mapping[Selector, str]:
        return self._membership.untold

    @property
    def fields(self) -> tuple[str, ...]:
        """Ids of the fields, besides those always read, that selectors ask for. Whoever reads them with the
        records says so in the glossary (`held`); without that these selectors are among the untold."""
        return self._membership.fields

    @property
    def keys(self) -> tuple[str, ...]:
        """Keys of the issues that selectors name. Whoever resolves them tells their ids in the glossary
        (`keys`, with any other keys that are known: Data Center tells a parent by its key alone); without
        that a parent is known by the keys that the issue itself tells, old ones too."""
        return tuple(sorted(self._membership.keys))

    def stretches(
        self, raw: Raw, changes: Sequence[Mapping[str, Any]], ends: Sequence[datetime]
    ) -> Sequence[Stretch]:
        """As promised by `Replay`. `changes` as Jira has them, of Cloud or Data Center. The MappingError
        tells of the record first, then of its change log."""
        try:
            steps = self._entries.steps(changes)
            state = self._state(raw, steps)
            born = state.fields.get("created")
            stand, back = partial(self._stand, raw, state), partial(undo, state)
            return rewind(steps, self._days(ends), born, stand, back)
        except UNREADABLE as error:
            self._translate(raw)
            what = f"cannot be read ({type(error).__name__})"
            raise MappingError(str(raw.data.get("key") or raw.id), "changelog", what) from error

    def _state(self, raw: Raw, steps: Sequence[Step]) -> State:
        fields, resolved = dict(raw.data["fields"]), self._entries.resolved(steps)
        if made := fields.get("created"):
            fields["created"] = instant(made)
        ended = fields.get("resolutiondate")
        if ended and resolved and instant(ended) > resolved[-1]:
            fields["resolutiondate"] = resolved[-1]
        state = State(raw.id, raw.data["key"], fields, resolved)
        if self._membership.names_issues:
            keys, state.parents = borne(steps)
            state.keys = keys | {state.key}
        return state

    def _stand(self, raw: Raw, state: State, place: int, changed: datetime | None) -> Stretch:
        if changed is not None:
            state.fields["updated"] = changed
        item = self._translate(Raw(raw.id, raw.version, {"key": state.key, "fields": state.fields}))
        return Stretch(place, item, self._membership.hits(state, item))

    def _days(self, ends: Sequence[datetime]) -> list[datetime]:
        """In UTC, where they compare quickest; the same ones are asked for of every issue."""
        asked, days = self._asked
        if ends is not asked:
            days = [instant(end) for end in ends]
            if type(ends) is tuple:
                self._asked = (ends, days)
        return days
