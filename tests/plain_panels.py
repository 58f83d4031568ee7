"""What is left of a panel's promises where a tool lacks some of what Jira has: refused, and never dropped."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from bridge.errors import NotFound, Rejected
from tests.contract import BODY, LINK, MARK, PROPERTY, PanelContract, System, plain


class WithoutPropertyContract(PanelContract):
    """Fields, comments and links; nothing for machines to read."""

    def test_a_property_is_refused(self, system: System) -> None:
        item = self.anchor(system)
        with pytest.raises(Rejected, match="keeps no properties"):
            system.connector.put_values(item, self.values[0], PROPERTY)

    def test_fields_and_property_are_found_as_they_were_put(self, system: System) -> None:
        item = self.anchor(system)
        system.connector.put_values(item, self.values[0])
        assert self.fields_of(system, item) == {role: plain(value) for role, value in self.values[0].items()}

    def test_putting_the_same_twice_is_one_state(self, system: System) -> None:
        item = self.anchor(system)
        system.connector.put_values(item, self.values[0])
        once = system.connector.look(item)
        system.connector.put_values(item, self.values[0])
        assert system.connector.look(item) == once

    def test_fields_that_are_not_named_stay(self, system: System) -> None:
        item = self.anchor(system)
        system.connector.put_values(item, self.values[0])
        system.connector.put_values(item, {"progress": 61})
        found = self.fields_of(system, item)
        assert (found["progress"], found["status"]) == (61, self.values[0]["status"])

    def test_what_the_record_tells_of_the_panel_is_what_the_look_finds(self, system: System) -> None:
        item = self.anchor(system)
        system.connector.put_values(item, self.values[0])
        [raw] = system.connector.fetch([item])
        assert system.mapping.panel(raw) == {"fields": dict(system.connector.look(item).fields)}

    def test_everything_of_ours_can_be_taken_away_again_and_twice(self, system: System) -> None:
        item = self.anchor(system)
        untouched = system.connector.look(item)
        system.connector.put_values(item, self.values[0])
        self.put_link(system, item)
        made = system.connector.put_comment(item, BODY, MARK)
        for _ in range(2):
            system.connector.remove_values(item, list(self.values[0]), property=True)
            system.connector.remove_comment(item, made)
            system.connector.remove_link(item, LINK.global_id)
        assert system.connector.look(item) == untouched

    def test_an_item_that_is_hidden_or_gone_is_not_found(self, system: System) -> None:
        item = self.anchor(system)
        system.driver.hide(item)
        for act in self.acts(system, item):
            with pytest.raises(NotFound):
                act()

    def acts(self, system: System, item: str) -> list[Callable[[], object]]:
        return [
            lambda: system.connector.look(item),
            lambda: system.connector.put_values(item, self.values[0]),
            lambda: system.connector.put_comment(item, BODY, MARK),
            lambda: system.connector.put_link(item, LINK),
        ]

    def put_link(self, system: System, item: str) -> None:
        system.connector.put_link(item, LINK)

    def fields_of(self, system: System, item: str) -> dict[str, Any]:
        return {role: plain(value) for role, value in system.connector.look(item).fields.items()}


class FieldsAndCommentsContract(WithoutPropertyContract):
    """Nor a link to a page outside."""

    def test_a_link_is_one_however_often_it_is_put(self, system: System) -> None:
        """It is refused."""
        item = self.anchor(system)
        with pytest.raises(Rejected, match="links to nothing outside"):
            system.connector.put_link(item, LINK)

    def test_links_of_two_key_results_stand_side_by_side(self, system: System) -> None:
        """There are none to take away."""
        item = self.anchor(system)
        system.connector.remove_link(item, LINK.global_id)
        assert system.connector.look(item).links == {}

    def put_link(self, system: System, item: str) -> None:
        """None can be put."""

    def acts(self, system: System, item: str) -> list[Callable[[], object]]:
        return super().acts(system, item)[:-1]
