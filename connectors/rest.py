"""Any REST API that speaks JSON, by what is described of it: paths, parameters, and where things are."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta, tzinfo
from hashlib import sha256
from typing import Any
from urllib.parse import parse_qsl, quote

import orjson

from bridge.errors import NotFound, Rejected, UnexpectedAnswer
from bridge.model import FieldValue, Keys, Label, Project, Query, Raw, Selector
from connectors.base import Account, Changed, Found
from connectors.http import Answer, Http
from connectors.lacking import OverHttp
from connectors.rest_pages import Paging, walk

Record = Mapping[str, Any]
Find = Callable[[Any], Any]
BATCH = 50


@dataclass(frozen=True, slots=True, kw_only=True)
class Write:
    """How one figure is written: `body` holds "{value}"; `read` finds it in the item again."""

    path: str
    method: str
    body: Mapping[str, Any]
    read: Find


@dataclass(frozen=True, slots=True, kw_only=True)
class Rest:
    """What is described of a system. Paths hold {id} or {key}; the names of parameters are empty where there
    is none. `labels`, `project`, `parent`, `key` and `updated` read a record; `updated` gives an aware
    instant or None. `expression` makes a reader of a JMESPath. `shown` makes a figure as it was put of
    one as it was read; `account` reads the login's id."""

    items: str
    item: str = ""
    by_key: str = ""
    one: Find
    children: str = ""
    login: str = ""
    account: Find | None = None
    parameters: Mapping[str, str] = field(default_factory=dict)
    ids: str = ""
    by_parent: str = ""
    by_label: str = ""
    by_project: str = ""
    by_change: str = ""
    change_format: str = "iso"
    overlap: timedelta = timedelta(seconds=120)
    zone: tzinfo = UTC
    key: Find
    parent: Find
    labels: Callable[[Any], Sequence[str]]
    project: Find
    updated: Callable[[Any], datetime | None]
    expression: Callable[[str], Find]
    shown: Callable[[str, Any], Any]
    writes: Mapping[str, Write] = field(default_factory=dict)


class RestApi(OverHttp):
    """One account on one described system: reads all, writes the figures that are described."""

    def __init__(self, http: Http, rest: Rest, paging: Paging) -> None:
        super().__init__(http)
        self.rest = rest
        self.paging = paging

    def login(self) -> Account:
        rest = self.rest
        sent = {} if rest.login else {**rest.parameters, **self.paging.size}
        answer = self.http.call("GET", rest.login or rest.items, params=sent, repeatable=True)
        id = rest.account(answer.data) if rest.account else None
        if rest.account and id in (None, ""):
            raise UnexpectedAnswer(self.name, "the login names no account", "check `read.account`")
        known = str(id) if id is not None else self.name
        return Account(known, known, "", answer.date or self.http.clock.now())

    def describe(self) -> Mapping[str, Any]:
        return {"tool": "rest", "roles": sorted(self.rest.writes)}

    def resolve(self, keys: Sequence[str]) -> Mapping[str, str]:
        if not keys:
            return {}
        if not self.rest.item:
            known = {name: id for id, one in self._all() for name in (id, self._key(id, one))}
            return {key: known[key] for key in keys if key in known}
        found = self.http.parallel(lambda key: (key, self._by_key(key)), dict.fromkeys(keys))
        return {key: self._id(record) for key, record in found if record is not None}

    def identities(self, selector: Selector) -> frozenset[str]:
        match selector:
            case Keys(keys):
                return frozenset(self.resolve(keys).values())
            case Query(text):
                return frozenset(id for id, _ in self._all(self._parsed(text)))
            case Label(name):
                asked = {self.rest.by_label: name} if self.rest.by_label else {}
                return self._those(asked, lambda one: name in self.rest.labels(one))
            case Project(key):
                asked = {self.rest.by_project: key} if self.rest.by_project else {}
                return self._those(asked, lambda one: str(self.rest.project(one)) == key)
            case FieldValue(name, value):
                find = self.rest.expression(name)
                return self._those({}, lambda one: (found := find(one)) is not None and str(found) == value)

    def children(self, parents: Mapping[str, str]) -> frozenset[str]:
        if self.rest.children:
            paths = [self._path(self.rest.children, id=id) for id in parents]
            lists = self.http.parallel(lambda path: list(self._walk(path)), paths)
        elif self.rest.by_parent:
            asked = [{self.rest.by_parent: id} for id in parents]
            lists = self.http.parallel(lambda one: list(self._walk(self.rest.items, one)), asked)
        else:
            names = {*parents, *parents.values()}
            return self._those({}, lambda one: str(self.rest.parent(one)) in names)
        return frozenset(id for one in lists for id, _ in one)

    def fetch(self, ids: Iterable[str]) -> Iterator[Raw]:
        wanted = list(dict.fromkeys(ids))
        if self.rest.ids:
            groups = [wanted[at : at + BATCH] for at in range(0, len(wanted), BATCH)]
            for found in self.http.parallel(self._listed, groups):
                yield from found
        elif self.rest.item:
            for record in self.http.parallel(self._one, wanted):
                if record is not None:
                    yield self._raw(record)
        elif wanted:
            yield from (self._raw(record) for id, record in self._all() if id in set(wanted))

    def changed(self, since: datetime) -> Changed:
        """The clock is read before the first record: what is edited meanwhile comes next time."""
        early = since - self.rest.overlap
        now = self.http.server_now or self.login().now
        asked = {self.rest.by_change: self._instant(early)} if self.rest.by_change else {}
        told = ((self.rest.updated(record), record) for _, record in self._all(asked))
        return Changed((self._raw(one) for at, one in told if at is None or at >= early), now)

    # --- figures

    def look(self, item: str) -> Found:
        return Found(fields=self._figures(self._there(item)))

    def put_values(self, item: str, fields: Mapping[str, Any], property: Any = None) -> None:
        """One call for all figures that go the same way; then the item is read, for a system may take a
        value and not keep it. Raises Rejected where it did."""
        missing = [role for role in fields if role not in self.rest.writes]
        if missing or property is not None:
            raise Rejected(
                self.name, f"{item}: no way to write {', '.join(missing) or 'a property'}", "see `write`"
            )
        for (method, path), body in self._bodies(item, fields).items():
            self.http.call(method, path, body=body, repeatable=True, item=item)
        found = self._figures(self._there(item))
        lost = [role for role, value in fields.items() if not same(found[role], self.rest.shown(role, value))]
        if lost:
            raise Rejected(
                self.name,
                f"{item}: {', '.join(lost)} was taken and not kept",
                "check `write`: path, body and read",
                fields=dict.fromkeys(lost, "not kept"),
            )

    def remove_values(self, item: str, roles: Sequence[str], property: bool) -> None:  # noqa: ARG002
        if known := [role for role in roles if role in self.rest.writes]:
            self.put_values(item, dict.fromkeys(known))

    def _figures(self, record: Record) -> dict[str, Any]:
        return {role: self.rest.shown(role, one.read(record)) for role, one in self.rest.writes.items()}

    def _bodies(self, item: str, fields: Mapping[str, Any]) -> dict[tuple[str, str], Any]:
        bodies: dict[tuple[str, str], Any] = {}
        for role, value in fields.items():
            one = self.rest.writes[role]
            way = (one.method, self._path(one.path, id=item))
            bodies[way] = merged(bodies.get(way, {}), filled(one.body, value))
        return bodies

    # --- records

    def _walk(self, path: str, asked: Mapping[str, Any] | None = None) -> Iterator[tuple[str, Record]]:
        sent = {**self.rest.parameters, **(asked or {})}
        return ((self._id(one), one) for one in walk(self.http, self.paging, path, sent))

    def _all(self, asked: Mapping[str, Any] | None = None) -> Iterator[tuple[str, Record]]:
        return self._walk(self.rest.items, asked)

    def _those(self, asked: Mapping[str, Any], fits: Callable[[Record], bool]) -> frozenset[str]:
        """Of a list those that fit in fact: a system may not know the parameter, and answer all."""
        return frozenset(id for id, record in self._all(asked) if fits(record))

    def _listed(self, ids: Sequence[str]) -> list[Raw]:
        return [self._raw(one) for id, one in self._all({self.rest.ids: ",".join(ids)}) if id in ids]

    def _by_key(self, key: str) -> Record | None:
        return self._record(self._path(self.rest.by_key or self.rest.item, id=key, key=key))

    def _one(self, id: str) -> Record | None:
        return self._record(self._path(self.rest.item, id=id, key=id))

    def _there(self, item: str) -> Record:
        if (found := self._one(item)) is None:
            raise NotFound(self.name, f"{item}: not there, or hidden from this account", "is it shared?")
        return found

    def _record(self, path: str) -> Record | None:
        try:
            answer: Answer = self.http.call("GET", path, repeatable=True)
        except NotFound:
            return None
        found = self.rest.one(answer.data)
        if not isinstance(found, dict):
            raise UnexpectedAnswer(self.name, f"GET {path}: no item where it should be", "check `read.one`")
        return found

    def _raw(self, record: Record) -> Raw:
        # its digest as well: a clock of whole seconds misses the second change of one
        return Raw(
            self._id(record), sha256(orjson.dumps(record, option=orjson.OPT_SORT_KEYS)).hexdigest(), record
        )

    def _id(self, record: Record) -> str:
        found = self.paging.identity(record)
        if not isinstance(found, str | int) or isinstance(found, bool) or found == "":
            raise UnexpectedAnswer(self.name, "an item without an id", "check `item.id`")
        return str(found)

    def _key(self, id: str, record: Record) -> str:
        return str(self.rest.key(record) or id)

    def _path(self, path: str, **names: str) -> str:
        for name, value in names.items():
            path = path.replace("{" + name + "}", quote(value, safe=""))
        return path

    def _parsed(self, text: str) -> dict[str, str]:
        try:
            return dict(parse_qsl(text, strict_parsing=True, keep_blank_values=True))
        except ValueError:
            raise Rejected(
                self.name, "a query that is none", "write parameters: status=open&team=3"
            ) from None

    def _instant(self, at: datetime) -> str:
        match self.rest.change_format:
            case "iso":
                return at.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")
            case "seconds":
                return str(int(at.timestamp()))
            case "milliseconds":
                return str(int(at.timestamp() * 1000))
            case pattern:
                return at.astimezone(self.rest.zone).strftime(pattern)


def filled(body: Any, value: Any) -> Any:
    """The body with the value in it: as itself where it stands alone, else as text, never as markup."""
    match body:
        case "{value}":
            return value
        case str():
            return body.replace("{value}", "" if value is None else str(value))
        case Mapping():
            return {name: filled(inner, value) for name, inner in body.items()}
        case list() | tuple():
            return [filled(inner, value) for inner in body]
        case _:
            return body


def merged(one: Mapping[str, Any], other: Mapping[str, Any]) -> dict[str, Any]:
    """Both, tables within tables too."""
    both = dict(one)
    for name, value in other.items():
        held = both.get(name)
        both[name] = merged(held, value) if isinstance(held, dict) and isinstance(value, dict) else value
    return both


def same(found: Any, put: Any) -> bool:
    """Whether a figure was kept: times by what they mean, for systems write them in their own way."""
    if found == put or found is None or put is None:
        return bool(found == put)
    try:
        return datetime.fromisoformat(str(found)) == datetime.fromisoformat(str(put))
    except (ValueError, TypeError):
        return False
