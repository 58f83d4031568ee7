"""What counts as kept is what the bridge does not take for a person's value."""

from __future__ import annotations

from decimal import Decimal

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bridge.places import same
from mappings.kept import kept

VALUES = st.one_of(
    st.none(),
    st.booleans(),
    st.integers(-3, 3),
    st.floats(-3, 3, allow_nan=False).map(lambda n: round(n, 1)),
    st.decimals(-3, 3, places=1),
    st.sampled_from(
        ["", " ", "On track", "on track ", "57", "57.0", "a\r\nb", "a\nb", "2026-11-02T09:00:00.000Z",
         "2026-11-02T10:00:00+01:00", "2026-11-02T09:00:00", "2026-11-02"]
    ),
    st.text(max_size=3),
)  # fmt: skip


@given(VALUES, VALUES)
@settings(deadline=None, max_examples=300)
def test_the_bridge_and_every_connector_judge_alike(found, put):
    assert kept(found, put) == same(found, put)


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
def test_only_what_means_the_same_everywhere_counts_as_kept(found, put, as_put):
    assert kept(found, put) is as_put
