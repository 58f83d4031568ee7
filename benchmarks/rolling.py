"""Rolling up against decoding: a hundred thousand items over a thousand key results."""

from __future__ import annotations

import json
import time
from datetime import UTC, datetime
from decimal import Decimal

from benchmarks import issues
from bridge.model import Category, RollupRules, Tier, WorkItem
from bridge.rollup import roll_up

KEY_RESULTS, EACH = 1_000, 100
STATES = (Category.TODO, Category.IN_PROGRESS, Category.DONE)


def _items(kr: int) -> list[WorkItem]:
    """Four Epics, stories below them, sub-tasks below some stories; a few cancelled or unestimated."""
    at = datetime(2026, 10, 15, tzinfo=UTC)
    made: list[WorkItem] = []
    for number in range(EACH):
        id = kr * EACH + number
        if number < 4:
            tier, parent = Tier.GROUP, None
        elif number < 70:
            tier, parent = Tier.UNIT, str(kr * EACH + number % 4)
        else:
            tier, parent = Tier.PART, str(kr * EACH + 4 + number % 10)
        made.append(
            WorkItem(
                connection="bench",
                id=str(id),
                key=f"BENCH-{id}",
                title=f"Item {id}",
                tier=tier,
                status="Done",
                category=STATES[number % 3],
                updated=at,
                parent=parent,
                cancelled=number % 29 == 28,
                points=Decimal(number % 8 + 1) if number % 7 else None,
            )
        )
    return made


def rows() -> list[tuple[str, str, str, str]]:
    groups = [_items(kr) for kr in range(KEY_RESULTS)]
    rules = RollupRules(method="points")
    begun = time.process_time()
    for group in groups:
        roll_up(group, rules)
    ours = time.process_time() - begun
    texts = [json.dumps(issues.issue(number)) for number in range(1_000)]
    begun = time.process_time()
    for _ in range(KEY_RESULTS * EACH // len(texts)):
        for text in texts:
            json.loads(text)
    decoded = time.process_time() - begun
    what = f"roll-up of {KEY_RESULTS * EACH:,} items over {KEY_RESULTS:,} key results"
    return [(what, "roll-up / json.loads of them", f"{ours / decoded:.2f}", "at most 1")]
