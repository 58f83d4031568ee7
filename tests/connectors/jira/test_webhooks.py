"""Webhooks over the wire: what Atlassian's document says of them, and answers that are traps."""

from __future__ import annotations

from dataclasses import replace

import pytest
import responses

from connectors.base import HookWish
from connectors.jira import connect
from connectors.jira.hook_calls import ADMIN, NEWER
from connectors.jira.webhooks import EVENTS
from tests.connectors.jira.site import Time, make_site, settings
from tests.connectors.jira.wire import URL, sent
from tests.shared import path
from tests.specs.deviations import AGILE, CLOUD, unexcused
from tests.specs.openapi import Document
from tests.specs.recorder import Recorder, listening

SECRET = "secret-0123456789-0123456789-012345"
WISH = HookWish(
    address="https://okr.example/hooks/acme", projects=("WORK",), secret=SECRET, reference="env:S"
)
CLOUD_SITE = {"deployment": "cloud", "server_version": "1001.0.0"}
TEN = {"deployment": "datacenter", "server_version": "10.3.24"}


def test_dynamic_webhooks_are_asked_for_as_the_document_says():
    recorder = Recorder([Document.load(path(f"specs/{name}.json")) for name in (CLOUD, AGILE)])
    time = Time()
    with make_site("cloud", time) as sandbox, listening(sandbox.app_url, recorder) as url:
        jira = connect(replace(settings(sandbox, url), email=""), clock=time.clock())
        for wish in (
            WISH,
            replace(WISH, projects=()),
            replace(WISH, address="https://new.example/hooks/acme"),
        ):
            results = jira.apply_hooks(wish, jira.plan_hooks(wish))
            assert [result.outcome for result in results] == ["done"]
        time.advance(20 * 86_400)
        assert [r.step.what for r in jira.refresh_hooks("https://new.example/hooks/acme")] == ["refresh"]
        jira.close()
    asked = {"getDynamicWebhooksForApp", "registerDynamicWebhooks", "deleteWebhookById", "refreshWebhooks"}
    assert {name.partition("_")[0] for name in recorder.operations} >= asked
    assert unexcused(recorder.complaints()) == []


@pytest.fixture
def rsps():
    with responses.RequestsMock(assert_all_requests_are_fired=False) as mock:
        yield mock


def site(facts=CLOUD_SITE, **more):
    from connectors.jira import JiraSettings

    known = {"base_url": URL, "time_zone": "UTC", **facts}
    options = {"name": "acme", "url": URL, "email": "a@b.example", "token": "t", "instance": "here"}
    return connect(JiraSettings(**options | more), clock=Time().clock(), site=known)


def admin(rsps, root="rest/api/3", yes=True):
    rsps.get(f"{URL}/{root}/mypermissions", json={"permissions": {"ADMINISTER": {"havePermission": yes}}})


def told(steps):
    return [(step.what, step.doable) for step in steps]


def hook(**more):
    """As a Cloud site lists one that is as it should be."""
    base = {"name": "okr-bridge here acme", "url": WISH.address, "events": [*EVENTS], "enabled": True}
    base |= {"filters": {"issue-related-events-section": 'project in ("WORK")'}, "isSigned": True}
    return base | {"self": f"{URL}/{ADMIN}/72"} | more


KNOWN = {
    "as it should be": ({}, "found"),
    "events in another order": ({"events": [*reversed(EVENTS)]}, "found"),
    "not told whether it is signed": ({"isSigned": None}, "found"),
    "unsigned": ({"isSigned": False}, "change"),
    "fewer events": ({"events": [*EVENTS[:2]]}, "change"),
    "more events": ({"events": [*EVENTS, "comment_created"]}, "change"),
    "another filter": ({"filters": {}}, "change"),
    "switched off": ({"enabled": False}, "change"),
    "ours by name, at another address": ({"url": "https://old.example/hooks/acme"}, "change"),
    "somebody else's": ({"url": "https://x.example/", "name": "x"}, "create"),
}


@pytest.mark.parametrize("case", KNOWN)
def test_a_registered_one_is_compared_by_all_that_can_be_read(rsps, case):
    more, what = KNOWN[case]
    admin(rsps)
    rsps.get(f"{URL}/{ADMIN}", json=[hook(**more)])
    assert told(site().plan_hooks(WISH)) == [(what, what != "found")]


def test_a_change_goes_to_the_same_webhook_with_all_that_it_is(rsps):
    admin(rsps)
    rsps.get(f"{URL}/{ADMIN}", json=[hook(isSigned=False)])
    put = rsps.put(f"{URL}/{ADMIN}/72", json=hook())
    jira = site()
    [result] = jira.apply_hooks(WISH, jira.plan_hooks(WISH))
    assert result.outcome == "done"
    body = sent(put.calls[0])
    assert (body["secret"], body["events"], body["excludeBody"]) == (SECRET, [*EVENTS], False)
    assert SECRET not in repr((result, WISH, jira.plan_hooks(WISH)))


def test_on_data_center_the_secret_goes_within_the_configuration_as_text(rsps):
    admin(rsps, "rest/api/2")
    rsps.get(f"{URL}/{NEWER}", json=[])
    post = rsps.post(f"{URL}/{NEWER}", json={"id": 3, "configuration": {"SECRET": "x"}}, status=201)
    jira = site(TEN, email="")
    [result] = jira.apply_hooks(WISH, jira.plan_hooks(WISH))
    assert result.outcome == "done"
    expected = {"SECRET": SECRET, "EXCLUDE_BODY": "false", "FILTERS": 'project in ("WORK")'}
    assert sent(post.calls[0])["configuration"] == expected
    assert "secret" not in sent(post.calls[0])


def test_a_webhook_that_was_made_without_its_secret_is_no_success(rsps):
    admin(rsps, "rest/api/2")
    rsps.get(f"{URL}/{NEWER}", json=[])
    rsps.post(f"{URL}/{NEWER}", json={"id": 3, "configuration": {}}, status=201)
    jira = site(TEN, email="")
    [result] = jira.apply_hooks(WISH, jira.plan_hooks(WISH))
    assert (result.outcome, "without its secret" in result.message) == ("failed", True)


@pytest.mark.parametrize("status", [403, 404])
def test_a_list_that_is_refused_leaves_it_to_a_person(rsps, status):
    admin(rsps)
    rsps.get(f"{URL}/{ADMIN}", status=status, json={})
    [step] = site().plan_hooks(WISH)
    assert (step.what, "Secret: the value of env:S" in step.detail) == ("click", True)


def test_a_bearer_that_is_no_app_leaves_it_to_a_person_too(rsps):
    refusal = {"errorMessages": ["The caller is not an app"]}
    rsps.get(f"{URL}/rest/api/3/webhook", status=403, json=refusal)
    assert told(site(email="").plan_hooks(WISH)) == [("click", False)]


def test_an_app_that_has_its_five_is_told_so(rsps):
    rsps.get(f"{URL}/rest/api/3/webhook", json={"values": [], "isLast": True, "total": 0})
    answer = {"webhookRegistrationResult": [{"errors": ["too many"]}]}
    rsps.post(f"{URL}/rest/api/3/webhook", json=answer)
    jira = site(email="")
    [result] = jira.apply_hooks(WISH, jira.plan_hooks(WISH))
    assert (result.outcome, "too many" in result.message, "five" in result.hint) == ("failed", True, True)


@pytest.mark.parametrize("value", [1_800_000_000_000, "2027-01-15T08:00:00.000+0000"])
def test_the_end_of_a_dynamic_one_is_read_as_number_and_as_date(rsps, value):
    one = {"id": 7, "url": WISH.address, "events": [*EVENTS], "jqlFilter": 'project in ("WORK")'}
    rsps.get(f"{URL}/rest/api/3/webhook", json={"values": [one | {"expirationDate": value}], "isLast": True})
    assert told(site(email="").plan_hooks(WISH)) == [("found", False)]


def test_what_is_not_a_list_is_no_list_of_webhooks(rsps):
    from bridge.errors import UnexpectedAnswer

    admin(rsps)
    rsps.get(f"{URL}/{ADMIN}", json={"message": "hello"})
    with pytest.raises(UnexpectedAnswer):
        site().plan_hooks(WISH)


def test_an_error_that_repeats_the_secret_is_told_without_it(rsps):
    admin(rsps)
    rsps.get(f"{URL}/{ADMIN}", json=[])
    rsps.post(f"{URL}/{ADMIN}", status=400, json={"errorMessages": [f"cannot use {SECRET}"]})
    jira = site()
    [result] = jira.apply_hooks(WISH, jira.plan_hooks(WISH))
    assert (result.outcome, "cannot use ***" in result.message) == ("failed", True)
    assert SECRET not in repr(result)
