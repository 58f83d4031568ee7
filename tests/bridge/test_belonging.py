"""One database belongs to one bridge, and what is remembered of a connection to one site."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest

from bridge.belonging import Own, claim, is_another, names_of, refuse_foreign, remembered, settle
from bridge.config import load
from bridge.errors import UsageError
from bridge.reading import Connection
from bridge.store import Cursor, Store, Written, WrittenKey
from bridge.trees import Trees
from connectors.memory import Memory, Tracker
from mappings.memory import MemoryMapping

NOON = datetime(2026, 11, 10, 12, tzinfo=UTC)
OURS = WrittenKey("10001", "KR1", "field", "progress")
HERE, THERE = "https://jira.acme.example", "https://other.example/jira"


@pytest.fixture
def store(tmp_path: Path) -> Iterator[Store]:
    with Store.open(f"sqlite:///{tmp_path}/okr.db") as made:
        yield made


class Site(Memory):
    """A tracker that tells by which address it knows itself."""

    def __init__(self, base: str) -> None:
        super().__init__("acme", Tracker(now=NOON))
        self.base = base

    def describe(self) -> Any:
        return {**super().describe(), "base_url": self.base}


def leads_to(base: str) -> Connection:
    return Connection("acme", Site(base), MemoryMapping("acme"))


def known(store: Store) -> None:
    store.cursors.put("acme", Cursor(NOON, "", NOON, NOON))
    store.written.put("acme", OURS, Written(20, "", NOON))


def test_a_database_that_nobody_claimed_becomes_the_first_ones(store: Store) -> None:
    known(store)
    refuse_foreign(store, "one")
    claim(store, "one")
    claim(store, "one")
    assert store.identities.get() == ("one",)
    assert store.written.all("acme")


def test_a_second_bridge_is_turned_away_with_what_to_do(store: Store) -> None:
    claim(store, "one")
    for refuse in (refuse_foreign, claim):
        with pytest.raises(UsageError, match="belongs to the bridge one; this configuration says two") as no:
            refuse(store, "two")
        assert "a database of its own" in no.value.hint
    assert store.identities.get() == ("one",)
    claim(store, "two", anew=True)
    assert store.identities.get() == ("two",)


SAME = {
    "a slash at the end": ("https://acme.example/", "", "https://acme.example", ""),
    "https instead of http": ("http://acme.example", "", "https://acme.example", ""),
    "the usual port": ("https://acme.example:443", "", "https://acme.example", ""),
    "capitals": ("https://ACME.example", "", "https://acme.example", ""),
    "another way to the same site": ("https://gate.example", HERE, "https://side.example", HERE),
    "a site that was given another name": (HERE, HERE, HERE, THERE),
    "a site that was told of by its address alone": (HERE, "", THERE, HERE),
}
OTHER = {
    "another host": (HERE, HERE, THERE, THERE),
    "another path": ("https://a.example/jira", "", "https://a.example/jira2", ""),
    "another port": ("http://127.0.0.1:8080", "", "http://127.0.0.1:8081", ""),
}


@pytest.mark.parametrize(
    ("one", "base", "two", "base_two", "another"),
    [(*case, False) for case in SAME.values()] + [(*case, True) for case in OTHER.values()],
    ids=[*SAME, *OTHER],
)
def test_a_site_is_known_by_any_of_its_names(
    one: str, base: str, two: str, base_two: str, another: bool
) -> None:
    assert is_another(names_of(leads_to(base), one), names_of(leads_to(base_two), two)) is another


def test_a_site_as_it_was_asked_for_before_names_were_kept_is_known(store: Store) -> None:
    facts = {"asked": {"connection": {"url": HERE + "/"}}, "site": {"base_url": "https://a.example"}}
    store.sites.put("acme", facts, NOON)
    assert remembered(store, "acme") == {"jira.acme.example", "a.example"}
    assert remembered(store, "other") == frozenset()


def test_another_site_is_read_from_its_beginning_and_nothing_there_is_ours(store: Store) -> None:
    known(store)
    here, there = names_of(leads_to(HERE), HERE), names_of(leads_to(THERE), THERE)
    settle(store, leads_to(HERE), frozenset(), here)
    assert store.cursors.get("acme")
    settle(store, leads_to(THERE), remembered(store, "acme"), there)
    assert store.cursors.get("acme") is None
    assert store.written.all("acme") == {}
    assert remembered(store, "acme") == there


def own(store: Store, folder: Path, url: str) -> Own:
    (folder / "okr-bridge.toml").write_text(f"""\
[connections.acme]
tool = "jira"
url = "{url}"
token = "env:TOKEN"
""")
    opened = leads_to(url)
    settings = load(folder / "okr-bridge.toml", {"TOKEN": "x"})
    return Own(settings, store, lambda _: opened, lambda _: opened, Trees(store))


def test_a_run_forgets_another_site_and_what_reads_nothing_shows_nothing_there(
    store: Store, tmp_path: Path
) -> None:
    known(store)
    own(store, tmp_path, HERE).get("acme")
    moved = own(store, tmp_path, THERE)
    assert moved.at_hand("acme") is None
    assert store.written.all("acme")
    moved.get("acme")
    assert store.written.all("acme") == {}
    assert moved.at_hand("acme")


def test_nothing_is_taken_back_on_a_site_where_it_was_not_written(store: Store, tmp_path: Path) -> None:
    known(store)
    own(store, tmp_path, HERE).get("acme")
    connections, [problem] = own(store, tmp_path, THERE).written_on()
    assert connections == {}
    assert "is on jira.acme.example, and it leads to other.example/jira now" in problem.message
    assert "back" in problem.hint
    connections, problems = own(store, tmp_path, HERE).written_on()
    assert (list(connections), problems) == (["acme"], [])
