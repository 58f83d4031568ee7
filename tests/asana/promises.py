"""What of a panel's promises Asana keeps: fields, comments, an app's own data; no links outside."""

from __future__ import annotations

import pytest

from bridge.errors import NotFound
from tests.contract import BODY, LINK, MARK, PROPERTY, PanelContract, System
from tests.plain_panels import NoLinks


class AsanaPanelContract(NoLinks, PanelContract):
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
