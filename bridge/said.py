"""What people say is history too: a point of its own for the day that they spoke of."""

from __future__ import annotations

from dataclasses import replace
from fractions import Fraction

from bridge.again import StatusWeights
from bridge.assess import World, assess
from bridge.model import CheckIn, KeyResult, Okrs, Override
from bridge.people import facts_of
from bridge.proof import RULE_VERSION, Behind, Figures, Keeper
from bridge.replay.inputs import digest_of, text_of
from bridge.silence import silent
from bridge.standing import Moment
from bridge.store import HistoryPoint, Store
from bridge.timeline import CHECK_IN, OVERRIDE
from bridge.wishes import wishes
from bridge.world import load_world


def checked_in(store: Store, okrs: Okrs, said: CheckIn, weights: StatusWeights, moment: Moment) -> None:
    """Keep the value that a check-in gives its key result. Of a day gone by only where people alone tell the
    value: what trackers held then is for a backfill to say."""
    day = said.at.astimezone(moment.zone).date()
    if said.value is None and not said.milestones:
        return
    alone = _alone(okrs, said.kr)
    (kr,) = alone.key_results
    if day != moment.today and (kr.links or (kr.metric and kr.metric.source)):
        return
    world = _until(said, load_world(store, alone, weights, silent(store, wishes(alone))))
    assessment = assess(alone, world, moment)
    (standing,) = assessment.standings
    if not standing.complete or standing.computed is None:
        return
    figure, keeper = Figures().of(standing, Behind(world, assessment.brought)), Keeper(store)
    with store.transaction():
        news = store.history.news([figure.point(day, CHECK_IN, moment.now)])
        if news:
            keeper.add(figure)
            keeper.flush()
            store.history.record_all(news)


def overridden(store: Store, given: Override, moment: Moment) -> None:
    """Keep the number that a person gave, on the day of giving. It is its own reason: the override stays."""
    store.history.record(
        HistoryPoint(
            day=given.at.astimezone(moment.zone).date(),
            kr=given.kr,
            source=OVERRIDE,
            value=Fraction(given.value),
            rule_version=RULE_VERSION,
            inputs=digest_of(text_of(facts_of(given))),
            at=moment.now,
        )
    )


def _until(said: CheckIn, world: World) -> World:
    """As if nothing had been said after it."""
    told = {kr: tuple(one for one in own if one.at <= said.at) for kr, own in world.people.checkins.items()}
    return replace(world, people=replace(world.people, checkins=told))


def _alone(okrs: Okrs, id: str) -> Okrs:
    """The key result and its objective, as if there were no others."""

    def chosen(krs: tuple[KeyResult, ...]) -> tuple[KeyResult, ...]:
        return tuple(kr for kr in krs if kr.id == id)

    objectives = (replace(one, key_results=chosen(one.key_results)) for one in okrs.objectives)
    return replace(okrs, objectives=tuple(one for one in objectives if one.key_results))
