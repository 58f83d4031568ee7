"""The seeded company before anybody works: projects, workflows, people, fields, boards and sprints."""

from datetime import UTC, datetime

from bridge.sandbox import seed as base
from bridge.sandbox.catalog import Board, Project, Screen
from bridge.sandbox.cycle import Cycle
from bridge.sandbox.fieldtypes import SOFTWARE
from bridge.sandbox.jira import Jira
from bridge.sandbox.records import Json
from bridge.sandbox.story import PEOPLE

DAY = 86_400_000
STATUSES = {
    "SHOP": (("10000", "To Do", "new"), ("3", "In Progress", "indeterminate"),
             ("10100", "In Review", "indeterminate"), ("10001", "Done", "done")),
    "GROW": (("10110", "To Do", "new"), ("10111", "In Progress", "indeterminate"), ("10112", "Done", "done")),
    "HELP": (("10120", "Waiting for support", "new"), ("10121", "In progress", "indeterminate"),
             ("10122", "Waiting for customer", "indeterminate"), ("10123", "Resolved", "done")),
}  # fmt: skip
TYPES = {
    "SHOP": (("10000", "Epic", 1), ("10001", "Story", 0), ("10002", "Task", 0), ("10004", "Bug", 0),
             ("10003", "Sub-task", -1), ("10005", "Initiative", 2)),
    "GROW": (("10010", "Epic", 1), ("10011", "Story", 0), ("10012", "Task", 0), ("10013", "Bug", 0),
             ("10014", "Subtask", -1)),
    "HELP": (("10020", "Service Request", 0), ("10021", "Incident", 0), ("10022", "Sub-task", -1)),
}  # fmt: skip
PROJECTS = (("10000", "SHOP", "Web shop", "software"), ("10001", "GROW", "Growth", "software"),
            ("10002", "HELP", "Customer help", "service_desk"))  # fmt: skip
HELP_SCREEN = 2


def found(jira: Jira, cycle: Cycle) -> list[Json]:
    """Set the company up for that quarter; its people."""
    _projects(jira)
    people = [_person(jira, name) for name in PEOPLE]
    _sprints(jira, cycle)
    return people


def _person(jira: Jira, name: str) -> Json:
    first = name.split()[0].casefold()
    id = f"712020:{first}" if jira.cloud else first
    return jira.catalog.user(id, name, f"{first}@acme.example", "Europe/Berlin")


def _projects(jira: Jira) -> None:
    catalog = jira.catalog
    for number, name in enumerate(("Highest", "High", "Medium", "Low", "Lowest"), start=1):
        catalog.priority(str(number), name)
    for number, name in enumerate(("Done", "Won't Do", "Duplicate", "Cannot Reproduce"), start=10_000):
        catalog.resolution(str(number), name)
    base.software_fields(catalog)
    for id, key, name, kind in PROJECTS:
        own = id if key == "GROW" and jira.cloud else ""
        statuses = [catalog.status(*status, project=own)["id"] for status in STATUSES[key]]
        types = [catalog.type(*type, project=own)["id"] for type in TYPES[key]]
        catalog.project(Project(id, key, name, kind, bool(own), types=types, statuses=statuses))
    catalog.custom(base.POINT_ESTIMATE, "Story point estimate", SOFTWARE + "jsw-story-points", _scope(jira))
    tab = catalog.screens[base.DEFAULT_SCREEN].tabs[0]
    catalog.screens[HELP_SCREEN] = Screen(
        HELP_SCREEN, "HELP: Service desk screen", [(10_100, tab[1], list(tab[2]))]
    )
    catalog.projects["HELP"].screen = HELP_SCREEN
    points = f"customfield_{base.STORY_POINTS}"
    estimate = f"customfield_{base.POINT_ESTIMATE}"
    catalog.boards[1] = Board(1, "SHOP board", "scrum", "SHOP", points)
    catalog.boards[2] = Board(2, "GROW board", "simple", "GROW", estimate if jira.cloud else points)


def _sprints(jira: Jira, cycle: Cycle) -> None:
    """Six sprints of a fortnight on the SHOP board; the one that runs now is active."""
    now = jira.clock.ms()
    for number in range(6):
        start, end = cycle.ms(0) + number * 14 * DAY, cycle.ms(0) + (number + 1) * 14 * DAY
        state = "closed" if end <= now else "active" if start <= now else "future"
        jira.catalog.sprints[number + 1] = {
            "id": number + 1,
            "name": f"SHOP Sprint {number + 1}",
            "state": state,
            "boardId": 1,
            "goal": "",
            "startDate": _utc(start),
            "endDate": _utc(end),
        } | ({"completeDate": _utc(end)} if state == "closed" else {})


def _utc(ms: int) -> str:
    """An instant as sprints show it: in UTC with a Z."""
    return f"{datetime.fromtimestamp(ms // 1000, UTC):%Y-%m-%dT%H:%M:%S}.000Z"


def _scope(jira: Jira) -> str:
    return jira.catalog.projects["GROW"].id if jira.cloud else ""


def points_field(jira: Jira, project: str) -> str:
    """The id of the field that a project's team estimates in."""
    number = base.POINT_ESTIMATE if project == "GROW" and jira.cloud else base.STORY_POINTS
    return f"customfield_{number}"
