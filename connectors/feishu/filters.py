"""What selectors ask of a base. Only a filter of the platform's own goes out; labels and values are compared
here, letter by letter, for the platform's `contains` is none of either."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from typing import Any
from urllib.parse import parse_qs, urlsplit

import orjson

from bridge.errors import Rejected
from bridge.model import FieldValue, Label, Project, Query, Selector
from connectors.feishu.shape import Column, Shape
from connectors.feishu.tables import Tables
from mappings.feishu_fields import plain, words

FORM = (
    'a view ("TABLE/vew...", or its address), or JSON: {"table": "...", "conjunction": "and", "conditions": '
    '[{"field_name": "...", "operator": "is", "value": ["..."]}]}'
)
_OPERATORS = "is isNot contains doesNotContain isEmpty isNotEmpty isGreater isGreaterEqual isLess isLessEqual"
OPERATORS = frozenset(_OPERATORS.split())
Hit = tuple[str, str]


def hits(tables: Tables, selector: Selector) -> list[Hit]:
    """Tables and records. Raises Rejected for what this base cannot be asked."""
    match selector:
        case Project(key):
            return _all(tables, _table(tables, key))
        case Label(name):
            columns = [
                (one, one.roles["labels"]) for one in tables.shapes().values() if "labels" in one.roles
            ]
            if not columns:
                raise Rejected(tables.system, "no column holds labels", "name one in `labels_field`")
            return _those(tables, columns, name)
        case FieldValue(field, value):
            found = [(one, one.column(field)) for one in tables.shapes().values()]
            known = [(one, column) for one, column in found if column]
            if not known:
                raise Rejected(
                    tables.system, f"no column is called {field!r}", "the name as in the table, or its id"
                )
            return _those(tables, known, value)
        case Query(text):
            return _query(tables, text.strip())
        case _:
            raise Rejected(tables.system, "keys are no filter", "ask by `keys`")


def _all(tables: Tables, table: Shape, **more: Any) -> list[Hit]:
    """One column is enough to be told."""
    names = [table.roles["title"].name] if "title" in table.roles else []
    return [(table.table, str(one["record_id"])) for one in tables.scan(table, names, **more)]


def _those(tables: Tables, columns: Iterable[tuple[Shape, Column]], value: str) -> list[Hit]:
    def of(one: tuple[Shape, Column]) -> list[Hit]:
        table, column = one
        records = tables.scan(table, [column.name])
        return [
            (table.table, str(record["record_id"]))
            for record in records
            if value in words(plain((record.get("fields") or {}).get(column.name)))
        ]

    return [hit for found in tables.api.http.parallel(of, columns) for hit in found]


def _query(tables: Tables, text: str) -> list[Hit]:
    if text.startswith("{"):
        table, filter = _filter(tables, text)
        return _all(tables, table, filter=filter)
    name, _, view = text.rpartition("/")
    if "?" in view:
        asked = parse_qs(urlsplit(text).query)
        name, view = (asked.get(one, [""])[0] for one in ("table", "view"))
    if not view.startswith("vew") or not name:
        raise Rejected(tables.system, f"{text!r} is no filter", FORM)
    return _all(tables, _table(tables, name), view_id=view)


def _filter(tables: Tables, text: str) -> tuple[Shape, Mapping[str, Any]]:
    try:
        given = orjson.loads(text)
    except orjson.JSONDecodeError:
        raise Rejected(tables.system, "the filter is no JSON", FORM) from None
    name = given.pop("table", "")
    shapes = list(tables.shapes().values())
    if not name and len(shapes) > 1:
        raise Rejected(tables.system, "the filter names no table, and there are several", FORM)
    table = _table(tables, str(name)) if name else shapes[0]
    if wrong := _wrong(given, table, nested=True):
        raise Rejected(tables.system, f"the filter cannot be asked: {wrong}", FORM)
    return table, given


def _wrong(given: Any, table: Shape, *, nested: bool) -> str:
    """What the platform might pass over without a word, and then hit everything."""
    known = {"conjunction", "conditions", *(("children",) if nested else ())}
    if not isinstance(given, dict) or set(given) - known:
        return "it holds something else than conjunction, conditions and children"
    conditions, children = given.get("conditions", []), given.get("children", [])
    if given.get("conjunction") not in ("and", "or"):
        return "its conjunction is neither and nor or"
    if not isinstance(conditions, list) or not isinstance(children, list) or not (conditions or children):
        return "it has no conditions"
    told = [_condition(one, table) for one in conditions]
    told += [_wrong(one, table, nested=False) for one in children]
    return next(filter(None, told), "")


def _condition(one: Any, table: Shape) -> str:
    check: Mapping[str, Callable[[Any], bool]] = {
        "field_name": lambda name: name in table.columns,
        "operator": lambda name: name in OPERATORS,
        "value": lambda value: isinstance(value, list) and all(isinstance(part, str) for part in value),
    }
    given = {"value": [], **one} if isinstance(one, dict) else {}
    wrong = [name for name, fits in check.items() if name not in given or not fits(given[name])]
    wrong += sorted(set(given) - set(check))
    return f"a condition's {wrong[0]} is not of the table {table.name}" if wrong else ""


def _table(tables: Tables, name: str) -> Shape:
    table = tables.called(name)
    if table is None:
        hint = "a table's name or id, one of `tables` where those are given"
        raise Rejected(tables.system, f"the base has no table {name!r}", hint)
    return table
