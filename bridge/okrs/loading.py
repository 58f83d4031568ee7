"""OKR files on disk, merged into one whole or refused with all that is wrong with them."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any

from pydantic import ValidationError

from bridge.config.reading import read
from bridge.config.wording import problems
from bridge.errors import ConfigError, Misconfigured
from bridge.model import Okrs
from bridge.okrs import convert
from bridge.okrs.file import CycleTable, OkrFile
from bridge.okrs.file_rules import alignment_cycles, common_cycle, double_ids, unknown_served, weightless
from bridge.okrs.key_result_rules import faults
from bridge.okrs.outline import ObjectivePart, Source, label, naming, objectives


def load(paths: Sequence[Path], connections: Collection[str]) -> Okrs:
    """The OKRs of files, folders (their *.toml in order of name) or both, in this order.

    Raises ConfigError with everything that is wrong in any of them, each with its place and the key
    result it is about. `connections` are the names that links may use.
    """
    contents, refused = [], []
    for name, path in _named(_files(paths)):
        try:
            contents.append((name, read(path, name)))
        except ConfigError as error:
            refused.extend(error.problems)
    return _merged(contents, refused, connections)


def from_data(contents: Sequence[tuple[str, Mapping[str, Any]]], connections: Collection[str]) -> Okrs:
    """The OKRs of what these files hold, as (name, data read from TOML). Raises ConfigError."""
    return _merged(contents, [], connections)


def _merged(
    contents: Sequence[tuple[str, Mapping[str, Any]]],
    refused: Sequence[Misconfigured],
    connections: Collection[str],
) -> Okrs:
    found = list(refused)
    sources = [_source(name, data, found) for name, data in contents]
    cycle, wrong = common_cycle(sources)
    parts = [part for source in sources for part in objectives(source)]
    if not refused:
        found += [*wrong, *_across(parts)]
    found += _within(parts, cycle, connections)
    if found or cycle is None:
        raise ConfigError(found)
    tables = [table for source in sources if source.file for table in source.file.objectives]
    return Okrs(convert.cycle(cycle), tuple(map(convert.objective, tables)))


def _source(name: str, data: Mapping[str, Any], found: list[Misconfigured]) -> Source:
    try:
        return Source(name, data, OkrFile.model_validate(data))
    except ValidationError as error:
        source = Source(name, data, None)
        found.extend(naming(problem, source) for problem in problems(error, OkrFile, data, name))
        return source


def _across(parts: Sequence[ObjectivePart]) -> Iterator[Misconfigured]:
    yield from double_ids(parts)
    yield from unknown_served(parts)
    yield from alignment_cycles(parts)
    yield from weightless(parts)


def _within(
    parts: Sequence[ObjectivePart], cycle: CycleTable | None, connections: Collection[str]
) -> Iterator[Misconfigured]:
    for kr in (kr for part in parts for kr in part.key_results):
        for fault in faults(kr.table, cycle, connections) if kr.table else ():
            if fault.place.partition(".")[0] in kr.broken:
                continue
            place = f"{kr.place}.{fault.place}" if fault.place else kr.place
            yield Misconfigured(place, f"{label(kr.data)}: {fault.message}", fault.hint)


def _files(paths: Sequence[Path]) -> Iterator[Path]:
    for path in paths:
        if not path.is_dir():
            yield path
            continue
        found = sorted(inner for inner in path.glob("*.toml") if inner.is_file())
        if not found:
            raise ConfigError([Misconfigured(path.name or str(path), "a folder without *.toml files")])
        yield from found


def _named(paths: Iterator[Path]) -> list[tuple[str, Path]]:
    """Each file once, called by its name, or by its whole path where two have the same name."""
    files = list(dict.fromkeys(paths))
    names = [path.name for path in files]
    return [(path.name if names.count(path.name) == 1 else str(path), path) for path in files]
