"""What each link hits today; one that fails is told and left alone, the others go on."""

from __future__ import annotations

import logging
from collections.abc import Iterable
from dataclasses import replace

from bridge.errors import BridgeError, ConnectorError, Transient
from bridge.model import Keys, Link, Problem
from bridge.reading.intake import Intake, defect, problem_of
from bridge.reading.untold import Hits, marked, marks, tell_untold
from bridge.store.membership import Known
from bridge.wishes import Wish

log = logging.getLogger(__name__)


def all_hits(intake: Intake, wish: Wish, *, everything: bool) -> Hits:
    """Ask every link for its hits and bring them in, with what is below them.

    Keys that were read before are asked for again only with `everything`. The second time that the
    system itself gives no answer, it is left alone altogether (raises Transient).
    """
    hits: Hits = {}
    before = intake.store.membership.of(wish.links)
    silences = 0
    for link in wish.links:
        try:
            hits[link] = _read_link(intake, link, before[link], everything, link in wish.counted)
        except ConnectorError as error:
            silences += isinstance(error, Transient)
            if silences > 1:
                raise
            intake.store.membership.set_unreadable(link, (type(error).__name__,))
            intake.tell(link, _problem(intake, link, error))
        except BridgeError:
            raise
        except Exception as error:
            log.exception("%s: %s", intake.name, said(link), extra={"event": "defect"})
            intake.store.membership.set_unreadable(link, (type(error).__name__,))
            intake.tell(link, defect(error, intake.name, said(link)))
    return hits


def _problem(intake: Intake, link: Link, error: ConnectorError) -> Problem:
    """Where one item alone was asked for, as an anchor is, it names the item."""
    problem = problem_of(error, intake.name)
    match link:
        case Link(selector=Keys(keys=(key,)), below=False):
            return replace(problem, item=key)
        case _:
            return problem


def _read_link(intake: Intake, link: Link, before: Known, everything: bool, counted: bool) -> frozenset[str]:
    never = before.ids is None
    first = never or bool(before.unreadable)
    found, lost = _hits(intake, link, None if everything or first else before.ids)
    if not counted:
        lost |= _untold(intake, marked(before.unreadable))
        intake.fetch(found if first else found - intake.known)
        lost |= found - intake.known - intake.nodes.keys()
        if link.below:
            lost |= intake.complete(found if first else found - intake.known, anew=never)
    _keep(intake, link, before, Known(found, marks(intake, lost)))
    untold = lost & intake.untold.keys()
    tell_untold(intake, link, untold)
    if lost - untold:
        intake.tell(link, cannot_be_read(intake, link, lost - untold))
    return found


def _keep(intake: Intake, link: Link, before: Known, now: Known) -> None:
    """What is as it was is left alone: that is most of what a run finds."""
    if now.ids is not None and now.ids != before.ids:
        intake.store.membership.replace(link, now.ids, intake.now)
    if now.unreadable != before.unreadable:
        intake.store.membership.set_unreadable(link, now.unreadable)


def _untold(intake: Intake, before: set[str]) -> set[str]:
    """Those of the records that made no sense last time that still make none."""
    intake.fetch(before)
    return intake.complete(before) | (before & intake.untold.keys())


def _hits(intake: Intake, link: Link, before: frozenset[str] | None) -> tuple[frozenset[str], set[str]]:
    """What a link hits, and the keys among it that cannot be read. Keys that brought `before` and are all
    there still need not be asked for."""
    if not isinstance(link.selector, Keys):
        return intake.system.identities(link.selector), set()
    if before is not None and before <= intake.known:
        return before, set()
    found = intake.system.resolve(link.selector.keys)
    return frozenset(found.values()), set(link.selector.keys) - found.keys()


def cannot_be_read(intake: Intake, link: Link, lost: Iterable[str]) -> Problem:
    """Keys or ids of a link that the system does not show, by key where one is known."""
    keys = {id: key for key, id in intake.store.mirror.aliases(intake.name).items()}
    names = sorted(keys.get(one, one) for one in lost)
    some = ", ".join(names[:5]) + (" ..." if len(names) > 5 else "")
    return Problem(
        kind="not_found",
        message=f"{intake.name}: {said(link)}: {some} cannot be read: deleted, or hidden from the account",
        hint="open it as the bridge's account; grant Browse, or correct the link in the OKR file",
        connection=intake.name,
        item=names[0],
    )


def said(link: Link) -> str:
    """A link in a few words, for messages."""
    selector = link.selector
    if isinstance(selector, Keys):
        return "keys " + ", ".join(selector.keys[:5])
    values = [str(getattr(selector, name)) for name in selector.__dataclass_fields__]
    return f"{type(selector).__name__.lower()} {' = '.join(values)}"[:120]
