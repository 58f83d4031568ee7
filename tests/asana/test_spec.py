"""A whole job at the connector keeps to Asana's document; so does every exchange of the other tests here."""

from __future__ import annotations

import json
from collections import Counter
from dataclasses import replace

import pytest

from bridge.model import FieldValue, Label, Project, Tier
from connectors.asana import api
from connectors.base import CheckScope, Mark, NewItem
from tests.asana.fake import FakeAsana
from tests.asana.site import complaints, document, opened, serving
from tests.asana.wrong import WRONG
from tests.contract import BODY, HOSTILE, LINK, MARK, PROPERTY, PanelContract
from tests.specs.openapi import FORM, exchange_of


def furnish(fake: FakeAsana) -> str:
    epic = fake.make("Guided onboarding", tier=Tier.GROUP, labels=("okr",))
    stories = [fake.make(f"Story {n}", parent=epic, labels=("okr",)) for n in range(5)]
    fake.make("Part", parent=stories[0], tier=Tier.PART)
    fake.complete(stories[0])
    fake.hide(stories[1])
    fake.edit(stories[2], HOSTILE)
    fake.say(epic, HOSTILE)
    return epic


def work(fake: FakeAsana) -> None:
    asana, epic = opened(fake), furnish(fake)
    del fake.fields["805"]
    asana.apply_fields(asana.plan_fields((), ["Work"]))
    assert asana.plan_fields((), ["Work"]).doable == ()
    since = asana.login().now
    list(asana.check(CheckScope(selectors=(Project("500"), Label("okr")), anchors=(epic, "999"))))
    for selector in (Project("Work"), Label("okr"), fake.query("okr"), FieldValue("section", "To do")):
        assert len(list(asana.fetch(asana.identities(selector)))) >= 5
    assert len(asana.children({epic: epic})) == 4
    assert list(asana.changed(since).records)
    assert list(opened(fake, subtasks=False).changed(since).records)
    first, later = PanelContract.values
    asana.put_values(epic, first, PROPERTY)
    asana.put_values(epic, later)
    comment = asana.put_comment(epic, BODY, MARK)
    asana.put_comment(epic, BODY, Mark("here", "O1-KR1", "def"), comment)
    assert [one.id for one in asana.look(epic).comments] == [comment]
    asana.put_link(epic, LINK)
    asana.put_link(epic, replace(LINK, title=HOSTILE))
    assert asana.look(epic).links == {LINK.global_id: {"url": LINK.url, "title": HOSTILE}}
    asana.remove_link(epic, LINK.global_id)
    asana.remove_values(epic, list(later), property=True)
    asana.remove_comment(epic, comment)
    wanted = NewItem(project="Work", title=HOSTILE, marker="okr-KR9", body=BODY, owner="bot@acme.example")
    assert asana.find_made("okr-KR9") is None
    assert asana.make(wanted) == asana.find_made("okr-KR9")
    asana.close()


@pytest.fixture
def heard(monkeypatch):
    monkeypatch.setattr(api, "PAGE", 2)
    fake = FakeAsana(2)
    with serving(fake):
        work(fake)
    return fake


def test_the_whole_job_keeps_to_the_document_and_uses_all_that_is_known_to_be_used(heard):
    judge = document()
    assert complaints(heard, judge) == []
    used = Counter(judge.operation(one.method, one.path).id for one in heard.heard)
    assert set(used) == set(WRONG)


@pytest.mark.parametrize("name", WRONG)
def test_a_wrong_request_is_refused_by_the_document(name):
    method, target, body = WRONG[name]
    content = b"" if body is None else json.dumps(body).encode()
    slip = exchange_of(method, target, content, 0, b"", "application/json", "application/json")
    operation = document().operation(slip.method, slip.path)
    assert operation.id == name
    assert operation.check_request(slip) != []


def test_a_form_with_a_part_that_nobody_described_is_refused_by_the_document():
    slip = exchange_of("POST", "/attachments", b'{"parent": "1", "link": "x"}', 0, b"", "", FORM)
    [told] = document().operation(slip.method, slip.path).check_request(slip)
    assert told.at == "/link"


def test_an_answer_of_another_shape_is_refused_by_the_document(heard):
    judge = document()
    [*_, told] = [one for one in heard.heard if judge.operation(one.method, one.path).id == "getTask"]
    broken = exchange_of(
        "GET", told.path, b"", 200, b'{"data": {"gid": 5, "tags": {}}}', "application/json", ""
    )
    assert len(judge.operation("GET", told.path).check(broken)) == 2
