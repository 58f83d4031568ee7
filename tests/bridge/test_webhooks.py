"""Where webhooks call, what they are filtered by, and that those of apps do not run out overnight."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest

from bridge import webhooks
from bridge.config import load
from bridge.errors import Transient, UsageError
from bridge.model import Outcome
from bridge.okrs import load as load_okrs
from bridge.reading import Connection
from bridge.webhooks import Hooking, base_address, install, projects, refresh
from connectors.base import HookResult, HookStep
from connectors.jira import connect
from tests.connectors.jira.site import Time, make_site, settings

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
links = [{links}]
"""
SELECTORS = {
    "keys": '{ connection = "acme", keys = ["SHOP-1", "GROW-2"] }',
    "project": '{ connection = "acme", project = "SHOP" }',
    "query": '{ connection = "acme", query = "project = SHOP" }',
    "label": '{ connection = "acme", label = "x" }',
}
CONFIG = """
[bridge]
public_url = "{public}"
[connections.acme]
tool = "{tool}"
{more}
"""
JIRA = (
    'url = "https://acme.atlassian.net"\nemail = "a@acme.example"\ntoken = "env:T"\nwebhook_secret = "env:S"'
)


def okrs(folder: Path, *links: str) -> Any:
    text = KR.replace("{links}", ", ".join(SELECTORS[link] for link in links))
    (folder / "okrs.toml").write_text(text, "utf-8")
    return load_okrs((folder / "okrs.toml",), ["acme"])


def configured(
    folder: Path, public: str = "https://okr.example", tool: str = "jira", more: str = JIRA
) -> Any:
    file = folder / "okr-bridge.toml"
    file.write_text(CONFIG.format(public=public, tool=tool, more=more), "utf-8")
    return load(file, {"T": "token", "S": "secret-of-hooks"})


@pytest.mark.parametrize(
    ("links", "known", "expected"),
    [
        (["keys"], [], ("GROW", "SHOP")),
        (["project"], [], ("SHOP",)),
        (["project"], ["SHOP-1", "ELSE-7"], ("ELSE", "SHOP")),
        (["keys", "query"], ["SHOP-1"], ()),
        (["label"], ["SHOP-1"], ()),
    ],
)
def test_the_filter_names_the_projects_that_links_reach(tmp_path, links, known, expected):
    assert projects(okrs(tmp_path, *links), "acme", known) == expected


def test_a_connection_without_links_reaches_nothing(tmp_path):
    assert projects(okrs(tmp_path, "keys"), "other", []) == ()


def test_the_address_is_public_url_unless_another_is_named(tmp_path):
    found = configured(tmp_path)
    assert base_address(found) == "https://okr.example"
    assert base_address(found, "https://other.example/okr/") == "https://other.example/okr"
    assert webhooks.address("https://okr.example", "acme") == "https://okr.example/hooks/acme"


@pytest.mark.parametrize("url", ["nonsense", "https://", "https://a b", "https://a?x=1", "https://u@a"])
def test_what_is_no_web_address_is_refused(tmp_path, url):
    with pytest.raises(UsageError):
        base_address(configured(tmp_path), url)


class System:
    """Stands for a tracker that has webhooks."""

    def __init__(self, *steps: HookStep, error: Exception | None = None) -> None:
        self.steps, self.error, self.applied = steps, error, 0

    def plan_hooks(self, wish):
        if self.error:
            raise self.error
        return self.steps

    def apply_hooks(self, wish, steps):
        self.applied += 1
        return [HookResult(step, "failed", "no", "do") for step in steps if step.doable]

    def refresh_hooks(self, address):
        return [HookResult(step, "done") for step in self.plan_hooks(None)]


def hooking(folder: Path, system: Any, **more: Any) -> Hooking:
    connection = Connection("acme", system, SimpleNamespace())
    return Hooking(configured(folder, **more), okrs(folder, "keys"), lambda _: connection, lambda _: ())


CREATE = HookStep("create", "there", "about", True)


def test_a_plan_applies_nothing_and_a_failed_step_is_a_problem(tmp_path):
    system = System(CREATE, HookStep("ask", "x", "y", False))
    parts = hooking(tmp_path, system)
    plan = install(parts, "", really=False)
    assert [step.outcome for step in plan.steps] == [Outcome.PLANNED.value, "by hand"]
    assert (system.applied, plan.partial, plan.failed) == (0, False, False)
    done = install(parts, "", really=True)
    assert [step.outcome for step in done.steps] == [Outcome.FAILED.value, "by hand"]
    assert [(one.kind, one.hint) for one in done.problems] == [("webhooks", "do")]
    assert not done.failed


def test_a_connection_that_cannot_be_asked_is_a_failure_of_its_own(tmp_path):
    parts = hooking(tmp_path, System(error=Transient("acme", "gone")))
    for report in (install(parts, "", really=True), refresh(parts)):
        assert (report.failed, report.problems[0].message) == (True, "acme: gone")


def test_a_system_without_webhooks_is_passed_over_with_or_without_a_secret(tmp_path):
    parts = hooking(tmp_path, object(), tool="memory", more="")
    assert install(parts, "", really=True).steps == ()
    assert install(parts, "", really=True).problems == ()
    assert refresh(parts).steps == ()


def test_a_secret_that_its_tool_will_bring_keeps_nobody_from_theirs(tmp_path):
    parts = hooking(tmp_path, object(), tool="memory", more='webhook_secret = "file:not-there-yet"')
    assert install(parts, "", really=True).steps == ()


def test_no_night_asks_anything_while_no_address_is_known(tmp_path):
    assert refresh(hooking(tmp_path, System(CREATE), public="")).steps == ()


def test_the_nightly_round_prolongs_an_apps_webhook_and_asks_no_other_site(tmp_path):
    time = Time()
    with make_site("cloud", time) as sandbox:
        by_bearer = replace(settings(sandbox, sandbox.app_url), email="")
        jira = connect(by_bearer, clock=time.clock())
        parts = hooking(tmp_path, jira)
        assert [s.outcome for s in install(parts, "", really=True).steps] == ["written"]
        assert refresh(parts).steps == ()
        time.advance(timedelta(days=16).total_seconds())
        assert [(s.what, s.outcome) for s in refresh(parts).steps] == [("refresh", "written")]
        assert refresh(parts).steps == ()
        jira.close()
        other = connect(settings(sandbox), clock=time.clock())
        other.describe()
        sandbox.jira.requests.clear()
        assert refresh(hooking(tmp_path, other)).steps == ()
        assert sandbox.jira.requests.count() == 0
        other.close()
