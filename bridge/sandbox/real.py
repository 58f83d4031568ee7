"""Real issues from a file of JSON lines, each as `GET issue?expand=changelog` of its origin answers.

Several origins may share one site here. The one with most issues keeps its ids; what another has under
the same number (issues, statuses, types, fields, projects ...) is renumbered, and told.
"""

import gzip
import re
import zlib
from collections import Counter
from collections.abc import Iterable
from pathlib import Path

import orjson

from bridge.sandbox.catalog import Board
from bridge.sandbox.clock import parse_ms
from bridge.sandbox.fieldtypes import PLATFORM, SOFTWARE
from bridge.sandbox.jira import Jira
from bridge.sandbox.origin import Origin
from bridge.sandbox.records import Issue, Json

SELF = re.compile(rb'"self": ?"((?:https?)://([^/"]+)[^"]*?)/rest/')
AGILE = ("flagged", "epic", "sprint", "closedSprints")
RENUMBERED_FROM = 900_000_001
HINT = "one issue a line, as GET issue?expand=changelog answers, in a .jsonl or .jsonl.gz file"


class Unreadable(ValueError):
    """A file that does not hold Jira issues, or none of the host asked for; `hint` says what would do."""

    hint = HINT


def load(jira: Jira, path: Path, host: str | None) -> list[str]:
    """Fill the site from the file; what was renumbered, a line each. Raises Unreadable, OSError."""
    groups = _by_host(path, host)
    loader = Loader(jira)
    with jira.lock:
        for name, lines in sorted(groups.items(), key=lambda group: -len(group[1])):
            loader.take(Origin(name, jira.catalog), lines)
        loader.finish()
    return loader.notes


def _by_host(path: Path, host: str | None) -> dict[str, list[bytes]]:
    try:
        groups = _grouped(path, host)
    except (gzip.BadGzipFile, EOFError, zlib.error) as error:
        raise Unreadable(f"{path}: {error}") from error
    if not groups:
        raise Unreadable(f"{path}: no issues of {host}" if host else f"{path}: no issues")
    return groups


def _grouped(path: Path, host: str | None) -> dict[str, list[bytes]]:
    groups: dict[str, list[bytes]] = {}
    with gzip.open(path, "rb") if path.suffix == ".gz" else path.open("rb") as lines:
        for number, line in enumerate(lines, start=1):
            found = SELF.search(line)
            if found is None:
                raise Unreadable(f"{path}, line {number}: no Jira issue (it has no `self`)")
            name = found.group(2).decode()
            if host in (None, name):
                groups.setdefault(name, []).append(line)
    return groups


class Loader:
    """Takes the issues in, origin by origin, then ties them to each other."""

    def __init__(self, jira: Jira) -> None:
        self.jira = jira
        self.notes: list[str] = []
        self._parents: list[tuple[Issue, Origin, str]] = []
        self._spare = RENUMBERED_FROM

    def take(self, origin: Origin, lines: list[bytes]) -> None:
        """All issues of one origin; `lines` is emptied on the way, to hold each issue only once."""
        prefix = SELF.search(lines[0])
        old = prefix.group(1) if prefix else b""
        base = self.jira.catalog.base.encode()
        renumbered = []
        lines.reverse()
        while lines:
            issue = self._read(origin, lines.pop().replace(old, base))
            if issue.id >= RENUMBERED_FROM:
                renumbered.append(issue.key)
        self.notes += [f"{origin.host}: {note}" for note in origin.notes]
        if renumbered:
            self.notes.append(f"{origin.host}: renumbered, id taken by another host: {', '.join(renumbered)}")

    def _read(self, origin: Origin, line: bytes) -> Issue:
        try:
            return self._issue(origin, orjson.loads(line))
        except (ValueError, KeyError, TypeError, AttributeError) as error:
            told = line[:60].decode(errors="replace").rstrip()
            raise Unreadable(f"{origin.host}: {told} ...: no Jira issue ({error!r})") from error

    def _issue(self, origin: Origin, raw: Json) -> Issue:
        fields = raw["fields"]
        created = parse_ms(fields["created"])
        updated = parse_ms(fields.get("updated") or fields["created"])
        id, key = self._free_id(origin, int(raw["id"])), self._free_key(origin, raw["key"])
        origin.project(key, fields)
        flagged = fields.get("flagged") is True
        kept = origin.fields({name: value for name, value in fields.items() if name not in AGILE})
        issue = Issue(id, key, kept, created, updated)
        kept["created"], kept["updated"] = (self.jira.clock.stamp(ms) for ms in (created, updated))
        kept.setdefault("summary", "")
        if flagged:
            kept["flagged"] = True
        histories = (raw.get("changelog") or {}).get("histories")
        if histories:
            issue.lazy = origin.histories(orjson.dumps(histories))
        self._note_parent(origin, issue, fields)
        self.jira.store.put(issue)
        return issue

    def _free_id(self, origin: Origin, id: int) -> int:
        if id not in self.jira.store.issues:
            return id
        origin.ids[str(id)] = str(self._spare)
        self._spare += 1
        return self._spare - 1

    def _free_key(self, origin: Origin, key: str) -> str:
        if key not in self.jira.store.keys:
            return key
        project = key.rpartition("-")[0]
        number = 900_001
        while f"{project}-{number}" in self.jira.store.keys:
            number += 1
        self.notes.append(f"{origin.host}: {key} stands on another host too, here it is {project}-{number}")
        origin.keys[key] = f"{project}-{number}"
        return f"{project}-{number}"

    def _note_parent(self, origin: Origin, issue: Issue, fields: Json) -> None:
        above = (fields.get("parent") or {}).get("key") or origin.epic_of(fields)
        if above:
            self._parents.append((issue, origin, above))

    def finish(self) -> None:
        """Parents, screens, boards; what the issues tell about the site."""
        store = self.jira.store
        for issue, origin, key in self._parents:
            above = store.find(origin.keys.get(key, key))
            if above is not None and above.id != issue.id:
                store.reparent(issue, above.id)
                origin.drop_parent(issue)
        self._software_fields()
        self._projects()
        catalog = self.jira.catalog
        catalog.screens[1].tabs[0][2][:] = [f.id for f in catalog.fields.values()]

    def _software_fields(self) -> None:
        """Epic Link, Flagged and (Data Center) Parent Link are there, whatever the issues show."""
        catalog = self.jira.catalog
        wanted = {"Epic Link": SOFTWARE + "gh-epic-link", "Flagged": PLATFORM + "multicheckboxes"}
        if not catalog.cloud:
            wanted["Parent Link"] = "com.atlassian.jpo:jpo-custom-field-parent"
        for name, custom in wanted.items():
            if not any(f.name == name and f.custom == custom for f in catalog.fields.values()):
                catalog.custom(catalog.next_field_number(), name, custom)
        flag = catalog.field("Flagged")
        if flag is None:
            return
        flag.options.setdefault("10019", "Impediment")
        mark = {"self": f"{catalog.api}/customFieldOption/10019", "value": "Impediment", "id": "10019"}
        for issue in self.jira.store.issues.values():
            if issue.fields.pop("flagged", False):
                issue.fields[flag.id] = [mark]

    def _projects(self) -> None:
        """Workflows and types as the issues show them, a board each, the next free number."""
        catalog, seen = self.jira.catalog, _seen(self.jira.store.issues.values())
        order = {"new": 0, "undefined": 1, "indeterminate": 2, "done": 3}
        for number, project in enumerate(catalog.projects.values(), start=1):
            statuses, types, last = seen[project.key]
            by_category = {id: order[catalog.statuses[id]["statusCategory"]["key"]] for id in statuses}
            project.statuses = sorted(statuses, key=lambda id: (by_category[id], int(id)))
            project.types = sorted(types, key=int)
            project.next_number = last + 1
            catalog.boards[number] = Board(
                number, f"{project.key} board", "scrum", project.key, project.points_field
            )


def _seen(issues: Iterable[Issue]) -> dict[str, tuple[set[str], set[str], int]]:
    """By project key: the ids of statuses and types in use, and the highest issue number."""
    statuses: dict[str, set[str]] = {}
    types: dict[str, set[str]] = {}
    last: Counter[str] = Counter()
    for issue in issues:
        statuses.setdefault(issue.project, set()).add(issue.fields["status"]["id"])
        types.setdefault(issue.project, set()).add(issue.fields["issuetype"]["id"])
        last[issue.project] = max(last[issue.project], issue.number)
    return {key: (statuses[key], types[key], last[key]) for key in statuses}
