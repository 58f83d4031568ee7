"""Runs the commands of the documents on the embedded Jira, and puts their real output below them.

In every ```console block the lines after `$ ` are run, each in a page's own folder; what they printed
replaces what stood there. `<!-- file NAME -->` writes the next block to a file, `<!-- run ... -->` runs
without showing, `<!-- sandbox OPTIONS -->` chooses the Jira, or the Trello. What differs by chance alone
(seconds, numbers of requests) stays as it stood. `make docs` runs it; needs curl and jq.
"""

from __future__ import annotations

import json
import os
import re
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

DOCS = Path(__file__).parent
NOW = "2026-11-21T10:00+00:00"
PORT = "8300"
SHOWN_AS = "/home/ops/okr"
PRELUDE = f"""\
okr-bridge() {{ "{sys.executable}" -m bridge --now {NOW} "$@"; }}
example() {{ "{sys.executable}" "{DOCS / "example.py"}"; }}
"""
BY_CHANCE = re.compile(
    r"\d+\.\d s\b|(?<=:\d\d)\.\d+|(?<=\"seconds\":)\s*[\d.]+|\w+ \d+(?= · )|\d{6,}|acme\": ?\d+"
)
"""Durations, fractions of seconds, requests made, ids of comments."""
PIECE = re.compile(
    r"<!-- file (?P<file>\S+) -->\n+```\w*\n(?P<text>.*?)```"
    r"|<!-- run\n(?P<hidden>.*?)-->"
    r"|```console\n(?P<console>.*?)```",
    re.DOTALL,
)


@dataclass(frozen=True, slots=True)
class Desk:
    folder: Path
    environ: dict[str, str]

    def run(self, command: str) -> str:
        done = subprocess.run(
            ["bash", "-c", PRELUDE + command],
            cwd=self.folder,
            env=self.environ,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
            check=False,
        )
        if "Traceback (most recent call last)" in done.stdout:
            raise SystemExit(f"{command}\n{done.stdout}")
        return done.stdout.replace(str(self.folder), SHOWN_AS)


def main(names: list[str]) -> None:
    pages = [Path(name).resolve() for name in names] or [
        page
        for page in [DOCS.parent / "README.md", *sorted(DOCS.rglob("*.md"))]
        if "```console" in page.read_text()
    ]
    for page in pages:
        page.write_text(recorded(page.read_text("utf-8")), encoding="utf-8")


def recorded(text: str) -> str:
    """The page with every output as it is now."""
    chosen = re.search(r"<!-- sandbox (.*) -->", text)
    with _desk(chosen[1].split() if chosen else []) as desk:
        return PIECE.sub(lambda match: _piece(match, desk), text)


def _piece(match: re.Match[str], desk: Desk) -> str:
    if match["file"]:
        (desk.folder / match["file"]).write_text(match["text"], encoding="utf-8")
    elif match["hidden"]:
        output = desk.run("set -e\n" + match["hidden"])
        sys.stderr.write(output)
    else:
        now = "".join(_lines(match["console"], desk))
        same = BY_CHANCE.sub("", now) == BY_CHANCE.sub("", match["console"])
        return match[0] if same else f"```console\n{now}```"
    return match[0]


def _lines(block: str, desk: Desk) -> Iterator[str]:
    for command in re.findall(r"^\$ ((?:.*\\\n)*.*)\n", block, re.MULTILINE):
        output = desk.run(command)
        yield f"$ {command}\n" + "".join(f"{line.rstrip()}\n" for line in output.splitlines())


@contextmanager
def _desk(options: list[str]) -> Iterator[Desk]:
    """A folder, and an embedded Jira at the address that the pages name."""
    command = [sys.executable, "-m", "bridge", "--now", NOW, "sandbox", "--port", PORT, *options]
    with (
        tempfile.TemporaryDirectory() as folder,
        subprocess.Popen(command, stdout=subprocess.PIPE, cwd=folder) as jira,
    ):
        assert jira.stdout is not None
        try:
            ready = json.loads(jira.stdout.readline())
            login = {"JIRA_TOKEN": ready["token"], "TRELLO_TOKEN": ready["token"]}
            environ = {**os.environ, **login, "TRELLO_KEY": ready.get("key", ""), "COLUMNS": "100"}
            yield Desk(Path(folder), environ)
        finally:
            jira.terminate()


if __name__ == "__main__":
    main(sys.argv[1:])
