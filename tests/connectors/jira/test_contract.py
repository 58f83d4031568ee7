"""Jira keeps the contract of every connector, on Cloud and on Data Center."""

from __future__ import annotations

import pytest

from connectors.jira import cloud, connect, datacenter, past_cloud, past_datacenter
from mappings.jira import JiraMapping, Vocabulary
from tests.connectors.jira.site import JiraDriver, Time, make_site, settings
from tests.contract import (
    HistorianContract,
    PanelContract,
    ProvisionerContract,
    System,
    WorkSourceContract,
)

PAGE = 3


@pytest.fixture(params=["cloud", "datacenter"])
def system(request, monkeypatch):
    monkeypatch.setattr(cloud, "PAGE", PAGE)
    monkeypatch.setattr(datacenter, "PAGE", PAGE)
    monkeypatch.setattr(past_cloud, "CHUNK", PAGE)
    monkeypatch.setattr(past_cloud, "ENTRIES", 2 * PAGE)
    monkeypatch.setattr(past_datacenter, "CHUNK", PAGE)
    time = Time()
    with make_site(request.param, time) as sandbox:
        jira = connect(settings(sandbox), clock=time.clock())
        yield System(
            jira, JiraDriver(sandbox, time, PAGE), JiraMapping("acme", jira.describe(), Vocabulary())
        )
        jira.close()


class TestWorkSource(WorkSourceContract):
    pass


class TestHistorian(HistorianContract):
    pass


class TestPanel(PanelContract):
    pass


class TestProvisioner(ProvisionerContract):
    pass
