"""Notion's own documents as judges of what goes over the wire: OpenAPI 3.1, which is JSON Schema itself."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from functools import cached_property, lru_cache
from typing import Any

import jsonschema_rs

from tests.shared import path
from tests.specs.openapi import URN, Complaint, Document, Exchange, Operation, _pointed

METHODS = ("get", "post", "patch", "put", "delete")


class Latest(Document):
    """A document of OpenAPI 3.1: `const` and types of several kinds count."""

    @property
    def operations(self) -> Iterator[Operation]:
        for template, methods in self.spec["paths"].items():
            for method in METHODS:
                if method in methods:
                    facts = {**methods[method], "parameters": self._parameters(methods[method])}
                    yield Operation(self, method.upper(), self.prefix + template, facts)

    def validator(self, key: tuple[str, str, str], schema: Mapping[str, Any]) -> Any:
        if key not in self._compiled:
            made = jsonschema_rs.Draft202012Validator(
                _pointed(schema), registry=self.registry, validate_formats=True
            )
            self._compiled[key] = made
        return self._compiled[key]

    @cached_property
    def registry(self) -> Any:
        dialect = "https://json-schema.org/draft/2020-12/schema"
        return jsonschema_rs.Registry([(URN, {"$schema": dialect, "components": self.spec["components"]})])

    def _parameters(self, facts: Mapping[str, Any]) -> list[Any]:
        known = self.spec["components"].get("parameters", {})
        return [
            known.get(p["$ref"].split("/")[-1], p) if "$ref" in p else p for p in facts.get("parameters", [])
        ]


@lru_cache
def document(name: str = "notion-full") -> Latest:
    """Skips where it is missing."""
    return Latest(name, json.loads(path(f"specs/{name}.json").read_bytes()))


def complaints(exchange: Exchange, judge: Latest) -> list[str]:
    """All that the document has against a request, and against its answer, good or bad."""
    operation = judge.operation(exchange.method, exchange.path)
    if operation is None:
        return [f"{exchange.method} {exchange.path} is in no document"]
    told: list[Complaint] = operation.check(exchange)
    if exchange.status >= 400:
        error = operation.facts["responses"]["400"]["content"]["application/json"]["schema"]
        told += operation._judge("answer", "", "400", error, json.loads(exchange.answer))
    return [str(one) for one in told]
