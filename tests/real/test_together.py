"""All 22,460 real issues on one embedded Jira, as the command serves them: the numbers are those of the
second opinion, although ids stood twice and each origin has its own points field."""

from __future__ import annotations

import json
import re
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from bridge.cli import invoke
from tests.real import expected
from tests.real.test_real import ISSUES, LINKS, differences
from tests.shared import path

BOUND = re.compile(r"\bproject (?:=|in)|\bkey in\b|\"Epic Link\"")


@pytest.fixture(scope="module")
def site() -> Iterator[dict[str, str]]:
    command = [sys.executable, "-m", "bridge", "sandbox", "--port", "0", "--issues", str(path(ISSUES))]
    with subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True) as process:
        assert process.stdout is not None
        yield json.loads(process.stdout.readline())
        process.terminate()


def of_one_origin(links: list[dict[str, Any]]) -> bool:
    """Whether these mean the same work where other origins stand beside it."""
    return all("keys" in link or "project" in link or BOUND.search(link.get("query", "")) for link in links)


def together() -> tuple[str, list[str]]:
    """The OKR file of the tests over one connection, and the key results that keep their meaning there."""
    ids = [id for id, links in LINKS.items() if of_one_origin(links)]
    head, *objectives = expected.OKRS.read_text("utf-8").split("[[objectives]]")
    kept = [head]
    for objective in objectives:
        title, *parts = objective.split("[[objectives.key_results]]")
        chosen = [part for part in parts if re.search(r'id = "(.*?)"', part)[1] in ids]  # type: ignore[index]
        kept += [f"[[objectives]]{'[[objectives.key_results]]'.join([title, *chosen])}"] if chosen else []
    return re.sub(r'connection = "\w+"', 'connection = "all"', "".join(kept)), ids


@pytest.mark.prove
def test_one_site_with_every_origin_gives_the_second_opinions_numbers(
    site: dict[str, str], tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    okrs, ids = together()
    (tmp_path / "okrs.toml").write_text(okrs, "utf-8")
    (tmp_path / "token").write_text(site["token"], "utf-8")
    (tmp_path / "okr-bridge.toml").write_text(
        '[bridge]\ninstance = "real"\n[connections.all]\ntool = "jira"\ntoken = "file:token"\n'
        f'url = "{site["url"]}"\nemail = "{site["email"]}"\n',
        "utf-8",
    )
    code = invoke(["-c", str(tmp_path / "okr-bridge.toml"), "plan", "--json"])
    printed = capsys.readouterr()
    assert code in (0, 3), printed.err
    answer = json.loads(printed.out)
    assert [kr["id"] for kr in answer["key_results"]] == ids
    assert len(ids) >= 20
    assert differences(answer, expected.expected(expected.read(path(ISSUES)))) == {}
