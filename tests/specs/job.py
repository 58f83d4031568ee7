"""A whole job on an embedded Jira, at the connector: every operation that it knows, with people's text."""

from __future__ import annotations

from typing import Any

from bridge.model import (
    Bullets,
    FieldValue,
    Label,
    Paragraph,
    Project,
    Query,
    Span,
    Tier,
)
from connectors.base import CheckScope, Mark, NewItem, RemoteLink
from connectors.jira.fields import apply_fields, plan_fields
from tests.connectors.jira.site import JiraDriver
from tests.contract import HOSTILE

MARK = Mark("here", "O1-KR1", "abc")
BODY = (
    Paragraph((Span("KR 1 ", strong=True), Span(HOSTILE), Span("more", href="https://okr.example/1"))),
    Bullets(((Span("2 of 3 done"),), (Span("the last change: +1"),))),
)
LINK = RemoteLink(
    global_id="okr-bridge=here&kr=O1-KR1",
    url="https://okr.example/1",
    title=HOSTILE,
    summary="On track",
    relationship="serves key result",
)
VALUES = {
    "key_result": "O1-KR1 " + HOSTILE,
    "progress": 60,
    "status": "On track",
    "score": 0.6,
    "updated": "2026-11-02T09:00:00+00:00",
}
PROPERTY = {"version": 1, "instance": "here", "key_results": [{"id": "O1-KR1", "progress": 0.6}]}


def furnish(driver: JiraDriver) -> str:
    """An Epic with work below it, some of it moved, hidden and talked about; the Epic's id."""
    epic = driver.make("Guided onboarding", tier=Tier.GROUP, labels=("onboarding",))
    stories = [driver.make(f"Story {n}", parent=epic, labels=("onboarding",)) for n in range(4)]
    driver.make("Part", parent=stories[0], tier=Tier.PART)
    driver.move(stories[1])
    driver.hide(stories[2])
    driver.edit(stories[3], HOSTILE)
    driver.say(epic, HOSTILE)
    return epic


def install(jira: Any) -> None:
    """The fields, twice: the second plan finds them all."""
    apply_fields(jira, plan_fields(jira, [], ["WORK"]))
    again = plan_fields(jira, [], ["WORK"])
    assert again.doable == (), again


def read(jira: Any, driver: JiraDriver, epic: str) -> None:
    account = jira.login()
    scope = CheckScope(
        projects=("WORK",),
        selectors=(Query("labels = onboarding"), Label("onboarding")),
        anchors=(driver.key(epic),),
        cancelled=("Won't Do",),
    )
    list(jira.check(scope))
    for selector in (Label("onboarding"), Project("WORK"), Query("labels = onboarding ORDER BY key")):
        list(jira.fetch(jira.identities(selector)))
    jira.identities(FieldValue("priority", "Medium"))
    jira.resolve([driver.key(epic), "WORK-999"])
    jira.children({epic: driver.key(epic)})
    list(jira.changed(account.now).records)
    jira.glossary()
    assert all(past.raw.id for past in jira.pasts(jira.touched(account.now)))


def show(jira: Any, epic: str) -> None:
    """Everything written, changed, found again and taken away."""
    jira.put_values(epic, VALUES, PROPERTY)
    jira.put_values(epic, {"progress": None})
    comment = jira.put_comment(epic, BODY, MARK)
    jira.put_comment(epic, BODY, Mark("here", "O1-KR1", "def"), comment)
    jira.put_link(epic, LINK)
    found = jira.look(epic)
    assert [c.id for c in found.comments] == [comment]
    jira.remove_values(epic, list(VALUES), property=True)
    jira.remove_comment(epic, comment)
    jira.remove_link(epic, LINK.global_id)


def provide(jira: Any) -> None:
    wanted = NewItem(
        project="WORK",
        title=HOSTILE,
        marker="okr-O1-KR2",
        body=BODY,
        owner="okr-bot@acme.example",
        due="2026-12-15",
        priority="Medium",
        labels=("okr",),
    )
    assert jira.find_made(wanted.marker) is None
    key = jira.make(wanted)
    assert jira.find_made(wanted.marker) == key
