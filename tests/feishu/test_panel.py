"""Figures and comments on a record: what is dropped is told, what people wrote stays, columns come once."""

from __future__ import annotations

import threading

import pytest

from bridge.errors import NotFound, Rejected
from bridge.model import Bullets, Paragraph, Span
from connectors.base import Mark
from tests.contract import BODY, MARK, PanelContract
from tests.feishu.fake import ELSE, OURS, WORK, FakeFeishu, columns, wrong
from tests.feishu.opened import judged, opened

TEXTS = (
    "完成 🎯👩‍👩‍👧 e\u0301",
    "مرحبا بالعالم",
    "<b>x</b> {{7*7}} [a](b) @all",
    "⟦okr-bridge/here/O1-KR1/abc/1⟧",
    "⟦okr-bridge⟧",
)


@pytest.fixture
def fake():
    made = FakeFeishu()
    yield made
    assert judged(made) == []


def test_a_figure_that_is_dropped_without_a_word_is_told_by_role(fake):
    item = fake.make("Anchor")
    fake.lost = {"KR progress", "KR updated"}
    with pytest.raises(Rejected, match="did not take progress, updated") as told:
        opened(fake).put_values(item, PanelContract.values[0])
    assert set(told.value.fields) == {"progress", "updated"}


def test_a_figure_without_a_column_is_told_by_role_and_nothing_is_written(fake):
    item = fake.make("Anchor")
    del fake.columns[WORK]["KR score"]
    before = fake.row(item)
    with pytest.raises(Rejected, match="no column for score") as told:
        opened(fake).put_values(item, {"progress": 60, "score": 0.6})
    assert set(told.value.fields) == {"score"}
    assert fake.row(item) == before
    assert "fields install" in told.value.hint


def test_a_column_of_another_kind_is_none_of_ours(fake):
    item = fake.make("Anchor")
    fake.columns[WORK]["KR progress"] = (1, None)
    assert "progress" not in opened(fake).look(item).fields


@pytest.mark.parametrize("percent", [57, 7, 100, 0, 29])
def test_a_column_of_percents_shows_the_same_figure(fake, percent):
    """A bar of progress keeps 57% as 0.57."""
    item = fake.make("Anchor")
    fake.columns[WORK]["KR progress"] = (2, {"formatter": "0%"})
    feishu = opened(fake)
    feishu.put_values(item, {"progress": percent})
    assert fake.row(item)["fields"]["KR progress"] == percent / 100
    assert feishu.look(item).fields["progress"] == percent
    feishu.put_values(item, {"progress": None})
    assert feishu.look(item).fields["progress"] is None


def test_an_instant_may_stand_in_a_text_column(fake):
    item = fake.make("Anchor")
    fake.columns[WORK]["KR updated"] = (1, None)
    opened(fake).put_values(item, {"updated": "2026-11-21T12:00:00.000+00:00"})
    assert fake.row(item)["fields"]["KR updated"] == "2026-11-21T12:00:00.000+00:00"


def test_an_instant_is_kept_in_milliseconds(fake):
    item = fake.make("Anchor")
    feishu = opened(fake)
    feishu.put_values(item, {"updated": "2026-11-21T20:00:00+08:00"})
    assert fake.row(item)["fields"]["KR updated"] == 1795262400000
    assert feishu.look(item).fields["updated"] == "2026-11-21T12:00:00.000+00:00"


def test_a_comment_that_is_dropped_is_told(fake):
    item = fake.make("Anchor")
    fake.lost = {"KR comment"}
    with pytest.raises(Rejected, match="did not take the comment"):
        opened(fake).put_comment(item, BODY, MARK)


def test_without_a_column_for_comments_one_is_refused_and_none_is_there(fake):
    item = fake.make("Anchor")
    del fake.columns[WORK]["KR comment"]
    feishu = opened(fake)
    assert feishu.look(item).comments == ()
    feishu.remove_comment(item, "1")
    with pytest.raises(Rejected, match="no text column called 'KR comment' or 'KR 说明'"):
        feishu.put_comment(item, BODY, MARK)


def test_the_comment_may_stand_in_a_column_of_another_name(fake):
    item = fake.make("Anchor")
    fake.columns[WORK]["备注"] = (1, None)
    opened(fake, comment_field="备注").put_comment(item, BODY, MARK)
    assert "60%" in fake.row(item)["fields"]["备注"]


@pytest.mark.parametrize("text", TEXTS)
def test_what_people_typed_is_shown_and_is_no_mark(fake, text):
    item = fake.make(text)
    feishu = opened(fake)
    made = feishu.put_comment(item, (Paragraph((Span(text),)), Bullets(((Span(text),),))), MARK)
    cell = fake.row(item)["fields"]["KR comment"]
    assert f"• {text}" in cell
    assert [(one.id, one.mark) for one in feishu.look(item).comments] == [(made, MARK)]
    [raw] = feishu.fetch([item])
    assert raw.data["values"]["title"] == text


def test_a_mark_of_which_the_beginning_is_gone_is_none_and_stays(fake):
    item = fake.make("Anchor")
    typed = "⟦okr-bridge/here/O1-KR1/abc/7⟧"
    fake.say(item, typed)
    feishu = opened(fake)
    assert feishu.look(item).comments == ()
    made = feishu.put_comment(item, BODY, MARK)
    assert [one.id for one in feishu.look(item).comments] == [made]
    assert fake.row(item)["fields"]["KR comment"].startswith(typed)


def test_what_people_write_above_between_and_below_stays(fake):
    item = fake.make("Anchor")
    feishu = opened(fake)
    one = feishu.put_comment(item, BODY, MARK)
    two = feishu.put_comment(item, BODY, Mark("here", "O1-KR2", "abc"))
    cell = fake.row(item)["fields"]["KR comment"]
    middle = cell.index("⟦okr-bridge⟧", 5)
    fake.say(item, f"above\r\n\r\n{cell[:middle]}between\n{cell[middle:]}\nbelow")
    feishu.put_comment(item, BODY, Mark("here", "O1-KR1", "def"), one)
    feishu.remove_comment(item, two)
    left = fake.row(item)["fields"]["KR comment"]
    assert [word for word in ("above", "between", "below") if word not in left] == []
    assert [(c.id, c.mark.hash) for c in feishu.look(item).comments] == [(one, "def")]


def test_writes_go_to_a_base_one_after_the_other(fake):
    items = [fake.make(f"Anchor {n}") for n in range(8)]
    feishu, put, busy, second = opened(fake, concurrency=8), fake.put, [], threading.Event()

    def alone(*arguments):
        busy.append(1)
        if len(busy) > 1:
            second.set()
        assert not second.wait(0.02), "another write came before this one was answered"
        answer = put(*arguments)
        busy.pop()
        return answer

    fake.put = alone
    list(feishu.http.parallel(lambda item: feishu.put_values(item, {"progress": 5}), items))
    assert {fake.row(item)["fields"]["KR progress"] for item in items} == {5}


# --- columns


def test_columns_are_planned_made_and_found_again(fake):
    fake.columns[WORK] = columns(WORK, shown=False)
    feishu = opened(fake)
    plan = feishu.plan_fields((), (WORK,))
    assert [(step.what, step.name) for step in plan.steps] == [("create", name) for name in OURS]
    assert not set(OURS) & set(fake.columns[WORK])
    assert {one.outcome for one in feishu.apply_fields(plan)} == {"done"}
    assert {name: kind for name, (kind, _) in fake.columns[WORK].items() if name in OURS} == OURS
    again = feishu.plan_fields((), (WORK,))
    assert {step.what for step in again.steps} == {"found"}
    item = fake.make("Anchor")
    feishu.put_values(item, PanelContract.values[0])
    feishu.put_comment(item, BODY, MARK)
    assert feishu.look(item).fields["score"] == 0.6


def test_a_column_of_the_name_and_another_kind_is_asked_about(fake):
    fake.columns[WORK]["KR score"] = (7, None)
    steps = {step.name: step for step in opened(fake).plan_fields(("Work",), ()).steps}
    assert (steps["KR score"].what, steps["KR score"].doable) == ("ask", False)
    assert "rename it" in steps["KR score"].detail


def test_of_several_tables_none_is_guessed(fake):
    [step] = opened(fake).plan_fields((), ("SHOP",)).steps
    assert step.what == "ask"
    assert "--screen" in step.detail
    assert WORK in step.detail
    [unknown] = opened(fake).plan_fields(("tblNope",), ()).steps
    assert "no such table" in unknown.detail


def test_the_only_table_is_meant(fake):
    assert len(opened(fake, tables=(ELSE,)).plan_fields((), ()).steps) == len(OURS)


def test_a_column_that_is_refused_is_told_and_the_others_are_made(fake):
    fake.columns[WORK] = columns(WORK, shown=False)
    feishu = opened(fake)
    plan = feishu.plan_fields((WORK,), ())
    fake.faults = [wrong(1254302, "Permission denied.", 403)]
    results = feishu.apply_fields(plan)
    assert [one.outcome for one in results] == ["failed"] + ["done"] * 5
    assert "Permission denied" in results[0].message


def test_a_record_that_is_gone_takes_nothing(fake):
    item = fake.make("Anchor")
    feishu = opened(fake)
    fake.delete(item)
    for act in (
        lambda: feishu.look(item),
        lambda: feishu.put_values(item, {"progress": 1}),
        lambda: feishu.put_comment(item, BODY, MARK),
        lambda: feishu.look("no-such-id"),
    ):
        with pytest.raises(NotFound):
            act()
