"""What is put on a task stands there, and what Asana did otherwise is told."""

from __future__ import annotations

import pytest

from bridge.errors import AccessDenied, NotFound, Rejected
from bridge.model import Bullets, Paragraph, Span
from connectors.base import Mark
from tests.asana.conftest import asana as asana
from tests.asana.fake import ACCOUNT, custom, options
from tests.asana.site import opened
from tests.contract import BODY, MARK, PROPERTY, plain

TEXTS = {
    "markup": '</body><a data-asana-gid="1"/> & &amp; <b>x</b> ]]> <!-- "q"',
    "chinese": "完成 80% 的客户引导 · 第四季度",
    "emoji": "👩‍👩‍👧 done 🎉",
    "right to left": "اكتمال ٨٠٪ عברית",
    "a mark of ours": "okr-bridge/here/O9/abc",
}


@pytest.mark.parametrize("text", TEXTS.values(), ids=TEXTS)
def test_what_people_typed_is_shown_and_is_no_markup(asana, text):
    item = asana.make(text)
    spans = (Span(text), Span(text, strong=True), Span("page", href='https://okr.example/?a=1&b="2'))
    made = opened(asana).put_comment(item, (Paragraph(spans), Bullets((spans,))), MARK)
    assert asana.said(item)[made].count(text) == 4
    [found] = opened(asana).look(item).comments
    assert found.mark == MARK
    [raw] = opened(asana).fetch([item])
    assert raw.data["name"] == text


def test_a_mark_that_somebody_else_typed_is_not_ours(asana):
    item = asana.make("Anchor")
    asana.say(item, "okr-bridge/here/O1-KR1/abc")
    assert opened(asana).look(item).comments == ()


def test_what_asana_notes_of_our_own_edits_is_no_comment(asana):
    item = asana.make("Anchor")
    noted = asana.said_by(ACCOUNT, item, text="changed KR to okr-bridge/here/O1-KR1/abc", html_text="<body/>")
    asana.stories[noted]["resource_subtype"] = "text_custom_field_changed"
    assert opened(asana).look(item).comments == ()


def test_a_comment_of_another_account_is_not_there_to_edit_and_a_new_one_is_made(asana):
    item = asana.make("Anchor")
    made = opened(asana).put_comment(item, BODY, MARK)
    asana.stories[made]["created_by"] = {"gid": "1", "resource_type": "user"}
    with pytest.raises(NotFound):
        opened(asana).put_comment(item, BODY, MARK, made)


def test_a_mark_survives_any_names(asana):
    item = asana.make("Anchor")
    mark = Mark("we/they ~_%", "O1 KR/1 关键", "a b")
    opened(asana).put_comment(item, BODY, mark)
    assert [one.mark for one in opened(asana).look(item).comments] == [mark]


def test_our_comment_is_found_behind_pages_of_talk(asana):
    item = asana.make("Anchor")
    for n in range(asana.page * 2):
        asana.say(item, f"word {n}")
    made = opened(asana).put_comment(item, BODY, MARK)
    assert [one.id for one in opened(asana).look(item).comments] == [made]


def test_a_comment_that_came_to_be_another_is_told(asana, monkeypatch):
    item = asana.make("Anchor")
    said = asana.said_by
    monkeypatch.setattr(asana, "said_by", lambda who, on, **_: said(who, on, text="x", html_text="<body/>"))
    with pytest.raises(Rejected, match="is another one"):
        opened(asana).put_comment(item, BODY, MARK)


def test_a_value_that_was_dropped_is_told_by_role(asana):
    item = asana.make("Anchor")
    asana.deaf.add("802")
    with pytest.raises(Rejected, match="did not set progress") as told:
        opened(asana).put_values(item, {"progress": 60, "status": "On track"})
    assert set(told.value.fields) == {"progress"}


def test_a_property_that_was_dropped_is_told(asana):
    item = asana.make("Anchor")
    asana.deaf.add("external")
    with pytest.raises(Rejected, match="did not set property"):
        opened(asana).put_values(item, {}, PROPERTY)


def test_decimals_that_the_field_does_not_keep_are_told(asana):
    item = asana.make("Anchor")
    asana.fields["804"]["precision"] = 0
    with pytest.raises(Rejected, match="did not set score"):
        opened(asana).put_values(item, {"score": 0.6})


def test_a_task_without_the_field_is_told_by_role_before_anything_is_written(asana):
    item = asana.make("Anchor")
    del asana.fields["803"]
    with pytest.raises(Rejected, match="'KR status' no such field") as told:
        opened(asana).put_values(item, {"progress": 60, "status": "On track"})
    assert set(told.value.fields) == {"status"}
    assert [one for one in asana.asked if one.startswith("PUT")] == []


KINDS = {
    "a list": (
        "803", "status",
        custom("803", "KR status", "enum", enum_options=options("on track", "On track")), "On track",
    ),
    "a percentage": (
        "802", "progress", custom("802", "KR progress", "number", format="percentage", precision=0), 60
    ),
    "a date": ("805", "updated", custom("805", "KR updated", "date"), "2026-11-21T12:00:00+00:00"),
    "a text for a number": ("802", "progress", custom("802", "KR progress", "text"), 60),
}  # fmt: skip


@pytest.mark.parametrize(("gid", "role", "field", "value"), KINDS.values(), ids=KINDS)
def test_a_field_may_be_of_another_kind(asana, gid, role, field, value):
    item = asana.make("Anchor")
    asana.fields[gid] = field
    opened(asana).put_values(item, {role: value})
    found = opened(asana).look(item).fields[role]
    assert plain(found) == plain(value)
    opened(asana).put_values(item, {role: None})
    assert opened(asana).look(item).fields[role] is None


def test_a_percentage_is_kept_as_asana_keeps_them(asana):
    item = asana.make("Anchor")
    asana.fields["802"] |= {"format": "percentage"}
    opened(asana).put_values(item, {"progress": 57})
    assert asana.tasks[item]["values"]["802"] == {"number_value": 0.57}


def test_a_value_off_the_list_is_told_by_role(asana):
    item = asana.make("Anchor")
    asana.fields["803"] = custom("803", "KR status", "enum", enum_options=options("Good"))
    with pytest.raises(Rejected, match="has no option 'Dead'") as told:
        opened(asana).put_values(item, {"status": "Dead"})
    assert set(told.value.fields) == {"status"}


def test_a_task_that_may_be_read_and_not_written_names_the_role(asana):
    item = asana.make("Anchor")
    asana.silent.add(item)
    with pytest.raises(AccessDenied) as told:
        opened(asana).put_values(item, {"progress": 60})
    assert "Editor" in told.value.hint
    with pytest.raises(AccessDenied) as told:
        opened(asana).put_comment(item, BODY, MARK)
    assert "Commenter" in told.value.hint


def test_a_persons_token_keeps_no_property_and_asks_for_none(asana):
    item = asana.make("Anchor")
    asana.oauth = False
    connector = opened(asana, external_data=False)
    assert connector.look(item).property is None
    with pytest.raises(Rejected, match="OAuth apps only"):
        connector.put_values(item, {"progress": 60}, PROPERTY)
    assert asana.tasks[item]["values"].get("802") is None
    connector.put_values(item, {"progress": 60})
    connector.remove_values(item, ["progress"], property=True)
    assert connector.look(item).fields["progress"] is None


def test_another_apps_words_are_no_property(asana):
    item = asana.make("Anchor")
    asana.tasks[item]["external"]["data"] = "not JSON"
    assert opened(asana).look(item).property is None


def test_the_account_is_asked_anew_so_that_comments_of_a_renewed_token_are_ours(asana):
    item = asana.make("Anchor")
    made = opened(asana).put_comment(item, BODY, MARK)
    later = opened(asana)
    later._facts = {"workspace": "700"}
    assert [one.id for one in later.look(item).comments] == [made]
    assert asana.stories[made]["created_by"]["gid"] == ACCOUNT
