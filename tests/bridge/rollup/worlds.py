"""Random key results: forests of groups, units and parts with everything that trackers put into them."""

from __future__ import annotations

from decimal import Decimal

from hypothesis import strategies as st

from bridge.model import RollupRules, Tier, WorkItem
from tests.bridge.rollup.making import item

ESTIMATES = st.sampled_from([None, None, Decimal(0), Decimal(1), Decimal("2.5"), Decimal(8)])
PERCENTS = st.sampled_from([None, Decimal(0), Decimal(40), Decimal(100)])
CHECKS = st.sampled_from([None, None, (0, 2), (1, 3), (3, 3)])

RULES = st.builds(
    RollupRules,
    method=st.sampled_from(["count", "points"]),
    mode=st.sampled_from(["story", "leaf", "level"]),
    partial=st.booleans(),
    value=st.sampled_from(["done", "status", "percent", "checklist", "spent"]),
    unestimated=st.sampled_from(["mean", "exclude", Decimal(0), Decimal(3)]),
    cancelled=st.sampled_from(["exclude", "as_done", "as_open"]),
    parent_closed=st.sampled_from(["children", "complete"]),
    require_resolution=st.booleans(),
)


@st.composite
def worlds(draw: st.DrawFn, states: str = "DDPTXU", wild: bool = True, most: int = 14) -> list[WorkItem]:
    """Items whose parents are among them or nowhere; wild ones may go in circles and mix up the tiers."""
    made: list[WorkItem] = []
    for at in range(draw(st.integers(1, most))):
        tier = draw(st.sampled_from(Tier))
        parent = draw(st.sampled_from([None, *made]))
        if not wild and tier is Tier.PART and parent is not None and parent.tier is Tier.PART:
            parent = None
        if not wild and tier is not Tier.PART and parent is not None and parent.tier is Tier.PART:
            parent = None
        under = parent.id if parent else None
        if wild and draw(st.integers(0, 9)) == 0:
            under = str(draw(st.integers(0, most)))
        more = {"tier": tier, "percent": draw(PERCENTS), "checks": draw(CHECKS)}
        state = draw(st.sampled_from(states))
        if state == "D" and draw(st.integers(0, 3)) == 0:
            more["resolution"] = ""
        made.append(item(str(at), state, draw(ESTIMATES), under, **more))
    return made
