"""The parts of OKR files by their places, read leniently: so that rules across tables can be checked
even where a table has faults of its own."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from pydantic import ValidationError

from bridge.config.wording import Place, value_at
from bridge.errors import Misconfigured
from bridge.okrs.file import KeyResultTable, OkrFile


@dataclass(frozen=True, slots=True)
class KeyResultPart:
    """A key result's place and data. `table` is what can be understood of it, without the keys in
    `broken`; None where nothing can."""

    place: str
    data: Mapping[str, Any]
    table: KeyResultTable | None
    broken: frozenset[str] = frozenset()

    @property
    def id(self) -> str:
        return text(self.data, "id")


@dataclass(frozen=True, slots=True)
class ObjectivePart:
    place: str
    data: Mapping[str, Any]
    key_results: tuple[KeyResultPart, ...]

    @property
    def id(self) -> str:
        return text(self.data, "id")

    @property
    def served(self) -> tuple[tuple[str, str], ...]:
        """(key, id) of each objective that it names as served."""
        supports = [("supports", s) for s in tables_or_words(self.data, "supports") if isinstance(s, str)]
        parent = text(self.data, "parent")
        return (*([("parent", parent)] if parent else []), *supports)


@dataclass(frozen=True, slots=True)
class Source:
    """A file's data and what it is called in errors; `file` is None where it has faults of its own."""

    name: str
    data: Mapping[str, Any]
    file: OkrFile | None


def text(data: Mapping[str, Any], key: str) -> str:
    value = data.get(key, "")
    return value if isinstance(value, str) else ""


def tables_or_words(data: Mapping[str, Any], key: str) -> tuple[Any, ...]:
    value = data.get(key, ())
    return value if isinstance(value, tuple) else ()


def objectives(source: Source) -> Iterator[ObjectivePart]:
    for number, data in enumerate(tables_or_words(source.data, "objectives")):
        if isinstance(data, Mapping):
            place = f"{source.name}: objectives.{number}"
            yield ObjectivePart(place, data, tuple(_key_results(place, data)))


def _key_results(place: str, data: Mapping[str, Any]) -> Iterator[KeyResultPart]:
    for number, inner in enumerate(tables_or_words(data, "key_results")):
        if isinstance(inner, Mapping):
            yield KeyResultPart(f"{place}.key_results.{number}", inner, *_understood(inner))


def _understood(data: Mapping[str, Any]) -> tuple[KeyResultTable | None, frozenset[str]]:
    try:
        return KeyResultTable.model_validate(data), frozenset()
    except ValidationError as error:
        found = error.errors(include_input=False, include_url=False)
        broken = frozenset(str(details["loc"][0]) for details in found)
    if "kind" in broken:
        return None, broken
    sound = {key: value for key, value in data.items() if key not in broken}
    return KeyResultTable.model_validate({"id": "-", "title": "-", **sound}), broken


def label(data: Mapping[str, Any]) -> str:
    """How a person knows the part: its id, else its title."""
    name = (text(data, "id") or text(data, "title"))[:100]
    return "".join(c if c.isprintable() else "?" for c in name)


def naming(problem: Misconfigured, source: Source) -> Misconfigured:
    """The problem with the id or title of the key result or objective around its place."""
    inner: object = source.data
    named, table = "", ""
    for step in problem.place.removeprefix(f"{source.name}: ").split("."):
        place: Place = (int(step),) if step.isdigit() else (step,)
        inner = value_at(inner, place)
        if table in ("objectives", "key_results") and isinstance(inner, Mapping):
            named = label(inner) or named
        table = step
    return Misconfigured(problem.place, f"{named}: {problem.message}", problem.hint) if named else problem
