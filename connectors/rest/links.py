"""The bridge's links on an item, as they are described: one for each key result."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from connectors.base import RemoteLink
from connectors.rest.described import LinkWays, Record
from connectors.rest.entries import Entries
from connectors.rest.pages import Walker

OURS = "okr-bridge="


class RestLinks:
    def __init__(self, walker: Walker, described: LinkWays) -> None:
        self._entries = Entries(walker, described.ways)
        self._described = described

    def marked(self, item: str) -> dict[str, Mapping[str, Any]]:
        """What is described of each, by the bridge's own id of it."""
        return dict(self._ours(item).values())

    def put(self, item: str, link: RemoteLink) -> None:
        """Changed where the system can, else the new one is made before the old one goes. Raises Rejected
        where it does not stand there afterwards."""
        wanted = self._wanted(link)
        ours = {id: facts for id, (mark, facts) in self._ours(item).items() if mark == link.global_id}
        right = [id for id, facts in ours.items() if facts == wanted][:1]
        if not right:
            right = self._write(item, link, wanted, [*ours])
        for id in ours:
            if id not in right:
                self._entries.remove(item, id)

    def remove(self, item: str, global_id: str) -> None:
        for id, (mark, _) in self._ours(item).items():
            if mark == global_id:
                self._entries.remove(item, id)

    def _write(self, item: str, link: RemoteLink, wanted: Mapping[str, Any], before: list[str]) -> list[str]:
        url = link.url if self._described.mark else self._described.marked(link.url, link.global_id)
        values = {"url": url, "title": link.title, "summary": link.summary, "mark": link.global_id}
        if before and self._entries.ways.change:
            sent = self._entries.change(item, before[0], values)
        else:
            sent = self._entries.make(item, values)
        now = self._ours(item).items()
        made = [id for id, found in now if found == (link.global_id, wanted)]
        if not made:
            message = f"{sent} was answered as done, and no link of ours reads so"
            raise self._entries.refused(message, "check `write.link`: found, url, title, mark, and the body")
        return made[:1]

    def _wanted(self, link: RemoteLink) -> dict[str, Any]:
        known = {"url": link.url, "title": link.title, "summary": link.summary}
        return {name: known[name] for name in self._described.facts}

    def _ours(self, item: str) -> dict[str, tuple[str, dict[str, Any]]]:
        """By the system's id: the bridge's own, and what it holds."""
        found = {id: self._read(one) for id, one in self._entries.all(item).items()}
        return {id: told for id, told in found.items() if told[0].startswith(OURS)}

    def _read(self, record: Record) -> tuple[str, dict[str, Any]]:
        facts = {name: str(spot(record) or "") for name, spot in self._described.facts.items()}
        if self._described.mark:
            return str(self._described.mark(record) or ""), facts
        url, mark = self._described.unmarked(facts["url"])
        return mark, {**facts, "url": url}
