"""The tools that a connection may be of: those described here, and those that other packages bring."""

from __future__ import annotations

from collections.abc import Mapping

from bridge.config import ConnectionSection
from bridge.plugins import load
from bridge.tool import Tool


def built_in() -> Mapping[str, Tool]:
    """The tools that need no other package, by name."""
    from bridge.tools.asana import ASANA
    from bridge.tools.clickup import CLICKUP
    from bridge.tools.feishu import FEISHU
    from bridge.tools.jira import JIRA
    from bridge.tools.memory import MEMORY
    from bridge.tools.notion import NOTION
    from bridge.tools.redmine import REDMINE
    from bridge.tools.rest import REST
    from bridge.tools.trello import TRELLO

    tools = (JIRA, REDMINE, ASANA, TRELLO, CLICKUP, NOTION, FEISHU, REST, MEMORY)
    return {tool.name: tool for tool in tools}


def tool_of(section: ConnectionSection) -> Tool:
    """What a connection's section is of. Raises ConfigError for a package's tool that cannot be used."""
    name = str(getattr(section, "tool", ""))
    found = built_in().get(name) or load(name)
    assert found is not None, f"settings of a tool that nobody brings: {name}"
    return found
