"""The connector keeps its promises on a real Redmine."""

from __future__ import annotations

import pytest

from bridge.errors import AccessDenied, Rejected
from bridge.model import FieldValue, Query, Tier
from connectors.redmine import api
from tests.contract import System, WorkSourceContract
from tests.plain_panels import FieldsAndCommentsContract
from tests.redmine.desk import bridge, opened
from tests.servers.redmine.server import server

pytestmark = pytest.mark.prove
PAGE = 3


@pytest.fixture
def system(monkeypatch):
    monkeypatch.setattr(api, "PAGE", PAGE)
    made = opened(server(), PAGE)
    # What was done before this test lies far back.
    made.driver.advance(7200)
    yield made
    made.connector.close()


class TestWorkSource(WorkSourceContract):
    def test_a_moved_items_old_and_new_key_are_one_item(self, system: System) -> None:
        """Issues keep their number."""
        id = system.driver.make("Wanderer")
        key = system.driver.move(id)
        assert system.connector.resolve([key]) == {key: id}


class TestPanel(FieldsAndCommentsContract):
    def test_a_value_off_the_list_is_told_by_role(self, system: System) -> None:
        item = self.anchor(system)
        with pytest.raises(Rejected, match="not included in the list") as told:
            system.connector.put_values(item, {"progress": 60, "status": "Dead"})
        assert set(told.value.fields) == {"status"}


class TestFilters:
    def test_what_redmine_would_leave_out_is_refused(self, system: System) -> None:
        system.driver.make("Work")
        with pytest.raises(Rejected, match="left the filter out"):
            system.connector.identities(FieldValue("Unfiltered", "x"))

    def test_a_filter_a_saved_one_and_names_hit_their_own(self, system: System) -> None:
        story, task = (system.driver.make(t, tier=t) for t in (Tier.UNIT, Tier.PART))
        system.driver.put(task, custom_fields=[{"id": system.driver.fields["Team"], "value": "a|b"}])
        system.driver.status(story, "Closed")
        ask = system.connector.identities
        assert ask(FieldValue("tracker", "story")) == {story}
        assert ask(FieldValue("status", "Closed")) == {story}
        assert ask(FieldValue("Team", "a|b")) == {task}
        assert ask(Query(f"project_id={system.driver.project}")) == {story, task}
        assert ask(Query(f"tracker_id={system.driver.trackers['Task']}")) == {task}

    def test_a_wrong_key_is_no_empty_site(self, system: System) -> None:
        wrong = bridge(system.driver.server, "x" * 40)
        wrong._facts = system.connector.describe()
        with pytest.raises(AccessDenied):
            wrong.identities(FieldValue("tracker", "Story"))
