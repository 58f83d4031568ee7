"""`webhooks install` on Trello: one webhook for each board, all signed with the secret of the app.

A webhook belongs to the token that made it, so those of other tokens are not even seen. Ours are known by
their address, or by what we write into their description. While one is made or changed, Trello asks the
address whether anybody is there.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, ClassVar

from bridge.errors import Rejected
from connectors.base import HookResult, HookSecret, HookStep, HookWish
from connectors.hook_steps import make, twin, unreachable
from connectors.trello.api import Api
from connectors.trello.boards import Boards
from connectors.trello.settings import TrelloSettings

SECRET = HookSecret(
    "it is the app's own: trello.com/power-ups/admin > your app > API key > Secret. Put it into a file, and "
    'name that: webhook_secret = "file:NAME"'
)
UP = "the daemon must run and be reached there meanwhile: Trello asks the address first, and wants a 200"
Hook = Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class TrelloHooks:
    """Those of one token, on the boards that are looked through."""

    settings: TrelloSettings
    api: Api
    boards: Boards
    hook_secret: ClassVar[HookSecret] = SECRET

    def plan_hooks(self, wish: HookWish) -> tuple[HookStep, ...]:
        """One for each board that is looked through, and none for others. Reads only. Raises AccessDenied."""
        name, boards = _name(self.settings), self.boards.all()
        ours = [one for one in _all(self) if one.get("callbackURL") == wish.address or _described(one, name)]
        steps = [step for board in boards for step in _of_board(self, board, ours, wish)]
        left = [one for one in ours if one.get("idModel") not in boards]
        lost = "it tells of what is not looked through any more"
        gone = [HookStep("remove", str(one.get("callbackURL")), lost, True, one["id"]) for one in left]
        return (*unreachable("Trello", wish.address), *steps, *gone)

    def apply_hooks(self, wish: HookWish, steps: Sequence[HookStep]) -> tuple[HookResult, ...]:
        def does(step: HookStep) -> str:
            match step.what:
                case "create":
                    _call(self, "POST", "webhooks/", _wanted(self.settings, wish, idModel=step.part))
                case "change":
                    _call(self, "PUT", f"webhooks/{step.id}", _wanted(self.settings, wish, active="true"))
                case "remove":
                    _call(self, "DELETE", f"webhooks/{step.id}")
            return ""

        return make(steps, does, lambda _step, error: UP if isinstance(error, Rejected) else "")

    def refresh_hooks(self, address: str) -> tuple[HookResult, ...]:
        """Wake those that Trello has put to sleep, as it does after long failure."""
        wish = HookWish(address=address)
        asleep = [one for one in _all(self) if one.get("callbackURL") == address and not _awake(one)]
        steps = [HookStep("change", address, "switched off: on again", True, one["id"]) for one in asleep]
        return self.apply_hooks(wish, steps)


def _of_board(trello: TrelloHooks, board: str, ours: Sequence[Hook], wish: HookWish) -> Iterator[HookStep]:
    of_board = [one for one in ours if one.get("idModel") == board]
    of_board.sort(key=lambda one: one.get("callbackURL") != wish.address)
    about = f"what happens on the board {trello.boards.names(board)[0]}; signed with {wish.reference}"
    if not of_board:
        yield HookStep("create", wish.address, about, True, part=board)
        return
    first, *twins = of_board
    differs = [] if first.get("callbackURL") == wish.address else [f"it calls {first.get('callbackURL')}"]
    differs += [] if _awake(first) else ["switched off"]
    if differs:
        yield HookStep("change", wish.address, f"{', '.join(differs)}: {about}", True, first["id"], board)
    else:
        yield HookStep("found", wish.address, about, False, first["id"], board)
    for one in twins:
        yield twin(str(one.get("callbackURL")), one["id"])


def _all(trello: TrelloHooks) -> list[Hook]:
    """Those of our token. Its own address holds the token, and no message shows that."""
    path = f"tokens/{trello.settings.token}/webhooks"
    found = trello.api.http.call("GET", path, repeatable=True).data
    return trello.api.records(found, "GET tokens/***/webhooks")


def _call(trello: TrelloHooks, method: str, path: str, params: Mapping[str, str] | None = None) -> None:
    trello.api.http.call(method, path, params=params, repeatable=method != "POST")


def _wanted(settings: TrelloSettings, wish: HookWish, **more: str) -> dict[str, str]:
    return {"callbackURL": wish.address, "description": _name(settings), **more}


def _name(settings: TrelloSettings) -> str:
    return f"okr-bridge {settings.instance} {settings.name}" if settings.instance else ""


def _described(hook: Hook, name: str) -> bool:
    return bool(name) and hook.get("description") == name


def _awake(hook: Hook) -> bool:
    return hook.get("active") is not False
