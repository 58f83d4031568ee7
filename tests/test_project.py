"""What a visitor finds: documents whose links and commands hold, and a project that speaks of itself."""

from __future__ import annotations

import re
import subprocess
import tomllib
from pathlib import Path

import pytest

import bridge
from tests.source import ROOT

HERE = Path(__file__).name


def tracked() -> list[Path]:
    listed = subprocess.run(
        ["git", "ls-files", "-z", "--cached", "--others", "--exclude-standard"],
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=False,
    )
    if listed.returncode:
        pytest.skip("not a checkout")
    paths = (ROOT / name for name in listed.stdout.split("\0") if name)
    return [path for path in paths if path.is_file() and path.name != HERE]


def texts() -> dict[str, str]:
    found = {}
    for path in tracked():
        try:
            found[path.relative_to(ROOT).as_posix()] = path.read_text("utf-8")
        except UnicodeDecodeError:
            continue
    return found


FOREIGN_TO_THE_PROJECT = {
    "a folder of somebody's machine": r"(?<![\w.:/}>-])/(?:work|root|Users)/\w+",
    "unfinished work": r"(#|<!--|//).*\b(TODO|FIXME)\b|(?i:lorem ipsum)",
    "a secret": r"\bATATT[A-Za-z0-9_\-=]{20,}|-----BEGIN [A-Z ]*PRIVATE KEY|AKIA[0-9A-Z]{16}",
}
ALLOWED = {"requirements.lock", "tests/test_budget.py"}


@pytest.mark.parametrize("pattern", FOREIGN_TO_THE_PROJECT.values(), ids=FOREIGN_TO_THE_PROJECT)
def test_the_project_speaks_of_itself_alone(pattern):
    found = {
        f"{name}: {match.group()}"
        for name, text in texts().items()
        if name not in ALLOWED
        for match in re.finditer(pattern, text)
    }
    assert found == set()


def test_the_optional_data_beside_a_checkout_is_named_by_tests_and_benchmarks_alone():
    users = {name for name, text in texts().items() if re.search(r"(?<![\w/])\.\./shared\b", text)}
    assert {name for name in users if not name.startswith(("tests/", "benchmarks/", ".ci/"))} == set()


def documents() -> list[Path]:
    return [*sorted(ROOT.glob("*.md")), *sorted((ROOT / "docs").rglob("*.md"))]


LINK = re.compile(r"!?\[[^\]]*\]\(([^)\s]+)[^)]*\)|(?:src|href)=\"([^\"]+)\"")


@pytest.mark.parametrize("document", documents(), ids=lambda path: path.relative_to(ROOT).as_posix())
def test_every_link_of_a_document_leads_somewhere(document):
    text = document.read_text("utf-8")
    dead = []
    for match in LINK.finditer(text):
        target, _, heading = (match[1] or match[2]).partition("#")
        if "://" in target or target.startswith("mailto:"):
            continue
        file = (document.parent / target) if target else document
        if not file.exists() or (heading and heading not in headings(file)):
            dead.append(match[0])
    assert dead == []


def headings(document: Path) -> set[str]:
    """The anchors that a forge makes of a document's headings."""
    lines = document.read_text("utf-8").splitlines()
    titles = (line.lstrip("#").strip().lower() for line in lines if line.startswith("#"))
    return {re.sub(r"[^\w\- ]", "", title).replace(" ", "-") for title in titles}


@pytest.mark.parametrize(
    "name", ["README.md", "CHANGELOG.md", "LICENSE", "SECURITY.md", "CONTRIBUTING.md", "config.example.toml"]
)
def test_what_a_visitor_looks_for_is_there(name):
    assert (ROOT / name).stat().st_size > 0


def test_the_version_is_one_and_the_changelog_knows_it():
    declared = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))["project"]["version"]
    assert bridge.__version__ == declared
    headings = re.findall(r"^## \[?([\w.]+)", (ROOT / "CHANGELOG.md").read_text("utf-8"), re.MULTILINE)
    assert declared in headings or headings[:1] == ["Unreleased"]


def test_every_command_that_the_documents_name_exists():
    from bridge.cli import cli

    known = set(cli.commands)
    named = {
        match[1]
        for document in documents()
        for match in re.finditer(
            r"^\s*\$? ?okr-bridge +([a-z]+)\b", document.read_text("utf-8"), re.MULTILINE
        )
    }
    assert named <= known


def test_the_continuous_check_asks_nobody_and_stops_at_the_first_failure():
    script = (ROOT / ".ci" / "run").read_text("utf-8")
    assert "set -euo pipefail" in script
    assert (ROOT / ".ci" / "run").stat().st_mode & 0o111
    for needed in ("make lint", "make test", "make prove", "OKR_BRIDGE_REQUIRE_POSTGRESQL=1"):
        assert needed.split()[-1] in script
