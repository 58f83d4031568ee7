"""The documents keep up with the product: commands, options, permissions, dependencies, examples."""

from __future__ import annotations

import importlib.util
import re
import tomllib
from pathlib import Path
from types import ModuleType
from typing import Any

import click
import pytest

from bridge import config, okrs
from bridge.cli import cli
from bridge.config.schema import schema
from bridge.tool import Capability
from bridge.tools import built_in
from connectors.jira.check_projects import WRITING
from tests.source import ROOT

DOCS = ROOT / "docs"
REFERENCE = DOCS / "reference"
PAGES = [ROOT / "README.md", *sorted(DOCS.rglob("*.md"))]


def script(path: Path) -> ModuleType:
    """One of the scripts that make documents."""
    spec = importlib.util.spec_from_file_location(f"docs_{path.stem}", path)
    assert spec
    assert spec.loader
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def text(path: Path) -> str:
    return path.read_text("utf-8")


def name_of(path: Path) -> str:
    return path.relative_to(ROOT).as_posix()


@pytest.mark.parametrize("name", ["commands.md", "configuration.md", "okr-file.md"])
def test_a_made_reference_is_up_to_date(name):
    made = script(REFERENCE / "make.py").pages()
    assert text(REFERENCE / name) == made[name], "make docs"


def test_the_table_of_tools_is_what_they_declare():
    page = text(ROOT / "README.md")
    assert page == script(REFERENCE / "make.py").with_tools(page), "make docs"
    for tool in built_in().values():
        assert f" {tool.title} |" in page or tool.name == "memory"
    for capability in Capability:
        assert f"\n| {capability.value[0].upper()}{capability.value[1:]} |" in page


def commands() -> set[str]:
    found = set()
    for name, command in cli.commands.items():
        inner = command.commands if isinstance(command, click.Group) else None
        found |= {f"{name} {one}" for one in inner} if inner else {name}
    return found


def test_every_command_is_described_and_no_other():
    described = set(re.findall(r"^## (.+)$", text(REFERENCE / "commands.md"), re.MULTILINE))
    assert described - {"For every command"} == commands()


def test_every_option_of_a_command_is_described():
    page = text(REFERENCE / "commands.md")
    options = {name for command in walk(cli) for one in command.params for name in one.opts if name[0] == "-"}
    assert {name for name in options - {"--version", "--help"} if f"`{name}`" not in page} == set()


def walk(command: click.Command) -> list[click.Command]:
    inner = command.commands.values() if isinstance(command, click.Group) else ()
    return [command, *(one for child in inner for one in walk(child))]


def keys(table: Any) -> set[str]:
    """Every name of a TOML file that is an option, and no name that a person gave."""
    match table:
        case dict():
            named = {name: inner for name, inner in table.items() if isinstance(inner, dict)}
            return set(table).union(*map(keys, named.values()), *map(keys, lists(table)))
        case list():
            return set().union(*map(keys, table))
        case _:
            return set()


def lists(table: dict[str, Any]) -> list[list[Any]]:
    return [inner for inner in table.values() if isinstance(inner, list)]


def test_every_option_of_the_example_configuration_is_in_the_reference():
    example = tomllib.loads(text(ROOT / "config.example.toml"))
    asked = keys(example) - {"connections", *example["connections"]}
    page = text(REFERENCE / "configuration.md")
    assert len(asked) > 40
    assert {name for name in asked if f"`{name}`" not in page and f"{name}]`" not in page} == set()


def test_every_option_of_the_example_okrs_is_in_the_reference():
    asked = keys(tomllib.loads(text(ROOT / "okrs.example.toml")))
    page = text(REFERENCE / "okr-file.md")
    given_by_people = {"in_progress", "In Review"}
    assert len(asked) > 30
    assert {n for n in asked - given_by_people if f"`{n}`" not in page and f"{n}]" not in page} == set()


@pytest.mark.parametrize(("which", "page"), [("config", "configuration.md"), ("okrs", "okr-file.md")])
def test_every_option_that_a_file_may_have_is_in_its_reference(which, page):
    definitions = schema(which)["$defs"]
    told = text(REFERENCE / page)
    asked = {name for one in definitions.values() for name in one.get("properties", {})}
    assert {name for name in asked if f"`{name}`" not in told and f"{name}]" not in told} == set()


def files() -> list[tuple[Path, str, str]]:
    """Files that a document shows in full: (page, name, text)."""
    shown = re.compile(r"<!-- file (\S+) -->\n+```toml\n(.*?)```", re.DOTALL)
    return [(page, *match.groups()) for page in PAGES for match in shown.finditer(text(page))]


@pytest.mark.parametrize(
    ("page", "name", "content"), files(), ids=[f"{name_of(page)}:{name}" for page, name, _ in files()]
)
def test_a_file_that_is_shown_in_full_loads(page, name, content, tmp_path):
    path = tmp_path / name
    path.write_text(content, encoding="utf-8")
    if name == "okr-bridge.toml":
        assert config.load(path, {}).connections
    else:
        assert okrs.load([path], ["jira", "acme", "cards"]).objectives


@pytest.mark.parametrize("page", PAGES, ids=name_of)
def test_toml_in_a_document_is_toml(page):
    for block in re.findall(r"```toml\n(.*?)```", text(page), re.DOTALL):
        assert tomllib.loads(block)


def permissions(page: Path) -> set[str]:
    return set(re.findall(r"^\|[^|]*\| `([A-Z_]+)` \|", text(page), re.MULTILINE))


def test_the_table_of_permissions_names_what_the_check_asks_for():
    asked_beside = {"ADMINISTER"}
    assert permissions(ROOT / "README.md") == {key for key, *_ in WRITING} | asked_beside


def declared() -> set[str]:
    project = tomllib.loads(text(ROOT / "pyproject.toml"))["project"]
    asked = project["dependencies"] + [
        one for extra in project["optional-dependencies"].values() for one in extra
    ]
    return {re.match(r"[\w.-]+", one)[0] for one in asked}


def test_every_dependency_is_explained_and_no_other():
    page = text(DOCS / "dependencies.md")
    rows = re.findall(r"^\| `([\w-]+)` \|(?: `([\w-]+)` \|)?", page, re.MULTILINE)
    assert {second or first for first, second in rows} == declared()


def test_no_document_is_an_orphan():
    linked = {
        (page.parent / target.partition("#")[0]).resolve()
        for page in PAGES
        for target in re.findall(r"\]\(([^)\s]+)\)", text(page))
        if "://" not in target
    }
    assert {name_of(page) for page in PAGES[1:]} <= {
        name_of(path) for path in linked if path.is_relative_to(ROOT)
    }


def test_no_output_in_a_document_is_a_failure_of_the_program():
    assert [name_of(page) for page in PAGES if "Traceback" in text(page)] == []


def test_the_picture_asks_no_other_site_for_anything():
    picture = text(DOCS / "picture.svg")
    assert not re.search(r"url\(\"?http|href=\"http|@import", picture)
    assert "okr-bridge" in picture
