"""A key result shown on an issue: custom fields, an entity property, comments and remote links."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import UTC, datetime
from typing import Any

from bridge.errors import AccessDenied, NotFound, Rejected
from bridge.model import Document
from connectors.base import Found, Mark, RemoteLink
from connectors.jira.api import Api, part
from connectors.jira.comments import PROPERTY, Comments
from connectors.jira.projects import Projects
from connectors.jira.trouble import by_role, explained, refuses_silence, said

INSTALL = "put the field on the issue's screen and project: `okr-bridge fields install` plans it"
LONGEST = 255
APPLICATION = {"type": "okr-bridge", "name": "OKR"}


class JiraPanel:
    """`fields` are the ids of the bridge's fields by role, as far as the site has them."""

    def __init__(self, api: Api, fields: Mapping[str, str], visibility: Mapping[str, str]) -> None:
        self._api = api
        self.fields = dict(fields)
        self.projects = Projects(api)
        self._comments = Comments(api, self.projects, visibility)
        self._apart = False

    def look(self, item: str) -> Found:
        """All that stands on the issue, from the database and not from the index."""
        asked = ",".join([*self.fields.values(), "project"])
        record = self._api.record(f"issue/{part(item)}", {"fields": asked, "properties": PROPERTY})
        self.projects.told(item, record)
        held = record.get("fields") or {}
        return Found(
            fields={role: held[id] for role, id in self.fields.items() if id in held},
            property=(record.get("properties") or {}).get(PROPERTY),
            comments=self._comments.marked(item),
            links=self._links(item),
        )

    def put_values(self, item: str, fields: Mapping[str, Any], property: Any = None) -> None:
        """Raises Rejected with the roles that Jira disliked."""
        body: dict[str, Any] = {"fields": self._by_id(fields)} if fields else {}
        together = bool(fields) and property is not None and not self._apart
        if together:
            body["properties"] = [{"key": PROPERTY, "value": property}]
        if body:
            together = self._put(item, body, together)
        if property is not None and not together:
            self._put_property(item, property)

    def _put(self, item: str, body: Mapping[str, Any], together: bool) -> bool:
        """Edit; whether the property is in it. A Data Center that does not take it beside the fields gets
        the one after the other from then on."""
        try:
            self._edit(item, body)
        except Rejected as error:
            refused = by_role(error, {id: role for role, id in self.fields.items()}, INSTALL)
            if self._api.cloud or not together or refused.fields.keys() & self.fields.keys():
                raise refused from error
        else:
            return together
        self._put(item, {"fields": body["fields"]}, together=False)
        self._apart = True
        return False

    def put_comment(self, item: str, body: Document, mark: Mark, comment: str | None = None) -> str:
        return self._comments.put(item, body, mark, comment)

    def put_link(self, item: str, link: RemoteLink) -> None:
        """Made or changed by its global id; always the whole of it, since what is left out is emptied."""
        body: dict[str, Any] = {
            "globalId": link.global_id,
            "application": APPLICATION,
            "object": {
                "url": link.url,
                "title": link.title[:LONGEST],
                "summary": link.summary[:LONGEST],
                "status": {"resolved": link.resolved},
            },
        }
        if link.relationship:
            body["relationship"] = link.relationship
        with explained("Link issues"):
            self._api.write("POST", f"issue/{part(item)}/remotelink", body, item=item)

    def remove_values(self, item: str, roles: Sequence[str], property: bool) -> None:
        known = {role: None for role in roles if role in self.fields}
        self.put_values(item, known)
        if property:
            self._delete(item, f"properties/{PROPERTY}", "Edit issues")

    def remove_comment(self, item: str, comment: str) -> None:
        self._comments.remove(item, comment)

    def remove_link(self, item: str, global_id: str) -> None:
        self._delete(item, "remotelink", "Link issues", {"globalId": global_id})

    def _delete(self, item: str, what: str, permission: str, params: Mapping[str, Any] | None = None) -> None:
        """Gone already is as good as deleted."""
        try:
            with explained(permission):
                self._api.write("DELETE", f"issue/{part(item)}/{what}", item=item, params=params)
        except NotFound:
            return

    def _edit(self, item: str, body: Mapping[str, Any]) -> None:
        """One edit, without a mail to the watchers where this account may spare them that."""
        path = f"issue/{part(item)}"
        project = self.projects.of(item).key
        with explained("Edit issues"):
            if self.projects.administered(project):
                try:
                    self._api.write("PUT", path, body, item=item, params={"notifyUsers": "false"})
                except AccessDenied as error:
                    if not refuses_silence(error):
                        raise
                    self.projects.not_administered(project)
                else:
                    return
            self._api.write("PUT", path, body, item=item)

    def _put_property(self, item: str, value: Any) -> None:
        with explained("Edit issues"):
            self._api.write("PUT", f"issue/{part(item)}/properties/{PROPERTY}", value, item=item)

    def _by_id(self, fields: Mapping[str, Any]) -> dict[str, Any]:
        if unknown := [role for role in fields if role not in self.fields]:
            raise Rejected(
                self._api.http.system,
                f"no field for {', '.join(unknown)} on this site",
                "make the fields with `okr-bridge fields install --apply`",
                fields=dict.fromkeys(unknown, "no such field"),
            )
        return {self.fields[role]: _spelt(role, value) for role, value in fields.items()}

    def _links(self, item: str) -> dict[str, Mapping[str, Any]]:
        """Remote links of any bridge by global id; none where the site has issue linking switched off."""
        path = f"issue/{part(item)}/remotelink"
        try:
            links = self._api.records(path)
        except AccessDenied as error:
            if "answered 403" not in said(error):
                raise
            return {}
        ours = (link for link in links if str(link.get("globalId") or "").startswith(f"{PROPERTY}="))
        return {link["globalId"]: _flat(link) for link in ours}


def _flat(link: Mapping[str, Any]) -> dict[str, Any]:
    shown = link.get("object") or {}
    return {
        "url": shown.get("url") or "",
        "title": shown.get("title") or "",
        "summary": shown.get("summary") or "",
        "relationship": link.get("relationship") or "",
        "resolved": (shown.get("status") or {}).get("resolved") is True,
    }


def _spelt(role: str, value: Any) -> Any:
    """Date-times as Jira takes them: milliseconds, and an offset without a colon."""
    if role != "updated" or not isinstance(value, str):
        return value
    at = datetime.fromisoformat(value).astimezone(UTC)
    return f"{at:%Y-%m-%dT%H:%M:%S}.{at.microsecond // 1000:03d}+0000"
