"""Every distinct call of the connector, and every kind of success answer of the embedded Jira, keeps to
Atlassian's documents; what the real servers are known to do otherwise is listed with its source."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from connectors.jira import connect
from tests.connectors.jira.site import JiraDriver, Time, make_site, settings
from tests.shared import path
from tests.specs import job
from tests.specs.deviations import AGILE, CLOUD, INSTEAD, KNOWN, SERVER, unexcused
from tests.specs.openapi import Document
from tests.specs.recorder import Recorder, listening


def documents(deployment: str) -> list[Document]:
    if deployment == "datacenter":
        return [Document.load(path(f"specs/{SERVER}.json"), "/rest", INSTEAD.get(SERVER))]
    return [Document.load(path(f"specs/{name}.json"), "", INSTEAD.get(name)) for name in (CLOUD, AGILE)]


@pytest.fixture(scope="module", params=["cloud", "datacenter"])
def heard(request) -> Iterator[Recorder]:
    """What was said over the wire while the whole job was done."""
    recorder = Recorder(documents(request.param))
    time = Time()
    with (
        make_site(request.param, time, installed=False) as sandbox,
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


def test_every_known_deviation_is_still_needed(heard):
    names = {document.name for document in heard.documents}
    told = heard.complaints()
    idle = [known for known in KNOWN if known.document in names and not any(map(known.excuses, told))]
    assert idle == []
