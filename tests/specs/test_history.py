"""The reading of the past keeps to Atlassian's document, and what does not is refused on both sides."""

from __future__ import annotations

import pytest
import requests

from tests.connectors.jira.site import JiraDriver, Time, make_site
from tests.shared import path
from tests.specs.deviations import CLOUD, unexcused
from tests.specs.openapi import Document
from tests.specs.recorder import Recorder, listening

WRONG = {
    "a thousand and one issues": {"issueIdsOrKeys": [str(n) for n in range(1001)]},
    "no issue": {"issueIdsOrKeys": []},
    "a page too large": {"issueIdsOrKeys": ["1"], "maxResults": 10_001},
    "an unknown member": {"issueIdsOrKeys": ["1"], "startAt": 0},
}


@pytest.fixture(scope="module")
def answers() -> dict[str, tuple[int, bool]]:
    """Per wrong request: the embedded Jira's status, and whether the document objects as well."""
    recorder = Recorder([Document.load(path(f"specs/{CLOUD}.json"))])
    told = {}
    with make_site("cloud", Time()) as sandbox, listening(sandbox.url, recorder) as url:
        JiraDriver(sandbox, Time(), 3).make("Work")
        with requests.Session() as session:
            session.auth = (sandbox.email, sandbox.token)
            for name, body in WRONG.items():
                answer = session.post(f"{url}/rest/api/3/changelog/bulkfetch", json=body, timeout=5)
                heard = recorder.exchanges[-1]
                operation = recorder.operation(heard)
                assert operation is not None
                told[name] = answer.status_code, bool(unexcused(operation.check_request(heard)))
    return told


@pytest.mark.parametrize("name", WRONG)
def test_a_wrong_request_for_histories_is_refused_by_the_document_and_the_embedded_jira(answers, name):
    assert answers[name] == (400, True)
