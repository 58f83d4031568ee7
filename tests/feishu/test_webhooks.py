"""Webhooks on Feishu: the app subscribes to its base, and a person enters the address."""

from __future__ import annotations

import logging

import pytest

from bridge import webhooks
from connectors.feishu.webhooks import MANAGER
from tests.feishu.fake import BASE, SECRET
from tests.feishu.fake_hooks import SubscribedFeishu
from tests.feishu.opened import opened
from tests.hooking import URL, all_told, hooking, installed, outcomes, planned

HERE = f"{URL}/hooks/base"
SECTION = f'tool = "feishu"\nurl = "https://acme.feishu.cn/base/{BASE}"\napp_id = "a"\ntoken = "env:S"'
KEY = "encrypt-key-0123456789"


@pytest.fixture
def feishu():
    return SubscribedFeishu()


@pytest.fixture
def parts(feishu, tmp_path):
    (tmp_path / "key").write_text(KEY)
    return hooking(tmp_path, opened(feishu), f'{SECTION}\nwebhook_secret = "file:key"')


def test_the_base_is_subscribed_to_and_a_second_run_finds_it(feishu, parts):
    report = webhooks.install(parts, "", really=False)
    assert outcomes(report) == [("click", "by hand"), ("create", "planned")]
    for told in (HERE, "file:key", "drive.file.bitable_record_changed_v1", "Encrypt Key"):
        assert told in report.steps[0].detail
    assert not feishu.subscribed
    assert installed(parts) == [("click", "by hand"), ("create", "written")]
    assert feishu.subscribed
    assert planned(parts) == ["found"]
    assert feishu.asked[-1:] == ["GET get_subscribe"]


def test_a_base_that_is_not_subscribed_to_may_be_told_by_a_code(feishu, parts):
    feishu.by_code = True
    assert planned(parts) == ["click", "create"]


def test_an_app_that_does_not_manage_the_base_is_told_in_one_line(feishu, parts):
    feishu.manages = False
    report = webhooks.install(parts, "", really=True)
    assert (report.steps, report.failed, len(report.problems)) == ((), True, 1)
    feishu.manages = True
    wish = webhooks.HookWish(address=HERE, secret=KEY, reference="file:key")
    steps = opened(feishu).plan_hooks(wish)
    feishu.manages = False
    [result] = opened(feishu).apply_hooks(wish, steps)
    assert (result.outcome, result.hint) == ("failed", MANAGER)


def test_a_token_that_has_run_out_is_renewed(feishu, parts):
    installed(parts)
    feishu.tokens.clear()
    assert planned(parts) == ["found"]


def test_the_key_is_shown_nowhere(feishu, parts, caplog):
    caplog.set_level(logging.DEBUG)
    shown = all_told(webhooks.install(parts, "", really=True))
    assert [word for word in (KEY, SECRET) if word in shown + caplog.text] == []


def test_where_the_key_is_made_is_told_first(feishu, tmp_path):
    report = webhooks.install(hooking(tmp_path, opened(feishu), SECTION), "", really=True)
    assert outcomes(report) == [("ask", "by hand")]
    assert "Encrypt Key in the developer console" in report.problems[0].hint
    assert not feishu.subscribed


def test_no_night_asks_anything(feishu, parts):
    assert outcomes(webhooks.refresh(parts)) == []
    assert feishu.exchanges == []
