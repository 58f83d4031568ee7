"""The project's own source as data, for the tests that hold it to its rules."""

from __future__ import annotations

import ast
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
PACKAGES = ("bridge", "connectors", "mappings")


@dataclass(frozen=True)
class Module:
    """`name` as it is imported; `uses` are the modules of `from` and plain imports, late ones too."""

    name: str
    path: Path

    @cached_property
    def text(self) -> str:
        return self.path.read_text("utf-8")

    @cached_property
    def tree(self) -> ast.Module:
        return ast.parse(self.text, str(self.path))

    @property
    def lines(self) -> int:
        return self.text.count("\n")

    @cached_property
    def uses(self) -> frozenset[str]:
        return frozenset(_imported(ast.walk(self.tree)))

    @cached_property
    def loads(self) -> frozenset[str]:
        """What it imports as soon as it is imported itself."""
        return frozenset(_imported(self.tree.body))

    @property
    def functions(self) -> Iterator[ast.FunctionDef | ast.AsyncFunctionDef]:
        return (n for n in ast.walk(self.tree) if isinstance(n, ast.FunctionDef | ast.AsyncFunctionDef))

    def is_in(self, *places: str) -> bool:
        """Is it one of these modules or packages, or inside one?"""
        return any(self.name == place or self.name.startswith(f"{place}.") for place in places)


def _imported(nodes: Iterable[ast.AST]) -> Iterator[str]:
    for node in nodes:
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            assert node.level == 0, "imports are absolute"
            if node.module in PACKAGES:
                yield from (f"{node.module}.{alias.name}" for alias in node.names)
            elif node.module:
                yield node.module


def modules(*folders: str) -> list[Module]:
    """Every module under these folders of the project."""
    return [Module(_name(path), path) for folder in folders for path in sorted((ROOT / folder).rglob("*.py"))]


def _name(path: Path) -> str:
    parts = path.relative_to(ROOT).with_suffix("").parts
    return ".".join(parts[:-1] if parts[-1] == "__init__" else parts)


SOURCE = modules(*PACKAGES)
TESTS = modules("tests")
