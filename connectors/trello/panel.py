"""A key result shown on a card: custom fields, a comment, and an attached link."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import UTC, datetime
from decimal import Decimal
from typing import Any

from bridge.errors import NotFound
from bridge.model import Document
from bridge.model.same import same
from connectors.base import Found, Mark, RemoteLink
from connectors.trello.api import Api
from connectors.trello.boards import Boards, Definition
from connectors.trello.comments import Comments
from mappings.marked_links import linked, marked_address
from mappings.trello_fields import defined, held

MISSING = "make it with `okr-bridge fields install` (free plans have no Custom Fields)"
KIND = "make the field a number for the figures, a date for the update, a text or a dropdown for words"
DROPPED = "look at the card: a rule of the board changed it at once"


class TrelloPanel:
    """`names` are the bridge's fields by role; each board has its own."""

    def __init__(self, api: Api, boards: Boards, names: Mapping[str, str]) -> None:
        self._api = api
        self._boards = boards
        self.names = dict(names)
        self._comments = Comments(api)

    def look(self, item: str) -> Found:
        card = self._card(item, attachments="true")
        links: dict[str, Mapping[str, Any]] = {}
        for one in self._attached(card):
            links[one["mark"]] = {"url": one["url"], "title": one["name"]}
        comments = self._comments.marked(card["id"])
        return Found(fields=held(card, self.names), comments=comments, links=links)

    def put_values(self, item: str, fields: Mapping[str, Any], property: Any = None) -> None:
        """Raises Rejected with the roles that the board lacks or that came out otherwise; all are read
        back."""
        if property is not None:
            raise self._api.refused("Trello keeps no properties of a key result", "set `property = false`")
        if not fields:
            return
        card = self._card(item)
        by_role = defined(card["fields"], self.names)
        bodies = self._bodies(item, by_role, fields)
        for role, body in bodies.items():
            path = f"cards/{card['id']}/customField/{by_role[role]['id']}/item"
            self._api.write("PUT", path, item, body=body)
        now = held(self._card(item), self.names)
        lost = [role for role, value in fields.items() if not same(now.get(role), value)]
        if lost:
            message = f"card {item} was answered as changed, and did not take {', '.join(lost)}"
            error = self._api.refused(message, DROPPED)
            error.fields = dict.fromkeys(lost, "not taken")
            raise error

    def put_comment(self, item: str, body: Document, mark: Mark, comment: str | None = None) -> str:
        return self._comments.put(item, body, mark, comment)

    def put_link(self, item: str, link: RemoteLink) -> None:
        """An attachment cannot be changed: the new one is made before the old one goes."""
        card = self._card(item, attachments="true")
        ours = [one for one in self._attached(card) if one["mark"] == link.global_id]
        standing = [one for one in ours if (one["url"], one["name"]) == (link.url, link.title)]
        if not standing:
            params = {"name": link.title, "url": marked_address(link.url, link.global_id)}
            self._api.write("POST", f"cards/{card['id']}/attachments", item, params=params)
        for one in (other for other in ours if other not in standing[:1]):
            self._detach(item, one["id"])

    def remove_values(self, item: str, roles: Sequence[str], property: bool) -> None:  # noqa: ARG002
        """Empty these fields, as far as the card has them."""
        now = held(self._card(item), self.names)
        self.put_values(item, {role: None for role in roles if now.get(role) is not None})

    def remove_comment(self, item: str, comment: str) -> None:
        self._comments.remove(item, comment)

    def remove_link(self, item: str, global_id: str) -> None:
        card = self._card(item, attachments="true")
        for one in self._attached(card):
            if one["mark"] == global_id:
                self._detach(item, one["id"])

    def _detach(self, item: str, attachment: str) -> None:
        try:
            self._api.write("DELETE", f"cards/{item}/attachments/{attachment}", item)
        except NotFound:
            return

    def _card(self, item: str, **more: str) -> dict[str, Any]:
        """The card as it stands, with the fields of its board as they are now."""
        card = self._api.one(f"cards/{item}", {"customFieldItems": "true", **more})
        board = card["idBoard"]
        return {**card, "fields": self._boards.fields([board], anew=True)[board]}

    def _attached(self, card: Mapping[str, Any]) -> list[dict[str, Any]]:
        found = []
        for one in card.get("attachments") or ():
            address, mark = linked(str(one.get("url") or ""))
            if mark:
                found.append({"id": one["id"], "name": one.get("name"), "url": address, "mark": mark})
        return found

    def _bodies(
        self, item: str, by_role: Mapping[str, Definition], fields: Mapping[str, Any]
    ) -> dict[str, dict[str, Any]]:
        blamed, bodies = dict[str, str](), dict[str, dict[str, Any]]()
        for role, value in fields.items():
            field = by_role.get(role)
            body = _body(field, value) if field else None
            if field is None:
                blamed[role] = "no such field"
            elif body is None:
                blamed[role] = f"{field['name']} is a {field['type']} field that takes no such value"
            else:
                bodies[role] = body
        if blamed:
            missing = all(text == "no such field" for text in blamed.values())
            told = f"has no field for {', '.join(blamed)}" if missing else "; ".join(blamed.values())
            error = self._api.refused(f"card {item}: {told}", MISSING if missing else KIND)
            error.fields = blamed
            raise error
        return bodies


def _body(field: Definition, value: Any) -> dict[str, Any] | None:
    """What sets a field, None where it cannot hold that. Trello takes numbers as texts."""
    if value is None:
        return {"value": "", "idValue": ""}
    number = isinstance(value, int | float | Decimal) and not isinstance(value, bool)
    match field["type"]:
        case "text":
            return {"value": {"text": str(value)}}
        case "number" if number:
            return {"value": {"number": f"{Decimal(str(value)):f}"}}
        case "date":
            return _dated(value)
        case "list":
            hits = [id for id, text in field["options"].items() if same(text, str(value))]
            return {"idValue": hits[0]} if hits else None
        case _:
            return None


def _dated(value: Any) -> dict[str, Any] | None:
    try:
        at = datetime.fromisoformat(str(value))
    except ValueError:
        return None
    utc = (at if at.tzinfo else at.replace(tzinfo=UTC)).astimezone(UTC)
    return {"value": {"date": f"{utc:%Y-%m-%dT%H:%M:%S}.{utc.microsecond // 1000:03d}Z"}}
