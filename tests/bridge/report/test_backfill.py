"""What the past came to, for people and as JSON."""

from __future__ import annotations

import io
import json
from dataclasses import replace
from datetime import UTC, date, datetime, time
from fractions import Fraction
from typing import Any

import pytest
from rich.console import Console

from bridge.model import ItemRef, Problem
from bridge.replay.days import Window
from bridge.report.backfill import MOST, BackfillResult
from bridge.report.past import BackfillReport, Disagreement, GoneItem, LinkReport, Points, Used, Why
from bridge.wording import Words

DIFFERENT = Disagreement(
    date(2026, 10, 3),
    "KR1",
    Fraction(1, 2),
    None,
    Why.LATER,
    datetime(2026, 10, 3, 12, tzinfo=UTC),
    (ItemRef("acme", "10001"),),
)
REPORT = BackfillReport(
    window=Window(date(2026, 10, 1), date(2026, 10, 3), time(23, 59), UTC),
    points=Points(3, 6, 2),
    links=(
        LinkReport("KR1", "acme", "keys A-1", Used.PAST),
        LinkReport("KR2", "acme", "query text ~ x", Used.TODAY, "text: no change tells it"),
        LinkReport("KR5", "acme", "label z", Used.SOME, "no points for 2 of 3 days: 7: reopened"),
        LinkReport("KR3", "acme", "label y", Used.NOTHING, "it could not be read"),
        LinkReport("KR4", "b", "label [y]", Used.UNASKED, "not asked"),
    ),
    disagreements=(DIFFERENT,),
    gone=(GoneItem("acme", "10001", "A-7", ("KR1",)), GoneItem("acme", "10002", "")),
    problems=(Problem(kind="not_found", message="acme: [b]gone[/b]", hint="look"),),
    requests={"acme": 22},
    assumed={"acme": "[b]points[/b], parents"},
)


def shown(report: BackfillReport, language: str = "en") -> str:
    out = Console(file=io.StringIO(), width=120, highlight=False)
    BackfillResult(report).show(out, Words(language))
    return out.file.getvalue()  # type: ignore[attr-defined, no-any-return]


def as_json(report: BackfillReport) -> Any:
    return json.loads(json.dumps(BackfillResult(report).as_json(Words("en"))))


def test_people_are_told_what_could_not_be_told_and_why() -> None:
    text = shown(REPORT)
    for line in (
        "3 days, 2026-10-01 to 2026-10-03: 6 points of history, 2 of them new",
        "KR2: query text ~ x: text: no change tells it",
        "KR5: label z: no points for 2 of 3 days: 7: reopened",
        "KR3: label y: it could not be read",
        "acme: [b]points[/b], parents",
        "2026-10-03 KR1: sync 50%, backfill –: work went on after the sync of 2026-10-03 12:00 UTC",
        "2 items are gone or hidden now; the days do without them: acme A-7, acme 10002",
        "acme: [b]gone[/b]",
        "acme 22",
        "Nothing was written to any tracker",
    ):
        assert line in text, line
    assert "KR1: keys" not in text
    assert "KR4" not in text


def test_it_is_said_in_chinese_too() -> None:
    text = shown(REPORT, "zh-CN")
    assert "3 天（2026-10-01 至 2026-10-03）：6 个历史数据点，其中 2 个是新的" in text
    assert "之后工作仍有进展" in text


def test_long_lists_are_cut_for_people_and_not_in_json() -> None:
    many = replace(REPORT, disagreements=(DIFFERENT,) * (MOST + 5))
    assert shown(many).count("sync 50%") == MOST
    assert "and 5 more" in shown(many)
    assert len(as_json(many)["disagreements"]) == MOST + 5


def test_json_has_it_all() -> None:
    data = as_json(REPORT)
    assert data["window"] == {"from": "2026-10-01", "to": "2026-10-03", "at": "23:59"}
    assert data["points"] == {"days": 3, "told": 6, "added": 2}
    assert [(one["kr"], one["rebuilt"], one["used"]) for one in data["links"]] == [
        ("KR1", True, "past"),
        ("KR2", False, "today"),
        ("KR5", False, "some"),
        ("KR3", False, "nothing"),
        ("KR4", False, "unasked"),
    ]
    (different,) = data["disagreements"]
    assert (different["day"], different["kr"], different["why"]) == ("2026-10-03", "KR1", "later")
    assert (different["sync"], different["backfill"]) == (0.5, None)
    assert different["items"] == [{"connection": "acme", "id": "10001"}]
    assert data["gone"][0] == {"connection": "acme", "id": "10001", "key": "A-7", "key_results": ["KR1"]}
    assert data["problems"][0]["kind"] == "not_found"
    assert data["requests"] == {"acme": 22}
    assert data["assumed"] == {"acme": "[b]points[/b], parents"}
    assert "sync" not in data


@pytest.mark.parametrize(
    ("report", "partial"),
    [
        (replace(REPORT, problems=()), True),
        (replace(REPORT, links=REPORT.links[:2]), True),
        (replace(REPORT, problems=(), links=(*REPORT.links[:2], REPORT.links[-1])), False),
        (replace(REPORT, problems=(), links=REPORT.links[2:3]), True),
    ],
    ids=["a link that cannot be told", "a problem", "what is gone, of today or not asked for", "some days"],
)
def test_it_is_done_in_part_where_something_asked_for_could_not_be_told(
    report: BackfillReport, partial: bool
) -> None:
    assert report.partial is partial
