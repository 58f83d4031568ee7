"""Which items the webhooks of each tool name, and what a repeat is known by."""

from __future__ import annotations

import json
from typing import Any

import pytest

from bridge.daemon.asana_hooks import ASANA
from bridge.daemon.clickup_hooks import CLICKUP
from bridge.daemon.feishu_hooks import feishu
from bridge.daemon.notion_hooks import NOTION
from bridge.daemon.redmine_hooks import REDMINE
from bridge.daemon.trello_hooks import trello

TRELLO, FEISHU = trello("https://okr.example/hooks/it"), feishu("base1")
CARD, SOURCE = "5abbe4b7ddc1b351ef961414", "4d5ea62fd76aa1136000000c"
PAGE = "153104cd-477e-809d-8dc4-ff2d96ae3090"
CHANGED = "drive.file.bitable_record_changed_v1"


def asana(**event: Any) -> dict[str, Any]:
    return {"events": [{"action": "changed", "resource": None, "parent": None, **event}]}


def task(gid: Any) -> dict[str, Any]:
    return {"gid": gid, "resource_type": "task"}


def base(kind: str = CHANGED, file: str = "base1", **event: Any) -> dict[str, Any]:
    return {"header": {"event_id": "e", "event_type": kind}, "event": {"file_token": file, **event}}


def records(*ids: Any) -> list[dict[str, Any]]:
    return [{"record_id": id, "action": "record_edited"} for id in ids]


NAMED = {
    "redmine: an issue": (REDMINE, {"type": "issue.deleted", "data": {"issue": {"id": 12}}}, ("12",)),
    "redmine: time spent": (REDMINE, {"data": {"time_entry": {"id": 5, "issue": {"id": 12}}}}, ("12",)),
    "redmine: a page": (REDMINE, {"data": {"wiki_page": {"title": "12"}}}, ()),
    "redmine: no id": (REDMINE, {"data": {"issue": {"id": True}}}, ()),
    "trello: a card": (TRELLO, {"action": {"data": {"card": {"id": CARD}}}}, (CARD,)),
    "trello: a copy": (
        TRELLO,
        {"action": {"data": {"card": {"id": CARD}, "cardSource": {"id": SOURCE}}}},
        (CARD, SOURCE),
    ),
    "trello: a check item": (
        TRELLO,
        {"action": {"data": {"card": {"id": CARD}, "checkItem": {"id": SOURCE}}}},
        (CARD,),
    ),
    "trello: a list": (TRELLO, {"action": {"data": {"list": {"id": CARD}, "board": {"id": SOURCE}}}}, ()),
    "trello: the model alone": (TRELLO, {"model": {"id": CARD}}, ()),
    "trello: no id": (TRELLO, {"action": {"data": {"card": {"id": "../1"}}}}, ()),
    "clickup: a task": (CLICKUP, {"event": "taskDeleted", "task_id": "c0j"}, ("c0j",)),
    "clickup: a list": (CLICKUP, {"event": "listUpdated", "list_id": "162641234"}, ()),
    "clickup: no id": (CLICKUP, {"task_id": "c0j/x"}, ()),
    "clickup: a number": (CLICKUP, {"task_id": 7}, ()),
    "notion: a page": (NOTION, {"entity": {"id": PAGE, "type": "page"}}, (PAGE,)),
    "notion: without dashes": (
        NOTION,
        {"entity": {"id": PAGE.replace("-", "").upper(), "type": "page"}},
        (PAGE,),
    ),
    "notion: a comment": (
        NOTION,
        {"entity": {"id": SOURCE, "type": "comment"}, "data": {"page_id": PAGE}},
        (PAGE,),
    ),
    "notion: a data source": (NOTION, {"entity": {"id": PAGE, "type": "data_source"}}, ()),
    "notion: no id": (NOTION, {"entity": {"id": PAGE + "0", "type": "page"}}, ()),
    "asana: a task": (ASANA, asana(resource=task("12")), ("12",)),
    "asana: a comment": (
        ASANA,
        asana(resource={"gid": "9", "resource_type": "story"}, parent=task("12")),
        ("12",),
    ),
    "asana: a subtask": (ASANA, asana(resource=task("13"), parent=task("12")), ("13", "12")),
    "asana: into a section": (
        ASANA,
        asana(resource=task("13"), parent={"gid": "5", "resource_type": "section"}),
        ("13",),
    ),
    "asana: a project": (ASANA, asana(resource={"gid": "5", "resource_type": "project"}), ()),
    "asana: the same twice": (ASANA, {"events": asana(resource=task("12"))["events"] * 2}, ("12",)),
    "asana: no id": (ASANA, asana(resource=task("12/x")), ()),
    "asana: a heartbeat": (ASANA, {"events": []}, None),
    "asana: an empty heartbeat": (ASANA, {}, None),
    "feishu: records": (
        FEISHU,
        base(table_id="tblA", action_list=records("recB", "recC")),
        ("tblA/recB", "tblA/recC"),
    ),
    "feishu: a column": (
        FEISHU,
        base("drive.file.bitable_field_changed_v1", table_id="tblA", action_list=[{"field_id": "f"}]),
        (),
    ),
    "feishu: another base": (FEISHU, base(file="base2", table_id="tblA", action_list=records("recB")), None),
    "feishu: a message": (FEISHU, base("im.message.receive_v1"), None),
    "feishu: no id": (FEISHU, base(table_id="tblA", action_list=records("../recB", 7, None)), ()),
    "feishu: no table": (FEISHU, base(action_list=records("recB")), ()),
}


@pytest.mark.parametrize(("form", "payload", "items"), NAMED.values(), ids=NAMED)
def test_the_items_that_a_payload_names(form, payload, items):
    assert form.items_of(json.dumps(payload).encode()) == items


def test_a_heartbeat_may_have_no_body_at_all():
    assert ASANA.items_of(b"") is None
    assert ASANA.items_of(b"[]") == ()


STEP = {"webhook_id": "w", "event": "taskUpdated", "history_items": [{"id": "1"}, {"id": "2"}]}
KNOWN_BY = {
    "trello: the action": (TRELLO, {"action": {"id": "a"}}, "a"),
    "clickup: the steps of one event": (CLICKUP, STEP, "w\ntaskUpdated\n1\n2"),
    "clickup: a deletion": (CLICKUP, {"webhook_id": "w", "event": "taskDeleted", "task_id": "c0j"}, ""),
    "clickup: a step without an id": (CLICKUP, STEP | {"history_items": [{"id": "1"}, {}]}, ""),
    "notion: the event": (NOTION, {"id": "e", "attempt_number": 2}, "e"),
    "asana: nothing": (ASANA, asana(resource=task("12")), ""),
    "feishu: the event": (FEISHU, base(), "e"),
    "a number": (NOTION, {"id": 7}, ""),
}


@pytest.mark.parametrize(("form", "payload", "identifier"), KNOWN_BY.values(), ids=KNOWN_BY)
def test_what_a_repeat_has_in_common_with_the_first(form, payload, identifier):
    assert form.identifier({}, json.dumps(payload).encode()) == identifier
