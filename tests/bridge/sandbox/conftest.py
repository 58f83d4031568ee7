"""The small site on Cloud, on Data Center, and on each in turn."""

from __future__ import annotations

import pytest

from tests.bridge.sandbox.site import Time, served


@pytest.fixture
def time():
    return Time()


@pytest.fixture
def cloud(time):
    with served("cloud", now=time) as pair:
        yield pair


@pytest.fixture
def datacenter(time):
    with served("datacenter", now=time) as pair:
        yield pair


@pytest.fixture(params=["cloud", "datacenter"])
def either(request, time):
    with served(request.param, now=time) as pair:
        yield pair
