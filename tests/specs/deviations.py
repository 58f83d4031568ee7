"""Where the real servers are known to differ from their makers' documents, each with its source.

A `Deviation` excuses complaints whose place and text fit. `INSTEAD` holds the schema of answers that the
document describes as something else altogether.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from tests.specs.openapi import Complaint


@dataclass(frozen=True, slots=True)
class Deviation:
    """`operation`, `at` and `message` are regular expressions; `source`: where it is known from."""

    document: str
    operation: str
    part: str
    at: str
    message: str
    why: str
    source: str

    def excuses(self, told: Complaint) -> bool:
        return (
            told.document == self.document
            and told.part == self.part
            and re.fullmatch(self.operation, told.operation) is not None
            and re.fullmatch(self.at, told.at) is not None
            and re.search(self.message, told.message) is not None
        )


CLOUD, AGILE, SERVER = "jira-cloud-v3", "jira-software-agile", "jira-dc-10.3-v2"
OBJECT = r'is not of type "object"$'
NO_TEXT = r'null is not of type "string"$'
KNOWN = (
    Deviation(
        CLOUD,
        "bulkFetchIssues|searchAndReconsileIssuesUsingJqlPost|getChangeLogs|getBulkChangelogs",
        "answer",
        r".*/items/\d+/(from|fromString|to|toString)",
        NO_TEXT,
        "a change from or to nothing has null there; the document knows strings only",
        "the histories of the real issues, on all four hosts that have some",
    ),
    Deviation(
        SERVER,
        "searchUsingSearchRequest|getIssue",
        "answer",
        r".*/items/\d+/(from|fromString|to|toString)",
        NO_TEXT,
        "as on Cloud",
        "the histories of the real issues",
    ),
    Deviation(
        CLOUD,
        "getBulkChangelogs",
        "answer",
        r".*/changeHistories/\d+/created",
        r'is not of type "string"$',
        "epoch milliseconds, although the document says date-time",
        "jira-api.md, section 5 (measured) and section 20, number 1",
    ),
    Deviation(
        CLOUD,
        "getBulkChangelogs",
        "answer",
        "/nextPageToken",
        NO_TEXT,
        "null on the last page",
        "jira-api.md, section 5 (measured)",
    ),
    Deviation(
        CLOUD,
        "createAssociations",
        "body",
        r"/(associationContexts|fields)/\d+/identifier",
        OBJECT,
        "a number or a text, as the document's own example has it; its schema says an object",
        "the operation's own example",
    ),
    Deviation(
        AGILE,
        "getAllBoards",
        "query",
        "/type",
        OBJECT,
        "the document calls the parameter an object without members, its text names words to choose from",
        "the operation's own text: `Valid values: scrum, kanban, simple`",
    ),
    Deviation(
        SERVER,
        "getAllBoards",
        "query",
        "/type",
        OBJECT,
        "as on Cloud: a Java class without members stands where a word is meant",
        "the operation's own text: `Valid values: scrum, kanban`",
    ),
    Deviation(
        SERVER,
        "searchUsingSearchRequest|search_1|getIssue",
        "answer",
        r"(/issues/\d+)?/fields/\w+",
        OBJECT,
        "a map of Java objects is written down as a map of JSON objects; a field holds any JSON value",
        "issues as Jira servers gave them: the Server hosts of the real issues, fields of text and numbers",
    ),
    Deviation(
        SERVER,
        "editIssue|createIssue",
        "body",
        r"/fields/\w+",
        OBJECT,
        "the same map in a request",
        "jira-api.md, section 11: numbers are JSON numbers, null clears, a text field takes a string",
    ),
    Deviation(
        SERVER,
        "editIssue|addComment|updateComment",
        "body",
        r"/properties/\d+/value",
        r'is not of type "string"$',
        "an entity property's value is any JSON, written down as the string it is stored as",
        "jira-api.md, section 13: raw JSON; the Cloud document has no type there",
    ),
    Deviation(
        SERVER,
        "addComment|updateComment|getProperty_2|getProperty_3",
        "answer",
        r"(/properties/\d+)?/value",
        r'is not of type "string"$',
        "the same value in an answer",
        "jira-api.md, section 13",
    ),
    Deviation(
        SERVER,
        "search_1",
        "query",
        r"/fields/\d+",
        OBJECT,
        "a Java class without members stands where a list of words is meant",
        "the operation's own text: `fields - the list of fields to return for each issue`",
    ),
    Deviation(
        SERVER,
        "setProperty_2",
        "body",
        "",
        r'is not of type "string"$',
        "the value of a property, any JSON",
        "jira-api.md, section 13",
    ),
    Deviation(
        SERVER,
        "getAllScreens",
        "answer",
        "",
        "status 200 is none",
        "the document gives the operation no answer at all",
        "the Cloud document's getScreens, of the same path",
    ),
    Deviation(
        SERVER,
        "/rest/api/3/serverInfo",
        "request",
        "",
        "is in no document",
        "the probe that tells the two apart: Data Center has no version 3 and answers 404",
        "jira-api.md, section 1",
    ),
    Deviation(
        SERVER,
        "/rest/pat/latest/tokens",
        "request",
        "",
        "is in no document",
        "personal access tokens come from a part of Jira with a document of its own; any refusal is taken",
        "jira-api.md, section 2; Atlassian's page on personal access tokens",
    ),
)


def listed(bean: str) -> Mapping[str, Any]:
    """The document names the bean of one entry where the server answers a list of them."""
    return {"type": "array", "items": {"$ref": f"#/components/schemas/{bean}"}}


INSTEAD: Mapping[str, Mapping[str, Mapping[str, Any]]] = {
    SERVER: {
        "getFields": listed("FieldBean"),
        "getAllTabs": listed("ScreenableTabBean"),
        "getAllFields": listed("ScreenableFieldBean"),
        "getAllProjects": listed("ProjectBean"),
        "getResolutions": listed("ResolutionJsonBean"),
        "getStatuses": listed("StatusJsonBean"),
        "getStatusCategories": listed("StatusCategoryJsonBean"),
        "getIssueAllTypes": listed("IssueTypeJsonBean"),
        "getFieldsToAdd": listed("ScreenableFieldBean"),
        "findUsers": listed("UserBean"),
        "findAssignableUsers_1": listed("UserBean"),
        "getPriorities": listed("PriorityJsonBean"),
        "getRemoteIssueLinks": {
            "anyOf": [
                listed("RemoteIssueLinkBean"),
                {"$ref": "#/components/schemas/RemoteIssueLinkBean"},
            ]
        },
    }
}
"""Lists that the Data Center document describes by their entry alone (facts: fields are `one list, not
paged`, remote links `a list` without a global id; the Cloud document describes all of them as lists)."""


def unexcused(complaints: list[Complaint]) -> list[str]:
    return [str(told) for told in complaints if not any(known.excuses(told) for known in KNOWN)]
