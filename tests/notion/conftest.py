"""A Notion whose every exchange is held to Notion's own document."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from tests.notion import desk
from tests.notion.fake import FakeNotion
from tests.notion.spec import document


@pytest.fixture
def notion() -> Iterator[FakeNotion]:
    judge = document()
    fake = FakeNotion()
    yield fake
    assert desk.objections(fake, judge) == []
