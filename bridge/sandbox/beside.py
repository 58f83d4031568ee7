"""What Cloud answers beside version 3: the same in version 2, with wiki text for documents, and the edge.

Tools written for the older interface go on to work with a Cloud site through it. The old search is as
gone there as in version 3.
"""

import re
from dataclasses import replace

import orjson

from bridge.sandbox import adf, cloud, site
from bridge.sandbox.bodies import members, objects
from bridge.sandbox.records import Json, Refusal
from bridge.sandbox.routes import Route, route
from bridge.sandbox.wire import Call, Handler, Reply

NEW, OLD = "/rest/api/3", "/rest/api/2"
AS_SENT = ("properties", "value")
EMPTY = "Comment body can not be empty!"


def routes() -> list[Route]:
    """All of Cloud: version 3, version 2, and the address that tells the site's id."""
    newer = cloud.routes()
    edge = route("GET /_edge/tenant_info", "tenantInfo", site.tenant_info)
    return [*newer, *map(_older, filter(_of_version_3, newer)), edge]


def _of_version_3(one: Route) -> bool:
    return one.pattern.pattern.startswith(NEW)


def _older(one: Route) -> Route:
    pattern = re.compile(one.pattern.pattern.replace(NEW, OLD, 1))
    return replace(one, pattern=pattern, handler=in_words(one.handler))


def in_words(handler: Handler) -> Handler:
    """The handler with texts instead of documents, in what comes and in what goes."""

    def worded(call: Call) -> Reply:
        if call.method in ("POST", "PUT") and "/properties" not in call.path and call.raw.strip():
            call = replace(call, raw=orjson.dumps(_documents(call, call.any_json())))
        reply = handler(call)
        return replace(reply, body=_words(reply.body))

    return worded


def _documents(call: Call, body: Json) -> Json:
    """A request of version 2 as one of version 3. Raises Refusal 400 for a document where words go."""
    if not isinstance(body, dict):
        return body
    if "/comment" in call.path:
        return body | ({"body": _comment(body["body"])} if "body" in body else {})
    changed = dict(body)
    if isinstance(body.get("fields"), dict):
        changed["fields"] = {id: _field(call, id, sent) for id, sent in body["fields"].items()}
    if isinstance(body.get("update"), dict):
        changed["update"] = {id: _operations(call, body["update"], id) for id in body["update"]}
    return changed


def _comment(text: Json) -> Json:
    if not isinstance(text, str) or not text.strip():
        raise Refusal(400, errors={"comment": EMPTY})
    return adf.document(text)


def _field(call: Call, id: str, sent: Json) -> Json:
    known = call.jira.catalog.fields.get(id)
    if known is None or not known.rich or sent is None:
        return sent
    if not isinstance(sent, str):
        raise Refusal(400, errors={id: "Operation value must be a string"})
    return adf.document(sent) if sent else None


def _operations(call: Call, update: dict[str, Json], id: str) -> Json:
    if id != "comment":
        operations = objects(update, id)
        return [{verb: _field(call, id, sent) for verb, sent in one.items()} for one in operations]
    said = [{verb: members(one, verb) for verb in one} for one in objects(update, id)]
    return [{verb: sent | {"body": _comment(sent.get("body"))} for verb, sent in one.items()} for one in said]


def _words(value: Json) -> Json:
    """An answer of version 3 as version 2 gives it; what others stored as properties stays as it is."""
    if isinstance(value, list):
        return [_words(one) for one in value]
    if not isinstance(value, dict):
        return value
    if value.get("type") == "doc" and "content" in value:
        return adf.plain(value)
    return {name: _member(name, part) for name, part in value.items()}


def _member(name: str, part: Json) -> Json:
    if name == "self" and isinstance(part, str):
        return part.replace(NEW, OLD, 1)
    return part if name in AS_SENT else _words(part)
