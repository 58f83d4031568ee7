"""What pydantic dislikes, in plain words: where, what, and the nearest known name; never a value."""

from __future__ import annotations

import difflib
import types
from collections.abc import Iterable, Iterator, Mapping
from typing import Annotated, Any, Union, get_args, get_origin

from pydantic import BaseModel, ValidationError
from pydantic_core import ErrorDetails

from bridge.errors import Misconfigured

Place = tuple[int | str, ...]

_WORDS = {
    "string_type": "must be text, in quotes",
    "int_type": "must be a whole number, without quotes",
    "float_type": "must be a number, without quotes",
    "bool_type": "must be true or false, without quotes",
    "tuple_type": "must be a list, in [ ]",
    "dict_type": "must be a table",
    "mapping_type": "must be a table",
    "model_type": "must be a table",
    "model_attributes_type": "must be a table",
    "string_too_short": "must not be empty",
    "too_short": "must not be empty",
    "too_long": "has too many entries",
}
_BOUNDS = {
    "greater_than": ("must be greater than", "gt"),
    "greater_than_equal": ("must be at least", "ge"),
    "less_than": ("must be less than", "lt"),
    "less_than_equal": ("must be at most", "le"),
}


def problems(error: ValidationError, root: type[BaseModel], data: object, name: str) -> list[Misconfigured]:
    """All that is wrong, in the order of the file `name` whose content is `data`."""
    found = error.errors(include_input=False, include_url=False)
    return [told(details, root, data, name) for details in found]


def told(details: ErrorDetails, root: type[BaseModel], data: object, name: str) -> Misconfigured:
    place, kind = located(details["loc"], root, data), details["type"]
    if kind in ("union_tag_not_found", "union_tag_invalid"):
        place = (*place, "tool")
    message, hint = _said(details, place, root, data)
    return Misconfigured(f"{name}: {dotted(place)}" if place else name, message, hint)


def dotted(place: Place) -> str:
    return "".join(c if c.isprintable() else "?" for c in ".".join(map(str, place)))


def located(steps: Place, root: type[BaseModel], data: object) -> Place:
    """The place in the file: pydantic's own, without the names of union members."""
    place: list[int | str] = []
    for step in steps:
        if _has(data, step) or step in known(root, tuple(place)):
            data = value_at(data, (step,))
            place.append(step)
    return tuple(place)


def value_at(data: object, place: Place) -> object:
    for step in place:
        data = data[step] if _has(data, step) else None  # type: ignore[index]
    return data


def _has(data: object, step: int | str) -> bool:
    if isinstance(data, Mapping):
        return step in data
    return isinstance(data, tuple | list) and isinstance(step, int) and step < len(data)


def _said(details: ErrorDetails, place: Place, root: type[BaseModel], data: object) -> tuple[str, str]:
    kind, context = details["type"], details.get("ctx", {})
    match kind:
        case "extra_forbidden":
            return nearest("unknown key", str(place[-1]), known(root, place[:-1]))
        case "missing":
            return "is missing", description(root, place)
        case "literal_error" | "union_tag_invalid":
            allowed = words(context.get("expected") or context["expected_tags"])
            return nearest(f"must be one of {', '.join(allowed)}", value_at(data, place), allowed)
        case "union_tag_not_found":
            return "is missing", "the kind of system, such as jira"
        case "refused":
            return str(context["message"]), str(context["hint"])
        case _ if kind in _BOUNDS:
            text, key = _BOUNDS[kind]
            return f"{text} {context[key]}", ""
        case _:
            return _WORDS.get(kind, f"is not valid ({kind.replace('_', ' ')})"), ""


def words(expected: str) -> tuple[str, ...]:
    """The words of pydantic's "'a', 'b' or 'c'"."""
    return tuple(expected.replace(" or ", ", ").replace("'", "").split(", "))


def nearest(message: str, given: object, names: Iterable[str]) -> tuple[str, str]:
    """The message, with the name that a person may have meant; (message, hint)."""
    by_lower = {name.lower(): name for name in names}
    near = difflib.get_close_matches(given.lower(), list(by_lower), 1, 0.6) if isinstance(given, str) else []
    return f"{message}, did you mean {by_lower[near[0]]}?" if near else message, ""


def known(annotation: Any, place: Place) -> tuple[str, ...]:
    """The keys that may stand at a place."""
    found = [annotation]
    for step in place:
        found = [inner for outer in found for inner in _inside(outer, step)]
    return tuple(dict.fromkeys(name for shape in found for name in _names(shape)))


def description(annotation: Any, place: Place) -> str:
    """What the field at a place is for, empty where none is known."""
    found = [annotation]
    for step in place[:-1]:
        found = [inner for outer in found for inner in _inside(outer, step)]
    fields = [m.model_fields.get(str(place[-1])) for shape in found for m in _members(shape) if _is_model(m)]
    return next((field.description.rstrip(".") for field in fields if field and field.description), "")


def _is_model(member: Any) -> bool:
    return isinstance(member, type) and issubclass(member, BaseModel)


def _members(annotation: Any) -> Iterator[Any]:
    origin = get_origin(annotation)
    if origin is Annotated:
        yield from _members(get_args(annotation)[0])
    elif origin in (Union, types.UnionType):
        for member in get_args(annotation):
            yield from _members(member)
    else:
        yield annotation


def _inside(annotation: Any, step: int | str) -> Iterator[Any]:
    for member in _members(annotation):
        if _is_model(member):
            if step in member.model_fields:
                yield member.model_fields[str(step)].annotation
        elif get_origin(member) is tuple:
            yield get_args(member)[0]
        elif get_args(member):
            yield get_args(member)[-1]


def _names(annotation: Any) -> Iterator[str]:
    for member in _members(annotation):
        if _is_model(member):
            yield from member.model_fields
