"""The right way of reading for the site at hand."""

from __future__ import annotations

from connectors.base import WorkSource
from connectors.http import Http
from connectors.jira.cloud import CloudSource
from connectors.jira.datacenter import DataCenterSource
from connectors.jira.login import Login
from connectors.jira.site import Site


def source(http: Http, site: Site, login: Login) -> WorkSource:
    return CloudSource(http, site, login) if site.cloud else DataCenterSource(http, site, login)
