"""What should stand on the anchor items: a pure function of where the key results stand.

A key result whose read was partial keeps what was written last; once its pace is outdated, that word
alone is written. A second call with the same standings wants the same, to the letter.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime
from typing import Any, NamedTuple

from bridge import marks
from bridge.comment import comment
from bridge.comment_facts import CommentContext, milestone, value
from bridge.model import ItemRef, KeyResult, Objective, Standing, What
from bridge.places import COMMENT, Place, Written
from bridge.plan import KEEP, Wanted
from bridge.shown import Shown, entries, fields, figures, link
from bridge.wording import Words


@dataclass(frozen=True, slots=True)
class Rules:
    """What is written: `comment` is sticky, milestones or off; `drift` is keep or overwrite."""

    fields: bool = True
    comment: str = "sticky"
    property: bool = True
    remote_link: bool = True
    drift: str = KEEP

    def merged(self, own: Mapping[str, Any]) -> Rules:
        """The same with what a key result sets for itself; "off" and false are one."""
        comment = own.get("comment", self.comment)
        return Rules(
            fields=_on(own.get("fields", self.fields)),
            comment={True: "sticky", False: "off"}[comment] if isinstance(comment, bool) else str(comment),
            property=_on(own.get("property", self.property)),
            remote_link=_on(own.get("remote_link", self.remote_link)),
            drift=str(own.get("drift", self.drift)),
        )


def _on(switch: Any) -> bool:
    return switch is True or str(switch).lower() in ("on", "true")


@dataclass(frozen=True, slots=True)
class Publishing:
    """Whose marks, in which words (by connection), by which rules; `public_url` may be empty. A failing
    write is tried again for `retry_hours`. `unshown`, by connection: the kinds of writes, roles of fields and
    members of a link that it cannot show (what is not kept would be missed there for ever), or `sticky`. On
    items in `fixed`, too, no comment can be rewritten: there each milestone has its own."""

    instance: str
    words: Mapping[str, Words]
    rules: Rules = Rules()
    public_url: str = ""
    retry_hours: float = 24
    unshown: Mapping[str, Collection[str]] = field(default_factory=dict)
    fixed: Collection[ItemRef] = ()

    def shows(self, wish: Wanted) -> bool:
        """Whether the tool that this is wanted on can show it."""
        return not {wish.what.value, wish.name} & set(self.unshown.get(wish.connection, ()))

    def rewrites(self, connection: str) -> bool:
        """Whether a comment can be kept up to date there; else each is a new one."""
        return "sticky" not in self.unshown.get(connection, ())


class Target(NamedTuple):
    """An anchor item: its connection, permanent id, and the key that people know."""

    connection: str
    item: str
    key: str


@dataclass(frozen=True, slots=True)
class Stamp:
    """What was last written of a key result, as a digest, and the instant when that last changed."""

    hash: str
    updated: datetime


@dataclass(frozen=True, slots=True)
class _Part:
    """A key result on an item, and by which rules it is shown there."""

    shown: Shown
    rules: Rules


@dataclass(frozen=True, slots=True)
class _Item:
    target: Target
    publishing: Publishing
    written: Mapping[Place, Written]

    @property
    def words(self) -> Words:
        return self.publishing.words[self.target.connection]

    @property
    def fixed(self) -> bool:
        """Whether no comment there can be rewritten."""
        ref = ItemRef(self.target.connection, self.target.item)
        return ref in self.publishing.fixed or not self.publishing.rewrites(ref.connection)

    def before(self, kr: str, what: What, name: str) -> Any:
        """The value written there last, or None."""
        last = self.written.get(Place(self.target.connection, self.target.item, kr, what, name))
        return last.value if last else None

    def wanted(self, part: _Part, what: What, name: str, value: Any) -> Wanted:
        return Wanted(
            **self.target._asdict(),
            kr=part.shown.kr,
            what=what,
            name=name,
            value=value,
            drift=part.rules.drift,
        )


def stamps(standings: Sequence[Standing], before: Mapping[str, Stamp], now: datetime) -> dict[str, Stamp]:
    """By key result: the stamp it had while its written figures are the same, else a new one of now.

    A partial read changes no stamp. Keep the result before anything is written: a run that makes up for
    a killed one then writes the same instant.
    """
    found = dict(before)
    for standing in standings:
        hash = marks.fingerprint(figures(standing))
        last = before.get(standing.kr.id)
        if standing.complete and (last is None or last.hash != hash):
            found[standing.kr.id] = Stamp(hash, now.replace(microsecond=0))
    return found


def wanted(
    objectives: Sequence[Objective],
    standings: Sequence[Standing],
    anchors: Mapping[str, Sequence[Target]],
    publishing: Publishing,
    stamps: Mapping[str, Stamp],
    written: Mapping[Place, Written],
) -> tuple[Wanted, ...]:
    """Everything that should stand on the anchor items, item by item in the order of the files.

    `anchors` and `stamps` are by key result; a key result without a standing (it was not chosen) keeps
    what was `written` of it, and is still named beside the others on its items.
    """
    by_id = {standing.kr.id: standing for standing in standings}
    items: dict[Target, list[_Part]] = {}
    for objective in objectives:
        for kr in objective.key_results:
            part = _part(objective, kr, by_id.get(kr.id), stamps.get(kr.id), publishing.rules)
            for target in dict.fromkeys(anchors.get(kr.id, ())):
                items.setdefault(target, []).append(part)
    found = (
        one for target, parts in items.items() for one in _on_item(_Item(target, publishing, written), parts)
    )
    return tuple(filter(publishing.shows, found))


def _part(
    objective: Objective, kr: KeyResult, standing: Standing | None, stamp: Stamp | None, rules: Rules
) -> _Part:
    updated = stamp.updated if stamp else None
    shown = Shown(objective=objective, kr=kr.id, title=kr.title, standing=standing, updated=updated)
    return _Part(shown, rules.merged(kr.publish))


def _on_item(item: _Item, parts: Sequence[_Part]) -> Iterator[Wanted]:
    if any(part.shown.standing is not None for part in parts):
        yield from _fields(item, [part for part in parts if part.rules.fields])
        yield from _property(item, [part for part in parts if part.rules.property])
    for part in parts:
        if part.shown.whole is not None:
            yield from _comment(item, part, part.shown.whole)
            yield from _link(item, part, part.shown.whole)


def _fields(item: _Item, parts: Sequence[_Part]) -> Iterator[Wanted]:
    values = fields([part.shown for part in parts], item.words) if parts else {}
    for role, content in values.items():
        yield item.wanted(parts[0], What.FIELD, role, content)


def _property(item: _Item, parts: Sequence[_Part]) -> Iterator[Wanted]:
    before = item.before("", What.PROPERTY, marks.PROPERTY)
    told = entries([part.shown for part in parts], before)
    if told:
        content = marks.property_value(item.publishing.instance, told)
        yield item.wanted(parts[0], What.PROPERTY, marks.PROPERTY, content)


def _comment(item: _Item, part: _Part, standing: Standing) -> Iterator[Wanted]:
    if part.rules.comment == "off":
        return
    before = item.before(part.shown.kr, What.COMMENT, COMMENT)
    previous = before if isinstance(before, Mapping) else None
    url = address(standing.kr, item.publishing.public_url)
    context = CommentContext(item.words, item.publishing.instance, url, previous)
    told = value(standing, part.shown.objective, context)
    fresh = part.rules.comment == "milestones" or item.fixed
    if fresh:
        told = milestone(told, previous)
        if previous is not None and told["hash"] == previous.get("hash"):
            return
    body = comment(standing, part.shown.objective, context)
    yield replace(item.wanted(part, What.COMMENT, COMMENT, told), body=body, fresh=fresh)


def _link(item: _Item, part: _Part, standing: Standing) -> Iterator[Wanted]:
    url = address(standing.kr, item.publishing.public_url)
    if part.rules.remote_link and url:
        name = marks.global_id(item.publishing.instance, standing.kr.id)
        lost = item.publishing.unshown.get(item.target.connection, ())
        told = {member: one for member, one in link(standing, url, item.words).items() if member not in lost}
        yield item.wanted(part, What.REMOTE_LINK, name, told)


def address(kr: KeyResult, public_url: str) -> str:
    """Where to see more of a key result: its own address, else its page; empty where neither is known."""
    url = kr.url or (marks.page(public_url, kr.id) if public_url else "")
    return url if url.startswith(("https://", "http://")) else ""
