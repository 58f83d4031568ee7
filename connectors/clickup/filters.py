"""What selectors ask of ClickUp.

ClickUp leaves out a parameter that it does not know and answers with everything. So only known ones go
out, and what an answer lists is held to what was asked.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import parse_qsl, quote

from bridge.errors import Rejected, UnexpectedAnswer
from bridge.model import FieldValue, Keys, Label, Project, Query, Selector
from connectors.clickup.api import EVERY, Api, Task
from mappings.clickup_fields import fold, named, value

Fits = Callable[[Task], bool]
PLACES = ("list", "folder", "space")
WHEN = ("due_date", "date_created", "date_updated", "date_done")
DATES = frozenset(f"{date}_{edge}" for date in WHEN for edge in ("gt", "lt"))
MANY = frozenset(
    {"space_ids[]", "project_ids[]", "list_ids[]", "statuses[]", "assignees[]", "tags[]", "custom_items[]"}
)
KNOWN = DATES | MANY | {"custom_fields", "parent", "include_closed", "subtasks"}
FORM = 'as parameters of ClickUp\'s filter: "tags[]=okr&statuses[]=in progress", or "view=8cdu22c-3371"'


@dataclass(frozen=True, slots=True)
class Ask:
    """A list of tasks: where it is, asked with what, and what each must be for the answer to be one to this
    question."""

    path: str
    params: Mapping[str, Any] = field(default_factory=dict)
    holds: Fits = lambda _task: True


class Filters:
    """`types` are the names of the workspace's task types by id."""

    def __init__(self, api: Api, types: Mapping[str, str]) -> None:
        self._api = api
        self._types = types

    def hits(self, selector: Selector) -> Iterator[Task]:
        """Raises Rejected for what cannot be asked, UnexpectedAnswer where ClickUp answers something else."""
        match selector:
            case FieldValue(name, wanted):
                yield from self._field(name.strip(), wanted)
            case Label(name):
                # ClickUp keeps tags in small letters, as far as is known.
                for told in dict.fromkeys((name, name.lower())):
                    yield from self._asked(self.ask(Label(told)))
            case _:
                yield from self._asked(self.ask(selector))

    def ask(self, selector: Selector) -> Ask:
        match selector:
            case Label(name):
                tag = fold(name)
                return self.everywhere({"tags[]": [name]}, holds=lambda one: tag in tags(one))
            case Project(key):
                return self._within(key.strip())
            case Query(text):
                return self._query(text.strip())
            case Keys() | FieldValue():
                raise self._refused("keys and fields are no filter", "ask by `keys`, or by `field`")

    def everywhere(self, params: Mapping[str, Any], holds: Fits = lambda _task: True) -> Ask:
        return Ask(
            f"team/{self._api.workspace}/task", {**EVERY, "order_by": "created", **params}, holds=holds
        )

    def _asked(self, ask: Ask) -> Iterator[Task]:
        for task in self._api.tasks(ask.path, ask.params):
            if not ask.holds(task):
                raise UnexpectedAnswer(
                    self._api.http.system,
                    f"GET {ask.path} listed {task['id']}, which was not asked for",
                    "ClickUp left a filter out: check the link",
                )
            yield task

    def place(self, key: str) -> tuple[str, str]:
        """What it is, and its id. A list by its id; folders and spaces, or any of them by name, say what
        they are."""
        kind, sign, name = key.partition(":")
        if not sign:
            kind, name = "list", key
        kind, name = kind.strip().casefold(), name.strip()
        if kind not in PLACES:
            raise self._refused(f"{key!r} is no place", 'say "list:123", "folder:45" or "space:67"')
        return kind, name if name.isascii() and name.isdecimal() else self._by_name(kind, name)

    def _within(self, key: str) -> Ask:
        kind, id = self.place(key)
        if kind == "list":
            # Its path cannot be left out; and it alone lists tasks whose home is another list.
            return Ask(f"list/{id}/task", {**EVERY, "include_timl": "true", "order_by": "created"})
        if kind == "space":
            self._api.record(f"space/{id}")
            return self.everywhere({"space_ids[]": [id]}, lambda one: _id(one, "space") == id)
        folders = frozenset(self._folders(id))
        return self.everywhere({"project_ids[]": sorted(folders)}, lambda one: _id(one, "folder") in folders)

    def _folders(self, id: str) -> Iterator[str]:
        """The folder and those below it."""
        yield id
        told = self._api.record(f"folder/{id}", {"include_subfolders": "true"})
        for one in told.get("folders") or ():
            yield from self._folders(str(one["id"]))

    def _by_name(self, kind: str, name: str) -> str:
        found = {id for id, told in self._places(kind) if fold(told) == fold(name)}
        if len(found) == 1:
            return found.pop()
        if found:
            raise self._refused(f"several {kind}s are called {name!r}", f"say {kind}: and the id")
        raise self._refused(f"no {kind} is called {name!r}", "check the name, and that the account sees it")

    def _places(self, kind: str) -> Iterator[tuple[str, str]]:
        """All of a kind that the account sees, with their names."""
        spaces = self._listed(f"team/{self._api.workspace}/space", "spaces")
        if kind == "space":
            yield from spaces
            return
        folders = [one for id, _ in spaces for one in self._listed(f"space/{id}/folder", "folders")]
        if kind == "folder":
            yield from folders
            return
        yield from (one for id, _ in folders for one in self._listed(f"folder/{id}/list", "lists"))
        yield from (one for id, _ in spaces for one in self._listed(f"space/{id}/list", "lists"))

    def _listed(self, path: str, member: str) -> list[tuple[str, str]]:
        data = self._api.http.call("GET", path, repeatable=True).data
        found = self._api.member(data, member, list, f"GET {path}")
        return [(str(one["id"]), str(one.get("name"))) for one in found]

    def _query(self, text: str) -> Ask:
        pairs = parse_qsl(text.rpartition("?")[2], keep_blank_values=True)
        if not pairs:
            raise self._refused(f"{text!r} is no filter", FORM)
        if pairs[0][0] == "view":
            if len(pairs) > 1:
                raise self._refused("a view takes no further filters", "leave them out, or save them in it")
            return Ask(f"view/{quote(pairs[0][1], safe='')}/task")
        params: dict[str, Any] = {}
        for name, told in pairs:
            known = name if name in KNOWN else f"{name}[]"
            if known not in KNOWN:
                raise self._refused(f"ClickUp knows no filter {name!r}", FORM)
            if known in DATES and not told.isdecimal():
                raise self._refused(f"{name} is no number: {told!r}", "milliseconds since 1970")
            params[known] = [*params.get(known, []), told] if known in MANY else told
        return self.everywhere(params, self._kept(params))

    def _kept(self, params: Mapping[str, Any]) -> Fits:
        """What a task of the answer must be, as far as it tells."""
        asked = {name: frozenset(map(fold, params[name])) for name in MANY if name in params}
        told: dict[str, Callable[[Task], frozenset[str]]] = {
            "tags[]": tags,
            "statuses[]": lambda one: frozenset({fold(one["status"]["status"])}),
            "space_ids[]": lambda one: frozenset({_id(one, "space")}),
        }
        return lambda one: all(told[name](one) & words for name, words in asked.items() if name in told)

    def _field(self, name: str, wanted: str) -> Iterator[Task]:
        """Names are compared here, over all tasks: ClickUp's own comparison of texts is fuzzy, and each list
        may have a field or a status of its own of that name."""
        match fold(name):
            case "status":
                yield from (one for one in self._all() if fold(one["status"]["status"]) == fold(wanted))
            case "type":
                kinds = frozenset(id for id, told in self._types.items() if fold(told) == fold(wanted))
                if not kinds:
                    raise self._refused(f"no task type is called {wanted!r}", "check the name")
                yield from (one for one in self._all() if str(one.get("custom_item_id") or 0) in kinds)
            case _:
                yield from self._custom(name, wanted)

    def _all(self) -> Iterator[Task]:
        return self._asked(self.everywhere({}))

    def _custom(self, name: str, wanted: str) -> Iterator[Task]:
        borne = False
        for task in self._all():
            found = named(task.get("custom_fields") or ()).get(fold(name))
            borne = borne or found is not None
            if found is not None and _same(value(found), wanted):
                yield task
        if not borne:
            hint = "status, type, or a custom field by name or id"
            raise self._refused(f"no task has a field {name!r}", hint)

    def _refused(self, what: str, hint: str) -> Rejected:
        return Rejected(self._api.http.system, what, hint)


def tags(task: Task) -> frozenset[str]:
    return frozenset(fold(str(one["name"])) for one in task.get("tags") or ())


def _id(task: Task, place: str) -> str:
    return str((task.get(place) or {}).get("id") or "")


_NUMBER = re.compile(r"-?\d+(\.\d+)?\Z")


def _same(held: Any, wanted: str) -> bool:
    if isinstance(held, list):
        return any(_same(one, wanted) for one in held)
    if isinstance(held, int | float) and not isinstance(held, bool) and _NUMBER.match(wanted.strip()):
        return float(held) == float(wanted)
    return held is not None and fold(str(held)) == fold(wanted)
