"""Work read from a described system: whole lists, single items, what changed."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from datetime import UTC, datetime
from functools import cached_property
from hashlib import sha256
from typing import Any
from urllib.parse import parse_qsl

import orjson

from bridge.errors import NotFound, Rejected, UnexpectedAnswer
from bridge.model import FieldValue, Keys, Label, Project, Query, Raw, Selector
from connectors.base import Account, Changed
from connectors.http import Http
from connectors.rest.bodies import address
from connectors.rest.described import Paging, Record, Rest
from connectors.rest.pages import Walker, identity
from connectors.rest.shape import no_value

BATCH = 50


class RestSource:
    """`walker` reads the lists of this system, `paging` tells how that of the items comes."""

    def __init__(self, http: Http, rest: Rest, paging: Paging) -> None:
        self.name = http.system
        self.http = http
        self.rest = rest
        self.paging = paging
        self.walker = Walker(http)

    def login(self) -> Account:
        """By the path that proves it, else by the first page of the list, whatever that holds."""
        rest = self.rest
        sent = {} if rest.login else {**rest.parameters, **self.paging.size}
        answer = self.http.call("GET", rest.login or rest.items, params=sent, repeatable=True)
        id = rest.account(answer.data) if rest.account else None
        if rest.account and (id in (None, "") or not isinstance(id, str | int)):
            what, hint = no_value(rest.account, answer.data)
            raise UnexpectedAnswer(self.name, f"the login names no account: {what}", hint)
        known = str(id) if id is not None else self.name
        return Account(known, known, "", answer.date or self.http.clock.now())

    @cached_property
    def account(self) -> str:
        """The id of the account that writes."""
        return self.login().id

    def resolve(self, keys: Sequence[str]) -> Mapping[str, str]:
        if not keys:
            return {}
        if not self.rest.item:
            known = {name: id for id, one in self.all() for name in (id, self._key(id, one))}
            return {key: known[key] for key in keys if key in known}
        found = self.http.parallel(lambda key: (key, self.by_key(key)), dict.fromkeys(keys))
        return {key: self.id(record) for key, record in found if record is not None}

    def identities(self, selector: Selector) -> frozenset[str]:
        match selector:
            case Keys(keys):
                return frozenset(self.resolve(keys).values())
            case Query(text):
                return frozenset(id for id, _ in self.all(self._parsed(text)))
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
            paths = [address(self.rest.children, id=id) for id in parents]
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
            for record in self.http.parallel(self.one, wanted):
                if record is not None:
                    yield self.raw(record)
        elif wanted:
            yield from (self.raw(record) for id, record in self.all() if id in set(wanted))

    def changed(self, since: datetime) -> Changed:
        """The clock is read before the first record: what is edited meanwhile comes next time."""
        early = since - self.rest.overlap
        now = self.http.server_now or self.login().now
        asked = {self.rest.by_change: self._instant(early)} if self.rest.by_change else {}
        told = ((self.rest.updated(record), record) for _, record in self.all(asked))
        return Changed((self.raw(one) for at, one in told if at is None or at >= early), now)

    # --- records

    def all(self, asked: Mapping[str, Any] | None = None) -> Iterator[tuple[str, Record]]:
        return self._walk(self.rest.items, asked)

    def by_key(self, key: str) -> Record | None:
        return self._record(address(self.rest.by_key or self.rest.item, id=key, key=key))

    def one(self, id: str) -> Record | None:
        """None where it is gone or hidden. Raises UnexpectedAnswer where another item comes."""
        found = self._record(address(self.rest.item, id=id, key=id))
        if found is not None and self.id(found) != id:
            told = f"GET {self.rest.item}: asked for {id}, and {self.id(found)} came"
            raise UnexpectedAnswer(
                self.name, told, "check `read.item` and `item.id`: it is asked for by that id"
            )
        return found

    def there(self, item: str) -> Record:
        if (found := self.one(item)) is None:
            raise NotFound(self.name, f"{item}: not there, or hidden from this account", "is it shared?")
        return found

    def raw(self, record: Record) -> Raw:
        # its digest as well: a clock of whole seconds misses the second change of one
        digest = sha256(orjson.dumps(record, option=orjson.OPT_SORT_KEYS)).hexdigest()
        return Raw(self.id(record), digest, record)

    def id(self, record: Record) -> str:
        found = identity(self.paging.identity, record)
        if found is None:
            what, hint = no_value(self.paging.identity, record)
            raise UnexpectedAnswer(self.name, f"an item has {what}", hint)
        return found

    def _walk(self, path: str, asked: Mapping[str, Any] | None = None) -> Iterator[tuple[str, Record]]:
        sent = {**self.rest.parameters, **(asked or {})}
        return ((self.id(one), one) for one in self.walker.walk(self.paging, path, sent))

    def _those(self, asked: Mapping[str, Any], fits: Callable[[Record], bool]) -> frozenset[str]:
        """Of a list those that fit in fact: a system may not know the parameter, and answer all."""
        return frozenset(id for id, record in self.all(asked) if fits(record))

    def _listed(self, ids: Sequence[str]) -> list[Raw]:
        return [self.raw(one) for id, one in self.all({self.rest.ids: ",".join(ids)}) if id in ids]

    def _record(self, path: str) -> Record | None:
        try:
            answer = self.http.call("GET", path, repeatable=True)
        except NotFound:
            return None
        found = self.rest.one(answer.data)
        if not isinstance(found, dict):
            what, _ = no_value(self.rest.one, answer.data)
            hint = "the answer has no item there: check `read.one` and the path"
            raise UnexpectedAnswer(self.name, f"GET {path}: {what} where the item should be", hint)
        if identity(self.paging.identity, found) is None:
            what, hint = no_value(self.paging.identity, found)
            told = f"GET {path}: what is at {self.rest.one} has {what}"
            raise UnexpectedAnswer(self.name, told, f"{hint}: check `read.one`")
        return found

    def _key(self, id: str, record: Record) -> str:
        return str(self.rest.key(record) or id)

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
