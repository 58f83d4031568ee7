"""`webhooks install` over one connection: a configuration and key results in a folder, a system at hand."""

from __future__ import annotations

import json
from pathlib import Path
from types import SimpleNamespace
from typing import Any

from bridge import webhooks
from bridge.config import load
from bridge.okrs import load as load_okrs
from bridge.reading import Connection
from bridge.report.steps import StepsReport
from bridge.webhooks import Hooking

URL = "https://okr.example"
KR = """
[cycle]
id = "2026-Q4"
start = 2026-10-01
end = 2026-12-31
[[objectives]]
id = "O1"
title = "O"
[[objectives.key_results]]
id = "KR1"
title = "K"
links = [{{ connection = "{name}", label = "okr" }}]
"""


def hooking(folder: Path, system: Any, section: str) -> Hooking:
    """`section` is a connection's; secrets are in files below the folder, or `env:S`."""
    name = system.name
    (folder / "okrs.toml").write_text(KR.format(name=name), "utf-8")
    (folder / "okr-bridge.toml").write_text(
        f'[bridge]\npublic_url = "{URL}"\n[connections.{name}]\n{section}\n', "utf-8"
    )
    settings = load(folder / "okr-bridge.toml", {"S": "secret-0123456789-of-hooks"})
    okrs = load_okrs((folder / "okrs.toml",), [name])
    return Hooking(settings, okrs, lambda _: Connection(name, system, SimpleNamespace()), lambda _: ())


def planned(parts: Hooking) -> list[str]:
    return [step.what for step in webhooks.install(parts, "", really=False).steps]


def installed(parts: Hooking) -> list[tuple[str, str]]:
    return outcomes(webhooks.install(parts, "", really=True))


def outcomes(report: StepsReport) -> list[tuple[str, str]]:
    return [(step.what, step.outcome) for step in report.steps]


def all_told(report: StepsReport) -> str:
    """Whatever it shows, in any form."""
    return f"{report!r} {json.dumps(report.as_json())}"
