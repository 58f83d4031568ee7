"""Draws the picture of the README: what a sync shows, on a fixed quarter and a fixed day.

`make picture` runs it.
"""

from __future__ import annotations

import io
import re
import tempfile
from datetime import UTC, datetime
from decimal import Decimal
from pathlib import Path

from rich.console import Console
from rich.terminal_theme import MONOKAI
from rich.text import Text

from bridge.app import App, clock_at, load_settings
from bridge.sandbox import Sandbox
from bridge.sandbox.okrs import okrs_toml
from bridge.sync import Orders

PICTURE = Path(__file__).with_name("picture.svg")
NOW = datetime(2026, 11, 21, 10, tzinfo=UTC)
WIDTH = 112
CONFIG = """\
[bridge]
instance = "acme"

[connections.acme]
tool = "jira"
url = "{url}"
email = "{email}"
token = "file:token"
"""
REPORTED = {"O1-KR2": Decimal(7), "O3-KR3": Decimal(40), "O5-KR1": Decimal("0.3")}


def main() -> None:
    PICTURE.write_text(drawn(), encoding="utf-8")


def drawn() -> str:
    """The picture as SVG, that asks no other site for anything."""
    out = Console(record=True, width=WIDTH, file=io.StringIO(), force_terminal=True, highlight=False)
    with tempfile.TemporaryDirectory() as folder, Sandbox(now=lambda: NOW) as sandbox:
        _show(Path(folder), sandbox, out)
    svg = out.export_svg(title="okr-bridge", theme=MONOKAI, unique_id="okr-bridge")
    return re.sub(r"@font-face \{.*?\}\s*", "", svg, flags=re.DOTALL)


def _show(folder: Path, sandbox: Sandbox, out: Console) -> None:
    (folder / "token").write_text(sandbox.token, encoding="utf-8")
    (folder / "okr-bridge.toml").write_text(
        CONFIG.format(url=sandbox.url, email=sandbox.email), encoding="utf-8"
    )
    (folder / "okrs.toml").write_text(okrs_toml(sandbox.jira), encoding="utf-8")
    settings = load_settings(folder / "okr-bridge.toml", {}, folder)
    with App.open(settings, clock_at(NOW, settings.bridge.zone)) as app:
        app.fields((), True)
        app.forget_connections()
        for kr, value in REPORTED.items():
            app.checkin(kr, at=None, value=value, by=app.key_result(kr).owner)
        title = app.key_result("O2-KR3").milestones[0].title
        app.checkin("O2-KR3", at=None, milestones=(title,), by="lena@acme.example")
        out.print(Text("$ okr-bridge sync", style="bold"))
        app.sync(Orders()).brief().show(out, app.words)


if __name__ == "__main__":
    main()
