from __future__ import annotations

import json
from dataclasses import replace
from datetime import date
from decimal import Decimal

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bridge import model as m
from bridge.errors import StoreError
from bridge.okrs import digest, document, from_data, from_document

CYCLE = m.Cycle("2026-Q4", date(2026, 10, 1), date(2026, 12, 31))

texts = st.text(max_size=12)
names = st.text(min_size=1, max_size=8)
numbers = st.decimals(min_value=-1000, max_value=1000, places=3)
shares = st.decimals(min_value=0, max_value=1, places=2)
days = st.dates(date(2026, 1, 1), date(2027, 1, 1))
selectors = st.one_of(
    st.builds(m.Keys, st.lists(names, min_size=1, max_size=3).map(tuple)),
    st.builds(m.Query, names),
    st.builds(m.Label, names),
    st.builds(m.Project, names),
    st.builds(m.FieldValue, names, names),
)
metrics = st.builds(
    m.Metric,
    baseline=st.none() | numbers,
    target=st.none() | numbers,
    band=st.none() | st.tuples(numbers, numbers),
    unit=texts,
    source=st.none() | st.builds(m.MetricSource, names, names, st.sampled_from(["count", "sum"]), texts),
)
rollups = st.builds(
    m.RollupRules,
    method=st.sampled_from(["count", "points"]),
    partial=st.booleans(),
    status_weights=st.dictionaries(names, shares, max_size=2),
    unestimated=st.sampled_from(["mean", "exclude"]) | shares,
)
key_results = st.builds(
    m.KeyResult,
    id=names,
    title=texts,
    weight=shares,
    due=st.none() | days,
    kind=st.sampled_from(m.Kind),
    rollup=rollups,
    links=st.lists(st.builds(m.Link, names, selectors, st.booleans()), max_size=3).map(tuple),
    anchors=st.none() | st.lists(st.builds(m.Anchor, names, names), max_size=2).map(tuple),
    metric=st.none() | metrics,
    milestones=st.lists(st.builds(m.Milestone, names, shares), max_size=2).map(tuple),
    blend=st.none() | st.builds(m.Blend, shares, shares),
    expected=st.lists(st.builds(m.CurvePoint, days, numbers), max_size=2).map(tuple),
    guard=st.none() | st.builds(m.Guard, names, metrics),
    publish=st.dictionaries(st.sampled_from(["fields", "comment"]), st.booleans() | names, max_size=2),
)
objectives = st.builds(
    m.Objective,
    id=names,
    title=texts,
    kind=st.sampled_from(m.Ambition),
    state=st.sampled_from(m.State),
    supports=st.lists(names, max_size=2).map(tuple),
    priority=st.none() | st.integers(0, 9),
    key_results=st.lists(key_results, max_size=2).map(tuple),
)
all_okrs = st.builds(m.Okrs, st.just(CYCLE), st.lists(objectives, max_size=2).map(tuple))


@settings(deadline=None, max_examples=60)
@given(all_okrs)
def test_a_document_gives_back_what_it_was_made_of(okrs):
    again = from_document(document(okrs))
    assert again == okrs
    assert document(again) == document(okrs)


def test_every_field_of_the_model_is_in_the_laws():
    """A new field of the domain must come back too: extend the strategies above with it."""
    told = {"KeyResult": 16, "Objective": 11, "RollupRules": 11, "Metric": 5, "Link": 3}
    found = {name: len(getattr(m, name).__dataclass_fields__) for name in told}
    assert found == told


def kr(**changes) -> m.Okrs:
    found = replace(m.KeyResult(id="K", title="T"), **changes)
    return m.Okrs(CYCLE, (m.Objective(id="O", title="T", key_results=(found,)),))


def test_two_spellings_of_a_number_are_one_content():
    assert document(kr(weight=Decimal("2.50"))) == document(kr(weight=Decimal("2.5")))
    assert document(kr(weight=Decimal("20"))) == document(kr(weight=Decimal("2e1")))
    assert document(kr(weight=Decimal("1.0"))) == document(kr())


def test_layout_and_stated_defaults_do_not_change_the_content():
    cycle = {"id": "Q", "start": date(2026, 10, 1), "end": date(2026, 12, 31)}
    terse = {"id": "O", "title": "T"}
    wordy = {"title": "T", "id": "O", "weight": 1, "state": "active", "key_results": ()}
    first, second = (
        document(from_data([("okrs.toml", {"cycle": cycle, "objectives": (o,)})], [])) for o in (terse, wordy)
    )
    assert first == second


def test_what_is_left_at_its_default_does_not_stand_in_the_text():
    """So that a setting added later leaves the digests of old revisions alone."""
    assert json.loads(document(kr())) == {
        "version": 1,
        "cycle": {"id": "2026-Q4", "start": "2026-10-01", "end": "2026-12-31"},
        "objectives": [{"id": "O", "title": "T", "key_results": [{"id": "K", "title": "T"}]}],
    }


def test_the_order_of_weights_by_status_is_no_content():
    weights = {"todo": Decimal(0), "done": Decimal(1)}
    turned = dict(reversed(weights.items()))
    first, second = (kr(rollup=m.RollupRules(status_weights=w)) for w in (weights, turned))
    assert digest(first) == digest(second)


CHANGES = {
    "weight": {"weight": Decimal("1.001")},
    "title": {"title": "t"},
    "links": {"links": (m.Link("a", m.Label("x")),)},
    "anchors named none": {"anchors": ()},
}


@pytest.mark.parametrize("change", CHANGES.values(), ids=CHANGES)
def test_a_change_of_content_changes_the_digest(change):
    assert digest(kr(**change)) != digest(kr())


def test_selectors_of_one_shape_are_told_apart():
    label, query = (kr(links=(m.Link("a", s),)) for s in (m.Label("x"), m.Query("x")))
    assert digest(label) != digest(query)


BROKEN = {
    "no JSON": "{",
    "another version": json.dumps({"version": 2}),
    "no version": "{}",
    "a list": "[]",
    "a field that is none": json.dumps({"version": 1, "cycle": {"id": "x"}, "objectives": []}),
}


@pytest.mark.parametrize("text", BROKEN.values(), ids=BROKEN)
def test_a_text_that_is_no_document_is_refused(text):
    with pytest.raises(StoreError):
        from_document(text)
