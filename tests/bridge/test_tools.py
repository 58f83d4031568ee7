"""The built-in tools are what their descriptions say."""

from __future__ import annotations

import subprocess
import sys

import pytest

from bridge import plugin
from bridge.config.connections import BUILT_IN
from bridge.config.tools import built_in_tools, tool_of
from bridge.model import What
from bridge.tool import SHOWN, Capability
from bridge.tools import built_in
from tests.source import ROOT


def test_every_built_in_section_has_its_tool_and_the_other_way_round():
    described = {tool.settings: name for name, tool in built_in().items()}
    assert described == {model: tool_of(model) for model in BUILT_IN}
    assert tuple(built_in()) == built_in_tools()


def test_what_is_shown_has_the_names_that_are_written():
    assert {*SHOWN.values()} == {what.value for what in What}


@pytest.mark.parametrize("tool", built_in().values(), ids=lambda tool: tool.name)
def test_what_a_tool_decides_by_are_options_that_it_has(tool):
    assert tool.decides <= set(tool.settings.model_fields)
    assert tool.can <= set(Capability)


def test_the_module_for_packages_says_all_that_it_gives():
    assert [name for name in plugin.__all__ if not hasattr(plugin, name)] == []


def test_describing_the_tools_loads_nothing_of_them():
    code = "import sys; from bridge.tools import built_in; built_in(); print(*sys.modules)"
    run = subprocess.run([sys.executable, "-c", code], cwd=ROOT, capture_output=True, text=True, check=True)
    assert not {"jira", "atlassian", "connectors.jira", "connectors.memory"} & set(run.stdout.split())
