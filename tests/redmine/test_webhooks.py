"""A real Redmine of before version 7 is known by its lack of a page for webhooks."""

from __future__ import annotations

import pytest

from connectors.base import HookWish
from tests.redmine.desk import opened
from tests.servers.redmine.server import server

pytestmark = pytest.mark.prove


def test_a_real_redmine_of_before_seven_has_no_webhooks_and_is_asked_further():
    made = opened(server(), 3)
    wish = HookWish(address="https://okr.example/hooks/rm", secret="s" * 32, reference="env:S")
    [step] = made.connector.plan_hooks(wish)
    assert (step.what, "has no webhooks" in step.detail) == ("ask", True)
    assert made.connector.login().name
    made.connector.close()
