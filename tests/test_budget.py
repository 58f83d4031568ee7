"""The size of things: small modules, short functions, few parameters, every type told."""

from __future__ import annotations

import ast
import re
from collections.abc import Callable, Iterable
from statistics import median, quantiles

from tests.source import SOURCE, TESTS, Module

Function = ast.FunctionDef | ast.AsyncFunctionDef


def length(function: Function) -> int:
    return (function.end_lineno or function.lineno) - function.lineno + 1


def parameters(function: Function) -> int:
    given = function.args
    names = [a.arg for a in (*given.posonlyargs, *given.args, *given.kwonlyargs)]
    return len([name for name in names if name not in ("self", "cls")])


def by_hand(modules: Iterable[Module]) -> list[Module]:
    """Without what a tool wrote: the steps of the store's migrations."""
    return [module for module in modules if "migrations.versions" not in module.name]


def functions(modules: Iterable[Module]) -> list[Function]:
    return [function for module in by_hand(modules) for function in module.functions]


def p95(numbers: list[int]) -> float:
    return quantiles(numbers, n=20)[-1]


def too_long(modules: Iterable[Module], most: int) -> dict[str, int]:
    return {module.name: module.lines for module in modules if module.lines > most}


def over(modules: Iterable[Module], measure: Callable[[Function], int], most: int) -> dict[str, int]:
    """Functions beyond a measure, by module and name."""
    told = ((f"{m.name}.{f.name}", measure(f)) for m in by_hand(modules) for f in m.functions)
    return {name: size for name, size in told if size > most}


def test_a_module_is_short_and_its_functions_are():
    assert too_long(SOURCE, 350) == {}
    assert over(SOURCE, length, 60) == {}
    assert over(SOURCE, parameters, 7) == {}


def test_a_test_module_is_short_enough_to_read():
    assert too_long(TESTS, 600) == {}
    assert over(TESTS, length, 90) == {}


def test_most_modules_and_functions_are_small():
    assert median(module.lines for module in SOURCE) <= 120
    lengths = [length(function) for function in functions(SOURCE)]
    assert median(lengths) <= 8
    assert p95(lengths) <= 35
    assert p95([parameters(function) for function in functions(SOURCE)]) <= 4


def test_every_function_tells_its_types():
    silent = [f"{f.name}:{f.lineno}" for f in functions(SOURCE) if f.returns is None]
    assert silent == []


PRINTERS = ("bridge.cli", "bridge.report", "bridge.demo", "bridge.sandbox.command")


def prints(module: Module) -> list[int]:
    calls = (n for n in ast.walk(module.tree) if isinstance(n, ast.Call) and isinstance(n.func, ast.Name))
    return [call.lineno for call in calls if ast.unparse(call.func) == "print"]


def test_nothing_prints_but_the_command_line():
    found = {module.name: prints(module) for module in SOURCE if not module.is_in(*PRINTERS)}
    assert {name: lines for name, lines in found.items() if lines} == {}


UNFINISHED = re.compile(r"#.*\b(?:TODO|FIXME|XXX|HACK)\b|\bNotImplementedError\b")


def test_nothing_is_left_for_later():
    assert {m.name: found for m in SOURCE if (found := UNFINISHED.findall(m.text))} == {}


def test_mocks_are_nearly_never_used():
    uses = sum(len(re.findall(r"\bMock\(|MagicMock|mock\.patch|monkeypatch\.setattr", m.text)) for m in TESTS)
    lines = sum(module.lines for module in TESTS)
    assert uses / lines < 5 / 1000


def test_there_is_about_as_much_test_as_source():
    ratio = sum(module.lines for module in TESTS) / sum(module.lines for module in SOURCE)
    assert 0.9 <= ratio <= 1.9
