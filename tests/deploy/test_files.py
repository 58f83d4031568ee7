"""What the files for deploying name is there: commands, options, paths, ports, figures."""

from __future__ import annotations

import re
import shutil
import subprocess
import sys
import tomllib
from pathlib import Path
from typing import Any

import pytest
import yaml

from bridge.cli import cli
from bridge.config import VARIABLE, ServeSettings
from bridge.daemon import web
from bridge.secrets import is_reference
from tests.deploy import recipe
from tests.source import ROOT

DEPLOY = ROOT / "deploy"
PROJECT = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))
BUILD, IMAGE = recipe.stages()
PORT = ServeSettings().port
GUIDE = "\n".join(page.read_text("utf-8") for page in sorted((ROOT / "docs" / "operate").glob("*.md")))


def compose() -> Any:
    return yaml.safe_load((DEPLOY / "compose.yaml").read_text("utf-8"))


def unit() -> dict[str, dict[str, list[str]]]:
    """A unit's sections; options that stand more than once, all of them."""
    sections: dict[str, dict[str, list[str]]] = {}
    for line in (DEPLOY / "systemd" / "okr-bridge.service").read_text("utf-8").splitlines():
        if line.startswith("["):
            section = sections.setdefault(line.strip("[]"), {})
        elif line and not line.startswith("#"):
            name, _, value = line.partition("=")
            section.setdefault(name, []).append(value)
    return sections


SERVICE = unit()["Service"]


def test_the_image_is_built_from_what_the_project_says():
    packages = {name.rstrip("*") for name in PROJECT["tool"]["setuptools"]["packages"]["find"]["include"]}
    copied = recipe.sources(BUILD)
    assert packages <= set(copied)
    assert {name for name in copied if not (ROOT / name).exists()} == set()
    ignored = (DEPLOY / "Dockerfile.dockerignore").read_text("utf-8").splitlines()
    assert ignored[0] == "*"
    assert {line[1:] for line in ignored if line.startswith("!")} == set(copied)
    extras = re.search(r'"\.\[(.+?)\]"', (DEPLOY / "Dockerfile").read_text("utf-8"))
    assert extras
    assert extras[1] in PROJECT["project"]["optional-dependencies"]


def test_the_image_stands_on_a_python_that_the_project_knows():
    bases = {step.words[0] for step in (BUILD[0], IMAGE[0])}
    assert len(bases) == 1
    version = re.fullmatch(r"python:(3\.\d+)-slim", bases.pop())
    assert version
    assert f"Programming Language :: Python :: {version[1]}" in PROJECT["project"]["classifiers"]


def test_the_image_runs_the_daemon_as_nobody_in_particular():
    user = recipe.only(IMAGE, "USER").text
    assert re.fullmatch(r"[1-9]\d+:[1-9]\d+", user)
    assert recipe.only(IMAGE, "ENTRYPOINT").words[0] in PROJECT["project"]["scripts"]
    assert recipe.only(IMAGE, "CMD").words[0] in cli.commands
    assert recipe.only(IMAGE, "EXPOSE").text == str(PORT)
    assert recipe.only(IMAGE, "STOPSIGNAL").text == "SIGTERM"
    assert VARIABLE in recipe.environment(IMAGE)
    owned = next(step for step in IMAGE if step.name == "RUN").words
    assert owned[-1] == recipe.only(IMAGE, "WORKDIR").text == recipe.only(IMAGE, "VOLUME").words[0]
    assert f"-o {user.split(':')[0]}" in " ".join(owned)


def test_the_health_check_asks_what_the_daemon_answers():
    asked = re.search(r"http://127\.0\.0\.1:(\d+)(/\w+)", recipe.only(IMAGE, "HEALTHCHECK").text)
    assert asked
    assert int(asked[1]) == PORT
    assert f'"{asked[2]}"' in Path(web.__file__).read_text("utf-8")


def test_compose_publishes_the_bridge_here_and_the_database_nowhere():
    services = compose()["services"]
    assert services["bridge"]["ports"] == [f"127.0.0.1:{PORT}:{PORT}"]
    assert "ports" not in services["database"]
    assert services["bridge"]["read_only"] is True
    assert services["bridge"]["command"][0] in cli.commands
    assert services["bridge"]["depends_on"]["database"]["condition"] == "service_healthy"
    assert services["database"]["healthcheck"]["test"][1] == "pg_isready"


def test_compose_names_what_is_there_or_what_the_guide_says_to_make():
    whole = compose()
    assert (DEPLOY / whole["services"]["bridge"]["build"]["dockerfile"]).parent.name == "deploy"
    assert (ROOT / whole["services"]["bridge"]["build"]["dockerfile"]).is_file()
    used = {name for service in whole["services"].values() for name in service["secrets"]}
    assert used == whole["secrets"].keys()
    mounted = {volume.partition(":")[0] for one in whole["services"].values() for volume in one["volumes"]}
    assert {name for name in mounted if not name.startswith(".")} == whole["volumes"].keys()
    for name in (*(secret["file"] for secret in whole["secrets"].values()), "bridge.env", "config/"):
        assert name in GUIDE
    inside = {volume.split(":")[1] for volume in whole["services"]["bridge"]["volumes"]}
    assert str(Path(recipe.environment(IMAGE)[VARIABLE]).parent) in inside


def test_no_secret_stands_in_a_file_for_deploying():
    for path in DEPLOY.rglob("*"):
        if path.is_file():
            text = path.read_text("utf-8")
            assert not re.search(
                r"(?i)(password|token|secret)\s*[=:]\s*[\"']?(?!PASSWORD\b)[a-z0-9]{8}", text
            )


def test_the_unit_starts_the_daemon_and_reloads_it_by_a_signal():
    program, command = SERVICE["ExecStart"][0].split()
    assert Path(program).name in PROJECT["project"]["scripts"]
    assert command in cli.commands
    assert SERVICE["ExecReload"] == ["/bin/kill -HUP $MAINPID"]
    assert any(word.startswith(f"{VARIABLE}=") for word in SERVICE["Environment"][0].split())
    assert int(SERVICE["TimeoutStopSec"][0]) >= 60


def test_the_unit_keeps_itself_small():
    for option in ("DynamicUser", "NoNewPrivileges", "PrivateTmp", "PrivateDevices", "ProtectHome"):
        assert SERVICE[option] == ["yes"]
    assert SERVICE["ProtectSystem"] == ["strict"]
    assert SERVICE["CapabilityBoundingSet"] == [""]
    assert "WatchdogSec" not in SERVICE


def test_the_guide_tells_of_every_path_of_the_unit():
    named = [SERVICE["EnvironmentFile"][0].lstrip("-"), SERVICE["LoadCredential"][0].partition(":")[2]]
    named += [SERVICE["ExecStart"][0].split()[0], SERVICE["WorkingDirectory"][0]]
    assert {path for path in named if path not in GUIDE} == set()
    reference = f"file:$CREDENTIALS_DIRECTORY/{SERVICE['LoadCredential'][0].partition(':')[0]}"
    assert is_reference(reference)
    assert reference in GUIDE


def analyze(*arguments: str) -> subprocess.CompletedProcess[str]:
    program = shutil.which("systemd-analyze")
    if program is None:
        pytest.skip("systemd is not installed (Debian: apt-get install systemd)")
    return subprocess.run([program, *arguments], capture_output=True, text=True, check=False)


@pytest.fixture
def placed(tmp_path: Path) -> str:
    """The unit with a program that is there."""
    text = (DEPLOY / "systemd" / "okr-bridge.service").read_text("utf-8")
    path = tmp_path / "okr-bridge.service"
    path.write_text(text.replace("/opt/okr-bridge/bin/okr-bridge", sys.executable), encoding="utf-8")
    return str(path)


def test_systemd_takes_the_unit_without_a_word(placed: str):
    done = analyze("verify", placed)
    assert (done.returncode, done.stdout, done.stderr) == (0, "", "")


def test_systemd_finds_little_that_the_unit_exposes(placed: str):
    done = analyze("security", "--offline=true", "--no-pager", placed)
    told = re.search(r"exposure level for \S+: ([\d.]+)", done.stdout)
    assert told
    assert float(told[1]) <= 1.7
    version = analyze("--version").stdout.split()[1]
    said = re.search(r"`systemd-analyze security` gives it ([\d.]+) of 10 \(systemd (\d+)\)", GUIDE)
    assert said
    assert said[1] == told[1] or said[2] != version


def alerts() -> list[dict[str, Any]]:
    groups = yaml.safe_load((DEPLOY / "prometheus" / "alerts.yaml").read_text("utf-8"))["groups"]
    return [rule for group in groups for rule in group["rules"]]


def test_alarms_are_few_and_of_figures_that_there_are():
    figures = (ROOT / "docs" / "reference" / "metrics.md").read_text("utf-8")
    used = {name for rule in alerts() for name in re.findall(r"okr_bridge_\w+", rule["expr"])}
    assert 3 <= len(alerts()) <= 6
    assert {name for name in used if f"| `{name}` |" not in figures} == set()


def test_the_guide_counts_the_alarms():
    count = ("three", "four", "five", "six")[len(alerts()) - 3]
    assert f"[{count} alarms](#alarms)" in GUIDE


def test_the_guide_says_what_to_do_about_every_alarm():
    assert {rule["alert"] for rule in alerts() if f"`{rule['alert']}`" not in GUIDE} == set()
