from __future__ import annotations

from datetime import date
from pathlib import Path

import pytest

from bridge import config, okrs
from bridge.errors import UsageError
from bridge.lint import Limits, lint
from bridge.starter import Answers, guess_timezone, write_starter

TODAY = date(2026, 11, 21)
ACME = Answers(
    url="https://acme.atlassian.net",
    email="bot@acme.example",
    timezone="Asia/Shanghai",
    language="zh-CN",
    random="4f2a1c",
    today=TODAY,
)


def loaded(folder: Path) -> tuple[config.Settings, okrs.loading.Okrs]:
    settings = config.load(folder / "okr-bridge.toml", {"JIRA_TOKEN": "t"})
    return settings, okrs.load(settings.bridge.okrs, settings.connections)


def jira(settings: config.Settings) -> config.JiraConnection:
    (one,) = settings.connections.values()
    assert isinstance(one, config.JiraConnection)
    return one


def test_what_is_written_loads_and_holds_the_answers(tmp_path):
    assert write_starter(tmp_path, ACME) == [tmp_path / "okr-bridge.toml", tmp_path / "okrs.toml"]
    settings, found = loaded(tmp_path)
    assert (settings.bridge.timezone, settings.bridge.language) == ("Asia/Shanghai", "zh-CN")
    assert settings.bridge.instance == "acme.atlassian.net-4f2a1c"
    assert list(settings.connections) == ["acme"]
    assert (jira(settings).url, jira(settings).email) == (ACME.url, ACME.email)
    assert jira(settings).token.reveal() == "t"
    assert (found.cycle.id, found.cycle.start, found.cycle.end) == (
        "2026-Q4",
        date(2026, 10, 1),
        date(2026, 12, 31),
    )


def test_what_is_written_is_good_practice(tmp_path):
    write_starter(tmp_path, ACME)
    assert lint(loaded(tmp_path)[1], Limits()) == ()


ODD = {
    "a data center without e-mail": Answers(url="https://jira.corp:8443/context/", today=TODAY),
    "an address": Answers(url="http://127.0.0.1:9999", email="x", today=TODAY),
    "the gateway": Answers(url="https://api.atlassian.com/ex/jira/123", email="x", today=TODAY),
    "quotes and signs": Answers(url="https://a.b", email='o"br\\$ien\x7f@x', today=TODAY),
    "a long and odd host": Answers(url=f"https://{'ä' * 80}.example", random="1", today=TODAY),
    "no day told": Answers(url="https://a.b"),
}


@pytest.mark.parametrize("answers", ODD.values(), ids=ODD)
def test_whatever_is_answered_loads(tmp_path, answers):
    write_starter(tmp_path, answers)
    settings, found = loaded(tmp_path)
    assert jira(settings).url == answers.url.rstrip("/")
    assert jira(settings).email == answers.email
    assert len(found.key_results) == 2


QUARTERS = {
    date(2026, 1, 1): ("2026-Q1", date(2026, 1, 1), date(2026, 3, 31)),
    date(2028, 2, 29): ("2028-Q1", date(2028, 1, 1), date(2028, 3, 31)),
    date(2026, 6, 30): ("2026-Q2", date(2026, 4, 1), date(2026, 6, 30)),
    date(2026, 9, 30): ("2026-Q3", date(2026, 7, 1), date(2026, 9, 30)),
    date(2026, 12, 31): ("2026-Q4", date(2026, 10, 1), date(2026, 12, 31)),
}


@pytest.mark.parametrize(("today", "cycle"), QUARTERS.items(), ids=str)
def test_the_cycle_is_the_running_quarter(tmp_path, today, cycle):
    write_starter(tmp_path, Answers(url="https://a.b", today=today))
    found = loaded(tmp_path)[1].cycle
    assert (found.id, found.start, found.end) == cycle


@pytest.mark.parametrize("name", ["okr-bridge.toml", "okrs.toml"])
def test_nothing_is_overwritten_and_nothing_half_written(tmp_path, name):
    (tmp_path / name).write_text("mine")
    with pytest.raises(UsageError, match=f"already has {name}"):
        write_starter(tmp_path, ACME)
    assert [(path.name, path.read_text()) for path in tmp_path.iterdir()] == [(name, "mine")]


def test_a_folder_that_is_not_there_is_made(tmp_path):
    write_starter(tmp_path / "a" / "b", ACME)
    assert loaded(tmp_path / "a" / "b")


def test_a_folder_that_cannot_be_is_told(tmp_path):
    (tmp_path / "file").touch()
    with pytest.raises(UsageError, match="cannot be written to"):
        write_starter(tmp_path / "file" / "x", ACME)


def test_the_time_zone_is_that_of_the_system(tmp_path):
    link = tmp_path / "localtime"
    link.symlink_to("/usr/share/zoneinfo/Europe/Berlin")
    assert guess_timezone({}, link) == "Europe/Berlin"
    assert guess_timezone({"TZ": ":Asia/Tokyo"}, link) == "Asia/Tokyo"
    assert guess_timezone({"TZ": "Mars/Base"}, link) == "Europe/Berlin"
    assert guess_timezone({"TZ": "/etc/passwd"}, tmp_path / "none") == "UTC"
