"""What the daemon answers on its own address."""

from __future__ import annotations

from typing import Any

import pytest
from fastapi.testclient import TestClient

from bridge.daemon.web import Limits, web
from tests.bridge.daemon.house import SECRET, House, headers, issue, signature


def client(house: House, **limits: Any) -> TestClient:
    app = web(hooks=house.hooks, health=house.health, metrics=house.metrics, limits=Limits(**limits))
    return TestClient(app, raise_server_exceptions=True)


FORGED = headers(issue(7)) | {"x-hub-signature": signature(b"else")}
ANSWERS = {
    "a signed webhook": ("acme", issue(7), headers(issue(7)), 202, "accepted"),
    "signed JSON that is none": ("acme", b"{", headers(b"{"), 202, "accepted"),
    "another body": ("acme", issue(7), FORGED, 401, "refused"),
    "no signature": ("acme", issue(7), {}, 401, "refused"),
    "a connection without a secret": ("quiet", issue(7), headers(issue(7)), 401, "refused"),
    "a connection nobody has": ("nobody", issue(7), headers(issue(7)), 404, "unknown"),
    "a name that is none": ("%2e%2e%00", issue(7), headers(issue(7)), 404, "unknown"),
    "as large as may be": ("acme", b"x" * 1000, headers(b"x" * 1000), 202, "accepted"),
    "a byte larger": ("acme", b"x" * 1001, headers(b"x" * 1001), 413, "too large"),
}


@pytest.mark.parametrize(("connection", "body", "given", "status", "word"), ANSWERS.values(), ids=ANSWERS)
def test_a_webhook_is_answered(connection, body, given, status, word):
    house = House()
    answer = client(house, bytes=1000).post(f"/hooks/{connection}", content=body, headers=given)
    assert (answer.status_code, answer.json()) == (status, {"status": word})
    assert bool(house.hints) == (status == 202)
    assert "set-cookie" not in answer.headers


def test_a_repeat_is_acknowledged_and_dropped():
    house = House()
    asked = client(house)
    answers = [asked.post("/hooks/acme", content=issue(7), headers=headers(issue(7), "a")) for _ in "123"]
    assert [answer.status_code for answer in answers] == [202, 200, 200]
    assert house.hints == [("acme", ("7",))]


def test_who_stands_by_says_when_to_come_again():
    house = House()
    house.health.standby(True)
    answer = client(house).post("/hooks/acme", content=issue(7), headers=headers(issue(7)))
    assert (answer.status_code, answer.headers["retry-after"]) == (503, "60")


@pytest.mark.parametrize(("told", "status"), [("1001", 413), ("9" * 30, 413), ("x", 202), ("²", 202)])
def test_a_length_is_believed_when_it_is_too_much(told, status):
    asked = client(House(), bytes=1000)
    given = {**headers(issue(7)), "content-length": told.encode("latin-1")}
    assert asked.post("/hooks/acme", content=issue(7), headers=given).status_code == status


def test_all_bodies_together_are_bounded():
    """As if others were on their way: their bytes are held until they are judged."""
    house = House()
    asked = client(house, bytes=70_000_000)
    big = b"x" * 65_000_000
    assert asked.post("/hooks/acme", content=big, headers=headers(big)).status_code == 202
    app: Any = asked.app
    bodies = next(route for route in app.routes if "hooks" in route.path).endpoint.__closure__
    held = next(cell.cell_contents for cell in bodies if hasattr(cell.cell_contents, "_held"))
    assert held._held == 0
    held._held = 70_000_000
    answer = asked.post("/hooks/acme", content=issue(7), headers=headers(issue(7)))
    assert (answer.status_code, answer.json()) == (503, {"status": "busy"})
    assert held._held == 70_000_000


def test_webhooks_are_counted_by_connection_and_answer():
    house = House()
    asked = client(house)
    for name in ("acme", "acme", "x1", "x2", "x3"):
        asked.post(f"/hooks/{name}", content=issue(7), headers=headers(issue(7)))
    assert house.figure("okr_bridge_webhooks_total", connection="acme", code="202") == 2
    assert house.figure("okr_bridge_webhooks_total", connection="(unknown)", code="404") == 3
    assert b'"x1"' not in asked.get("/metrics").content


def test_health_is_the_loop_and_readiness_the_work():
    house = House()
    asked = client(house)
    assert asked.get("/healthz").json() == {"status": "ok"}
    assert asked.get("/readyz").json() == {"status": "ready"}
    assert asked.head("/healthz").status_code == 200
    house.health.configuration("okrs.toml: objectives.0: no title")
    answer = asked.get("/readyz")
    assert answer.status_code == 503
    assert answer.json()["reasons"] == ["configuration not taken: okrs.toml: objectives.0: no title"]
    assert asked.get("/healthz").status_code == 200
    house.seconds = 1000
    answer = asked.get("/healthz")
    assert (answer.status_code, answer.json()) == (503, {"status": "stuck"})


def test_figures_come_in_the_form_that_was_asked_for():
    asked = client(House())
    plain = asked.get("/metrics")
    assert plain.headers["content-type"].startswith("text/plain")
    assert 'okr_bridge_build_info{version="1.2.3"} 1.0' in plain.text
    modern = asked.get("/metrics", headers={"accept": "application/openmetrics-text; version=1.0.0"})
    assert modern.headers["content-type"].startswith("application/openmetrics-text")
    assert modern.text.endswith("# EOF\n")


@pytest.mark.parametrize("path", ["/", "/docs", "/redoc", "/openapi.json", "/hooks", "/hooks/", "/healthz/"])
def test_there_is_nothing_else(path):
    assert client(House()).get(path).status_code == 404


@pytest.mark.parametrize(
    ("method", "path"), [("GET", "/hooks/acme"), ("POST", "/metrics"), ("PUT", "/healthz")]
)
def test_other_methods_are_refused(method, path):
    assert client(House()).request(method, path).status_code == 405


def test_no_answer_holds_the_secret():
    house = House()
    asked = client(house)
    texts = [asked.post("/hooks/acme", content=b, headers=headers(b)).text for b in (b"{}", issue(7))]
    texts += [asked.get(path).text for path in ("/healthz", "/readyz", "/metrics")]
    assert not any(SECRET in text for text in texts)
