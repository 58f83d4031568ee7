"""The right ways of reading for the site at hand: what is, and what was."""

from __future__ import annotations

from connectors.base import WorkSource
from connectors.http import Http
from connectors.jira.cloud import CloudSource
from connectors.jira.datacenter import DataCenterSource
from connectors.jira.login import Login
from connectors.jira.past_cloud import CloudPast
from connectors.jira.past_datacenter import DataCenterPast
from connectors.jira.site import Site


def source(http: Http, site: Site, login: Login) -> WorkSource:
    return CloudSource(http, site, login) if site.cloud else DataCenterSource(http, site, login)


def past(http: Http, site: Site, login: Login) -> CloudPast | DataCenterPast:
    if site.cloud:
        return CloudPast(http, CloudSource(http, site, login), login)
    return DataCenterPast(http, DataCenterSource(http, site, login))
