"""What a described system shows and remembers beside the fields of its items, for its connector."""

from __future__ import annotations

from zoneinfo import ZoneInfo

from bridge.config.rest import RestConnection
from bridge.config.rest_writes import RestChange, RestComment, RestLink, RestMake, RestPast, RestRemove
from bridge.tools.rest import maybe, paging, path, spot
from connectors.rest.described import CommentWays, LinkWays, PastWays, Way, Ways
from mappings.marked_links import linked, marked_address
from mappings.rest_text import marked, spelt
from mappings.rest_values import when


def comments(one: RestConnection, told: RestComment) -> CommentWays:
    return CommentWays(
        ways=_ways(one, told, "comment"),
        text=spot("write.comment.text", told.text),
        author=maybe("write.comment.author", told.author),
        spell=spelt(told.format, told.longest),
        mark=marked,
    )


def links(one: RestConnection, told: RestLink) -> LinkWays:
    names = ("url", "title", "summary")
    facts = {name: getattr(told, name) for name in names}
    return LinkWays(
        ways=_ways(one, told, "link"),
        facts={name: spot(f"write.link.{name}", text) for name, text in facts.items() if text},
        mark=maybe("write.link.mark", told.mark),
        marked=marked_address,
        unmarked=linked,
    )


def past(one: RestConnection, told: RestPast) -> PastWays:
    zone = ZoneInfo(one.timezone)
    return PastWays(
        path=told.path,
        paging=paging(one, told, "past"),
        at=spot("past.at", told.at),
        parts=maybe("past.parts", told.parts),
        field=spot("past.field", told.field),
        old=path(told.old),
        new=path(told.new),
        instant=lambda value: when(value, zone),
    )


def _ways(one: RestConnection, told: RestComment | RestLink, what: str) -> Ways:
    change = told.change and RestChange(
        path=told.change.path, method=told.change.method, body=told.change.body or told.make.body
    )
    return Ways(
        what=what,
        path=told.path,
        paging=paging(one, told, f"write.{what}"),
        make=_way(told.make),
        change=_way(change) if change else None,
        remove=_way(told.remove) if told.remove else None,
    )


def _way(told: RestMake | RestChange | RestRemove) -> Way:
    return Way(path=told.path, method=told.method, body=told.body)
