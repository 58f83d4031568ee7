"""Notion's endpoints, and its filters, as its documents describe them."""

from __future__ import annotations

import re
from typing import Any
from urllib.parse import parse_qs

from tests.notion import shapes

WRITES_TO = "Could not find {kind} with ID: {id}. Make sure the relevant pages and databases are shared."


class Refused(Exception):
    def __init__(self, status: int, code: str, words: str) -> None:
        super().__init__(words)
        self.status, self.code, self.words = status, code, words


def missing(kind: str, id: str) -> Refused:
    return Refused(404, "object_not_found", WRITES_TO.format(kind=kind, id=id))


def invalid(words: str) -> Refused:
    return Refused(400, "validation_error", words)


class Routes:
    """What is asked of a `FakeNotion`."""

    def route(self, method: str, target: str, body: Any) -> Any:
        path, _, query = target.partition("?")
        asked = {name: values[0] for name, values in parse_qs(query).items()}
        match method, path.removeprefix("/v1/").split("/"):
            case "GET", ["users", "me"]:
                return shapes.bot(shapes.BOT)
            case "GET", ["databases", id]:
                return self.found("database", self.databases, id)
            case "GET", ["data_sources", id]:
                return self.found("data_source", self.sources, id)
            case "PATCH", ["data_sources", id]:
                return self.changed_schema(self.found("data_source", self.sources, id), body)
            case "POST", ["data_sources", id, "query"]:
                self.found("data_source", self.sources, id)
                return self.queried(id, body)
            case "GET", ["pages", id]:
                return self.found("page", self.pages, id)
            case "PATCH", ["pages", id]:
                return self.written(self.found("page", self.pages, id), body)
            case "POST", ["pages"]:
                return self.created(body)
            case _, ["comments", *rest]:
                return self.commented(method, rest, asked, body)
            case _:
                raise Refused(400, "invalid_request_url", "Invalid request URL.")

    def found(self, kind: str, among: dict[str, Any], id: str) -> Any:
        if not re.fullmatch(r"[\da-f]{8}-?([\da-f]{4}-?){3}[\da-f]{12}", id):
            raise invalid(f"path failed validation: path.{kind}_id should be a valid uuid, instead was {id}.")
        if id not in among or id in self.hidden:
            raise missing(kind, id)
        return among[id]

    def queried(self, source: str, body: Any) -> Any:
        checked(body.get("filter"), self.sources[source]["properties"])
        hits = self.seen(source, body.get("filter"))
        order = body.get("sorts", [{"direction": "ascending"}])[0]["direction"]
        hits.sort(key=lambda one: one["created_time"], reverse=order == "descending")
        most, hits = hits[self.limit :], hits[: self.limit]
        start = 0
        if after := body.get("start_cursor"):
            places = [one["id"] for one in hits]
            if after not in places:
                raise invalid(f"The start_cursor provided is invalid: {after}")
            start = places.index(after)
        end = start + min(body.get("page_size", 100), self.page)
        next = hits[end]["id"] if end < len(hits) else None
        return shapes.listed("page_or_data_source", hits[start:end], next, bool(most))

    def changed_schema(self, source: Any, body: Any) -> Any:
        for name, told in body["properties"].items():
            kind = told["type"]
            id = f"p{len(source['properties'])}%3A"
            one = {"id": id, "name": name, "description": None, "type": kind, kind: told[kind]}
            source["properties"].setdefault(name, one)
            for page in self.pages.values():
                if page["parent"]["data_source_id"] == source["id"]:
                    page["properties"][name] = {"id": id, "type": kind, kind: shapes.EMPTY[kind]}
        return source

    def written(self, page: Any, body: Any) -> Any:
        if not self.capable:
            raise Refused(403, "restricted_resource", "Insufficient permissions for this endpoint.")
        if page["in_trash"]:
            raise invalid("Can't edit block that is archived. You must unarchive the block before editing.")
        schema = self.sources[page["parent"]["data_source_id"]]["properties"]
        for name, told in body["properties"].items():
            if name not in page["properties"]:
                raise invalid(f"{name} is not a property that exists.")
            kind = page["properties"][name]["type"]
            if kind not in told:
                raise invalid(f"{name} is expected to be {kind}.")
            if name not in self.deaf:
                page["properties"][name][kind] = kept(kind, told[kind], schema[name])
        page["last_edited_time"] = self.stamp()
        return page

    def created(self, body: Any) -> Any:
        if not self.capable:
            raise Refused(403, "restricted_resource", "Insufficient permissions for this endpoint.")
        source = body["parent"]["data_source_id"]
        self.found("data_source", self.sources, source)
        told = {name: meant(next(iter(one)), one) for name, one in body["properties"].items()}
        told = {name: value for name, value in told.items() if name not in self.deaf}
        id = self.make(source=source, **{"title": told.pop("Name"), "given": told})
        self.contents[id] = body["children"]
        return self.pages[id]

    def commented(self, method: str, rest: list[str], asked: dict[str, str], body: Any) -> Any:
        if not self.capable:
            raise Refused(403, "restricted_resource", "Insufficient permissions for this endpoint.")
        match method, rest:
            case "GET", []:
                self.found("block", self.pages, asked["block_id"])
                of = [c for c in self.comments.values() if c["parent"]["page_id"] == asked["block_id"]]
                start = next((n for n, c in enumerate(of) if c["id"] == asked.get("start_cursor")), 0)
                next_one = of[start + self.page]["id"] if start + self.page < len(of) else None
                return shapes.listed("comment", of[start : start + self.page], next_one)
            case "POST", []:
                page = self.found("page", self.pages, body["parent"]["page_id"])["id"]
                id = self.id()
                self.comments[id] = shapes.comment(id, page, self.stamp(), shapes.BOT, body["rich_text"])
                return self.comments[id]
            case _, [id] if id in self.comments:
                one = self.comments[id]
                if method != "GET" and one["created_by"]["id"] != shapes.BOT:
                    raise missing("comment", id)
                if one["parent"]["page_id"] in self.hidden:
                    raise missing("comment", id)
                if method == "PATCH":
                    one |= {"rich_text": shapes.rich(body["rich_text"]), "last_edited_time": self.stamp()}
                if method == "DELETE":
                    del self.comments[id]
                return one
            case _:
                raise missing("comment", rest[0] if rest else "")


def meant(kind: str, one: Any) -> Any:
    """A value that was sent, in the plain form that a person thinks of."""
    match kind:
        case "title":
            return "".join(part["text"]["content"] for part in one["title"])
        case "select" | "status":
            return one[kind]["name"]
        case "multi_select":
            if any("," in option["name"] or len(option["name"]) > 100 for option in one["multi_select"]):
                raise invalid("Invalid select option, commas not allowed, length should be ≤ `100`.")
            return [option["name"] for option in one["multi_select"]]
        case _:
            return one["date"]["start"]


def kept(kind: str, told: Any, one: Any) -> Any:
    """A value as Notion keeps it."""
    match kind:
        case "rich_text" | "title":
            if any(len(part["text"]["content"]) > 2000 for part in told):
                raise invalid("text.content.length should be ≤ `2000`.")
            return shapes.rich(told)
        case "status":
            if told and told["name"] not in [option["name"] for option in one["status"]["options"]]:
                raise invalid(f'Status option "{told["name"]}" does not exist in {one["name"]}.')
            return told and shapes.chosen(told["name"])
        case "select":
            return told and shapes.chosen(told["name"])
        case "date":
            return told and {"start": told["start"], "end": None, "time_zone": None}
        case _:
            return told


OPERATORS = {"relation": "contains", "people": "contains", "multi_select": "contains"}


def checked(filter: Any, schema: Any) -> None:
    """Refuses what Notion refuses: properties and choices that are none, conditions of another type."""
    match filter:
        case {"and": inner} | {"or": inner}:
            for one in inner:
                checked(one, schema)
        case {"property": name}:
            one = next((one for one in schema.values() if one["name"] == name), None)
            if one is None:
                raise invalid(f"Could not find property with name or id: {name}")
            kind = one["type"]
            if kind not in filter:
                raise invalid(f"database property {kind} does not match filter")
            [(operator, wanted)] = filter[kind].items()
            if operator != OPERATORS.get(kind, "equals"):
                raise invalid(f"body failed validation: body.filter.{kind}.{operator}")
            options = one[kind].get("options") if isinstance(one[kind], dict) else None
            if options is not None and wanted not in [option["name"] for option in options]:
                raise invalid(f'{kind} option "{wanted}" not found for property "{name}".')
        case None | {"timestamp": "created_time" | "last_edited_time"}:
            return
        case _:
            raise invalid("body failed validation: body.filter")


def matches(page: Any, filter: Any) -> bool:
    match filter:
        case None:
            return True
        case {"and": inner}:
            return all(matches(page, one) for one in inner)
        case {"or": inner}:
            return any(matches(page, one) for one in inner)
        case {"timestamp": name}:
            [(operator, value)] = filter[name].items()
            return bool(page[name] >= value if operator == "on_or_after" else page[name] <= value)
        case _:
            one = page["properties"].get(filter["property"])
            [(_, wanted)] = filter[one["type"]].items() if one else [("", "")]
            return one is not None and meets(one["type"], one[one["type"]], wanted)


def meets(kind: str, value: Any, wanted: Any) -> bool:
    match kind:
        case "relation" | "people":
            return wanted in [entry["id"] for entry in value]
        case "multi_select":
            return wanted in [entry["name"] for entry in value]
        case "select" | "status":
            return bool(value) and value["name"] == wanted
        case "unique_id":
            return bool(value["number"] == wanted)
        case "title" | "rich_text":
            return "".join(part["plain_text"] for part in value) == wanted
        case _:
            return bool(value == wanted)
