"""The image, made and used without Docker: its steps as a shell does them, in a clean folder, and then the
program as an unprivileged user to whom all but the data is read-only."""

from __future__ import annotations

import json
import os
import shutil
import signal
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path

import pytest

from bridge.sandbox import Sandbox
from tests.deploy import recipe
from tests.source import ROOT

pytestmark = pytest.mark.prove

CONFIG = """\
[bridge]
database = "sqlite:////data/okr-bridge.db"
instance = "image"

[connections.acme]
tool = "jira"
url = "{url}"
email = "{email}"
token = "file:/run/secrets/token"
"""
OKRS = """\
[cycle]
id = "2026-Q4"
start = 2026-10-01
end = 2026-12-31

[[objectives]]
id = "O1"
title = "Customers are at home at once"

[[objectives.key_results]]
id = "KR1"
title = "All live"
links = [{ connection = "acme", keys = ["SHOP-1"] }]
"""
MOVED = ("/opt/okr-bridge", "/src", "/data", "/config", "/run/secrets")


@dataclass
class Image:
    """A tree that stands for the image's own; paths of the Dockerfile are paths in it."""

    tree: Path
    user: list[str] = field(default_factory=list)
    environ: dict[str, str] = field(default_factory=dict)

    def path(self, text: str) -> str:
        for name in MOVED:
            text = text.replace(name, f"{self.tree}{name}")
        return text

    def build(self) -> None:
        work, image = recipe.stages()
        for name in MOVED:
            Path(self.path(name)).mkdir(parents=True, exist_ok=name != "/opt/okr-bridge")
        for name in recipe.sources(work):
            there = Path(self.path("/src")) / name
            copy = shutil.copytree if (ROOT / name).is_dir() else shutil.copy
            copy(ROOT / name, there)
        for step in work:
            if step.name == "RUN":
                self.shell(step.text, recipe.only(work, "WORKDIR").text)
        identity = recipe.only(image, "USER").text.split(":")
        if os.geteuid() == 0:
            Path(self.path("/data")).rmdir()
            [made] = [step for step in image if step.name == "RUN"]
            self.shell(made.text, "/src")
            self.user = ["setpriv", f"--reuid={identity[0]}", f"--regid={identity[1]}", "--clear-groups"]
        given = recipe.environment(image)
        self.environ = {name: self.path(value) for name, value in given.items()}
        self.environ["PATH"] = self.environ["PATH"].replace("$PATH", os.environ["PATH"])

    def shell(self, text: str, folder: str) -> None:
        python = Path(sys.executable).resolve().parent
        environ = {**os.environ, "PATH": f"{self.tree}/bin:{python}:{os.environ['PATH']}"}
        (self.tree / "bin").mkdir(exist_ok=True)
        if not (self.tree / "bin" / "python").exists():
            (self.tree / "bin" / "python").symlink_to(Path(sys.executable).resolve())
        done = subprocess.run(
            ["sh", "-c", self.path(text)],
            cwd=self.path(folder),
            env=environ,
            capture_output=True,
            text=True,
            check=False,
        )
        assert done.returncode == 0, done.stdout + done.stderr

    def command(self, *arguments: str) -> list[str]:
        entry = recipe.only(recipe.stages()[1], "ENTRYPOINT").words
        return [*self.user, *entry, *(self.path(one) for one in arguments)]

    def run(self, *arguments: str) -> str:
        """Stdout of the image's program, which must end well."""
        done = subprocess.run(
            self.command(*arguments),
            cwd=self.path("/data"),
            env=self.environ,
            capture_output=True,
            text=True,
            check=False,
        )
        assert done.returncode == 0, (arguments, done.stdout, done.stderr)
        return done.stdout


@pytest.fixture(scope="module")
def image() -> Iterator[Image]:
    tree = Path(tempfile.mkdtemp(prefix="okr-bridge-image-"))
    tree.chmod(0o755)
    made = Image(tree)
    try:
        made.build()
        yield made
    finally:
        shutil.rmtree(tree)


@pytest.fixture(scope="module")
def sandbox() -> Iterator[Sandbox]:
    with Sandbox() as jira:
        yield jira


def furnish(image: Image, sandbox: Sandbox, more: str = "") -> None:
    config = CONFIG.format(url=sandbox.url, email=sandbox.email) + more
    Path(image.path("/config/okr-bridge.toml")).write_text(image.path(config), encoding="utf-8")
    Path(image.path("/config/okrs.toml")).write_text(OKRS, encoding="utf-8")
    token = Path(image.path("/run/secrets/token"))
    token.write_text(sandbox.token, encoding="utf-8")
    if image.user:
        os.chown(token, 10001, 10001)
    token.chmod(0o400)


def test_the_image_holds_the_pinned_versions_and_nothing_for_development(image: Image):
    python = image.path("/opt/okr-bridge/bin/python")
    listed = subprocess.run(
        [python, "-m", "pip", "--disable-pip-version-check", "freeze"],
        capture_output=True,
        text=True,
        check=True,
    )
    found = {line.lower().replace("_", "-") for line in listed.stdout.splitlines() if "==" in line}
    lock = (ROOT / "requirements.lock").read_text("utf-8").lower()
    pinned = {line.split(" ;")[0] for line in lock.splitlines() if "==" in line and line[0] != " "}
    assert {one for one in found - pinned if one.split("==")[0] not in ("okr-bridge", "setuptools")} == set()
    names = {one.split("==")[0] for one in found}
    assert {"psycopg", "fastapi", "jira"} <= names
    assert not {"pytest", "mypy", "ruff"} & names


def test_the_first_files_are_written_where_the_image_looks_for_them(image: Image):
    folder = Path(image.path("/config"))
    subprocess.run(
        [image.path("/opt/okr-bridge/bin/okr-bridge"), "-c", folder / "okr-bridge.toml", "init", "--yes"],
        check=True,
        capture_output=True,
    )
    assert sorted(path.name for path in folder.iterdir()) == ["okr-bridge.toml", "okrs.toml"]
    assert "okr-bridge" in image.run("--version")


def test_an_unprivileged_user_does_the_whole_job_and_writes_to_the_data_alone(image: Image, sandbox: Sandbox):
    furnish(image, sandbox)
    image.run("fields", "install", "--apply")
    assert '"outcome": "written"' in image.run("sync", "--json")
    assert "KR1" in image.run("status")
    if not image.user:
        pytest.skip("only root can become somebody else")
    owned = {path for path in image.tree.rglob("*") if path.lstat().st_uid == 10001}
    data = Path(image.path("/data"))
    others = {path for path in owned if path != data and data not in path.parents}
    assert others == {Path(image.path("/run/secrets/token"))}
    assert (data / "okr-bridge.db").is_file()


def healthy(image: Image, port: int) -> bool:
    """As Docker would ask."""
    words = recipe.only(recipe.stages()[1], "HEALTHCHECK").words
    command = [*image.user, *(word.replace(":8321/", f":{port}/") for word in words)]
    return not subprocess.run(command, env=image.environ, capture_output=True, check=False).returncode


def test_the_health_check_passes_while_the_daemon_runs_and_fails_afterwards(image: Image, sandbox: Sandbox):
    furnish(image, sandbox, "\n[serve]\nport = 0\n")
    words = recipe.only(recipe.stages()[1], "CMD").words
    process = subprocess.Popen(
        image.command(*words, "--json"),
        cwd=image.path("/data"),
        env=image.environ,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )
    with process as daemon:
        assert daemon.stdout
        try:
            port = int(json.loads(daemon.stdout.readline())["url"].rpartition(":")[2])
            assert healthy(image, port)
        finally:
            daemon.send_signal(getattr(signal, recipe.only(recipe.stages()[1], "STOPSIGNAL").text))
        _, told = daemon.communicate(timeout=90)
    assert daemon.returncode == 0, told
    assert not healthy(image, port)
