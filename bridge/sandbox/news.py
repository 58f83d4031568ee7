"""What happened on the site, put into words for webhooks. Nobody listening: nothing is done at all."""

import uuid
from collections import deque
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

import orjson

from bridge.sandbox import render
from bridge.sandbox.courier import WAITS, Courier, Letter, sign
from bridge.sandbox.hooks import CLIENT_ID, LINK_EVENTS, Hook, meets
from bridge.sandbox.records import Change, Comment, Issue, IssueLink, Json

if TYPE_CHECKING:
    from bridge.sandbox.jira import Jira

MOST_WAITING = 20_000
TOKEN_SECONDS = 180
BRIEF = ("summary", "issuetype", "project", "assignee", "priority", "status")


@dataclass(frozen=True, slots=True)
class Event:
    """`told`: the members of the body beside time and name. `kind` is Jira's older word for the event."""

    name: str
    at: int
    issue: Issue | None = None
    kind: str = ""
    told: dict[str, Json] = field(default_factory=dict)


class News:
    """Events in the order in which they happened, for the courier. At most 20,000 wait: then the newest
    are dropped and counted, as a real site drops them."""

    def __init__(self, jira: "Jira") -> None:
        self._jira = jira
        self._waiting: deque[Event | list[Letter]] = deque()
        self.courier = Courier(self._next, () if not jira.cloud else WAITS)

    # --- what people and callers did

    def created(self, issue: Issue) -> None:
        self._issue("jira:issue_created", issue, "issue_created", self._jira.me)

    def changed(self, issue: Issue, entry: Change) -> None:
        changelog = {"id": str(entry.id), "items": render.items(self._jira, entry)}
        self._issue("jira:issue_updated", issue, _kind(entry), entry.author, changelog=changelog)

    def deleted(self, issue: Issue) -> None:
        """Call it while the issue is still there."""
        self._issue("jira:issue_deleted", issue, "issue_deleted", self._jira.me)

    def comment(self, what: str, issue: Issue, comment: Comment) -> None:
        """`what` is created, updated or deleted. Data Center tells of it as a change of the issue too."""
        if not self._jira.hooks:
            return
        shown = render.comment(self._jira, issue, comment)
        self._happened(Event(f"comment_{what}", self._jira.clock.ms(), issue, "", {"comment": shown}))
        if not self._jira.cloud:
            kind = {"created": "issue_commented", "updated": "issue_comment_edited"}.get(what, "")
            kind = kind or "issue_comment_deleted"
            self._issue("jira:issue_updated", issue, kind, comment.editor, comment=shown)

    def property(self, issue: Issue, key: str, value: Json = None, *, gone: bool = False) -> None:
        if self._jira.hooks:
            name = "issue_property_deleted" if gone else "issue_property_set"
            told = {"property": {"key": key} | ({} if gone else {"value": value})}
            self._happened(Event(name, self._jira.clock.ms(), issue, "", told))

    def linked(self, link: IssueLink) -> None:
        if self._jira.hooks:
            shape = {
                "id": link.id,
                "sourceIssueId": link.inward,
                "destinationIssueId": link.outward,
                "issueLinkType": self._jira.catalog.link_types[link.type],
                "systemLink": False,
            }
            self._happened(Event(LINK_EVENTS[0], self._jira.clock.ms(), told={"issueLink": shape}))

    def _issue(self, name: str, issue: Issue, kind: str, user: Json, **told: Any) -> None:
        if self._jira.hooks:
            self._happened(Event(name, self._jira.clock.ms(), issue, kind, {"user": user, **told}))

    # --- letters

    def _happened(self, event: Event) -> None:
        if not self._jira.hooks.listening(event.name):
            return
        if len(self._waiting) >= MOST_WAITING:
            self.courier.counts["dropped"] += 1
            return
        # a deleted issue cannot be looked at later; all others are shown as the change has left them
        at_once = event.name == "jira:issue_deleted"
        self._waiting.append(self._letters(event) if at_once else event)
        self.courier.wake()

    def _next(self) -> list[Letter] | None:
        with self._jira.lock:
            if not self._waiting:
                return None
            found = self._waiting.popleft()
            return found if isinstance(found, list) else self._letters(found)

    def _letters(self, event: Event) -> list[Letter]:
        jira = self._jira
        wanted = [hook for hook in jira.hooks.listening(event.name) if meets(jira, hook, event.issue)]
        if not wanted:
            return []
        body = orjson.dumps(self._body(event))
        return [self._letter(hook, event, b"" if hook.bare else body) for hook in wanted]

    def _body(self, event: Event) -> dict[str, Json]:
        shape: dict[str, Json] = {"timestamp": event.at, "webhookEvent": event.name}
        if event.kind:
            shape["issue_event_type_name"] = event.kind
        if event.issue is not None:
            asked = ["*all"] if event.kind else list(BRIEF)
            shown = render.issue(self._jira, event.issue, render.Wanted(self._jira, asked, "*all"))
            shape["issue"] = {name: part for name, part in shown.items() if name != "expand"}
        return shape | event.told

    def _letter(self, hook: Hook, event: Event, body: bytes) -> Letter:
        identifier = str(uuid.uuid4())
        headers = {
            "Content-Type": "application/json; charset=utf-8",
            "User-Agent": "Atlassian Webhook HTTP Client",
            "X-Atlassian-Webhook-Identifier": identifier,
            "X-Atlassian-Webhook-Flow": "Primary",
        }
        if hook.dynamic:
            headers["Authorization"] = f"Bearer {self._token()}"
        elif hook.secret:
            headers["X-Hub-Signature"] = sign(hook.secret, body)
        return Letter(identifier, event.name, hook.url, headers, body)

    def _token(self) -> str:
        import jwt

        now = self._jira.clock.ms() // 1000
        claims = {"iss": CLIENT_ID, "iat": now, "exp": now + TOKEN_SECONDS}
        return jwt.encode(claims, self._jira.hooks.client_secret, algorithm="HS256")


def _kind(entry: Change) -> str:
    """Jira's older name for a change: a transition, an assignment, a move, or any other."""
    fields = {item["field"] for item in entry.items}
    if "status" in fields:
        return "issue_generic"
    if "Key" in fields:
        return "issue_moved"
    return "issue_assigned" if "assignee" in fields else "issue_updated"
