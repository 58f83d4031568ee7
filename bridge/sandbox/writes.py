"""Changing issues: create, edit, transition, delete, link."""

from typing import TYPE_CHECKING

from bridge.sandbox import adf, inputs, render
from bridge.sandbox.bodies import members, objects, properties
from bridge.sandbox.catalog import Project
from bridge.sandbox.fieldtypes import Field
from bridge.sandbox.records import Issue, Json, Refusal
from bridge.sandbox.wire import MISSING, Call, Reply

if TYPE_CHECKING:
    from bridge.sandbox.jira import Jira

QUIET = "To discard the user notification either admin or project admin permissions are required."


def create(call: Call) -> Reply:
    """POST issue. Raises Refusal 400 with a message per missing or wrong field."""
    call.need_account()
    body = call.json()
    fields, marks = dict(members(body, "fields")), properties(body)
    place = _place(call.jira, fields)
    type = _type(call.jira, place, fields)
    if not call.jira.permissions.has("CREATE_ISSUES", place.key):
        raise Refusal(403, "You do not have permission to create issues in this project.")
    above = _take_parent(call.jira, fields, call.jira.catalog.levels[type["id"]])
    if type["subtask"] and above is None:
        raise Refusal(400, errors={"parent": "Sub-task must have a parent."})
    values = _values(call.jira, place, fields)
    _require(call.jira, type, values)
    issue = call.jira.create(place, type, above, values)
    _mark(call.jira, issue, marks)
    shape = {"id": str(issue.id), "key": issue.key, "self": f"{call.jira.catalog.api}/issue/{issue.id}"}
    return Reply(201, shape)


def _mark(jira: "Jira", issue: Issue, marks: dict[str, Json]) -> None:
    issue.properties |= marks
    for key, value in marks.items():
        jira.news.property(issue, key, value)


def _place(jira: "Jira", fields: dict[str, Json]) -> Project:
    sent = fields.pop("project", None)
    name = (sent.get("key") or sent.get("id")) if isinstance(sent, dict) else None
    place = jira.catalog.project_of(str(name or ""))
    if place is None:
        raise Refusal(400, errors={"project": "Specify a valid project ID or key"})
    return place


def _type(jira: "Jira", place: Project, fields: dict[str, Json]) -> Json:
    sent = fields.pop("issuetype", None)
    name = (sent.get("id") or sent.get("name")) if isinstance(sent, dict) else None
    type = jira.catalog.named(jira.catalog.types, str(name), place.types)
    if type is None or type["id"] not in place.types:
        raise Refusal(400, errors={"issuetype": "Specify a valid issue type"})
    return type


def required(jira: "Jira", type: Json) -> set[str]:
    """Field ids that a new issue of that type must bring beside project and type."""
    epic_name = jira.catalog.by_custom("gh-epic-label")
    needs_name = not jira.cloud and jira.catalog.levels[type["id"]] == 1 and epic_name is not None
    return {"summary"} | ({epic_name.id} if needs_name and epic_name else set())


def _require(jira: "Jira", type: Json, values: dict[str, Json]) -> None:
    missing = {id for id in required(jira, type) if not values.get(id)}
    if missing:
        words = {id: f"{jira.catalog.fields[id].name} is required." for id in missing}
        raise Refusal(400, errors=words | ({"summary": _NO_SUMMARY} if "summary" in missing else {}))


_NO_SUMMARY = "You must specify a summary of the issue."


def _take_parent(jira: "Jira", fields: dict[str, Json], level: int) -> Issue | None:
    """The parent among the fields, taken out of them: `parent`, Epic Link or Parent Link."""
    sent = fields.pop("parent", None)
    for id in _parent_fields(jira):
        key = fields.pop(id, None)
        sent = sent or ({"key": key} if key else None)
    return inputs.parent_of(jira, sent, level)


def _parent_fields(jira: "Jira") -> list[str]:
    ends = ("gh-epic-link", "jpo-custom-field-parent")
    return [f.id for f in jira.catalog.fields.values() if f.custom.endswith(ends)]


def _values(jira: "Jira", place: Project, fields: dict[str, Json]) -> dict[str, Json]:
    """Every field checked; all refusals of the body in one answer, as Jira gives them."""
    values: dict[str, Json] = {}
    errors: dict[str, str] = {}
    for id, sent in fields.items():
        try:
            field = inputs.settable(jira, place, id)
            if id == "timetracking":
                values |= inputs.estimate(field, sent)
                continue
            values[id] = inputs.value(jira, place, field, sent)
        except Refusal as refusal:
            errors |= refusal.errors
    if errors:
        raise Refusal(400, errors=errors)
    return values


def edit(call: Call) -> Reply:
    """PUT: fields, `update` operations, properties and a comment in one write. 204, or 200 and the issue."""
    issue, body = call.issue(), call.json()
    _may_edit(call, issue)
    fields, update = dict(members(body, "fields")), dict(members(body, "update"))
    marks = properties(body)
    both = set(fields) & set(update)
    if both:
        raise Refusal(
            400, errors={id: f"Field '{id}' cannot appear in both 'fields' and 'update'" for id in both}
        )
    said = _said(call.jira, update)
    fields |= _operated(call.jira, issue, update)
    moves = [id for id in ("parent", *_parent_fields(call.jira)) if id in fields]
    if "parent" in moves and not call.jira.cloud:
        raise Refusal(400, errors={"parent": inputs.NOT_ON_SCREEN.format(id="parent")})
    above = _take_parent(call.jira, fields, call.jira.catalog.level(issue)) if moves else None
    values = _values(call.jira, call.jira.project_of(issue), fields)
    call.jira.change(issue, values)
    if moves:
        call.jira.set_parent(issue, above)
    for one in said:
        call.jira.comment(issue.id, one)
    _mark(call.jira, issue, marks)
    if not call.flag("returnIssue"):
        return Reply(204)
    return Reply(200, render.issue(call.jira, issue, render.Wanted(call.jira, [], "*all")))


def _may_edit(call: Call, issue: Issue) -> None:
    permissions = call.jira.permissions
    if not permissions.has("EDIT_ISSUES", issue.project):
        raise Refusal(403, "You do not have permission to edit issues in this project.")
    quiet = not call.flag("notifyUsers", True)
    admin = permissions.has("ADMINISTER") or permissions.has("ADMINISTER_PROJECTS", issue.project)
    if quiet and not admin:
        raise Refusal(403, QUIET)


def _operated(jira: "Jira", issue: Issue, update: dict[str, Json]) -> dict[str, Json]:
    """`update` operations as plain new values: set, add, remove."""
    made: dict[str, Json] = {}
    for id in update:
        value = issue.fields.get(id)
        for operation in objects(update, id):
            for verb, operand in operation.items():
                value = _operate(jira.catalog.fields.get(id), value, verb, operand)
        made[id] = value
    return made


def _operate(field: Field | None, value: Json, verb: str, operand: Json) -> Json:
    match verb:
        case "set":
            return operand
        case "add" if field and field.type == "array":
            return [*(value or []), operand]
        case "remove" if field and field.type == "array":
            return [one for one in value or [] if one != operand]
    raise Refusal(400, errors={field.id if field else "": f"Operation '{verb}' is not supported."})


def _said(jira: "Jira", update: dict[str, Json]) -> list[Json]:
    """The comments to add, taken out of the operations."""
    added = [members(one, "add") for one in objects(update, "comment") if "add" in one]
    update.pop("comment", None)
    return [_body(jira, one.get("body")) for one in added]


def _body(jira: "Jira", body: Json) -> Json:
    why = adf.fault(body) if jira.cloud else "" if isinstance(body, str) else "Comment body must be a string"
    if why:
        raise Refusal(400, errors={"comment": why})
    return body


def delete(call: Call) -> Reply:
    issue = call.issue("DELETE_ISSUES")
    subtasks = [c for c in call.jira.store.children(issue.id) if c.fields["issuetype"]["subtask"]]
    if subtasks and not call.flag("deleteSubtasks"):
        raise Refusal(
            400, "The issue has subtasks. You must specify the 'deleteSubtasks' parameter to delete it."
        )
    for one in (*subtasks, issue):
        call.jira.remove(one)
    return Reply(204)


def transitions(call: Call) -> Reply:
    """Every status of the project can be reached from everywhere, but the one it has."""
    issue = call.issue()
    shown = [_transition(call, id) for id in call.jira.project_of(issue).statuses]
    return Reply(
        200, {"expand": "transitions", "transitions": [t for t in shown if t["to"]["id"] != _status(issue)]}
    )


def _status(issue: Issue) -> str:
    return str(issue.fields["status"]["id"])


def _transition(call: Call, id: str) -> dict[str, Json]:
    status = call.jira.catalog.statuses[id]
    shape = {"id": id, "name": status["name"], "to": status}
    if not call.jira.cloud:
        return shape
    flags = {
        "hasScreen": False,
        "isGlobal": True,
        "isInitial": False,
        "isAvailable": True,
        "isConditional": False,
    }
    return shape | flags | {"looped": False}


def transition(call: Call) -> Reply:
    issue, body = call.issue("TRANSITION_ISSUES"), call.json()
    id = str(members(body, "transition").get("id"))
    if id not in call.jira.project_of(issue).statuses:
        raise Refusal(
            400, f"It seems that you have tried to perform a workflow operation ({id}) that is not valid."
        )
    call.jira.transition(issue.id, id, resolution=_resolution(call.jira, members(body, "fields")))
    return Reply(204)


def _resolution(jira: "Jira", fields: dict[str, Json]) -> str | None:
    """The id of the resolution that a transition brings along. Raises Refusal 400 for an unknown one."""
    sent = members(fields, "resolution")
    if not sent:
        return None
    found = jira.catalog.named(jira.catalog.resolutions, str(sent.get("id") or sent.get("name")))
    if found is None:
        raise Refusal(400, errors={"resolution": "Specify a valid resolution."})
    return str(found["id"])


def link(call: Call) -> Reply:
    call.need_account()
    body = call.json()
    named = [members(body, end) for end in ("inwardIssue", "outwardIssue")]
    ends = [call.jira.store.find(str(end.get("key") or end.get("id"))) for end in named]
    if any(end is None or not call.jira.readable(end) for end in ends):
        raise Refusal(404, MISSING)
    for end in ends:
        if end and not call.jira.permissions.has("LINK_ISSUES", end.project):
            raise Refusal(401, "No Link Issue Permission for issue " + f"'{end.key}'")
    try:
        call.jira.link(str(members(body, "type").get("name")), *(str(end.id) for end in ends if end))
    except KeyError:
        raise Refusal(404, "No issue link type with that name exists.") from None
    return Reply(201)
