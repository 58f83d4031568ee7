"""Tools of other packages: found when asked for, refused in one line where they cannot be used."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from bridge import config
from bridge.clock import clock_at
from bridge.connecting import connect, facts_of, unshown
from bridge.errors import ConfigError
from bridge.plugins import load, plugins, shadowed
from bridge.tools import built_in, tool_of
from tests.engine import okrs
from tests.packages import TOOL, install

SECTION = '[connections.ours]\ntool = "board"\nwall = "Web"\ntoken = "env:BOARD_TOKEN"\n'


@pytest.fixture
def site(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    """A folder that packages can be installed into."""
    folder = tmp_path / "site-packages"
    folder.mkdir()
    monkeypatch.syspath_prepend(str(folder))
    before = set(sys.modules)
    yield folder
    for name in set(sys.modules) - before:
        if str(folder) in str(getattr(sys.modules[name], "__file__", "")):
            del sys.modules[name]


def settings(folder: Path, text: str = SECTION) -> config.Settings:
    file = folder / "okr-bridge.toml"
    file.write_text(text)
    return config.load(file, {"BOARD_TOKEN": "s3cret-of-the-board"})


def refused(folder: Path, text: str = SECTION) -> str:
    with pytest.raises(ConfigError) as error:
        settings(folder, text)
    [line] = str(error.value).splitlines()
    return line


def test_a_section_of_a_packages_tool_is_held_to_the_packages_own_model(site, tmp_path):
    install(site, "okr-board", "board")
    one = settings(tmp_path).connections["ours"]
    assert one.wall == "Web"
    with pytest.raises(ConfigError) as error:
        settings(tmp_path, SECTION.replace("wall = ", "wal = "))
    assert str(error.value).splitlines() == [
        "okr-bridge.toml: connections.ours.wall: is missing (Which wall)",
        "okr-bridge.toml: connections.ours.wal: unknown key, did you mean wall?",
    ]


def test_it_stands_beside_the_built_in_tools_and_all_problems_are_told_at_once(site, tmp_path):
    install(site, "okr-board", "board")
    both = f'{SECTION}[connections.memory]\ntool = "memory"\n[connections.acme]\ntool = "jira"\n'
    with pytest.raises(ConfigError) as error:
        settings(tmp_path, both.replace('wall = "Web"', "wall = 1"))
    places = [problem.place for problem in error.value.problems]
    assert "okr-bridge.toml: connections.ours.wall" in places
    assert "okr-bridge.toml: connections.acme.url" in places


def test_a_connection_of_it_opens_like_any_other(site, tmp_path):
    install(site, "okr-board", "board")
    found = settings(tmp_path)
    connection = connect("ours", found, okrs(), clock_at(None, found.bridge.zone))
    assert connection.system.login().id
    assert facts_of("ours", found, okrs())["connection"] == {
        "tool": "board",
        "wall": "Web",
        "token": "env:BOARD_TOKEN",
    }


def test_what_it_cannot_show_is_told(site, tmp_path):
    install(site, "okr-board", "board")
    assert unshown(settings(tmp_path)) == {"ours": frozenset({"comment", "property", "remote_link"})}


def test_its_secrets_are_known_and_know_their_place(site, tmp_path):
    install(site, "okr-board", "board")
    [secret] = settings(tmp_path).secrets()
    assert secret.place == "okr-bridge.toml: connections.ours.token"
    assert secret.reveal() == "s3cret-of-the-board"


def test_nothing_of_a_package_is_loaded_while_nobody_asks_for_its_tool(site, tmp_path):
    install(site, "okr-board", "board", "raise SystemError('loaded')")
    assert settings(tmp_path, '[connections.m]\ntool = "memory"\n').connections
    assert list(plugins()) == ["board"]


@pytest.mark.parametrize(
    ("text", "told"),
    {
        "it breaks": ("import nowhere_to_be_found", "cannot be loaded (ModuleNotFoundError)"),
        "it is cut off": ("class", "cannot be loaded (SyntaxError)"),
        "it has no such name": ("OTHER = 1", "cannot be loaded (AttributeError)"),
        "it is something else": ("TOOL = 7", "is no bridge.plugin.Tool"),
        "it has another name": (TOOL.format(name="boards"), 'calls itself "boards"'),
        "its section is of another tool": (
            TOOL.format(name="board").replace('Literal["board"]', 'Literal["bord"]'),
            'has settings whose `tool` is not Literal["board"]',
        ),
        "its section is none": (
            TOOL.format(name="board").replace("settings=Section", "settings=int"),
            "has settings that are no bridge.plugin.ConnectionSection",
        ),
    }.values(),
    ids=lambda value: value if value.startswith(("cannot", "is", "calls", "has")) else "",
)
def test_a_broken_package_is_one_line_with_its_name_and_what_to_do(site, tmp_path, text, told):
    install(site, "okr-board", "board", text)
    line = refused(tmp_path)
    assert 'tool "board": of okr-board ' in line
    assert told in line
    assert "update the package, or uninstall it" in line


def test_a_name_that_two_packages_take_is_refused_with_both(site, tmp_path):
    install(site, "okr-board", "board")
    install(site, "board-bridge", "board")
    assert refused(tmp_path).startswith('tool "board": is brought by board-bridge and okr-board (uninstall')


def test_a_package_cannot_take_the_name_of_a_built_in_tool(site, tmp_path):
    install(site, "okr-memory", "memory", "raise SystemError('loaded')")
    found = settings(tmp_path, '[connections.m]\ntool = "memory"\n')
    assert tool_of(found.connections["m"]) is built_in()["memory"]
    [finding] = shadowed(built_in())
    assert (finding.level, finding.where) == ("error", 'tool "memory"')
    assert "okr-memory" in finding.message


def test_a_tool_that_nobody_brings_is_told_with_the_near_name(tmp_path):
    assert "must be one of" in (line := refused(tmp_path, '[connections.a]\ntool = "jirra"\n'))
    assert "did you mean jira?" in line
    assert load("jirra") is None


@pytest.mark.parametrize("tool", [7, ["jira"], {"a": 1}])
def test_a_tool_that_is_no_name_is_refused_like_any_value(tmp_path, tool):
    with pytest.raises(ConfigError):
        config.validated({"connections": {"a": {"tool": tool}}}, tmp_path / "x.toml", {})
