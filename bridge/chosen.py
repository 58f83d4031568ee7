"""What the settings say, as the rules that the engine takes."""

from __future__ import annotations

from collections.abc import Mapping

from bridge.brake import BrakeRules
from bridge.config import Settings
from bridge.pace import PaceRules
from bridge.publish import Publishing
from bridge.publish import Rules as PublishRules
from bridge.sync import Rules
from bridge.wording import Words


def rules_of(settings: Settings) -> Rules:
    """How key results are judged, and when a run stops."""
    pace, stop = settings.pace, settings.brake
    return Rules(
        zone=settings.bridge.zone,
        pace=PaceRules(pace.rule, pace.off_track, pace.at_risk, pace.grace, pace.fresh_days),
        brake=BrakeRules(stop.share, stop.step, stop.minimum),
        status_weights={
            name: weights
            for name, one in settings.connections.items()
            if (weights := getattr(one, "status_weights", None))
        },
    )


def publishing_of(settings: Settings, unshown: Mapping[str, frozenset[str]]) -> Publishing:
    """What is written, and how; `unshown` is what a connection's tool cannot show, by connection."""
    chosen = settings.publish
    return Publishing(
        instance=settings.bridge.instance,
        words={name: Words(settings.language(name)) for name in settings.connections},
        rules=PublishRules(chosen.fields, chosen.comment, chosen.property, chosen.remote_link, chosen.drift),
        public_url=settings.bridge.public_url,
        retry_hours=chosen.retry_hours,
        unshown=unshown,
    )
