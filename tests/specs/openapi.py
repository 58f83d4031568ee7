"""A vendor's OpenAPI 3.0 document as a judge: does a request, does a success answer, keep to it?

Schemas are compiled once per operation; one that does not compile raises, it never passes. `nullable`
becomes a type of its own, since JSON Schema knows none; `readOnly` and `example` mean nothing here.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from functools import cached_property
from pathlib import Path
from typing import Any
from urllib.parse import unquote

import jsonschema_rs

FORM, JSON = "multipart/form-data", "application/json"
CUT = 50
"""Of a longer list of an answer, so many entries are looked at."""


@dataclass(frozen=True, slots=True)
class Exchange:
    """One request and its answer as they went over the wire; `path` begins with `/rest/`."""

    method: str
    path: str
    query: tuple[tuple[str, str], ...]
    body: bytes
    status: int
    answer: bytes
    content_type: str = "application/json"
    sent_type: str = "application/json"


@dataclass(frozen=True, slots=True)
class Complaint:
    """What is wrong, and where: `part` is request, query, body or answer; `at` a path into the JSON."""

    document: str
    operation: str
    part: str
    at: str
    message: str

    def __str__(self) -> str:
        return f"{self.document} {self.operation} {self.part}{self.at}: {self.message}"


@dataclass
class Document:
    """`prefix` is what the server puts before the document's paths; `instead` replaces schemas of
    answers by operation, where the document is known to be wrong."""

    name: str
    spec: Mapping[str, Any]
    prefix: str = ""
    instead: Mapping[str, Mapping[str, Any]] = field(default_factory=dict)
    _compiled: dict[tuple[str, str, str], Any] = field(default_factory=dict)

    @staticmethod
    def load(
        path: Path, prefix: str = "", instead: Mapping[str, Mapping[str, Any]] | None = None
    ) -> Document:
        return Document(path.stem, json.loads(path.read_bytes()), prefix, instead or {})

    @property
    def operations(self) -> Iterator[Operation]:
        for template, methods in self.spec["paths"].items():
            for method, facts in methods.items():
                if method in ("get", "post", "put", "delete"):
                    yield Operation(self, method.upper(), self.prefix + template, facts)

    def operation(self, method: str, path: str) -> Operation | None:
        """The operation of a call: of several templates that fit, the one with the fewest variables."""
        fitting = [o for o in self._all if o.method == method and o.pattern.fullmatch(path)]
        return min(fitting, key=lambda o: o.template.count("{"), default=None)

    @cached_property
    def _all(self) -> list[Operation]:
        return list(self.operations)

    def validator(self, key: tuple[str, str, str], schema: Mapping[str, Any]) -> Any:
        """Compiled once. Raises where it cannot be."""
        if key not in self._compiled:
            self._compiled[key] = jsonschema_rs.Draft4Validator(
                _pointed(_plain(schema)),
                registry=self.registry,
                validate_formats=True,
                formats={"date-time": _is_instant},
            )
        return self._compiled[key]

    def properties(self, schema: Mapping[str, Any]) -> Mapping[str, Any]:
        """What an object has by its description, or by that which it refers to."""
        if "$ref" in schema:
            schema = self.spec["components"]["schemas"][schema["$ref"].rpartition("/")[2]]
        return schema.get("properties", {})

    @cached_property
    def registry(self) -> Any:
        components = _plain(self.spec["components"])
        schemas = {"$schema": "http://json-schema.org/draft-04/schema#", "components": components}
        return jsonschema_rs.Registry([(URN, schemas)])


URN = "urn:document"


@dataclass(slots=True, eq=False)
class Operation:
    document: Document
    method: str
    template: str
    facts: Mapping[str, Any]

    @property
    def id(self) -> str:
        return str(self.facts.get("operationId") or f"{self.method} {self.template}")

    @property
    def pattern(self) -> re.Pattern[str]:
        parts = re.split(r"\{[^}]+\}", self.template)
        return re.compile("[^/]+".join(re.escape(part) for part in parts))

    def check(self, exchange: Exchange) -> list[Complaint]:
        """Everything wrong with the request, and with the answer where it is a success."""
        told = [*self._parameters(exchange), *self._body(exchange)]
        if 200 <= exchange.status < 300:
            told += self._answer(exchange)
        return told

    def check_request(self, exchange: Exchange) -> list[Complaint]:
        return [*self._parameters(exchange), *self._body(exchange)]

    def _parameters(self, exchange: Exchange) -> Iterator[Complaint]:
        known = {p["name"]: p for p in self.facts.get("parameters", []) if p["in"] == "query"}
        given: dict[str, list[str]] = {}
        for name, value in exchange.query:
            given.setdefault(name, []).append(value)
        for name in given.keys() - known.keys():
            yield self._complain("query", f"/{name}", "is no parameter of this operation")
        for name, parameter in known.items():
            if name in given:
                value = _typed(given[name], parameter["schema"])
                yield from self._judge("query", f"/{name}", name, parameter["schema"], value)
            elif parameter.get("required"):
                yield self._complain("query", f"/{name}", "is required")

    def _body(self, exchange: Exchange) -> Iterator[Complaint]:
        described = self.facts.get("requestBody")
        if not described:
            if exchange.body:
                yield self._complain("body", "", "this operation takes none")
            return
        if not exchange.body:
            if described.get("required"):
                yield self._complain("body", "", "is required")
            return
        if exchange.sent_type.startswith(FORM) and FORM in described["content"]:
            yield from self._form(described["content"][FORM]["schema"], exchange.body)
            return
        if FORM in described["content"] and JSON not in described["content"]:
            yield self._complain("body", "", "is to be sent as a form")
            return
        if "json" not in exchange.sent_type:
            yield self._complain("body", "", f"is sent as {exchange.sent_type or 'nothing'}, not as JSON")
        yield from self._json("body", "", described["content"], exchange.body)

    def _form(self, schema: Mapping[str, Any], body: bytes) -> Iterator[Complaint]:
        """A form of texts alone, handed over as a JSON object; what it does not describe is refused."""
        told = json.loads(body)
        yield from self._judge("body", "", FORM, schema, told)
        for name in told.keys() - self.document.properties(schema):
            yield self._complain("body", f"/{name}", "is no part of this form")

    def _answer(self, exchange: Exchange) -> Iterator[Complaint]:
        described = self.facts["responses"].get(str(exchange.status))
        if described is None:
            yield self._complain("answer", "", f"status {exchange.status} is none of this operation's")
            return
        content = described.get("content") or {}
        if self.id in self.document.instead:
            content = {"application/json": {"schema": self.document.instead[self.id]}}
        if not exchange.answer:
            if any(media.get("schema") for media in content.values()):
                yield self._complain("answer", "", "is empty")
            return
        if "json" not in exchange.content_type:
            yield self._complain("answer", "", f"comes as {exchange.content_type or 'nothing'}, not as JSON")
        yield from self._json("answer", str(exchange.status), content, exchange.answer)

    def _json(self, part: str, name: str, content: Mapping[str, Any], text: bytes) -> Iterator[Complaint]:
        media = content.get("application/json") or content.get("*/*")
        schema = (media or {}).get("schema")
        try:
            value = json.loads(text)
        except ValueError:
            yield self._complain(part, "", "is no JSON")
            return
        if schema:
            yield from self._judge(part, "", name, schema, _cut(value) if part == "answer" else value)

    def _judge(
        self, part: str, at: str, name: str, schema: Mapping[str, Any], value: Any
    ) -> Iterator[Complaint]:
        validator = self.document.validator((self.id, part, name), schema)
        for error in validator.iter_errors(value):
            place = "".join(f"/{step}" for step in error.instance_path)
            yield self._complain(part, at + place, _short(error.message))

    def _complain(self, part: str, at: str, message: str) -> Complaint:
        return Complaint(self.document.name, self.id, part, at, message)


def _short(text: str) -> str:
    return text if len(text) < 300 else f"{text[:200]} ... {text[-60:]}"


def _plain(schema: Any) -> Any:
    """OpenAPI 3.0's dialect as JSON Schema draft 4: `nullable` is told by the type."""
    if isinstance(schema, list):
        return [_plain(part) for part in schema]
    if not isinstance(schema, dict):
        return schema
    plain = {name: _plain(part) for name, part in schema.items() if name not in ("example", "discriminator")}
    if schema.get("nullable") is True:
        plain.pop("nullable")
        return {"anyOf": [plain, {"type": "null"}]}
    return plain


def _pointed(schema: Any) -> Any:
    """References made to lead into the registry."""
    if isinstance(schema, list):
        return [_pointed(part) for part in schema]
    if not isinstance(schema, dict):
        return schema
    return {
        name: URN + part if name == "$ref" and isinstance(part, str) else _pointed(part)
        for name, part in schema.items()
    }


def _cut(value: Any) -> Any:
    if isinstance(value, list):
        return value[:CUT]
    if isinstance(value, dict):
        return {name: part[:CUT] if isinstance(part, list) else part for name, part in value.items()}
    return value


def _typed(values: list[str], schema: Mapping[str, Any]) -> Any:
    """What a query string says, in the type that the document gives it."""
    if schema.get("type") == "array":
        parts = [part for value in values for part in value.split(",")]
        return [_typed([part], schema.get("items", {})) for part in parts]
    text = values[-1]
    if schema.get("type") in ("integer", "number", "boolean"):
        try:
            return json.loads(text)
        except ValueError:
            return text
    return text


def _is_instant(text: str) -> bool:
    """An ISO date-time with an offset; Jira writes it without a colon (facts: polling, issue search)."""
    try:
        return datetime.fromisoformat(text).tzinfo is not None
    except ValueError:
        return False


def exchange_of(
    method: str, target: str, body: bytes, status: int, answer: bytes, content_type: str, sent_type: str
) -> Exchange:
    """From a request target as it stands in the first line, percent-encoding and all."""
    path, _, query = target.partition("?")
    pairs = (pair.partition("=")[::2] for pair in query.split("&") if pair)
    decoded = tuple((unquote(a.replace("+", " ")), unquote(b.replace("+", " "))) for a, b in pairs)
    return Exchange(method, path, decoded, body, status, answer, content_type, sent_type)
