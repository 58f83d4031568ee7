"""The bridge's connection to a fake base, and what the vendor's document says of all that went over it."""

from __future__ import annotations

import os
from typing import Any

from connectors.feishu import Feishu, FeishuSettings, connect
from connectors.http import Clock
from connectors.session import plain_session
from mappings.feishu import DEFAULTS, FeishuMapping
from tests import shared
from tests.connectors.stage import Stage
from tests.contract import System
from tests.feishu.fake import APP, BASE, NAMES, SECRET, FakeFeishu
from tests.feishu.judge import complaints, document

API = "https://open.feishu.cn"
URL = f"https://acme.feishu.cn/base/{BASE}"


def opened(fake: FakeFeishu, **more: Any) -> Feishu:
    session = plain_session("base", API)
    session.mount(API, Stage(fake.play))
    clock = Clock(lambda: fake.at, lambda: fake.at.timestamp(), fake.advance, lambda: 0.5)
    given = {"name": "base", "url": URL, "api": API, "base": BASE, "app_id": APP, "secret": SECRET}
    settings = FeishuSettings(**{**given, "field_names": NAMES, "statuses": DEFAULTS.statuses, **more})
    return connect(settings, session, clock=clock)


def system(fake: FakeFeishu) -> System:
    connector = opened(fake)
    return System(connector, fake, FeishuMapping("base", connector.describe()))


def judged(fake: FakeFeishu) -> list[str]:
    """Nothing where the document is missing, unless it must not be."""
    file = shared.FOLDER / "specs/feishu.json"
    if not file.exists() and os.environ.get("OKR_BRIDGE_REQUIRE_SHARED") != "1":
        return []
    return complaints(document(file), fake.exchanges)
