"""What a run keeps for the next one: last values, the day's history, the scope to compare with."""

from __future__ import annotations

import hashlib
from dataclasses import asdict
from datetime import datetime, tzinfo

from bridge.model import Okrs, Progress, Standing
from bridge.scope import baseline_of
from bridge.store import HistoryPoint, LastFigures, Store

RULE_VERSION = 1


def remember(store: Store, okrs: Okrs, standings: tuple[Standing, ...], now: datetime, zone: tzinfo) -> None:
    """Keep what was read completely; a partial read changes nothing that is known."""
    whole = [standing for standing in standings if standing.complete]
    with store.transaction():
        last, taken = store.figures.all(), store.baselines.taken(okrs.cycle.id)
        store.figures.put_all({one.kr.id: _figures(one, last.get(one.kr.id), now) for one in whole})
        for standing in whole:
            work = standing.work
            if work and work.value is not None and standing.kr.id not in taken:
                # the first complete read of the cycle with a value is what scope changes are told against
                store.baselines.put(standing.kr.id, okrs.cycle.id, baseline_of(work), now)
        store.history.record_all([_point(standing, now, zone) for standing in whole])


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


def _point(standing: Standing, now: datetime, zone: tzinfo) -> HistoryPoint:
    work = standing.work
    return HistoryPoint(
        day=now.astimezone(zone).date(),
        kr=standing.kr.id,
        source="sync",
        value=standing.computed,
        counts=asdict(work.counts) if work else {},
        scope={"items": len(work.items)} if work else {},
        rule_version=RULE_VERSION,
        inputs=_inputs(work),
        at=now,
    )


def _inputs(work: Progress | None) -> str:
    """A digest of what the number was made from."""
    parts = (
        sorted(f"{part.item.ref}:{part.value}:{part.weight}:{part.counted}" for part in work.items)
        if work
        else []
    )
    return hashlib.sha256("\n".join(parts).encode()).hexdigest()[:16]
