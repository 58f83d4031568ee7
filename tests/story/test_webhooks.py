"""Webhooks as an operator installs them: planned, made, kept, and explained where the account may not."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime, timedelta

import pytest

from bridge.daemon import jira_hooks
from bridge.sandbox import Sandbox
from bridge.sandbox.hooks import Hook
from tests.bridge.sandbox.sink import sink
from tests.story_desk import Desk, kr

SECRET = "5f3c9a77-never-to-be-seen-0123456789abcdef"
EVENTS = ["jira:issue_created", "jira:issue_updated", "jira:issue_deleted", "comment_deleted"]
ADDRESS = "https://okr.example/hooks/acme"
NAMED = 'webhook_secret = "env:STORY_HOOK"'
ADMIN, NEWER = "/rest/webhooks/1.0/webhook", "/rest/jira-webhook/1.0/webhooks"


class Clock:
    """The site's, moved by hand."""

    def __init__(self) -> None:
        self.at = datetime.now(UTC)

    def __call__(self) -> datetime:
        return self.at


@pytest.fixture
def at(
    seat: list[Desk], tmp_path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> Callable[[Sandbox], Desk]:
    """A desk on a site of its own, with a secret and a link."""
    monkeypatch.setenv("STORY_HOOK", SECRET)

    def sit(sandbox: Sandbox) -> Desk:
        monkeypatch.setenv("STORY_TOKEN", sandbox.token)
        desk = Desk(sandbox, tmp_path, capsys)
        seat.append(desk)
        desk.configure(bridge='public_url = "https://okr.example/"', connection=NAMED)
        desk.okrs(kr("KR1", keys="SHOP-1"))
        return desk

    return sit


def registered(sandbox: Sandbox):
    hooks = sandbox.jira.hooks
    return [*hooks.all(dynamic=False), *hooks.all(dynamic=True)]


def steps(desk: Desk, *arguments: str) -> list[tuple[str, str]]:
    told = desk.json("webhooks", "install", *arguments)
    assert SECRET not in desk.out + desk.err
    assert all(step["connection"] == "acme" for step in told["steps"])
    return [(step["what"], step["outcome"]) for step in told["steps"]]


SITES = {
    "Cloud, an administrator's token": ({}, "/rest/webhooks/"),
    "Data Center 10": ({"deployment": "datacenter"}, "/rest/jira-webhook/"),
}


@pytest.mark.parametrize("site", SITES)
def test_a_webhook_is_planned_then_made_then_kept(at, site):
    options, path = SITES[site]
    with Sandbox(**options) as sandbox:
        desk = at(sandbox)
        assert steps(desk) == [("create", "planned")]
        assert registered(sandbox) == []
        assert desk.run("webhooks", "install") == 0
        assert "nothing was changed; with --apply it is done" in desk.out
        assert steps(desk, "--apply") == [("create", "written")]
        [hook] = registered(sandbox)
        assert (hook.url, list(hook.events), hook.secret) == (ADDRESS, EVENTS, SECRET)
        assert hook.jql == 'project in ("SHOP")'
        sandbox.jira.requests.clear()
        assert steps(desk, "--apply") == [("found", "kept")]
        assert sandbox.jira.requests.writes() == []
        assert any(path in one.path for one in sandbox.jira.requests.all)


@pytest.mark.parametrize("site", SITES)
def test_what_differs_is_put_right_in_the_same_webhook(at, site):
    with Sandbox(**SITES[site][0]) as sandbox:
        desk = at(sandbox)
        desk.run("webhooks", "install", "--apply")
        [made] = registered(sandbox)
        desk.okrs(kr("KR1", keys="GROW-1"))
        assert steps(desk) == [("change", "planned")]
        told = desk.json("webhooks", "install", "--apply", "--url", "https://other.example")["steps"]
        assert "it calls https://okr.example/hooks/acme, another filter" in told[0]["detail"]
        [now] = registered(sandbox)
        assert (now.id, now.url, now.secret) == (made.id, "https://other.example/hooks/acme", SECRET)
        assert now.jql == 'project in ("GROW")'


@pytest.mark.parametrize("site", SITES)
def test_an_unsigned_one_of_the_same_address_is_signed_and_its_twin_goes(at, site):
    with Sandbox(**SITES[site][0]) as sandbox:
        desk = at(sandbox)
        for _ in range(2):
            sandbox.jira.hooks.add(Hook(0, ADDRESS, tuple(EVENTS), 'project in ("SHOP")', "by hand"))
        sandbox.jira.hooks.add(Hook(0, "https://elsewhere.example/", ("jira:issue_created",), "", "other"))
        assert steps(desk, "--apply") == [("change", "written"), ("remove", "written")]
        assert [(hook.url == ADDRESS, bool(hook.secret)) for hook in registered(sandbox)] == [
            (True, True),
            (False, False),
        ]
        assert steps(desk) == [("found", "kept")]


def test_a_changed_secret_is_sent_when_that_is_asked_for(at, monkeypatch):
    with Sandbox() as sandbox:
        desk = at(sandbox)
        desk.run("webhooks", "install", "--apply")
        monkeypatch.setenv("STORY_HOOK", "another-secret-0123456789")
        assert steps(desk) == [("found", "kept")]
        assert steps(desk, "--new-secret", "--apply") == [("change", "written")]
        assert registered(sandbox)[0].secret == "another-secret-0123456789"


@pytest.mark.parametrize("deployment", ["cloud", "datacenter"])
def test_an_account_that_may_not_is_told_what_an_administrator_has_to_enter(at, deployment):
    with Sandbox(deployment) as sandbox:
        sandbox.jira.permissions.forbid("ADMINISTER")
        desk = at(sandbox)
        assert steps(desk, "--apply") == [("click", "by hand")]
        assert desk.run("webhooks", "install", "--apply") == 0
        said = " ".join(desk.out.split())
        for part in (ADDRESS, "env:STORY_HOOK", 'project in ("SHOP")', "System >", "WebHooks",
                     "Issue: created, updated, deleted; Comment: deleted"):  # fmt: skip
            assert part in said
        assert registered(sandbox) == []


def test_data_center_9_cannot_sign_so_nothing_is_made(at):
    with Sandbox("datacenter", version=(9, 12, 5)) as sandbox:
        desk = at(sandbox)
        assert steps(desk, "--apply") == [("ask", "by hand")]
        assert desk.run("webhooks", "install", "--apply") == 0
        assert "Jira 9.12.5 cannot sign webhooks" in desk.out
        assert registered(sandbox) == []


# --- an OAuth app


def by_bearer(desk: Desk) -> None:
    """The same token as an app's: through the gateway, without an e-mail."""
    text = (desk.folder / "okr-bridge.toml").read_text("utf-8")
    text = text.replace(desk.sandbox.url, desk.sandbox.app_url)
    kept = [line for line in text.splitlines() if not line.startswith("email")]
    (desk.folder / "okr-bridge.toml").write_text("\n".join(kept), "utf-8")


def test_an_oauth_app_gets_a_dynamic_webhook_that_is_refreshed_in_time(at):
    clock = Clock()
    with Sandbox(now=clock) as sandbox:
        desk = at(sandbox)
        by_bearer(desk)
        assert steps(desk, "--apply") == [("create", "written")]
        [hook] = registered(sandbox)
        assert (hook.dynamic, hook.url, list(hook.events)) == (True, ADDRESS, EVENTS)
        assert steps(desk, "--apply") == [("found", "kept")]
        clock.at += timedelta(days=20)
        now = ("--now", clock.at.isoformat())
        assert steps(desk, *now) == [("refresh", "planned")]
        assert steps(desk, "--apply", *now) == [("refresh", "written")]
        assert registered(sandbox)[0].expires == sandbox.jira.clock.ms() + 30 * 86_400_000
        assert steps(desk, "--apply", *now) == [("found", "kept")]


def test_an_app_whose_links_reach_anything_names_every_project_it_can_see(at):
    with Sandbox() as sandbox:
        desk = at(sandbox)
        by_bearer(desk)
        desk.okrs(kr("KR1", query="labels = onboarding"))
        desk.run("webhooks", "install", "--apply")
        [hook] = registered(sandbox)
        seen = ", ".join(f'"{key}"' for key in sorted(sandbox.jira.catalog.projects))
        assert hook.jql == f"project in ({seen})"


def test_an_apps_webhook_that_differs_is_made_anew(at):
    with Sandbox() as sandbox:
        desk = at(sandbox)
        by_bearer(desk)
        desk.run("webhooks", "install", "--apply")
        [made] = registered(sandbox)
        assert steps(desk, "--apply", "--url", "https://other.example") == [("change", "written")]
        [now] = registered(sandbox)
        assert (now.id != made.id, now.url) == (True, "https://other.example/hooks/acme")


# --- and then it works


@pytest.mark.parametrize("kind", ["Cloud", "Data Center", "OAuth app"])
def test_what_a_site_sends_to_an_installed_webhook_is_proved_and_names_the_issue(at, kind, monkeypatch):
    with Sandbox("datacenter" if kind == "Data Center" else "cloud") as sandbox, sink() as posted:
        desk = at(sandbox)
        secret = SECRET
        if kind == "OAuth app":
            secret = sandbox.jira.hooks.client_secret
            by_bearer(desk)
            monkeypatch.setenv("STORY_HOOK", secret)
        assert desk.run("webhooks", "install", "--apply", "--url", posted.url.partition("/hooks")[0]) == 0
        issue = sandbox.jira.issue("SHOP-1")
        sandbox.jira.edit(issue.id, {"summary": "Another title, 完成"})
        sandbox.jira.edit("GROW-1", {"summary": "Not ours"})
        assert sandbox.jira.news.courier.settled()
        [post] = posted.posts
        headers = {name.lower(): value for name, value in post.headers.items()}
        assert jira_hooks.claims(headers)
        assert jira_hooks.proves(headers, post.body, secret, datetime.now(UTC))
        assert not jira_hooks.proves(headers, post.body, secret[::-1], datetime.now(UTC))
        assert jira_hooks.items_of(post.body) == (str(issue.id),)


# --- what stands in the way


def test_without_a_secret_it_says_how_to_make_one_and_ends_in_part(at):
    with Sandbox() as sandbox:
        desk = at(sandbox)
        desk.configure(bridge='public_url = "https://okr.example"')
        assert desk.run("webhooks", "install", "--apply") == 3
        assert "openssl rand -hex 32" in desk.out
        assert 'webhook_secret = "env:ACME_WEBHOOK_SECRET"' in desk.out
        assert registered(sandbox) == []


@pytest.mark.parametrize("url", ["", "okr.example", "ftp://okr.example", "https://u:p@okr.example"])
def test_without_an_address_it_is_a_wrong_usage(at, url):
    with Sandbox() as sandbox:
        desk = at(sandbox)
        desk.configure(connection=NAMED)
        assert desk.run("webhooks", "install", *(["--url", url] if url else [])) == 2
        assert "hint:" in desk.err


@pytest.mark.parametrize(
    "url",
    ["http://okr.example", "https://127.0.0.1:8321", "https://10.1.2.3", "https://okr.corp", "https://okr"],
)
def test_cloud_cannot_reach_into_a_house_and_the_plan_says_so(at, url):
    with Sandbox() as sandbox:
        desk = at(sandbox)
        told = desk.json("webhooks", "install", "--url", url)["steps"]
        assert [step["what"] for step in told] == ["ask", "create"]
        assert "public certificate" in told[0]["detail"]


def test_a_server_in_the_same_house_may_call_plainly(at):
    with Sandbox("datacenter") as sandbox:
        assert steps(at(sandbox), "--url", "http://127.0.0.1:8321") == [("create", "planned")]


def test_a_login_that_is_refused_is_a_failure(at, monkeypatch):
    with Sandbox() as sandbox:
        desk = at(sandbox)
        monkeypatch.setenv("STORY_TOKEN", "wrong")
        assert desk.run("webhooks", "install", "--apply") == 1
        assert "renew the token" in desk.out


def test_a_refusal_is_told_with_its_step_and_ends_in_part(at):
    with Sandbox() as sandbox:
        desk = at(sandbox)
        sandbox.faults.on("createWebhook").status(400, f"cannot use {SECRET}")
        told = desk.json("webhooks", "install", "--apply")
        assert [(one["what"], one["outcome"]) for one in told["steps"]] == [("create", "failed")]
        assert "***" in told["problems"][0]["message"]
        assert SECRET not in desk.out + desk.err
        sandbox.faults.on("createWebhook").status(400, "no")
        assert desk.run("webhooks", "install", "--apply") == 3
