from __future__ import annotations

from datetime import date
from decimal import Decimal
from pathlib import Path

import pytest

from bridge.errors import ConfigError
from bridge.model import (
    Ambition,
    Anchor,
    Blend,
    CurvePoint,
    Cycle,
    FieldValue,
    Guard,
    Keys,
    Kind,
    Label,
    Link,
    Metric,
    MetricSource,
    Milestone,
    Okrs,
    Project,
    Query,
    State,
)
from bridge.okrs import load

CYCLE = '[cycle]\nid = "2026-Q4"\nstart = 2026-10-01\nend = 2026-12-31\n'
FULL = """
[[objectives]]
id = "O1"
title = "New customers are up and running within a day"
owner = "growth@acme.example"
kind = "aspirational"
level = "company"
supports = ["O2"]
priority = 1
weight = 0.5

[[objectives.key_results]]
id = "O1-KR1"
title = "Guided onboarding live for 80% of sign-ups"
weight = 2
due = 2026-12-15
url = "https://okr.acme.example/1"
rollup = { method = "points", status_weights = { in_progress = 0.5 }, unestimated = 2.5 }
links = [
  { connection = "acme", keys = ["SHOP-12", "SHOP-31"] },
  { connection = "acme", query = "labels = onboarding" },
  { connection = "other", label = "x", below = false },
  { connection = "acme", project = "SHOP" },
  { connection = "acme", field = "Team", value = "Growth" },
]
anchors = [{ connection = "acme", key = "SHOP-12" }]
publish = { comment = "off", fields = false }

[[objectives.key_results]]
id = "O1-KR2"
title = "Median time to first order from 9 to 3 days"
kind = "metric"
metric = { baseline = 9, target = 3.0, unit = "days" }
expected = [{ on = 2026-11-01, value = 6 }]
guard = { title = "Refunds stay low", band = [0, 0.1] }

[[objectives]]
id = "O2"
title = "Teams work calmly"
state = "draft"
[[objectives.key_results]]
id = "O2-KR1"
title = "Three steps"
kind = "milestone"
milestones = [{ title = "One", weight = 1 }, { title = "Two", weight = 3 }]
[[objectives.key_results]]
id = "O2-KR2"
title = "Both"
kind = "blend"
blend = { work = 0.5, metric = 0.5 }
anchors = []
[objectives.key_results.metric]
baseline = 0
target = 20
source = { connection = "acme", query = "a = b", aggregate = "avg", field = "f" }
"""


def okrs(folder: Path, *texts: str, name: str = "okrs") -> Okrs:
    paths = []
    for number, text in enumerate(texts):
        path = folder / (f"{name}.toml" if not number else f"{name}{number}.toml")
        path.write_text(text, encoding="utf-8")
        paths.append(path)
    return load(paths, ["acme", "other"])


def complaints(folder: Path, *texts: str) -> list[str]:
    with pytest.raises(ConfigError) as caught:
        okrs(folder, *texts)
    return str(caught.value).splitlines()


def one(kr: str) -> str:
    objective = '[[objectives]]\nid = "O1"\ntitle = "T"\n'
    return f'{CYCLE}{objective}[[objectives.key_results]]\nid = "K1"\ntitle = "T"\n{kr}'


def test_everything_of_an_okr_file_arrives_in_the_domain(tmp_path):
    found = okrs(tmp_path, CYCLE + FULL)
    first, second = found.objectives
    work, metric, steps, blend = found.key_results
    assert found.cycle == Cycle("2026-Q4", date(2026, 10, 1), date(2026, 12, 31))
    assert (first.kind, first.weight, first.supports) == (Ambition.ASPIRATIONAL, Decimal("0.5"), ("O2",))
    assert (second.kind, second.state, second.level) == (Ambition.COMMITTED, State.DRAFT, "")
    assert [link.selector for link in work.links] == [
        Keys(("SHOP-12", "SHOP-31")),
        Query("labels = onboarding"),
        Label("x"),
        Project("SHOP"),
        FieldValue("Team", "Growth"),
    ]
    assert work.links[2] == Link("other", Label("x"), below=False)
    assert work.anchors == (Anchor("acme", "SHOP-12"),)
    assert (work.due, work.url) == (date(2026, 12, 15), "https://okr.acme.example/1")
    assert work.publish == {"comment": "off", "fields": False}
    assert work.rollup.unestimated == Decimal("2.5")
    assert work.rollup.status_weights == {"in_progress": Decimal("0.5")}
    assert metric.metric == Metric(Decimal(9), Decimal(3), unit="days")
    assert metric.expected == (CurvePoint(date(2026, 11, 1), Decimal(6)),)
    assert metric.guard == Guard("Refunds stay low", Metric(band=(Decimal(0), Decimal("0.1"))))
    assert steps.milestones == (Milestone("One"), Milestone("Two", Decimal(3)))
    assert blend.kind is Kind.BLEND
    assert blend.blend == Blend(Decimal("0.5"), Decimal("0.5"))
    assert blend.metric is not None
    assert blend.metric.source == MetricSource("acme", "a = b", "avg", "f")


def test_absent_anchors_are_to_be_found_and_empty_ones_are_none(tmp_path):
    krs = okrs(tmp_path, CYCLE + FULL).key_results
    assert (krs[1].anchors, krs[3].anchors) == (None, ())


def test_a_float_is_the_number_that_was_typed(tmp_path):
    (kr,) = okrs(tmp_path, one("weight = 0.1")).key_results
    assert kr.weight == Decimal("0.1")


FAULTS = {
    "R24: baseline = target": (
        'kind = "metric"\nmetric = { baseline = 9, target = 9.0 }',
        "key_results.0.metric: K1: baseline and target are the same",
    ),
    "band upside down": ('kind = "metric"\nmetric = { band = [7, 5] }', "K1: must run from the lower"),
    "band of three": ('kind = "metric"\nmetric = { band = [7, 5, 6] }', "K1: must be two numbers"),
    "band and target": ('kind = "metric"\nmetric = { band = [5, 7], target = 3 }', "K1: has a band and also"),
    "target alone": ('kind = "metric"\nmetric = { target = 3 }', "metric.baseline: K1: is missing"),
    "baseline alone": ('kind = "metric"\nmetric = { baseline = 3 }', "metric.target: K1: is missing"),
    "metric without one": ('kind = "metric"', "metric: K1: is missing, which kind = metric needs"),
    "empty metric": ('kind = "metric"\nmetric = {}', "metric: K1: is missing, which kind = metric needs"),
    "metric with only a unit": (
        'kind = "metric"\nmetric = { unit = "d" }',
        "K1: needs baseline and target, or a band",
    ),
    "sum of nothing": (
        'metric = { band = [1, 2], source = { connection = "acme", query = "q", aggregate = "sum" } }',
        "metric.source.field: K1: is missing, which aggregate = sum needs",
    ),
    "milestone without steps": ('kind = "milestone"', "milestones: K1: are missing"),
    "milestones that weigh nothing": (
        'kind = "milestone"\nmilestones = [{ title = "a", weight = 0 }]',
        "milestones: K1: weights are all zero",
    ),
    "the same step twice": (
        'kind = "milestone"\nmilestones = [{ title = "a" }, { title = "a" }]',
        "milestones.1.title: K1: is a second milestone",
    ),
    "blend without parts": (
        'kind = "blend"\nmetric = { baseline = 1, target = 2 }',
        "blend: K1: is missing, which kind = blend needs",
    ),
    "blend of nothing": (
        'kind = "blend"\nmetric = { baseline = 1, target = 2 }\nblend = { work = 0, metric = 0 }',
        "blend: K1: weights are all zero",
    ),
    "negative weight": ("weight = -1", "weight: K1: must be at least 0"),
    "weights all zero": ("weight = 0", "objectives.0.key_results: O1: the weights are all zero"),
    "weight in quotes": ('weight = "2"', "weight: K1: must be a number, without quotes"),
    "weight without end": ("weight = inf", "weight: K1: must be a finite number"),
    "weight beyond measure": ("weight = 1e999999999", "weight: K1: is too large or too fine"),
    "unknown connection": (
        'links = [{ connection = "acm", label = "x" }]',
        "links.0.connection: K1: no such connection in the configuration, did you mean acme?",
    ),
    "anchor elsewhere": (
        'anchors = [{ connection = "x", key = "A-1" }]',
        "anchors.0.connection: K1: no such connection",
    ),
    "source elsewhere": (
        'metric = { baseline = 1, target = 2, source = { connection = "x", query = "q" } }',
        "metric.source.connection: K1: no such connection",
    ),
    "guard elsewhere": (
        'guard = { title = "g", baseline = 1, target = 2, source = { connection = "x", query = "q" } }',
        "guard.source.connection: K1: no such connection",
    ),
    "link that selects nothing": ('links = [{ connection = "acme" }]', "links.0: K1: selects nothing"),
    "link with two selectors": (
        'links = [{ connection = "acme", label = "x", keys = ["A-1"] }]',
        "links.0: K1: has several selectors: keys, label",
    ),
    "link with half a field": (
        'links = [{ connection = "acme", field = "Team" }]',
        "links.0.value: K1: is missing: field and value go together",
    ),
    "link without keys": (
        'links = [{ connection = "acme", keys = [] }]',
        "links.0.keys: K1: must name at least one item",
    ),
    "link with a key that is none": (
        'links = [{ connection = "acme", keys = [" "] }]',
        "links.0.keys.0: K1: must not be empty",
    ),
    "frozen by level": (
        'rollup = { scope = "frozen", mode = "level" }',
        "rollup: K1: scope = frozen does not go with mode = level",
    ),
    "method field without one": ('rollup = { method = "field" }', "rollup.field: K1: is missing"),
    "a word nearly right": (
        'rollup = { method = "point" }',
        "rollup.method: K1: must be one of count, points, time, field, did you mean points?",
    ),
    "an estimate that is none": ('rollup = { unestimated = "avg" }', 'K1: must be "mean", "exclude"'),
    "a negative estimate": ("rollup = { unestimated = -1 }", "rollup.unestimated: K1: must be at least 0"),
    "a key nearly right": ('titel = "x"', "titel: K1: unknown key, did you mean title?"),
    "point outside the cycle": (
        "expected = [{ on = 2027-01-01, value = 1 }]",
        "expected.0.on: K1: lies outside the cycle",
    ),
    "points out of order": (
        "expected = [{ on = 2026-11-02, value = 0.1 }, { on = 2026-11-02, value = 0.2 }]",
        "expected.1.on: K1: must be after the day",
    ),
    "curve of work beyond 1": (
        "expected = [{ on = 2026-11-01, value = 6 }]",
        "expected.0.value: K1: must be from 0 to 1",
    ),
    "curve with a band": (
        'kind = "metric"\nmetric = { band = [1, 2] }\nexpected = [{ on = 2026-11-01, value = 6 }]',
        "expected: K1: does not go with a band",
    ),
    "a day with hours": ("due = 2026-11-01T00:00:00Z", "due: K1: must be a date such as 2026-10-01"),
    "a wrong publish": ('publish = { comment = "of" }', "publish.comment: K1: must be one of sticky"),
}


@pytest.mark.parametrize(("kr", "said"), FAULTS.values(), ids=FAULTS)
def test_a_fault_is_refused_with_its_place_and_key_result(tmp_path, kr, said):
    (line,) = complaints(tmp_path, one(kr))
    assert line.startswith("okrs.toml: objectives.0")
    assert said in line


def test_a_key_result_without_id_is_named_by_its_title(tmp_path):
    text = CYCLE + '[[objectives]]\nid = "O1"\ntitle = "T"\n[[objectives.key_results]]\ntitle = "Grow"\n'
    assert complaints(tmp_path, text) == [
        "okrs.toml: objectives.0.key_results.0.id: Grow: is missing "
        "(Stands on everything that is written; keep it)"
    ]


def test_all_faults_come_at_once_even_within_one_key_result(tmp_path):
    text = one('weight = -1\nkind = "metric"\nlinks = [{ connection = "x", label = "l" }]')
    found = complaints(tmp_path, text + '\n[[objectives]]\nid = "O1"\ntitle = "T"\nparent = "O9"')
    assert len(found) == 5


def test_what_depends_on_a_broken_part_is_not_told_as_missing(tmp_path):
    assert len(complaints(tmp_path, one('kind = "metric"\nmetric = { baseline = "x", target = 1 }'))) == 1
    assert len(complaints(tmp_path, one('kind = "metrc"'))) == 1


def test_files_merge_in_their_order(tmp_path):
    second = '[[objectives]]\nid = "O0"\ntitle = "T"\nparent = "O1"\n'
    found = okrs(tmp_path, CYCLE + FULL, second, CYCLE)
    assert [o.id for o in found.objectives] == ["O1", "O2", "O0"]


def test_a_folder_is_read_in_order_of_names(tmp_path):
    for name in ("b", "a"):
        (tmp_path / f"{name}.toml").write_text(f'[[objectives]]\nid = "{name}"\ntitle = "T"\n')
    (tmp_path / "c.toml").write_text(CYCLE)
    (tmp_path / "notes.txt").write_text("no TOML")
    assert [o.id for o in load([tmp_path], []).objectives] == ["a", "b"]


def test_an_id_names_one_thing_across_files(tmp_path):
    again = '[[objectives]]\nid = "O1-KR1"\ntitle = "T"\n'
    (line,) = complaints(tmp_path, CYCLE + FULL, again)
    assert line.startswith("okrs1.toml: objectives.0.id: O1-KR1: the id stands already at okrs.toml")


def test_two_cycles_that_differ_are_refused(tmp_path):
    (line,) = complaints(tmp_path, CYCLE, CYCLE.replace("12-31", "12-30"))
    assert line == "okrs1.toml: cycle: is not the same as in okrs.toml"


CYCLES = {
    "none": ("", "okrs.toml: cycle: is missing ([cycle] with id"),
    "backwards": (CYCLE.replace("12-31", "09-30"), "okrs.toml: cycle.end: is before the start"),
    "no such day": (CYCLE.replace("2026-12-31", '"2026-02-30"'), "okrs.toml: cycle.end: must be a date"),
}


@pytest.mark.parametrize(("text", "said"), CYCLES.values(), ids=CYCLES)
def test_a_cycle_must_be_told_and_run_forwards(tmp_path, text, said):
    (line,) = complaints(tmp_path, text)
    assert line.startswith(said)


def aligned(**served: str) -> str:
    tables = [f'[[objectives]]\nid = "{name}"\ntitle = "T"\n{served[name]}\n' for name in served]
    return CYCLE + "".join(tables)


def test_alignment_that_goes_round_is_listed_from_the_first_in_the_file(tmp_path):
    text = aligned(
        O0='parent = "O2"', O1='supports = ["O3"]', O2='parent = "O1"', O3='parent = "O2"', O4='parent = "O4"'
    )
    found = complaints(tmp_path, text)
    assert [line.split(": ", 2)[2] for line in found] == [
        "alignment goes round: O1 -> O3 -> O2 -> O1 (cut it at one place)",
        "alignment goes round: O4 -> O4 (cut it at one place)",
    ]


def test_a_diamond_of_alignment_is_no_round(tmp_path):
    text = aligned(O1="", O2='parent = "O1"', O3='parent = "O1"', O4='parent = "O2"\nsupports = ["O3"]')
    assert len(okrs(tmp_path, text).objectives) == 4


SERVED = {
    "a parent that is not there": (
        'parent = "O11"',
        "parent: O2: names no objective there is, did you mean O1?",
    ),
    "support for nobody": ('supports = ["xyz"]', "supports: O2: names no objective there is"),
    "a parent that is a key result": ('parent = "K1"', "parent: O2: is a key result"),
}


@pytest.mark.parametrize(("key", "said"), SERVED.values(), ids=SERVED)
def test_what_is_served_must_be_an_objective(tmp_path, key, said):
    (line,) = complaints(tmp_path, one("") + f'\n[[objectives]]\nid = "O2"\ntitle = "T"\n{key}')
    assert said in line


def test_a_file_that_is_not_toml_hides_no_fault_of_the_others_and_adds_none(tmp_path):
    found = complaints(tmp_path, "[cycle", one("weight = -1").removeprefix(CYCLE))
    assert [line.split(":")[0] for line in found] == ["okrs.toml", "okrs1.toml"]
    assert "line 1" in found[0]


@pytest.mark.parametrize("name", ["missing.toml", "."], ids=["no file", "empty folder"])
def test_a_file_that_is_not_there_is_told(tmp_path, name):
    with pytest.raises(ConfigError, match=r"cannot be read: No such file|without \*\.toml"):
        load([tmp_path / name], [])


def test_equal_names_in_two_folders_are_told_apart(tmp_path):
    for name in ("a", "b"):
        (tmp_path / name).mkdir()
        (tmp_path / name / "okrs.toml").write_text(CYCLE + "x = 1")
    with pytest.raises(ConfigError) as caught:
        load([tmp_path / "a", tmp_path / "b"], [])
    assert [p.place for p in caught.value.problems] == [
        f"{tmp_path}/a/okrs.toml: cycle.x",
        f"{tmp_path}/b/okrs.toml: cycle.x",
    ]


EDGES = {
    "a band of one value": 'kind = "metric"\nmetric = { band = [5, 5] }',
    "points on the first and last day": (
        "expected = [{ on = 2026-10-01, value = 0 }, { on = 2026-12-31, value = 1 }]"
    ),
    "a guard left empty": "guard = {}\nblend = {}\nmetric = {}",
}


@pytest.mark.parametrize("kr", EDGES.values(), ids=EDGES)
def test_what_lies_on_the_edge_is_taken(tmp_path, kr):
    assert len(okrs(tmp_path, one(kr)).key_results) == 1


def test_a_cycle_may_be_one_day(tmp_path):
    assert okrs(tmp_path, CYCLE.replace("12-31", "10-01")).cycle.length == 1


def test_a_third_use_of_an_id_points_at_the_first(tmp_path):
    again = '[[objectives]]\nid = "O1"\ntitle = "T"\n'
    found = complaints(tmp_path, CYCLE + again * 3)
    assert [line.rpartition(" ")[2] for line in found] == ["objectives.0", "objectives.0"]


def test_a_file_named_twice_is_read_once(tmp_path):
    (tmp_path / "okrs.toml").write_text(CYCLE + FULL)
    assert len(load([tmp_path / "okrs.toml", tmp_path], ["acme", "other"]).objectives) == 2
