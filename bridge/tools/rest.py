"""Any REST API, as the configuration describes it."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Any
from zoneinfo import ZoneInfo

from bridge.config import RestConnection
from bridge.model import Category
from bridge.tool import Capability, Kit, Tool
from connectors.base import System
from mappings.base import WorkMapping

if TYPE_CHECKING:
    from connectors.rest import Rest
    from connectors.rest_pages import Paging
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
NO_FACTS = {"groups", "parts", "numbers", "time_unit"}
"""Of `item`, what is no path into a record."""


def path(text: str) -> Find:
    """A reader of this JMESPath; an empty one finds nothing."""
    if not text:
        return lambda _: None
    import jmespath

    found: Find = jmespath.compile(text).search
    return found


def expression(name: str, connection: str) -> Find:
    """The same of a field that a link names. Raises Rejected for one that is none."""
    from jmespath.exceptions import JMESPathError

    from bridge.errors import Rejected

    try:
        return path(name)
    except JMESPathError:
        raise Rejected(connection, f"field {name}: is no JMESPath", "such as custom.team") from None


def _open(name: str, one: RestConnection, kit: Kit) -> tuple[System, WorkMapping]:
    from connectors.http import Http
    from connectors.rest import RestApi
    from mappings.rest import RestMapping

    options = kit.options(timeout=one.timeout, concurrency=one.concurrency, headers=dict(one.headers))
    http = Http(name, one.url, _session(name, one), options, kit.clock)
    return RestApi(http, _rest(name, one), _paging(one)), RestMapping(name, _words(one))


def _session(name: str, one: RestConnection) -> Any:
    from connectors.session import log_in, plain_session

    bundle, proxy = str(one.ca_bundle or ""), one.proxy_url()
    session = plain_session(name, one.url, concurrency=one.concurrency, ca_bundle=bundle, proxy=proxy)
    token = one.token.reveal() if one.token else ""
    log_in(session, one.auth, token, user=one.user, parameter=one.parameter)
    return session


def _paging(one: RestConnection) -> Paging:
    from connectors.rest_pages import Paging

    pages = one.pages
    return Paging(
        kind=pages.kind,
        found=path(one.read.found),
        identity=path(one.item.id),
        next=path(pages.next) if pages.next else None,
        total=path(pages.total) if pages.total else None,
        parameter=pages.parameter,
        first=pages.first,
        size={pages.size_parameter: pages.size} if pages.size_parameter else {},
        secret=one.parameter if one.auth == "query" else "",
    )


def _rest(name: str, one: RestConnection) -> Rest:
    from connectors.rest import Rest, Write
    from mappings.rest import listed, shown

    read, labels = one.read, path(one.item.labels)
    writes = {role: found for role in type(one.write).model_fields if (found := getattr(one.write, role))}
    return Rest(
        items=read.items,
        item=read.item,
        by_key=read.by_key,
        one=path(read.one),
        children=read.children,
        login=read.login,
        account=path(read.account) if read.account else None,
        parameters=read.parameters,
        ids=read.ids,
        by_parent=read.parent,
        by_label=read.label,
        by_project=read.project,
        by_change=read.changed,
        change_format=read.changed_format,
        overlap=timedelta(seconds=read.overlap),
        zone=ZoneInfo(one.timezone),
        key=path(one.item.key),
        parent=path(one.item.parent),
        labels=lambda record: listed(labels(record)),
        project=path(one.item.project),
        updated=_updated(one),
        expression=lambda text: expression(text, name),
        shown=shown,
        writes={
            role: Write(path=w.path, method=w.method, body=w.body, read=path(w.read))
            for role, w in writes.items()
        },
    )


def _updated(one: RestConnection) -> Callable[[Any], datetime | None]:
    """When a record changed; None where that cannot be told: such a record is always news."""
    from mappings.rest import instant

    find, zone = path(one.item.updated), ZoneInfo(one.timezone)

    def updated(record: Any) -> datetime | None:
        try:
            return instant(find(record), zone)
        except (ValueError, TypeError, OverflowError):
            return None

    return updated


def _words(one: RestConnection) -> RestWords:
    from mappings.rest import RestWords

    item, status = one.item, one.status
    facts = set(type(item).model_fields) - NO_FACTS
    categories = {"todo": Category.TODO, "in_progress": Category.IN_PROGRESS, "done": Category.DONE}
    described = one.model_dump_json(include={"item", "status", "write", "timezone"})
    return RestWords(
        find={name: path(text) for name in facts if (text := getattr(item, name))},
        statuses={plain(s): value for name, value in categories.items() for s in getattr(status, name)},
        cancelled=frozenset(map(plain, status.cancelled)),
        groups=frozenset(map(plain, item.groups)),
        parts=frozenset(map(plain, item.parts)),
        numbers={name: path(text) for name, text in item.numbers.items()},
        roles={
            role: path(w.read) for role in type(one.write).model_fields if (w := getattr(one.write, role))
        },
        time_unit=item.time_unit,
        zone=ZoneInfo(one.timezone),
        described=described,
    )


def plain(name: str) -> str:
    return name.strip().casefold()


def those(one: RestConnection) -> frozenset[Capability]:
    """What is described."""
    told = {capability for capability, names in ITEM.items() if any(getattr(one.item, n) for n in names)}
    told |= {Capability.CHANGED} if one.read.changed else set()
    writes = any(getattr(one.write, role) for role in type(one.write).model_fields)
    return ALWAYS | told | ({Capability.VALUES} if writes else set())


def unwritten(one: RestConnection) -> frozenset[str]:
    """The figures that are not described."""
    return frozenset(role for role in type(one.write).model_fields if getattr(one.write, role) is None)


REST = Tool(
    name="rest",
    title="Any REST API",
    settings=RestConnection,
    open=_open,
    can=ALWAYS | ITEM.keys() | {Capability.CHANGED, Capability.VALUES},
    those=those,
    unwritten=unwritten,
)
