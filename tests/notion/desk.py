"""The bridge on a Notion of the tests, with its documents as judges."""

from __future__ import annotations

from typing import Any

from connectors.http import Clock, Http, HttpOptions
from connectors.notion import Notion, NotionSettings
from connectors.notion.api import SPEAKS
from connectors.session import log_in, plain_session
from mappings.notion import NotionMapping
from tests.connectors.stage import Stage
from tests.contract import System
from tests.notion.fake import NAMES, TOKEN, FakeNotion
from tests.notion.spec import Latest, complaints

URL = "https://api.notion.example"


def opened(fake: FakeNotion, token: str = TOKEN, tries: int = 4, **more: Any) -> Notion:
    session = plain_session("no", URL)
    session.mount(URL, Stage(fake.play))
    log_in(session, "bearer", token)
    clock = Clock(lambda: fake.at, lambda: fake.at.timestamp(), fake.advance, lambda: 0.5)
    options = HttpOptions(concurrency=3, tries=tries, **SPEAKS)
    databases = tuple(fake.databases)
    settings = NotionSettings(**{"databases": databases, "field_names": NAMES} | more)
    return Notion(settings, Http("no", f"{URL}/v1", session, options, clock))


def system(fake: FakeNotion, **more: Any) -> System:
    connector = opened(fake, **more)
    return System(connector, fake, NotionMapping("no", connector.describe()))


def objections(fake: FakeNotion, judge: Latest) -> list[str]:
    """What Notion's document has against all that was said."""
    return sorted({told for one in fake.exchanges for told in complaints(one, judge)})
