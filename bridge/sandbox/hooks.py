"""Webhooks as the site keeps them: who wants to be told what, and until when.

An admin webhook stands for ever and is signed with its own secret; a dynamic one belongs to the OAuth app,
lives thirty days and is signed with the app's. (Atlassian: Webhooks, Jira Cloud platform.)
"""

import itertools
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field, replace
from datetime import timedelta
from typing import TYPE_CHECKING

from bridge.sandbox.jql.parse import Clause, Many, Node, Not, parse
from bridge.sandbox.jql.run import compile_where
from bridge.sandbox.records import Issue, Refusal

if TYPE_CHECKING:
    from bridge.sandbox.jira import Jira

CLIENT_ID, CLIENT_SECRET = "sandbox-app", "sandbox-client-secret-" + 4 * "0123456789"
LIFE_MS = timedelta(days=30) // timedelta(milliseconds=1)
MOST_OF_AN_APP = 5
DYNAMIC_FIELDS = {"issuekey", "key", "project", "issuetype", "type", "status", "assignee", "reporter",
                  "priority", "issue.property"}  # fmt: skip
DYNAMIC_OPERATORS = {"=", "!=", "in", "not in"}
ISSUE_EVENTS = ("jira:issue_created", "jira:issue_updated", "jira:issue_deleted")
COMMENT_EVENTS = ("comment_created", "comment_updated", "comment_deleted")
PROPERTY_EVENTS = ("issue_property_set", "issue_property_deleted")
LINK_EVENTS = ("issuelink_created", "issuelink_deleted")
NEVER_SENT = (
    *(f"{thing}_{verb}" for thing in ("worklog", "sprint", "board", "project", "user")
      for verb in ("created", "updated", "deleted")),
    *("sprint_started", "sprint_closed", "board_configuration_changed", "jira:worklog_updated"),
    *(f"jira:version_{verb}" for verb in ("released", "unreleased", "created", "moved", "updated", "merged",
                                          "deleted")),
)  # fmt: skip
"""Events that may be asked for; nothing of the kind happens here."""
EVENTS = {*ISSUE_EVENTS, *COMMENT_EVENTS, *PROPERTY_EVENTS, *LINK_EVENTS, *NEVER_SENT}
DYNAMIC_EVENTS = {*ISSUE_EVENTS, *COMMENT_EVENTS, *PROPERTY_EVENTS} | {
    name for name in NEVER_SENT if name.startswith(("sprint_", "jira:version_")) and name in EVENTS
}


@dataclass(frozen=True, slots=True)
class Hook:
    """`jql` empty: all issues; `expires` in epoch milliseconds, 0: never; `changed` likewise."""

    id: int
    url: str
    events: tuple[str, ...]
    jql: str = ""
    name: str = ""
    secret: str = field(default="", repr=False)
    dynamic: bool = False
    expires: int = 0
    enabled: bool = True
    bare: bool = False
    changed: int = 0


class Hooks:
    """All webhooks of a site. False while there are none."""

    def __init__(self, milliseconds: Callable[[], int]) -> None:
        self._ms = milliseconds
        self._hooks: dict[int, Hook] = {}
        self._ids = itertools.count(1)
        self.client_secret = CLIENT_SECRET

    def __bool__(self) -> bool:
        return bool(self._hooks)

    def all(self, *, dynamic: bool) -> list[Hook]:
        """Those of one kind that have not run out."""
        now = self._ms()
        alive = (hook for hook in self._hooks.values() if not 0 < hook.expires <= now)
        return [hook for hook in alive if hook.dynamic is dynamic]

    def find(self, id: int, *, dynamic: bool) -> Hook | None:
        return next((hook for hook in self.all(dynamic=dynamic) if hook.id == id), None)

    def add(self, hook: Hook) -> Hook:
        """Keep a new one; with its id and, if dynamic, the end of its thirty days."""
        now = self._ms()
        kept = replace(
            hook, id=next(self._ids), changed=now, expires=now + LIFE_MS if hook.dynamic else hook.expires
        )
        self._hooks[kept.id] = kept
        return kept

    def put(self, hook: Hook) -> Hook:
        """Keep another state of a known one."""
        self._hooks[hook.id] = replace(hook, changed=self._ms())
        return self._hooks[hook.id]

    def remove(self, id: int) -> None:
        self._hooks.pop(id, None)

    def refresh(self, ids: list[int]) -> int:
        """Another thirty days from now for these of the app's; when they end. Unknown ids are ignored."""
        expires = self._ms() + LIFE_MS
        for hook in self.all(dynamic=True):
            if hook.id in ids:
                self._hooks[hook.id] = replace(hook, expires=expires)
        return expires

    def listening(self, event: str) -> list[Hook]:
        """Those that want to be told of such an event."""
        alive = [*self.all(dynamic=False), *self.all(dynamic=True)]
        return [hook for hook in alive if hook.enabled and event in hook.events]


def meets(jira: "Jira", hook: Hook, issue: Issue | None) -> bool:
    """Whether the hook's filter lets an event of this issue pass; events of no issue always do."""
    if issue is None or not hook.jql:
        return True
    try:
        where = parse(hook.jql).where
        return where is None or compile_where(jira, where)(issue)
    except Refusal:
        return False


def unsupported(jql: str) -> str:
    """What a dynamic webhook cannot filter by in this query; empty when it can."""
    try:
        where = parse(jql).where
    except Refusal as refusal:
        return "; ".join(refusal.messages)
    for clause in _clauses(where):
        name = clause.field.casefold()
        known = name in DYNAMIC_FIELDS or name.startswith(("cf[", "issue.property["))
        if not known or clause.operator not in DYNAMIC_OPERATORS:
            return f"The clause {clause.field} is unsupported"
    return ""


def _clauses(node: Node | None) -> Iterator[Clause]:
    match node:
        case Clause():
            yield node
        case Not():
            yield from _clauses(node.part)
        case Many():
            for part in node.parts:
                yield from _clauses(part)
