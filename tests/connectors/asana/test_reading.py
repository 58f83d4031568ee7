"""What is found, what is followed, and lists that do not end as they should."""

from __future__ import annotations

from datetime import timedelta

import pytest

from bridge.errors import AccessDenied, NotFound, PartialRead, RateLimited, Rejected, UnexpectedAnswer
from bridge.model import FieldValue, Keys, Label, Project, Query, Tier
from connectors.asana.api import gid
from connectors.base import CheckScope
from tests.asana.conftest import asana as asana
from tests.asana.fake import wrong
from tests.asana.site import opened
from tests.contract import HOSTILE

GIDS = {
    "a number": ("1200", "1200", ""),
    "blanks": (" 1200 ", "1200", ""),
    "an address": ("https://app.asana.com/0/500/1200/f", "1200", "500"),
    "the newer address": ("https://app.asana.com/1/7/project/500/task/1200?focus=true", "1200", "500"),
    "a list's address": ("https://app.asana.com/0/500/list", "", "500"),
    "words": ("1200 or so", "", ""),
    "nothing": ("", "", ""),
}


@pytest.mark.parametrize(("told", "task", "project"), GIDS.values(), ids=GIDS)
def test_people_name_tasks_and_projects_by_number_or_address(told, task, project):
    assert gid(told) == task
    if not told.strip().isdecimal():
        assert gid(told, "project") == project


def test_a_project_is_told_by_name_or_address_too(asana):
    mine = asana.make("Mine")
    for told in ("500", " work ", "https://app.asana.com/0/500/list"):
        assert opened(asana).identities(Project(told)) == {mine}


def test_two_projects_of_one_name_are_not_guessed_between(asana):
    asana.projects["501"] = "Work"
    with pytest.raises(Rejected, match="2 projects are called 'Work'"):
        opened(asana).identities(Project("Work"))
    assert opened(asana, projects=("500",)).identities(Project("Work")) == frozenset()


REFUSED = {
    "an unknown project": (Project("Nowhere"), "no project that is followed is called"),
    "a project that is not followed": (Project("999"), "project '999' is not followed"),
    "no search": (Query("hello world"), "'hello world' is no part of a search"),
    "a search that pages for itself": (Query("tags.any=1&limit=5"), "'limit' is no part of a search"),
    "an unknown field": (FieldValue("Nope", "1"), "has a field 'Nope'"),
    "keys": (Keys(("1",)), "keys are no filter"),
}


@pytest.mark.parametrize(("selector", "words"), REFUSED.values(), ids=REFUSED)
def test_what_cannot_be_asked_is_refused(asana, selector, words):
    asana.make("Work")
    with pytest.raises(Rejected, match=words):
        opened(asana).identities(selector)


FIELDS = {
    "an option": ("Team", "growth"),
    "an option in Chinese": ("team", "增长"),
    "by the field's number": ("808", "增长"),
    "a number": ("Story points", "3.0"),
    "a section": ("section", "进行中"),
    "an assignee": ("assignee", "李雷"),
}


@pytest.mark.parametrize(("name", "value"), FIELDS.values(), ids=FIELDS)
def test_a_field_hits_its_own_wherever_they_hang(asana, name, value):
    asana.make("Other")
    parent = asana.make("Parent")
    mine = asana.make("Mine", parent=parent, assignee={"gid": "5", "resource_type": "user", "name": "李雷"})
    asana.section(mine, "进行中")
    asana.choose(mine, "808", "Growth" if value == "growth" else "增长")
    asana.number_in(mine, "807", 3)
    assert opened(asana).identities(FieldValue(name, value)) == {mine}


def test_every_tag_of_a_name_counts(asana):
    one = asana.make("One", labels=("okr",))
    two = asana.make("Two", labels=("OKR",))
    assert opened(asana).identities(Label("Okr")) == {one, two}


def test_a_subtask_is_followed_by_what_it_hangs_under(asana):
    parent = asana.make("Parent")
    part = asana.make("Part", parent=parent, labels=("x",), tier=Tier.PART)
    deeper = asana.make("Deeper", parent=part, labels=("x",), tier=Tier.PART)
    assert opened(asana).identities(Label("x")) == {part, deeper}


def test_what_nothing_follows_is_refused_and_not_left_to_grow_stale(asana):
    stray = asana.make("Stray", labels=("x",), tier=Tier.PART)
    inside = asana.make("Inside")
    for ask in (
        lambda: opened(asana).identities(Label("x")),
        lambda: opened(asana).resolve([inside, stray]),
        lambda: opened(asana, projects=("501",)).resolve([inside]),
    ):
        with pytest.raises(Rejected, match="lies in no followed project"):
            ask()


def test_what_moves_deep_below_is_seen_though_its_parents_do_not_move(asana):
    top = asana.make("Top")
    middle = asana.make("Middle", parent=top, tier=Tier.PART)
    deep = [asana.make(f"Deep {n}", parent=middle, tier=Tier.PART) for n in range(asana.page + 1)]
    asana.advance(7200)
    connector = opened(asana)
    since = connector.login().now
    asana.advance(60)
    asana.edit(deep[-1], HOSTILE)
    assert [raw.data["name"] for raw in connector.changed(since).records] == [HOSTILE]


def test_without_subtasks_asana_is_asked_what_changed_and_none_is_looked_for(asana):
    resting, parent = asana.make("Resting"), asana.make("Parent")
    part = asana.make("Part", parent=parent, labels=("x",), tier=Tier.PART)
    asana.advance(7200)
    connector = opened(asana, subtasks=False)
    since = connector.login().now
    asana.advance(60)
    many = [asana.make(f"Work {n}") for n in range(asana.page + 1)]
    asana.edit(parent, HOSTILE)
    asana.advance(600)
    asana.asked.clear()
    told = {raw.id: raw for raw in connector.changed(since).records}
    assert set(told) == {parent, *many}
    assert set(asana.asked) == {"GET /users/me", "GET /workspaces/700/projects", "GET /tasks"}
    assert told == {raw.id: raw for raw in connector.fetch(told)}
    assert told[parent].data["children"] == []
    assert connector.children({parent: parent}) == frozenset()
    assert connector.identities(FieldValue("section", "To do")) == {resting, parent, *many}
    with pytest.raises(Rejected, match="lies in no followed project"):
        connector.resolve([part])


def test_without_subtasks_a_lost_project_does_not_hide_what_changed_elsewhere(asana):
    seen = asana.make("Seen")
    asana.lost.add("501")
    connector = opened(asana, projects=("500", "501"), subtasks=False)
    since = connector.login().now - timedelta(hours=1)
    assert [raw.id for raw in connector.changed(since).records] == [seen]


def test_a_project_that_was_lost_does_not_hide_what_changed_elsewhere(asana):
    seen = asana.make("Seen")
    asana.lost.add("501")
    connector = opened(asana, projects=("500", "501"))
    since = connector.login().now - timedelta(hours=1)
    assert [raw.id for raw in connector.changed(since).records] == [seen]
    with pytest.raises(NotFound):
        connector.identities(Project("501"))


def test_many_searches_walk_to_the_end_though_several_were_made_at_once(asana):
    many = {asana.make(f"Work {n}", labels=("x",)) for n in range(asana.page * 2)}
    instant = asana.tasks[max(many)]["created_at"]
    for id in sorted(many)[-2:]:
        asana.tasks[id]["created_at"] = instant
    assert opened(asana).identities(asana.query("x")) == many
    for id in many:
        asana.tasks[id]["created_at"] = instant
    with pytest.raises(PartialRead, match="stood still"):
        opened(asana).identities(asana.query("x"))


def test_a_search_without_a_paid_plan_is_refused_with_what_to_do(asana):
    asana.premium = False
    with pytest.raises(Rejected, match="answered 402: Payment Required") as told:
        opened(asana).identities(asana.query("x"))
    assert "paid plan" in told.value.hint


def cut(asana, monkeypatch, change):
    """Every page of a project's tasks is changed before it goes out."""
    whole = asana.paged

    def paged(asked, records):
        status, data = whole(asked, records)
        return status, change(data, asked) if records and "below" in records[0] else data

    monkeypatch.setattr(asana, "paged", paged)


CUTS = {
    "without a word of the next page": (lambda d, _: {"data": d["data"]}, PartialRead),
    "with an empty token": (lambda d, _: d | {"next_page": {"offset": ""}}, PartialRead),
    "the same page for ever": (
        lambda d, _: d | {"next_page": {"offset": "Mw==", "path": "/", "uri": "https://x/"}},
        UnexpectedAnswer,
    ),
    "no list": (lambda _, __: {"data": {}, "next_page": None}, UnexpectedAnswer),
    "entries without ids": (lambda _, __: {"data": [{"name": "x"}], "next_page": None}, UnexpectedAnswer),
}


@pytest.mark.parametrize(("change", "error"), CUTS.values(), ids=CUTS)
def test_a_list_that_does_not_end_as_it_should_is_an_error(asana, monkeypatch, change, error):
    for n in range(asana.page + 1):
        asana.make(f"Work {n}")
    cut(asana, monkeypatch, change)
    connector = opened(asana)
    with pytest.raises(error):
        connector.identities(Project("500"))
    with pytest.raises(error):
        list(connector.changed(connector.login().now).records)
    asana.heard.clear()  # what a broken proxy says keeps to no document


def test_a_token_that_expired_amid_a_list_is_a_partial_read(asana, monkeypatch):
    for n in range(asana.page + 1):
        asana.make(f"Work {n}")
    monkeypatch.setattr(asana, "start", lambda token: asana.__class__.start(asana, token and "eA=="))
    with pytest.raises(PartialRead, match="pagination token is invalid"):
        opened(asana).identities(Project("500"))


def test_a_batch_that_answers_less_or_something_else_is_an_error(asana, monkeypatch):
    ids = [asana.make(f"Work {n}") for n in range(3)]
    act = asana.action
    monkeypatch.setattr(asana, "action", lambda one: act({**one, "relative_path": f"/tasks/{ids[0]}"}))
    with pytest.raises(UnexpectedAnswer, match="another task"):
        list(opened(asana).fetch(ids))
    parents = [asana.make("Parent"), asana.make("Other")]
    for parent in parents:
        asana.make("Part", parent=parent, tier=Tier.PART)
    monkeypatch.setattr(
        asana, "action", lambda one: act({**one, "relative_path": f"/tasks/{parents[0]}/subtasks"})
    )
    with pytest.raises(UnexpectedAnswer, match="other tasks"):
        opened(asana).children({parents[1]: parents[1]})


def test_a_batch_that_breaks_off_is_a_partial_read(asana, monkeypatch):
    ids = [asana.make(f"Work {n}") for n in range(3)]
    answer = asana.answer

    def short(method, path, *rest):
        status, data = answer(method, path, *rest)
        return status, {"data": data["data"][:-1]} if path == "/batch" else data

    monkeypatch.setattr(asana, "answer", short)
    with pytest.raises(PartialRead, match="all of its 3 actions"):
        list(opened(asana).fetch(ids))


def test_a_heading_between_tasks_is_no_work(asana):
    parent = asana.make("Parent")
    part = asana.make("Part", parent=parent, tier=Tier.PART)
    asana.make("Next week:", parent=parent, tier=Tier.PART, is_rendered_as_separator=True)
    asana.make("Later:", is_rendered_as_separator=True)
    connector = opened(asana)
    since = connector.login().now - timedelta(hours=1)
    [raw] = connector.fetch([parent])
    assert raw.data["children"] == [part]
    assert connector.children({parent: parent}) == {part}
    assert connector.identities(Project("500")) == {parent}
    assert {one.id for one in connector.changed(since).records} == {parent, part}
    shallow = opened(asana, subtasks=False)
    assert [one.id for one in shallow.changed(since).records] == [parent]


def test_what_is_reached_twice_comes_once(asana):
    parent = asana.make("Parent")
    child = asana.make("Child of the project, too", parent=parent)
    asana.tasks[child]["in"] |= {"501": asana.sections["501"]}
    connector = opened(asana)
    since = connector.login().now - timedelta(hours=1)
    part = asana.make("Part", parent=child, tier=Tier.PART)
    asana.asked.clear()
    ids = frozenset(one["gid"] for one in connector.following.walk("modified_at"))
    assert ids == {parent, child, part}
    assert asana.asked.count(f"batch GET /tasks/{child}/subtasks") == 1
    assert sorted(raw.id for raw in connector.changed(since).records) == [parent, child, part]


def test_a_task_that_goes_away_between_two_looks_is_gone(asana):
    parent, other = asana.make("Parent"), asana.make("Other")
    asana.make("Part", parent=parent, tier=Tier.PART)
    connector, looks = opened(asana), []
    connector.describe()

    def vanish(_method, path):
        looks.append(path)
        if len(looks) == 2:
            asana.delete(parent)

    asana.before = vanish
    assert [raw.id for raw in connector.fetch([parent, other])] == [other]
    assert looks[:2] == ["/batch", "/batch"]


def test_what_a_batch_could_not_answer_is_asked_for_alone(asana, monkeypatch):
    ids = [asana.make(f"Work {n}") for n in range(12)]
    act = asana.action
    late = {"status_code": 429, "headers": {"Retry-After": "3"}, "body": wrong("rate limit")}
    monkeypatch.setattr(asana, "action", lambda one: late if ids[1] in one["relative_path"] else act(one))
    assert sorted(raw.id for raw in opened(asana).fetch(ids)) == ids
    assert [one for one in asana.asked if one.startswith("GET /tasks/")] == [f"GET /tasks/{ids[1]}"]


def test_ten_tasks_are_one_request(asana):
    ids = [asana.make(f"Work {n}") for n in range(20)]
    connector = opened(asana)
    connector.describe()
    before = connector.requests
    assert len(list(connector.fetch(ids))) == 20
    assert connector.requests - before == 2


def test_many_subtasks_are_read_to_their_end(asana):
    parent = asana.make("Parent")
    parts = [asana.make(f"Part {n}", parent=parent, tier=Tier.PART) for n in range(asana.page * 2 + 1)]
    [raw] = opened(asana).fetch([parent])
    assert raw.data["children"] == parts
    assert opened(asana).children({parent: parent}) == set(parts)


def test_a_wrong_token_is_told_once_and_never_as_an_empty_workspace(asana):
    id = asana.make("Work")
    for ask in (
        lambda one: one.login(),
        lambda one: list(one.fetch([id])),
        lambda one: one.identities(Project("500")),
        lambda one: one.children({id: id}),
    ):
        with pytest.raises(AccessDenied) as told:
            ask(opened(asana, token="x"))
        assert told.value.login
        assert "access token" in told.value.hint


def test_a_token_without_a_scope_is_no_sign_that_things_are_hidden(asana, monkeypatch):
    id = asana.make("Work")
    refusal = {"status_code": 403, "headers": {}, "body": wrong("This app lacks the scope tasks:read")}
    monkeypatch.setattr(asana, "action", lambda _: refusal)
    answer = asana.answer
    monkeypatch.setattr(
        asana,
        "answer",
        lambda method, path, *rest: (
            (403, refusal["body"]) if path.startswith("/tasks/") else answer(method, path, *rest)
        ),
    )
    with pytest.raises(AccessDenied, match="scope"):
        list(opened(asana).fetch([id]))


def test_a_limit_is_waited_out_as_long_as_asana_says(asana):
    asana.make("Work")
    asana.limited = [30, 12]
    begun = asana.at
    connector = opened(asana, concurrency=1)
    assert len(connector.identities(Project("500"))) == 1
    assert (asana.at - begun).total_seconds() >= 42
    assert connector.traffic.requests["rate_limited"] == 2


def test_a_pause_too_long_to_wait_for_holds_every_call_for_refusals_count_too(asana):
    connector = opened(asana, concurrency=1)
    connector.describe()
    asana.limited = [600]
    for ask in (connector.login, lambda: connector.identities(Project("500"))):
        with pytest.raises(RateLimited) as told:
            ask()
        assert told.value.scope == "connection"
    assert asana.asked.count("GET /users/me") == 2
    assert len(asana.asked) == 2


def test_one_of_several_workspaces_has_to_be_named(asana):
    asana.workspaces.append({"gid": "701", "resource_type": "workspace", "name": "Personal"})
    with pytest.raises(Rejected, match=r"Acme \(700\), Personal \(701\)"):
        opened(asana).describe()
    assert opened(asana, workspace="acme").describe() == {"workspace": "700"}
    assert opened(asana, workspace="701").describe() == {"workspace": "701"}
    with pytest.raises(Rejected, match="0 workspaces are meant"):
        opened(asana, workspace="Nowhere").describe()


def test_a_check_tells_what_is_missing(asana):
    item = asana.make("Anchor")
    stray = asana.make("Stray", tier=Tier.PART)
    del asana.fields["804"]
    scope = CheckScope(
        selectors=(Project("Nowhere"), Label("y"), Keys((item,))), anchors=(item, "999", stray)
    )
    told = [(one.level, one.message) for one in opened(asana).check(scope)]
    assert ("warning", f"{item} has no field KR score") in told
    assert ("error", "anchor 999 cannot be read") in told
    assert ("info", "2 projects are followed") in told
    assert [level for level, _ in told].count("error") == 3
    assert [level for level, _ in told].count("warning") == 2
