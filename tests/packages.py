"""Packages with tools of their own, as an installer would leave them."""

from __future__ import annotations

from pathlib import Path

TOOL = """
from typing import Literal

from bridge.plugin import Capability, ConnectionSection, Field, Kit, SecretReference, Tool
from connectors.memory import Memory, Tracker
from mappings.memory import MemoryMapping


class Section(ConnectionSection):
    tool: Literal["{name}"]
    wall: str = Field(description="Which wall.")
    token: SecretReference | None = None


def start(name, section, kit):
    assert isinstance(kit, Kit)
    return Memory(name, Tracker()), MemoryMapping(name)


TOOL = Tool(name="{name}", title="Board", settings=Section, open=start, can=frozenset({{Capability.VALUES}}))
"""


def install(folder: Path, package: str, name: str, text: str | None = None, attribute: str = "TOOL") -> None:
    """Put a package into this folder that brings a tool `name`, made of this text."""
    module = package.replace("-", "_")
    (folder / f"{module}.py").write_text(TOOL.format(name=name) if text is None else text)
    info = folder / f"{module}-1.0.dist-info"
    info.mkdir()
    (info / "METADATA").write_text(f"Metadata-Version: 2.1\nName: {package}\nVersion: 1.0\n")
    (info / "entry_points.txt").write_text(f"[okr_bridge.connectors]\n{name} = {module}:{attribute}\n")
