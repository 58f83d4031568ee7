"""Webhooks on Notion: what a person enters is told, until the token is there."""

from __future__ import annotations

from types import SimpleNamespace
from typing import Any

import pytest

from bridge import webhooks
from connectors.base import HookInstaller
from connectors.hook_steps import Hooked
from connectors.notion import Notion
from connectors.notion.webhooks import NotionHooks
from tests.hooking import URL, hooking, installed, outcomes, planned

SECTION = f'tool = "notion"\ntoken = "env:S"\ndatabases = ["{"1" * 32}"]'
KEEPING = f'{SECTION}\nwebhook_secret = "file:hook"'


class Subscribed(Hooked, SimpleNamespace):
    """A connector as far as webhooks go."""

    hooks: Any = NotionHooks()


@pytest.fixture
def notion():
    return Subscribed(name="plans")


def test_the_connector_has_it(notion):
    connector = Notion.__new__(Notion)
    assert isinstance(connector, HookInstaller)
    assert isinstance(connector.hooks, NotionHooks)


def test_what_to_enter_is_told_until_the_token_has_come(notion, tmp_path):
    parts = hooking(tmp_path, notion, KEEPING)
    [step] = webhooks.install(parts, "", really=True).steps
    assert (step.what, step.outcome) == ("click", "by hand")
    for told in (f"Webhook URL: {URL}/hooks/plans", "Page: created", "Verify", "file:hook"):
        assert told in step.detail
    (tmp_path / "hook").write_text("secret_0123456789-0123456789")
    assert planned(parts) == ["found"]
    assert installed(parts) == [("found", "kept")]
    assert outcomes(webhooks.refresh(parts)) == []


def test_a_file_is_asked_for_first(notion, tmp_path):
    report = webhooks.install(hooking(tmp_path, notion, SECTION), "", really=True)
    assert outcomes(report) == [("ask", "by hand")]
    assert "file:notion-webhook-secret" in report.problems[0].hint
