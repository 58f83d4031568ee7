"""A fake Asana for each test: all that was said on the wire is held to Asana's own document at the end."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from connectors.asana import api
from tests.asana.fake import FakeAsana
from tests.asana.site import complaints, serving, vendor

PAGE = 3


@pytest.fixture
def asana(monkeypatch: pytest.MonkeyPatch) -> Iterator[FakeAsana]:
    monkeypatch.setattr(api, "PAGE", PAGE)
    fake = FakeAsana(PAGE)
    with serving(fake):
        yield fake
    if judge := vendor():
        assert complaints(fake, judge) == []
