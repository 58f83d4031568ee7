"""Webhooks of Redmine 7, by its source: their page tells whether a site has them, and people make them."""

from __future__ import annotations

import pytest

from bridge import webhooks
from bridge.errors import Transient
from connectors.http import Clock
from connectors.redmine import RedmineSettings, connect
from connectors.session import plain_session
from tests.connectors.clock import START
from tests.connectors.stage import Stage
from tests.hooking import URL, hooking, installed, outcomes, planned

SITE = "https://redmine.example/tracker"
SECTION = f'tool = "redmine"\nurl = "{SITE}"\ntoken = "env:S"\nwebhook_secret = "env:S"'


def answering(status, headers=(), body=b""):
    """A site that answers so whatever is asked."""
    asked = []

    def play(request):
        asked.append((request.method, request.url))
        return status, dict(headers), body

    session = plain_session("rm", SITE)
    session.mount(SITE, Stage(play))
    clock = Clock(lambda: START, lambda: 0.0, lambda _: None, lambda: 0.5)
    settings = RedmineSettings(name="rm", url=SITE, token="key-0123456789", tries=1)
    return connect(settings, session, clock=clock), asked


LOGIN = {"Location": f"{SITE}/login?back_url=x"}
PAGES = {
    "sends on to the login": (302, LOGIN, b"", "click"),
    "asks for a login": (401, {}, b"", "click"),
    "is switched off": (403, {}, b"", "click"),
    "shows itself": (200, {"Content-Type": "text/html"}, b"<html>", "click"),
    "does not exist, as before 7": (404, {}, b"", "ask"),
}


@pytest.mark.parametrize(("status", "headers", "body", "expected"), PAGES.values(), ids=PAGES)
def test_whether_a_site_has_them_is_seen_by_their_page(status, headers, body, expected, tmp_path):
    redmine, asked = answering(status, headers, body)
    parts = hooking(tmp_path, redmine, SECTION)
    assert planned(parts) == [expected]
    assert asked == [("GET", f"{SITE}/webhooks")]
    assert outcomes(webhooks.refresh(parts)) == []
    assert len(asked) == 1


def test_what_to_enter_is_told_without_the_secret(tmp_path):
    redmine, _ = answering(302, LOGIN)
    report = webhooks.install(hooking(tmp_path, redmine, SECTION), "", really=True)
    assert outcomes(report) == [("click", "by hand")]
    for told in (f"URL: {URL}/hooks/rm", "Secret: the value of env:S", "Issues: created, updated, deleted"):
        assert told in report.steps[0].detail
    assert "secret-0123456789" not in repr(report)


def test_a_version_without_them_says_so_plainly(tmp_path):
    redmine, _ = answering(404)
    [step] = webhooks.install(hooking(tmp_path, redmine, SECTION), "", really=True).steps
    assert "this version of Redmine has no webhooks" in step.detail


def test_a_site_that_is_down_is_no_version_without_them(tmp_path):
    redmine, _ = answering(503)
    with pytest.raises(Transient):
        redmine.plan_hooks(webhooks.HookWish(address=URL))
    assert installed(hooking(tmp_path, redmine, SECTION)) == []
