"""Real public issues, two opinions: the product's numbers and those of `expected.py` are the same."""

from __future__ import annotations

import gzip
import json
from contextlib import ExitStack
from fractions import Fraction
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import pytest

from bridge.cli import invoke
from bridge.model import KeyResult, Link, Progress, Raw, WorkItem
from bridge.okrs import load
from bridge.rollup import roll_up
from bridge.sandbox import Sandbox
from mappings.jira import JiraMapping, Vocabulary
from mappings.links import Tree, items_of, work_items
from tests.real import expected
from tests.shared import path

ISSUES = "data/jira-real/issues.jsonl.gz"


@pytest.fixture(scope="module")
def issues() -> Path:
    return path(ISSUES)


@pytest.fixture(scope="module")
def trackers(issues: Path) -> dict[str, dict[str, expected.Item]]:
    return expected.read(issues)


@pytest.fixture(scope="module")
def told(trackers: dict[str, dict[str, expected.Item]]) -> dict[str, dict[str, Any]]:
    return expected.expected(trackers)


@pytest.fixture(scope="module")
def trees(issues: Path) -> dict[str, Tree]:
    """Every issue as the file has it, through the product's own mapping."""
    mappings = {host: mapping(name) for name, host in expected.HOSTS.items()}
    items: dict[str, list[WorkItem]] = {name: [] for name in expected.HOSTS}
    with gzip.open(issues, "rt", encoding="utf-8") as lines:
        for line in lines:
            record = json.loads(line)
            found = mappings.get(urlsplit(record["self"]).hostname or "")
            if found:
                record["fields"].setdefault("updated", record["fields"].get("created"))
                item = found.item(Raw(record["id"], "", record))
                items[item.connection].append(item)
    return {name: Tree.of(found) for name, found in items.items()}


def mapping(connection: str) -> JiraMapping:
    site = {"points": [expected.POINTS[connection]], "epic_link": expected.EPIC_LINK}
    return JiraMapping(connection, site, Vocabulary())


def hits(link: Link, raw: dict[str, Any], trackers: dict[str, dict[str, expected.Item]]) -> frozenset[str]:
    found = expected.hit(raw)
    return frozenset(item.id for item in trackers[link.connection].values() if found(item))


KEY_RESULTS = {kr.id: kr for kr in load([expected.OKRS], expected.HOSTS).key_results}
LINKS = {kr["id"]: kr["links"] for kr in expected.key_results()}


def rolled_up(
    kr: KeyResult, trees: dict[str, Tree], trackers: dict[str, dict[str, expected.Item]]
) -> Progress:
    found = {link: hits(link, raw, trackers) for link, raw in zip(kr.links, LINKS[kr.id], strict=True)}
    return roll_up(work_items(items_of(kr, found, trees), trees), kr.rollup)


def test_the_roll_up_of_real_issues_equals_the_second_opinion(told, trees, trackers):
    readable = {id: want for id, want in told.items() if "unreadable" not in want}
    assert len(readable) >= 30
    differing = {}
    for id, want in readable.items():
        progress = rolled_up(KEY_RESULTS[id], trees, trackers)
        got = {"value": progress.value} | {name: getattr(progress.counts, name) for name in COUNTS}
        if wrong := different(got, want | {"value": exact(want["value"])}):
            differing[id] = wrong
    assert differing == {}


COUNTS = ("counted", "unestimated", "unreadable")


def different(got: dict[str, Any], want: dict[str, Any]) -> dict[str, Any]:
    """What differs, of what the second opinion tells."""
    return {name: (got[name], want[name]) for name in got.keys() & want.keys() if got[name] != want[name]}


def exact(text: str | None) -> Fraction | None:
    return None if text is None else Fraction(text)


def planned(deployment: str, issues: Path, folder: Path, okrs: str, capsys: Any) -> dict[str, Any]:
    """The answer of `plan --json`, each origin served by an embedded Jira of its own."""
    (folder / "okrs.toml").write_text(okrs, "utf-8")
    used = [name for name in expected.HOSTS if f'connection = "{name}"' in okrs]
    lines = [
        "[bridge]",
        'database = "sqlite:///bridge.db"',
        'instance = "real"',
        'timezone = "Asia/Shanghai"',
    ]
    with ExitStack() as stack:
        for name in used:
            host = expected.HOSTS[name]
            site = stack.enter_context(Sandbox(deployment, issues=issues, host=host))
            (folder / f"{name}.token").write_text(site.token, "utf-8")
            lines += [f"[connections.{name}]", 'tool = "jira"', f'url = "{site.url}"']
            lines += [f'token = "file:{name}.token"', f'points_field = "{expected.POINTS[name]}"']
            lines += [f'email = "{site.email}"'] if deployment == "cloud" else []
        (folder / "okr-bridge.toml").write_text("\n".join(lines), "utf-8")
        capsys.readouterr()
        code = invoke(["-c", str(folder / "okr-bridge.toml"), "plan", "--json"])
    printed = capsys.readouterr()
    assert code in (0, 3), printed.err
    answer: dict[str, Any] = json.loads(printed.out)
    return answer


def differences(answer: dict[str, Any], told: dict[str, dict[str, Any]]) -> dict[str, Any]:
    differing = {}
    for kr in answer["key_results"]:
        want = told[kr["id"]]
        value = exact(want["value"])
        got = {"value": kr["progress"]} | {name: kr["counts"][name] for name in COUNTS}
        if wrong := different(got, want | {"value": None if value is None else float(value)}):
            differing[kr["id"]] = wrong
    return differing


SMALL = ("C-LEVELS", "C-LEVELS-LEVEL", "C-CHINESE", "C-CHINESE-COUNT", "C-CHINESE-LEAF")


def only(ids: tuple[str, ...]) -> str:
    """The OKR file with these key results alone."""
    head, *objectives = expected.OKRS.read_text("utf-8").split("[[objectives]]")
    _, *parts = objectives[-1].split("[[objectives.key_results]]")
    title = objectives[-1].partition("[[objectives.key_results]]")[0]
    chosen = [part for part in parts if any(f'id = "{id}"' in part for id in ids)]
    return "[[objectives.key_results]]".join([f"{head}[[objectives]]{title}", *chosen])


@pytest.mark.parametrize("deployment", ["cloud", "datacenter"])
def test_two_cloud_sites_read_over_the_wire_give_the_second_opinions_numbers(
    deployment, issues, told, tmp_path, capsys
):
    answer = planned(deployment, issues, tmp_path, only(SMALL), capsys)
    assert [kr["id"] for kr in answer["key_results"]] == list(SMALL)
    assert differences(answer, told) == {}


@pytest.mark.prove
@pytest.mark.parametrize("deployment", ["cloud", "datacenter"])
def test_the_whole_program_gives_the_second_opinions_numbers(deployment, issues, told, tmp_path, capsys):
    answer = planned(deployment, issues, tmp_path, expected.OKRS.read_text("utf-8"), capsys)
    assert len(answer["key_results"]) == len(told)
    assert differences(answer, told) == {}
    assert [problem["item"] for problem in answer["problems"]] == ["TIMOB-25087"]
