"""Making the properties that show a key result."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from bridge.errors import AccessDenied, ConnectorError, Rejected
from connectors.base import FieldResult, FieldsPlan, FieldStep
from connectors.notion.api import Api, identity
from connectors.notion.schema import SHOWN, fold

WORDS = {"rich_text": "text", "number": "number", "select": "select", "status": "status", "date": "date"}
EDITING = 'give the connection the capability "Update content" and full access to the database'


class NotionFields:
    """`sources` are those of `describe()`, `names` the properties' by role."""

    def __init__(self, api: Api, sources: Mapping[str, Mapping[str, Any]], names: Mapping[str, str]) -> None:
        self._api = api
        self._sources = sources
        self._names = names

    def plan(self, screens: Sequence[str]) -> FieldsPlan:
        """For the databases where key results are shown; `screens` name others of the connection."""
        ids = [identity(one, page=False) for one in screens]
        chosen = [
            id
            for id, facts in self._sources.items()
            if (facts["shown"] if not screens else id in ids or facts["database"] in ids)
        ]
        if screens and not chosen:
            message = "these are no databases of the connection"
            raise Rejected(self._api.http.system, message, "`--screen` takes a database's id or address")
        return FieldsPlan(tuple(step for id in chosen for step in self._steps(id)))

    def apply(self, plan: FieldsPlan) -> tuple[FieldResult, ...]:
        return tuple(map(self._made, plan.doable))

    def _steps(self, source: str) -> Iterator[FieldStep]:
        properties = self._api.read(f"data_sources/{source}", "data_source")["properties"].values()
        where = self._sources[source]["name"]
        types = {fold(one["name"]): one["type"] for one in properties}
        types |= {one["id"]: one["type"] for one in properties}
        for role, name in self._names.items():
            kind = types.get(fold(name)) or types.get(name)
            if kind in SHOWN[role]:
                yield FieldStep("found", name, f"is there in {where}", False, role, "", source)
            elif kind:
                fit = " or ".join(WORDS[one] for one in SHOWN[role])
                detail = f"in {where} it is of the type {kind}: make it {fit}, or rename it"
                yield FieldStep("ask", name, detail, False, role, "", source)
            else:
                detail = f"a property of {where}, of the type {WORDS[SHOWN[role][0]]}"
                yield FieldStep("create", name, detail, True, role, "", source)

    def _made(self, step: FieldStep) -> FieldResult:
        kind = SHOWN[step.role][0]
        inner = {"format": "number"} if kind == "number" else {}
        path = f"data_sources/{step.screen}"
        try:
            body = {"properties": {step.name: {"type": kind, kind: inner}}}
            self._api.http.call("PATCH", path, body=body, repeatable=True, item=step.screen)
            made = self._api.read(path, "data_source")["properties"].get(step.name)
        except AccessDenied as error:
            return FieldResult(step, "failed", error.message, EDITING)
        except ConnectorError as error:
            return FieldResult(step, "failed", error.message, error.hint)
        if not made or made["type"] != kind:
            return FieldResult(step, "failed", f"PATCH {path} made no {step.name}", EDITING)
        return FieldResult(step, "done")
