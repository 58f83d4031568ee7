"""A system that is described and not known: read whole, written where it is said, and read back."""

from __future__ import annotations

import json
from dataclasses import replace
from datetime import date
from decimal import Decimal
from typing import Any

import pytest

from bridge.errors import AccessDenied, NotFound, PartialRead, Rejected, UnexpectedAnswer
from bridge.model import Category, FieldValue, Label, Query, Tier
from bridge.tools import tool_of
from tests.contract import HOSTILE, System, WorkSourceContract
from tests.inhouse import TOKEN, TOML, Tracker, opened, settings

FIGURES = {
    "key_result": "O1-KR1 " + HOSTILE,
    "progress": 60,
    "status": "有风险",
    "updated": "2026-11-21T12:00:00.000+00:00",
}


class TestRest(WorkSourceContract):
    pass


GONE = ("label", "project", "children", "changed", "by_key", "total", "item")
READS, ITEM, REST = TOML.partition("[connections.inhouse.item]")
LISTS_ONLY = "\n".join(
    [
        *(line for line in READS.splitlines() if line.partition(" ")[0] not in GONE),
        ITEM + REST.partition("[connections.inhouse.write")[0],
    ]
)


class TestRestByLists(WorkSourceContract):
    """The same of a system that can list, and nothing else; a key of old is nowhere in its list."""

    test_a_moved_items_old_and_new_key_are_one_item = None

    @pytest.fixture
    def system(self, tracker: Tracker) -> System:
        return opened(tracker, LISTS_ONLY)


def test_what_a_record_tells_is_where_the_file_says(system):
    id = system.driver.make(
        HOSTILE,
        tier=Tier.UNIT,
        points=3,
        percent="40",
        owner={"name": "李雷"},
        due="2026-12-15",
        state={"name": " 进行中 "},
        custom={"value": 2.5},
    )
    [raw] = system.connector.fetch([id])
    item = system.mapping.item(raw)
    assert (item.title, item.key, item.owner, item.project) == (HOSTILE, f"WEB-{id}", "李雷", "WEB")
    assert (item.category, item.cancelled) == (Category.IN_PROGRESS, False)
    assert (item.points, item.percent, dict(item.numbers)) == (3, 40, {"Value": Decimal("2.5")})
    assert item.due == date(2026, 12, 15)


@pytest.mark.parametrize(
    ("status", "category", "cancelled"),
    [
        ("已完成", "done", False),
        ("已取消", "done", True),
        ("挂起", "undefined", False),
        ("新建", "todo", False),
    ],
)
def test_a_status_means_what_the_file_says_and_an_unknown_one_nothing(system, status, category, cancelled):
    [raw] = system.connector.fetch([system.driver.make("x", state={"name": status})])
    item = system.mapping.item(raw)
    assert (item.category, item.cancelled) == (category, cancelled)


def test_work_is_found_by_any_field_that_a_record_has(system):
    mine = system.driver.make("Mine", owner={"name": "韩梅梅"})
    system.driver.make("Other", owner={"name": "李雷"})
    assert system.connector.identities(FieldValue("owner.name", "韩梅梅")) == {mine}
    with pytest.raises(Rejected):
        system.connector.identities(FieldValue("owner..", "x"))


def test_a_system_that_does_not_know_a_filter_hits_nothing_else(tracker):
    system = opened(tracker, TOML.replace('label = "tag"', 'label = "no_such_parameter"'))
    mine, _ = tracker.make("Mine", labels=("x",)), tracker.make("Other")
    assert system.connector.identities(Label("x")) == {mine}


def test_a_query_that_is_none_is_refused(system):
    with pytest.raises(Rejected):
        system.connector.identities(Query("tag"))


# --- pages


def test_a_walk_cut_short_is_refused(system):
    for n in range(7):
        system.driver.make(f"Work {n}", labels=("x",))
    system.driver.short = 3
    with pytest.raises(PartialRead, match="3 of 7 came"):
        system.connector.identities(Label("x"))


def test_a_page_that_comes_again_is_refused(tracker):
    system = opened(tracker, TOML.replace('kind = "offset"', 'kind = "offset"\nparameter = "start"'))
    for n in range(7):
        tracker.make(f"Work {n}")
    with pytest.raises(UnexpectedAnswer, match="page 2: brings again what came before"):
        system.connector.identities(Query("project=WEB"))


# --- figures


@pytest.fixture
def item(system: System) -> str:
    return str(system.driver.make("Anchor", tier=Tier.GROUP))


def figures(system: System, item: str) -> dict[str, Any]:
    return dict(system.connector.look(item).fields)


def test_an_untouched_item_shows_no_figure(system, item):
    assert figures(system, item) == dict.fromkeys(FIGURES)


def test_figures_are_found_as_they_were_put_and_markup_is_text(system, item):
    system.connector.put_values(item, FIGURES)
    assert figures(system, item) == FIGURES
    [raw] = system.connector.fetch([item])
    assert system.mapping.panel(raw) == {"fields": FIGURES}
    sent = [json.loads(one.body) for one in system.driver.asked if one.method != "GET"]
    assert len(sent) == 2
    assert sent[0]["custom"]["okr"] == "O1-KR1 " + HOSTILE
    assert sent[1]["text"] == "as of 2026-11-21T12:00:00.000+00:00"


def test_none_empties_a_figure_and_the_others_stay(system, item):
    system.connector.put_values(item, FIGURES)
    system.connector.put_values(item, {"progress": None})
    assert figures(system, item) == {**FIGURES, "progress": None}
    system.connector.remove_values(item, [*FIGURES, "score"], property=True)
    system.connector.remove_values(item, [*FIGURES, "score"], property=True)
    assert figures(system, item) == dict.fromkeys(FIGURES)


def test_a_write_that_is_taken_and_not_kept_is_told(system, item):
    system.driver.forgets = "okr_progress"
    with pytest.raises(Rejected, match="progress was taken and not kept"):
        system.connector.put_values(item, FIGURES)


def test_what_is_not_described_is_refused(system, item):
    with pytest.raises(Rejected, match="no way to write score"):
        system.connector.put_values(item, {"score": 0.6})
    with pytest.raises(Rejected):
        system.connector.can_make("WEB")
    one = settings().connections["inhouse"]
    assert tool_of(one).cannot(one) == {"score", "property"}
    one = settings(TOML.partition("[connections.inhouse.write.comment]")[0]).connections["inhouse"]
    assert tool_of(one).cannot(one) == {"score", "property", "comment", "remote_link"}


def test_an_item_that_is_gone_is_not_found(system, item):
    system.driver.hide(item)
    with pytest.raises(NotFound):
        system.connector.look(item)


def test_an_id_cannot_leave_its_place_in_the_path(system):
    assert system.connector.resolve(["../me", "a/b?c#d"]) == {}
    assert any(one.url.endswith("/tasks/number/..%2Fme") for one in system.driver.asked)


# --- the login


def test_a_wrong_token_is_refused_and_never_told(tracker):
    system = opened(tracker, token="wr0ng-token-here")
    with pytest.raises(AccessDenied) as error:
        system.connector.login()
    assert "wr0ng" not in str(error.value) + error.value.hint


@pytest.mark.parametrize(
    ("auth", "header", "query"),
    {
        "bearer": ('auth = "bearer"', ("Authorization", "Bearer k3y-of-the-tracker"), ""),
        "basic": (
            'auth = "basic"\nuser = "bot"',
            ("Authorization", "Basic Ym90OmszeS1vZi10aGUtdHJhY2tlcg=="),
            "",
        ),
        "header": ('auth = "header"\nparameter = "X-Key"', ("X-Key", TOKEN), ""),
        "query": ('auth = "query"\nparameter = "key"', ("X-Key", None), f"key={TOKEN}"),
    }.values(),
    ids=["bearer", "basic", "header", "query"],
)
def test_every_way_to_log_in(tracker, auth, header, query):
    system = opened(tracker, TOML.replace('auth = "header"\nparameter = "X-Api-Key"', auth))
    with pytest.raises(AccessDenied):
        system.connector.login()
    [asked] = tracker.asked
    assert asked.headers.get(header[0]) == header[1]
    assert query in asked.url


def test_the_description_of_a_mapping_changes_its_scheme(tracker):
    other = opened(tracker, TOML.replace('title = "title"', 'title = "name"')).mapping
    assert opened(tracker).mapping.scheme == opened(tracker).mapping.scheme != other.scheme
    assert replace(other, connection="x").scheme == other.scheme
