"""A wire to nowhere for bodies and traps: `responses` stands at its end."""

import json
from datetime import UTC, datetime

import requests

from connectors.http import Clock, Http, HttpOptions
from connectors.jira.api import HEADERS, Api

URL = "https://jira.example"
CLOUD, SERVER = f"{URL}/rest/api/3", f"{URL}/rest/api/2"


def api(cloud=True):
    seconds = [1000.0]

    def sleep(span):
        seconds[0] += span

    clock = Clock(lambda: datetime(2026, 11, 21, tzinfo=UTC), lambda: seconds[0], sleep, lambda: 0.5)
    return Api(Http("acme", URL, requests.Session(), HttpOptions(headers=HEADERS), clock), cloud)


def sent(call):
    return json.loads(call.request.body)


def calls(rsps):
    return [(call.request.method, call.request.url.removeprefix(URL)) for call in rsps.calls]
