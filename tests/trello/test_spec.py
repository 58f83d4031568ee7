"""What Trello's own document says of the connector's requests and of the fake's answers, and that it says
something."""

from __future__ import annotations

from datetime import timedelta

import pytest

from bridge.model import FieldValue, Label, Project, Query
from bridge.sandbox.trello import answers
from connectors.trello import api
from tests.contract import BODY, LINK, MARK
from tests.specs.openapi import exchange_of
from tests.trello import spec
from tests.trello.fake import PERSON, FakeTrello, Refusal
from tests.trello.site import opened

OPERATIONS = {
    "get-batch", "get-members=id", "get-members-id-boards", "get-boards-id", "get-boards-id-lists",
    "get-boards-id-members", "get-boards-id-customfields", "get-boards-id-actions",
    "get-boards-id-cards-filter", "get-cards-id", "get-cards-id-actions", "get-actions-id",
    "post-cards-id-actions-comments", "put-cards-id-actions-idaction-comments",
    "delete-cards-id-actions-id-comments", "put-cards-idcard-customfield-idcustomfield-item",
    "post-cards-id-attachments", "deleted-cards-id-attachments-idattachment",
    "post-customfields",
}  # fmt: skip
"""All that the connector ever calls."""


@pytest.fixture
def judge(monkeypatch):
    """Everything done once, and heard."""
    monkeypatch.setattr(api, "PAGE", 2)
    trello, judge = FakeTrello(2), spec.Judge()
    trello.heard = judge.heard
    item, *_ = [trello.make(f"Work {n}", labels=("x",)) for n in range(5)]
    trello.put(item, due="2026-12-15T16:00:00.000Z", idMembers=[PERSON])
    hidden = trello.make("Hidden", on=trello.private)
    connector = opened(trello)
    list(connector.check())
    for selector in (Project("wrkBoard"), Project(trello.private.id), Label("x"), FieldValue("Points", "3"),
                     Query("list:doing @mei board:Work")):  # fmt: skip
        if selector != Project(trello.private.id):
            connector.identities(selector)
    trello.private.member = True
    connector.identities(Project(trello.private.id))
    trello.private.member = False
    list(connector.fetch([item, hidden]))
    moved = trello.make("Moved", on=trello.away)
    trello.move(moved, trello.home)
    trello.put(moved, checks=[True])
    connector.glossary()
    connector.touched(trello.at - timedelta(hours=1))
    list(connector.pasts([item, moved]))
    list(connector.changed(trello.at - timedelta(hours=1)).records)
    del trello.home.fields[next(id for id, one in trello.home.fields.items() if one["name"] == "KR score")]
    connector.apply_fields(connector.plan_fields((), ["Work"]))
    connector.put_values(item, {"progress": 60, "score": 0.6, "status": "On track", "key_result": "KR",
                                "updated": "2026-11-21T12:00:00+00:00"})  # fmt: skip
    made = connector.put_comment(item, BODY, MARK)
    connector.put_comment(item, BODY, MARK, made)
    connector.put_link(item, LINK)
    connector.look(item)
    connector.remove_values(item, ["progress", "status"], property=False)
    connector.remove_comment(item, made)
    connector.remove_link(item, LINK.global_id)
    return judge


def test_every_exchange_keeps_to_the_document(judge):
    assert judge.unexcused() == []
    assert set(judge.recorder.operations) == OPERATIONS


def test_every_known_deviation_is_still_needed(judge):
    told = judge.complaints()
    assert [known.why for known in spec.KNOWN if not any(spec.excuses(known, one) for one in told)] == []


CARD = "/cards/" + "a" * 24
WRONG = {
    "an unknown parameter": ("GET", f"{CARD}?customFields=true", b""),
    "a filter that is none": ("GET", "/members/me/boards?filter=mine", b""),
    "no number of actions": ("GET", "/boards/wrkBoard/actions?limit=many", b""),
    "a page too far": ("GET", f"{CARD}/actions?filter=commentCard&page=20", b""),
    "a value that is none": (
        "PUT",
        f"{CARD}/customField/{'b' * 24}/item",
        b'{"value": 3, "idValue": "On track"}',
    ),
    "a body where none is taken": ("POST", f"{CARD}/attachments", b'{"url": "https://x.example"}'),
    "a field of a card": (
        "POST",
        "/customFields",
        b'{"idModel": "%s", "modelType": "card", "name": "KR", "type": "text", "pos": "bottom"}'
        % (b"a" * 24),
    ),
    "a batch of nothing": ("GET", "/batch", b""),
    "a comment with more than its text": ("POST", f"{CARD}/actions/comments?pos=1", b'{"text": "x"}'),
    "a call that is in no document": ("PUT", f"{CARD}/comments", b""),
}


@pytest.mark.parametrize(("method", "target", "body"), WRONG.values(), ids=WRONG)
def test_a_wrong_request_is_refused_by_the_document(method, target, body):
    judge = spec.Judge()
    judge.heard(method, target, body, 400, b"", "text/plain", "application/json")
    assert judge.unexcused()


def test_a_wrong_answer_is_refused_by_the_document():
    judge = spec.Judge()
    wrong = b'[{"id": "not an id", "name": 3}]'
    judge.recorder.exchanges.append(
        exchange_of("GET", "/boards/wrkBoard/lists", b"", 200, wrong, "application/json", "")
    )
    assert len(judge.unexcused()) == 2


def test_the_fake_takes_no_number_but_as_a_text():
    """The document lets it pass; Trello does not."""
    trello = FakeTrello()
    item = trello.make("Work")
    id = next(id for id, one in trello.home.fields.items() if one["name"] == "Points")
    with pytest.raises(Refusal) as told:
        answers.set_field(trello, item, id, {"value": {"number": 3}})
    assert told.value.status == 400
