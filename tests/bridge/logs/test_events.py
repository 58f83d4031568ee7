"""Events that the operator's guide teaches are words of the program, and all of them."""

from __future__ import annotations

import re

from tests.source import ROOT, SOURCE

GUIDE = ROOT / "docs" / "operate" / "watch.md"


def test_the_guide_names_every_event_that_is_logged_and_no_other():
    table = GUIDE.read_text("utf-8").partition("| `event` | |")[2].partition("\n\n")[0]
    named = set(re.findall(r"`(\w+)`(?=[^|]*\|[^|]*\|$)", table, re.MULTILINE))
    logged = {word for module in SOURCE for word in re.findall(r'"event": "(\w+)"', module.text)}
    assert len(named) > 8
    assert named == logged
