"""A Jira site's own facts: which of the two products, whose account, which field is which."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from bridge.errors import AccessDenied, NotFound, Rejected, UnexpectedAnswer
from connectors.http import Answer, Http
from connectors.jira.login import NOBODY, seen_as
from connectors.jira.points import points_fields
from connectors.jira.settings import JiraSettings

PROPERTY = "okr-bridge"
CLOUD_API, DATACENTER_API = "rest/api/3", "rest/api/2"

EPIC_LINK = "com.pyxis.greenhopper.jira:gh-epic-link"
EPIC_NAME = "com.pyxis.greenhopper.jira:gh-epic-label"
PARENT_LINK = "com.atlassian.jpo:jpo-custom-field-parent"
SPRINT = "com.pyxis.greenhopper.jira:gh-sprint"
CHECKBOXES = "com.atlassian.jira.plugin.system.customfieldtypes:multicheckboxes"

MOST, SAFE = 1000, 100
"""bulkfetch takes 1000 issues since autumn 2026 where fields are named one by one, else 100."""

ALWAYS = (
    "summary",
    "issuetype",
    "status",
    "resolution",
    "parent",
    "subtasks",
    "labels",
    "project",
    "updated",
    "created",
    "resolutiondate",
    "duedate",
    "assignee",
    "timeoriginalestimate",
    "timespent",
)


@dataclass(frozen=True, slots=True)
class Site:
    """The facts as `describe()` tells them, with names. `panel` maps a role to a field id, `account` is who
    the server's headers say we are, `bulk` how many issues bulkfetch takes at once."""

    cloud: bool
    base_url: str
    time_zone: str
    points: tuple[str, ...]
    epic_link: str
    parent_link: str
    epic_name: str
    flagged: str
    numbers: Mapping[str, str]
    panel: Mapping[str, str]
    account: str = ""
    bulk: int = MOST

    @property
    def api(self) -> str:
        return CLOUD_API if self.cloud else DATACENTER_API

    @staticmethod
    def of(facts: Mapping[str, Any]) -> Site:
        return Site(
            cloud=facts["deployment"] == "cloud",
            base_url=facts.get("base_url", ""),
            time_zone=facts.get("time_zone", ""),
            points=tuple(facts.get("points", ())),
            epic_link=facts.get("epic_link", ""),
            parent_link=facts.get("parent_link", ""),
            epic_name=facts.get("epic_name", ""),
            flagged=facts.get("flagged", ""),
            numbers=facts.get("numbers", {}),
            panel=facts.get("panel", {}),
            account=facts.get("account", ""),
            bulk=facts.get("bulk", MOST),
        )


def wanted_fields(site: Site) -> list[str]:
    """The fields asked for with every issue: named one by one, since that lifts bulkfetch's limit to 1000."""
    found = [*ALWAYS, *site.points, site.epic_link, site.parent_link, site.flagged]
    found += [*site.numbers.values(), *site.panel.values()]
    if not site.cloud:
        found.append(site.epic_name)
    return [name for name in dict.fromkeys(found) if name]


def describe(http: Http, settings: JiraSettings) -> dict[str, Any]:
    """The site's facts as plain JSON: some five requests, plus the boards' configurations."""
    server, api = _server(http, settings)
    zone, account = _me(http, api)
    fields = _fields(http, api, account)
    boards = [] if settings.points_field else list(_estimation_fields(http, account))
    return {
        "deployment": "cloud" if api == CLOUD_API else "datacenter",
        "server_version": str(server.get("version", "")),
        "base_url": str(server.get("baseUrl") or settings.url).rstrip("/"),
        "time_zone": zone,
        "account": account,
        "bulk": _bulk(http) if api == CLOUD_API else MOST,
        **points_fields(fields, settings.points_field, boards),
        **_special(fields),
        **_named(fields, settings),
    }


def detect(http: Http, settings: JiraSettings) -> str:
    """Which REST address this site speaks; no request where configuration or the address tells."""
    if settings.deployment == "cloud" or (
        settings.deployment == "auto" and settings.url.startswith("https://api.atlassian.com/")
    ):
        return CLOUD_API
    return DATACENTER_API if settings.deployment == "datacenter" else _server(http, settings)[1]


def _server(http: Http, settings: JiraSettings) -> tuple[Mapping[str, Any], str]:
    """What the server says of itself. Version 3 is asked first: Data Center has none, or a login page."""
    try:
        data = http.call("GET", f"{CLOUD_API}/serverInfo", repeatable=True).data
    except (NotFound, UnexpectedAnswer, Rejected):
        data = http.call("GET", f"{DATACENTER_API}/serverInfo", repeatable=True).data
    server = data if isinstance(data, dict) else {}
    cloud = settings.deployment == "cloud" or (
        settings.deployment == "auto" and server.get("deploymentType") == "Cloud"
    )
    return server, CLOUD_API if cloud else DATACENTER_API


def _me(http: Http, api: str) -> tuple[str, str]:
    """The account's zone, and what the server's headers call it; a token without read:jira-user may know
    neither."""
    try:
        answer = http.call("GET", f"{api}/myself", repeatable=True)
    except (AccessDenied, NotFound):
        return "", ""
    zone = answer.data.get("timeZone") if isinstance(answer.data, dict) else ""
    return str(zone or ""), seen_as(answer)


def _bulk(http: Http) -> int:
    """How many issues bulkfetch takes at once: tried with one more than it always took. Ids this low
    belong to no issue, and nothing but a date is asked for."""
    body = {"issueIdsOrKeys": [str(id) for id in range(1, SAFE + 2)], "fields": ["updated"]}
    try:
        http.call("POST", f"{CLOUD_API}/issue/bulkfetch", body=body, repeatable=True)
    except Rejected:
        return SAFE
    return MOST


def ours(http: Http, answer: Answer, account: str) -> Any:
    """The data of an answer that was given to our account: a visitor is shown fewer fields and boards, and
    facts hold for a day."""
    if account and seen_as(answer) != account:
        message = (
            f"the site's facts were told to {seen_as(answer) or 'nobody'}, not to the account of the token"
        )
        raise UnexpectedAnswer(http.system, message, NOBODY)
    return answer.data


def _fields(http: Http, api: str, account: str) -> list[Mapping[str, Any]]:
    data = _records(ours(http, http.call("GET", f"{api}/field", repeatable=True), account))
    if not any("id" in field for field in data):
        raise UnexpectedAnswer(
            http.system, "GET field named no field", "is the account logged in, and may it see a project?"
        )
    return [field for field in data if "id" in field]


def _records(data: Any) -> list[dict[str, Any]]:
    """The objects of a list, whatever else an answer holds."""
    return [one for one in data if isinstance(one, dict)] if isinstance(data, list) else []


def _estimation_fields(http: Http, account: str) -> Iterator[str]:
    """The field of each board that estimates by one: the only answer that tells what teams use.

    Looks at the first fifty scrum boards. A site without boards, or an account that may not see them,
    tells nothing, and the field list decides alone.
    """
    try:
        answer = http.call(
            "GET", "rest/agile/1.0/board", params={"type": "scrum", "maxResults": 50}, repeatable=True
        )
    except (AccessDenied, NotFound, Rejected):
        return
    page = ours(http, answer, account)
    boards = page.get("values") if isinstance(page, dict) else None
    ids = [board["id"] for board in _records(boards) if "id" in board]
    for field in http.parallel(lambda board: _estimation_field(http, board), ids):
        if field:
            yield field


def _estimation_field(http: Http, board: Any) -> str:
    try:
        data = http.call("GET", f"rest/agile/1.0/board/{board}/configuration", repeatable=True).data
    except (AccessDenied, NotFound, Rejected):
        return ""
    estimation = data.get("estimation") if isinstance(data, dict) else None
    if not isinstance(estimation, dict) or estimation.get("type") != "field":
        return ""
    return str((estimation.get("field") or {}).get("fieldId", ""))


def _special(fields: Sequence[Mapping[str, Any]]) -> dict[str, str]:
    def first(custom: str, name: str = "") -> str:
        for field in fields:
            schema = field.get("schema") or {}
            if schema.get("custom") == custom and (not name or field.get("name") == name):
                return str(field["id"])
        return ""

    return {
        "epic_link": first(EPIC_LINK),
        "parent_link": first(PARENT_LINK),
        "epic_name": first(EPIC_NAME),
        "sprint": first(SPRINT),
        "flagged": first(CHECKBOXES, "Flagged"),
    }


def _named(fields: Sequence[Mapping[str, Any]], settings: JiraSettings) -> dict[str, Any]:
    """Fields by name or id. Of twins none is taken: `twins` lists their ids by name, to be asked about."""
    wanted = {*settings.number_fields, *settings.field_names.values()}
    ids = {name: _ids(fields, name) for name in sorted(wanted) if name}
    one = {name: found[0] for name, found in ids.items() if len(found) == 1}
    return {
        "numbers": {name: one[name] for name in settings.number_fields if name in one},
        "panel": {role: one[name] for role, name in settings.field_names.items() if name in one},
        "twins": {name: found for name, found in ids.items() if len(found) > 1},
        "missing": [name for name, found in ids.items() if not found],
    }


def _ids(fields: Sequence[Mapping[str, Any]], name: str) -> list[str]:
    by_id = [str(field["id"]) for field in fields if field["id"] == name]
    return by_id or [str(field["id"]) for field in fields if field.get("name") == name]
