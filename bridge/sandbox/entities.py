"""Entity properties of issues, and remote links: neither leaves a trace in history or `updated`."""

from typing import Any

from bridge.sandbox.bodies import KEY_LIMIT, members
from bridge.sandbox.records import Issue, Json, Refusal
from bridge.sandbox.wire import Call, Reply

VALUE_LIMIT, LINKS_LIMIT = 32_768, 2000


def checked(call: Call) -> Json:
    """The property value of a PUT. Raises Refusal 400 when it is too large, empty or no JSON."""
    if len(call.params["property"]) > KEY_LIMIT:
        raise Refusal(400, f"The property key cannot be longer than {KEY_LIMIT} characters.")
    if not call.raw.strip():
        raise Refusal(400, "The property value cannot be empty.")
    if len(call.raw) > VALUE_LIMIT:
        raise Refusal(400, f"The property value cannot be longer than {VALUE_LIMIT} characters.")
    return call.any_json()


def one_property(call: Call, properties: dict[str, Json]) -> Reply:
    key = call.params["property"]
    if key not in properties:
        raise Refusal(404, f"The property with key '{key}' does not exist.")
    return Reply(200, {"key": key, "value": properties[key]})


def key_list(properties: dict[str, Json], base: str) -> Reply:
    return Reply(200, {"keys": [{"self": f"{base}/{key}", "key": key} for key in properties]})


def property_keys(call: Call) -> Reply:
    issue = call.issue()
    return key_list(issue.properties, f"{call.jira.catalog.api}/issue/{issue.key}/properties")


def property_get(call: Call) -> Reply:
    return one_property(call, call.issue().properties)


def property_set(call: Call) -> Reply:
    """201 when new, 200 when changed."""
    issue = call.issue("EDIT_ISSUES")
    value, key = checked(call), call.params["property"]
    new = key not in issue.properties
    issue.properties[key] = value
    call.jira.news.property(issue, key, value)
    return Reply(201 if new else 200)


def property_delete(call: Call) -> Reply:
    issue = call.issue("EDIT_ISSUES")
    one_property(call, issue.properties)
    del issue.properties[call.params["property"]]
    call.jira.news.property(issue, call.params["property"], gone=True)
    return Reply(204)


# --- remote links


def links(call: Call) -> Reply:
    """All of them, or the one of a globalId."""
    issue, wanted = call.issue(), call.text("globalId")
    if not wanted:
        return Reply(200, [_shown(call, issue, link) for link in issue.remote])
    return Reply(200, _shown(call, issue, _by_global_id(issue, wanted)))


def _by_global_id(issue: Issue, wanted: str) -> dict[str, Json]:
    for link in issue.remote:
        if link["globalId"] == wanted:
            return link
    raise Refusal(404, f"No remote issue link exists with globalId '{wanted}'.")


def link_set(call: Call) -> Reply:
    """Made (201 on Cloud) or replaced (200) by globalId: what the body leaves out is null from then on."""
    issue, body = call.issue("LINK_ISSUES"), call.json()
    _sound_link(body)
    global_id = body.get("globalId")
    found = next((link for link in issue.remote if global_id and link["globalId"] == global_id), None)
    if found is None and call.jira.cloud and len(issue.remote) >= LINKS_LIMIT:
        raise Refusal(413, f"The issue has reached the limit of {LINKS_LIMIT} remote links.")
    id = found["id"] if found else next(call.jira.small_ids)
    members = ("globalId", "application", "relationship", "object")
    made = {"id": id} | {name: body.get(name) for name in members}
    if found:
        found.update(made)
    else:
        issue.remote.append(made)
    status = 201 if call.jira.cloud and not found else 200
    return Reply(status, {"id": id, "self": _address(call, issue, id)})


def _sound_link(body: dict[str, Json]) -> None:
    thing, _ = members(body, "object"), members(body, "application")
    missing = {f"object.{name}": f"'{name}' is required." for name in ("url", "title") if not thing.get(name)}
    if missing:
        raise Refusal(400, errors=missing)
    words = {f"object.{name}": thing.get(name) for name in ("url", "title", "summary")}
    words |= {name: body.get(name) for name in ("globalId", "relationship")}
    wrong = {name: "Must be a string." for name, text in words.items() if not isinstance(text, str | None)}
    if wrong:
        raise Refusal(400, errors=wrong)
    if len(body.get("globalId") or "") > KEY_LIMIT:
        raise Refusal(400, errors={"globalId": f"Must not be longer than {KEY_LIMIT} characters."})


def _address(call: Call, issue: Issue, id: int) -> str:
    return f"{call.jira.catalog.api}/issue/{issue.id}/remotelink/{id}"


def _shown(call: Call, issue: Issue, link: dict[str, Json]) -> dict[str, Any]:
    shown = {name: value for name, value in link.items() if value is not None}
    thing = link["object"]
    full = {"icon": {}, "status": {"icon": {}}} | {
        name: value for name, value in thing.items() if value is not None
    }
    base = {"self": _address(call, issue, link["id"]), "application": {}}
    return base | shown | {"object": full}


def link_delete(call: Call) -> Reply:
    issue, wanted = call.issue("LINK_ISSUES"), call.text("globalId")
    if not wanted:
        raise Refusal(400, "The globalId parameter is required.")
    issue.remote.remove(_by_global_id(issue, wanted))
    return Reply(204)
