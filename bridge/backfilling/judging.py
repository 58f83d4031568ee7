"""What each key result came to at the end of each day: only what a day's changes touch is judged again."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta

from bridge.assess import Past, People, World, assess
from bridge.backfilling.chapters import rests_on
from bridge.backfilling.parts import Parts
from bridge.lost_fields import LostField, lost_fields
from bridge.model import Baseline, CheckIn, KeyResult, Link, Okrs, Problem
from bridge.proof import Behind, Figure, Figures
from bridge.replay.sweep import Scene, Touched
from bridge.scope import baseline_of
from bridge.standing import Moment

_UNTOUCHED = Touched()


@dataclass(slots=True)
class Judge:
    """`figures` are what is known of each key result at the day that was judged last; what cannot be told
    has none. `broken` links cannot be told on any day."""

    parts: Parts
    scenes: Mapping[str, Scene]
    broken: Mapping[Link, str]
    checkins: Mapping[str, tuple[CheckIn, ...]]
    figures: dict[str, Figure] = field(default_factory=dict)
    problems: list[Problem] = field(default_factory=list)
    _okrs: Okrs | None = None
    _before: datetime | None = None
    _lost: Mapping[str, LostField] = field(default_factory=dict)
    _baselines: dict[str, dict[str, Baseline]] = field(default_factory=dict)
    _made: Figures = field(default_factory=Figures)

    def judge(self, end: datetime, okrs: Okrs, touched: Mapping[str, Touched]) -> None:
        """Bring `figures` to the end of a day, by the OKRs that held then."""
        if okrs is not self._okrs:
            self._okrs = okrs
            self._lost = lost_fields(okrs, self._sites(okrs))
            self.figures = {kr: figure for kr, figure in self.figures.items() if kr in _ids(okrs)}
            chosen = list(okrs.key_results)
        else:
            chosen = [kr for kr in okrs.key_results if self._is_touched(kr, end, touched)]
        self._before = end
        if chosen:
            self._judge(chosen, end, okrs)

    def _is_touched(self, kr: KeyResult, end: datetime, touched: Mapping[str, Touched]) -> bool:
        if any(link in touched.get(link.connection, _UNTOUCHED) for link in rests_on(kr)):
            return True
        before = self._before or end
        return any(before < said.at <= end for said in self.checkins.get(kr.id, ()))

    def _judge(self, chosen: Sequence[KeyResult], end: datetime, okrs: Okrs) -> None:
        ids = {kr.id for kr in chosen}
        objectives = (
            replace(o, key_results=tuple(kr for kr in o.key_results if kr.id in ids)) for o in okrs.objectives
        )
        some = replace(okrs, objectives=tuple(o for o in objectives if o.key_results))
        world = self._world(chosen, end, okrs)
        zone = self.parts.window.zone
        moment = Moment(now=end, zone=zone, cycle=okrs.cycle, rules=self.parts.pace)
        assessment = assess(some, world, moment)
        self.problems += assessment.problems
        behind = Behind(world, assessment.brought)
        for standing in assessment.standings:
            id = standing.kr.id
            if not standing.complete:
                self.figures.pop(id, None)
                continue
            self.figures[id] = self._made.of(standing, behind)
            known, work = self._known_baselines(okrs), standing.work
            if id not in known and work and work.value is not None and self._in_cycle(okrs, end):
                known[id] = baseline_of(work)

    def _world(self, chosen: Sequence[KeyResult], end: datetime, okrs: Okrs) -> World:
        links = {link for kr in chosen for link in rests_on(kr)}
        there = {link for link in links if link.connection in self.scenes and link not in self.broken}
        said = {kr.id: tuple(self._said(kr.id, end)) for kr in chosen}
        return World(
            trees={name: scene.tree for name, scene in self.scenes.items()},
            hits={link: self.scenes[link.connection].hits(link.selector) for link in there},
            unreadable=frozenset(links - there),
            read=dict.fromkeys(self.scenes, end),
            people=People({kr: own for kr, own in said.items() if own}),
            past=Past(baselines=dict(self._known_baselines(okrs))),
            status_weights=self.parts.status_weights,
            lost_fields={kr: lost for kr, lost in self._lost.items() if kr in said},
        )

    def _said(self, kr: str, end: datetime) -> Iterator[CheckIn]:
        return (one for one in self.checkins.get(kr, ()) if one.at <= end)

    def _known_baselines(self, okrs: Okrs) -> dict[str, Baseline]:
        """The scope of the cycle as syncs have kept it, else as the first day with a value has it."""
        cycle = okrs.cycle.id
        if cycle not in self._baselines:
            self._baselines[cycle] = dict(self.parts.store.baselines.all(cycle))
        return self._baselines[cycle]

    def _in_cycle(self, okrs: Okrs, end: datetime) -> bool:
        day = end.astimezone(self.parts.window.zone).date()
        return okrs.cycle.start <= day < okrs.cycle.end + timedelta(days=1)

    def _sites(self, okrs: Okrs) -> dict[str, Mapping[str, object]]:
        names = {link.connection for kr in okrs.key_results for link in rests_on(kr)}
        return {name: site[0] for name in names if (site := self.parts.store.sites.get(name))}


def _ids(okrs: Okrs) -> set[str]:
    return {kr.id for kr in okrs.key_results}
