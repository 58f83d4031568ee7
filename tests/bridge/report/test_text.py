"""Results for people: what they typed is shown as it is, never as markup."""

from __future__ import annotations

import io
from dataclasses import replace
from datetime import UTC, datetime
from fractions import Fraction

import pytest
from rich.console import Console

from bridge.amendments import Amendment
from bridge.model import (
    Change,
    Colour,
    Counted,
    Finding,
    ItemRef,
    Note,
    ObjectiveStanding,
    Outcome,
    Pace,
    Problem,
    Standing,
    What,
)
from bridge.notes import Say
from bridge.report import text
from bridge.report.explanation import Explanation
from bridge.report.health import ConnectionHealth, StatusReport
from bridge.report.run import RunReport
from bridge.report.steps import Step, StepsReport
from bridge.wording import Words
from tests.bridge.judging import OBJECTIVE, work, work_kr
from tests.bridge.rollup.making import item

WORDS = Words("en")
TAGS = "[red]All[/red] [link=https://evil.example]live[/link] [/]"
KR = work_kr(title=TAGS)
NOW = datetime(2026, 11, 21, tzinfo=UTC)


def standing(value: str | None = "1/2", **more: object) -> Standing:
    exact = None if value is None else Fraction(value)
    facts = {"kr": KR, "objective": "O1", "progress": exact, "computed": exact, "work": work(value)} | more
    return Standing(**facts)  # type: ignore[arg-type]


def objective(value: str | None = "1/2") -> ObjectiveStanding:
    exact = None if value is None else Fraction(value)
    return ObjectiveStanding(objective=replace(OBJECTIVE, title=TAGS), progress=exact, known=1, total=2)


def shown(show: object, *arguments: object, width: int = 200) -> str:
    out = Console(file=io.StringIO(), width=width, highlight=False)
    show(out, *arguments)  # type: ignore[operator]
    return out.file.getvalue()  # type: ignore[attr-defined,no-any-return]


CHANGE = Change(
    connection="acme", item="1", key="SHOP-1", kr="KR1", what=What.FIELD, name="progress",
    before=None, after="[bold]50[/bold]", outcome=Outcome.WRITTEN,
)  # fmt: skip
PROBLEM = Problem(kind="not_found", message="[blue]gone[/blue]", hint="[i]look[/i]", kr="KR1")


def run(**more: object) -> RunReport:
    facts = {
        "id": "7", "started": NOW, "seconds": 1.26, "requests": {"acme": 3}, "digest": "f" * 64,
        "standings": (standing(),), "objectives": (objective(),), "changes": (CHANGE,), "problems": (),
    }  # fmt: skip
    return RunReport(**facts | more)  # type: ignore[arg-type]


def test_what_people_typed_is_no_markup() -> None:
    report = run(problems=(PROBLEM,), field_names={"progress": "KR [b]progress[/b]"})
    told = shown(report.show, WORDS)
    for typed in (TAGS, "[bold]50[/bold]", "[blue]gone[/blue]", "[i]look[/i]", "KR [b]progress[/b]"):
        assert typed in told


def test_a_narrow_screen_loses_nothing() -> None:
    told = shown(run(problems=(PROBLEM,)).show, WORDS, width=60)
    assert "50%" in told
    assert "gone" in told


@pytest.mark.parametrize(
    ("value", "percent", "score"),
    [
        (None, "–", "–"),
        ("1/300", "1%", "0.0"),
        ("299/300", "99%", "1.0"),
        ("1", "100%", "1.0"),
        ("0", "0%", "0.0"),
    ],
)
def test_numbers_are_shown_by_one_rule(value: str | None, percent: str, score: str) -> None:
    told = shown(text.show_standings, [objective(value)], [standing(value)], WORDS).splitlines()[-1]
    assert percent in told
    assert score in told


def test_a_persons_own_word_stands_beside_the_computed_one() -> None:
    told = shown(
        text.show_standings, [objective()], [standing(pace=Pace.ON_TRACK, own_word="at_risk")], WORDS
    )
    assert "On track (" in told


def test_a_problem_is_told_once() -> None:
    assert shown(text.show_problems, [PROBLEM, PROBLEM], WORDS).count("gone") == 1


def test_findings_come_worst_first() -> None:
    findings = [Finding(level, level, f"[x]{level}", "") for level in ("info", "error", "warning")]
    lines = shown(text.show_findings, findings, WORDS).splitlines()
    assert [line.split()[0] for line in lines] == ["error", "warning", "info"]
    assert "[x]error" in lines[0]
    assert shown(text.show_findings, [], WORDS).strip()


OUTCOMES = {
    "nothing went wrong": (run(), "done"),
    "kept drift is no failure": (run(changes=(replace(CHANGE, outcome=Outcome.DRIFTED),)), "done"),
    "a refused write": (run(changes=(replace(CHANGE, outcome=Outcome.REFUSED),)), "partial"),
    "an unknown outcome": (run(changes=(replace(CHANGE, outcome=Outcome.UNKNOWN),)), "partial"),
    "a problem": (run(problems=(PROBLEM,)), "partial"),
    "the brake": (run(problems=(PROBLEM,), stopped=True), "stopped"),
    "no connection": (run(problems=(PROBLEM,), failed=True, stopped=True), "failed"),
}


@pytest.mark.parametrize(("report", "outcome"), OUTCOMES.values(), ids=OUTCOMES)
def test_outcome(report: RunReport, outcome: str) -> None:
    assert report.outcome == outcome
    assert report.as_json(WORDS)["run"]["outcome"] == outcome


def test_a_run_keeps_a_summary_for_later() -> None:
    assert run().summary == {
        "seconds": 1.26, "requests": {"acme": 3}, "key_results": 1, "written": 1, "problems": []
    }  # fmt: skip


def test_an_explanation_shows_every_item_with_its_reason() -> None:
    parts = tuple(
        Counted(item(name, title=TAGS), Fraction(1), Fraction(1), counted, Note(Say.DONE))
        for name, counted in (("A-10", True), ("A-9", True), ("A-1", False))
    )
    one = standing(work=replace(work("1/2"), items=parts))
    explanation = Explanation(one, {ItemRef("acme", "A-9"): (0, 2)}, (Amendment("weight", "1", "2"),))
    told = explanation.as_json(WORDS)
    assert [(part["key"], part["links"]) for part in told["items"]] == [
        ("A-9", [0, 2]),
        ("A-10", []),
        ("A-1", []),
    ]
    assert told["amended"] == [{"what": "weight", "was": "1", "now": "2"}]
    page = shown(explanation.show, WORDS)
    assert TAGS in page
    assert "weight: 1 → 2" in page
    assert "A-10" in page


def test_an_explanation_without_work() -> None:
    one = standing(None, work=None)
    assert Explanation(one, {}).as_json(WORDS)["items"] == []
    assert "–" in shown(Explanation(one, {}).show, WORDS)


def test_health_says_since_when_and_what_to_do() -> None:
    sick = ConnectionHealth("acme", None, NOW, "401 [b]", "renew the token")
    report = StatusReport(
        standings=(standing(),), objectives=(objective(),), connections=(sick,), outbox=2, amended={}, now=NOW
    )
    told = report.as_json(WORDS)
    assert told["connections"][0]["failing_since"] == NOW.isoformat()
    assert (told["outbox"], told["next_run"]) == (2, None)
    page = shown(report.show, WORDS)
    assert "401 [b]" in page
    assert "renew the token" in page


def test_steps_tell_what_is_only_planned() -> None:
    step = Step(connection="acme", what="field", name="KR [b]", detail="on [i]screen")
    page = shown(StepsReport((step,)).show, WORDS)
    assert "KR [b]" in page
    assert "--apply" in page
    done = StepsReport((replace(step, outcome="written"),))
    assert "--apply" not in shown(done.show, WORDS)
    assert "已写入" in shown(done.show, Words("zh-CN"))
    assert "nothing to do" in shown(StepsReport(()).show, WORDS)
    assert StepsReport((), (PROBLEM,)).partial
    assert Colour.RED in text.STYLES
