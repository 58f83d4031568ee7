"""The state of the embedded Jira, and what people do in it: add, edit, move, resolve, flag, delete.

Tests and the demonstration call these methods; the HTTP faces call the same ones. Issues are named by
key (a former one too) or id; fields by id or name; people by id. All of it holds `lock`.
"""

import itertools
import threading
from collections.abc import Callable, Mapping
from typing import Any

from bridge.sandbox import edits
from bridge.sandbox.access import Permissions, RequestLog
from bridge.sandbox.catalog import Catalog, Project
from bridge.sandbox.clock import Clock
from bridge.sandbox.fieldtypes import Field
from bridge.sandbox.hooks import Hooks
from bridge.sandbox.news import News
from bridge.sandbox.records import Change, Comment, Issue, IssueLink, Json, Refusal
from bridge.sandbox.store import Store


class Jira:
    """One site. `me` is the account that the bridge signs in with; `profile_zone` is its time zone."""

    def __init__(self, catalog: Catalog, clock: Clock, me: Json, profile_zone: str) -> None:
        self.lock = threading.RLock()
        self.catalog = catalog
        self.clock = clock
        self.me = me
        self.profile_zone = profile_zone
        self.store = Store(clock.ms)
        self.permissions = Permissions()
        self.requests = RequestLog()
        self.bulkfetch_max = 1000
        self.version = (1001, 0, 0) if catalog.cloud else (10, 3, 24)
        self.hooks = Hooks(clock.ms)
        self.news = News(self)
        self._commented: dict[int, int] = {}
        self.ids = itertools.count(10_001)
        self.small_ids = itertools.count(100_001)

    @property
    def cloud(self) -> bool:
        return self.catalog.cloud

    # --- finding

    def issue(self, key_or_id: str | int) -> Issue:
        """The issue of that key (present or former) or id, hidden or not. Raises KeyError."""
        found = self.store.find(str(key_or_id))
        if found is None:
            raise KeyError(key_or_id)
        return found

    def readable(self, issue: Issue) -> bool:
        """Whether the bridge's account may see it."""
        return not issue.hidden and self.permissions.has("BROWSE_PROJECTS", issue.project)

    def search(self, jql: str) -> list[Issue]:
        """What the query finds for the bridge's account, in its order. Raises Refusal for a bad query."""
        from bridge.sandbox.jql.run import run

        with self.lock:
            return run(self, jql)

    def value(self, key: str | int, field: str) -> Json:
        """A field's value by id or name, None when empty."""
        return self.issue(key).fields.get(self._field(field).id)

    def project_of(self, issue: Issue) -> Project:
        return self.catalog.projects[issue.project]

    def _field(self, name: str) -> Field:
        found = self.catalog.field(name)
        if found is None:
            raise KeyError(name)
        return found

    # --- making and changing

    def add_issue(self, project: str, kind: str, summary: str, *, parent: str = "", **values: Json) -> Issue:
        """A new issue in the workflow's first status. `values` by field id: REST-ready values."""
        with self.lock:
            place = self.catalog.projects[project]
            type = self.catalog.named(self.catalog.types, kind, place.types)
            above = self.issue(parent) if parent else None
            return self.create(place, type, above, {"summary": summary, **values})

    def create(self, project: Project, type: Json, parent: Issue | None, values: Mapping[str, Json]) -> Issue:
        now = self.clock.ms()
        id = next(i for i in self.ids if i not in self.store.issues)
        fields = _blank(self, project, type, now) | dict(values)
        issue = Issue(id, f"{project.key}-{project.next_number}", fields, now, now)
        issue.parent = parent.id if parent else None
        project.next_number += 1
        self.store.put(issue)
        self.news.created(issue)
        return issue

    def edit(self, key: str | int, values: Mapping[str, Json], *, by: Json = None) -> Change | None:
        """Set fields (by id or name) to REST-ready values; the history entry, None when nothing differs."""
        with self.lock:
            named = {self._field(name).id: value for name, value in values.items()}
            return self.change(self.issue(key), named, by=by)

    def change(
        self,
        issue: Issue,
        values: Mapping[str, Json],
        *,
        by: Json = None,
        extra: list[edits.Item] | None = None,
    ) -> Change | None:
        """Apply values by field id. Writing what is there already leaves no trace: no entry, no `updated`."""
        moved = {id: value for id, value in values.items() if issue.fields.get(id) != value}
        items = list(extra or [])
        for id, value in moved.items():
            items.append(edits.describe(self.catalog.fields[id], issue.fields.get(id), value))
        if not items:
            return None
        self.store.before(issue.id, issue)
        issue.fields.update(moved)
        return self._record(issue, items, by)

    def _record(self, issue: Issue, items: list[edits.Item], by: Json) -> Change:
        entry = Change(next(self.small_ids), by or self.me, self.clock.ms(), items)
        issue.changes().append(entry)
        self.touch(issue)
        self.news.changed(issue, entry)
        return entry

    def touch(self, issue: Issue) -> None:
        """Set `updated` to now."""
        issue.updated = self.clock.ms()
        issue.fields["updated"] = self.clock.stamp(issue.updated)

    def transition(
        self, key: str | int, status: str, *, resolution: str | None = None, by: Json = None
    ) -> None:
        """Move to a status by name or id. Category done sets the resolution (Done unless another is named by
        name or id), leaving it clears it."""
        with self.lock:
            issue = self.issue(key)
            found = self.catalog.named(self.catalog.statuses, status, self.project_of(issue).statuses)
            if found is None:
                raise KeyError(status)
            self._to_status(issue, found, resolution, by)

    def resolve(self, key: str | int, resolution: str = "Done", *, by: Json = None) -> None:
        """Move to the workflow's done status with that resolution."""
        with self.lock:
            issue = self.issue(key)
            self._to_status(issue, self._status_in(issue, "done", -1), resolution, by)

    def reopen(self, key: str | int, *, by: Json = None) -> None:
        """Back to the workflow's first status in progress; the resolution is cleared."""
        with self.lock:
            issue = self.issue(key)
            self._to_status(issue, self._status_in(issue, "indeterminate", 0), None, by)

    def _status_in(self, issue: Issue, category: str, which: int) -> Json:
        statuses = [self.catalog.statuses[id] for id in self.project_of(issue).statuses]
        return [s for s in statuses if s["statusCategory"]["key"] == category][which]

    def _to_status(self, issue: Issue, status: Json, resolution: str | None, by: Json) -> None:
        now = self.clock.stamp(self.clock.ms())
        values: dict[str, Json] = {"status": status}
        quiet: dict[str, Json] = {}
        if status["statusCategory"]["key"] == "done":
            kept = issue.fields.get("resolution") if resolution is None else None
            values["resolution"] = kept or self.catalog.named(self.catalog.resolutions, resolution or "Done")
            if values["resolution"] != issue.fields.get("resolution"):
                quiet["resolutiondate"] = now
        else:
            values["resolution"] = quiet["resolutiondate"] = None
        if status["statusCategory"]["key"] != issue.category and self.cloud:
            quiet["statuscategorychangedate"] = now
        if self.change(issue, values, by=by):
            issue.fields.update(quiet)

    def flag(self, key: str | int, on: bool = True, *, by: Json = None) -> None:
        """Mark as blocked by the Flagged field's Impediment, or take the mark away."""
        field = self._field("Flagged")
        id, value = next(iter(field.options.items()))
        mark = [{"self": f"{self.catalog.api}/customFieldOption/{id}", "value": value, "id": id}]
        self.edit(key, {field.id: mark if on else None}, by=by)

    def reparent(self, key: str | int, parent: str | int | None, *, by: Json = None) -> None:
        """Hang the issue under another, or (None) under nothing."""
        with self.lock:
            self.set_parent(self.issue(key), self.issue(parent) if parent is not None else None, by=by)

    def set_parent(self, issue: Issue, parent: Issue | None, *, by: Json = None) -> None:
        if issue.parent == (parent.id if parent else None):
            return
        old = self.store.issues.get(issue.parent) if issue.parent is not None else None
        level = None if self.cloud else self.catalog.level(issue)
        self.change(issue, {}, by=by, extra=[edits.parent_item(level, old, parent)])
        self.store.reparent(issue, parent.id if parent else None)

    def move(self, key: str | int, project: str, *, by: Json = None) -> Issue:
        """To another project: a new key there, the old one still leads here; status and type are mapped."""
        with self.lock:
            issue, place = self.issue(key), self.catalog.projects[project]
            old, old_key = self.project_of(issue), issue.key
            new_key = f"{place.key}-{place.next_number}"
            place.next_number += 1
            items = [
                edits.item("project", "jira", "project", (old.id, old.name), (place.id, place.name)),
                edits.item("Key", "jira", "", (None, old_key), (None, new_key)),
            ]
            self.change(issue, self._counterparts(issue, place), by=by, extra=items)
            issue.fields["project"] = place.shape
            self.store.rekey(issue, new_key)
            return issue

    def _counterparts(self, issue: Issue, place: Project) -> dict[str, Json]:
        """Status and type of another project: of the same name, else of the same category and depth."""
        statuses = [self.catalog.statuses[id] for id in place.statuses]
        types = [self.catalog.types[id] for id in place.types]
        level = self.catalog.level(issue)
        return {
            "status": _counterpart(
                statuses, issue.status, lambda s: s["statusCategory"]["key"] == issue.category
            ),
            "issuetype": _counterpart(types, issue.kind, lambda t: self.catalog.levels[t["id"]] == level),
        }

    def delete(self, key: str | int) -> None:
        """Gone for good: no search, no key and no poll by `updated` will tell."""
        with self.lock:
            self.remove(self.issue(key))

    def remove(self, issue: Issue) -> None:
        self.news.deleted(issue)
        self.store.remove(issue)

    def hide(self, key: str | int, on: bool = True) -> None:
        """Take the issue out of the bridge account's sight, or give it back: 404, absent from lists."""
        self.issue(key).hidden = on

    def archive(self, key: str | int, on: bool = True) -> None:
        """Leave the issue out of search; it can still be read by key."""
        self.issue(key).archived = on

    def lag(self, seconds: float) -> None:
        """From now on search sees each change only after so many seconds; 0: at once."""
        self.store.lag_ms = int(seconds * 1000)

    def trash_field(self, name: str) -> Field:
        """Take a custom field off the site; its values come back with it (`restore_field`)."""
        with self.lock:
            field = self.catalog.fields.pop(self._field(name).id)
            self.catalog.trashed.add(field.id)
            return field

    def restore_field(self, field: Field) -> None:
        with self.lock:
            self.catalog.fields[field.id] = field
            self.catalog.trashed.discard(field.id)

    def link(self, kind: str, inward: str, outward: str, *, by: Json = None) -> IssueLink:
        """Link two issues; `inward` is the end whose page says the inward words ("is blocked by")."""
        with self.lock:
            type = self.catalog.named(self.catalog.link_types, kind)
            if type is None:
                raise KeyError(kind)
            ends = self.issue(inward), self.issue(outward)
            made = IssueLink(next(self.small_ids), type["id"], ends[0].id, ends[1].id)
            for here, there, words in ((*ends, type["outward"]), (ends[1], ends[0], type["inward"])):
                here.links.append(made)
                new = there.key, f"This issue {words} {there.key}"
                self.change(here, {}, by=by, extra=[edits.item("Link", "jira", "", (None, None), new)])
            self.news.linked(made)
            return made

    # --- comments

    def comment(self, key: str | int, body: Json, *, by: Json = None, **more: Any) -> Comment:
        """Add a comment (`visibility`, `properties` in `more`); this sets the issue's `updated`."""
        with self.lock:
            issue, now = self.issue(key), self.clock.ms()
            author = by or self.me
            made = Comment(next(self.small_ids), author, body, now, now, author, **more)
            self.store.before(issue.id, issue)
            issue.comments.append(made)
            self._commented[made.id] = issue.id
            self.touch(issue)
            self.news.comment("created", issue, made)
            return made

    def find_comment(self, id: int) -> tuple[Issue, Comment] | None:
        """A comment with its issue, None when either is gone."""
        issue = self.store.issues.get(self._commented.get(id, -1))
        found = next((one for one in issue.comments if one.id == id), None) if issue else None
        return (issue, found) if issue and found else None


def _blank(jira: Jira, project: Project, type: Json, now: int) -> dict[str, Json]:
    catalog, stamp = jira.catalog, jira.clock.stamp(now)
    fields: dict[str, Json] = {
        "issuetype": type,
        "project": project.shape,
        "status": catalog.statuses[project.statuses[0]],
        "resolution": None,
        "resolutiondate": None,
        "priority": catalog.named(catalog.priorities, "Medium"),
        "labels": [],
        "components": [],
        "fixVersions": [],
        "versions": [],
        "assignee": None,
        "reporter": jira.me,
        "creator": jira.me,
        "created": stamp,
        "updated": stamp,
        "duedate": None,
        "description": None,
        "environment": None,
        "timeoriginalestimate": None,
        "timeestimate": None,
        "timespent": None,
    }
    if jira.cloud:
        fields["statuscategorychangedate"] = stamp
    usable = (f for f in catalog.fields.values() if f.custom and catalog.usable(f, project))
    return fields | {f.id: None for f in usable}


def _counterpart(choices: list[Json], name: str, alike: Callable[[Json], bool]) -> Json:
    for test in (lambda choice: choice["name"] == name, alike):
        found = next(filter(test, choices), None)
        if found is not None:
            return found
    raise Refusal(400, f"No counterpart for {name!r} in the target project")
