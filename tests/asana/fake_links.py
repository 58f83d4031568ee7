"""Addresses that are attached to tasks of the fake Asana."""

from __future__ import annotations

from collections.abc import Mapping
from email.parser import BytesParser
from email.policy import HTTP
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from tests.asana.fake import FakeAsana

MULTIPART = "multipart/form-data"


def form(content: bytes, sent_type: str) -> dict[str, str]:
    """The named texts of a multipart body."""
    message = BytesParser(policy=HTTP).parsebytes(f"Content-Type: {sent_type}\r\n\r\n".encode() + content)
    return {
        str(part.get_param("name", header="content-disposition")): part.get_payload(decode=True).decode()
        for part in message.iter_parts()
    }


def listed(asana: FakeAsana, asked: Mapping[str, str], _body: Any) -> Any:
    asana.there(asked["parent"])
    return asana.paged(asked, [one for one in asana.attached.values() if one["on"] == asked["parent"]])


def attach(asana: FakeAsana, _asked: Mapping[str, str], body: Mapping[str, str]) -> Any:
    parent = body["parent"]
    asana.there(parent)
    if parent in asana.silent:
        asana.refuse(403, "parent: Forbidden")
    if body.get("resource_subtype") != "external" or not body.get("name") or not body.get("url"):
        asana.refuse(400, "name: Missing input")
    made = asana.attach(parent, body["url"], body["name"])
    if "attachments" in asana.deaf:
        del asana.attached[made["gid"]]
    return 200, {"data": {name: made[name] for name in ("gid", "resource_type", "name")}}


def detach(asana: FakeAsana, _asked: Mapping[str, str], _body: Any, gid: str) -> Any:
    if asana.attached.pop(gid, None) is None:
        asana.refuse(404, f"attachment: Unknown object: {gid}")
    return 200, {"data": {}}


ROUTES = (
    (r"GET /attachments", listed),
    (r"POST /attachments", attach),
    (r"DELETE /attachments/(\d+)", detach),
)
