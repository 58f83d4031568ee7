"""Nothing is concluded from what is no answer: a code in a good status, a list cut short, a hidden table."""

from __future__ import annotations

import json

import pytest

from bridge.errors import (
    AccessDenied,
    NotFound,
    PartialRead,
    RateLimited,
    Rejected,
    Transient,
    UnexpectedAnswer,
)
from bridge.model import FieldValue, Keys, Label, Project, Query
from connectors.base import CheckScope
from tests.feishu.fake import BASE, ELSE, STATUSES, WORK, FakeFeishu, good, told, wrong
from tests.feishu.opened import judged, opened
from tests.feishu.opened import system as opened_system


@pytest.fixture
def fake():
    made = FakeFeishu()
    yield made
    assert judged(made) == []


@pytest.fixture
def feishu(fake):
    """One that has logged in and knows its tables."""
    connector = opened(fake)
    connector.describe()
    return connector


CODES = {
    "too many calls": (wrong(1254290, "TooManyRequest"), RateLimited),
    "being made ready": (wrong(1254607, "Data not ready, please try again later"), RateLimited),
    "no such table": (wrong(1254041, "TableIdNotFound"), NotFound),
    "no such base": (wrong(91402, "NOTEXIST"), NotFound),
    "not shared": (wrong(91403, "Forbidden"), AccessDenied),
    "a role without the right": (wrong(1254302, "Permission denied.", 403), AccessDenied),
    "a scope missing": (wrong(99991672, "Access denied. One of the scopes is required"), AccessDenied),
    "no such column": (wrong(1254045, "FieldNameNotFound"), Rejected),
    "a code unheard of": (wrong(1999999, "?"), Rejected),
    "the platform's own trouble": (wrong(1255001, "InternalError"), Transient),
    "neither code nor data": (told({"msg": "success"}), UnexpectedAnswer),
    "a code and no data": (told({"code": 0, "msg": "success"}), UnexpectedAnswer),
}


@pytest.mark.parametrize(("answer", "error"), CODES.values(), ids=CODES)
def test_a_code_in_a_good_status_is_never_taken_for_an_answer(answer, error):
    fake = FakeFeishu()
    fake.make("Work")
    feishu = opened(fake)
    feishu.describe()
    fake.faults = [answer] * 20
    with pytest.raises(error):
        feishu.identities(Project(WORK))


@pytest.mark.parametrize("status", [429, 400])
def test_a_limit_is_waited_for_as_long_as_the_platform_asks(fake, feishu, status):
    one = fake.make("Work")
    before, limited = fake.at, wrong(99991400, "request trigger frequency limit", status)
    fake.faults = [(limited[0], {"x-ogw-ratelimit-limit": "100", "x-ogw-ratelimit-reset": "52"}, limited[2])]
    assert feishu.identities(Project(WORK)) == {one}
    assert (fake.at - before).total_seconds() >= 52
    assert feishu.traffic.requests["rate_limited"] == 1


def test_a_write_that_met_another_one_is_made_again_after_a_pause(fake, feishu):
    item = fake.make("Anchor")
    heard, before = fake.answered, fake.at
    conflicts = [wrong(1254291, "Write conflict")]

    def answered(method, *rest):
        return conflicts.pop() if method == "PUT" and conflicts else heard(method, *rest)

    fake.answered = answered
    feishu.put_values(item, {"progress": 60})
    assert conflicts == []
    assert fake.row(item)["fields"]["KR progress"] == 60
    assert fake.at > before


# --- lists


def test_a_list_that_ends_early_is_refused(fake, feishu):
    for n in range(7):
        fake.make(f"Work {n}")
    whole = fake.paged

    def cut(rows, asked):
        status, headers, answer = whole(rows, asked)
        data = json.loads(answer)["data"]
        return good({**data, "has_more": False}) if "page_token" in asked else (status, headers, answer)

    fake.paged = cut
    with pytest.raises(PartialRead, match="listed 6 of 7"):
        feishu.identities(Project(WORK))


def test_a_page_that_comes_again_is_refused(fake, feishu):
    for n in range(7):
        fake.make(f"Work {n}")
    whole = fake.paged
    fake.paged = lambda rows, _: whole(rows, {})
    with pytest.raises(UnexpectedAnswer, match="to one that was read"):
        feishu.identities(Project(WORK))


@pytest.mark.parametrize("data", [{}, {"items": []}, {"has_more": False, "total": 4}, {"items": [{}]}])
def test_a_page_that_is_none_is_refused(data):
    fake = FakeFeishu()
    fake.make("Work")
    feishu = opened(fake)
    feishu.describe()
    fake.faults = [good(data)]
    with pytest.raises(UnexpectedAnswer):
        feishu.identities(Project(WORK))


def test_a_list_that_moves_is_read_again(fake, feishu):
    ids = [fake.make(f"Work {n}") for n in range(7)]
    whole, pages = fake.paged, []

    def moving(rows, asked):
        pages.append(asked)
        if len(pages) == 1:
            fake.delete(ids[0])
        return whole(rows, asked)

    fake.paged = moving
    assert feishu.identities(Project(WORK)) == set(ids[1:])
    assert len(pages) > 3


def test_a_record_that_is_neither_told_nor_said_to_be_gone_is_no_smaller_set(fake, feishu):
    ids = [fake.make(f"Work {n}") for n in range(3)]
    got = fake.got

    def forgetful(table, body):
        data = json.loads(got(table, body)[2])["data"]
        return good({**data, "records": data["records"][1:]})

    fake.got = forgetful
    with pytest.raises(PartialRead, match="left out 1 of 3"):
        list(feishu.fetch(ids))


def test_records_that_were_not_asked_for_are_refused(fake, feishu):
    one, two = fake.make("One"), fake.make("Two")
    got = fake.got
    fake.got = lambda table, _: got(table, {"record_ids": [one.partition("/")[2], two.partition("/")[2]]})
    with pytest.raises(UnexpectedAnswer, match="not asked for"):
        list(feishu.fetch([one]))


def test_one_record_that_the_platform_stumbles_over_does_not_hide_the_others(fake, feishu):
    ids = [fake.make(f"Work {n}") for n in range(5)]
    got, bad = fake.got, ids[3].partition("/")[2]

    def stumbling(table, body):
        return wrong(1254043, "RecordIdNotFound") if bad in body["record_ids"] else got(table, body)

    fake.got = stumbling
    assert {raw.id for raw in feishu.fetch(ids)} == set(ids) - {ids[3]}


def test_a_table_behind_advanced_permissions_is_not_empty(fake, feishu):
    fake.make("Work")
    fake.advanced = fake.blind = True
    with pytest.raises(AccessDenied, match="shows no record at all"):
        feishu.identities(Label("x"))


def test_an_empty_table_of_an_open_base_is_empty(fake, feishu):
    assert feishu.identities(Project(WORK)) == frozenset()


def test_a_column_that_got_another_name_is_not_taken_for_empty(fake, feishu):
    item = fake.make("Work", Status=STATUSES[2])
    fake.columns[WORK] = {"状况" if n == "Status" else n: c for n, c in fake.columns[WORK].items()}
    row = fake.row(item)["fields"]
    row["状况"] = row.pop("Status")
    with pytest.raises(PartialRead, match="状况"):
        list(feishu.fetch([item]))


def test_a_column_that_is_gone_leaves_the_status_undefined(fake):
    item = fake.make("Work", Status=STATUSES[2])
    system = opened_system(fake)
    fake.advance(60)
    del fake.columns[WORK]["Status"], fake.row(item)["fields"]["Status"]
    [raw] = system.connector.fetch([item])
    assert system.mapping.item(raw).category.value == "undefined"


def test_what_a_record_hangs_below_is_told_with_it_for_its_children_are_others_now(fake, feishu):
    epic, resting = fake.make("Epic"), fake.make("Resting")
    fake.advance(7200)
    since = fake.at
    story = fake.make("Story", parent=epic)
    told = {raw.id: raw.data["children"] for raw in feishu.changed(since).records}
    assert told == {story: [], epic: [story]}
    assert resting not in told


def test_links_are_read_once_for_many_questions_and_what_is_hung_up_meanwhile_comes_next_time(fake, feishu):
    epic = fake.make("Epic")
    since = fake.at
    [before] = feishu.fetch([epic])
    asked = feishu.requests
    [story] = [fake.make("Story", parent=epic)]
    assert feishu.children({epic: epic}) == frozenset()
    assert feishu.requests == asked
    told = {raw.id: raw for raw in feishu.changed(since).records}
    assert told[epic].data["children"] == [story] != before.data["children"]
    assert feishu.children({epic: epic}) == {story}
    later = fake.make("Later", parent=epic)
    fake.advance(31)
    assert feishu.children({epic: epic}) == {story, later}


def test_what_is_computed_is_told_whole_for_it_changes_by_itself(fake, feishu):
    resting = fake.make("Resting")
    fake.advance(7200)
    assert [raw.id for raw in feishu.changed(fake.at).records] == []
    fake.columns[WORK]["Points"] = (20, None)
    fake.advance(60)
    assert [raw.id for raw in feishu.changed(fake.at).records] == [resting]


# --- login


def test_a_token_is_renewed_before_its_end_and_not_for_every_call(fake, feishu):
    def logins():
        return sum("tenant_access_token" in one.path for one in fake.exchanges)

    for _ in range(3):
        feishu.login()
    assert logins() == 1
    fake.advance(7200 - 29 * 60 + 1)
    feishu.login()
    assert logins() == 2
    assert len(fake.tokens) == 2


@pytest.mark.parametrize("status", [200, 400, 401])
def test_a_token_that_is_not_taken_is_got_anew_once(fake, feishu, status):
    one = fake.make("Work")
    fake.tokens.clear()
    fake.faults = [wrong(99991663, "Invalid access token for authorization", status)]
    assert feishu.identities(Project(WORK)) == {one}
    fake.faults = [
        wrong(99991663, "Invalid", status),
        fake.login({"app_id": "cli_bridge", "app_secret": fake.secret}),
    ]
    fake.faults.append(wrong(99991663, "Invalid", status))
    with pytest.raises(AccessDenied) as denied:
        feishu.identities(Project(WORK))
    assert denied.value.login


def test_a_wrong_secret_is_no_empty_base_and_is_not_told(fake):
    fake.secret = "changed"
    wrongly = opened(fake)
    for ask in (
        wrongly.login,
        lambda: wrongly.identities(Project(WORK)),
        lambda: wrongly.look(f"{WORK}/rec1"),
    ):
        with pytest.raises(AccessDenied) as denied:
            ask()
        assert denied.value.login
        assert "app-secret" not in str(denied.value) + denied.value.hint
    assert len(fake.exchanges) == 1


def test_an_app_that_the_base_is_not_shared_with_is_told_what_to_do(fake):
    fake.shut = True
    with pytest.raises(AccessDenied) as denied:
        opened(fake).login()
    assert "Add document app" in denied.value.hint


# --- selectors


REFUSED = {
    "a table that is not there": (Project("Nope"), "no table 'Nope'"),
    "a field that is not there": (FieldValue("Nope", "1"), "no column is called 'Nope'"),
    "a query that is none": (Query("hello"), "is no filter"),
    "broken JSON": (Query("{"), "no JSON"),
    "a filter without a table": (Query('{"conjunction": "and"}'), "names no table"),
    "a filter without conditions": (Query('{"table": "Work", "conjunction": "and"}'), "no conditions"),
    "a filter that joins nothing": (Query('{"table": "Work", "conditions": []}'), "neither and nor or"),
    "a column of another table": (
        Query(
            '{"table": "Work", "conjunction": "or", "conditions": [{"field_name": "x", "operator": "is"}]}'
        ),
        "a condition's field_name",
    ),
    "an operator unheard of": (
        Query(
            '{"table":"Work","conjunction":"or","conditions":[{"field_name":"Status","operator":"matches"}]}'
        ),
        "a condition's operator",
    ),
    "a member unheard of": (Query('{"table": "Work", "where": []}'), "something else"),
    "keys": (Keys(("1",)), "keys are no filter"),
}


@pytest.mark.parametrize(("selector", "words"), REFUSED.values(), ids=REFUSED)
def test_what_a_base_cannot_be_asked_is_refused(fake, feishu, selector, words):
    fake.make("Work")
    with pytest.raises(Rejected, match=words):
        feishu.identities(selector)


def test_a_view_a_value_and_a_table_by_name_hit_their_own(fake, feishu):
    done, other = fake.make("Done", Status=STATUSES[2]), fake.make("Other", Blocked=True)
    fake.views["vewDone"] = lambda row: row["fields"].get("Status") == STATUSES[2]
    elsewhere = fake.make("Else", table=ELSE)
    ask = feishu.identities
    assert ask(Query(f"{WORK}/vewDone")) == {done}
    assert ask(Query(f"https://acme.feishu.cn/base/{BASE}?table={WORK}&view=vewDone")) == {done}
    assert ask(FieldValue("status", STATUSES[2])) == {done}
    assert ask(FieldValue("Blocked", "true")) == {other}
    assert ask(Project("else")) == {elsewhere}


def test_without_a_column_for_labels_a_label_is_refused(fake):
    with pytest.raises(Rejected, match="holds labels"):
        opened(fake, columns={"labels": "Nope"}).identities(Label("x"))


def test_a_record_is_found_by_its_address_its_table_and_alone(fake, feishu):
    item = fake.make("Work")
    record = item.partition("/")[2]
    keys = [
        record,
        f"Work/{record}",
        item,
        f"https://acme.feishu.cn/base/{BASE}?table={WORK}&record={record}",
    ]
    assert feishu.resolve([*keys, "Nope/rec1", "x", "", "rec999"]) == dict.fromkeys(keys, item)


def test_a_record_that_two_tables_have_is_not_guessed_at(fake, feishu):
    item = fake.make("Work")
    record = item.partition("/")[2]
    fake.rows[ELSE][record] = fake.row(item)
    assert feishu.resolve([item]) == {item: item}
    with pytest.raises(Rejected, match="several tables"):
        feishu.resolve([record])


def test_only_the_tables_named_are_read(fake):
    fake.make("Work", labels=("x",))
    other = fake.make("Else", table=ELSE, labels=("x",))
    assert opened(fake, tables=("Else",)).identities(Label("x")) == {other}
    with pytest.raises(Rejected, match="no table 'Nope'"):
        opened(fake, tables=("Nope",)).identities(Label("x"))


def test_children_hang_below_records_of_another_table_too(fake):
    fake.columns[WORK]["Parent items"] = (18, {"table_id": ELSE})
    epic = fake.make("Epic", table=ELSE)
    record = epic.partition("/")[2]
    story = fake.make("Story", **{"Parent items": [record]})
    system = opened_system(fake)
    assert system.connector.children({epic: epic}) == {story}
    [raw] = system.connector.fetch([story])
    assert system.mapping.item(raw).parent == epic


def test_a_large_read_takes_as_few_calls_as_the_platform_allows():
    fake = FakeFeishu(page=500)
    ids = [fake.make(f"Work {n}") for n in range(250)]
    feishu = opened(fake, tables=(WORK,))
    feishu.describe()
    before = feishu.requests
    assert len(list(feishu.fetch(ids))) == 250
    assert feishu.requests - before == 3 + 1


# --- check


def test_a_check_tells_what_is_missing(fake):
    item = fake.make("Anchor")
    fake.columns[WORK]["Status"][1]["options"].append({"id": "optX", "name": "待评审"})
    del fake.columns[ELSE]["Status"], fake.columns[WORK]["KR comment"], fake.columns[WORK]["KR score"]
    fake.advanced = True
    feishu = opened(fake, columns={"points": "Size"}, number_fields=("Impact",))
    scope = CheckScope(selectors=(Query("x"), Label("nobody")), anchors=(item, f"{WORK}/recNone"))
    said = [(one.level, one.message) for one in feishu.check(scope)]
    for level, part in (
        ("warning", "advanced permissions"),
        ("warning", "nothing says what these statuses mean: 待评审"),
        ("warning", "the table Else has no column for the status"),
        ("warning", "no column 'Size' that could be its points"),
        ("error", "no number column is called 'Impact'"),
        ("error", "'x' is no filter"),
        ("error", f"anchor {WORK}/recNone cannot be read"),
        ("warning", "no column for score, the comment"),
    ):
        assert any(one == level and part in message for one, message in said), (level, part, said)
