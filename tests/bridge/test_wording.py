"""Everything that people read is there in both languages, and data stays data."""

from __future__ import annotations

import ast
import io
import re
from collections.abc import Iterator
from datetime import UTC, datetime
from decimal import Decimal
from fractions import Fraction
from pathlib import Path
from string import Formatter
from typing import Any

import pytest
from babel.messages.catalog import Catalog, Message
from babel.messages.extract import extract_from_dir
from babel.messages.mofile import read_mo
from babel.messages.pofile import read_po
from hypothesis import given, settings
from hypothesis import strategies as st

import bridge
from bridge.model import Colour, Kind, Note, Outcome, Pace, State, What
from bridge.notes import Say
from bridge.wording import LANGUAGES, Words, plural, text
from bridge.wording import numbers as figures
from bridge.wording.codes import CODES
from bridge.wording.labels import LABELS, Label
from bridge.wording.notes import REMARKS

ROOT = Path(bridge.__file__).parent
LOCALE = ROOT / "locale"
FOLDERS = ("en", "zh_CN")
EN, ZH = Words("en"), Words("zh-CN")

ARGS: dict[str, dict[str, Any]] = {
    Say.PARTS: {"n": 4, "done": 3},
    Say.CHECKS: {"n": 1, "done": 0},
    Say.STATUS_WEIGHT: {"status": "In Review", "value": "4/5"},
    Say.PERCENT: {"value": "33.3"},
    Say.SPENT: {"spent": 43200, "estimate": 28800},
    Say.NO_SHARE: {"wanted": "checklist"},
    Say.GROUP_COMPLETE: {"key": "A-1"},
    Say.ROLLED_UP: {"n": 2},
    Say.GROUP_BESIDE_UNITS: {"n": 2},
    Say.CONTAINER: {"n": 2},
    Say.PART_OF_UNIT: {"key": "A-1"},
    Say.PART_OF_DONE: {"key": "A-1"},
    Say.PART_NOT_USED: {"key": "A-1"},
    Say.PART_WITHOUT_VALUE: {"key": "A-1", "status": "Odd"},
    Say.PART_OF_GROUP: {"key": "A-1"},
    Say.CANCELLED: {"resolution": "Won't Do"},
    Say.BELOW_CANCELLED: {"key": "A-1"},
    Say.STATUS_UNDEFINED: {"status": "Odd"},
    Say.BELOW_BASELINE: {"key": "A-1"},
    Say.MODE: {"mode": "story"},
    Say.NOTHING_TO_COUNT: {"n": 2},
    Say.CANCELLED_EXCLUDED: {"n": 2, "below": 0, "keys": ["A-1", "A-2"]},
    Say.UNESTIMATED: {"k": 4, "n": 6, "policy": "mean", "keys": ["A-1"]},
    Say.BY_COUNT: {"method": "points"},
    Say.UNDEFINED_LEFT_OUT: {"n": 1, "statuses": ["Odd"], "keys": ["A-1"]},
    Say.PARTS_WITHOUT_VALUE: {"n": 2, "statuses": ["Odd"], "keys": ["A-1", "A-2"]},
    Say.WITHOUT_SHARE: {"n": 1, "wanted": "spent", "keys": ["A-1"]},
    Say.UNUSABLE_ESTIMATES: {"entries": ["A-1: points: -1"]},
    Say.CYCLE_DROPPED: {"keys": ["A-1", "A-2"]},
    Say.CLOSED_GROUP_OPEN_WORK: {"key": "A-1", "n": 2},
    Say.CLOSED_GROUP_COMPLETE: {"key": "A-1", "n": 2},
    Say.DONE_UNIT_OPEN_PARTS: {"key": "A-1", "n": 2},
    Say.PARTS_OF_GROUP: {"n": 2, "keys": ["A-1", "A-2"]},
    Say.COPIES_DIFFER: {"keys": ["A-1"]},
    Say.FROZEN_GROWTH: {"n": 2, "keys": ["A-1", "A-2"]},
    Say.FROZEN_GONE: {"vanished": 1, "cancelled": 2, "without_value": 0, "keys": ["A-1"], "ids": ["1"]},
    Say.LINKS_UNREADABLE: {"n": 2, "m": 4},
    Say.LAST_KEPT: {"at": "2026-11-02T12:00:00+00:00", "reason": "links_unreadable"},
    Say.OVERRIDDEN: {"value": "0.7", "by": "li", "why": "counted", "until": "2026-11-06", "computed": "2/5"},
    Say.OVERRIDE_EXPIRED: {"until": "2026-11-06", "by": "li"},
    Say.BLEND_PART_MISSING: {"part": "metric"},
    Say.BAND_DISTANCE: {"distance": "1.50", "unit": "days"},
    Say.MISMATCH: {"work": "9/10", "metric": "1/10"},
    Say.GUARD_BROKEN: {"title": "Returns", "current": "7.0", "unit": "%"},
    Say.GUARD_UNREAD: {"title": "Returns"},
    Say.SCOPE: {"scope": 6, "completed": 0, "added": 8, "removed": 2},
    Say.UNLIKELY: {"chance": "31/100", "forecast": "27/40", "mark": "1"},
    Say.TRENDING_OFF: {"forecast": "27/40", "mark": "1"},
    Say.KNOWN: {"known": 1, "total": 2},
}


def catalogue(folder: str) -> Catalog:
    with (LOCALE / folder / "LC_MESSAGES" / "okr-bridge.po").open("rb") as file:
        return read_po(file, locale=folder)


def messages(catalog: Catalog) -> Iterator[Message]:
    return (message for message in catalog if message.id)


def singular(message: str | tuple[str, ...] | list[str]) -> str:
    return message if isinstance(message, str) else message[0]


def in_source() -> dict[str, Any]:
    """Every phrase that is declared; the embedded Jira says nothing in the bridge's words."""
    kinds = [("sandbox/**.py", "ignore"), ("store/**.py", "ignore"), ("**.py", "python")]
    found = extract_from_dir(str(ROOT), method_map=kinds, keywords={"text": None, "plural": (1, 2)})
    return {singular(message): message for _, _, message, _, _ in found}


def compiled(folder: str, catalog: Catalog) -> dict[str, Any]:
    """What a catalogue says by message, whether as source or compiled."""
    told = ((singular(message.id), message.string) for message in messages(catalog))
    return {id: string if isinstance(string, str) else list(string) for id, string in told}


# --- the catalogue


@pytest.mark.parametrize("folder", FOLDERS)
def test_nothing_is_missing_fuzzy_or_left_over(folder):
    catalog = catalogue(folder)
    assert {singular(message.id) for message in messages(catalog)} == set(in_source())
    assert [message.id for message in messages(catalog) if message.fuzzy] == []
    empty = [
        m.id for m in messages(catalog) if not all((m.string,) if isinstance(m.string, str) else m.string)
    ]
    assert empty == []
    assert not catalog.obsolete


def test_the_template_holds_every_phrase():
    with (LOCALE / "okr-bridge.pot").open("rb") as file:
        template = read_po(file)
    assert {singular(message.id) for message in messages(template)} == set(in_source())


@pytest.mark.parametrize("folder", FOLDERS)
def test_the_compiled_catalogue_is_the_one_in_the_source(folder):
    compiled_path = LOCALE / folder / "LC_MESSAGES" / "okr-bridge.mo"
    shipped = read_mo(io.BytesIO(compiled_path.read_bytes()))
    assert compiled(folder, shipped) == compiled(folder, catalogue(folder))


def test_english_says_what_the_source_says():
    assert all(tuple(m.id) == tuple(m.string) for m in messages(catalogue("en")))


def places(template: str) -> set[tuple[str, str]]:
    return {(name, spec or "") for _, name, spec, _ in Formatter().parse(template) if name}


def test_a_translation_has_the_places_of_the_original():
    for message in messages(catalogue("zh_CN")):
        original = message.id if isinstance(message.id, str) else message.id[-1]
        told = message.string if isinstance(message.string, str) else message.string[-1]
        assert places(told) == places(original), original


def test_a_translation_is_chinese_where_there_are_words_to_translate():
    for message in messages(catalogue("zh_CN")):
        original = singular(message.id)
        if re.search(r"[a-z]{3}", re.sub(r"\{[^}]*\}", "", original)):
            assert re.search(r"[一-鿿]", "".join(message.string)), original


def test_phrases_are_declared_with_literal_text_so_that_the_tools_find_them():
    for path in ROOT.rglob("*.py"):
        source = path.read_text(encoding="utf-8")
        if "bridge.wording" not in source:
            continue
        for node in ast.walk(ast.parse(source)):
            if isinstance(node, ast.Call) and isinstance(node.func, ast.Name):
                declares = node.func.id in ("text", "plural")
                assert not declares or all(isinstance(part, ast.Constant) for part in node.args), path


# --- notes


@pytest.mark.parametrize("say", list(Say), ids=lambda say: say.value)
@pytest.mark.parametrize("words", [EN, ZH], ids=LANGUAGES)
def test_every_remark_has_a_text_that_its_figures_fill(say, words):
    told = words.note(Note(say, ARGS.get(say, {})))
    assert told
    assert "{" not in told
    assert say in REMARKS
    assert "None" not in told


def test_every_remark_says_something_else_than_the_others():
    for words in (EN, ZH):
        told = [words.note(Note(say, ARGS.get(say, {}))) for say in Say]
        assert len(set(told)) == len(told)


def test_no_remark_is_left_that_nobody_makes():
    assert set(REMARKS) == {say.value for say in Say}


SAID = {
    "R1": (Note(Say.CANCELLED_EXCLUDED, ARGS[Say.CANCELLED_EXCLUDED]), "2 cancelled excluded"),
    "R47": (
        Note(Say.CANCELLED_EXCLUDED, {"n": 1, "below": 2, "keys": ["A-1"]}),
        "1 cancelled excluded (2 below it)",
    ),
    "R20": (Note(Say.SCOPE, {"scope": 6, "completed": 0}), "scope +6, completed +0"),
    "R20 shrunk": (Note(Say.SCOPE, {"scope": "-2", "completed": "+1"}), "scope -2, completed +1"),
    "R27": (Note(Say.KNOWN, ARGS[Say.KNOWN]), "1 of 2 known"),
    "R32": (Note(Say.LINKS_UNREADABLE, ARGS[Say.LINKS_UNREADABLE]), "2 of 4 links unreadable"),
    "one link": (Note(Say.LINKS_UNREADABLE, {"n": 1, "m": 1}), "1 of 1 link unreadable"),
    "R41": (Note(Say.SPENT, ARGS[Say.SPENT]), "12 h spent of 8 h estimated"),
    "one part": (Note(Say.PARTS, {"n": 1, "done": 1}), "1 of 1 part done"),
    "a mismatch": (Note(Say.MISMATCH, ARGS[Say.MISMATCH]), "Work and metric disagree: work 90%, metric 10%"),
    "many keys": (
        Note(Say.CYCLE_DROPPED, {"keys": list("abcdefgh")}),
        "Parents that went in a circle were dropped: a, b, c, d, e, +3",
    ),
}  # fmt: skip


@pytest.mark.parametrize(("note", "told"), SAID.values(), ids=SAID)
def test_what_a_remark_says(note, told):
    assert EN.note(note) == told


def test_the_count_of_unestimated_items_comes_first():
    assert EN.note(Note(Say.UNESTIMATED, ARGS[Say.UNESTIMATED])).startswith("4 of 6 unestimated")


def test_a_kept_value_can_be_told_without_its_instant():
    args = ARGS[Say.LAST_KEPT]
    assert "2026-11-02 12:00 UTC" in EN.note(Note(Say.LAST_KEPT, args))
    told = EN.note(Note(Say.LAST_KEPT, {"reason": args["reason"]}))
    assert told == "The last value stays: not all work could be read"


def test_a_remark_of_another_version_is_shown_with_its_figures():
    assert EN.note(Note("from_the_future", {"n": 3})) == "from_the_future ({'n': 3})"


@settings(deadline=None, max_examples=50)
@given(st.text(min_size=1, max_size=30))
def test_what_people_typed_stands_in_a_remark_as_it_is(typed):
    for words in (EN, ZH):
        assert typed in words.note(Note(Say.GUARD_UNREAD, {"title": typed}))


@pytest.mark.parametrize("typed", ["{key}", "{0.__class__}", "%(n)s", "done", "进行中", "*bold*"])
def test_a_template_or_a_known_word_in_people_s_text_means_nothing(typed):
    assert EN.note(Note(Say.STATUS_UNDEFINED, {"status": typed})) == f"status {typed} is undefined"


# --- codes and labels


@pytest.mark.parametrize("words", [EN, ZH], ids=LANGUAGES)
@pytest.mark.parametrize(
    ("family", "codes"),
    [
        ("pace", Pace),
        ("colour", Colour),
        ("outcome", Outcome),
        ("what", What),
        ("kind", Kind),
        ("state", State),
    ],
)
def test_every_code_has_a_word(family, codes, words):
    assert {code.value for code in codes} <= set(CODES[family])
    told = [words.code(family, code.value) for code in codes]
    assert len(set(told)) == len(told)


@pytest.mark.parametrize("words", [EN, ZH], ids=LANGUAGES)
def test_every_label_has_a_text(words):
    assert set(LABELS) == set(Label)
    assert all(words.label(label) for label in Label)


def test_paces_are_words():
    assert [EN.pace(Pace.OFF_TRACK), ZH.pace(Pace.OFF_TRACK)] == ["Off track", "偏离目标"]


def test_a_person_s_own_word_is_the_pace_s_where_it_is_one_and_theirs_where_not():
    assert ZH.own_word("at_risk") == ZH.own_word("At risk") == "有风险"
    assert ZH.own_word("almost there") == "almost there"


def test_no_colour_is_a_dash():
    assert (EN.colour(None), EN.colour(Colour.RED)) == ("–", "red")


def test_a_code_that_is_not_known_is_shown_as_it_is():
    assert EN.code("method", "moons") == "moons"


def test_a_language_that_is_not_there_is_refused_with_those_that_are():
    with pytest.raises(ValueError, match="en, zh-CN"):
        Words("tlh")


def test_plurals_follow_the_language():
    phrase = plural("{n} item added", "{n} items added")
    assert [EN.say(phrase, n=n) for n in (0, 1, 2)] == ["0 items added", "1 item added", "2 items added"]
    assert [ZH.say(phrase, n=n) for n in (1, 2)] == ["新增 1 个工作项", "新增 2 个工作项"]


def test_a_list_is_joined_as_the_language_does():
    assert (EN.listed(["a", "b"]), ZH.listed(["a", "b"])) == ("a, b", "a、b")
    assert (EN.joined(["a", "b"]), ZH.joined(["a", "b"])) == ("a; b", "a；b")


def test_a_phrase_that_nobody_translated_is_english():
    assert ZH.say(text("Not in any catalogue {n}"), n=3) == "Not in any catalogue 3"


# --- figures

PERCENTS = {
    "R18": (Fraction(299, 300), "99%"),
    "R18 low": (Fraction(1, 300), "1%"),
    "all": (1, "100%"),
    "nothing": (0, "0%"),
    "none": (None, "–"),
    "exact text": ("3/4", "75%"),
    "a decimal": (Decimal("0.7"), "70%"),
    "a float": (0.7, "70%"),
    "R22 raw": (Fraction(-1, 4), "-25%"),
    "beyond": (Fraction(9, 8), "113%"),
    "hardly below": (Fraction(-1, 1000), "0%"),
}


@pytest.mark.parametrize(("value", "told"), PERCENTS.values(), ids=PERCENTS)
def test_percent(value, told):
    assert EN.percent(value) == told


NUMBERS = {
    "whole": (Decimal("100"), "100"),
    "idle zeros": (Decimal("7.50"), "7.5"),
    "an exponent": (Decimal("1E+3"), "1000"),
    "two decimals": (Fraction(2, 3), "0.67"),
    "negative": (Decimal("-0.125"), "-0.13"),
    "nearly zero": (Fraction(-1, 1000), "0"),
    "none": (None, "–"),
    "no text": ("", "–"),
}


@pytest.mark.parametrize(("value", "told"), NUMBERS.values(), ids=NUMBERS)
def test_number(value, told):
    assert figures.number(value) == told


def test_a_figure_has_its_unit_and_no_figure_has_none():
    assert EN.figure(Decimal("6.0"), "days") == "6 days"
    assert EN.figure(Decimal(6)) == "6"
    assert EN.figure(None, "days") == "–"


def test_hours_signs_and_instants():
    assert (figures.hours(5400), figures.hours(None)) == ("1.5 h", "–")
    assert (figures.signed(0), figures.signed(-3), figures.signed(None)) == ("+0", "-3", "–")
    assert figures.instant(datetime(2026, 11, 2, 12, 0, 59, tzinfo=UTC)) == "2026-11-02 12:00 UTC"
    assert figures.instant("2026-11-02T20:00:00+08:00") == "2026-11-02 12:00 UTC"
