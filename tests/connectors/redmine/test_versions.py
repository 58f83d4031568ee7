"""Redmine's versions, by the answers that tell them apart, and the document of the newest."""

from __future__ import annotations

import json
import re
from datetime import timedelta

import pytest

from bridge.errors import AccessDenied, NotFound
from bridge.model import FieldValue, Label, Project, Query
from connectors.base import CheckScope
from connectors.redmine import api
from tests.connectors.redmine.fake import JSON, FakeRedmine
from tests.contract import BODY, MARK
from tests.shared import path
from tests.specs.openapi import Document, exchange_of
from tests.specs.recorder import Recorder

OPERATIONS = {
    "getIssues", "getIssue", "updateIssue", "updateJournal", "getCurrentUser", "getRole", "getTrackers",
    "getIssueStatuses", "getProjects", "getQueries",
}  # fmt: skip
UNWRITTEN = re.compile(
    r"getIssues query/(set_filter|f\[]|op\[\w+]|v\[\w+]\[]): is no parameter|"
    r"get(Trackers|IssueStatuses|CustomFields) query/(limit|offset): is no parameter"
)
"""The long form of a filter is that of Redmine's own addresses; lists that have no pages leave both out."""


@pytest.fixture(params=[4, 5, 6, 7])
def redmine(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> FakeRedmine:
    monkeypatch.setattr(api, "PAGE", 3)
    return FakeRedmine(3, version=request.param)


def test_a_note_is_kept_up_to_date_wherever_notes_can_be_edited(redmine: FakeRedmine) -> None:
    item = redmine.make("Anchor")
    connector = redmine.opened()
    assert connector.describe()["fixed"] == (["else", "work"] if redmine.version < 5 else [])
    made = connector.put_comment(item, BODY, MARK)
    if redmine.version < 5:
        for write in (
            lambda: connector.put_comment(item, BODY, MARK, made),
            lambda: connector.remove_comment(item, made),
        ):
            with pytest.raises(AccessDenied, match=r"before 5\.0 edits none"):
                write()
    else:
        assert connector.put_comment(item, BODY, MARK, made) == made
    assert [one.id for one in connector.look(item).comments] == [made]


def test_the_check_tells_the_version_as_far_as_answers_do(redmine: FakeRedmine) -> None:
    item = redmine.make("Anchor")
    redmine.say(item, "Hello")
    told = [one.message for one in redmine.opened().check(CheckScope(anchors=(f"#{item}",)))]
    [version] = [message for message in told if message.startswith("Redmine ")]
    shown = {4: "Redmine before 5.0", 5: "Redmine 5.0 or later"}.get(redmine.version, "Redmine 6.0 or later")
    assert version.startswith(shown)


def work(redmine: FakeRedmine) -> None:
    """All that the connector ever asks of a site, once."""
    item, *_ = (redmine.make(f"Work {n}", labels=("x",)) for n in range(5))
    connector = redmine.opened()
    scope = CheckScope(selectors=(Label("x"),), anchors=(f"#{item}",))
    assert not [one for one in connector.check(scope) if one.level == "error"]
    with pytest.raises(NotFound, match="belongs to project work"):
        connector.identities(Query("query_id=7"))
    for selector in (Project("work"), Query("tracker_id=2"), FieldValue("status", "New")):
        connector.identities(selector)
    connector.children({item: "#1"})
    list(connector.fetch([item]))
    list(connector.changed(redmine.at - timedelta(hours=1)).records)
    connector.put_values(item, {"progress": 60, "status": "On track", "key_result": "KR"})
    made = connector.put_comment(item, BODY, MARK)
    connector.put_comment(item, BODY, MARK, made)
    connector.remove_values(item, ["progress"], property=False)
    connector.remove_comment(item, made)
    list(connector.pasts([item]))


@pytest.fixture
def heard(monkeypatch: pytest.MonkeyPatch) -> Recorder:
    monkeypatch.setattr(api, "PAGE", 3)
    recorder = Recorder([document()])
    redmine = FakeRedmine(3, version=7)
    redmine.heard = lambda *told: recorder.exchanges.append(exchange_of(*told))
    work(redmine)
    return recorder


def document() -> Document:
    """With the parameters in their places, which stand elsewhere in it."""
    spec = json.loads(path("specs/redmine.json").read_bytes())
    for methods in spec["paths"].values():
        for operation in methods.values():
            named = (one.get("$ref", "").rpartition("/")[2] for one in operation["parameters"])
            pairs = zip(named, operation["parameters"], strict=True)
            operation["parameters"] = [spec["components"]["parameters"].get(name, one) for name, one in pairs]
    return Document("redmine", spec)


def test_every_exchange_keeps_to_the_document_of_version_7(heard: Recorder) -> None:
    told = {str(one) for one in heard.complaints()}
    assert sorted(one for one in told if not UNWRITTEN.search(one)) == []
    assert set(heard.operations) == OPERATIONS
    assert any(UNWRITTEN.search(one) for one in told)


WRONG = {
    "an unknown part": ("GET", "/issues.json?limit=many", b""),
    "a note that is none": ("PUT", "/journals/1.json", b'{"journal": {"notes": 7}}'),
    "a value without its field": ("PUT", "/issues/1.json", b'{"issue": {"custom_fields": [{"id": "x"}]}}'),
}


@pytest.mark.parametrize("wrong", WRONG.values(), ids=WRONG)
def test_a_wrong_request_is_found_out(wrong: tuple[str, str, bytes]) -> None:
    recorder = Recorder([document()])
    recorder.exchanges.append(exchange_of(*wrong, 204, b"", JSON, JSON))
    assert recorder.complaints()
