"""What a connector may count as kept: what is taken for no person's value afterwards."""

from __future__ import annotations

from decimal import Decimal

import pytest

from bridge.model.same import same

TABLE = {
    "the same number, however it is spelt": (57.0, Decimal("57"), True),
    "an emptied field": (None, "", True),
    "an instant in another zone": ("2026-11-02T09:00:00.000Z", "2026-11-02T10:00:00+01:00", True),
    "outer blanks and line ends": (" a\r\nb ", "a\nb", True),
    "a word in other letters": ("on track", "On track", False),
    "a number in a field of text": ("57", 57, False),
    "an instant without its seconds": ("2026-11-02T09:00:00Z", "2026-11-02T09:00:07Z", False),
    "nought for nothing": (0, None, False),
}


@pytest.mark.parametrize(("found", "put", "as_put"), TABLE.values(), ids=TABLE)
def test_only_what_means_the_same_everywhere_counts_as_same(found, put, as_put):
    assert same(found, put) is as_put
