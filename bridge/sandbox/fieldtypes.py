"""The kinds of fields that a Jira site has: type keys, searchers, schemas."""

from dataclasses import dataclass, field

PLATFORM = "com.atlassian.jira.plugin.system.customfieldtypes:"
SOFTWARE = "com.pyxis.greenhopper.jira:"

# type key -> (schema type, schema items)
CUSTOM: dict[str, tuple[str, str]] = {
    PLATFORM + "float": ("number", ""),
    PLATFORM + "textfield": ("string", ""),
    PLATFORM + "textarea": ("string", ""),
    PLATFORM + "readonlyfield": ("string", ""),
    PLATFORM + "url": ("string", ""),
    PLATFORM + "select": ("option", ""),
    PLATFORM + "multiselect": ("array", "option"),
    PLATFORM + "multicheckboxes": ("array", "option"),
    PLATFORM + "labels": ("array", "string"),
    PLATFORM + "datepicker": ("date", ""),
    PLATFORM + "datetime": ("datetime", ""),
    PLATFORM + "userpicker": ("user", ""),
    SOFTWARE + "jsw-story-points": ("number", ""),
    SOFTWARE + "gh-sprint": ("array", "json"),
    SOFTWARE + "gh-lexo-rank": ("any", ""),
    SOFTWARE + "gh-epic-link": ("any", ""),
    SOFTWARE + "gh-epic-label": ("string", ""),
    "com.atlassian.jpo:jpo-custom-field-parent": ("any", ""),
    "com.atlassian.jpo:jpo-custom-field-baseline-start": ("date", ""),
}
SEARCHERS = {
    "exactnumber", "numberrange", "textsearcher", "exacttextsearcher", "multiselectsearcher", "daterange",
    "datetimerange", "labelsearcher", "userpickergroupsearcher", "cascadingselectsearcher",
}  # fmt: skip

# id -> (name, schema type, items, searchable)
SYSTEM: dict[str, tuple[str, str, str, bool]] = {
    "issuekey": ("Key", "", "", False),
    "summary": ("Summary", "string", "", True),
    "description": ("Description", "string", "", True),
    "environment": ("Environment", "string", "", True),
    "issuetype": ("Issue Type", "issuetype", "", True),
    "project": ("Project", "project", "", True),
    "parent": ("Parent", "", "", True),
    "status": ("Status", "status", "", True),
    "statusCategory": ("Status Category", "statusCategory", "", True),
    "statuscategorychangedate": ("Status Category Changed", "datetime", "", True),
    "resolution": ("Resolution", "resolution", "", True),
    "resolutiondate": ("Resolved", "datetime", "", True),
    "priority": ("Priority", "priority", "", True),
    "labels": ("Labels", "array", "string", True),
    "components": ("Components", "array", "component", True),
    "fixVersions": ("Fix versions", "array", "version", True),
    "versions": ("Affects versions", "array", "version", True),
    "assignee": ("Assignee", "user", "", True),
    "reporter": ("Reporter", "user", "", True),
    "creator": ("Creator", "user", "", True),
    "created": ("Created", "datetime", "", True),
    "updated": ("Updated", "datetime", "", True),
    "duedate": ("Due date", "date", "", True),
    "issuelinks": ("Linked Issues", "array", "issuelinks", True),
    "subtasks": ("Sub-tasks", "array", "issuelinks", False),
    "comment": ("Comment", "comments-page", "", True),
    "timeoriginalestimate": ("Original estimate", "number", "", False),
    "timeestimate": ("Remaining Estimate", "number", "", False),
    "timespent": ("Time Spent", "number", "", False),
    "aggregatetimeoriginalestimate": ("Σ Original Estimate", "number", "", False),
    "aggregatetimeestimate": ("Σ Remaining Estimate", "number", "", False),
    "aggregatetimespent": ("Σ Time Spent", "number", "", False),
    "timetracking": ("Time tracking", "timetracking", "", True),
    "progress": ("Progress", "progress", "", False),
    "aggregateprogress": ("Σ Progress", "progress", "", False),
    "votes": ("Votes", "votes", "", False),
    "watches": ("Watchers", "watches", "", False),
    "workratio": ("Work Ratio", "number", "", False),
}
CLOUD_ONLY = {"statusCategory", "statuscategorychangedate"}
READ_ONLY = {
    "issuekey", "status", "statusCategory", "statuscategorychangedate", "resolutiondate", "creator",
    "created",
    "updated", "issuelinks", "subtasks", "comment", "progress", "aggregateprogress", "votes", "watches",
    "workratio", "timeestimate", "timespent", "aggregatetimeoriginalestimate", "aggregatetimeestimate",
    "aggregatetimespent", "timeoriginalestimate", "project",
}  # fmt: skip
CLAUSES = {
    "issuekey": ["id", "issue", "issuekey", "key"],
    "issuetype": ["issuetype", "type"],
    "resolutiondate": ["resolutiondate", "resolved"],
    "created": ["created", "createdDate"],
    "updated": ["updated", "updatedDate"],
    "duedate": ["due", "duedate"],
    "components": ["component"],
    "fixVersions": ["fixVersion"],
    "versions": ["affectedVersion"],
    "subtasks": ["subtasks"],
}


@dataclass(slots=True)
class Field:
    """One field. `projects` None: associated with every project; `scope`: the one team-managed owner's id."""

    id: str
    name: str
    type: str
    items: str = ""
    custom: str = ""
    searchable: bool = True
    description: str = ""
    searcher: str = ""
    scope: str = ""
    projects: set[str] | None = None
    options: dict[str, str] = field(default_factory=dict)

    @property
    def number(self) -> int:
        return int(self.id.removeprefix("customfield_"))

    @property
    def rich(self) -> bool:
        """True where Cloud holds a document and Data Center wiki text."""
        return self.id in ("description", "environment") or self.custom == PLATFORM + "textarea"

    def schema(self) -> dict[str, str | int]:
        shape: dict[str, str | int] = {"type": self.type or "any"}
        if self.items:
            shape["items"] = self.items
        if self.custom:
            return shape | {"custom": self.custom, "customId": self.number}
        return shape | {"system": self.id}

    def clauses(self) -> list[str]:
        if self.custom:
            return [f"cf[{self.number}]", self.name]
        return CLAUSES.get(self.id, [self.id] if self.searchable else [])


def system_fields(cloud: bool) -> list[Field]:
    return [
        Field(id, name, type, items, searchable=searchable)
        for id, (name, type, items, searchable) in SYSTEM.items()
        if cloud or id not in CLOUD_ONLY
    ]
