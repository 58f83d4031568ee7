"""The site itself: server, account, permissions, and the lists that issues refer to."""

from typing import Any

from bridge.sandbox.access import PERMISSIONS
from bridge.sandbox.bodies import objects, strings
from bridge.sandbox.catalog import Board, Project
from bridge.sandbox.records import Json, Refusal
from bridge.sandbox.wire import ANONYMOUS, MISSING, Call, Handler, Reply, page
from bridge.sandbox.writes import required

CLOUD_ID = "1324a887-45db-4bf4-8e99-ef0ff456d421"
NO_PROJECT = "No project could be found with key '{key}'."


def server_info(call: Call) -> Reply:
    clock, base = call.jira.clock, call.jira.catalog.base
    version = call.jira.version
    shape: dict[str, Json] = {
        "baseUrl": base,
        "version": "1001.0.0-SNAPSHOT" if call.jira.cloud else ".".join(map(str, version)),
        "versionNumbers": list(version),
        "deploymentType": "Cloud" if call.jira.cloud else "Server",
        "buildNumber": 100_300
        if call.jira.cloud
        else version[0] * 1_000_000 + version[1] * 10_000 + version[2],
        "buildDate": clock.stamp(1_790_000_000_000),
        "serverTime": clock.stamp(clock.ms()),
        "scmInfo": "0f3c1a6d5e2b4c7988",
        "serverTitle": "Jira",
    }
    if call.jira.cloud:
        shape |= {"displayUrl": base, "serverTimeZone": str(clock.zone)}
    return Reply(200, shape)


def tenant_info(_call: Call) -> Reply:
    """The id that the gateway address of a Cloud site holds; needs no account."""
    return Reply(200, {"cloudId": CLOUD_ID})


def myself(call: Call) -> Reply:
    if not call.signed_in:
        raise Refusal(401, ANONYMOUS)
    empty = {"size": 0, "items": []}
    more = {
        "locale": "en_US",
        "groups": empty,
        "applicationRoles": empty,
        "expand": "groups,applicationRoles",
    }
    return Reply(200, call.jira.me | {"timeZone": call.jira.profile_zone} | more)


def my_permissions(call: Call) -> Reply:
    """Cloud insists on `permissions` and refuses unknown ones; Data Center gives all, whatever is asked."""
    asked = call.listed("permissions")
    if call.jira.cloud and not asked:
        raise Refusal(400, "The 'permissions' query parameter is required.")
    unknown = [name for name in asked if name not in PERMISSIONS]
    if call.jira.cloud and unknown:
        raise Refusal(400, f"Unrecognized permission: {unknown[0]}")
    project = _permission_project(call)
    names = asked if call.jira.cloud else PERMISSIONS
    return Reply(200, {"permissions": {name: _permission(call, name, project) for name in names}})


def _permission_project(call: Call) -> str:
    key = call.text("projectKey") or call.text("projectId")
    if key:
        return _project(call, key).key
    issue = call.text("issueKey") or call.text("issueId")
    if not issue:
        return ""
    found = call.jira.store.find(issue)
    if found is None or not call.jira.readable(found):
        raise Refusal(404, MISSING)
    return found.project


def _permission(call: Call, name: str, project: str) -> Json:
    number, label, type = PERMISSIONS[name]
    have = call.signed_in and call.jira.permissions.has(name, project)
    shape = {"id": str(number), "key": name, "name": label, "type": type, "description": label}
    return shape | {"havePermission": have}


def check_permissions(call: Call) -> Reply:
    """Which of the projects and issues each permission holds in; unknown ids are dropped silently."""
    body, may = call.json(), call.jira.permissions.has
    found = []
    for entry in objects(body, "projectPermissions"):
        projects = [p for id in strings(entry, "projects", 1000) if (p := call.jira.catalog.project_of(id))]
        issues = [i for id in strings(entry, "issues", 1000) if (i := call.jira.store.find(id))]
        for name in strings(entry, "permissions"):
            held = {
                "projects": [int(p.id) for p in projects if may(name, p.key)],
                "issues": [i.id for i in issues if call.jira.readable(i) and may(name, i.project)],
            }
            found.append({"permission": name, **held})
    world = [name for name in strings(body, "globalPermissions") if may(name)]
    return Reply(200, {"projectPermissions": found, "globalPermissions": world})


def table(name: str, paged: bool = False) -> Handler:
    """The handler that lists one of the catalog's tables."""

    def handler(call: Call) -> Reply:
        values = list(getattr(call.jira.catalog, name).values())
        return Reply(200, page(call, values, 50, 1000) if paged else values)

    return handler


def link_types(call: Call) -> Reply:
    return Reply(200, {"issueLinkTypes": list(call.jira.catalog.link_types.values())})


def categories(call: Call) -> Reply:
    found = {s["statusCategory"]["key"]: s["statusCategory"] for s in call.jira.catalog.statuses.values()}
    return Reply(200, list(found.values()))


def configuration(call: Call) -> Reply:
    call.need_account()
    on = ("votingEnabled", "watchingEnabled", "subTasksEnabled", "issueLinkingEnabled", "timeTrackingEnabled")
    times = {
        "workingHoursPerDay": 8.0,
        "workingDaysPerWeek": 5.0,
        "timeFormat": "pretty",
        "defaultUnit": "minute",
    }
    shape: dict[str, Json] = dict.fromkeys((*on, "attachmentsEnabled", "unassignedIssuesAllowed"), True)
    return Reply(200, shape | {"timeTrackingConfiguration": times})


def users(call: Call) -> Reply:
    """People of whom a name, the address or the id begins like the query."""
    query = (call.text("query") or call.text("username")).casefold()
    people = [user for user in call.jira.catalog.users.values() if _begins(user, query)]
    start, most = max(call.number("startAt", 0), 0), max(min(call.number("maxResults", 50), 1000), 0)
    return Reply(200, people[start : start + most] if call.signed_in else [])


def _begins(user: dict[str, Json], query: str) -> bool:
    names = (user["displayName"], *user["displayName"].split(), user.get("emailAddress"), user.get("name"))
    return any(name and name.casefold().startswith(query) for name in names)


def assignable(call: Call) -> Reply:
    """People to whom issues of the `project`, or of that of `issueKey`, may be given: all or nobody."""
    if not call.signed_in:
        return Reply(200, [])
    issue = call.jira.store.find(call.text("issueKey"))
    key = call.text("project") or (issue.project if issue else "")
    if not key:
        raise Refusal(400, "Must specify either a 'project' or an 'issueKey' parameter.")
    place = _project(call, key)
    return users(call) if call.jira.permissions.has("ASSIGNABLE_USER", place.key) else Reply(200, [])


# --- projects


def _project(call: Call, key: str) -> Project:
    found = call.jira.catalog.project_of(key)
    if found is None or not _sees(call, found):
        raise Refusal(404, NO_PROJECT.format(key=key))
    return found


def _sees(call: Call, project: Project) -> bool:
    return call.signed_in and call.jira.permissions.has("BROWSE_PROJECTS", project.key)


def project(call: Call) -> Reply:
    return Reply(200, _project_shape(call, _project(call, call.params["project"]), full=True))


def projects(call: Call) -> Reply:
    return Reply(200, _projects(call))


def project_search(call: Call) -> Reply:
    query, keys = call.text("query").casefold(), {key.upper() for key in call.query.get("keys", [])}
    found = [p for p in _projects(call) if query in p["name"].casefold() or query in p["key"].casefold()]
    shape = page(call, [p for p in found if not keys or p["key"] in keys], 50, 100)
    return Reply(200, shape | {"self": f"{call.jira.catalog.api}/project/search"})


def _projects(call: Call) -> list[Json]:
    return [
        _project_shape(call, p)
        for p in call.jira.catalog.projects.values()
        if _sees(call, p) and not p.archived
    ]


def _project_shape(call: Call, project: Project, full: bool = False) -> Json:
    shape: dict[str, Json] = dict(project.shape)
    if call.jira.cloud:
        shape |= {"style": "next-gen" if project.team_managed else "classic", "isPrivate": False}
        shape |= {
            "properties": {},
            "expand": "description,lead,issueTypes,url,projectKeys,permissions,insight",
        }
    else:
        shape["archived"] = project.archived
    if full:
        lead = next(iter(call.jira.catalog.users.values()))
        types = [call.jira.catalog.types[id] for id in project.types]
        shape |= {"description": "", "lead": lead, "issueTypes": types, "assigneeType": "UNASSIGNED"}
        shape |= {"components": [], "versions": [], "roles": {}}
    return shape


def create_types(call: Call) -> Reply:
    place = _project(call, call.params["project"])
    types = [call.jira.catalog.types[id] for id in place.types]
    return Reply(200, page(call, types, 50, 200, "issueTypes" if call.jira.cloud else "values"))


def create_fields(call: Call) -> Reply:
    """What a new issue of the type may and must bring."""
    place = _project(call, call.params["project"])
    if call.params["type"] not in place.types:
        raise Refusal(400, f"Issue type with id '{call.params['type']}' does not exist in the project.")
    type = call.jira.catalog.types[call.params["type"]]
    must = {"project", "issuetype", *required(call.jira, type)} | ({"parent"} if type["subtask"] else set())
    fields = [_field_meta(call, id, id in must) for id in _create_ids(call, place)]
    return Reply(200, page(call, fields, 50, 200, "fields" if call.jira.cloud else "values"))


def _create_ids(call: Call, place: Project) -> list[str]:
    catalog = call.jira.catalog
    editable = [f.id for f in catalog.fields.values() if catalog.editable(f, place)]
    return [*dict.fromkeys(["project", *editable])]


def _field_meta(call: Call, id: str, must: bool) -> Json:
    field = call.jira.catalog.fields[id]
    shape: dict[str, Json] = {"required": must, "schema": field.schema(), "name": field.name}
    shape |= {"fieldId": id, "hasDefaultValue": id == "priority", "operations": ["set"]}
    if call.jira.cloud:
        shape["key"] = id
    allowed = _allowed(call, id)
    return shape | ({"allowedValues": allowed} if allowed else {})


def _allowed(call: Call, id: str) -> list[Json]:
    """What may be chosen in a field: none where anything may be written."""
    if id in ("priority", "resolution"):
        return list(getattr(call.jira.catalog, "priorities" if id == "priority" else "resolutions").values())
    return [{"id": number, "value": text} for number, text in call.jira.catalog.fields[id].options.items()]


def edit_meta(call: Call) -> Reply:
    issue = call.issue()
    place = call.jira.project_of(issue)
    ids = [f.id for f in call.jira.catalog.fields.values() if call.jira.catalog.editable(f, place)]
    metas = ((id, _field_meta(call, id, id == "summary")) for id in ids)
    return Reply(
        200, {"fields": {id: {k: v for k, v in m.items() if k != "fieldId"} | {"key": id} for id, m in metas}}
    )


# --- boards


def boards(call: Call) -> Reply:
    wanted = call.text("projectKeyOrId")
    place = call.jira.catalog.project_of(wanted) if wanted else None
    if wanted and place is None:
        raise Refusal(400, NO_PROJECT.format(key=wanted))
    mine = [b for b in call.jira.catalog.boards.values() if place is None or b.project == place.key]
    return Reply(200, page(call, [_board(call, b) for b in mine if call.signed_in], 50, 50))


def _board(call: Call, board: Board) -> dict[str, Any]:
    base = call.jira.catalog.base
    shape = {
        "id": board.id,
        "self": f"{base}/rest/agile/1.0/board/{board.id}",
        "name": board.name,
        "type": board.kind,
    }
    if not call.jira.cloud:
        return shape
    place = call.jira.catalog.projects[board.project]
    where = {"projectId": int(place.id), "projectKey": place.key, "projectName": place.name}
    return shape | {"location": where | {"displayName": f"{place.name} ({place.key})", "name": place.name}}


def board_configuration(call: Call) -> Reply:
    """Columns, and the one answer that tells which field the team estimates in."""
    board = call.jira.catalog.boards.get(int(call.params["board"])) if call.signed_in else None
    if board is None:
        raise Refusal(
            404, "The requested board cannot be viewed because it does not exist or you lack permission."
        )
    catalog = call.jira.catalog
    columns = [_column(call, id) for id in catalog.projects[board.project].statuses]
    shape = _board(call, board) | {"columnConfig": {"columns": columns, "constraintType": "none"}}
    shape["filter"] = {"id": str(10_000 + board.id), "self": f"{catalog.api}/filter/{10_000 + board.id}"}
    shape["estimation"] = {"type": "none"}
    if board.points_field:
        named = {"fieldId": board.points_field, "displayName": catalog.fields[board.points_field].name}
        shape["estimation"] = {"type": "field", "field": named}
    if call.jira.cloud:
        shape["location"] = {"type": "project", "projectKeyOrId": board.project}
    rank = catalog.by_custom("gh-lexo-rank")
    return Reply(200, shape | ({"ranking": {"rankCustomFieldId": rank.number}} if rank else {}))


def _column(call: Call, id: str) -> Json:
    status = call.jira.catalog.statuses[id]
    return {"name": status["name"], "statuses": [{"id": id, "self": status["self"]}]}
