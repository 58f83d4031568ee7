"""What of a panel's promises Asana keeps: fields, comments, an app's own data; no links outside."""

from __future__ import annotations

import pytest

from bridge.errors import NotFound, Rejected
from tests.contract import BODY, LINK, MARK, PROPERTY, PanelContract, System


class AsanaPanelContract(PanelContract):
    def test_a_link_is_one_however_often_it_is_put(self, system: System) -> None:
        """It is refused."""
        item = self.anchor(system)
        with pytest.raises(Rejected, match="links a task to nothing"):
            system.connector.put_link(item, LINK)

    def test_links_of_two_key_results_stand_side_by_side(self, system: System) -> None:
        """There are none to take away."""
        item = self.anchor(system)
        system.connector.remove_link(item, LINK.global_id)
        assert system.connector.look(item).links == {}

    def test_everything_of_ours_can_be_taken_away_again_and_twice(self, system: System) -> None:
        """Without links."""
        item = self.anchor(system)
        untouched = system.connector.look(item)
        system.connector.put_values(item, self.values[0], PROPERTY)
        made = system.connector.put_comment(item, BODY, MARK)
        for _ in range(2):
            system.connector.remove_values(item, list(self.values[0]), property=True)
            system.connector.remove_comment(item, made)
            system.connector.remove_link(item, LINK.global_id)
        assert system.connector.look(item) == untouched

    def test_an_item_that_is_hidden_or_gone_is_not_found(self, system: System) -> None:
        """Without links."""
        item = self.anchor(system)
        system.driver.hide(item)
        for act in (
            lambda: system.connector.look(item),
            lambda: system.connector.put_values(item, self.values[0], PROPERTY),
            lambda: system.connector.put_comment(item, BODY, MARK),
        ):
            with pytest.raises(NotFound):
                act()
