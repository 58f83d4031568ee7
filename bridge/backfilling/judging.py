"""What each key result came to at the end of each day: only what a day's changes touch is judged again."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta

from bridge.assess import Past, People, World, assess, objective_of
from bridge.backfilling.chapters import rests_on
from bridge.backfilling.gaps import Doubts
from bridge.backfilling.parts import Parts
from bridge.lost_fields import LostField, lost_fields
from bridge.model import Baseline, CheckIn, KeyResult, Link, Okrs, Problem
from bridge.proof import Behind, Figure, Figures
from bridge.replay.sweep import Scene, Touched
from bridge.scope import baseline_of
from bridge.standing import Moment
from mappings.links import reach

_UNTOUCHED = Touched()


@dataclass(slots=True)
class Judge:
    """`broken` links cannot be told on any day. `problems` are what the program stumbled over. `doubts` are,
    by key result, what leaves it without a value as things stand."""

    parts: Parts
    scenes: Mapping[str, Scene]
    broken: Mapping[Link, str]
    checkins: Mapping[str, tuple[CheckIn, ...]]
    problems: list[Problem] = field(default_factory=list)
    doubts: dict[str, Doubts] = field(default_factory=dict)
    _okrs: Okrs | None = None
    _before: datetime | None = None
    _lost: Mapping[str, LostField] = field(default_factory=dict)
    _baselines: dict[str, dict[str, Baseline]] = field(default_factory=dict)
    _made: Figures = field(default_factory=Figures)

    def judge(
        self, end: datetime, okrs: Okrs, touched: Mapping[str, Touched]
    ) -> Iterator[tuple[str, Figure | None]]:
        """What is not as it was the day before, by the OKRs that held at the end of the day: by key result
        its figure, one at a time, None for one of which nothing can be told."""
        chosen: Iterable[KeyResult] = okrs.key_results
        if okrs is self._okrs:
            chosen = [kr for kr in chosen if self._is_touched(kr, end, touched)]
        else:
            self._okrs, self._lost = okrs, lost_fields(okrs, self._sites(okrs))
        self._before = end
        for kr in chosen:
            yield kr.id, self._judge(kr, end, okrs)

    def _is_touched(self, kr: KeyResult, end: datetime, touched: Mapping[str, Touched]) -> bool:
        if any(link in touched.get(link.connection, _UNTOUCHED) for link in rests_on(kr)):
            return True
        before = self._before or end
        return any(before < said.at <= end for said in self.checkins.get(kr.id, ()))

    def _judge(self, kr: KeyResult, end: datetime, okrs: Okrs) -> Figure | None:
        world = self._world(kr, end, okrs)
        alone = replace(okrs, objectives=(replace(objective_of(okrs, kr.id), key_results=(kr,)),))
        moment = Moment(now=end, zone=self.parts.window.zone, cycle=okrs.cycle, rules=self.parts.pace)
        assessment = assess(alone, world, moment)
        self.problems += assessment.problems
        (standing,) = assessment.standings
        if not standing.complete:
            return None
        known, work = self._known_baselines(okrs), standing.work
        figure = self._made.of(standing, Behind(world, assessment.brought))
        if kr.id not in known and work and work.value is not None and self._in_cycle(okrs, end):
            known[kr.id] = baseline_of(work)
        return figure

    def _world(self, kr: KeyResult, end: datetime, okrs: Okrs) -> World:
        links = frozenset(rests_on(kr))
        told = {link for link in links if link.connection in self.scenes and link not in self.broken}
        doubts = {link: items for link in told if (items := self._doubtful(link))}
        self.doubts[kr.id] = doubts
        there = told - doubts.keys()
        said = tuple(one for one in self.checkins.get(kr.id, ()) if one.at <= end)
        return World(
            trees={name: scene.tree for name, scene in self.scenes.items()},
            hits={link: self.scenes[link.connection].hits(link.selector) for link in there},
            unreadable=links - there,
            read=dict.fromkeys(self.scenes, end),
            people=People({kr.id: said} if said else {}),
            past=Past(baselines=dict(self._known_baselines(okrs))),
            status_weights=self.parts.status_weights,
            lost_fields={kr.id: self._lost[kr.id]} if kr.id in self._lost else {},
        )

    def _doubtful(self, link: Link) -> Mapping[str, str]:
        """What a link brings, or may bring, and of which it is open how it stands."""
        scene = self.scenes[link.connection]
        if not scene.doubts:
            return {}
        reached = reach(scene.tree, scene.hits(link.selector), link.below)
        return {id: why for id, why in scene.doubts.items() if id in reached}

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
