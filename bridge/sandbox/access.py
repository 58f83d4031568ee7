"""Who may do what: the bridge's account, its permissions, and the log of what was asked."""

from collections import Counter
from dataclasses import dataclass, field

# key -> (id, name, type)
PERMISSIONS = {
    "ADMINISTER": (0, "Administer Jira", "GLOBAL"),
    "BULK_CHANGE": (33, "Bulk Change", "GLOBAL"),
    "CREATE_SHARED_OBJECTS": (22, "Share dashboards and filters", "GLOBAL"),
    "USER_PICKER": (27, "Browse users and groups", "GLOBAL"),
    "ADMINISTER_PROJECTS": (23, "Administer Projects", "PROJECT"),
    "BROWSE_PROJECTS": (10, "Browse Projects", "PROJECT"),
    "CREATE_ISSUES": (11, "Create Issues", "PROJECT"),
    "ADD_COMMENTS": (15, "Add Comments", "PROJECT"),
    "EDIT_ISSUES": (12, "Edit Issues", "PROJECT"),
    "DELETE_ISSUES": (16, "Delete Issues", "PROJECT"),
    "ASSIGN_ISSUES": (13, "Assign Issues", "PROJECT"),
    "ASSIGNABLE_USER": (17, "Assignable User", "PROJECT"),
    "RESOLVE_ISSUES": (14, "Resolve Issues", "PROJECT"),
    "CLOSE_ISSUES": (18, "Close Issues", "PROJECT"),
    "SCHEDULE_ISSUES": (28, "Schedule Issues", "PROJECT"),
    "TRANSITION_ISSUES": (46, "Transition Issues", "PROJECT"),
    "MOVE_ISSUES": (25, "Move Issues", "PROJECT"),
    "LINK_ISSUES": (21, "Link Issues", "PROJECT"),
    "EDIT_OWN_COMMENTS": (37, "Edit Own Comments", "PROJECT"),
    "EDIT_ALL_COMMENTS": (34, "Edit All Comments", "PROJECT"),
    "DELETE_OWN_COMMENTS": (38, "Delete Own Comments", "PROJECT"),
    "DELETE_ALL_COMMENTS": (36, "Delete All Comments", "PROJECT"),
    "WORK_ON_ISSUES": (20, "Work On Issues", "PROJECT"),
    "SET_ISSUE_SECURITY": (26, "Set Issue Security", "PROJECT"),
}


class Permissions:
    """Everything is granted until it is forbidden, everywhere or in one project."""

    def __init__(self) -> None:
        self._forbidden: set[tuple[str, str]] = set()

    def forbid(self, permission: str, project: str = "") -> None:
        """Take a permission away, in one project or (project empty) everywhere."""
        self._forbidden.add((permission, project))

    def allow(self, permission: str, project: str = "") -> None:
        """Undo one `forbid`."""
        self._forbidden.discard((permission, project))

    def has(self, permission: str, project: str = "") -> bool:
        return not {(permission, ""), (permission, project)} & self._forbidden


@dataclass(frozen=True, slots=True)
class Request:
    """One request that reached the sandbox; `operation` is the vendor's operation id where one matched."""

    operation: str
    method: str
    path: str
    status: int
    body: bytes = field(repr=False, default=b"")


class RequestLog:
    """What was asked of the sandbox, in order, and counted by operation. Only the newest 10,000 are kept."""

    def __init__(self) -> None:
        self.all: list[Request] = []
        self.by_operation: Counter[str] = Counter()

    def note(self, request: Request) -> None:
        self.by_operation[request.operation] += 1
        self.all.append(request)
        if len(self.all) > 20_000:
            del self.all[:10_000]

    def count(self, operation: str = "") -> int:
        """How often an operation was called; with none named, how many requests came in all."""
        return self.by_operation[operation] if operation else sum(self.by_operation.values())

    def writes(self) -> list[Request]:
        """Requests that could have changed something and were answered with success."""
        return [r for r in self.all if _writes(r) and 200 <= r.status < 300]

    def clear(self) -> None:
        self.all.clear()
        self.by_operation.clear()


READS_BY_POST = ("/search", "/search/jql", "/bulkfetch", "/approximate-count", "/jql/", "/check", "/list")


def _writes(request: Request) -> bool:
    if request.method == "GET":
        return False
    return request.method != "POST" or not any(part in request.path for part in READS_BY_POST)
