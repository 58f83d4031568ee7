"""`fields install`: the bridge's five custom fields, made on boards. Each board has its own."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence

from bridge.errors import AccessDenied, ConnectorError, NotFound
from connectors.base import FieldResult, FieldsPlan, FieldStep
from connectors.trello.api import READ_ONLY, Api
from connectors.trello.boards import Boards, Definition
from mappings.trello_fields import defined

KINDS: Mapping[str, tuple[str, ...]] = {
    "key_result": ("text",),
    "progress": ("number",),
    "status": ("text", "list"),
    "score": ("number",),
    "updated": ("date", "text"),
}
"""What a field may be that shows a figure; the first is what is made."""
NO_BOARD = "no board is linked as a whole: name those of the anchors with --screen BOARD"
OFF = "switch Custom Fields on for the board (free plans have none), as a member of it"


class Fields:
    """`names` are the bridge's fields by role."""

    def __init__(self, api: Api, boards: Boards, names: Mapping[str, str]) -> None:
        self._api = api
        self._boards = boards
        self._names = {role: names[role] for role in KINDS if role in names}

    def plan(self, boards: Sequence[str]) -> FieldsPlan:
        """What these boards lack, each as a link names it, with a list behind a slash or without. Reads only.
        Raises NotFound for a board that is not there to see."""
        if not boards:
            return FieldsPlan((FieldStep("click", "boards", NO_BOARD, False),))
        found = self._boards.fields(dict.fromkeys(map(self._board, boards)), anew=True)
        return FieldsPlan(tuple(step for board, there in found.items() for step in self._of(board, there)))

    def apply(self, plan: FieldsPlan) -> tuple[FieldResult, ...]:
        """Every doable step; one that fails does not stop the others."""
        return tuple(map(self._made, plan.doable))

    def _board(self, name: str) -> str:
        """A board's own name may hold a slash."""
        whole = self._boards.known(name)
        return whole or self._boards.find(name.rpartition("/")[0] or name)

    def _of(self, board: str, there: Sequence[Definition]) -> Iterator[FieldStep]:
        by_role, called = defined(there, self._names), self._boards.names(board)[0]
        for role, name in self._names.items():
            kind = by_role[role]["type"] if role in by_role else ""
            if kind in KINDS[role]:
                yield FieldStep("found", name, f"is there on {called}", False, role, screen=board)
            elif kind:
                fit = " or ".join(KINDS[role])
                told = f"on {called} it is a {kind} field, not a {fit} field: rename it, or make it anew"
                yield FieldStep("ask", name, told, False, role, screen=board)
            else:
                told = f"a {KINDS[role][0]} field of {called}"
                yield FieldStep("create", name, told, True, role, screen=board)

    def _made(self, step: FieldStep) -> FieldResult:
        body = {
            "idModel": step.screen,
            "modelType": "board",
            "name": step.name,
            "type": KINDS[step.role][0],
            "pos": "bottom",
            "display_cardFront": False,
        }
        try:
            self._api.http.call("POST", "customFields", body=body, repeatable=False)
            there = self._boards.fields([step.screen], anew=True)[step.screen]
        except AccessDenied as error:
            return FieldResult(step, "failed", error.message, error.hint if error.login else READ_ONLY)
        except NotFound as error:
            return FieldResult(step, "failed", error.message, OFF)
        except ConnectorError as error:
            return FieldResult(step, "failed", error.message, error.hint or OFF)
        if step.role not in defined(there, {step.role: step.name}):
            return FieldResult(step, "failed", f"POST customFields made no {step.name}", OFF)
        return FieldResult(step, "done")
