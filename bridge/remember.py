"""What a run keeps for the next one: last values, the day's history, the scope to compare with."""

from __future__ import annotations

from datetime import datetime, tzinfo

from bridge.assess import World
from bridge.model import Okrs, Standing
from bridge.proof import Behind, Figures, Keeper
from bridge.scope import baseline_of
from bridge.store import LastFigures, Store

__all__ = ["Behind", "remember"]

_NOTHING = Behind(World({}, {}, frozenset()), {})


def remember(
    store: Store,
    okrs: Okrs,
    standings: tuple[Standing, ...],
    now: datetime,
    zone: tzinfo,
    behind: Behind | None = None,
) -> None:
    """Keep what was read completely; a partial read changes nothing that is known. With what is `behind`
    the standings, each new point of history can be made again from it."""
    whole = [standing for standing in standings if standing.complete]
    with store.transaction():
        last, taken = store.figures.all(), store.baselines.taken(okrs.cycle.id)
        store.figures.put_all({one.kr.id: _figures(one, last.get(one.kr.id), now) for one in whole})
        for standing in whole:
            work = standing.work
            if work and work.value is not None and standing.kr.id not in taken:
                # the first complete read of the cycle with a value is what scope changes are told against
                store.baselines.put(standing.kr.id, okrs.cycle.id, baseline_of(work), now)
        _record(store, whole, now, zone, behind)


def _figures(standing: Standing, last: LastFigures | None, now: datetime) -> LastFigures:
    progress = standing.computed
    if progress is None and last is not None:
        progress = last.progress
    return LastFigures(
        progress=progress,
        at=now if standing.computed is not None or last is None else last.at,
        hash=last.hash if last else "",
        updated=last.updated if last else now,
        read=now,
        pace=standing.pace.value,
    )


def _record(store: Store, whole: list[Standing], now: datetime, zone: tzinfo, behind: Behind | None) -> None:
    """The points of the day, as far as they are news, and what those were made of."""
    day, made = now.astimezone(zone).date(), Figures()
    figures = {standing.kr.id: made.of(standing, behind or _NOTHING) for standing in whole}
    news = store.history.news([figure.point(day, "sync", now) for figure in figures.values()])
    keeper = Keeper(store)
    if behind:
        for point in news:
            keeper.add(figures[point.kr])
        keeper.flush()
    store.history.record_all(news)
