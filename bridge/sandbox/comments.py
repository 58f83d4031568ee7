"""Comments and their properties."""

from collections.abc import Callable

from bridge.sandbox import adf, render
from bridge.sandbox.bodies import members, number, numbers, properties
from bridge.sandbox.entities import checked, key_list, one_property
from bridge.sandbox.records import Comment, Issue, Json, Refusal
from bridge.sandbox.wire import Call, Reply, page

MOST_COMMENTS = 5000
PAGE_CLOUD, PAGE_DATACENTER = 100, 50
NO_COMMENT = "Can not find a comment for the id: {id}."


def listed(call: Call) -> Reply:
    """An issue's comments, oldest first unless `orderBy=-created`; Cloud caps a page at 100."""
    issue = call.issue()
    comments = sorted(issue.comments, key=lambda one: (one.created, one.id))
    if call.text("orderBy") == "-created":
        comments.reverse()
    with_properties = "properties" in call.listed("expand")
    shown = [render.comment(call.jira, issue, one, with_properties) for one in comments]
    default = PAGE_CLOUD if call.jira.cloud else PAGE_DATACENTER
    return Reply(200, page(call, shown, default, PAGE_CLOUD if call.jira.cloud else 1_000_000, "comments"))


def by_ids(call: Call) -> Reply:
    """POST comment/list: up to 1000 ids, unknown ones left out; `expand=properties` shows those."""
    ids = numbers(call.json(), "ids", 1000)
    if not ids:
        raise Refusal(400, "The list of comment ids must not be empty.")
    found = [hit for id in ids if (hit := call.jira.find_comment(id))] if call.signed_in else []
    with_properties = "properties" in call.listed("expand")
    shown = [render.comment(call.jira, i, c, with_properties) for i, c in found if call.jira.readable(i)]
    shape = {"startAt": 0, "maxResults": 1000, "total": len(shown), "isLast": True, "values": shown}
    return Reply(200, shape | {"self": f"{call.jira.catalog.api}/comment/list"})


def one(call: Call) -> Reply:
    issue = call.issue()
    return _shown(call, 200, issue, _find(call, issue))


def add(call: Call) -> Reply:
    """201; the body in the deployment's format. Raises Refusal 413 at 5000 comments."""
    call.need_account()
    issue, body = call.issue("ADD_COMMENTS"), call.json()
    if call.jira.cloud and len(issue.comments) >= MOST_COMMENTS:
        raise Refusal(413, f"The issue has reached the limit of {MOST_COMMENTS} comments.")
    more = {"visibility": _visibility(body), "properties": properties(body)}
    made = call.jira.comment(issue.id, _text(call, body), **more)
    return _shown(call, 201, issue, made)


def edit(call: Call) -> Reply:
    """200; the same body and visibility again change nothing. Lacking permission is 400, not 403."""
    issue = call.issue()
    found, body = _find(call, issue), call.json()
    _may(call, issue, found, "EDIT")
    text, visibility = _text(call, body), _visibility(body)
    found.properties |= properties(body)
    if (found.body, found.visibility) != (text, visibility):
        call.jira.store.before(issue.id, issue)
        found.body, found.visibility, found.editor = text, visibility, call.jira.me
        found.updated = call.jira.clock.ms()
        call.jira.touch(issue)
        call.jira.news.comment("updated", issue, found)
    return _shown(call, 200, issue, found)


def delete(call: Call) -> Reply:
    issue = call.issue()
    found = _find(call, issue)
    _may(call, issue, found, "DELETE")
    issue.comments.remove(found)
    call.jira.touch(issue)
    call.jira.news.comment("deleted", issue, found)
    return Reply(204)


def _may(call: Call, issue: Issue, found: Comment, verb: str) -> None:
    own = found.author is call.jira.me
    grants = [f"{verb}_ALL_COMMENTS"] + ([f"{verb}_OWN_COMMENTS"] if own else [])
    if not any(call.jira.permissions.has(grant, issue.project) for grant in grants):
        raise Refusal(400, f"You do not have the permission to {verb.lower()} this comment.")


def _shown(call: Call, status: int, issue: Issue, comment: Comment) -> Reply:
    with_properties = "properties" in call.listed("expand") or status == 201
    return Reply(
        status, render.comment(call.jira, issue, comment, with_properties and bool(comment.properties))
    )


def _find(call: Call, issue: Issue) -> Comment:
    for comment in issue.comments:
        if str(comment.id) == call.params["comment"]:
            return comment
    raise Refusal(404, NO_COMMENT.format(id=call.params["comment"]))


def _text(call: Call, body: dict[str, Json]) -> Json:
    text = body.get("body")
    if call.jira.cloud:
        why = adf.fault(text)
        if why == "INVALID_INPUT":
            raise Refusal(400, why)
        if why:
            raise Refusal(400, errors={"comment": why})
        return text
    if not isinstance(text, str) or not text.strip():
        raise Refusal(400, errors={"comment": "Comment body can not be empty!"})
    if len(text) > adf.LIMIT:
        raise Refusal(400, errors={"comment": adf.too_long()})
    return text


def _visibility(body: dict[str, Json]) -> Json:
    """To whom alone a comment is shown: a role or a group; None is everybody."""
    found = members(body, "visibility")
    if not found:
        return None
    if found.get("type") not in ("role", "group"):
        raise Refusal(400, errors={"commentLevel": "Comment visibility must be a role or a group."})
    if not any(isinstance(found.get(name), str) for name in ("value", "identifier")):
        raise Refusal(400, errors={"commentLevel": "Comment visibility names nobody."})
    return found


# --- properties of a comment: no issue in the path


def _owner(work: Callable[[Call, Comment], Reply]) -> Callable[[Call], Reply]:
    def handler(call: Call) -> Reply:
        id = call.params["comment"]
        known = number(id)
        hit = call.jira.find_comment(known) if known is not None and call.signed_in else None
        if hit is None or not call.jira.readable(hit[0]):
            raise Refusal(404, NO_COMMENT.format(id=id))
        return work(call, hit[1])

    return handler


def _set(call: Call, comment: Comment) -> Reply:
    new = call.params["property"] not in comment.properties
    comment.properties[call.params["property"]] = checked(call)
    return Reply(201 if new else 200)


def _get(call: Call, comment: Comment) -> Reply:
    return one_property(call, comment.properties)


def _remove(call: Call, comment: Comment) -> Reply:
    one_property(call, comment.properties)
    del comment.properties[call.params["property"]]
    return Reply(204)


def _keys(call: Call, comment: Comment) -> Reply:
    return key_list(comment.properties, f"{call.jira.catalog.api}/comment/{comment.id}/properties")


property_keys, property_get = _owner(_keys), _owner(_get)
property_set, property_delete = _owner(_set), _owner(_remove)
