"""What an account's boards have: whose custom fields are which."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from connectors.trello.api import Api
from connectors.trello.boards import Boards, Definition
from connectors.trello.settings import TrelloSettings


def describe(api: Api, boards: Boards, settings: TrelloSettings) -> dict[str, Any]:
    """The facts as plain JSON: two requests, and one for ten boards. A field is missing that no board has.
    Raises NotFound where a chosen board cannot be read."""
    account = api.account()
    fields = boards.fields(boards.all())
    names = {_fold(one["name"]): one["name"] for of_board in fields.values() for one in of_board}
    wanted = (*settings.field_names.values(), *settings.number_fields)
    return {
        "account": account,
        "fields": sorted(names.values()),
        "points": next((names[_fold(name)] for name in settings.points_fields if _fold(name) in names), ""),
        "panel": {role: _called(fields, name) for role, name in sorted(settings.field_names.items())},
        "missing": [name for name in dict.fromkeys(wanted) if _fold(name) not in names],
    }


def _called(fields: Mapping[str, Iterable[Definition]], name: str) -> list[str]:
    """The ids of all fields of this name, whatever the board."""
    found = (one for of_board in fields.values() for one in of_board)
    return sorted(str(one["id"]) for one in found if _fold(one["name"]) == _fold(name))


def _fold(name: str) -> str:
    return name.strip().casefold()
