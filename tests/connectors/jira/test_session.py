import base64
import os
import threading
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import pytest
import requests
import responses

from bridge.errors import AccessDenied, ConnectorError, Transient
from connectors.http import Http, HttpOptions
from connectors.jira import JiraSettings, connect
from connectors.jira.session import make_session
from tests.connectors.clock import Hands

URL = "https://acme.example"


@pytest.fixture(autouse=True)
def bare_environment(monkeypatch, tmp_path):
    for name in [n for n in os.environ if n.lower().endswith("_proxy") or n.endswith("CA_BUNDLE")]:
        monkeypatch.delenv(name)
    monkeypatch.setenv("HOME", str(tmp_path))


def settings(**more):
    return JiraSettings(**{"name": "acme", "url": URL, "token": "s3cret"} | more)


def sent_by(session):
    return session.prepare_request(requests.Request("GET", f"{URL}/x")).headers


def test_a_token_with_an_address_is_basic():
    wanted = base64.b64encode(b"bot@acme.example:s3cret").decode()
    assert sent_by(make_session(settings(email="bot@acme.example")))["Authorization"] == f"Basic {wanted}"


def test_a_token_alone_is_a_bearer():
    assert sent_by(make_session(settings()))["Authorization"] == "Bearer s3cret"


def test_a_session_by_cookie_logs_in_with_name_and_password():
    from jira.client import JiraCookieAuth

    session = make_session(settings(auth="cookie", email="bot"))
    assert isinstance(session.auth, JiraCookieAuth)


@responses.activate
def test_a_session_by_cookie_begins_when_the_server_asks_for_it():
    responses.get(f"{URL}/rest/api/2/myself", status=401, json={})
    login = responses.post(f"{URL}/rest/auth/1/session", json={}, headers={"Set-Cookie": "JSESSIONID=abc"})
    responses.get(f"{URL}/rest/api/2/myself", json={"name": "bot"})
    session = make_session(settings(auth="cookie", email="bot"))
    answer = requests.Session.request(session, "GET", f"{URL}/rest/api/2/myself")
    assert answer.json() == {"name": "bot"}
    assert login.call_count == 1


@responses.activate
def test_a_password_that_is_refused_is_told_and_not_repeated():
    responses.get(f"{URL}/rest/api/2/myself", status=401, json={})
    login = responses.post(f"{URL}/rest/auth/1/session", status=403, json={})
    session = make_session(settings(auth="cookie", email="bot"))
    with pytest.raises(AccessDenied, match="403") as told:
        requests.Session.request(session, "GET", f"{URL}/rest/api/2/myself")
    assert "s3cret" not in str(told.value) + told.value.hint
    assert login.call_count == 1


def test_an_address_beside_a_bearer_is_not_sent():
    session = make_session(settings(auth="bearer", email="bot@acme.example"))
    assert sent_by(session)["Authorization"] == "Bearer s3cret"


def test_kerberos_without_its_package_is_told(monkeypatch):
    monkeypatch.setattr("importlib.util.find_spec", lambda _: None)
    with pytest.raises(ConnectorError, match="kerberos") as told:
        make_session(settings(auth="kerberos", token=""))
    assert "okr-bridge[kerberos]" in told.value.hint


def test_the_bridge_names_itself_and_takes_gzip():
    headers = sent_by(make_session(settings()))
    assert headers["User-Agent"].startswith("okr-bridge/")
    assert "gzip" in headers["Accept-Encoding"]
    assert headers["Accept"] == "application/json"


def test_a_netrc_entry_does_not_replace_a_bearer(tmp_path):
    (tmp_path / ".netrc").write_text("machine acme.example login a password b")
    assert sent_by(make_session(settings()))["Authorization"] == "Bearer s3cret"


def test_nothing_is_sent_while_a_connection_is_made():
    with responses.RequestsMock() as wire:
        jira = connect(settings(), clock=Hands().clock())
        assert len(wire.calls) == jira.requests == 0


@pytest.mark.parametrize("kind", ["jira.JIRA", "atlassian.Jira", "requests.Session"])
def test_a_session_made_elsewhere_is_used_as_it_is(kind):
    session = requests.Session()
    session.headers["X-Way-In"] = "kerberos"
    match kind:
        case "jira.JIRA":
            from jira import JIRA

            given = JIRA(URL, get_server_info=False)
            given._session = session
        case "atlassian.Jira":
            from atlassian import Jira

            given = Jira(URL, session=session)
        case _:
            given = session
    with responses.RequestsMock() as wire:
        wire.get(f"{URL}/rest/api/3/myself", json={"accountId": "5b1"})
        jira = connect(settings(token="", deployment="cloud"), clock=Hands().clock(), session=given)
        assert jira.login().id == "5b1"
        assert wire.calls[0].request.headers["X-Way-In"] == "kerberos"
        assert wire.calls[0].request.headers["X-ExperimentalApi"] == "true"


def test_a_thing_without_a_session_is_refused():
    with pytest.raises(ConnectorError, match="a dict holds no session"):
        make_session(settings(), given={})


def test_the_authorities_of_a_company_are_trusted(tmp_path):
    bundle = tmp_path / "ca.pem"
    bundle.write_text("")
    assert make_session(settings(ca_bundle=str(bundle))).verify == str(bundle)


def test_a_missing_bundle_is_told_before_anything_is_sent():
    with pytest.raises(ConnectorError, match="missing") as told:
        make_session(settings(ca_bundle="/nowhere/ca.pem"))
    assert "ca_bundle" in told.value.hint


def test_a_proxy_is_for_both_schemes_and_beats_the_environment(monkeypatch):
    monkeypatch.setenv("HTTPS_PROXY", "http://env.example:1")
    proxy = "http://proxy.example:3128"
    assert make_session(settings(proxy=proxy)).proxies == {"http": proxy, "https": proxy}


def test_the_environments_proxy_is_taken_otherwise(monkeypatch):
    monkeypatch.setenv("HTTPS_PROXY", "http://env.example:1")
    assert make_session(settings()).proxies["https"] == "http://env.example:1"


def test_the_token_is_not_in_the_settings_text():
    assert "s3cret" not in repr(settings())


class Echo(BaseHTTPRequestHandler):
    """Answers on a real socket; one path closes it without a word."""

    protocol_version = "HTTP/1.1"

    def do_GET(self):
        self.server.seen.append(self.client_address)
        if self.path.endswith("/drop"):
            self.close_connection = True
            return
        body = b'{"accountId": "5b1"}'
        self.send_response(200)
        self.send_header("Content-Type", "application/json")
        self.send_header("Content-Length", str(len(body) + (9 if self.path.endswith("/short") else 0)))
        self.end_headers()
        self.wfile.write(body)
        self.close_connection = self.path.endswith("/short")

    def do_POST(self):
        self.do_GET()

    def log_message(self, *args):
        pass


@pytest.fixture
def server():
    echo = ThreadingHTTPServer(("127.0.0.1", 0), Echo)
    echo.seen = []
    thread = threading.Thread(target=echo.serve_forever, args=(0.01,))
    thread.start()
    yield echo
    echo.shutdown()
    thread.join()
    echo.server_close()


@pytest.fixture
def http(server):
    url = f"http://127.0.0.1:{server.server_port}"
    client = Http("acme", url, make_session(settings(url=url)), HttpOptions(), Hands().clock())
    yield client
    client.close()


def test_a_connection_is_kept_open(server, http):
    for _ in range(3):
        http.call("GET", "rest/api/3/myself", repeatable=True)
    assert len(set(server.seen)) == 1


@pytest.mark.parametrize("path", ["drop", "short"])
def test_a_write_on_a_socket_that_broke_is_sent_once(server, http, path):
    with pytest.raises(Transient) as told:
        http.call("POST", path, repeatable=False)
    assert told.value.maybe_done
    assert len(server.seen) == 1


def test_a_read_on_a_socket_that_broke_is_tried_four_times(server, http):
    with pytest.raises(Transient):
        http.call("GET", "drop", repeatable=True)
    assert len(server.seen) == http.requests == 4


def test_an_address_where_nobody_listens_was_not_reached(http):
    url = "http://127.0.0.1:9"
    client = Http("acme", url, make_session(settings(url=url)), HttpOptions(), Hands().clock())
    with pytest.raises(Transient, match="could not connect") as told:
        client.call("POST", "x", repeatable=False)
    assert not told.value.maybe_done
    client.close()
