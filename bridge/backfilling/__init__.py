"""The same questions asked of the past: every day of a window, as its end found things.

`source` reads what a connection remembers into the store, page by page; `judging` goes through the days and
says what each key result came to; what is told becomes history, beside what syncs have said, never in its
place. Killed anywhere and started again it goes on, and comes to the same.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import replace
from functools import partial

from bridge.backfilling.chapters import chapters, needed, rests_on
from bridge.backfilling.compare import disagreements
from bridge.backfilling.gaps import Gaps
from bridge.backfilling.judging import Judge
from bridge.backfilling.pages import Reader
from bridge.backfilling.parts import Asked, Parts, Unwatched, Watch
from bridge.backfilling.source import Source, read_past
from bridge.errors import Stopping
from bridge.model import ItemRef, Link, Okrs
from bridge.proof import Keeper
from bridge.reading.hits import said
from bridge.replay.sweep import Scene, Touched
from bridge.report.past import BackfillReport, GoneItem, LinkReport, Points, Used
from bridge.store import HistoryPoint
from bridge.together import together

__all__ = ["Asked", "BackfillReport", "Parts", "Unwatched", "Watch", "backfill"]

NOT_ASKED = "its connection was not to be asked"


def backfill(parts: Parts, asked: Asked) -> BackfillReport:
    """Tell every day of the window. Never raises for what one connection, link or item does; StoreError ends
    it, and Stopping where the process is asked to end."""
    told = chapters(parts.revisions, parts.window.ends, asked.only)
    distinct = list({id(okrs): okrs for okrs in told}.values())
    links = needed(distinct, asked)
    work = partial(_source, links=links, told=distinct, parts=parts, asked=asked)
    sources = together(work, list(links))
    judge = _judge(parts, sources, asked, distinct)
    points, gaps = _sweep(parts, judge, sources, told)
    report = _report(parts, judge, sources, told[-1], points, gaps)
    if not any(source.failed for source in sources):
        for source in sources:
            parts.store.backfills.drop(source.digest)
    return report


def _source(
    name: str, links: Mapping[str, tuple[Link, ...]], told: Sequence[Okrs], parts: Parts, asked: Asked
) -> Source:
    return read_past(name, links[name], told, parts, asked)


def _judge(parts: Parts, sources: Sequence[Source], asked: Asked, told: Sequence[Okrs]) -> Judge:
    broken = {link: why for source in sources for link, why in source.broken.items()}
    for kr in (kr for okrs in told for kr in okrs.key_results):
        for link in rests_on(kr):
            if asked.connection and link.connection != asked.connection:
                broken[link] = NOT_ASKED
    scenes = {
        source.connection: Scene(parts.store.mirror.aliases(source.connection), source.fixed)
        for source in sources
        if source.digest
    }
    return Judge(parts, scenes, broken, parts.store.checkins.all())


def _sweep(
    parts: Parts, judge: Judge, sources: Sequence[Source], told: Sequence[Okrs]
) -> tuple[Points, Gaps]:
    """Day after day, in one sweep; each day's points hold together. A key result that nothing touched has
    the point of the day before."""
    window, store, keeper = parts.window, parts.store, Keeper(parts.store)
    readers = {one.connection: Reader(one.selectors, one.ids) for one in sources if one.digest}
    begun = min((one.started for one in sources if one.started), default=parts.clock.now())
    points, gaps, last = Points(days=len(told)), Gaps(), dict[str, HistoryPoint]()
    for place, (day, end) in enumerate(zip(window.days, window.ends, strict=True)):
        if parts.stopping():
            raise Stopping("the bridge is stopping; the same command goes on from here")
        touched = {name: Touched() for name in readers}
        for source in sources:
            if source.digest:
                turns = readers[source.connection].turns(store.backfills.turns(source.digest, place))
                judge.scenes[source.connection].take(turns, touched[source.connection])
        for id, figure in judge.judge(end, told[place], touched):
            last.pop(id, None)
            if figure:
                keeper.add(figure)
                last[id] = figure.point(day, "backfill", begun)
        keeper.flush()
        gaps.add((kr.id for kr in told[place].key_results), judge.doubts)
        made = [replace(last[kr.id], day=day) for kr in told[place].key_results if kr.id in last]
        points = points.plus(len(made), store.history.record_all(made))
        parts.watch.judged(place + 1, len(told))
    return points, gaps


def _report(
    parts: Parts, judge: Judge, sources: Sequence[Source], okrs: Okrs, points: Points, gaps: Gaps
) -> BackfillReport:
    gone = {ItemRef(source.connection, id) for source in sources for id in source.gone}
    krs = [kr.id for kr in okrs.key_results]
    problems = [problem for source in sources for problem in source.problems]
    return BackfillReport(
        window=parts.window,
        points=points,
        links=tuple(_links(okrs, judge.broken, sources, partial(gaps.said, days=points.days))),
        assumed={source.connection: source.assumed for source in sources if source.assumed},
        disagreements=tuple(disagreements(parts.store, krs, parts.window, gone)),
        gone=tuple(_gone(parts, okrs, sources)),
        problems=tuple(dict.fromkeys((*problems, *judge.problems))),
        requests={source.connection: source.requests for source in sources},
        failed=bool(sources) and all(source.failed for source in sources),
    )


def _links(
    okrs: Okrs, broken: Mapping[Link, str], sources: Sequence[Source], gaps: Callable[[str, Link], str]
) -> Iterator[LinkReport]:
    untold = {(one.connection, selector): why for one in sources for selector, why in one.untold.items()}
    for kr in okrs.key_results:
        for link in rests_on(kr):
            why = untold.get((link.connection, link.selector), "")
            used = Used.TODAY if why else Used.PAST
            if link in broken:
                why = broken[link]
                used = Used.UNASKED if why == NOT_ASKED else Used.NOTHING
            elif gap := gaps(kr.id, link):
                why, used = "; ".join(filter(None, (gap, why))), Used.SOME
            yield LinkReport(kr.id, link.connection, said(link), used, why)


def _gone(parts: Parts, okrs: Okrs, sources: Sequence[Source]) -> Iterator[GoneItem]:
    """What was known once and cannot be read now: whatever it was then, the days do without it."""
    baselines = parts.store.baselines.all(okrs.cycle.id)
    for source in sources:
        keys = {id: key for key, id in parts.store.mirror.aliases(source.connection).items()}
        for id in source.gone:
            ref = ItemRef(source.connection, id)
            krs = tuple(kr for kr, baseline in baselines.items() if ref in baseline)
            yield GoneItem(source.connection, id, keys.get(id, ""), krs)
