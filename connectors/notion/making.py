"""Making the Epic of a key result that has no work."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from hashlib import sha256
from typing import Any

from bridge.errors import AccessDenied, Rejected
from bridge.model import Label
from connectors.base import NewItem
from connectors.notion.api import Api
from connectors.notion.schema import fold, groups_of
from connectors.notion.source import NotionSource
from mappings.notion_fields import key_of, values_of
from mappings.notion_text import blocks, plain

INSERTING = 'give the connection the capability "Insert content"'
LONGEST = 100
"""Characters of a choice's name, which holds no comma."""


class NotionMaker:
    """`sources` are those of `describe()`, `types` the names that the type of an Epic may have: the first
    that there is, is taken."""

    def __init__(
        self, api: Api, sources: Mapping[str, Mapping[str, Any]], source: NotionSource, types: Sequence[str]
    ) -> None:
        self._api = api
        self._sources = sources
        self._source = source
        self._types = types

    def find_made(self, marker: str) -> str | None:
        if not any(facts["roles"].get("labels") for facts in self._sources.values()):
            return None
        hits = sorted(self._source.identities(Label(_choice(marker))))
        return self._stands(hits[0])[0] if hits else None

    def place(self, project: str) -> str:
        """The one data source of this name, id or prefix of its unique ids. Raises Rejected where no Epic
        can be made there and found again."""
        sources = self._source.places(project)
        if len(sources) != 1:
            told = "no database" if not sources else "several databases"
            raise self._refused(
                f"{told} of the connection fit {project!r}", "add it to `databases`, by its id"
            )
        facts = self._sources[sources[0]]
        if (facts["roles"].get("labels") or {}).get("type") != "multi_select":
            message = f"database {facts['name']} has no multi-select of labels to find the Epic again by"
            raise self._refused(message, "make one called Labels, or name it in `labels_field`")
        if not facts["roles"].get("type"):
            message = f"database {facts['name']} has no select that tells Epics"
            raise self._refused(message, "make one called Type, or name it in `type_field`")
        return sources[0]

    def make(self, item: NewItem) -> str:
        source = self.place(item.project)
        body = {
            "parent": {"type": "data_source_id", "data_source_id": source},
            "properties": self._properties(source, item),
            "children": blocks(item.body),
        }
        try:
            made = self._api.http.call("POST", "pages", body=body, repeatable=False).data
        except AccessDenied as error:
            text = error.message.removeprefix(f"{error.system}: ")
            raise error if error.login else AccessDenied(error.system, text, INSERTING) from error
        key, labels = self._stands(str(made["id"]))
        if _choice(item.marker) not in labels:
            message = f"POST pages made {key}, without the label it is found again by"
            raise self._refused(message, "put it in the trash, and see the type of the labels' property")
        return key

    def _properties(self, source: str, item: NewItem) -> dict[str, Any]:
        roles = self._sources[source]["roles"]
        now = self._api.read(f"data_sources/{source}", "data_source")["properties"]
        by_id = {one["id"]: name for name, one in now.items()}
        known = {
            fold(one["name"]): one["name"] for one in now[by_id[roles["type"]["id"]]]["select"]["options"]
        }
        kind = next((known[fold(name)] for name in self._types if fold(name) in known), self._types[0])
        labels = dict.fromkeys(map(_choice, (*item.labels, item.marker)))
        told: dict[str, Any] = {
            self._sources[source]["title"]: {"title": plain(item.title)},
            roles["type"]["id"]: {"select": {"name": kind}},
            roles["labels"]["id"]: {"multi_select": [{"name": label} for label in labels]},
        }
        if begin := _first(now[by_id[roles["status"]["id"]]] if "status" in roles else {}):
            told[roles["status"]["id"]] = {"status": {"name": begin}}
        if item.due and "due" in roles:
            told[roles["due"]["id"]] = {"date": {"start": item.due}}
        return {by_id[id]: value for id, value in told.items()}

    def _stands(self, id: str) -> tuple[str, list[str]]:
        """The key and the labels of a page, as it stands there."""
        page = self._api.page(id)
        source = self._sources[str(page["parent"]["data_source_id"])]
        labels = source["roles"]["labels"]["id"]
        values = values_of(page["properties"], [labels, *([source["key"]["id"]] if source["key"] else [])])
        told = values.get(labels)
        return key_of(source, values, id), told if isinstance(told, list) else []

    def _refused(self, what: str, hint: str) -> Rejected:
        return Rejected(self._api.http.system, what, hint)


def _first(status: Mapping[str, Any]) -> str:
    """The first option of a status's first group: whether Notion sets one by itself, nobody says."""
    if status.get("type") != "status":
        return ""
    first = next((id for id, (_, at, _) in groups_of(status).items() if at == 0), "")
    return next((str(one["name"]) for one in status["status"]["options"] if one["id"] == first), "")


def _choice(name: str) -> str:
    """Two that would fall together once they are cut stay apart by a digest."""
    plain = name.replace(",", " ")
    return plain if len(plain) <= LONGEST else f"{plain[:80]} {sha256(plain.encode()).hexdigest()[:12]}"
