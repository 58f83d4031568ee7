"""Every distinct call of the connector, and every kind of success answer of the embedded Jira, keeps to
Atlassian's documents; what the real servers are known to do otherwise is listed with its source."""

from __future__ import annotations

import base64
import re
from contextlib import redirect_stderr, redirect_stdout
from io import StringIO
from pathlib import Path

import pytest
import requests

from bridge.cli import invoke
from bridge.sandbox import Sandbox
from bridge.sandbox.catalog import Board
from connectors.jira import connect
from tests.connectors.jira.site import JiraDriver, Time, make_site, settings
from tests.shared import path
from tests.specs import job, tour
from tests.specs.deviations import AGILE, CLOUD, INSTEAD, KNOWN, SERVER, unexcused
from tests.specs.openapi import Document, Exchange
from tests.specs.recorder import Recorder, listening
from tests.specs.wrong import PASSED_OVER_BY_SERVERS, REFUSED_BY_BOTH


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


@pytest.fixture(scope="module")
def slips(deployment) -> dict[str, tuple[int, list[str]]]:
    """Per wrong request: what the embedded Jira answered, and what the document has against it."""
    recorder = Recorder(documents(deployment))
    told = {}
    time = Time()
    with make_site(deployment, time) as sandbox, listening(sandbox.url, recorder) as url:
        driver = JiraDriver(sandbox, time, 100)
        epic = job.furnish(driver)
        said = driver.say(epic, "words")
        with requests.Session() as session:
            session.headers.update(credentials(sandbox))
            for name, (method, path, body) in (REFUSED_BY_BOTH | PASSED_OVER_BY_SERVERS).items():
                call = (method, path.format(epic=epic, said=said), body)
                tour.made(session, f"{url}/rest/api/{3 if sandbox.jira.cloud else 2}", call)
                heard = recorder.exchanges[-1]
                operation = recorder.operation(heard)
                assert operation is not None
                told[name] = (heard.status, unexcused(operation.check_request(heard)))
    return told


def test_a_wrong_request_for_each_write_is_refused_by_the_document(slips):
    assert [name for name, (_, complaints) in slips.items() if not complaints] == []


def test_and_by_the_embedded_jira_where_servers_look(slips):
    assert {name: slips[name][0] for name in REFUSED_BY_BOTH} == dict.fromkeys(REFUSED_BY_BOTH, 400)


WRITES = {"PUT", "POST", "DELETE"}
READING_POSTS = re.compile(r"/(search|search/jql|bulkfetch|list|parse|match|check|approximate-count)$")


def test_every_write_of_the_job_has_its_wrong_request(heard):
    writes = {
        heard.operation(e).template.partition("/rest/api/")[2][2:]
        for e in heard.exchanges
        if e.method in WRITES and not READING_POSTS.search(e.path) and e.status < 300
    }
    wrong = REFUSED_BY_BOTH | PASSED_OVER_BY_SERVERS
    covered = {
        heard.operation(Exchange(method, f"{root(heard)}/{example(path)}", (), b"", 0, b"")).template
        for method, path, _ in wrong.values()
    }
    assert {name for name in writes if not any(template.endswith(name) for template in covered)} == set()


def root(heard: Recorder) -> str:
    return "/rest/api/2" if heard.documents[0].name == SERVER else "/rest/api/3"


def example(path: str) -> str:
    return path.partition("?")[0].format(epic="1", said="2")


@pytest.fixture(scope="module")
def told_by_the_program(deployment, tmp_path_factory) -> tuple[Recorder, list[tuple[str, int]]]:
    """The main job as a person types it, over a quarter of work; each command's exit code."""
    recorder = Recorder(documents(deployment))
    folder = tmp_path_factory.mktemp("job")
    with Sandbox(deployment) as sandbox, listening(sandbox.url, recorder) as url:
        (folder / "token").write_text(sandbox.token, "utf-8")
        (folder / "okr-bridge.toml").write_text(configuration(sandbox, url), "utf-8")
        (folder / "okrs.toml").write_text(OKRS, "utf-8")
        codes = [(" ".join(command), typed(folder, command)) for command in COMMANDS]
    return recorder, codes


COMMANDS = (
    ("fields", "install", "--apply"),
    ("provision", "--apply"),
    ("check",),
    ("sync",),
    ("sync",),
    ("unpublish", "--apply"),
)
OKRS = """
[cycle]
id = "2026-Q4"
start = 2026-10-01
end = 2026-12-31

[[objectives]]
id = "O1"
title = "New customers are up and running within a day"

[[objectives.key_results]]
id = "KR1"
title = "Guided onboarding [~admin] {code}"
rollup = { method = "points" }
links = [{ connection = "acme", keys = ["SHOP-1"] }, { connection = "acme", project = "GROW" }]

[[objectives.key_results]]
id = "KR2"
title = "Everything labelled"
url = "https://okr.example/KR2"
links = [{ connection = "acme", label = "onboarding" }]
anchors = [{ connection = "acme", key = "SHOP-1" }]

[[objectives.key_results]]
id = "KR3"
title = "Work that nobody has begun"
owner = "okr-bot@acme.example"
due = 2026-12-15
"""


def configuration(sandbox: Sandbox, url: str) -> str:
    login = f'email = "{sandbox.email}"' if sandbox.deployment == "cloud" else ""
    return f"""
[bridge]
instance = "wire"
public_url = "https://okr.example"
[connections.acme]
tool = "jira"
url = "{url}"
{login}
token = "file:token"
"""


EXPECTED = {"createCustomField", "createIssue", "editIssue", "addComment", "deleteComment"} | {
    "createOrUpdateRemoteIssueLink",
    "deleteRemoteIssueLinkByGlobalId",
}


def operation_of(name: str) -> str:
    return name.partition("_")[0]


def typed(folder: Path, command: tuple[str, ...]) -> int:
    with redirect_stdout(StringIO()), redirect_stderr(StringIO()):
        return invoke(["-c", str(folder / "okr-bridge.toml"), *command])


def test_the_main_job_as_a_person_types_it_keeps_to_the_documents(told_by_the_program):
    recorder, codes = told_by_the_program
    assert {operation_of(name) for name in recorder.operations} >= EXPECTED
    assert [(command, code) for command, code in codes if code not in (0, 3)] == []
    assert sorted(set(unexcused(recorder.complaints()))) == []
