"""Puts the worked examples of the documents into the embedded Jira, and the files beside them."""

from __future__ import annotations

import os
from pathlib import Path
from typing import Any

import requests

JIRA = "http://127.0.0.1:8300/rest/api/3"
TYPES = {"Epic": "10000", "Story": "10001", "Sub-task": "10003"}
POINTS, DONE = "customfield_10026", "10001"
CONFIG = """\
[bridge]
timezone = "UTC"
instance = "acme-prod"
public_url = "https://okr.acme.example"

[connections.acme]
tool = "jira"
url = "http://127.0.0.1:8300"
email = "okr-bot@acme.example"
token = "env:JIRA_TOKEN"
"""
OKRS = """\
[cycle]
id = "2026-Q4"
start = 2026-10-01
end = 2026-12-31

[[objectives]]
id = "O1"
title = "New customers are up and running within a day"
owner = "growth@acme.example"

[[objectives.key_results]]
id = "O1-KR1"
title = "80% of sign-ups finish the set-up alone"
owner = "mara@acme.example"
due = 2026-12-15
links = [{{ connection = "acme", keys = ["{setup}"] }}]

[[objectives.key_results]]
id = "O1-KR2"
title = "9 of 10 new shops connect a payment provider"
owner = "ines@acme.example"
due = 2026-12-15
rollup = {{ method = "points" }}
links = [{{ connection = "acme", keys = ["{payments}"] }}]
"""


def main() -> None:
    jira = requests.Session()
    jira.auth = ("okr-bot@acme.example", os.environ["JIRA_TOKEN"])
    setup = made(jira, "Epic", "Set-up without help")
    for title, done, open_ in (("Import products from a file", 3, 1), ("Send a first invoice", 1, 1)):
        story = made(jira, "Story", title, setup)
        for number in range(done + open_):
            made(jira, "Sub-task", f"{title}: step {number + 1}", story, done=number < done)
    payments = made(jira, "Epic", "Payment providers")
    stories = (
        ("Connect with one click", 8, True),
        ("Explain the fees", 2, False),
        ("Test payment", None, True),
        ("Refunds", None, True),
        ("Payout calendar", None, True),
        ("Second provider", None, False),
    )
    for title, points, done in stories:
        made(jira, "Story", title, payments, points, done=done)
    Path("okr-bridge.toml").write_text(CONFIG, encoding="utf-8")
    Path("okrs.toml").write_text(OKRS.format(setup=setup, payments=payments), encoding="utf-8")


def made(
    jira: requests.Session,
    kind: str,
    title: str,
    parent: str = "",
    points: int | None = None,
    *,
    done: bool = False,
) -> str:
    """A new issue's key."""
    fields: dict[str, Any] = {
        "project": {"key": "SHOP"},
        "issuetype": {"id": TYPES[kind]},
        "summary": title,
        **({"parent": {"key": parent}} if parent else {}),
        **({POINTS: points} if points is not None else {}),
    }
    answer = jira.post(f"{JIRA}/issue", json={"fields": fields}, timeout=10)
    answer.raise_for_status()
    key: str = answer.json()["key"]
    if done:
        move = {"transition": {"id": DONE}}
        jira.post(f"{JIRA}/issue/{key}/transitions", json=move, timeout=10).raise_for_status()
    return key


if __name__ == "__main__":
    main()
