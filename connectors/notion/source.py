"""Reading work from Notion."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import UTC, datetime, timedelta
from hashlib import sha256
from itertools import chain, islice
from typing import Any, TypeVar

import orjson

from bridge.errors import NotFound, Rejected
from bridge.model import Project, Raw, Selector
from connectors.base import Changed
from connectors.notion.api import Api, Entry, identity
from connectors.notion.filters import Filters, possible
from connectors.notion.names import Names
from connectors.notion.schema import fold, groups_of
from mappings.notion_fields import values_of

T = TypeVar("T")
LAG = timedelta(minutes=2)
"""`last_edited_time` is rounded down to the minute, and a list may lag."""
FEW = 10
"""Above so many pages their lists are read as well: 100 for one request."""
CONDITIONS = 100
"""Elements of one filter."""
MOST = 25
"""Pages of a relation that are told, and reckoned with (Limits, in
developers.notion.com/reference/retrieve-a-page)."""
BEYOND = f"rolls up more than {MOST} pages"
"""In place of a number that leaves some out."""
_KEY = re.compile(r"(.+)-(\d{1,15})\Z", re.DOTALL)


class NotionSource:
    """`sources` are those of `describe()`."""

    def __init__(self, api: Api, sources: Mapping[str, Mapping[str, Any]]) -> None:
        self._api = api
        self._sources = sources
        self._filters = Filters(api.http.system, sources)
        self._names = Names(api, sources)
        self._groups: dict[str, dict[str, Any]] = {}

    def resolve(self, keys: Sequence[str]) -> Mapping[str, str]:
        """By id, address, or unique id (TASK-12). A page in none of the databases is no work: absent."""
        found = self._api.http.parallel(lambda key: (key, self._id(key)), dict.fromkeys(keys))
        return {key: id for key, id in found if id}

    def identities(self, selector: Selector) -> frozenset[str]:
        asked = self._filters.asked(selector)
        return frozenset(one["id"] for id, filter in asked for one in self._hits(id, filter))

    def children(self, parents: Mapping[str, str]) -> frozenset[str]:
        below = (child for source in self._sources for child in self._below(source, sorted(parents)))
        return frozenset(child["id"] for child in below if self._parent(child) in parents)

    def fetch(self, ids: Iterable[str]) -> Iterator[Raw]:
        left = {id for id in ids if identity(id) == id}
        return self._told(chain(self._listed(left), self._single(left)))

    def changed(self, since: datetime) -> Changed:
        """By `last_edited_time`, which a change in a related page does not move."""
        until = (self._api.http.server_now or self._api.http.clock.now()) - LAG
        return Changed(self._since(since - LAG), max(since, until))

    def _since(self, since: datetime) -> Iterator[Raw]:
        minute = f"{since.astimezone(UTC):%Y-%m-%dT%H:%M:00.000Z}"
        filter = {"timestamp": "last_edited_time", "last_edited_time": {"on_or_after": minute}}
        for id in self._sources:
            yield from self._told(one for page in self._names.query(id, filter) for one in page)

    def places(self, told: str) -> list[str]:
        """The data sources of this name, id or prefix of their unique ids."""
        try:
            return [id for id, _ in self._filters.asked(Project(told))]
        except Rejected:
            keys = ((id, facts["key"]) for id, facts in self._sources.items())
            return [id for id, key in keys if key and fold(key["prefix"]) == fold(told)]

    def _id(self, key: str) -> str:
        if id := identity(key):
            found = self._one(id)
            return str(found["id"]) if found else ""
        if told := _KEY.match(key.strip()):
            return self._by_number(told[1], int(told[2]))
        return ""

    def _by_number(self, prefix: str, number: int) -> str:
        for id, facts in self._sources.items():
            if facts["key"] and facts["key"]["prefix"].casefold() == prefix.casefold():
                filter = {"property": facts["key"]["id"], "unique_id": {"equals": number}}
                if hits := [one["id"] for page in self._names.query(id, filter) for one in page]:
                    return str(hits[0])
        return ""

    def _hits(self, source: str, filter: dict[str, Any] | None) -> Iterator[Entry]:
        """A choice that nobody has made yet cannot be asked for: then nothing has it."""
        try:
            yield from (one for page in self._names.query(source, filter) for one in page)
        except Rejected:
            left = possible(filter, self._options(source)) if filter else filter
            if left == filter:
                raise
            if left is not None:
                yield from (one for page in self._names.query(source, left) for one in page)

    def _options(self, source: str) -> dict[str, tuple[str, frozenset[str]]]:
        """The choices that there are now, by name and by id of the property."""
        found: dict[str, tuple[str, frozenset[str]]] = {}
        for one in self._api.read(f"data_sources/{source}", "data_source")["properties"].values():
            if (kind := one["type"]) in ("select", "multi_select", "status"):
                names = frozenset(str(option["name"]) for option in one[kind].get("options") or ())
                found[one["name"]] = found[one["id"]] = (kind, names)
        return found

    def _listed(self, left: set[str]) -> Iterator[Entry]:
        """Those of the wanted that stand in the lists, as long as that is the cheaper way."""
        budget = len(left) // 2 if len(left) > FEW else 0
        for source in self._sources if budget else ():
            for page in self._names.query(source, newest=True):
                for one in page:
                    if one["id"] in left:
                        left.discard(one["id"])
                        yield one
                budget -= 1
                if not left or not budget:
                    return

    def _single(self, left: set[str]) -> Iterator[Entry]:
        yield from filter(None, self._api.http.parallel(self._one, sorted(left)))

    def _one(self, id: str) -> Entry | None:
        try:
            found = self._api.page(id)
        except NotFound:
            return None
        return found if source_of(found) in self._sources else None

    def _told(self, pages: Iterable[Entry]) -> Iterator[Raw]:
        """The records with the ids of their direct children, which are asked for by the hundred."""
        for some in pieces(pages, CONDITIONS):
            below: defaultdict[str, set[str]] = defaultdict(set)
            targets: defaultdict[str, list[str]] = defaultdict(list)
            for one in some:
                targets[source_of(one)].append(one["id"])
            for source in self._sources:
                for child in self._below(source, targets):
                    below[self._parent(child)].add(child["id"])
            yield from (self._raw(one, below[one["id"]]) for one in some)

    def _below(self, source: str, parents: Sequence[str] | Mapping[str, Sequence[str]]) -> Iterator[Entry]:
        """The pages of a data source whose relations lead to one of these; by data source, where those of
        the parents are known."""
        conditions = (
            {"property": one["id"], "relation": {"contains": id}}
            for one in self._sources[source]["parents"]
            for id in (parents.get(one["target"], ()) if isinstance(parents, Mapping) else parents)
        )
        for some in pieces(conditions, CONDITIONS):
            for page in self._names.query(source, {"or": some}):
                yield from page

    def _parent(self, page: Entry) -> str:
        return self._parents(page)[0]

    def _parents(self, page: Entry) -> tuple[str, str]:
        """The first page that the first filled relation leads to, and its data source; empty for none."""
        relations = self._sources[source_of(page)]["parents"]
        values = values_of(page["properties"], [one["id"] for one in relations])
        found = (
            (str(values[one["id"]][0]), str(one["target"])) for one in relations if values.get(one["id"])
        )
        return next(found, ("", ""))

    def _raw(self, page: Entry, below: Iterable[str]) -> Raw:
        """The record, cut to what is used. Its version takes in all of that: two changes may fall into one
        minute."""
        source = source_of(page)
        facts = self._sources[source]
        used = (
            *facts["roles"].values(),
            *facts["numbers"].values(),
            *facts["panel"].values(),
            *facts["parents"],
        )
        key = [facts["key"]["id"]] if facts["key"] else []
        values = values_of(page["properties"], [facts["title"], *key, *(one["id"] for one in used)])
        long = {one["id"] for one in page["properties"].values() if _long(one)}
        values |= {one["id"]: BEYOND for one in used if one.get("relation") in long}
        parent, target = self._parents(page)
        kept = {
            "id": page["id"],
            "source": source,
            "url": page.get("url") or "",
            "created_time": page.get("created_time"),
            "last_edited_time": page.get("last_edited_time"),
            "values": values,
            "parent": parent,
            "parent_source": target,
            "children": sorted(below),
        }
        kept["group"] = self._group(source, kept["values"])
        digest = sha256(orjson.dumps(kept)).hexdigest()[:12]
        return Raw(str(page["id"]), f"{kept['last_edited_time']} {digest}", kept)

    def _group(self, source: str, values: Mapping[str, Any]) -> Any:
        """The group of the page's status. One that came after the facts were told is looked up."""
        status = self._sources[source]["roles"].get("status") or {}
        option = values.get(status["id"]) if status.get("type") == "status" else None
        if not option:
            return None
        known = self._groups.setdefault(source, dict(status["groups"]))
        if option["id"] not in known:
            properties = self._api.read(f"data_sources/{source}", "data_source")["properties"].values()
            now = next((groups_of(one) for one in properties if one["id"] == status["id"]), {})
            known.update({option["id"]: None} | now)
        return known[option["id"]]


def _long(property: Entry) -> bool:
    """Whether a relation leads to more pages than are told. The vendor's own types lack `has_more`."""
    told = property.get("relation")
    return isinstance(told, list) and bool(property.get("has_more", len(told) >= MOST))


def source_of(page: Entry) -> str:
    return str((page.get("parent") or {}).get("data_source_id") or "")


def pieces(values: Iterable[T], size: int) -> Iterator[list[T]]:
    rest = iter(values)
    while piece := list(islice(rest, size)):
        yield piece
