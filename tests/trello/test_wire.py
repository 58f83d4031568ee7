"""Limits, refusals and lists of Trello: what is cut short, repeated or refused never passes for less."""

from __future__ import annotations

from datetime import timedelta

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
from bridge.sandbox.trello import answers
from connectors.base import CheckScope, RemoteLink
from connectors.trello import api, comments
from tests.contract import BODY, HOSTILE, LINK, MARK
from tests.trello import fake
from tests.trello.fake import FakeTrello, Refusal
from tests.trello.site import opened

PAGE = 3


@pytest.fixture
def trello(monkeypatch):
    monkeypatch.setattr(api, "PAGE", PAGE)
    return FakeTrello(PAGE)


# --- limits


def test_a_refusal_for_haste_is_waited_out_to_the_windows_end(trello):
    trello.limit = 1
    connector = opened(trello)
    connector.login()
    begun = trello.at
    assert connector.login().id == fake.ME
    assert timedelta(seconds=10) <= trello.at - begun <= timedelta(seconds=14)
    assert connector.traffic.requests["rate_limited"] == 1


def test_a_refusal_for_haste_holds_every_other_call_back_too(trello):
    id = trello.make("Work")
    connector = opened(trello, tries=1)
    connector.login()
    trello.limit = 1
    with pytest.raises(RateLimited) as told:
        connector.login()
    assert (told.value.scope, told.value.retry_after) == ("connection", 10.0)
    trello.limit, begun = None, trello.at
    assert len(list(connector.fetch([id]))) == 1
    assert trello.at - begun >= timedelta(seconds=10)


def test_the_budget_of_members_is_one_endpoints(trello):
    connector = opened(trello, tries=1)
    answer = trello.answer

    def spent(method, path, asked, body):
        if path.startswith("/members"):
            raise Refusal(429, "", error="MEMBER_LIMIT_EXCEEDED", message="slow down")
        return answer(method, path, asked, body)

    trello.answer = spent
    with pytest.raises(RateLimited) as told:
        connector.login()
    assert (told.value.scope, told.value.retry_after) == ("endpoint", 900.0)
    id = trello.make("Work")
    assert connector.resolve([trello.key(id)]) == {trello.key(id): id}


def test_ten_cards_are_one_request(trello):
    ids = [trello.make(f"Work {n}") for n in range(20)]
    connector = opened(trello)
    assert len(list(connector.fetch(ids))) == 20
    paths = [path for _, path in trello.asked]
    assert paths == ["/1/batch"] * len(paths)
    assert len(paths) <= 4  # two of cards, and the custom fields of their board


@pytest.mark.parametrize("old", [True, False], ids=["by their code", "that name their code"])
@pytest.mark.parametrize(
    ("status", "words"),
    [(400, "invalid id"), (401, "unauthorized card permission requested"), (403, "no"), (404, "not found")],
)
def test_what_a_batch_cannot_give_is_left_out_however_it_is_said(trello, old, status, words):
    trello.old_batch = old
    here, there = trello.make("Here"), trello.make("There")
    shown = trello.card

    def card(key):
        if key == there:
            raise Refusal(status, words)
        return shown(key)

    trello.card = card
    assert [raw.id for raw in opened(trello).fetch([here, there])] == [here]


def test_a_read_that_a_batch_calls_wrong_is_no_card_that_is_gone(trello):
    id = trello.make("Here")

    def card(_key):
        raise Refusal(400, "invalid value for customFieldItems")

    trello.card = card
    with pytest.raises(UnexpectedAnswer, match="answered 400"):
        list(opened(trello).fetch([id]))


@pytest.mark.parametrize("old", [True, False], ids=["by its code", "that names its code"])
def test_what_a_batch_only_postponed_is_asked_for_again_by_itself(trello, old):
    trello.old_batch = old
    ids = [trello.make(f"Work {n}") for n in range(3)]
    shown, failed = trello.card, []

    def card(key):
        if key == ids[1] and not failed:
            failed.append(key)
            raise Refusal(503, "busy")
        return shown(key)

    trello.card = card
    assert {raw.id for raw in opened(trello).fetch(ids)} == set(ids)
    assert ("GET", f"/1/cards/{ids[1]}") in trello.asked


def test_a_batch_with_fewer_answers_than_reads_is_refused(trello):
    ids = [trello.make(f"Work {n}") for n in range(3)]
    answer = trello.answer
    trello.answer = lambda method, path, asked, body: (
        answer(method, path, asked, body)[:-1] if path == "/batch" else answer(method, path, asked, body)
    )
    with pytest.raises(UnexpectedAnswer, match="otherwise than 3 reads"):
        list(opened(trello).fetch(ids))


# --- lists to their end


def test_cards_that_were_made_in_one_second_are_all_there(trello):
    """As a copied board or an import makes them: a page may end in the midst of a second."""
    ids = [trello.make("Alone"), trello.make("First")]
    ids += [trello.make(f"Twin {n}", after=0) for n in range(PAGE - 2)]
    ids += [trello.make("Later"), trello.make("Latest")]
    assert opened(trello).identities(Project("wrkBoard")) == set(ids)


def test_more_cards_of_one_second_than_a_page_holds_are_a_partial_read(trello):
    for n in range(PAGE + 1):
        trello.make(f"Work {n}", after=0)
    with pytest.raises(PartialRead, match="made in one second"):
        opened(trello).identities(Project("wrkBoard"))


def test_a_short_page_is_not_taken_for_the_last_one(trello):
    """Trello may give fewer cards a page than it was asked for."""
    ids = {trello.make(f"Work {n}") for n in range(PAGE * 2)}
    trello.cut = lambda _asked, page: sorted(page, key=lambda one: one["id"])[-2:]
    assert opened(trello).identities(Project("wrkBoard")) == ids


def test_a_page_in_the_order_of_the_board_is_walked_by_age(trello):
    """Within a page cards come list by list, whichever is older."""
    ids = [trello.make(f"Work {n}") for n in range(PAGE * 3)]
    for id in ids[::2]:
        trello.put(id, list="Doing")
    assert opened(trello).identities(Project("wrkBoard")) == set(ids)


def test_what_was_changed_a_minute_before_is_told_once_more(trello):
    id = trello.make("Work")
    trello.advance(7200)
    trello.edit(id, "Late")
    trello.advance(60)
    assert [raw.id for raw in opened(trello).changed(trello.at).records] == [id]


def test_a_renamed_list_changes_all_cards_of_its_board(trello):
    id = trello.make("Work")
    trello.make("Elsewhere", on=trello.away)
    trello.advance(7200)
    since = trello.at
    trello.advance(60)
    trello.rename(trello.home, "To Do", "Ideas")
    assert [raw.id for raw in opened(trello).changed(since).records] == [id]


def test_a_page_that_comes_again_is_refused(trello):
    for n in range(PAGE * 2):
        trello.make(f"Work {n}")
    first: list[object] = []

    def stuck(_asked, page):
        first[:] = first or page
        return first

    trello.cut = stuck
    with pytest.raises(UnexpectedAnswer, match="a page again"):
        opened(trello).identities(Project("wrkBoard"))


def test_a_page_that_is_no_list_of_cards_is_refused(trello):
    trello.make("Work")
    for wrong in ({"cards": []}, ["id"], [{"name": "without id"}], [{"id": "none of Trello's"}]):
        trello.cut = lambda _asked, _page, wrong=wrong: wrong
        with pytest.raises(UnexpectedAnswer):
            opened(trello).identities(Project("wrkBoard"))


def test_a_page_that_fails_in_the_midst_ends_the_walk_with_an_error(trello):
    for n in range(PAGE * 2):
        trello.make(f"Work {n}")

    def failing(asked, page):
        if "before" in asked:
            raise Refusal(504, "timeout")
        return page

    trello.cut = failing
    with pytest.raises(Transient):
        opened(trello, tries=1).identities(Project("wrkBoard"))


def test_archived_cards_count_among_a_boards(trello):
    id = trello.make("Old", labels=("x",))
    trello.put(id, closed=True)
    assert opened(trello).identities(Label("x")) == opened(trello).identities(Project("wrkBoard")) == {id}


def test_comments_are_read_to_an_empty_page(trello, monkeypatch):
    monkeypatch.setattr(comments, "PAGE", 2)
    item = trello.make("Anchor")
    connector = opened(trello)
    made = connector.put_comment(item, BODY, MARK)
    for n in range(5):
        trello.advance(1)
        trello.say(item, f"{n}")
    assert [one.id for one in connector.look(item).comments] == [made]


# --- who may what


def test_a_wrong_login_is_told_and_asked_no_further(trello):
    connector = opened(trello, token="wrong-token")
    with pytest.raises(AccessDenied, match="invalid token") as told:
        connector.login()
    assert told.value.login
    asked = len(trello.asked)
    with pytest.raises(AccessDenied):
        connector.resolve(["c0000001"])
    assert len(trello.asked) == asked


def test_a_card_that_may_not_be_seen_does_not_end_the_login(trello):
    seen, hidden = trello.make("Seen"), trello.make("Hidden")
    trello.hide(hidden)
    connector = opened(trello)
    with pytest.raises(NotFound):
        connector.look(hidden)
    assert connector.look(seen).comments == ()


def test_a_board_that_may_not_be_seen_is_not_an_empty_one(trello):
    trello.make("Work", labels=("x",))
    trello.home.member = False
    for ask in (Project("wrkBoard"), Project("wrkBoard/To Do"), Project(trello.home.id)):
        with pytest.raises(NotFound):
            opened(trello).identities(ask)
    with pytest.raises(NotFound, match="no board 'wrkBoard'"):
        opened(trello, boards=("wrkBoard",)).identities(Label("x"))


def test_custom_fields_that_cannot_be_read_are_no_missing_ones(trello):
    id = trello.make("Work")

    def hidden(board, _asked):
        raise Refusal(401, "unauthorized permission requested")

    trello.answer = (lambda whole: lambda method, path, asked, body: (
        hidden(path, asked) if path.endswith("/customFields") else whole(method, path, asked, body)
    ))(trello.answer)  # fmt: skip
    with pytest.raises(PartialRead, match="custom fields"):
        list(opened(trello).fetch([id]))


def test_an_observer_is_told_what_the_account_lacks(trello):
    item = trello.make("Anchor")
    trello.home.observed = True
    for write in (
        lambda one: one.put_values(item, {"progress": 60}),
        lambda one: one.put_comment(item, BODY, MARK),
        lambda one: one.put_link(item, LINK),
    ):
        with pytest.raises(AccessDenied) as told:
            write(opened(trello))
        assert (told.value.login, "not as an observer" in told.value.hint) == (False, True)


def test_a_sub_request_that_failed_is_what_it_was_by_itself(trello):
    """449, with the status of what failed."""

    def failed(asked, page):
        raise Refusal(449, "", path="boards", originalMessage="Unauthorized permission requested",
                      originalStatus=401)  # fmt: skip

    trello.cut = failed
    with pytest.raises(NotFound):
        opened(trello).identities(Project("wrkBoard"))


# --- what is asked for


def test_a_board_is_told_by_short_link_id_address_or_name(trello):
    id = trello.make("Work")
    trello.make("Other", on=trello.away)
    for key in ("wrkBoard", trello.home.id, "https://trello.com/b/wrkBoard/work", "Work", " Work "):
        assert opened(trello).identities(Project(key)) == {id}


def test_two_boards_of_one_name_are_no_answer(trello):
    trello.board("twnBoard", "Work")
    with pytest.raises(Rejected, match="2 boards are called 'Work'"):
        opened(trello).identities(Project("Work"))


def test_a_card_is_told_by_short_link_id_or_address(trello):
    id = trello.make("Work")
    keys = [trello.key(id), id, f"https://trello.com/c/{trello.key(id)}/7-work"]
    assert opened(trello).resolve([*keys, "no card", "a,b", "/members/me"]) == dict.fromkeys(keys, id)


def test_a_list_of_a_board_is_asked_for_by_name(trello):
    doing, elsewhere = trello.make("Doing"), trello.make("Same name", on=trello.away)
    trello.put(doing, list="Doing")
    trello.put(elsewhere, list="Doing")
    trello.make("To do")
    assert opened(trello).identities(Project("Work/doing")) == {doing}
    assert opened(trello).identities(FieldValue("List", "Doing")) == {doing, elsewhere}
    with pytest.raises(NotFound, match="no list 'Dogin'"):
        opened(trello).identities(Project("Work/Dogin"))


FIELDS = {
    "an option": ("Team", {"option": "核心"}, "核心"),
    "a number, however it is spelt": ("Points", {"number": "3"}, "3.0"),
    "yes": ("Ready", {"checked": "true"}, "true"),
    "a text without case": ("KR", {"text": "Growth"}, "growth"),
    "an instant": ("KR updated", {"date": "2026-11-02T09:00:00.000Z"}, "2026-11-02T10:00:00+01:00"),
}


@pytest.mark.parametrize(("field", "value", "asked"), FIELDS.values(), ids=FIELDS)
def test_a_custom_field_is_asked_for_by_its_value(trello, field, value, asked):
    mine, other = trello.make("Mine"), trello.make("Other")
    trello.value(mine, field, **value)
    assert opened(trello).identities(FieldValue(field, asked)) == {mine}
    assert other not in opened(trello).identities(FieldValue(field, asked))


def test_a_field_that_no_board_has_is_refused(trello):
    with pytest.raises(Rejected, match="'Nope'"):
        opened(trello).identities(FieldValue("Nope", "1"))


def test_keys_are_no_filter(trello):
    with pytest.raises(Rejected, match="keys are no filter"):
        opened(trello).identities(Keys(("x",)))


def test_only_chosen_boards_are_looked_through(trello):
    trello.make("Here", labels=("x",))
    there = trello.make("There", labels=("x",), on=trello.away)
    connector = opened(trello, boards=("elsBoard",))
    assert connector.identities(Label("x")) == {there}
    assert {raw.id for raw in connector.changed(trello.at - timedelta(hours=1)).records} == {there}


def test_a_filter_that_cannot_be_read_is_refused(trello):
    with pytest.raises(Rejected, match="no filter is called sort:"):
        opened(trello).identities(Query("sort:due"))


# --- what is shown


def test_a_value_that_is_dropped_without_a_word_is_told_by_role(trello):
    item = trello.make("Anchor")
    trello.deaf.add("KR progress")
    with pytest.raises(Rejected, match="did not take progress") as told:
        opened(trello).put_values(item, {"progress": 60, "status": "On track"})
    assert set(told.value.fields) == {"progress"}


def test_an_option_in_other_letters_is_not_the_word_that_was_put(trello):
    """What stands there would be taken for a person's at the next run."""
    item = trello.make("Anchor")
    options = next(one["options"] for one in trello.home.fields.values() if one["name"] == "KR status")
    options[0]["value"]["text"] = "ON TRACK"
    with pytest.raises(Rejected, match="takes no such value") as told:
        opened(trello).put_values(item, {"status": "On track"})
    assert (set(told.value.fields), trello.writes) == ({"status"}, 0)


def test_a_field_that_the_board_lacks_is_told_before_anything_is_written(trello):
    item = trello.make("Anchor")
    trello.home.fields = {i: one for i, one in trello.home.fields.items() if one["name"] != "KR score"}
    with pytest.raises(Rejected, match="no field for score") as told:
        opened(trello).put_values(item, {"progress": 60, "score": 0.6})
    assert (set(told.value.fields), trello.writes) == ({"score"}, 0)


def test_a_comment_that_a_rule_took_away_at_once_is_told(trello):
    item = trello.make("Anchor")
    add = trello.comment

    def swept(*told):
        made = add(*told)
        trello.actions.remove(made)
        return made

    trello.comment = swept
    with pytest.raises(Rejected, match="there is no such comment"):
        opened(trello).put_comment(item, BODY, MARK)


def test_a_comment_that_reads_otherwise_than_it_was_put_is_told(trello):
    item = trello.make("Anchor")
    add = trello.comment
    trello.comment = lambda card, text, who: add(card, f"{text}!", who)
    with pytest.raises(Rejected, match="reads otherwise"):
        opened(trello).put_comment(item, BODY, MARK)


def test_blanks_that_trello_changes_are_no_other_comment(trello):
    item = trello.make("Anchor")
    add = trello.comment
    trello.comment = lambda card, text, who: add(card, text.replace(" ", "\u00a0"), who)
    assert opened(trello).put_comment(item, BODY, MARK)


def test_a_mark_that_somebody_else_typed_is_not_ours(trello):
    item = trello.make("Anchor")
    trello.say(item, "okr-bridge/here/O1-KR1/abc")
    assert opened(trello).look(item).comments == ()


def test_a_comment_calls_nobody_and_stands_in_no_address(trello):
    item = trello.make("Anchor")
    made = opened(trello).put_comment(item, (*BODY, *BODY), MARK)
    action = next(one for one in trello.actions if one["id"] == made)
    assert "@" not in action["data"]["text"]
    hostile = RemoteLink(global_id=LINK.global_id, url=LINK.url, title=HOSTILE)
    opened(trello).put_link(item, hostile)
    assert opened(trello).look(item).links[LINK.global_id]["title"] == HOSTILE


def test_links_that_were_doubled_by_a_cut_connection_become_one_again(trello):
    item = trello.make("Anchor")
    connector = opened(trello)
    connector.put_link(item, LINK)
    [first] = trello.cards[item]["attached"].values()
    trello.cards[item]["attached"]["9" * 24] = {**first, "id": "9" * 24}
    connector.put_link(item, LINK)
    assert len(trello.cards[item]["attached"]) == 1
    writes = trello.writes
    connector.put_link(item, LINK)
    assert trello.writes == writes


def test_a_persons_attachments_are_left_alone(trello):
    item = trello.make("Anchor")
    [mine] = answers.attach(trello, item, {"url": "https://x.example/#a", "name": "Mine"})
    connector = opened(trello)
    connector.put_link(item, LINK)
    connector.remove_link(item, LINK.global_id)
    assert list(trello.cards[item]["attached"]) == [mine["id"]]


def test_a_check_tells_what_is_missing_and_what_is_not_looked_at(trello):
    item = trello.make("Anchor", on=trello.away)
    names = {"progress": "KR progress", "score": "Nowhere"}
    connector = opened(trello, field_names=names, boards=("wrkBoard",), number_fields=("Impact",))
    scope = CheckScope(selectors=(Query("sort:x"), Label("y")), anchors=(trello.key(item), "c9999999"))
    told = [(one.level, one.message) for one in connector.check(scope)]
    assert ("warning", "no board has a custom field 'Nowhere'") in told
    assert ("error", "no board has a custom field 'Impact'") in told
    assert ("error", "anchor c9999999 cannot be read") in told
    assert any("whose changes are not looked for" in message for _, message in told)
    assert [level for level, _ in told].count("error") == 3
