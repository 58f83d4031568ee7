"""What Asana remembers of its tasks: their stories, ten tasks in one request."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import datetime, timedelta
from typing import Any

from bridge.errors import UnexpectedAnswer
from bridge.model import Raw
from connectors.asana.api import BATCH, Api, Record, gid, pieces
from connectors.asana.comments import COMMENT
from connectors.asana.following import Following
from connectors.asana.source import LAG, AsanaSource
from connectors.past_roles import Past
from mappings.asana_fields import instant

FIELDS = ",".join((
    "created_at", "resource_subtype", "old_name", "new_name", "old_resource_subtype", "new_resource_subtype",
    "old_approval_status", "new_approval_status", "old_dates.due_on", "new_dates.due_on", "project.name",
    "tag.name", "task", "old_section.name", "new_section.name", "custom_field.name", "old_text_value",
    "new_text_value", "old_number_value", "new_number_value", "old_enum_value.name", "new_enum_value.name",
    "old_multi_enum_values.name", "new_multi_enum_values.name", "target",
))  # fmt: skip
ASSUMED = (
    "logged time, assignees, date, people and formula fields, Asana's own task types: "
    "its stories do not tell how they were"
)
LOOKS = 5
"""So often a task is looked at that changes while it is read."""
ODD = (KeyError, TypeError, AttributeError, ValueError)
NEAR = timedelta(seconds=5)
"""By so much Asana's clocks may differ from each other."""


class AsanaPast:
    def __init__(self, api: Api, source: AsanaSource, following: Following) -> None:
        self._api = api
        self._source = source
        self._following = following

    def glossary(self) -> Mapping[str, Any]:
        """The names of the projects that are followed, by number."""
        return {"assumed": ASSUMED, "projects": self._following.names()}

    def touched(self, since: datetime) -> frozenset[str]:
        """Of the tasks of projects Asana tells what changed, moves and tags among it. Of what is followed for
        its parent alone it tells no such thing: all of that is among these."""
        here = frozenset(one["gid"] for one in self._following.since(since - LAG, "name"))
        return here | {one["gid"] for one in self._following.below()}

    def pasts(self, ids: Iterable[str]) -> Iterator[Past]:
        wanted = (id for id in dict.fromkeys(ids) if gid(id) == id)
        for page in self._api.http.parallel(self._page, pieces(wanted, BATCH)):
            yield from page

    def _page(self, gids: Sequence[str]) -> list[Past]:
        """Records and stories that fit together: where a story is as young as the record, the record is read
        again, until it stays as it is."""
        begun = (self._api.http.server_now or self._api.http.clock.now()) - NEAR
        records, settled = self._records(gids), list[Past]()
        for _ in range(LOOKS):
            stories = self._api.stories(list(records), FIELDS)
            read = {id: Past(records[id], self._changes(told)) for id, told in stories.items()}
            young = [id for id, one in read.items() if one.changes and _at(one.changes[-1]) >= begun]
            again = self._records(young)
            moved = {id: one for id, one in again.items() if one.version != read[id].raw.version}
            gone = set(young) - again.keys()
            settled += [one for id, one in read.items() if id not in moved and id not in gone]
            if not moved:
                return settled
            records = moved
        message = f"task {min(records)} changes while it is read"
        raise UnexpectedAnswer(self._api.system, message, "run again later")

    def _records(self, gids: Sequence[str]) -> dict[str, Raw]:
        return {one.id: one for one in self._source.whole(list(gids))} if gids else {}

    def _changes(self, stories: Sequence[Record]) -> tuple[Mapping[str, Any], ...]:
        """All but what people said, oldest first. Raises UnexpectedAnswer."""
        try:
            return tuple(sorted((one for one in stories if one["resource_subtype"] != COMMENT), key=_at))
        except ODD as error:
            message = "a story came without its kind or instant"
            raise UnexpectedAnswer(self._api.system, message, "check `url`") from error


def _at(story: Mapping[str, Any]) -> datetime:
    return instant(story["created_at"])
