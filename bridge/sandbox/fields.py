"""Fields, their contexts, and the screens that show them."""

from bridge.sandbox.bodies import number, objects, strings
from bridge.sandbox.catalog import Screen
from bridge.sandbox.fieldtypes import CUSTOM, PLATFORM, SEARCHERS, Field
from bridge.sandbox.records import Json, Refusal
from bridge.sandbox.wire import Call, Reply, page


def _shape(call: Call, field: Field) -> dict[str, Json]:
    shape: dict[str, Json] = {
        "id": field.id,
        "name": field.name,
        "custom": bool(field.custom),
        "orderable": field.id not in ("issuekey", "subtasks"),
        "navigable": field.id not in ("comment",),
        "searchable": field.searchable,
        "clauseNames": field.clauses(),
    }
    if field.type:
        shape["schema"] = field.schema()
    if call.jira.cloud:
        shape["key"] = field.id
        if field.scope:
            shape["scope"] = {"type": "PROJECT", "project": {"id": field.scope}}
    return shape


def listed(call: Call) -> Reply:
    """Every field, system and custom, in one list; nobody's own see only system fields."""
    fields = call.jira.catalog.fields.values()
    return Reply(200, [_shape(call, f) for f in fields if call.signed_in or not f.custom])


def searched(call: Call) -> Reply:
    """GET field/search: custom fields of company-managed projects, 50 a page."""
    query, ids, types = call.text("query").casefold(), call.listed("id"), call.listed("type")
    found = [
        {"id": f.id, "name": f.name, "schema": f.schema(), "description": f.description, "key": f.id}
        for f in call.jira.catalog.fields.values()
        if f.type and not f.scope and query in f.name.casefold()
        and (not ids or f.id in ids)
        and (not types or ("custom" if f.custom else "system") in types)
    ]  # fmt: skip
    return Reply(200, page(call, found if call.signed_in else [], 50, 50))


def custom_fields(call: Call) -> Reply:
    """GET customFields of Data Center, by name."""
    query = call.text("search").casefold()
    found = [
        {"id": f.id, "name": f.name, "type": f.custom, "numericId": f.number, "description": f.description}
        for f in call.jira.catalog.fields.values()
        if f.custom and query in f.name.casefold()
    ]
    return Reply(200, page(call, found if call.signed_in else [], 50, 100))


def create(call: Call) -> Reply:
    """POST field, 201. A field searched by no searcher cannot be used in JQL.

    On Cloud it is associated with no project until it stands on a screen; on Data Center with all,
    or with the `projectIds` given.
    """
    call.need_admin()
    body = call.json()
    name, type = str(body.get("name") or "").strip(), str(body.get("type"))
    searcher = str(body.get("searcherKey") or "")
    if not name:
        raise Refusal(400, errors={"name": "You must specify a name for the custom field."})
    if type not in CUSTOM:
        raise Refusal(400, errors={"type": f"The custom field type '{type}' does not exist."})
    if searcher and searcher.removeprefix(PLATFORM) not in SEARCHERS:
        raise Refusal(400, errors={"searcherKey": f"The searcher '{searcher}' does not exist."})
    made = call.jira.catalog.custom(call.jira.catalog.next_field_number(), name, type)
    made.searchable, made.searcher = bool(searcher), searcher
    made.description = str(body.get("description") or "")
    projects = strings(body, "projectIds")
    made.projects = set() if call.jira.cloud else set(projects) if projects else None
    return Reply(201, _shape(call, made))


def _field(call: Call) -> Field:
    found = call.jira.catalog.fields.get(call.params["field"])
    if found is None:
        raise Refusal(404, f"The custom field '{call.params['field']}' was not found.")
    return found


def contexts(call: Call) -> Reply:
    call.need_admin()
    field = _field(call)
    one = {"id": str(field.number + 1000), "name": f"Default Configuration Scheme for {field.name}"}
    more = {"description": "", "isGlobalContext": not field.scope, "isAnyIssueType": True}
    return Reply(200, page(call, [one | more], 50, 50))


def context_projects(call: Call) -> Reply:
    call.need_admin()
    field = _field(call)
    return Reply(200, page(call, [{"contextId": str(field.number + 1000), "isGlobalContext": True}], 50, 50))


def associated(call: Call) -> Reply:
    call.need_admin()
    field, projects = _field(call), call.jira.catalog.projects.values()
    found = [{"projectId": p.id} for p in projects if call.jira.catalog.usable(field, p)]
    return Reply(200, page(call, found, 50, 50))


def associate(call: Call) -> Reply:
    """PUT field/association: fields with company-managed projects. 204."""
    call.need_admin()
    body, catalog = call.json(), call.jira.catalog
    ids = {str(one.get("identifier")) for one in objects(body, "associationContexts")}
    projects = {p.id for p in catalog.projects.values() if p.id in ids and not p.team_managed}
    for one in objects(body, "fields"):
        field = catalog.fields.get(str(one.get("identifier")))
        if field is None or len(projects) < len(ids):
            raise Refusal(400, "The field or one of the projects was not found or cannot be associated.")
        if field.projects is not None:
            field.projects |= projects
    return Reply(204)


# --- screens


def _screen(call: Call) -> Screen:
    call.need_admin()
    found = call.jira.catalog.screens.get(int(call.params["screen"]))
    if found is None:
        raise Refusal(404, f"The screen with ID {call.params['screen']} does not exist.")
    return found


def screens(call: Call) -> Reply:
    call.need_admin()
    query = (call.text("queryString") or call.text("search")).casefold()
    ids = {number(id) for id in call.query.get("id", [])}
    found = [
        _screen_shape(screen)
        for screen in call.jira.catalog.screens.values()
        if query in screen.name.casefold() and (not ids or screen.id in ids)
    ]
    return Reply(200, page(call, found, 100, 100))


def _screen_shape(screen: Screen) -> Json:
    return {"id": screen.id, "name": screen.name, "description": ""}


def screens_of_field(call: Call) -> Reply:
    call.need_admin()
    field = _field(call)
    holding = [s for s in call.jira.catalog.screens.values() if s.holds(field.id)]
    return Reply(200, page(call, [_screen_shape(s) for s in holding], 100, 100))


def tabs(call: Call) -> Reply:
    return Reply(200, [{"id": id, "name": name} for id, name, _ in _screen(call).tabs])


def tab_fields(call: Call) -> Reply:
    return Reply(200, [_brief(call, id) for id in _tab(call)])


def _tab(call: Call) -> list[str]:
    for id, _, held in _screen(call).tabs:
        if str(id) == call.params["tab"]:
            return held
    raise Refusal(404, f"The tab with ID {call.params['tab']} does not exist on the screen.")


def _brief(call: Call, id: str) -> Json:
    return {"id": id, "name": call.jira.catalog.fields[id].name}


def available(call: Call) -> Reply:
    """Fields that could be added to the screen: those not on it yet."""
    screen = _screen(call)
    fields = call.jira.catalog.fields.values()
    return Reply(200, [_brief(call, f.id) for f in fields if not f.scope and not screen.holds(f.id)])


def add_to_tab(call: Call) -> Reply:
    screen, _ = _screen(call), _tab(call)
    field = call.jira.catalog.fields.get(str(call.json().get("fieldId")))
    if field is None or field.scope:
        raise Refusal(400, f"The field with id '{call.json().get('fieldId')}' does not exist.")
    if screen.holds(field.id):
        raise Refusal(400, f"The field with id '{field.id}' already exists on the screen.")
    call.jira.catalog.put_on_screen(field, screen, int(call.params["tab"]))
    return Reply(200, _brief(call, field.id))


def add_to_default(call: Call) -> Reply:
    """On the default screen's first tab; 404 when it is there already."""
    call.need_admin()
    field, screen = _field(call), call.jira.catalog.screens[1]
    if field.scope or screen.holds(field.id):
        raise Refusal(404, f"The field '{field.id}' is already on the default screen.")
    call.jira.catalog.put_on_screen(field, screen, screen.tabs[0][0])
    return Reply(200, {}) if call.jira.cloud else Reply(204)


# --- which screens a project uses (Cloud): one scheme a screen, of the same number


def screen_schemes_of_projects(call: Call) -> Reply:
    call.need_admin()
    wanted = set(call.query.get("projectId", []))
    projects = [p for p in call.jira.catalog.projects.values() if p.id in wanted and not p.team_managed]
    found = [
        {"issueTypeScreenScheme": {"id": str(p.screen), "name": f"{p.key} scheme"}, "projectIds": [p.id]}
        for p in projects
    ]
    return Reply(200, page(call, found, 50, 50))


def screen_scheme_mapping(call: Call) -> Reply:
    call.need_admin()
    ids = call.query.get("issueTypeScreenSchemeId", [])
    found = [{"issueTypeScreenSchemeId": id, "issueTypeId": "default", "screenSchemeId": id} for id in ids]
    return Reply(200, page(call, found, 50, 50))


def screen_schemes(call: Call) -> Reply:
    call.need_admin()
    ids = {number(id) for id in call.query.get("id", [])}
    screens = [s for s in call.jira.catalog.screens.values() if not ids or s.id in ids]
    found = [{"id": s.id, "name": s.name, "description": "", "screens": {"default": s.id}} for s in screens]
    return Reply(200, page(call, found, 50, 50))
