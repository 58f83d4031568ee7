"""Which files a configuration is made of, and how it is seen that one of them changed."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from bridge import config
from bridge.daemon.reload import Watch, files_of

CONFIG = """\
[bridge]
okrs = ["okrs", "more.toml"]
database = "env:DATABASE"
[serve]
ping = "env:PING"
[connections.acme]
tool = "jira"
url = "https://acme.atlassian.net"
email = "a@acme.example"
token = "file:token"
webhook_secret = "file:/run/secrets/hook"
proxy = "env:PROXY"
"""


@pytest.fixture
def file(tmp_path: Path) -> Path:
    made = tmp_path / "a.toml"
    made.write_text("one")
    return made


def rewrite(path: Path, text: str) -> None:
    """As editors and tools do: another file takes its place."""
    new, before = path.with_name("new~"), path.stat()
    new.write_text(text)
    os.utime(new, ns=(before.st_atime_ns, before.st_mtime_ns))
    new.replace(path)


def test_a_configuration_is_its_file_the_okrs_and_the_files_of_secrets(tmp_path):
    file = tmp_path / "okr-bridge.toml"
    file.write_text(CONFIG)
    found = set(files_of(config.load(file, {})))
    assert found == {
        file,
        tmp_path / "okrs",
        tmp_path / "more.toml",
        tmp_path / "token",
        Path("/run/secrets/hook"),
    }


def test_what_is_left_alone_never_changed(file):
    watch = Watch([file])
    assert not watch.changed()
    assert not watch.changed()


CHANGES = {
    "written": lambda file: file.write_text("another"),
    "replaced by one that looks the same": lambda file: rewrite(file, "one"),
    "touched": lambda file: os.utime(file, ns=(1, 1)),
    "removed": lambda file: file.unlink(),
    "a folder now": lambda file: (file.unlink(), file.mkdir(), (file / "b.toml").write_text("x")),
}


@pytest.mark.parametrize("change", CHANGES.values(), ids=CHANGES)
def test_a_change_is_told_once(file, change):
    watch = Watch([file])
    change(file)
    assert watch.changed()
    assert not watch.changed()


def test_a_file_that_vanishes_for_a_moment_has_changed_twice(file):
    watch = Watch([file])
    file.unlink()
    assert watch.changed()
    file.write_text("one")
    assert watch.changed()


def test_a_link_that_leads_elsewhere_has_changed(tmp_path, file):
    """How secrets and configurations are mounted: files behind a link that is swapped."""
    link, other = tmp_path / "link", tmp_path / "b.toml"
    other.write_text("one")
    link.symlink_to(file)
    watch = Watch([link])
    link.unlink()
    link.symlink_to(other)
    assert watch.changed()


FOLDER = {
    "a new one": lambda folder: (folder / "c.toml").write_text("x"),
    "one less": lambda folder: (folder / "a.toml").unlink(),
    "a changed one": lambda folder: (folder / "b.toml").write_text("another"),
    "another name": lambda folder: (folder / "b.toml").rename(folder / "c.toml"),
}


@pytest.mark.parametrize("change", FOLDER.values(), ids=FOLDER)
def test_a_folder_stands_for_the_files_in_it(file, change):
    folder = file.parent
    (folder / "b.toml").write_text("x")
    watch = Watch([folder])
    change(folder)
    assert watch.changed()
    assert not watch.changed()


def test_what_an_editor_puts_beside_them_is_no_change(file):
    watch = Watch([file.parent])
    (file.parent / ".a.toml.swp").write_text("x")
    (file.parent / "a.toml~").write_text("x")
    (file.parent / ".#a.toml").symlink_to("me@host.123")
    (file.parent / "sub.toml").mkdir()
    assert not watch.changed()


def test_what_changes_while_it_is_read_is_still_told(file):
    other = file.with_name("b.toml")
    other.write_text("x")
    watch = Watch([file])
    file.write_text("the one that was read")
    assert watch.changed()
    file.write_text("the one that came in between")
    watch.follow([file, other])
    assert watch.changed()
    assert not watch.changed()
    other.write_text("changed")
    assert watch.changed()


@pytest.mark.parametrize("change", FOLDER.values(), ids=FOLDER)
def test_what_changes_in_a_folder_while_it_is_read_is_still_told(file, change):
    folder = file.parent
    (folder / "b.toml").write_text("x")
    watch = Watch([folder])
    change(folder)
    watch.follow([folder])
    assert watch.changed()
    assert not watch.changed()


def test_what_is_watched_no_more_is_no_change(file):
    other = file.with_name("b.toml")
    watch = Watch([file])
    watch.follow([other])
    file.unlink()
    assert not watch.changed()
    other.write_text("x")
    assert watch.changed()
