"""Secrets of webhooks: what is known of them, what is missing, and what is kept of those that come along."""

from __future__ import annotations

from pathlib import Path

import pytest

from bridge.errors import ConfigError
from bridge.hook_secrets import by_part, kept, known, missing, source_of
from bridge.secrets import Secret
from connectors.base import HookResult, HookSecret, HookStep

MADE_UP, BROUGHT = HookSecret("make one"), HookSecret("it comes", brought=True)
PARTED = HookSecret("it comes", brought=True, parts=("b", "a"))
VALUE = "0123456789-0123456789"


def secret(folder: Path, reference: str = "file:hook") -> Secret:
    return Secret(reference, {"S": VALUE}, folder)


def test_a_secret_that_will_be_brought_may_be_missing_and_no_other(tmp_path):
    assert known(None, MADE_UP) == ""
    assert known(secret(tmp_path), BROUGHT) == ""
    for source, reference in ((MADE_UP, "file:hook"), (BROUGHT, "env:MISSING")):
        with pytest.raises(ConfigError):
            known(secret(tmp_path, reference), source)
    (tmp_path / "hook").write_text(f"{VALUE}\n")
    assert known(secret(tmp_path), BROUGHT) == known(secret(tmp_path), MADE_UP) == VALUE


def test_each_part_has_a_file_of_its_own(tmp_path):
    (tmp_path / "hook.b").write_text(VALUE)
    assert by_part(secret(tmp_path), PARTED) == {"a": "", "b": VALUE}
    assert by_part(secret(tmp_path, "env:S"), PARTED) == {"a": "", "b": ""}
    assert by_part(None, PARTED) == {}


@pytest.mark.parametrize(
    ("reference", "source", "held", "expected"),
    [
        ("", MADE_UP, "", True),
        ("", BROUGHT, "", True),
        ("file:hook", BROUGHT, "", False),
        ("env:S", BROUGHT, VALUE, False),
        ("env:S", MADE_UP, VALUE, False),
        ("env:S", PARTED, VALUE, True),
        ("file:hook", PARTED, "", False),
    ],
)
def test_what_a_person_must_do_first(reference, source, held, expected, tmp_path):
    given = secret(tmp_path, reference) if reference else None
    assert missing(given, source, held) is expected


def result(part: str = "") -> HookResult:
    return HookResult(HookStep("create", "there", "about", True, part=part), "done", secret=VALUE)


def test_what_came_along_is_kept_once_and_in_no_result(tmp_path):
    for _ in "12":
        [done] = kept("it", secret(tmp_path), [result("a")])
        assert (done.outcome, done.secret) == ("done", "")
    assert [file.name for file in tmp_path.iterdir()] == ["hook.a"]
    assert VALUE not in repr(result())


@pytest.mark.parametrize("reference", ["file:hook", "env:OTHER"])
def test_another_one_is_never_replaced(reference, tmp_path):
    (tmp_path / "hook").write_text("another-0123456789")
    given = Secret(reference, {"OTHER": "another-0123456789"}, tmp_path)
    [failed] = kept("it", given, [result()])
    assert (failed.outcome, failed.secret) == ("failed", "")
    assert reference in failed.message
    assert (tmp_path / "hook").read_text() == "another-0123456789"


def test_one_that_is_kept_in_the_environment_already_is_well(tmp_path):
    assert [one.outcome for one in kept("it", secret(tmp_path, "env:S"), [result()])] == ["done"]


def test_who_says_nothing_is_told_to_make_one_up():
    told = source_of("acme-1", object())
    assert (told.brought, "ACME_1_WEBHOOK_SECRET" in told.hint) == (False, True)
