"""What goes over the wire keeps to the vendor's document; and the document does refuse what is wrong."""

from __future__ import annotations

import json

import pytest

from bridge.model import FieldValue, Label, Project, Query
from connectors.base import CheckScope
from tests.contract import BODY, HOSTILE, MARK, PanelContract
from tests.feishu.fake import BASE, STATUSES, WORK, FakeFeishu, columns
from tests.feishu.judge import TABLE, complaints, document
from tests.feishu.opened import opened
from tests.shared import path
from tests.specs.openapi import Exchange

SEARCH, BATCH_GET = f"{TABLE}/records/search", f"{TABLE}/records/batch_get"


@pytest.fixture
def judge():
    return document(path("specs/feishu.json"))


def tour(fake: FakeFeishu) -> None:
    """Every call that the connector makes, with people's text."""
    fake.columns[WORK] = columns(WORK, shown=False)
    feishu = opened(fake)
    assert {one.outcome for one in feishu.apply_fields(feishu.plan_fields([WORK], []))} == {"done"}
    people = [{"id": "ou_1", "name": "王伟", "en_name": "Wei", "email": "w@acme.example", "avatar_url": "x"}]
    epic = fake.make(HOSTILE, labels=("okr",))
    fake.make(
        "卡片", parent=epic, Status=STATUSES[2], **{"负责人": people, "截止日期": fake.stamp(), "Points": 3}
    )
    fake.views["vewAll"] = lambda _: True
    asked = (Label("okr"), Project(WORK), fake.query("okr"), Query(f"{WORK}/vewAll"))
    scope = CheckScope(selectors=asked, anchors=(epic,))
    assert not [one for one in feishu.check(scope) if one.level == "error"]
    feishu.identities(FieldValue("Status", STATUSES[2]))
    list(feishu.fetch([*feishu.resolve([epic]).values(), f"{WORK}/recNone"]))
    feishu.children({epic: epic})
    list(feishu.changed(feishu.login().now).records)
    feishu.put_values(epic, PanelContract.values[0])
    comment = feishu.put_comment(epic, BODY, MARK)
    feishu.put_comment(epic, BODY, MARK, comment)
    feishu.remove_values(epic, list(PanelContract.values[0]), property=True)
    feishu.remove_comment(epic, comment)


def test_every_request_and_answer_keeps_to_the_document(judge):
    fake = FakeFeishu()
    tour(fake)
    assert complaints(judge, fake.exchanges) == []
    heard = {judge.operation(one.method, one.path).id for one in fake.exchanges}
    assert heard == {
        "auth.tenantAccessToken.internal", "bitable.app.get.v1", "bitable.app.table.list.v1",
        "bitable.app.table.field.list.v1", "bitable.app.table.field.create.v1",
        "bitable.app.table.record.search.v1", "bitable.app.table.record.batch_get.v1",
        "bitable.app.table.record.update.v1",
    }  # fmt: skip


WRONG = {
    "a login without the secret": (
        "POST",
        "/open-apis/auth/v3/tenant_access_token/internal",
        {"app_id": "x"},
    ),
    "a search with a filter that joins nothing": ("POST", SEARCH, {"filter": {"conditions": []}}),
    "a search by an operator unheard of": (
        "POST",
        SEARCH,
        {"filter": {"conjunction": "and", "conditions": [{"field_name": "a", "operator": "matches"}]}},
    ),
    "a search of more than 500": ("POST", f"{SEARCH}?page_size=501", {}),
    "records by no ids": ("POST", BATCH_GET, {"ids": []}),
    "a write without fields": ("PUT", f"{TABLE}/records/rec1", {"values": {}}),
    "a list of 101 columns": ("GET", f"{TABLE}/fields?page_size=101", None),
    "a column without a kind": ("POST", f"{TABLE}/fields", {"field_name": "KR"}),
    "a base with a parameter": ("GET", f"/open-apis/bitable/v1/apps/{BASE}?all=1", None),
}


@pytest.mark.parametrize(("method", "target", "body"), WRONG.values(), ids=WRONG)
def test_a_wrong_request_is_refused_by_the_document(judge, method, target, body):
    place, _, query = target.replace("{app_token}", BASE).replace("{table_id}", WORK).partition("?")
    pairs = tuple(tuple(pair.split("=")) for pair in query.split("&") if pair)
    sent = b"" if body is None else json.dumps(body).encode()
    answer = json.dumps({"code": 0, "msg": "success", "data": {}}).encode()
    heard = Exchange(method, place, pairs, sent, 200, answer)
    assert len(complaints(judge, [heard])) == 1


def test_a_wrong_answer_is_refused_by_the_document(judge):
    place = f"{SEARCH}".replace("{app_token}", BASE).replace("{table_id}", WORK)
    answer = json.dumps({"code": 0, "msg": "", "data": {"items": [{"record_id": 5}]}}).encode()
    told = complaints(judge, [Exchange("POST", place, (), b"{}", 200, answer)])
    assert len(told) == 2
