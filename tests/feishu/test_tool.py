"""A section of the file becomes a connection with its own words; nothing is sent by opening one."""

from __future__ import annotations

from datetime import date
from pathlib import Path
from typing import Any

import pytest

from bridge.config import validated
from bridge.config.reading import parse
from bridge.model import Category, Raw, Tier
from bridge.tool import Kit
from bridge.tools import built_in
from connectors.base import FieldInstaller
from connectors.clock import system_clock

SECTION = """
[connections.base]
tool = "feishu"
url = "https://acme.feishu.cn/base/bascnA1"
app_id = "cli_a1"
token = "env:SECRET"
"""
MIDNIGHT = 1797609600000
"""2026-12-19 at 0 h in Shanghai."""


def opened(more: str = "", zone: str = "Asia/Shanghai") -> tuple[Any, Any]:
    settings = validated(parse(SECTION + more, "okr-bridge.toml"), Path("okr-bridge.toml"), {"SECRET": "x"})
    kit = Kit(clock=system_clock(), site={"time_zone": zone, "tables": {}, "base_url": "b"})
    return built_in()["feishu"].open("base", settings.connections["base"], kit)


def item(mapping: Any, **values: Any) -> Any:
    data = {
        "table_name": "T",
        "values": {"title": "x", **values},
        "parents": ["t/rec9"],
        "numbers": {},
        "panel": {},
    }
    return mapping.item(Raw("t/rec1", "v", {**data, "updated": MIDNIGHT, "children": []}))


def test_nothing_is_sent_by_opening_it():
    feishu, _ = opened()
    assert feishu.requests == 0
    assert feishu.http.base == "https://open.feishu.cn"
    assert isinstance(feishu, FieldInstaller)


@pytest.mark.parametrize(("zone", "day"), [("Asia/Shanghai", 19), ("Nowhere/At-All", 18), ("", 18)])
def test_days_are_those_of_the_base_and_of_utc_where_it_tells_none(zone, day):
    _, mapping = opened(zone=zone)
    assert item(mapping, due=MIDNIGHT).due == date(2026, 12, day)


WORDS = """
done_statuses = ["上线"]
in_progress_statuses = ["灰度"]
todo_statuses = ["想法"]
cancelled_statuses = ["砍掉"]
blocked_statuses = ["卡住"]
group_types = ["专项"]
unit_types = ["任务"]
points_field = "大小"
"""


def test_every_list_of_words_is_the_sections_own():
    feishu, mapping = opened(WORDS)
    told = {word: item(mapping, status=word).category for word in ("上线", "灰度", "想法", "Done")}
    assert told == {
        "上线": Category.DONE,
        "灰度": Category.IN_PROGRESS,
        "想法": Category.TODO,
        "Done": Category.UNDEFINED,
    }
    assert item(mapping, status="砍掉").cancelled
    assert item(mapping, status="卡住").flagged
    tiers = [item(mapping, status="x", type=type).tier for type in ("专项", "任务", "Epic")]
    assert tiers == [Tier.GROUP, Tier.UNIT, Tier.PART]
    assert feishu.settings.called("points") == ("大小",)
    assert set(feishu.settings.statuses) == {"上线", "灰度", "想法", "砍掉"}
