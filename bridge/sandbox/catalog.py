"""What a site is made of beside its issues: people, projects, types, statuses, fields, screens.

Values are kept in the shape in which REST shows them, once, and shared by all issues that point at them.
"""

from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Any

from bridge.sandbox.fieldtypes import CUSTOM, READ_ONLY, Field, system_fields
from bridge.sandbox.records import Issue, Json

# key -> (id, colour, name), the same on every site
CATEGORIES = {
    "undefined": (1, "medium-gray", "No Category"),
    "new": (2, "blue-gray", "To Do"),
    "done": (3, "green", "Done"),
    "indeterminate": (4, "yellow", "In Progress"),
}


@dataclass(slots=True)
class Project:
    """A project; `statuses` and `types` are the ids its issues may have, in workflow order."""

    id: str
    key: str
    name: str
    kind: str = "software"
    team_managed: bool = False
    archived: bool = False
    types: list[str] = field(default_factory=list)
    statuses: list[str] = field(default_factory=list)
    screen: int = 1
    points_field: str = ""
    next_number: int = 1
    old_keys: list[str] = field(default_factory=list)
    shape: Json = None


@dataclass(slots=True)
class Screen:
    """A screen with one or more tabs; a tab is (id, name, field ids)."""

    id: int
    name: str
    tabs: list[tuple[int, str, list[str]]]

    def holds(self, field_id: str) -> bool:
        return any(field_id in held for _, _, held in self.tabs)


@dataclass(slots=True)
class Board:
    id: int
    name: str
    kind: str
    project: str
    points_field: str


class Catalog:
    """Everything that issues refer to; ids are strings as in REST."""

    def __init__(self, base: str, cloud: bool) -> None:
        self.base = base
        self.cloud = cloud
        self.api = f"{base}/rest/api/{3 if cloud else 2}"
        self.users: dict[str, Json] = {}
        self.projects: dict[str, Project] = {}
        self.types: dict[str, Json] = {}
        self.levels: dict[str, int] = {}
        self.statuses: dict[str, Json] = {}
        self.resolutions: dict[str, Json] = {}
        self.priorities: dict[str, Json] = {}
        self.link_types: dict[str, Json] = {}
        self.fields: dict[str, Field] = {f.id: f for f in system_fields(cloud)}
        self.trashed: set[str] = set()
        self.screens: dict[int, Screen] = {}
        self.boards: dict[int, Board] = {}
        self.sprints: dict[int, Json] = {}

    def user(self, id: str, display: str, email: str = "", zone: str = "Etc/UTC") -> Json:
        """Add a person, or give the one of that id."""
        if id in self.users:
            return self.users[id]
        sizes = ("16x16", "24x24", "32x32", "48x48")
        shape = {
            "avatarUrls": {s: f"{self.base}/secure/useravatar?size={s}" for s in sizes},
            "displayName": display,
            "active": True,
            "timeZone": zone,
        } | ({"emailAddress": email} if email else {})
        if self.cloud:
            shape = {"self": f"{self.api}/user?accountId={id}", "accountId": id, **shape}
            shape["accountType"] = "atlassian"
        else:
            shape = {"self": f"{self.api}/user?username={id}", "name": id, "key": id, **shape}
        self.users[id] = shape
        return shape

    def status(self, id: str, name: str, category: str, project: str = "") -> Json:
        number, colour, label = CATEGORIES[category]
        shape: dict[str, Any] = {
            "self": f"{self.api}/status/{id}",
            "description": "",
            "iconUrl": f"{self.base}/images/icons/statuses/generic.png",
            "name": name,
            "id": id,
            "statusCategory": {
                "self": f"{self.api}/statuscategory/{number}",
                "id": number,
                "key": category,
                "colorName": colour,
                "name": label,
            },
        }
        return self._scoped(self.statuses, shape, project)

    def type(self, id: str, name: str, level: int, project: str = "") -> Json:
        shape: dict[str, Any] = {
            "self": f"{self.api}/issuetype/{id}",
            "id": id,
            "description": "",
            "iconUrl": f"{self.base}/images/icons/issuetypes/generic.png",
            "name": name,
            "subtask": level < 0,
        }
        if self.cloud:
            shape |= {"avatarId": 10300 + level, "hierarchyLevel": level}
        self.levels[id] = level
        return self._scoped(self.types, shape, project)

    def level(self, issue: Issue) -> int:
        """-1 sub-task, 0 story and the like, 1 epic, 2 and up above; known on Data Center too."""
        return self.levels[issue.fields["issuetype"]["id"]]

    def _scoped(self, table: dict[str, Json], shape: dict[str, Any], project: str) -> Json:
        if project and self.cloud:
            shape["scope"] = {"type": "PROJECT", "project": {"id": project}}
        table[shape["id"]] = shape
        return shape

    def resolution(self, id: str, name: str) -> Json:
        shape = {"self": f"{self.api}/resolution/{id}", "id": id, "description": "", "name": name}
        self.resolutions[id] = shape
        return shape

    def priority(self, id: str, name: str) -> Json:
        icon = f"{self.base}/images/icons/priorities/{name.lower()}.svg"
        shape = {"self": f"{self.api}/priority/{id}", "iconUrl": icon, "name": name, "id": id}
        self.priorities[id] = shape
        return shape

    def link_type(self, id: str, name: str, inward: str, outward: str) -> Json:
        shape = {"id": id, "name": name, "inward": inward, "outward": outward}
        self.link_types[id] = shape | {"self": f"{self.api}/issueLinkType/{id}"}
        return self.link_types[id]

    def project(self, project: Project) -> Project:
        """Add a project; gives it the REST shape that its issues show."""
        sizes = ("16x16", "24x24", "32x32", "48x48")
        shape = {
            "self": f"{self.api}/project/{project.id}",
            "id": project.id,
            "key": project.key,
            "name": project.name,
            "projectTypeKey": project.kind,
            "avatarUrls": {s: f"{self.base}/secure/projectavatar?pid={project.id}&size={s}" for s in sizes},
        }
        project.shape = shape | ({"simplified": project.team_managed} if self.cloud else {})
        self.projects[project.key] = project
        return project

    def custom(self, number: int, name: str, custom: str, scope: str = "") -> Field:
        """Add a custom field; one with a scope belongs to that team-managed project alone."""
        type, items = CUSTOM[custom]
        made = Field(f"customfield_{number}", name, type, items, custom, scope=scope)
        if scope:
            made.projects = {scope}
        self.fields[made.id] = made
        return made

    def field(self, id_or_name: str) -> Field | None:
        """A field by id, else by name without case; among namesakes the oldest."""
        if id_or_name in self.fields:
            return self.fields[id_or_name]
        wanted = id_or_name.casefold()
        return next((f for f in self.fields.values() if f.name.casefold() == wanted), None)

    def by_custom(self, ending: str) -> Field | None:
        return next((f for f in self.fields.values() if f.custom.endswith(ending)), None)

    def named(self, table: dict[str, Json], name: str, among: Iterable[str] = ()) -> Json | None:
        """The entry of that id or name (without case), first among the ids given."""
        folded = name.casefold()
        for id in (*among, *table):
            entry = table[id]
            if id == name or entry["name"].casefold() == folded:
                return entry
        return None

    def project_of(self, key_or_id: str) -> Project | None:
        """A project by key (also a former one, without case) or id."""
        upper = key_or_id.upper()
        if upper in self.projects:
            return self.projects[upper]
        return next((p for p in self.projects.values() if p.id == key_or_id or upper in p.old_keys), None)

    def usable(self, field: Field, project: Project) -> bool:
        """Whether the field is associated with the project, so that its issues hold and show it."""
        if field.scope:
            return field.scope == project.id
        return field.projects is None or project.id in field.projects

    def editable(self, field: Field, project: Project) -> bool:
        """Cloud asks for association alone; Data Center for a place on the edit screen."""
        if field.id in READ_ONLY or not self.usable(field, project):
            return False
        return self.cloud or self.screens[project.screen].holds(field.id)

    def put_on_screen(self, field: Field, screen: Screen, tab: int) -> None:
        """Add the field to a tab; that also associates it with the company-managed projects of the screen."""
        next(held for id, _, held in screen.tabs if id == tab).append(field.id)
        if field.projects is not None and not field.scope:
            users = (p for p in self.projects.values() if p.screen == screen.id and not p.team_managed)
            field.projects |= {p.id for p in users}

    def next_field_number(self) -> int:
        numbers = (f.number for f in self.fields.values() if f.custom)
        return max(10_199, *numbers, 0) + 1
