"""One origin of real issues: its words turned into those of the site they are shown on."""

from collections.abc import Callable
from typing import Any

import orjson

from bridge.sandbox.catalog import CATEGORIES, Catalog, Project
from bridge.sandbox.clock import parse_ms
from bridge.sandbox.fieldtypes import PLATFORM, SOFTWARE
from bridge.sandbox.records import Change, Issue, Json

JPO = "com.atlassian.jpo:"
STORY_POINTS = ("Story Points", PLATFORM + "float")
CLOUD = {
    10014: ("Epic Link", SOFTWARE + "gh-epic-link"),
    10015: ("Start date", PLATFORM + "datepicker"),
    10016: ("Story point estimate", SOFTWARE + "jsw-story-points"),
    10019: ("Rank", SOFTWARE + "gh-lexo-rank"),
    10020: ("Sprint", SOFTWARE + "gh-sprint"),
    10021: ("Flagged", PLATFORM + "multicheckboxes"),
}
# what the origins call their fields, other Cloud sites as a fresh one does; the rest is named by number
NAMES: dict[str, dict[int, tuple[str, str]]] = {
    "jira.appcelerator.org": CLOUD | {10016: STORY_POINTS},
    "jira.duraspace.org": {
        10023: STORY_POINTS,
        10290: ("Sprint", SOFTWARE + "gh-sprint"),
        10590: ("Rank", SOFTWARE + "gh-lexo-rank"),
    },
    "issues.apache.org": {12311820: ("Rank", SOFTWARE + "gh-lexo-rank")},
    "bitovi-training.atlassian.net": CLOUD | {
        10034: ("Story points", PLATFORM + "float"),
        10069: ("Story points confidence", PLATFORM + "float"),
        10070: ("Story points median", PLATFORM + "float"),
    },
    "merico.atlassian.net": CLOUD | {10024: STORY_POINTS, 10060: ("End date", PLATFORM + "datepicker")},
    "improvingflow.atlassian.net": CLOUD | {10036: STORY_POINTS},
}  # fmt: skip
POINTS = {
    "jira.appcelerator.org": 10016,
    "jira.duraspace.org": 10023,
    "bitovi-training.atlassian.net": 10034,
    "merico.atlassian.net": 10024,
    "improvingflow.atlassian.net": 10036,
}
TABLES = {"status": "statuses", "resolution": "resolutions", "issuetype": "types", "priority": "priorities"}
PEOPLE = ("assignee", "reporter", "creator")
PARENTS = ("parent", "issueparentassociation", "epic link", "epic child", "parent link")
NEW_NUMBERS = 20_000


class Origin:
    """The words of one host. `ids` and `keys` tell the issues that had to change theirs."""

    def __init__(self, host: str, catalog: Catalog) -> None:
        self.host = host
        self.catalog = catalog
        self.notes: list[str] = []
        self.ids: dict[str, str] = {}
        self.keys: dict[str, str] = {}
        self._entries: dict[tuple[str, str, str, str], Json] = {}
        self._taken: dict[tuple[str, str], str] = {}
        self._fields: dict[str, str] = {}
        self._projects: dict[str, Project] = {}
        self._names = NAMES.get(host, CLOUD if host.endswith(".atlassian.net") else {})
        self._epic_link = next(
            (f"customfield_{n}" for n, v in self._names.items() if v[0] == "Epic Link"), ""
        )

    # --- issues

    def fields(self, raw: dict[str, Json]) -> dict[str, Json]:
        """An issue's fields in the site's words, sharing what other issues share."""
        made: dict[str, Json] = {}
        for name, value in raw.items():
            if name.startswith("customfield_"):
                made[self._field(name, value)] = self._value(name, value)
            elif value is None:
                made[name] = None
            elif name in TABLES:
                made[name] = self.entry(name, value)
            elif name in PEOPLE:
                made[name] = self.person(value)
            else:
                made[name] = value
        made["project"] = self._projects[raw["project"]["key"]].shape
        made.setdefault("resolution", None)
        return made

    def _value(self, name: str, value: Json) -> Json:
        if isinstance(value, list) and name == "customfield_10020":
            for sprint in value:
                if isinstance(sprint, dict):
                    self.catalog.sprints.setdefault(sprint["id"], sprint)
        return self.person(value) if isinstance(value, dict) and "displayName" in value else value

    def project(self, key: str, fields: dict[str, Json]) -> None:
        """Make sure that the issue's project is known, and named in its fields."""
        raw = fields.get("project") or {}
        name = key.rpartition("-")[0]
        fields["project"] = {"key": name}
        if name in self._projects:
            return
        taken = {p.id for p in self.catalog.projects.values()}
        id = str(raw.get("id") or len(taken) + NEW_NUMBERS)
        while id in taken:
            id = str(int(id) + NEW_NUMBERS)
        kind = raw.get("projectTypeKey", "software")
        points = POINTS.get(self.host)
        made = Project(id, name, raw.get("name", name), kind, bool(raw.get("simplified")))
        made.points_field = self._field(f"customfield_{points}", None) if points else ""
        known = self.catalog.projects.get(name)
        self._projects[name] = known or self.catalog.project(made)

    def epic_of(self, fields: dict[str, Json]) -> str:
        """The key in the Epic Link, empty without one."""
        return str(fields.get(self._epic_link) or "")

    def drop_parent(self, issue: Issue) -> None:
        """The parent is an issue of this site now: what the issue itself said about it is not needed."""
        issue.fields.pop("parent", None)
        if self._epic_link in self._fields:
            issue.fields[self._fields[self._epic_link]] = None

    # --- people, statuses and the like

    def person(self, raw: Json) -> Json:
        id = raw.get("accountId") or raw.get("name") or raw["displayName"]
        return self.catalog.user(id, raw["displayName"], zone=raw.get("timeZone") or "Etc/UTC")

    def entry(self, member: str, raw: Json) -> Json:
        """The site's entry for a status, resolution, type or priority; a taken id is renumbered."""
        category = (raw.get("statusCategory") or {}).get("key", "")
        key = (member, raw["id"], raw["name"], category)
        if key not in self._entries:
            self._entries[key] = self._new_entry(member, raw)
        return self._entries[key]

    def _new_entry(self, member: str, raw: Json) -> Json:
        id = self._number(member, raw, getattr(self.catalog, TABLES[member]))
        return _SHAPES[member](self.catalog, id, raw)

    def _number(self, member: str, raw: Json, table: dict[str, Json]) -> str:
        seen = (member, raw["id"])
        if seen not in self._taken:
            id = raw["id"]
            if id in table and table[id]["name"] != raw["name"]:
                id = str(max(NEW_NUMBERS, *(int(i) for i in table)) + 1)
                self.notes.append(f"{member} {raw['name']!r} is {id} here, {raw['id']} is another host's")
            self._taken[seen] = id
        return self._taken[seen]

    def _field(self, name: str, value: Json) -> str:
        """The site's id of a custom field; its type is told by the list above or by its first value."""
        if name in self._fields:
            return self._fields[name]
        if value is None and int(name.removeprefix("customfield_")) not in self._names:
            return name
        number = int(name.removeprefix("customfield_"))
        label, custom = self._names.get(number, (f"Field {number}", _custom_type(value)))
        known = self.catalog.fields.get(name)
        if known is not None and (known.name, known.custom) != (label, custom):
            number = max(self.catalog.next_field_number(), NEW_NUMBERS)
            self.notes.append(f"{name} ({label}) is customfield_{number} here")
            known = None
        made = known or self.catalog.custom(number, label, custom)
        _learn_options(made.options, value)
        self._fields[name] = made.id
        return made.id

    # --- history

    def histories(self, raw: bytes) -> Callable[[], list[Change]]:
        """The decoder of one issue's history, run when somebody asks for it."""

        def decode() -> list[Change]:
            return sorted(map(self._change, orjson.loads(raw)), key=lambda entry: (entry.at, entry.id))

        return decode

    def _change(self, raw: Json) -> Change:
        author = self.person(raw["author"]) if raw.get("author") else None
        return Change(int(raw["id"]), author, parse_ms(raw["created"]), [self._item(i) for i in raw["items"]])

    def _item(self, item: dict[str, Any]) -> dict[str, Any]:
        field = item["field"].casefold()
        ends = {end: item.get(end) for end in ("from", "to")}
        if field in TABLES:
            ends = {end: self._taken.get((field, id), id) for end, id in ends.items() if id}
        elif field in PARENTS and self.ids:
            ends = {end: self.ids.get(id, id) for end, id in ends.items() if id}
        changed = item | {end: id for end, id in ends.items() if id is not None}
        if item.get("fieldId") in self._fields:
            changed["fieldId"] = self._fields[item["fieldId"]]
        return changed


def _custom_type(value: Json) -> str:
    match value:
        case bool() | None | str():
            return PLATFORM + "textfield"
        case int() | float():
            return PLATFORM + "float"
        case [str(), *_]:
            return PLATFORM + "labels"
        case [{"value": _}, *_]:
            return PLATFORM + "multiselect"
        case {"value": _}:
            return PLATFORM + "select"
        case {"displayName": _}:
            return PLATFORM + "userpicker"
        case _:
            return SOFTWARE + "gh-lexo-rank"


def _learn_options(options: dict[str, str], value: Json) -> None:
    several = value if isinstance(value, list) else [value]
    for one in several:
        if isinstance(one, dict) and "value" in one and "id" in one:
            options.setdefault(str(one["id"]), one["value"])


def _status(catalog: Catalog, id: str, raw: Json) -> Json:
    """As the origin says it, in its language; missing members are filled in."""
    category = raw["statusCategory"]["key"]
    known = catalog.statuses.get(id)
    fresh = catalog.status(id, raw["name"], category if category in CATEGORIES else "undefined")
    if known is not None:
        catalog.statuses[id] = known
    return fresh | {"statusCategory": fresh["statusCategory"] | raw["statusCategory"]}


def _type(catalog: Catalog, id: str, raw: Json) -> Json:
    level = {"epic": 1, "initiative": 2}.get(raw["name"].casefold(), 0)
    level = -1 if raw["subtask"] else raw.get("hierarchyLevel") or level
    known = catalog.types.get(id)
    fresh = catalog.type(id, raw["name"], level)
    if known is not None:
        catalog.types[id] = known
    return fresh


_SHAPES: dict[str, Callable[[Catalog, str, Json], Json]] = {
    "status": _status,
    "issuetype": _type,
    "resolution": lambda catalog, id, raw: catalog.resolutions.get(id) or catalog.resolution(id, raw["name"]),
    "priority": lambda catalog, id, raw: catalog.priorities.get(id) or catalog.priority(id, raw["name"]),
}
