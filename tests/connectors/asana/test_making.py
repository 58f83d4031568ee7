"""A task for a key result without work is made whole, and by nobody twice."""

from __future__ import annotations

import pytest

from bridge.errors import Rejected
from bridge.model import Paragraph, Span
from connectors.base import NewItem
from tests.asana.conftest import asana as asana
from tests.asana.site import opened

WANTED = NewItem(
    project="Work",
    title="上线 <b>& 🎉",
    marker="okr-KR1",
    body=(Paragraph((Span("<b>& "), Span("more", href="https://okr.example/"))),),
    owner="bot@acme.example",
    due="2026-12-15",
    labels=("okr",),
)


def test_it_has_all_that_was_wanted(asana):
    task = asana.tasks[opened(asana).make(WANTED)]
    assert (task["name"], task["due_on"], task["assignee"]["gid"]) == (WANTED.title, "2026-12-15", "900")
    assert (task["notes"], set(task["in"])) == ("<b>& more", {"500"})
    assert task["values"]["806"]["enum_value"]["name"] == "Epic"


def test_tags_that_are_there_are_taken(asana):
    asana.make("Other", labels=("okr",))
    tag = asana.tags["okr"]
    task = asana.tasks[opened(asana).make(WANTED)]
    assert task["tagged"] == [asana.tags["okr-KR1"], tag]


def test_a_marker_is_looked_for_to_the_letter(asana):
    asana.make("Other", labels=("OKR-KR1",))
    assert opened(asana).find_made("okr-KR1") is None
    made = opened(asana).make(WANTED)
    assert opened(asana).find_made("okr-KR1") == made


def test_an_owner_who_is_nobody_here_is_left_out(asana):
    for owner in ("growth@acme.example", "Growth team"):
        made = opened(asana).make(NewItem(project="500", title="x", marker=f"m-{owner}", owner=owner))
        assert asana.tasks[made]["assignee"] is None


def test_without_a_field_for_types_it_is_a_task_like_any_other(asana):
    del asana.fields["806"]
    made = opened(asana).make(WANTED)
    assert asana.tasks[made]["values"] == {}


def test_where_nothing_is_followed_nothing_is_made(asana):
    for act in (
        lambda: opened(asana).can_make("Nowhere"),
        lambda: opened(asana, projects=("501",)).make(WANTED),
    ):
        with pytest.raises(Rejected, match="no project that is followed"):
            act()
    opened(asana).can_make("Work")
    assert [one for one in asana.asked if one.startswith("POST")] == []
