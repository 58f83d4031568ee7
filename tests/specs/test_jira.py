"""Every distinct call of the connector, and every kind of success answer of the embedded Jira, keeps to
Atlassian's documents; what the real servers are known to do otherwise is listed with its source."""

from __future__ import annotations

import base64
import re

import pytest

from bridge.sandbox import Sandbox
from bridge.sandbox.catalog import Board
from connectors.jira import connect
from tests.connectors.jira.site import JiraDriver, Time, make_site, settings
from tests.shared import path
from tests.specs import job, tour
from tests.specs.deviations import AGILE, CLOUD, INSTEAD, KNOWN, SERVER, unexcused
from tests.specs.openapi import Document
from tests.specs.recorder import Recorder, listening


def documents(deployment: str) -> list[Document]:
    if deployment == "datacenter":
        return [Document.load(path(f"specs/{SERVER}.json"), "/rest", INSTEAD.get(SERVER))]
    return [Document.load(path(f"specs/{name}.json"), "", INSTEAD.get(name)) for name in (CLOUD, AGILE)]


@pytest.fixture(scope="module", params=["cloud", "datacenter"])
def deployment(request) -> str:
    return str(request.param)


@pytest.fixture(scope="module")
def heard(deployment) -> Recorder:
    """What was said over the wire while the whole job was done."""
    recorder = Recorder(documents(deployment))
    time = Time()
    with (
        make_site(deployment, time, installed=False) as sandbox,
        listening(sandbox.url, recorder) as url,
    ):
        driver = JiraDriver(sandbox, time, 100)
        epic = job.furnish(driver)
        first = connect(settings(sandbox, url), clock=time.clock())
        job.install(first)
        first.close()
        jira = connect(settings(sandbox, url), clock=time.clock())
        job.read(jira, driver, epic)
        job.show(jira, epic)
        job.provide(jira)
        jira.close()
    return recorder


def test_every_exchange_keeps_to_the_documents(heard):
    assert sorted(set(unexcused(heard.complaints()))) == []


def test_every_known_deviation_is_still_needed(heard, toured):
    names = {document.name for document in heard.documents}
    told = [*heard.complaints(), *toured[0].complaints()]
    idle = [known for known in KNOWN if known.document in names and not any(map(known.excuses, told))]
    assert idle == []


@pytest.fixture(scope="module")
def toured(deployment) -> tuple[Recorder, list[str], list[str]]:
    """Every operation of the embedded Jira, called once; what was refused; what was never called."""
    recorder = Recorder(documents(deployment))
    time = Time()
    with make_site(deployment, time) as sandbox, listening(sandbox.url, recorder) as url:
        driver = JiraDriver(sandbox, time, 100)
        sandbox.jira.catalog.boards[1] = Board(1, "Board", "scrum", "WORK", "customfield_10026")
        epic = job.furnish(driver)
        refused = tour.walk(url, credentials(sandbox), driver, epic)
        called = {(e.method, e.path) for e in recorder.exchanges if 200 <= e.status < 300}
        missed = [
            f"{route.method} {route.pattern.pattern}"
            for route in tour.routes(driver)
            if not (sandbox.deployment == "cloud" and APART.search(route.pattern.pattern))
            and not any(method == route.method and route.pattern.fullmatch(path) for method, path in called)
        ]
    return recorder, refused, missed


APART = re.compile(r"/api/[23]/search/\?$|/api/2/serverInfo/\?$")
"""On Cloud the old search answers 410 for ever; and version 2 has a document of its own there."""


def credentials(sandbox: Sandbox) -> dict[str, str]:
    if sandbox.deployment == "datacenter":
        return {"Authorization": f"Bearer {sandbox.token}"}
    pair = base64.b64encode(f"{sandbox.email}:{sandbox.token}".encode()).decode()
    return {"Authorization": f"Basic {pair}"}


def test_every_success_answer_of_the_embedded_jira_keeps_to_the_documents(toured):
    recorder, refused, missed = toured
    assert refused == []
    assert missed == []
    assert sorted(set(unexcused(recorder.complaints()))) == []
