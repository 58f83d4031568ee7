"""Asana keeps the contract of every connector, as far as the tool can."""

from __future__ import annotations

import pytest

from bridge.errors import AccessDenied, Rejected
from tests.asana.fake import wrong
from tests.asana.site import system_of
from tests.contract import LINK, PanelContract, ProvisionerContract, System, WorkSourceContract


@pytest.fixture
def system(asana):
    return system_of(asana)


class TestWorkSource(WorkSourceContract):
    def test_a_moved_items_old_and_new_key_are_one_item(self, system: System) -> None:
        """Tasks keep their number."""
        id = system.driver.make("Wanderer")
        key = system.driver.move(id)
        assert system.connector.resolve([key]) == {key: id}


class TestProvisioner(ProvisionerContract):
    pass


class TestPanel(PanelContract):
    def test_a_link_that_is_not_kept_is_told(self, system: System) -> None:
        item = self.anchor(system)
        system.driver.deaf.add("attachments")
        with pytest.raises(Rejected, match="did not keep the link"):
            system.connector.put_link(item, LINK)

    def test_an_attachment_of_somebody_else_is_no_link_of_ours(self, system: System) -> None:
        item = self.anchor(system)
        system.driver.attach(item, LINK.url)
        system.connector.put_link(item, LINK)
        system.connector.remove_link(item, LINK.global_id)
        assert [one["view_url"] for one in system.driver.attached.values()] == [LINK.url]

    def test_an_app_without_the_scope_for_attachments_is_told_which_and_shows_nothing(
        self, system: System
    ) -> None:
        """No comment is made twice and no field taken for empty where a part of the item cannot be seen."""
        item, asana = self.anchor(system), system.driver
        answer = asana.answer
        refusal = wrong("attachments:read scope is required")

        def without(method, path, *rest):
            return (403, refusal) if path == "/attachments" else answer(method, path, *rest)

        asana.answer = without
        with pytest.raises(AccessDenied, match="attachments:read scope"):
            system.connector.look(item)
