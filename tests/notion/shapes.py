"""Notion's objects as its API gives them."""

from __future__ import annotations

import uuid
from typing import Any

BOT = str(uuid.UUID(int=7))
LOOKS = {
    "bold": False,
    "italic": False,
    "strikethrough": False,
    "underline": False,
    "code": False,
    "color": "default",
}
GROUPS = {
    "To-do": ("Not started", "Backlog"),
    "In progress": ("In progress",),
    "Complete": ("Done", "Cancelled"),
}


def rich(parts: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """What was sent as rich text, as it comes back."""
    return [
        {
            "type": "text",
            "text": {"content": part["text"]["content"], "link": part["text"].get("link")},
            "annotations": LOOKS | part.get("annotations", {}),
            "plain_text": part["text"]["content"],
            "href": (part["text"].get("link") or {}).get("url"),
        }
        for part in parts
    ]


def words(text: str) -> list[dict[str, Any]]:
    return rich([{"text": {"content": text}}]) if text else []


def option(name: str) -> dict[str, Any]:
    return {"id": f"o-{name}", "name": name, "color": "default", "description": None}


def chosen(name: str) -> dict[str, Any]:
    return {"id": f"o-{name}", "name": name, "color": "default"}


def status() -> dict[str, Any]:
    groups = [
        {"id": f"g-{at}", "name": name, "color": "gray", "option_ids": [f"o-{one}" for one in inner]}
        for at, (name, inner) in enumerate(GROUPS.items())
    ]
    return {"options": [option(one) for inner in GROUPS.values() for one in inner], "groups": groups}


def relation(source: str, database: str) -> dict[str, Any]:
    return {
        "data_source_id": source,
        "database_id": database,
        "type": "single_property",
        "single_property": {},
    }


def properties(of: dict[str, tuple[str, Any]]) -> dict[str, Any]:
    """The schema of a data source: type and what belongs to it, by name."""
    return {
        name: {"id": f"p{at}%3A", "name": name, "description": None, "type": kind, kind: inner}
        for at, (name, (kind, inner)) in enumerate(of.items())
    }


EMPTY: dict[str, Any] = {
    "title": [], "rich_text": [], "number": None, "select": None, "status": None, "multi_select": [],
    "relation": [], "people": [], "date": None, "checkbox": False,
}  # fmt: skip


def user(id: str) -> dict[str, Any]:
    return {"object": "user", "id": id}


def bot(id: str) -> dict[str, Any]:
    inner = {
        "owner": {"type": "workspace", "workspace": True},
        "workspace_id": "w",
        "workspace_limits": {"max_file_upload_size_in_bytes": 5242880},
        "workspace_name": "Acme",
    }
    return {**user(id), "name": "OKR bridge", "avatar_url": None, "type": "bot", "bot": inner}


def person(id: str, name: str) -> dict[str, Any]:
    return {**user(id), "name": name, "avatar_url": f"https://s3/{id}", "type": "person", "person": {}}


def listed(kind: str, entries: list[Any], after: str | None, cut: bool = False) -> dict[str, Any]:
    made = {"object": "list", "type": kind, kind: {}, "results": entries, "next_cursor": after}
    made["has_more"] = after is not None
    if cut:
        made["request_status"] = {"type": "incomplete", "incomplete_reason": "query_result_limit_reached"}
    return made


def database(id: str, source: str, name: str, at: str) -> dict[str, Any]:
    return {
        "object": "database", "id": id, "title": words(name), "description": [], "is_inline": False,
        "parent": {"type": "workspace", "workspace": True}, "in_trash": False, "archived": False,
        "is_locked": False, "created_time": at, "last_edited_time": at, "icon": None, "cover": None,
        "data_sources": [{"id": source, "name": name}], "url": f"https://www.notion.so/{flat(id)}",
        "public_url": None,
    }  # fmt: skip


def data_source(id: str, database: str, name: str, at: str, schema: dict[str, Any]) -> dict[str, Any]:
    return {
        "object": "data_source", "id": id, "title": words(name), "description": [], "is_inline": False,
        "parent": {"type": "database_id", "database_id": database},
        "database_parent": {"type": "workspace", "workspace": True}, "in_trash": False, "archived": False,
        "created_time": at, "last_edited_time": at, "created_by": user("u"), "last_edited_by": user("u"),
        "properties": schema, "icon": None, "cover": None, "url": f"https://www.notion.so/{flat(id)}",
        "public_url": None,
    }  # fmt: skip


def page(id: str, parent: dict[str, Any], at: str, values: dict[str, Any]) -> dict[str, Any]:
    return {
        "object": "page", "id": id, "created_time": at, "last_edited_time": at, "in_trash": False,
        "archived": False, "is_archived": False, "is_locked": False, "public_url": None,
        "url": f"https://www.notion.so/{flat(id)}", "parent": parent, "properties": values, "icon": None,
        "cover": None, "created_by": user("u"), "last_edited_by": user("u"),
    }  # fmt: skip


def comment(id: str, page: str, at: str, who: str, parts: list[Any]) -> dict[str, Any]:
    return {
        "object": "comment", "id": id, "parent": {"type": "page_id", "page_id": page}, "discussion_id": id,
        "created_time": at, "last_edited_time": at, "created_by": user(who), "rich_text": rich(parts),
        "display_name": {"type": "integration", "resolved_name": "OKR bridge"},
    }  # fmt: skip


def refusal(status: int, code: str, message: str) -> dict[str, Any]:
    return {"object": "error", "status": status, "code": code, "message": message, "request_id": "r"}


def flat(id: str) -> str:
    return id.replace("-", "")
