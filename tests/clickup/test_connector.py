"""What a ClickUp does that others do not, and what is never taken for less than it is."""

from __future__ import annotations

import json
from dataclasses import replace
from typing import Any

import pytest

from bridge.errors import AccessDenied, NotFound, PartialRead, RateLimited, Rejected, UnexpectedAnswer
from bridge.model import FieldValue, Keys, Label, Paragraph, Project, Query, Span
from connectors.base import CheckScope, NewItem
from connectors.clickup import source
from mappings.clickup import ClickUpMapping
from tests.clickup import fake
from tests.clickup.fake import PERSON, FakeClickUp
from tests.contract import BODY, MARK, Mark

RTL = "مؤشر <b>٪</b> \u202eevil\u202c **x** `code` [a](http://b) {{7*7}} @all 进度 😀"


def stale(connector: Any) -> Any:
    """One that knows the site already."""
    connector.describe()
    return connector


class TestAccount:
    def test_a_personal_token_is_sent_as_it_is_and_any_other_as_a_bearer(self, clickup):
        for token, sent in (("pk_1", "pk_1"), ("4_ab", "Bearer 4_ab"), ("Bearer 4_ab", "Bearer 4_ab")):
            connector = clickup.opened(token=token)
            assert connector.http._wire._session.headers["Authorization"] == sent

    def test_a_wrong_token_is_a_refused_login_and_stands_in_no_error(self, clickup):
        with pytest.raises(AccessDenied) as told:
            clickup.opened(token="pk_wrong_one").login()
        assert told.value.login
        assert "pk_wrong_one" not in str(told.value)
        assert "Token invalid" in str(told.value)

    def test_one_of_several_workspaces_has_to_be_named(self, clickup):
        clickup.teams = {"9001": "Acme", "9002": "增长"}
        with pytest.raises(Rejected, match=r"which workspace\? Acme \(9001\), 增长 \(9002\)"):
            clickup.opened().describe()
        assert clickup.opened(workspace="acme").describe()["workspace"] == "9001"
        assert clickup.opened(workspace="9002").api.prove() == "9002"

    def test_a_workspace_out_of_reach_is_told_with_those_in_reach(self, clickup):
        with pytest.raises(AccessDenied, match=r"reaches Acme \(9001\)") as told:
            clickup.opened(workspace="77").describe()
        assert not told.value.login

    def test_a_workspace_that_the_token_lost_is_no_empty_one(self, clickup):
        item = clickup.make("Work")
        connector = stale(clickup.opened())
        clickup.lost = True
        for ask in (
            lambda: connector.identities(Label("x")),
            lambda: connector.identities(Project("list:901")),
            lambda: list(connector.fetch([item])),
            lambda: connector.resolve([item]),
            lambda: connector.children({item: item}),
        ):
            with pytest.raises((AccessDenied, NotFound)):
                ask()

    def test_a_task_out_of_reach_does_not_stop_the_connection(self, clickup):
        mine, other = clickup.make("Mine"), clickup.make("Other")
        clickup.hide(other)
        connector = clickup.opened()
        assert connector.resolve([other, mine]) == {mine: mine}
        assert connector.login().id == "4"


class TestLimits:
    def test_the_last_request_of_a_minute_is_followed_by_a_pause_until_its_end(self, clickup):
        connector = stale(clickup.opened())
        clickup.limit(1)
        begun = clickup.at
        connector.login()
        connector.login()
        assert (clickup.at - begun).total_seconds() == 42
        assert connector.traffic.requests.get("rate_limited", 0) == 0

    def test_a_429_waits_until_the_reset_that_it_tells(self, clickup):
        connector = stale(clickup.opened())
        clickup.limit(0)
        begun = clickup.at
        connector.login()
        assert (clickup.at - begun).total_seconds() >= 42
        assert connector.traffic.requests["rate_limited"] == 1

    def test_a_reset_that_is_far_is_handed_to_whoever_schedules(self, clickup):
        connector = stale(clickup.opened())
        clickup.limit(0)
        clickup._minute = clickup.at.replace(hour=11)
        with pytest.raises(RateLimited) as told:
            connector.login()
        assert told.value.retry_after == 7200
        assert told.value.scope == "connection"


class TestKeys:
    def test_a_tag_is_found_as_it_is_kept_in_small_letters(self, clickup):
        id = clickup.make("Work", labels=("okr",))
        assert clickup.opened().identities(Label("OKR")) == clickup.opened().identities(Label("okr")) == {id}

    @pytest.mark.parametrize("form", ["{}", "#{}", "CU-{}", "https://app.clickup.com/t/{}", " {} "])
    def test_a_task_is_named_as_people_write_it(self, clickup, form):
        id = clickup.make("Work")
        key = form.format(id)
        assert clickup.opened().resolve([key]) == {key: id}

    def test_a_custom_id_is_asked_for_as_one_and_is_the_key(self, clickup):
        id = clickup.make("Work", custom_id="DEV-12")
        connector = clickup.opened()
        asked = ["DEV-12", "https://app.clickup.com/t/9001/DEV-12", id, "DEV-13"]
        assert connector.resolve(asked) == dict.fromkeys(asked[:3], id)
        [raw] = connector.fetch([id])
        assert ClickUpMapping("cu", connector.describe()).item(raw).key == "DEV-12"

    def test_a_refused_key_is_none_and_a_refused_read_of_a_known_task_is_not_taken_for_gone(
        self, clickup, monkeypatch
    ):
        id = clickup.make("Work")
        connector = stale(clickup.opened())
        monkeypatch.setattr(clickup, "one", lambda *_: (400, {"err": "Bad request", "ECODE": "INPUT_003"}))
        assert connector.resolve([id]) == {}
        with pytest.raises(Rejected, match="Bad request"):
            list(connector.fetch([id]))

    @pytest.mark.parametrize("odd", ["", "..", "a/../b?x=1", "进度", "86 a", "xxxxx%2f"])
    def test_what_can_be_no_key_is_not_asked_for(self, clickup, odd):
        connector = stale(clickup.opened())
        before = len(clickup.asked)
        assert connector.resolve([odd]) == {}
        assert [one for one in clickup.asked[before:] if one != "GET /team"] == []

    def test_a_task_of_another_workspace_is_not_there(self, clickup):
        id = clickup.make("Work", team_id="77")
        assert clickup.opened().resolve([id]) == {}


REFUSED = {
    "an unknown filter": (Query("label=x"), "no filter 'label'"),
    "no filter": (Query("?"), "is no filter"),
    "a time that is none": (Query("date_done_gt=today"), "is no number"),
    "a view with more": (Query("view=3c&tags[]=x"), "no further filters"),
    "another kind of place": (Project("board:1"), "is no place"),
    "a name that nothing has": (Project("list:Nowhere"), "no list is called 'Nowhere'"),
    "a name that several have": (Project("folder:Folder"), "several folders are called"),
    "a field that nobody has": (FieldValue("Nope", "1"), "no task has a field 'Nope'"),
    "a type that nobody has": (FieldValue("type", "Saga"), "no task type is called 'Saga'"),
    "keys": (Keys(("1",)), "no filter"),
}


class TestFinding:
    def test_done_work_and_subtasks_are_found_everywhere(self, clickup):
        done = clickup.make("Done", labels=("x",))
        part = clickup.make("Part", labels=("x",), parent=done)
        clickup.set(done, "complete")
        clickup.set(part, "accepted")
        ask = clickup.opened().identities
        for selector in (Label("x"), Project("list:901"), Project("901"), Project("folder:457"),
                         Project("space:790"), Project("space:growth"), Query("tags=x"),
                         Query("statuses[]=complete&statuses[]=accepted")):  # fmt: skip
            assert ask(selector) == {done, part}, selector

    def test_a_list_has_what_is_at_home_elsewhere_too(self, clickup):
        shared = clickup.make("Shared", place="903", locations=[{"id": "901", "name": "List 901"}])
        ask = clickup.opened().identities
        assert ask(Project("list:901")) == ask(Project("list:List 903")) == {shared}

    def test_fields_are_compared_by_what_people_read(self, clickup):
        one, two = clickup.make("One"), clickup.make("Two")
        clickup.fill(one, "Team", 1)
        clickup.fill(two, "Impact", "8")
        clickup.set(two, "in review")
        ask = clickup.opened().identities
        assert ask(FieldValue("team", "增长")) == {one}
        assert ask(FieldValue("Impact", "8.0")) == {two}
        assert ask(FieldValue("d2ab17e0-6", "8")) == {two}
        assert ask(FieldValue("Status", "In Review")) == {two}
        assert ask(FieldValue("type", "story")) == {one, two}
        assert ask(FieldValue("Team", "Growth")) == frozenset()

    @pytest.mark.parametrize(("selector", "words"), REFUSED.values(), ids=REFUSED)
    def test_what_clickup_would_leave_out_is_refused(self, clickup, selector, words):
        clickup.make("Work")
        with pytest.raises(Rejected, match=words):
            clickup.opened().identities(selector)

    @pytest.mark.parametrize("place", ["list:999", "folder:999", "space:999"])
    def test_a_place_that_is_not_there_is_no_empty_one(self, clickup, place):
        with pytest.raises((NotFound, AccessDenied)) as told:
            clickup.opened().identities(Project(place))
        assert not getattr(told.value, "login", False)

    @pytest.mark.parametrize("selector", [Label("x"), Query("statuses[]=complete"), Project("space:791")])
    def test_a_filter_that_was_left_out_is_seen(self, clickup, monkeypatch, selector):
        clickup.make("Work", labels=("y",))
        all_of_it = clickup.filtered
        monkeypatch.setattr(clickup, "filtered", lambda _asked: all_of_it({"subtasks": ["true"]}))
        with pytest.raises(UnexpectedAnswer, match="not asked for"):
            clickup.opened().identities(selector)


CUT = {
    "an empty page before the last": ({"tasks": [], "last_page": False}, PartialRead),
    "the same page again": ({"last_page": False}, UnexpectedAnswer),
    "no tasks at all": ({"tasks": None, "last_page": True}, UnexpectedAnswer),
    "a task without an id": ({"tasks": [{"name": "x"}], "last_page": True}, UnexpectedAnswer),
}


class TestPages:
    """A walk that does not come to its end is an error, never a smaller set."""

    @pytest.mark.parametrize(("cut", "error"), CUT.values(), ids=CUT)
    def test_a_walk_cut_short_is_refused(self, monkeypatch, cut, error):
        clickup = FakeClickUp()
        for n in range(7):
            clickup.make(f"Work {n}", labels=("x",))
        paged = clickup.paged

        def broken(found, asked):
            first = paged(found, {})
            return first if asked["page"] == ["0"] else (200, {**first[1], **cut})

        monkeypatch.setattr(clickup, "paged", broken)
        connector = clickup.opened()
        for ask in (
            lambda: connector.identities(Label("x")),
            lambda: connector.identities(Project("list:901")),
            lambda: list(connector.changed(clickup.at).records),
        ):
            with pytest.raises(error):
                ask()

    def test_without_a_word_on_the_last_page_the_walk_goes_on_to_an_empty_one(self, clickup, monkeypatch):
        many = {clickup.make(f"Work {n}", labels=("x",)) for n in range(6)}
        paged = clickup.paged
        monkeypatch.setattr(clickup, "paged", lambda *at: (200, {"tasks": paged(*at)[1]["tasks"]}))
        assert clickup.opened().identities(Label("x")) == many

    def test_all_comments_are_walked_and_a_page_that_comes_again_is_refused(self, clickup, monkeypatch):
        item = clickup.make("Anchor")
        connector = clickup.opened()
        made = connector.put_comment(item, BODY, MARK)
        for n in range(7):
            clickup.advance(1)
            clickup.say(item, f"Talk {n}")
        assert [one.id for one in connector.look(item).comments] == [made]
        whole = clickup.said_on
        monkeypatch.setattr(clickup, "said_on", lambda id, _asked: whole(id, {}))
        with pytest.raises(UnexpectedAnswer, match="came before"):
            connector.look(item)


class TestReading:
    def test_few_tasks_are_asked_for_one_by_one(self, clickup):
        ids = [clickup.make(f"Work {n}") for n in range(4)]
        connector = stale(clickup.opened())
        before = connector.requests
        assert len(list(connector.fetch(ids[:3]))) == 3
        assert connector.requests - before == 3

    def test_many_come_with_the_list_of_all_and_those_that_it_lacks_one_by_one(self, clickup, monkeypatch):
        monkeypatch.setattr(source, "FEW", 3)
        clickup.page = 100
        ids = [clickup.make(f"Work {n}") for n in range(30)]
        part = clickup.make("Part", parent=ids[0])
        one = clickup.make("Archived")
        connector = stale(clickup.opened())
        seen = clickup.seen
        monkeypatch.setattr(clickup, "seen", lambda: (t for t in seen() if t["id"] != one))
        before = connector.requests
        told = {raw.id: raw for raw in connector.fetch([*ids, one])}
        assert connector.requests - before == 2
        assert set(told) == {*ids, one}
        assert told[ids[0]].data["children"] == [part]

    def test_either_way_the_record_is_the_same(self, clickup, monkeypatch):
        checks = {"id": "c", "task_id": "t", "name": "Steps", "date_created": "1", "orderindex": 0,
                  "creator": 183, "resolved": 1, "unresolved": 2, "items": []}  # fmt: skip
        id = clickup.make("Work", labels=("x",), points=3.5, checklists=[checks])
        part = clickup.make("Part", parent=id)
        clickup.make("Part of a part", parent=part)
        clickup.fill(id, "KR progress", "62")
        connector = clickup.opened()
        [one] = connector.fetch([id])
        monkeypatch.setattr(source, "FEW", 0)
        [all_of_them] = connector.fetch([id])
        assert all_of_them == one
        assert one.data["children"] == [part]

    def test_a_list_that_is_longer_than_asking_is_left(self, clickup, monkeypatch):
        monkeypatch.setattr(source, "FEW", 1)
        monkeypatch.setattr(source, "PAGE", 3)
        ids = [clickup.make(f"Work {n}") for n in range(20)]
        clickup.reparent(ids[0], ids[-1])
        connector = stale(clickup.opened())
        before = connector.requests
        told = {raw.id: raw.data["children"] for raw in connector.fetch(ids[-2:])}
        assert told == {ids[-2]: [], ids[-1]: [ids[0]]}
        assert connector.requests - before == 5

    def test_changes_overlap_by_five_minutes(self, clickup):
        late, early = clickup.make("Late"), clickup.make("Early")
        clickup.edit(early, "Edited")
        clickup.advance(120)
        clickup.edit(late, "Edited")
        clickup.advance(240)
        changed = clickup.opened().changed(clickup.at)
        assert {raw.id for raw in changed.records} == {late}
        assert changed.until == clickup.at
        clickup.advance(3600)
        again = clickup.opened().changed(changed.until)
        assert clickup.at - again.until == source.LAG

    def test_of_custom_fields_those_that_count_are_kept_by_name_or_id(self, clickup):
        id = clickup.make("Work")
        connector = clickup.opened(field_names={}, number_fields=("impact", "d2ab17e0-1"))
        [raw] = connector.fetch([id])
        assert [one["name"] for one in raw.data["custom_fields"]] == ["KR progress", "Impact"]

    def test_descriptions_are_not_kept(self, clickup):
        id = clickup.make("Work", description="secret plan", text_content="secret plan")
        [raw] = clickup.opened().fetch([id])
        assert "secret" not in json.dumps(raw.data)


class TestWriting:
    def test_only_what_differs_is_written(self, clickup):
        item = clickup.make("Anchor")
        connector = clickup.opened()
        connector.put_values(item, {"progress": 60, "status": "On track"})
        before = len(clickup.writes)
        connector.put_values(item, {"progress": 61, "status": "On track"})
        assert len(clickup.writes) - before == 1

    def test_a_value_that_is_dropped_without_a_word_is_told_by_role(self, clickup):
        item = clickup.make("Anchor")
        clickup.readonly.add("KR progress")
        with pytest.raises(Rejected, match="progress was answered as set, and is not") as told:
            clickup.opened().put_values(item, {"progress": 60, "status": "On track"})
        assert set(told.value.fields) == {"progress"}
        assert clickup.value(item, "KR status") == "On track"

    def test_a_value_off_the_list_is_told_by_role_and_the_others_stand(self, clickup):
        item = clickup.make("Anchor")
        connector = clickup.opened(field_names={"status": "Team", "progress": "KR progress"})
        with pytest.raises(Rejected, match="has no option 'Dead'") as told:
            connector.put_values(item, {"status": "Dead", "progress": 60})
        assert set(told.value.fields) == {"status"}
        assert clickup.value(item, "KR progress") == "60"
        connector.put_values(item, {"status": "增长"})
        assert connector.look(item).fields == {"status": "增长", "progress": 60}

    def test_an_option_in_other_letters_is_not_the_word_that_was_put(self, clickup):
        """What stands there would be taken for a person's at the next run."""
        item = clickup.make("Anchor")
        with pytest.raises(Rejected, match="has no option 'growth'"):
            clickup.opened(field_names={"status": "Team"}).put_values(item, {"status": "growth"})

    def test_a_number_in_a_field_of_text_is_told_as_the_number_it_is(self, clickup):
        item = clickup.make("Anchor")
        connector = clickup.opened(field_names={"progress": "KR", "score": "KR status"})
        connector.put_values(item, {"progress": 60, "score": 0.6})
        assert connector.look(item).fields == {"progress": 60, "score": 0.6}
        writes = len(clickup.writes)
        connector.put_values(item, {"progress": 60, "score": 0.6})
        assert len(clickup.writes) == writes

    def test_an_instant_that_lost_its_seconds_is_told(self, clickup, monkeypatch):
        item = clickup.make("Anchor")
        kept = fake.stored
        whole = lambda held, value: kept(held, value // 60_000 * 60_000)  # noqa: E731
        monkeypatch.setattr(fake, "stored", whole)
        with pytest.raises(Rejected, match="updated was answered as set, and is not"):
            clickup.opened().put_values(item, {"updated": "2026-11-21T12:00:00.700+00:00"})

    def test_a_text_in_a_field_of_numbers_is_told(self, clickup):
        item = clickup.make("Anchor")
        with pytest.raises(Rejected, match="takes no 'soon'") as told:
            clickup.opened(field_names={"status": "KR progress"}).put_values(item, {"status": "soon"})
        assert set(told.value.fields) == {"status"}

    def test_a_field_that_the_list_has_not_is_told_before_anything_is_written(self, clickup):
        item = clickup.make("Anchor")
        with pytest.raises(Rejected, match="no field for progress"):
            clickup.opened(field_names={"progress": "Nowhere", "status": "KR status"}).put_values(
                item, {"progress": 60, "status": "On track"}
            )
        assert clickup.writes == []

    def test_a_comment_that_is_dropped_is_told(self, clickup):
        item = clickup.make("Anchor")
        connector = clickup.opened()
        made = connector.put_comment(item, BODY, MARK)
        clickup.deaf = True
        with pytest.raises(Rejected, match="is not there"):
            connector.put_comment(item, BODY, Mark("here", "O1-KR1", "new"), made)
        with pytest.raises(Rejected, match="is not there"):
            connector.put_comment(item, BODY, Mark("here", "O1-KR2", "new"))

    @pytest.mark.parametrize("status", [401, 403])
    def test_who_may_read_and_not_write_is_told_what_is_lacking(self, clickup, monkeypatch, status):
        item = clickup.make("Anchor")
        connector = clickup.opened()
        refused = (status, {"err": "Team not authorized", "ECODE": "OAUTH_027"})
        for way in ("field", "add"):
            monkeypatch.setattr(clickup, way, lambda *_: refused)
        with pytest.raises(AccessDenied) as told:
            connector.put_values(item, {"progress": 60})
        assert "edit the list's tasks" in told.value.hint
        with pytest.raises(AccessDenied) as told:
            connector.put_comment(item, BODY, MARK)
        assert "comment on the list" in told.value.hint
        assert not told.value.login

    def test_nobody_is_told_of_a_comment_and_its_assignee_stays(self, clickup):
        item = clickup.make("Anchor")
        connector = clickup.opened()
        made = connector.put_comment(item, BODY, MARK)
        assert b'"notify_all":false' in next(one.body for one in clickup.heard if one.method == "POST")
        connector.put_comment(item, BODY, Mark("here", "O1-KR1", "new"), made)
        [held] = clickup.comments[item]
        assert held["assignee"] is None
        held |= {"assignee": {**held["user"], "id": PERSON}, "resolved": True}
        connector.put_comment(item, BODY, MARK, made)
        [held] = clickup.comments[item]
        assert (held["assignee"]["id"], held["resolved"]) == (PERSON, True)

    def test_a_mark_that_somebody_else_typed_is_not_ours(self, clickup):
        item = clickup.make("Anchor")
        clickup.say(item, "okr-bridge/here/O1-KR1/abc")
        assert clickup.opened().look(item).comments == ()

    def test_what_people_typed_injects_nothing(self, clickup):
        item = clickup.make(RTL)
        connector = clickup.opened()
        mark = Mark("a/b", "O1 进度/KR", "x y")
        made = connector.put_comment(item, (Paragraph((Span(RTL),)),), mark)
        said = clickup.said(item)[made]
        assert "`" not in said
        assert "\u202e" not in said
        assert "مؤشر <b>٪</b> evil **x** ˋcodeˋ [a](http://b) {{7*7}} @all 进度 😀" in said
        assert [one.mark for one in connector.look(item).comments] == [mark]
        [raw] = connector.fetch([item])
        assert ClickUpMapping("cu", connector.describe()).item(raw).title == RTL

    def test_a_mark_within_a_title_is_no_mark(self, clickup):
        item = clickup.make("Anchor")
        connector = clickup.opened()
        forged = (Paragraph((Span("x\nokr-bridge/else/KR/abc"),)),)
        connector.put_comment(item, forged, MARK)
        assert [one.mark for one in connector.look(item).comments] == [MARK]


class TestMaking:
    NEW = NewItem(project="list:901", title=RTL, marker="okr-bridge:here:O1-KR1", due="2026-12-15",
                  body=BODY, owner="4@Acme.example", priority="High", labels=("okr",))  # fmt: skip

    def test_it_has_an_owner_a_day_and_its_tags(self, clickup):
        connector = clickup.opened()
        id = connector.resolve([key := connector.make(self.NEW)])[key]
        [raw] = connector.fetch([id])
        item = ClickUpMapping("cu", connector.describe()).item(raw)
        assert (item.title, item.type, str(item.due), item.owner) == (RTL, "Epic", "2026-12-15", "OKR bridge")
        sent = next(one.body for one in clickup.heard if one.path.endswith("/list/901/task"))
        assert json.loads(sent)["priority"] == 2
        assert [tag["name"] for tag in clickup.tags] == ["okr-bridge:here:O1-KR1", "okr"]

    def test_a_tag_in_small_letters_is_found_as_well_and_the_oldest_counts(self, clickup):
        old = clickup.make("Old", labels=("okr-bridge:here:o1-kr1",))
        clickup.advance(60)
        clickup.make("New", labels=("okr-bridge:here:O1-KR1",))
        assert clickup.opened().find_made("okr-bridge:here:O1-KR1") == old

    def test_one_that_lost_its_tag_is_taken_away_again(self, clickup, monkeypatch):
        made = clickup.made
        monkeypatch.setattr(clickup, "made", lambda place, body: made(place, {**body, "tags": ["okr"]}))
        with pytest.raises(Rejected, match="without its tag 'okr-bridge:here:O1-KR1', and was taken away"):
            clickup.opened().make(self.NEW)
        assert clickup.tasks == {}

    def test_an_owner_and_a_priority_that_nobody_knows_are_left_out_and_told(self, clickup, caplog):
        new = replace(self.NEW, owner="nobody@acme.example", priority="Someday")
        assert clickup.opened().make(new)
        assert "no member of the workspace" in caplog.text
        assert "there is no 'Someday'" in caplog.text

    @pytest.mark.parametrize("place", ["space:790", "folder:457", "list:Nowhere"])
    def test_it_is_made_in_a_list_and_nowhere_else(self, clickup, place):
        with pytest.raises(Rejected):
            clickup.opened().can_make(place)
        with pytest.raises(Rejected):
            clickup.opened().make(replace(self.NEW, project=place))
        assert clickup.writes == []

    def test_a_workspace_without_a_type_for_epics_says_so(self, clickup):
        with pytest.raises(Rejected, match="no task type called Saga"):
            clickup.opened(group_types=("Saga",)).can_make("list:901")
        clickup.opened(group_types=("Saga", "epic")).can_make("list:901")


def test_a_check_tells_what_is_missing(clickup):
    item = clickup.make("Anchor")
    scope = CheckScope(selectors=(Query("nosuch=1"), Label("y"), Keys((item,))), anchors=(item, "86zz"))
    names = {"progress": "KR progress", "score": "Nowhere"}
    told = [(one.level, one.message) for one in clickup.opened(field_names=names).check(scope)]
    assert ("warning", f"{item} has no field called Nowhere") in told
    assert ("error", "anchor 86zz cannot be read") in told
    assert [level for level, _ in told].count("error") == 2
    assert [level for level, _ in told].count("warning") == 2
