from __future__ import annotations

import copy
import io
import json
import logging
import pickle
import sys
import types
from pathlib import Path

import pytest

from bridge.errors import ConfigError
from bridge.secrets import MaskingFilter as Masking
from bridge.secrets import Secret, mask

VALUE = "s3cr3t/with+odd=signs'"


@pytest.fixture
def secret() -> Secret:
    found = Secret("env:TOKEN", {"TOKEN": VALUE}, place="okr-bridge.toml: connections.acme.token")
    found.reveal()
    return found


SHOWN = {
    "repr": repr,
    "str": str,
    "format": lambda s: f"{s:>40}{s!r}{s}",
    "percent": lambda s: "%s %r" % (s, s),  # noqa: UP031
    "in a container": lambda s: repr([s, {"token": s}]),
    "json with a fallback": lambda s: json.dumps(s, default=str),
}


@pytest.mark.parametrize("show", SHOWN.values(), ids=SHOWN)
def test_a_revealed_secret_is_still_not_shown(secret, show):
    assert VALUE not in show(secret)
    assert "env:TOKEN" in show(secret)


def test_a_secret_goes_into_no_pickle_and_no_plain_json(secret):
    with pytest.raises(TypeError):
        pickle.dumps(secret)
    with pytest.raises(TypeError):
        json.dumps(secret)


def test_a_copy_is_the_same_secret(secret):
    assert copy.copy(secret) is secret
    assert copy.deepcopy({"a": secret})["a"] is secret


def test_equal_references_are_equal_secrets(secret):
    assert secret == secret.at("elsewhere")
    assert len({secret, secret.at("elsewhere")}) == 1
    assert secret != Secret("env:OTHER", {})


def test_a_renewed_token_is_picked_up_and_the_old_one_stays_masked(tmp_path):
    path = tmp_path / "token"
    secret = Secret("file:token", {}, tmp_path)
    for value in ("first-one", "second-one"):
        path.write_text(value + "\n")
        assert secret.reveal() == value
    assert mask("first-one second-one", [secret]) == "*** ***"


@pytest.mark.parametrize("ending", ["", "\n", "\r\n", "\n\n"])
def test_the_line_end_of_a_file_is_no_part_of_the_secret(tmp_path, ending):
    (tmp_path / "token").write_bytes(b"abc " + ending.encode())
    assert Secret("file:token", {}, tmp_path).reveal() == "abc "


REFUSED = {
    "not set": ("env:NONE", "the environment variable NONE is not set"),
    "empty": ("env:EMPTY", "env:EMPTY is empty"),
    "two lines": ("env:LINES", "env:LINES holds line breaks"),
    "no file": ("file:none", "cannot be read: No such file"),
    "a folder": ("file:.", "cannot be read: Is a directory"),
    "no text": ("file:bytes", "cannot be read: not text"),
}


@pytest.mark.parametrize(("reference", "said"), REFUSED.values(), ids=REFUSED)
def test_a_secret_that_cannot_be_had_is_told_with_its_place(tmp_path, reference, said):
    (tmp_path / "bytes").write_bytes(b"\xff\xfe")
    environ = {"EMPTY": "\n", "LINES": "hidden\nvalue"}
    with pytest.raises(ConfigError) as caught:
        Secret(reference, environ, tmp_path, "a.toml: token").reveal()
    assert str(caught.value).startswith("a.toml: token: ")
    assert said in str(caught.value)
    assert "hidden" not in str(caught.value)


@pytest.mark.parametrize("text", ["", "abc", "env:", "env:A-B", "file:", "keyring:service", "ENV:A"])
def test_only_a_reference_makes_a_secret(text):
    with pytest.raises(ValueError, match="reference") as caught:
        Secret(text, {})
    assert not text or text not in str(caught.value).split(": ", 1)[0]


@pytest.mark.parametrize(("mode", "told"), [(0o600, 0), (0o640, 1), (0o604, 1)])
def test_a_file_that_others_may_read_is_told(tmp_path, mode, told):
    path = tmp_path / "token"
    path.write_text("x")
    path.chmod(mode)
    found = Secret("file:token", {}, tmp_path, "place").findings()
    assert len(found) == told
    assert all((f.level, f.where, f.hint) == ("warning", "place", "chmod 600 token") for f in found)


class Locked(Exception):
    """As keyring.errors.KeyringError."""


def keyring_of(monkeypatch, get):
    module, errors = types.ModuleType("keyring"), types.ModuleType("keyring.errors")
    module.get_password, errors.KeyringError, module.errors = get, Locked, errors
    monkeypatch.setitem(sys.modules, "keyring", module)
    monkeypatch.setitem(sys.modules, "keyring.errors", errors)


def test_a_keyring_is_asked_by_service_and_user(monkeypatch):
    keyring_of(monkeypatch, lambda service, user: f"{service}+{user}")
    assert Secret("keyring:jira/bot/x", {}).reveal() == "jira+bot/x"


def test_a_keyring_without_the_entry_is_told(monkeypatch):
    keyring_of(monkeypatch, lambda *_: None)
    with pytest.raises(ConfigError, match=r"has no jira/bot \(keyring set jira bot\)"):
        Secret("keyring:jira/bot", {}).reveal()


def test_a_keyring_that_is_locked_is_told_without_its_words(monkeypatch):
    def get(service, user):
        raise Locked(VALUE)

    keyring_of(monkeypatch, get)
    with pytest.raises(ConfigError, match="the keyring refused: Locked") as caught:
        Secret("keyring:jira/bot", {}).reveal()
    assert VALUE not in str(caught.value)


def test_a_keyring_that_is_not_installed_says_how_to_get_it(monkeypatch):
    monkeypatch.setitem(sys.modules, "keyring", None)
    with pytest.raises(ConfigError, match=r"pip install 'okr-bridge\[keyring\]'"):
        Secret("keyring:jira/bot", {}).reveal()


MASKED = {
    "as it is": f"token={VALUE}",
    "quoted in a URL": "https://x/?t=s3cr3t/with%2Bodd%3Dsigns%27",
    "wholly quoted": "s3cr3t%2Fwith%2Bodd%3Dsigns%27",
    "as a repr": repr({"t": VALUE + '"'}),
    "in a header": "{'Authorization': 'Basic Ym90OnMzY3IzdA=='}",
    "in a bearer": "authorization: Bearer s3cr3t-other",
    "in a database address": "postgresql://okr:s3cr3t@db/okr",
}


@pytest.mark.parametrize("text", MASKED.values(), ids=MASKED)
def test_no_form_of_a_secret_stays_in_a_text(secret, text):
    found = mask(text, [secret])
    assert "s3cr3t" not in found
    assert "Ym90" not in found
    assert "***" in found


def test_a_text_without_secrets_is_left_alone(secret):
    text = "acme: GET https://acme.atlassian.net/rest answered 401: basic authentication needs an email"
    assert mask(text, [secret, ""]) == text


def test_a_longer_secret_is_masked_whole_though_it_holds_a_shorter_one():
    assert mask("abcdef abc", ["abc", "abcdef"]) == "*** ***"


@pytest.fixture
def log(secret):
    stream = io.StringIO()
    handler = logging.StreamHandler(stream)
    handler.setFormatter(logging.Formatter("%(message)s %(extra)s", defaults={"extra": ""}))
    handler.addFilter(Masking(lambda: [secret]))
    logger = logging.getLogger("tests.secrets.child")
    logger.parent.addHandler(handler)
    logger.parent.propagate = False
    yield logger, stream
    logger.parent.removeHandler(handler)
    logger.parent.propagate = True


class Carrier:
    def __repr__(self) -> str:
        return f"Carrier({VALUE})"


def test_logs_hold_no_secret_in_message_arguments_or_extras(log):
    logger, stream = log
    logger.warning("token %s", VALUE)
    logger.warning("token " + VALUE, extra={"extra": {"headers": [VALUE, (VALUE,)]}})  # noqa: G003
    logger.warning("%r", Carrier())
    logger.warning("%(t)s", {"t": VALUE})
    assert "s3cr3t" not in stream.getvalue()
    assert stream.getvalue().count("***") == 6


def test_logs_hold_no_secret_in_tracebacks_causes_included(log):
    logger, stream = log
    try:
        try:
            raise ValueError(VALUE)
        except ValueError as cause:
            raise RuntimeError("outer " + VALUE) from cause
    except RuntimeError:
        logger.exception("failed", stack_info=True)
    assert "s3cr3t" not in stream.getvalue()
    assert "RuntimeError: outer ***" in stream.getvalue()
    assert "ValueError: ***" in stream.getvalue()


def test_no_other_handler_can_render_the_traceback_anew(secret):
    try:
        raise ValueError(VALUE)
    except ValueError:
        record = logging.LogRecord("n", logging.ERROR, "p", 1, "m", None, sys.exc_info())
    assert Masking(lambda: [secret]).filter(record)
    assert record.exc_info is None
    assert "s3cr3t" not in repr(vars(record))


def test_a_log_line_with_wrong_arguments_is_masked_and_kept(log):
    logger, stream = log
    logger.warning("%d of", VALUE)
    assert "s3cr3t" not in stream.getvalue()
    assert "%d of" in stream.getvalue()


def test_the_file_of_a_reference_counts_from_its_folder():
    assert Secret("file:sub/token", {}, Path("/etc/okr")).file == Path("/etc/okr/sub/token")
    assert Secret("file:/run/token", {}, Path("/etc/okr")).file == Path("/run/token")
    assert Secret("env:X", {}).file is None


def test_the_path_of_a_file_may_begin_with_a_variable():
    environ = {"CREDENTIALS_DIRECTORY": "/run/credentials/x", "EMPTY": ""}
    there = Secret("file:$CREDENTIALS_DIRECTORY/token", environ, Path("/etc/okr"))
    assert there.file == Path("/run/credentials/x/token")
    assert Secret("file:$GONE/token", environ, Path("/etc/okr")).file == Path("/etc/okr/$GONE/token")
    assert Secret("file:a/$CREDENTIALS_DIRECTORY/b", environ, Path("/e")).file == Path(
        "/e/a/$CREDENTIALS_DIRECTORY/b"
    )


def test_a_part_has_a_file_beside_and_is_kept_out_of_logs_with_the_whole(tmp_path):
    (tmp_path / "hook.500").write_text("of-the-part\n")
    whole = Secret("file:hook", {}, tmp_path, "connections.asana.webhook_secret")
    part = whole.part("500")
    assert part is not None
    assert (part.reference, part.place, part.reveal()) == ("file:hook.500", whole.place, "of-the-part")
    assert whole.seen == ("of-the-part",)
    assert Secret("env:S", {"S": "x"}).part("500") is None
