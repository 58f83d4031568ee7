"""The connector on a fake Trello, over a real session."""

from __future__ import annotations

from typing import Any

from connectors.http import Clock
from connectors.session import plain_session
from connectors.trello import Trello, TrelloSettings, connect
from mappings.trello import DEFAULTS, TrelloMapping, Vocabulary
from tests.connectors.stage import Stage
from tests.contract import System
from tests.trello.fake import KEY, NAMES, TOKEN, FakeTrello

URL = "https://api.trello.example/1"


def opened(trello: FakeTrello, **more: Any) -> Trello:
    session = plain_session("cards", URL)
    session.mount(URL, Stage(trello.play))
    clock = Clock(lambda: trello.at, lambda: trello.at.timestamp(), trello.advance, lambda: 0.5)
    given = {"name": "cards", "url": URL, "key": KEY, "token": TOKEN, "field_names": NAMES} | more
    return connect(TrelloSettings(**given), session, clock=clock)


def system(trello: FakeTrello, words: Vocabulary = DEFAULTS, **more: Any) -> System:
    return System(opened(trello, **more), trello, TrelloMapping("cards", NAMES, words))
