"""Imports point one way: connectors talk, mappings translate, the bridge decides."""

from __future__ import annotations

import ast
import subprocess
import sys
from collections.abc import Callable, Iterable
from graphlib import CycleError, TopologicalSorter

import pytest

from tests.source import PACKAGES, ROOT, SOURCE, Module

WORDS = ("bridge.model", "bridge.errors")
PURE = (
    "bridge.again",
    *WORDS,
    "bridge.rollup",
    "bridge.pace",
    "bridge.brake",
    "bridge.cron",
    "bridge.cost",
    "bridge.parking",
    "bridge.stumbling",
    "bridge.plan",
    "bridge.standing",
    "bridge.scope",
    "bridge.facts",
    "bridge.forecast",
    "bridge.hook_form",
    "bridge.metric",
    "bridge.metric_source",
    "bridge.movement",
    "bridge.lost_fields",
    "bridge.notes",
    "bridge.marks",
    "bridge.places",
    "bridge.wishes",
    "bridge.show",
    "bridge.shown",
    "bridge.amendments",
    "bridge.comment",
    "bridge.comment_facts",
    "bridge.wording",
)
TALKS_TO_THE_WORLD = {
    "asyncio",
    "concurrent.futures",
    "http",
    "logging",
    "os",
    "pathlib",
    "random",
    "secrets",
    "shutil",
    "socket",
    "sqlite3",
    "subprocess",
    "sys",
    "tempfile",
    "threading",
    "time",
    "urllib.request",
    "zoneinfo",
}
HOMES = {
    "alembic": ("bridge.store",),
    "atlassian": ("connectors",),
    "apscheduler": ("bridge.daemon",),
    "duckdb": ("bridge.report",),
    "click": ("bridge.cli",),
    "cryptography": ("bridge.daemon",),
    "fastapi": ("bridge.daemon",),
    "jira": ("connectors",),
    "jmespath": ("bridge.config", "bridge.tools"),
    "jwt": ("bridge.daemon", "bridge.sandbox"),
    "keyring": ("bridge.secrets",),
    "prometheus_client": ("bridge.daemon",),
    "pydantic": ("bridge.config", "bridge.okrs", "bridge.plugin"),
    "requests": ("connectors",),
    "resvg_py": ("bridge.charts",),
    "rich": ("bridge.cli", "bridge.report", "bridge.demo", "bridge.people"),
    "sqlalchemy": ("bridge.store", "bridge.exchange"),
    "sqlmodel": ("bridge.store", "bridge.exchange"),
    "starlette": ("bridge.sandbox", "bridge.daemon"),
    "structlog": ("bridge.logs",),
    "uvicorn": ("bridge.sandbox", "bridge.daemon"),
}
WIRING = (
    "bridge.accounts",
    "bridge.app",
    "bridge.connecting",
    "bridge.daemon",
    "bridge.demo",
    "bridge.tools",
)
PROMISES = (
    "connectors.base",
    "connectors.clock",
    "connectors.http",
    "connectors.lacking",
    "connectors.options",
    "connectors.session",
    "mappings.base",
    "mappings.links",
)
RENDERERS = (
    "mappings.adf",
    "mappings.asana_fields",
    "mappings.asana_text",
    "mappings.clickup_fields",
    "mappings.clickup_text",
    "mappings.feishu_fields",
    "mappings.feishu_text",
    "mappings.marked_links",
    "mappings.notion_fields",
    "mappings.notion_text",
    "mappings.redmine_fields",
    "mappings.redmine_text",
    "mappings.trello_fields",
    "mappings.trello_query",
    "mappings.trello_text",
    "mappings.wiki",
)
"""Text for people in a tool's own form: the one translation a connector may ask for itself."""
HEAVY = ("alembic", "apscheduler", "atlassian", "cryptography", "duckdb", "fastapi", "jira", "jwt", "keyring",
         "prometheus_client", "pydantic", "requests", "resvg_py", "rich", "sqlalchemy", "sqlmodel",
         "starlette", "structlog", "uvicorn")  # fmt: skip


def ours(module: Module) -> set[str]:
    return {used for used in module.uses if used.partition(".")[0] in PACKAGES}


def foreign(module: Module) -> set[str]:
    names = {used.partition(".")[0] for used in module.uses}
    return names - {*PACKAGES, "__future__"} - sys.stdlib_module_names


def within(used: str, places: tuple[str, ...]) -> bool:
    return any(used == place or used.startswith(f"{place}.") for place in places)


def chosen(*places: str) -> list[Module]:
    return [module for module in SOURCE if module.is_in(*places)]


def offences(check: Callable[[Module], object], found: Iterable[Module]) -> dict[str, object]:
    """What each module does against a rule, by its name; empty when all keep it."""
    told = {module.name: check(module) for module in found}
    assert told, "no module to look at: has a package been renamed?"
    return {name: wrong for name, wrong in told.items() if wrong}


def beyond(*places: str) -> Callable[[Module], set[str]]:
    """The parts of the project that a module uses outside of these places."""
    return lambda module: {used for used in ours(module) if not within(used, places)}


def test_the_parts_named_here_exist():
    names = {part(module.name) for module in SOURCE}
    later = {"bridge.daemon"}
    assert {name for name in (*PURE, *WIRING) if name not in names} <= later


def test_a_mapping_knows_the_words_of_the_domain_and_nothing_else():
    assert offences(beyond(*WORDS, "mappings"), chosen("mappings")) == {}
    assert offences(foreign, chosen("mappings")) == {}


def test_a_pure_module_knows_pure_modules_only():
    assert offences(beyond(*PURE), chosen(*PURE)) == {}
    assert offences(foreign, chosen(*PURE)) == {}


def test_a_pure_module_has_no_way_into_the_world():
    assert offences(lambda module: module.uses & TALKS_TO_THE_WORLD, chosen(*PURE, "mappings")) == {}


def test_what_was_is_replayed_without_a_way_into_the_world():
    replay = chosen("bridge.replay")
    assert offences(beyond(*PURE, "bridge.replay", "bridge.movement", "mappings.links"), replay) == {}
    assert offences(lambda module: foreign(module) | module.uses & TALKS_TO_THE_WORLD, replay) == {}


def system(name: str) -> str:
    """The tracker that a connector's module speaks to, empty for what all share."""
    second = name.split(".")[1] if "." in name else ""
    alone = second == "memory" or (ROOT / "connectors" / second / "__init__.py").is_file()
    return second if second and alone else ""


def other_systems(module: Module) -> set[str]:
    used = {system(used) for used in ours(module) if used.startswith("connectors.")}
    return used - {"", system(module.name)}


def test_a_connector_knows_the_words_what_all_share_and_itself():
    assert offences(beyond(*WORDS, "connectors", *RENDERERS), chosen("connectors")) == {}
    assert offences(other_systems, chosen("connectors")) == {}


def concrete(module: Module) -> set[str]:
    known = {used for used in ours(module) if used.startswith(("connectors.", "mappings."))}
    return {used for used in known if not within(used, PROMISES)}


def test_concrete_connectors_and_mappings_are_named_where_things_are_wired_and_nowhere_else():
    assert offences(concrete, (m for m in chosen("bridge") if not m.is_in(*WIRING))) == {}


def test_the_store_remembers_and_decides_nothing():
    assert offences(beyond(*WORDS, "bridge.store"), chosen("bridge.store")) == {}


def test_the_embedded_jira_shares_no_code_with_what_is_tried_on_it():
    assert offences(beyond("bridge.sandbox"), chosen("bridge.sandbox")) == {}


def test_nothing_reaches_back_to_the_command_line_or_the_wiring():
    for top in (("bridge.cli", "bridge.__main__"), ("bridge.cli", "bridge.__main__", *WIRING)):
        below = [module for module in SOURCE if not module.is_in(*top)]
        assert offences(lambda m, top=top: {used for used in ours(m) if within(used, top)}, below) == {}


def test_each_library_has_one_home():
    def strays(module: Module) -> set[str]:
        return {name for name in foreign(module) & HOMES.keys() if not module.is_in(*HOMES[name])}

    assert offences(strays, SOURCE) == {}


def test_the_parts_form_no_circle():
    parts: dict[str, set[str]] = {}
    for module in SOURCE:
        here = part(module.name)
        loaded = ours(module) & module.loads
        parts.setdefault(here, set()).update(part(used) for used in loaded)
        parts[here].discard(here)
    try:
        TopologicalSorter(parts).prepare()
    except CycleError as circle:
        pytest.fail(" -> ".join(circle.args[1]))


def part(name: str) -> str:
    return ".".join(name.split(".")[:2])


def test_nothing_is_kept_in_global_variables():
    def lines(module: Module) -> list[int]:
        return [node.lineno for node in ast.walk(module.tree) if isinstance(node, ast.Global)]

    assert offences(lines, SOURCE) == {}


CLOCKS = {"now", "utcnow", "today", "time", "monotonic", "perf_counter"}


def asks_a_clock(module: Module) -> list[int]:
    calls = (
        n for n in ast.walk(module.tree) if isinstance(n, ast.Call) and isinstance(n.func, ast.Attribute)
    )
    return [call.lineno for call in calls if clock(call.func)]


def clock(asked: ast.expr) -> bool:
    match asked:
        case ast.Attribute(value=ast.Name(id="datetime" | "date" | "time"), attr=attr):
            return attr in CLOCKS
        case _:
            return False


def test_a_pure_module_asks_no_clock():
    assert offences(asks_a_clock, chosen(*PURE, "mappings")) == {}


def silent_broad_excepts(module: Module) -> list[int]:
    handlers = (n for n in ast.walk(module.tree) if isinstance(n, ast.ExceptHandler))
    return [handler.lineno for handler in handlers if broad(handler) and not told(handler)]


def broad(handler: ast.ExceptHandler) -> bool:
    kinds = {n.id for n in ast.walk(handler.type) if isinstance(n, ast.Name)} if handler.type else {""}
    return bool(kinds & {"", "Exception", "BaseException"})


def told(handler: ast.ExceptHandler) -> bool:
    body = "\n".join(ast.unparse(statement) for statement in handler.body)
    return ".exception(" in body or "exc_info" in body or "raise" in body


def test_a_broad_except_logs_the_traceback_or_raises_again():
    assert offences(silent_broad_excepts, SOURCE) == {}


@pytest.mark.parametrize("script", ["bridge.cli", "connectors.jira", "connectors.memory", "mappings.links"])
def test_heavy_libraries_are_loaded_late(script):
    code = f"import sys, {script}; print(*sorted(set({HEAVY!r}) & set(sys.modules)))"
    heavy = set(HEAVY) - ({"requests"} if script.startswith("connectors") else set())
    run = subprocess.run([sys.executable, "-c", code], cwd=ROOT, capture_output=True, text=True, check=True)
    assert set(run.stdout.split()) & heavy == set()
