"""Any REST API, as the configuration describes it."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import timedelta
from typing import TYPE_CHECKING, Any
from zoneinfo import ZoneInfo

from bridge.config.rest import RestConnection
from bridge.config.rest_writes import FIGURES, RestListed, RestPast
from bridge.model import Category
from bridge.tool import STICKY, Capability, Kit, Tool
from bridge.tools import hooks
from connectors.base import System
from mappings.base import WorkMapping

if TYPE_CHECKING:
    from connectors.rest.described import Paging, Rest, Spot
    from mappings.rest import RestWords

Find = Callable[[Any], Any]
ALWAYS = frozenset({Capability.FILTER, Capability.FIELD})
ITEM = {
    Capability.LABEL: ("labels",),
    Capability.CONTAINER: ("project",),
    Capability.HIERARCHY: ("parent", "children"),
    Capability.POINTS: ("points", "numbers"),
    Capability.TIME: ("estimate", "spent"),
    Capability.PERCENT: ("percent",),
}
DESCRIBED = frozenset(
    {
        Capability.CHANGED,
        Capability.VALUES,
        Capability.COMMENT,
        Capability.LINK,
        Capability.HISTORY,
        Capability.WEBHOOKS,
    }
)
HINTS = {
    401: "check the token, and `auth` and `parameter`: how it goes along",
    404: "check `url` and the path below it; or the account may not see it",
}
NO_FACTS = {"groups", "parts", "numbers", "time_unit"}
"""Of `item`, what is no path into a record."""


def path(text: str) -> Find:
    """A reader of this JMESPath; an empty one finds nothing, as one does that does not fit what it reads."""
    if not text:
        return lambda _: None
    import jmespath
    from jmespath.exceptions import JMESPathError

    search = jmespath.compile(text).search

    def find(data: Any) -> Any:
        try:
            return search(data)
        except JMESPathError:
            return None

    return find


def spot(option: str, text: str) -> Spot:
    """The same, for errors to tell of."""
    from connectors.rest.described import Spot

    return Spot(option, text, path(text))


def maybe(option: str, text: str) -> Spot | None:
    return spot(option, text) if text else None


def expression(name: str, connection: str) -> Find:
    """The same of a field that a link names. Raises Rejected for one that is none."""
    from jmespath.exceptions import JMESPathError

    from bridge.errors import Rejected

    try:
        return path(name)
    except JMESPathError:
        raise Rejected(connection, f"field {name}: is no JMESPath", "such as custom.team") from None


def _open(name: str, one: RestConnection, kit: Kit) -> tuple[System, WorkMapping]:
    from bridge.tools.rest_ways import past
    from connectors.http import Http
    from connectors.rest import RestApi, RestWithPast
    from mappings.rest import RestMapping

    headers = dict(one.headers)
    options = kit.options(timeout=one.timeout, concurrency=one.concurrency, headers=headers, hints=HINTS)
    http = Http(name, one.url, _session(name, one), options, kit.clock)
    rest, items, mapping = _rest(name, one), paging(one), RestMapping(name, _words(one))
    if one.past is None:
        return RestApi(http, rest, items), mapping
    return RestWithPast(http, rest, items, past(one, one.past)), mapping


def _session(name: str, one: RestConnection) -> Any:
    from connectors.session import log_in, plain_session

    bundle, proxy = str(one.ca_bundle or ""), one.proxy_url()
    session = plain_session(name, one.url, concurrency=one.concurrency, ca_bundle=bundle, proxy=proxy)
    token = one.token.reveal() if one.token else ""
    log_in(session, one.auth, token, user=one.user, parameter=one.parameter)
    if one.answers:
        from connectors.rest.envelope import Envelope

        told = one.answers
        known = {401: told.denied, 404: told.missing, 429: told.slow, 400: told.failed}
        stands = {status: path(text) for status, text in known.items() if text}
        envelope = Envelope(stands=stands, reason=path(told.reason))
        session.hooks["response"].append(envelope.translate)
    return session


def paging(one: RestConnection, listed: RestListed | RestPast | None = None, option: str = "") -> Paging:
    """How the list of items comes, or another one."""
    from connectors.rest.described import Paging

    pages = (listed and listed.pages) or one.pages
    place = f"{option}.pages" if listed and listed.pages else "pages"
    return Paging(
        kind=pages.kind,
        found=spot(f"{option}.found", listed.found) if listed else spot("read.found", one.read.found),
        identity=spot(f"{option}.id", listed.id) if listed else spot("item.id", one.item.id),
        next=maybe(f"{place}.next", pages.next),
        more=maybe(f"{place}.more", pages.more),
        total=maybe(f"{place}.total", pages.total),
        parameter=pages.parameter,
        first=pages.first,
        size={pages.size_parameter: pages.size} if pages.size_parameter else {},
        secret=one.parameter if one.auth == "query" else "",
        option=place,
    )


def _rest(name: str, one: RestConnection) -> Rest:
    from bridge.tools.rest_ways import comments, links
    from connectors.rest.described import Rest, Write
    from mappings.rest_values import listed, shown, when

    read, labels, write = one.read, path(one.item.labels), one.write
    updated, zone = path(one.item.updated), ZoneInfo(one.timezone)
    return Rest(
        items=read.items,
        item=read.item,
        by_key=read.by_key,
        one=spot("read.one", read.one),
        children=read.children,
        login=read.login,
        account=maybe("read.account", read.account),
        parameters=read.parameters,
        ids=read.ids,
        by_parent=read.parent,
        by_label=read.label,
        by_project=read.project,
        by_change=read.changed,
        change_format=read.changed_format,
        overlap=timedelta(seconds=read.overlap),
        zone=zone,
        key=path(one.item.key),
        parent=path(one.item.parent),
        labels=lambda record: listed(labels(record)),
        project=path(one.item.project),
        # a record of which it cannot be told is always news
        updated=lambda record: when(updated(record), zone),
        expression=lambda text: expression(text, name),
        shown=shown,
        writes={
            role: Write(path=w.path, method=w.method, body=w.body, read=path(w.read))
            for role, w in write.figures.items()
        },
        facts={name: spot(f"item.{name}", text) for name, text in _facts(one).items()},
        strange=_strange(one),
        comments=comments(one, write.comment) if write.comment else None,
        links=links(one, write.link) if write.link else None,
    )


def _facts(one: RestConnection) -> dict[str, str]:
    """JMESPaths by the part of an item that they read."""
    names = [name for name in type(one.item).model_fields if name not in NO_FACTS]
    return {name: text for name in names if (text := getattr(one.item, name))}


def _strange(one: RestConnection) -> Callable[[Any], str]:
    """Names a status that stands nowhere."""
    from mappings.rest_values import text

    known = {plain(name) for kind in type(one.status).model_fields for name in getattr(one.status, kind)}
    return lambda value: "" if plain(text(value)) in known else text(value)


def _words(one: RestConnection) -> RestWords:
    from mappings.rest import RestWords

    item, status = one.item, one.status
    facts, past = _facts(one), one.past.fields if one.past else {}
    categories = {"todo": Category.TODO, "in_progress": Category.IN_PROGRESS, "done": Category.DONE}
    described = one.model_dump_json(include={"item", "status", "write", "timezone"})
    if past:
        described += one.model_dump_json(include={"past"})
    return RestWords(
        find={name: path(text) for name, text in facts.items()},
        statuses={plain(s): value for name, value in categories.items() for s in getattr(status, name)},
        cancelled=frozenset(map(plain, status.cancelled)),
        groups=frozenset(map(plain, item.groups)),
        parts=frozenset(map(plain, item.parts)),
        numbers={name: path(text) for name, text in item.numbers.items()},
        roles={role: path(w.read) for role, w in one.write.figures.items()},
        time_unit=item.time_unit,
        zone=ZoneInfo(one.timezone),
        described=described,
        past={name: part for part, name in past.items()},
        paths={text: name for name, text in facts.items()},
    )


def plain(name: str) -> str:
    return name.strip().casefold()


def those(one: RestConnection) -> frozenset[Capability]:
    """What is described."""
    told = {capability for capability, names in ITEM.items() if any(getattr(one.item, n) for n in names)}
    described = {
        Capability.CHANGED: one.read.changed,
        Capability.VALUES: one.write.figures,
        Capability.COMMENT: one.write.comment,
        Capability.LINK: one.write.link,
        Capability.HISTORY: one.past,
        Capability.WEBHOOKS: one.hooks,
    }
    return ALWAYS | told | {capability for capability, what in described.items() if what}


def unwritten(one: RestConnection) -> frozenset[str]:
    """The figures that are not described; and one comment kept up to date, where none can be rewritten."""
    comment = one.write.comment
    return frozenset(FIGURES) - one.write.figures.keys() | (
        {STICKY} if comment and not comment.change else set()
    )


def asked(given: Mapping[str, Any]) -> list[str]:
    """What almost no system has as the defaults say."""
    auth, pages = given.get("auth"), given.get("pages") or {}
    return [
        "auth",
        *(["parameter"] if auth in ("header", "query") else []),
        *(["user"] if auth == "basic" else []),
        "read.found",
        "pages.kind",
        *(["pages.next"] if isinstance(pages, Mapping) and pages.get("kind") == "cursor" else []),
    ]


REST = Tool(
    name="rest",
    title="Any REST API",
    settings=RestConnection,
    open=_open,
    can=ALWAYS | ITEM.keys() | DESCRIBED,
    those=those,
    unwritten=unwritten,
    hooks=hooks.rest,
    asks=asked,
)
