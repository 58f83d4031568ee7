from __future__ import annotations

import pytest

from mappings.marked_links import linked, marked_address


@pytest.mark.parametrize(
    "address", ["https://okr.example/1", "https://okr.example/#/kr/1", "https://x.example/?a=b"]
)
def test_a_marked_address_is_told_apart_again(address):
    assert linked(marked_address(address, "okr-bridge=here&kr=O1-KR1")) == (
        address,
        "okr-bridge=here&kr=O1-KR1",
    )
    assert linked(address) == (address, "")
