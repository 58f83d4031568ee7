"""How issues, comments and histories look in REST, on Cloud and on Data Center."""

from collections.abc import Callable, Iterable
from typing import TYPE_CHECKING

from bridge.sandbox import adf
from bridge.sandbox.records import Change, Comment, Issue, Json

if TYPE_CHECKING:
    from bridge.sandbox.jira import Jira

CHANGELOG_ON_CLOUD = 40
NOT_NAVIGABLE = {"comment", "description", "environment", "issuelinks", "subtasks", "timetracking"}


class Wanted:
    """Which fields were asked for: names, `*all`, `*navigable`, `-name`. Unknown names are ignored."""

    def __init__(self, jira: "Jira", asked: Iterable[str], default: str) -> None:
        names = list(asked) or [default]
        self.minus = {name[1:] for name in names if name.startswith("-")} | jira.catalog.trashed
        plus = [name for name in names if not name.startswith("-")] or [default]
        self.all = "*all" in plus
        self.wild = self.all or "*navigable" in plus
        computed = _computed(jira)
        plain = {field.id for field in jira.catalog.fields.values()} | {"flagged", "epic", "sprint"}
        named = [name for name in plus if name not in self.minus]
        self.stored = [name for name in named if name in plain and name not in computed]
        self.computed = {name: computed[name] for name in named if name in computed}
        if self.wild:
            self.computed = {n: c for n, c in computed.items() if self._takes(n)}
        self._catalog = jira.catalog
        self._empty: dict[str, dict[str, Json]] = {}

    def _takes(self, name: str) -> bool:
        return name not in self.minus and (self.all or name not in NOT_NAVIGABLE)

    def fields(self, issue: Issue) -> dict[str, Json]:
        held = issue.fields
        if self.wild:
            shown = {name: value for name, value in held.items() if self._takes(name)}
        else:
            shown = {name: held[name] for name in self.stored if name in held}
        shown = self._empties(issue) | shown
        for name, compute in self.computed.items():
            shown[name] = compute(issue)
        if "parent" in shown and shown["parent"] is None:
            del shown["parent"]
        return shown

    def _empties(self, issue: Issue) -> dict[str, Json]:
        """Custom fields that the issue's project has and nobody has filled: they show as null."""
        key = issue.key.rpartition("-")[0]
        if key not in self._empty:
            self._empty[key] = dict.fromkeys(self._usable(key))
        return self._empty[key]

    def _usable(self, key: str) -> list[str]:
        project = self._catalog.project_of(key)
        wanted = set(self.stored)
        return [
            field.id
            for field in self._catalog.fields.values()
            if field.custom
            and (self._takes(field.id) if self.wild else field.id in wanted)
            and project is not None
            and self._catalog.usable(field, project)
        ]


def _computed(jira: "Jira") -> dict[str, Callable[[Issue], Json]]:
    """Fields that are made at reading: they depend on other issues, or on the deployment's body format."""
    makers: dict[str, Callable[[Issue], Json]] = {
        "parent": lambda issue: parent(jira, issue),
        "subtasks": lambda issue: [brief(jira, child) for child in _subtasks(jira, issue)],
        "issuelinks": lambda issue: issue_links(jira, issue),
        "comment": lambda issue: comments_page(jira, issue),
    }
    for field in jira.catalog.fields.values():
        if field.rich:
            makers[field.id] = _body(jira, field.id)
        elif field.custom.endswith("gh-epic-link"):
            makers[field.id] = _link_upwards(jira, field.id, level=0)
        elif field.custom.endswith("gh-sprint") and not jira.cloud:
            makers[field.id] = _sprint_texts(field.id)
        elif field.custom.endswith("jpo-custom-field-parent") and not jira.cloud:
            makers[field.id] = _link_upwards(jira, field.id, level=1)
    return makers


def _link_upwards(jira: "Jira", field: str, level: int) -> Callable[[Issue], Json]:
    """The parent's key; that of a parent which was never loaded stands in the field itself."""

    def link(issue: Issue) -> Json:
        return _above(jira, issue, level) or issue.fields.get(field)

    return link


def _sprint_texts(field: str) -> Callable[[Issue], Json]:
    """Sprints as Data Center has long shown them: the text form of a Java object."""

    def texts(issue: Issue) -> Json:
        sprints = issue.fields.get(field)
        return [_sprint_text(sprint) for sprint in sprints] if sprints else sprints

    return texts


def _sprint_text(sprint: Json) -> str:
    if isinstance(sprint, str):
        return sprint
    members = {"id": sprint["id"], "rapidViewId": sprint.get("boardId"), "state": sprint["state"].upper()}
    members |= {name: sprint.get(name) for name in ("name", "startDate", "endDate", "completeDate", "goal")}
    inside = ",".join(f"{name}={'<null>' if value is None else value}" for name, value in members.items())
    return f"com.atlassian.greenhopper.service.sprint.Sprint@1f2e3d[{inside}]"


def _body(jira: "Jira", field: str) -> Callable[[Issue], Json]:
    def body(issue: Issue) -> Json:
        return as_body(jira, issue.fields.get(field))

    return body


def as_body(jira: "Jira", value: Json) -> Json:
    """A text as this deployment shows it: a document on Cloud, a string on Data Center."""
    if value is None:
        return None
    if jira.cloud:
        return value if isinstance(value, dict) else adf.document(value)
    return value if isinstance(value, str) else adf.plain(value)


def _subtasks(jira: "Jira", issue: Issue) -> list[Issue]:
    return [c for c in jira.store.children(issue.id) if c.fields["issuetype"]["subtask"] and not c.hidden]


def _above(jira: "Jira", issue: Issue, level: int) -> str | None:
    """The parent's key, for issues of that level: 0 the Epic Link, 1 and up the Parent Link."""
    mine = jira.catalog.level(issue)
    if issue.parent is None or (mine != 0 if level == 0 else mine < 1):
        return None
    above = jira.store.issues.get(issue.parent)
    return above.key if above else None


def parent(jira: "Jira", issue: Issue) -> Json:
    """One up: on every level on Cloud, of sub-tasks on Data Center. One never loaded shows as it came."""
    if not jira.cloud and not issue.fields["issuetype"]["subtask"]:
        return None
    above = jira.store.issues.get(issue.parent) if issue.parent is not None else None
    return brief(jira, above) if above else issue.fields.get("parent")


def brief(jira: "Jira", issue: Issue) -> Json:
    """An issue inside another one."""
    held = issue.fields
    members = ("summary", "status", "priority", "issuetype")
    return {
        "id": str(issue.id),
        "key": issue.key,
        "self": f"{jira.catalog.api}/issue/{issue.id}",
        "fields": {name: held.get(name) for name in members},
    }


def issue_links(jira: "Jira", issue: Issue) -> list[Json]:
    shown = list(issue.fields.get("issuelinks") or ())
    for link in issue.links:
        outward = link.inward == issue.id
        other = jira.store.issues.get(link.outward if outward else link.inward)
        if other is not None:
            end = "outwardIssue" if outward else "inwardIssue"
            shape = {"id": str(link.id), "self": f"{jira.catalog.api}/issueLink/{link.id}"}
            shown.append(shape | {"type": jira.catalog.link_types[link.type], end: brief(jira, other)})
    return shown


def comments_page(jira: "Jira", issue: Issue) -> Json:
    shown = [comment(jira, issue, one) for one in issue.comments]
    total = max(len(shown), (issue.fields.get("comment") or {}).get("total", 0))
    return {
        "comments": shown,
        "self": f"{jira.catalog.api}/issue/{issue.id}/comment",
        "maxResults": total,
        "total": total,
        "startAt": 0,
    }


def comment(jira: "Jira", issue: Issue, one: Comment, properties: bool = False) -> Json:
    shape = {
        "self": f"{jira.catalog.api}/issue/{issue.id}/comment/{one.id}",
        "id": str(one.id),
        "author": one.author,
        "body": one.body,
        "updateAuthor": one.editor,
        "created": jira.clock.stamp(one.created),
        "updated": jira.clock.stamp(one.updated),
    }
    if jira.cloud:
        internal = one.properties.get("sd.public.comment") or {}
        shape["jsdPublic"] = not internal.get("internal", False)
    if one.visibility:
        shape["visibility"] = one.visibility
    if properties:
        shape["properties"] = [{"key": key, "value": value} for key, value in one.properties.items()]
    return shape


def issue(jira: "Jira", one: Issue, wanted: Wanted, properties: Iterable[str] = ()) -> dict[str, Json]:
    shape: dict[str, Json] = {
        "expand": "renderedFields,names,schema,operations,editmeta,changelog,versionedRepresentations",
        "id": str(one.id),
        "self": f"{jira.catalog.api}/issue/{one.id}",
        "key": one.key,
        "fields": wanted.fields(one),
    }
    asked = list(properties)
    if asked:
        every = "*all" in asked
        shape["properties"] = {k: v for k, v in one.properties.items() if every or k in asked}
    return shape


def items(jira: "Jira", entry: Change) -> list[dict[str, Json]]:
    """Data Center names fields, and never tells their ids."""
    if jira.cloud:
        return entry.items
    return [{name: value for name, value in item.items() if name != "fieldId"} for item in entry.items]


def history(jira: "Jira", entry: Change) -> dict[str, Json]:
    stamp = jira.clock.stamp(entry.at)
    shape = {"id": str(entry.id), "author": entry.author, "created": stamp, "items": items(jira, entry)}
    return {name: value for name, value in shape.items() if value is not None}


def changelog(jira: "Jira", one: Issue) -> Json:
    """As `expand=changelog` shows it: the 40 newest, newest first, on Cloud; all, oldest first, elsewhere."""
    entries = ordered(one)
    shown = entries[: -CHANGELOG_ON_CLOUD - 1 : -1] if jira.cloud else entries
    return {
        "startAt": 0,
        "maxResults": len(shown),
        "total": len(entries),
        "histories": [history(jira, entry) for entry in shown],
    }


def ordered(one: Issue) -> list[Change]:
    return sorted(one.changes(), key=lambda entry: (entry.at, entry.id))
