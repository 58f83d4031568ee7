"""A connection in a test: facts of a site, and a wire with `responses` at the end."""

import json

import requests
import responses

from connectors.http import Http, HttpOptions
from connectors.jira import Jira, JiraSettings
from tests.connectors.clock import Hands

URL = "https://jira.example"
V3, V2 = f"{URL}/rest/api/3", f"{URL}/rest/api/2"
SEARCH, BULKFETCH, OLD_SEARCH = f"{V3}/search/jql", f"{V3}/issue/bulkfetch", f"{V2}/search"
CLOUD = {"deployment": "cloud", "time_zone": "Europe/Berlin", "points": ["customfield_10016"]}
DATACENTER = {
    "deployment": "datacenter",
    "time_zone": "Europe/Berlin",
    "epic_link": "customfield_10008",
    "epic_name": "customfield_10009",
}
PLAIN = "com.atlassian.jira.plugin.system.customfieldtypes:"
ME = {"X-AAccountId": "5b1"}


def field(number, name, custom):
    custom = custom if ":" in custom else PLAIN + custom
    id = f"customfield_{number}"
    return {"id": id, "name": name, "custom": True, "schema": {"custom": custom, "customId": number}}


def jira(facts=None, hands=None, *, concurrency=4, **settings):
    chosen = JiraSettings(name="acme", url=URL, token="t0ken", **settings)
    options = HttpOptions(concurrency=concurrency)
    return Jira(chosen, Http("acme", URL, requests.Session(), options, (hands or Hands()).clock()), facts)


def sent(call):
    return json.loads(call.request.body)


def bodies(wire, url):
    return [sent(call) for call in wire.calls if call.request.url == url]


def issue(number, **fields):
    updated = {"updated": "2026-11-20T10:00:00.000+0100"}
    return {"id": str(number), "key": f"A-{number}", "fields": updated | fields}


def myself(wire, base=V3, headers=ME):
    wire.get(f"{base}/myself", json={"accountId": "5b1", "displayName": "Bot"}, headers=headers)


def callback(wire, url, answer, headers=ME):
    """`answer(body)` gives the JSON, or a status with the JSON."""

    def handle(request):
        found = answer(json.loads(request.body))
        status, data = found if isinstance(found, tuple) else (200, found)
        return status, headers, json.dumps(data)

    wire.add_callback(responses.POST, url, handle, content_type="application/json")
