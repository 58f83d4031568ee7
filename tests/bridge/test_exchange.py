"""An export holds everything, and comes back as it was on either database."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest
import sqlalchemy as sa

from bridge.errors import UsageError
from bridge.exchange import export, import_document, pieces
from bridge.store import Store
from bridge.store.tables import LASTING, PASSING
from tests.stores import CHECK_IN, FIGURES, FULL, HISTORY, NOON, fill, fill_inputs, fill_passing, urls


@contextmanager
def fresh(kind: str, folder: Path) -> Iterator[Store]:
    folder.mkdir(exist_ok=True)
    with urls(kind, folder, made=True) as url, Store.open(url) as store:
        yield store


@pytest.fixture
def filled(tmp_path: Path) -> Iterator[Store]:
    with fresh("sqlite", tmp_path / "filled") as store:
        fill(store)
        fill_inputs(store)
        yield store


@pytest.fixture(params=["sqlite", "postgresql"])
def empty(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Store]:
    with fresh(request.param, tmp_path / "empty") as store:
        yield store


def test_the_filled_store_has_something_in_every_table(filled: Store) -> None:
    fill_passing(filled)
    with filled.database.read() as connection:
        for table in (*LASTING, *PASSING):
            assert connection.execute(sa.select(table).limit(1)).one_or_none(), table.name


def test_an_export_comes_back_byte_by_byte(filled: Store, empty: Store, tmp_path: Path) -> None:
    text = export(filled)
    assert import_document(empty, text) > len(LASTING)
    assert export(empty) == text
    with fresh("sqlite", tmp_path / "back") as back:
        import_document(back, export(empty))
        assert export(back) == text


def test_what_was_imported_is_what_was_stored(filled: Store, empty: Store) -> None:
    import_document(empty, export(filled))
    assert FULL in list(empty.mirror.load())
    assert empty.figures.all() == {"O1-KR1": FIGURES}
    assert empty.history.points("O1-KR1") == (HISTORY,)
    assert empty.checkins.of("O1-KR2") == (CHECK_IN,)
    assert empty.overrides.log("O1-KR1") == filled.overrides.log("O1-KR1")
    assert empty.runs.last(9) == filled.runs.last(9)
    assert empty.outbox.pending() == filled.outbox.pending()


def test_numbering_goes_on_after_an_import(filled: Store, empty: Store) -> None:
    import_document(empty, export(filled))
    (last,) = empty.runs.last(1)
    assert int(empty.runs.start("sync", NOON)) == int(last.id) + 1
    assert empty.revisions.record("d2", "changed", NOON)


def test_an_empty_store_is_exported_and_imported_too(empty: Store) -> None:
    text = export(empty)
    assert import_document(empty, text) == 0
    assert export(empty) == text
    assert empty.runs.start("sync", NOON) == "1"


def test_an_export_is_one_row_a_line_of_plain_json(filled: Store) -> None:
    document = json.loads(export(filled))
    assert (document["format"], document["version"]) == ("okr-bridge", 1)
    figures = document["tables"]["figures"]
    row = dict(zip(figures["columns"], figures["rows"][0], strict=True))
    assert row["progress"] == "2/7"
    assert row["at"] == "2026-11-02T12:00:00.123456+00:00"
    rows = sum(len(table["rows"]) for table in document["tables"].values())
    assert export(filled).count("\n") == rows + len(LASTING) + 1
    assert "".join(pieces(filled)) == export(filled)


def test_an_export_from_before_inputs_were_kept_is_taken_in(filled: Store, empty: Store) -> None:
    document = json.loads(export(filled))
    del document["tables"]["item_states"], document["tables"]["inputs"]
    import_document(empty, json.dumps(document))
    assert empty.history.points("O1-KR1") == (HISTORY,)
    assert empty.inputs.known(["abc"]) == frozenset()


def test_a_store_that_is_not_empty_is_not_replaced_unasked(filled: Store, empty: Store) -> None:
    text = export(empty)
    before = export(filled)
    with pytest.raises(UsageError, match="not empty") as caught:
        import_document(filled, text)
    assert "--replace" in caught.value.hint
    assert export(filled) == before
    import_document(filled, text, replace=True)
    assert export(filled) == text


def test_what_belongs_to_a_moment_stays_behind(filled: Store, empty: Store) -> None:
    text = export(filled)
    fill_passing(filled)
    assert export(filled) == text
    fill_passing(empty)
    import_document(empty, text)
    assert empty.leases.acquire("daemon", "another", 60) is None
    assert empty.schedule.all()


def test_replacing_forgets_what_was_to_be_tried_again(filled: Store) -> None:
    fill_passing(filled)
    import_document(filled, export(filled), replace=True)
    assert filled.parked.all() == ()
    assert filled.holds.all(NOON)
    assert filled.leases.record("daemon")


def first_row(table: str, column: str, value: object) -> Callable[[Any], None]:
    def spoil(document: Any) -> None:
        content = document["tables"][table]
        content["rows"][0][content["columns"].index(column)] = value

    return spoil


def twice(document: Any) -> None:
    rows = document["tables"]["figures"]["rows"]
    rows.append(rows[0])


SPOILT: dict[str, tuple[Callable[[Any], None], str]] = {
    "another format": (lambda d: d.update(format="other"), "no export"),
    "a newer version": (lambda d: d.update(version=2), "version 2"),
    "no tables": (lambda d: d.pop("tables"), "no tables"),
    "a table is missing": (lambda d: d["tables"].pop("items"), "lacks table: items"),
    "an unknown table": (lambda d: d["tables"].update(x={}), "unknown table: x"),
    "a table that is none": (lambda d: d["tables"].update(items=[]), "items: it is no table"),
    "rows that are none": (lambda d: d["tables"]["items"].update(rows={}), "items: it is no table"),
    "a column is missing": (lambda d: d["tables"]["runs"]["columns"].pop(), "lacks column: summary"),
    "an unknown column": (lambda d: d["tables"]["runs"]["columns"].append("x"), "unknown column: x"),
    "a column named twice": (lambda d: d["tables"]["runs"]["columns"].append("id"), "runs: it is no table"),
    "columns that are no names": (lambda d: d["tables"]["runs"].update(columns=[1]), "no names"),
    "a row too short": (lambda d: d["tables"]["figures"]["rows"][0].pop(), "figures, row 1: not one value"),
    "a fraction by nought": (first_row("figures", "progress", "1/0"), "figures, row 1: progress"),
    "a number for text": (first_row("figures", "pace", 3), "row 1: pace"),
    "nothing for text": (first_row("figures", "pace", None), "row 1: pace"),
    "no decimal": (first_row("overrides", "value", "much"), "row 1: value"),
    "a naive instant": (first_row("figures", "at", "2026-01-01T00:00:00"), "row 1: at"),
    "no day": (first_row("history", "day", "today"), "row 1: day"),
    "text for a truth": (first_row("items", "flagged", "no"), "row 1: flagged"),
    "a truth for a number": (first_row("outbox", "attempts", True), "row 1: attempts"),
    "no list": (first_row("items", "labels", "a"), "row 1: labels"),
    "no pairs": (first_row("items", "numbers", ["a"]), "row 1: numbers"),
    "the same row twice": (twice, "contradicts itself"),
    "a write of no run": (first_row("run_writes", "run", 99), "contradicts itself"),
    "a number too large": (first_row("outbox", "attempts", 2**80), "row 1: attempts"),
}


@pytest.fixture(scope="module")
def exported(tmp_path_factory: pytest.TempPathFactory) -> str:
    with fresh("sqlite", tmp_path_factory.mktemp("exported")) as store:
        fill(store)
        fill_inputs(store)
        return export(store)


@pytest.mark.parametrize(("spoil", "message"), SPOILT.values(), ids=SPOILT)
def test_a_spoilt_export_is_refused_and_changes_nothing(
    exported: str, empty: Store, spoil: Callable[[Any], None], message: str
) -> None:
    document = json.loads(exported)
    spoil(document)
    empty.figures.put("mine", FIGURES)
    before = export(empty)
    with pytest.raises(UsageError, match=message) as caught:
        import_document(empty, json.dumps(document), replace=True)
    assert caught.value.hint
    assert "\n" not in caught.value.message
    assert export(empty) == before


@pytest.mark.parametrize(
    "text", ["", "{", "[]", "null", "[" * 100_000], ids=lambda text: text[:4] or "nothing"
)
def test_a_text_that_is_no_export_is_refused(empty: Store, text: str) -> None:
    with pytest.raises(UsageError):
        import_document(empty, text)
