"""What Notion shows of a key result, and what comes of writes that it takes only in part."""

from __future__ import annotations

import pytest

from bridge.errors import AccessDenied, NotFound, Rejected
from bridge.model import Bullets, Paragraph, Span
from connectors.notion.api import Api
from mappings.notion_fields import text_of
from mappings.notion_text import comment, mark_of
from tests.contract import BODY, MARK
from tests.notion import shapes
from tests.notion.desk import opened
from tests.notion.fake import FakeNotion

TITLES = (
    "上线 <b>{value}</b> {{7*7}} *now* [x](https://x.example) ~~s~~ `c` $$e$$",
    "هدف الربع \u202eevil\u202c @everyone",
    "👩‍👩‍👧 完成 😀" + "𝕏" * 1500,
)


def test_a_value_that_was_taken_and_is_not_there_is_told_by_role(notion):
    item = notion.make("Anchor")
    notion.deaf.add("KR progress")
    with pytest.raises(Rejected, match="did not set progress") as told:
        opened(notion).put_values(item, {"progress": 60, "status": "On track"})
    assert set(told.value.fields) == {"progress"}


def retyped(notion: FakeNotion, name: str, kind: str, inner: dict[str, object]) -> None:
    one = notion.sources[notion.work]["properties"][name]
    one.pop(one["type"])
    one |= {"type": kind, kind: inner}


def test_a_value_off_the_list_of_a_status_is_told_by_role(notion):
    retyped(notion, "KR status", "status", shapes.status())
    item = notion.make("Anchor")
    with pytest.raises(Rejected, match="does not exist") as told:
        opened(notion).put_values(item, {"progress": 60, "status": "Dead"})
    assert set(told.value.fields) == {"status"}


def test_a_property_of_percents_shows_the_same_figure(notion):
    retyped(notion, "KR progress", "number", {"format": "percent"})
    item = notion.make("Anchor")
    connector = opened(notion)
    connector.put_values(item, {"progress": 57})
    assert notion.value(item, "KR progress") == 0.57
    assert connector.look(item).fields["progress"] == 57


def test_a_select_shows_the_words_and_a_date_the_time(notion):
    retyped(notion, "KR status", "select", {"options": []})
    retyped(notion, "KR updated", "date", {})
    item = notion.make("Anchor")
    connector = opened(notion)
    values = {"status": "按计划", "updated": "2026-11-21T12:00:00.000+00:00"}
    connector.put_values(item, values)
    assert {role: connector.look(item).fields[role] for role in values} == values
    connector.put_values(item, dict.fromkeys(values))
    assert {connector.look(item).fields[role] for role in values} == {None}


def test_a_page_without_the_properties_is_refused_with_what_to_do(notion):
    item = notion.make("Anchor", source=notion.projects)
    with pytest.raises(Rejected, match="no property for progress") as told:
        opened(notion).put_values(item, {"progress": 60})
    assert "fields install" in told.value.hint


def test_a_page_in_the_trash_is_not_found(notion):
    item = notion.make("Anchor")
    notion.delete(item)
    connector = opened(notion)
    for act in (lambda: connector.look(item), lambda: connector.put_values(item, {"progress": 60})):
        with pytest.raises(NotFound, match="trash"):
            act()


def test_a_missing_capability_is_named(notion):
    item = notion.make("Anchor")
    connector = opened(notion)
    connector.describe()
    notion.capable = False
    with pytest.raises(AccessDenied) as told:
        connector.put_values(item, {"progress": 60})
    assert "Update content" in told.value.hint
    for act in (lambda: connector.put_comment(item, BODY, MARK), lambda: connector.look(item)):
        with pytest.raises(AccessDenied) as told:
            act()
        assert "Insert comments" in told.value.hint


def test_a_mark_that_somebody_else_typed_is_not_ours(notion):
    item = notion.make("Anchor")
    notion.say(item, "okr-bridge/here/O1-KR1/abc")
    assert opened(notion).look(item).comments == ()


def test_ours_is_found_below_many_comments_of_people(notion):
    item = notion.make("Anchor")
    for n in range(7):
        notion.say(item, f"words {n}")
    connector = opened(notion)
    made = connector.put_comment(item, BODY, MARK)
    assert [one.id for one in connector.look(item).comments] == [made]


def test_a_comment_that_was_taken_and_does_not_stand_there_is_told(notion, monkeypatch):
    item = notion.make("Anchor")
    connector = opened(notion)
    whole = Api.read

    def other(api, path, kind):
        found = whole(api, path, kind)
        return {**found, "rich_text": []} if kind == "comment" else found

    monkeypatch.setattr(Api, "read", other)
    with pytest.raises(Rejected, match="does not stand there"):
        connector.put_comment(item, BODY, MARK)


def test_blanks_that_notion_changes_are_no_other_comment(notion, monkeypatch):
    whole = shapes.rich

    def spaced(parts):
        return [{**one, "plain_text": one["plain_text"].replace(" ", "\u00a0")} for one in whole(parts)]

    monkeypatch.setattr(shapes, "rich", spaced)
    assert opened(notion).put_comment(notion.make("Anchor"), BODY, MARK)


@pytest.mark.parametrize("title", TITLES)
def test_what_people_typed_is_data_whatever_it_looks_like(notion, title):
    item = notion.make("Anchor")
    connector = opened(notion)
    connector.put_values(item, {"key_result": title[:255]})
    assert notion.value(item, "KR") == title[:255]
    body = (Paragraph((Span(title, strong=True), Span(" "), Span("page", href="https://okr.example/1"))),)
    made = connector.put_comment(item, body, MARK)
    shown = title.replace("\u202e", "").replace("\u202c", "")
    assert notion.said(item)[made].startswith(f"{shown} page\n")
    assert {part["href"] for part in notion.comments[made]["rich_text"]} == {None, "https://okr.example/1"}
    assert connector.look(item).comments[0].mark == MARK


def test_a_long_comment_is_cut_to_what_notion_takes():
    many = Bullets(tuple((Span(f"line {n} "), Span("strong", strong=True)) for n in range(400)))
    parts = comment((many,), ("here", "KR", "abc"))
    assert len(parts) <= 100
    assert mark_of(text_of(shapes.rich(parts))) == ("here", "KR", "abc")
    assert "…" in text_of(shapes.rich(parts))


MARKS = {
    "anything in its parts": (("a/b", "KR 目标", "x%y"), ("a/b", "KR 目标", "x%y")),
    "nothing above it": (("here", "KR", "1"), ("here", "KR", "1")),
}


@pytest.mark.parametrize(("mark", "want"), MARKS.values(), ids=MARKS)
def test_a_mark_is_read_as_it_was_written(mark, want):
    assert mark_of(text_of(shapes.rich(comment((), mark)))) == want


@pytest.mark.parametrize(
    "text", ["", "okr-bridge/here/KR", "see okr-bridge/here/KR/1", "okr-bridge/a/b/c\nmore"]
)
def test_what_is_no_mark_is_none(text):
    assert mark_of(text) is None


def test_the_properties_are_planned_made_and_then_found():
    notion = FakeNotion(installed=False)
    connector = opened(notion, shown_in=(notion.owner(notion.work),))
    plan = connector.plan_fields((), ())
    assert [(step.what, step.name) for step in plan.steps] == [
        ("create", name) for name in ("KR", "KR progress", "KR status", "KR score", "KR updated")
    ]
    assert {result.outcome for result in connector.apply_fields(plan)} == {"done"}
    again = connector.plan_fields((), ())
    assert {step.what for step in again.steps} == {"found"}
    assert connector.apply_fields(again) == ()
    item = notion.make("Anchor")
    opened(notion).put_values(item, {"progress": 60, "key_result": "KR 1"})
    assert (notion.value(item, "KR progress"), notion.value(item, "KR")) == (60, "KR 1")


def test_a_property_of_another_type_is_left_to_a_person(notion):
    retyped(notion, "KR score", "checkbox", {})
    steps = opened(notion).plan_fields((notion.work,), ()).steps
    assert [(step.name, step.doable) for step in steps if step.what == "ask"] == [("KR score", False)]


def test_databases_that_are_none_of_the_connections_get_no_properties(notion):
    with pytest.raises(Rejected, match="no databases"):
        opened(notion).plan_fields(("x",), ())


def test_making_without_the_capability_is_told_step_by_step():
    notion = FakeNotion(installed=False)
    connector = opened(notion)
    plan = connector.plan_fields((notion.work,), ())
    refused = shapes.refusal(403, "restricted_resource", "Insufficient permissions for this endpoint.")
    notion.answers = [(403, {}, refused)]
    results = connector.apply_fields(plan)
    assert [one.outcome for one in results] == ["failed", "done", "done", "done", "done"]
    assert "Update content" in results[0].hint
