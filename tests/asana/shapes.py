"""The shapes in which Asana tells things."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

Params = Mapping[str, str]


def wrong(message: str) -> dict[str, Any]:
    return {"errors": [{"message": message, "help": "For more information, see the documentation."}]}


def project(gid: str, name: str) -> dict[str, Any]:
    return {"gid": gid, "resource_type": "project", "name": name}


def task_of(gid: str) -> dict[str, Any]:
    return {"gid": gid, "resource_type": "task", "resource_subtype": "default_task"}


def section_of(lies: tuple[str, str]) -> dict[str, Any]:
    return {"gid": lies[0], "resource_type": "section", "name": lies[1]}


def shaped(record: Mapping[str, Any], asked: Params) -> dict[str, Any]:
    """Only what was asked for, or what Asana gives unasked."""
    tree: dict[str, Any] = {}
    for path in filter(None, asked.get("opt_fields", "").split(",")):
        at = tree
        for step in path.split("."):
            at = at.setdefault(step, {})
    found: dict[str, Any] = cut(record, tree)
    return found


def cut(value: Any, tree: Mapping[str, Any]) -> Any:
    if isinstance(value, list):
        return [cut(one, tree) for one in value]
    if not isinstance(value, dict):
        return value
    if not tree:
        compact = ("gid", "resource_type", "name", "resource_subtype", "text")
        return {n: value[n] for n in compact if n in value} if "gid" in value else value
    shown = {name: cut(value[name], below) for name, below in tree.items() if name in value}
    return shown | ({"gid": value["gid"]} if "gid" in value else {})
