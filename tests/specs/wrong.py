"""One wrong request for every operation that writes: what a slip of the connector would look like."""

from __future__ import annotations

from typing import Any

Wrong = tuple[str, str, Any]

REFUSED_BY_BOTH: dict[str, Wrong] = {
    "editIssue": ("PUT", "issue/{epic}", [{"fields": {"summary": "x"}}]),
    "createIssue": ("POST", "issue", {"fields": {}, "properties": {"okr-bridge": 1}}),
    "addComment": ("POST", "issue/{epic}/comment", {"properties": {"okr-bridge": 1}}),
    "updateComment": ("PUT", "issue/{epic}/comment/{said}", ["words"]),
    "setIssueProperty": ("PUT", "issue/{epic}/properties/mine", None),
    "createOrUpdateRemoteIssueLink": ("POST", "issue/{epic}/remotelink", [{"globalId": "mine"}]),
    "deleteRemoteIssueLinkByGlobalId": ("DELETE", "issue/{epic}/remotelink", None),
    "createCustomField": ("POST", "field", ["KR"]),
    "addScreenTabField": ("POST", "screens/1/tabs/10000/fields", {"fieldId": 10300}),
}
PASSED_OVER_BY_SERVERS: dict[str, Wrong] = {
    "deleteComment": ("DELETE", "issue/{epic}/comment/{said}?notifyUsers=false", None),
    "deleteIssueProperty": ("DELETE", "issue/{epic}/properties/okr-bridge?notifyUsers=false", None),
}
"""A parameter too many: Jira passes over it, so only the document can tell."""
