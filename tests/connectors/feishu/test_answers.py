"""Feishu's codes as plain HTTP, and what is no answer of Feishu's at all."""

from __future__ import annotations

import logging

import pytest
from requests import Request, Response
from requests.exceptions import ChunkedEncodingError
from urllib3.exceptions import ProtocolError

from bridge.errors import AccessDenied, Rejected, Transient, UnexpectedAnswer
from bridge.model import Project
from connectors.feishu.answers import code_of, meaning, translate
from tests.feishu.fake import SECRET, WORK, FakeFeishu, told, wrong
from tests.feishu.opened import opened

LOGIN = "https://open.feishu.cn/open-apis/auth/v3/tenant_access_token/internal"
MEANINGS = {
    "a limit, the old way": (400, 99991400, "", 429),
    "a limit, the new way": (429, 99991400, "", 429),
    "two writes at once": (200, 1254291, "", 429),
    "a stale token, whatever the status": (401, 99991663, "", 400),
    "a wrong secret": (200, 10014, LOGIN, 401),
    "a limit at the login": (200, 99991400, LOGIN, 429),
    "trouble at the login": (503, 10999, LOGIN, 503),
    "no right": (200, 1254302, "", 403),
    "no record": (200, 1254043, "", 404),
    "the table is full": (200, 1254103, "", 413),
    "took too long": (200, 1255040, "", 504),
    "unheard of": (200, 7, "", 400),
    "unheard of, with a status": (503, 7, "", 503),
}


@pytest.mark.parametrize(("status", "code", "path", "wanted"), MEANINGS.values(), ids=MEANINGS)
def test_a_code_is_the_status_that_it_stands_for(status, code, path, wanted):
    assert meaning(status, code, path) == wanted


def test_the_code_is_found_in_an_errors_words():
    assert code_of("base: POST x/records/search answered 400: 99991663 Invalid access token") == 99991663
    assert code_of("base: GET x answered 404") == 0


@pytest.fixture
def fake():
    made = FakeFeishu()
    made.make("Work")
    return made


@pytest.fixture
def feishu(fake):
    connector = opened(fake)
    connector.describe()
    return connector


NONE = {
    "a login page": (200, {"Content-Type": "text/html"}, b"<html>sign in</html>"),
    "broken JSON": (200, {}, b'{"code": 0, "data": {"items'),
    "a list": told([]),
    "another program's answer": told({"code": "0", "data": {"items": [], "has_more": False}}),
}


@pytest.mark.parametrize("answer", NONE.values(), ids=NONE)
def test_what_feishu_never_said_is_no_answer(fake, feishu, answer):
    fake.faults = [answer]
    with pytest.raises(UnexpectedAnswer):
        feishu.identities(Project(WORK))


def test_a_call_that_breaks_off_is_made_again(fake, feishu):
    heard, broken = fake.heard, [1]

    def breaking(*arguments):
        if broken:
            broken.pop()
            raise ChunkedEncodingError("cut")
        return heard(*arguments)

    fake.heard = breaking
    assert len(feishu.identities(Project(WORK))) == 1


class Cut:
    """A body that ends in the midst."""

    def stream(self, *_: object, **__: object):
        yield b'{"code"'
        raise ProtocolError("cut")


def response(status):
    made = Response()
    made.status_code, made.raw, made.request = status, Cut(), Request("GET", "https://x.example").prepare()
    return made


def test_a_good_answer_that_breaks_off_is_none_and_a_refusal_keeps_its_status():
    with pytest.raises(ChunkedEncodingError):
        translate(response(200))
    refused = translate(response(503))
    assert (refused.status_code, refused.content) == (503, b"")


def test_trouble_that_stays_is_transient(fake, feishu):
    fake.faults = [wrong(1255001, "InternalError", 500)] * 10
    with pytest.raises(Transient, match="1255001 InternalError"):
        feishu.identities(Project(WORK))


def test_neither_secret_nor_token_is_told_or_logged(fake, feishu, caplog):
    caplog.set_level(logging.DEBUG)
    token = next(iter(fake.tokens))
    fake.faults = [wrong(1254000, f"WrongRequestJson {SECRET} Bearer {token}")]
    with pytest.raises(Rejected) as error:
        feishu.identities(Project(WORK))
    fake.shut = True
    with pytest.raises(AccessDenied) as denied:
        feishu.login()
    told = f"{error.value} {error.value.hint} {denied.value} {caplog.text} {feishu.settings!r}"
    assert "WrongRequestJson *** Bearer ***" in told
    assert SECRET not in told
    assert token not in told
