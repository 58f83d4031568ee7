"""A description that cannot work is refused when the file is read, in words that say what is missing."""

from __future__ import annotations

from pathlib import Path

import pytest

from bridge import config
from bridge.config.reading import parse
from bridge.errors import ConfigError
from bridge.tool import Capability
from bridge.tools import tool_of
from tests.inhouse import TOML, settings

REFUSED = {
    "a link that could only grow": (
        'change = { path = "links/{link}" }\nremove = { path = "links/{link}" }\n',
        "",
        "needs `change` or `remove`",
    ),
    "an author without an account": ('account = "data.id"\n', "", "write.comment.author needs read.account"),
    "a past before the first day": ('created = "created_at"\n', "", "past needs item.created"),
    "a past without a status": ('fields = { status = "state", ', "fields = { ", "past.fields needs `status`"),
    "a part that is not described": (
        'fields = { status = "state"',
        'fields = { status = "state", spent = "s"',
        "past.fields: spent is no part",
    ),
    "a path that leads away": ('path = "comments/{comment}"', 'path = "../comments"', "must be a path below"),
    "a path that is none": ('text = "text"\n', 'text = "a..b"\n', "is no JMESPath"),
    "writing without reading": ('item = "tasks/{id}"\n', "", "read.item is missing"),
}


@pytest.mark.parametrize(("old", "new", "told"), REFUSED.values(), ids=REFUSED)
def test_what_cannot_work_is_refused(old, new, told):
    assert old in TOML
    with pytest.raises(ConfigError, match=told):
        settings(TOML.replace(old, new))


def test_statuses_may_be_numbers_and_truths():
    text = TOML.replace('todo = ["新建"]', "todo = [0, false]").replace(
        'done = ["已完成"]', 'done = [2, true, "x"]'
    )
    one = settings(text).connections["inhouse"]
    assert (one.status.todo, one.status.done) == (("0", "false"), ("2", "true", "x"))  # type: ignore[attr-defined]


def test_what_is_described_is_what_it_can_do():
    whole = settings().connections["inhouse"]
    shown = {Capability.VALUES, Capability.COMMENT, Capability.LINK, Capability.HISTORY}
    assert shown <= tool_of(whole).those(whole)  # type: ignore[misc]
    least = config.validated(
        parse(TOML.partition("[connections.inhouse.write")[0], "x"), Path("x"), {"TRACKER_KEY": "k"}
    ).connections["inhouse"]
    assert not (shown | {Capability.WEBHOOKS}) & tool_of(least).those(least)  # type: ignore[misc]
