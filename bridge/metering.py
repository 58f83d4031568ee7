"""What the configured schedules cost on connections that pay by the item, as findings of `check`."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from bridge.config import Settings
from bridge.cost import QUOTA, Hour, Load, runs, slower, usual, worst
from bridge.model import Finding, Keys, Okrs, Tier
from bridge.store import Store
from bridge.trees import Trees
from bridge.wishes import Wish, wishes
from mappings.links import reach

JOBS = ("sync", "sweep", "reconcile")
FEWEST = 60
SHARE = 50
"""Of the mirrored items, one in so many is assumed to change in an hour, and never fewer than FEWEST."""
APART = "the points are of the app, over all its sites; API tokens are exempt"


def findings(settings: Settings, okrs: Okrs, store: Store) -> Iterator[Finding]:
    """For each connection that is metered what an hour costs, and which schedule to slow down; and what
    they cost together, where that is too much for one app."""
    asked = wishes(okrs)
    together: dict[str, int] = {}
    for name, one in settings.connections.items():
        if not one.metered or name not in asked:
            continue
        if store.cursors.get(name) is None:
            hint = "run `okr-bridge sync` once, then check again"
            yield Finding("info", name, "what its schedules cost an hour is known after the first sync", hint)
            continue
        load, schedules = (
            load_of(name, asked[name], store),
            {job: settings.schedule(name, job) for job in JOBS},
        )
        together[name] = worst(load, schedules).most
        yield finding(name, load, schedules)
    yield from shared(together)


def shared(together: Mapping[str, int]) -> Iterator[Finding]:
    """A warning where connections that may be one app's leave it no room."""
    total = sum(together.values())
    if len(together) > 1 and total > QUOTA / 2:
        message = f"together they cost up to {total:,} of the {QUOTA:,} points an hour of one app"
        hint = (
            "log in as an app of its own for each site, or slow their schedules down; API tokens are exempt"
        )
        yield Finding("warning", ", ".join(together), message, hint)


def load_of(name: str, wish: Wish, store: Store) -> Load:
    """What there is to read on a connection, as of the last read."""
    tree = Trees(store).of(name)
    hits = {link: store.membership.ids(link) or frozenset() for link in wish.links}
    roots = {id for link, ids in hits.items() if link.below and isinstance(link.selector, Keys) for id in ids}
    groups = [id for id in roots if id in tree.items and tree.items[id].tier is Tier.GROUP]
    walked = {id for link, ids in hits.items() if link.below for id in reach(tree, ids, below=True)}
    written = store.written.all(name)
    return Load(
        items=len(tree.items),
        queries=tuple(len(ids) for link, ids in hits.items() if not isinstance(link.selector, Keys)),
        keys=tuple(len(link.selector.keys) for link in hits if isinstance(link.selector, Keys)),
        direct=sum(len(tree.children.get(id, ())) for id in groups),
        below=sum(len(tree.children.get(id, ())) for id in walked),
        anchors=len({key.item for key in written}),
        shown=len({(key.item, key.kr) for key in written if key.kr}),
        changes=max(FEWEST, len(tree.items) // SHARE),
    )


def finding(name: str, load: Load, schedules: Mapping[str, str]) -> Finding:
    most, hour = worst(load, schedules), usual(load, schedules)
    level = "error" if most.most > QUOTA else "warning" if most.most > QUOTA / 2 else "info"
    return Finding(level, name, _said(load, hour, most), _hint(name, load, schedules, level))


def _said(load: Load, hour: Hour, most: Hour) -> str:
    once = runs(load)
    return (
        f"an OAuth app may spend {QUOTA:,} points an hour. The schedules cost about {hour.quiet:,} while "
        f"nothing changes, {hour.most:,} in a busy hour ({load.changes:,} issues of the site change, every "
        f"shown item is written), {most.most:,} in one into which all of them fall. A sync costs "
        f"{once['sync']:,}, a sweep {once['sweep']:,}, a comparison {once['reconcile']:,}, reading all anew "
        f"{once['full']:,}"
    )


def _hint(name: str, load: Load, schedules: Mapping[str, str], level: str) -> str:
    if level == "info":
        return APART
    found = slower(load, schedules, QUOTA / 2) or slower(load, schedules, QUOTA)
    if found is not None:
        job, text, points = found
        return f'[connections.{name}.schedules] {job} = "{text}" makes it {points:,}; {APART}'
    return f"link Epics by key instead of by query, which costs every hit at every sync; {APART}"
