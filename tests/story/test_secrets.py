"""A planted token and a planted password are nowhere to be found, whatever goes wrong."""

from __future__ import annotations

import pytest

from bridge.sandbox.faults import Faults
from tests.story_desk import Desk, kr

TOKEN = "planted-t0ken/+=&%41"
PASSWORD = "planted-passw0rd/+=&%41"


def clean(desk: Desk, *more: str) -> None:
    told = "\n".join([desk.out, desk.err, *more])
    assert "planted" not in told
    assert "Traceback" not in desk.err


@pytest.fixture
def guarded(cloud_desk: Desk, monkeypatch: pytest.MonkeyPatch) -> Desk:
    monkeypatch.setenv("STORY_TOKEN", TOKEN)
    cloud_desk.okrs(kr("KR1", keys="SHOP-1"))
    return cloud_desk


COMMANDS = (
    ["check"],
    ["plan"],
    ["sync"],
    ["status"],
    ["explain", "KR1"],
    ["fields", "install"],
    ["provision"],
)


@pytest.mark.parametrize("form", [[], ["--json"]], ids=["for people", "as JSON"])
def test_a_refused_token_is_named_nowhere(guarded: Desk, form: list[str]) -> None:
    for command in COMMANDS:
        guarded.run(*command, "-vv", *form)
        clean(guarded)
    guarded.run("export")
    clean(guarded)
    held = b"".join(path.read_bytes() for path in guarded.folder.glob("okr-bridge.db*"))
    assert b"planted" not in held


@pytest.mark.parametrize("trouble", ["echo", "page", "drop", "nowhere"])
def test_a_token_that_comes_back_is_masked(
    cloud_desk: Desk, monkeypatch: pytest.MonkeyPatch, trouble: str
) -> None:
    desk = cloud_desk
    monkeypatch.setenv("STORY_TOKEN", TOKEN)
    desk.okrs(kr("KR1", keys="SHOP-1"))
    faults: Faults = desk.sandbox.faults
    match trouble:
        case "echo":
            faults.on(times=99).status(400, f"token {TOKEN} is bad")
        case "page":
            faults.on(times=99).html(f"your token {TOKEN}")
        case "drop":
            faults.on(times=99).drop()
        case "nowhere":
            desk.configure(url="http://127.0.0.1:9")
    for command in (["check"], ["sync"], ["status"]):
        desk.run(*command, "-vv")
        clean(desk)
    desk.run("runs", "--json")
    clean(desk)
    held = b"".join(path.read_bytes() for path in desk.folder.glob("okr-bridge.db*"))
    assert b"planted" not in held


def test_a_database_password_is_named_nowhere(guarded: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    from urllib.parse import quote

    url = f"postgresql+psycopg://bridge:{quote(PASSWORD, safe='')}@127.0.0.1:9/okr"
    monkeypatch.setenv("STORY_DATABASE", url)
    guarded.configure(bridge='database = "env:STORY_DATABASE"')
    for command in COMMANDS:
        assert guarded.run(*command, "-vv") == 1
        clean(guarded)
        assert "error: " in guarded.err


def test_a_secret_in_a_file_is_refused_and_not_repeated(guarded: Desk) -> None:
    text = (guarded.folder / "okr-bridge.toml").read_text("utf-8")
    for wrong in (
        text.replace('"env:STORY_TOKEN"', f'"{TOKEN}"'),
        text.replace("[connections", f'database = "postgresql://b:{PASSWORD}@h/d"\n[connections'),
    ):
        (guarded.folder / "okr-bridge.toml").write_text(wrong, encoding="utf-8")
        for form in ([], ["--json"]):
            assert guarded.run("sync", "-vv", *form) == 2
            clean(guarded)
