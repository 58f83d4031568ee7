"""Webhooks: who may register which, how their proof of origin is made, what is told, and how often."""

from __future__ import annotations

import jwt
import pytest

from bridge.sandbox.courier import at_home, sign
from bridge.sandbox.hooks import CLIENT_SECRET
from tests.bridge.sandbox.sink import sink
from tests.bridge.sandbox.site import Caller, served

ADMIN, NEWER = "/rest/webhooks/1.0/webhook", "/rest/jira-webhook/1.0/webhooks"
ALL = ["jira:issue_created", "jira:issue_updated", "jira:issue_deleted", "comment_created", "comment_deleted",
       "issue_property_set", "issuelink_created"]  # fmt: skip
SECRET = "It's a Secret to Everybody"
NINE = (9, 12, 5)


def app(sandbox):
    """An OAuth app: the token as a bearer, through the gateway."""
    caller = Caller(sandbox, signed_in=False)
    caller.base = f"{sandbox.app_url}/rest/api/3"
    caller.session.headers["Authorization"] = f"Bearer {sandbox.token}"
    return caller


def wish(url, **more):
    return {"name": "mine", "url": url, "events": ALL, **more}


@pytest.fixture
def post():
    with sink() as kept:
        yield kept


def carried(sandbox):
    assert sandbox.jira.news.courier.settled(10)
    return sandbox.jira.news.courier.counts


def test_the_signature_is_the_one_of_the_vendors_example():
    known = "a4771c39fbe90f317c7824e83ddef3caae9cb3d976c214ace1f2937e133263c9"
    assert sign(SECRET, b"Hello World!") == f"sha256={known}"


@pytest.mark.parametrize(
    ("url", "home"),
    [
        ("http://127.0.0.1:8321/hooks/acme", True),
        ("http://localhost/x", True),
        ("http://[::1]:1/x", True),
        ("https://okr.example/x", False),
        ("http://10.0.0.1/x", False),
        ("nonsense", False),
    ],
)
def test_only_this_machine_is_home(url, home):
    assert at_home(url) is home


# --- registering


def test_an_admin_webhook_is_kept_and_its_secret_never_shown(cloud, post):
    _, call = cloud
    made = call(f"POST {ADMIN}", wish(post.url, secret=SECRET))
    assert made.status_code == 201
    assert (made.json()["isSigned"], made.json()["events"], made.json()["filters"]) == (True, ALL, {})
    path = made.json()["self"].partition("/rest/")[2]
    changed = call(f"PUT /rest/{path}", wish("https://okr.example/hooks/acme"))
    assert (changed.json()["url"], changed.json()["isSigned"]) == ("https://okr.example/hooks/acme", True)
    listed = call(f"GET {ADMIN}")
    assert listed.json() == [changed.json()]
    assert SECRET not in made.text + changed.text + listed.text
    assert call(f"DELETE /rest/{path}").status_code == 204
    assert call(f"GET {ADMIN}").json() == []
    assert call(f"GET /rest/{path}").status_code == 404


WRONG = {
    "no administrator": (lambda s: s.jira.permissions.forbid("ADMINISTER"), {}, 403),
    "no name": (None, {"name": ""}, 400),
    "no address": (None, {"url": "here"}, 400),
    "plain http to a stranger": (None, {"url": "http://okr.example/"}, 400),
    "an unknown event": (None, {"events": ["issue_created"]}, 400),
    "a wrong filter": (None, {"filters": {"issue-related-events-section": "nonsense ="}}, 400),
}


@pytest.mark.parametrize("case", WRONG)
def test_what_cloud_refuses_to_register(cloud, case):
    sandbox, call = cloud
    prepare, more, status = WRONG[case]
    if prepare:
        prepare(sandbox)
    assert call(f"POST {ADMIN}", wish("https://okr.example/hooks/acme") | more).status_code == status
    assert not sandbox.jira.hooks


def test_data_center_has_moved_its_webhooks_with_version_10():
    for version, here, gone in ((NINE, ADMIN, NEWER), ((10, 3, 24), NEWER, ADMIN)):
        with served("datacenter", version=version) as (_, call):
            assert call("GET serverInfo").json()["versionNumbers"] == list(version)
            assert call(f"GET {here}").json() == []
            assert call(f"GET {gone}").status_code == 404


def test_data_center_10_takes_the_secret_within_the_configuration_and_passes_over_any_other(datacenter, post):
    sandbox, call = datacenter
    unsigned = call(f"POST {NEWER}", wish(post.url, secret=SECRET)).json()
    assert "SECRET" not in unsigned["configuration"]
    inside = {"SECRET": SECRET, "EXCLUDE_BODY": "false", "FILTERS": "project = SHOP"}
    signed = call(f"PUT {NEWER}/{unsigned['id']}", wish(post.url, configuration=inside))
    assert signed.json()["configuration"] | {"SECRET": ""} == inside | {"SECRET": ""}
    assert SECRET not in signed.text
    sandbox.jira.add_issue("SHOP", "Story", "x")
    assert carried(sandbox)["delivered"] == 1
    assert post.posts[0].headers["X-Hub-Signature"] == sign(SECRET, post.posts[0].body)


def test_data_center_9_signs_nothing(post):
    with served("datacenter", version=NINE) as (sandbox, call):
        made = call(f"POST {ADMIN}", wish(post.url, secret=SECRET)).json()
        assert "isSigned" not in made
        sandbox.jira.add_issue("SHOP", "Story", "x")
        assert carried(sandbox)["delivered"] == 1
    assert "X-Hub-Signature" not in post.posts[0].headers


# --- dynamic webhooks


def dynamic(call, url, jql="project = SHOP", events=("jira:issue_updated", "jira:issue_created")):
    body = {"url": url, "webhooks": [{"events": list(events), "jqlFilter": jql}]}
    return call("POST webhook", body)


def test_dynamic_webhooks_are_for_oauth_apps_and_admin_webhooks_are_not(cloud, post):
    sandbox, call = cloud
    assert call("GET webhook").status_code == 403
    assert dynamic(call, post.url).status_code == 403
    oauth = app(sandbox)
    assert oauth("GET webhook").json()["values"] == []
    assert oauth(f"GET {ADMIN}").status_code == 403
    oauth.session.close()


def test_a_dynamic_webhook_lives_thirty_days_unless_it_is_refreshed(cloud, time, post):
    sandbox, _ = cloud
    oauth = app(sandbox)
    kept, lost = (
        dynamic(oauth, post.url).json()["webhookRegistrationResult"][0]["createdWebhookId"] for _ in "ab"
    )
    time.pass_(days=29)
    ends = oauth("PUT webhook/refresh", {"webhookIds": [kept, 999]}).json()["expirationDate"]
    assert ends == sandbox.jira.clock.ms() + 30 * 86_400_000
    time.pass_(days=2)
    assert [hook["id"] for hook in oauth("GET webhook").json()["values"]] == [kept] != [lost]
    assert oauth("DELETE webhook", {"webhookIds": [kept]}).status_code == 202
    assert oauth("GET webhook").json()["total"] == 0
    oauth.session.close()


@pytest.mark.parametrize(
    "jql",
    ["labels = x", "project ~ SHOP", "project = SHOP AND created > -1d", "nonsense"],
)
def test_a_dynamic_filter_is_a_part_of_jql(cloud, post, jql):
    oauth = app(cloud[0])
    [result] = dynamic(oauth, post.url, jql).json()["webhookRegistrationResult"]
    assert result["errors"]
    oauth.session.close()


def test_an_app_has_five_webhooks_and_one_address(cloud, post):
    oauth = app(cloud[0])
    results = [dynamic(oauth, post.url).json()["webhookRegistrationResult"][0] for _ in range(6)]
    assert ["createdWebhookId" in result for result in results] == [True] * 5 + [False]
    assert dynamic(oauth, "https://okr.example/other").status_code == 400
    oauth.session.close()


def test_a_dynamic_webhook_comes_with_a_token_signed_with_the_apps_secret(cloud, post):
    sandbox, _ = cloud
    oauth = app(sandbox)
    dynamic(oauth, post.url)
    sandbox.jira.add_issue("SHOP", "Story", "x")
    carried(sandbox)
    headers = post.posts[0].headers
    kind, token = headers["Authorization"].split(" ")
    unchecked = {"verify_exp": False, "verify_iat": False}
    claims = jwt.decode(token, CLIENT_SECRET, algorithms=["HS256"], options=unchecked)
    assert (kind, claims["exp"] > claims["iat"]) == ("Bearer", True)
    assert "X-Hub-Signature" not in headers
    oauth.session.close()


# --- what is told


def test_every_change_is_told_with_the_issue_as_the_change_left_it(cloud, post):
    sandbox, call = cloud
    call(f"POST {ADMIN}", wish(post.url, secret=SECRET))
    jira = sandbox.jira
    key = jira.add_issue("SHOP", "Story", "x").key
    other = jira.add_issue("SHOP", "Story", "y").key
    jira.resolve(key)
    call(f"PUT issue/{key}/properties/mine", {"a": 1})
    call("POST issueLink", {"type": {"name": "Blocks"}, "inwardIssue": {"key": key},
                            "outwardIssue": {"key": other}})  # fmt: skip
    said = jira.comment(key, {"type": "doc", "version": 1, "content": []})
    call(f"DELETE issue/{key}/comment/{said.id}")
    call(f"DELETE issue/{key}")
    assert carried(sandbox)["delivered"] == len(post.posts)
    told = {name: [p.json for p in post.posts if p.json["webhookEvent"] == name] for name in ALL}
    assert [len(told[name]) for name in ALL] == [2, 3, 1, 1, 1, 1, 1]
    done = told["jira:issue_updated"][0]
    assert done["issue"]["fields"]["resolutiondate"]
    assert done["issue_event_type_name"] == "issue_generic"
    assert [item["field"] for item in done["changelog"]["items"]] == ["status", "resolution"]
    assert done["user"]["displayName"] == "OKR Bridge"
    assert told["jira:issue_deleted"][0]["issue"]["key"] == key
    assert told["comment_deleted"][0]["comment"]["id"] == str(said.id)
    assert told["comment_deleted"][0]["issue"]["id"] == done["issue"]["id"]
    assert told["issue_property_set"][0]["property"] == {"key": "mine", "value": {"a": 1}}
    assert all(p.headers["X-Hub-Signature"] == sign(SECRET, p.body) for p in post.posts)
    assert len({p.headers["X-Atlassian-Webhook-Identifier"] for p in post.posts}) == len(post.posts)
    assert {p.headers["X-Atlassian-Webhook-Flow"] for p in post.posts} == {"Primary"}


def test_data_center_tells_of_a_comment_twice(datacenter, post):
    sandbox, call = datacenter
    key = sandbox.jira.add_issue("SHOP", "Story", "x").key
    call(f"POST {NEWER}", wish(post.url))
    call(f"POST issue/{key}/comment", {"body": "words"})
    carried(sandbox)
    assert post.events() == ["comment_created", "jira:issue_updated"]
    assert post.posts[1].json["issue_event_type_name"] == "issue_commented"


def test_a_move_is_told_with_its_new_key(cloud, post):
    sandbox, call = cloud
    issue = sandbox.jira.add_issue("SHOP", "Story", "x")
    call(f"POST {ADMIN}", wish(post.url))
    sandbox.jira.move(issue.key, "TEAM")
    carried(sandbox)
    [told] = [p.json for p in post.posts]
    assert (told["issue"]["key"], told["issue_event_type_name"]) == ("TEAM-1", "issue_moved")


def test_a_filter_lets_its_own_issues_pass_and_a_switched_off_hook_nothing(cloud, post):
    sandbox, call = cloud
    inside = {"filters": {"issue-related-events-section": "project = SHOP AND labels = a"}}
    call(f"POST {ADMIN}", wish(post.url, **inside))
    call(f"POST {ADMIN}", wish(post.url, enabled=False))
    for project, labels in (("SHOP", ["a"]), ("SHOP", []), ("TEAM", ["a"])):
        sandbox.jira.add_issue(project, "Story", "x", labels=labels)
    assert carried(sandbox)["delivered"] == 1
    assert post.posts[0].json["issue"]["key"] == "SHOP-1"


def test_nothing_is_done_while_nobody_listens(cloud):
    sandbox, call = cloud
    issue = sandbox.jira.add_issue("SHOP", "Story", "x")
    call(f"POST {ADMIN}", wish("http://127.0.0.1:1/") | {"events": ["comment_created"]})
    sandbox.jira.resolve(issue.key)
    assert sandbox.jira.news.courier.settled(0)
    assert sandbox.jira.news.courier._thread is None


def test_strangers_are_never_called(cloud):
    sandbox, call = cloud
    call(f"POST {ADMIN}", wish("https://okr.example/hooks/acme"))
    sandbox.jira.add_issue("SHOP", "Story", "x")
    assert carried(sandbox) == {"too far": 1}


# --- again after a failure


@pytest.mark.parametrize("status", [408, 409, 425, 429, 500, 503])
def test_a_refusal_that_may_pass_is_tried_again_as_the_same_letter(time, post, status):
    with served("cloud", now=time, hook_waits=(0, 0, 0, 0, 0)) as (sandbox, call):
        call(f"POST {ADMIN}", wish(post.url, secret=SECRET))
        post.answers = [status, status]
        sandbox.jira.add_issue("SHOP", "Story", "x")
        assert carried(sandbox) == {"retried": 2, "delivered": 1}
    assert [p.headers["X-Atlassian-Webhook-Retry"] for p in post.posts] == ["0", "1", "2"]
    assert len({(p.headers["X-Atlassian-Webhook-Identifier"], p.body) for p in post.posts}) == 1


def test_it_is_given_up_after_five_more_and_at_once_for_good(time, post):
    with served("cloud", now=time, hook_waits=(0,) * 5) as (sandbox, call):
        call(f"POST {ADMIN}", wish(post.url))
        post.answers = [500] * 6 + [401]
        sandbox.jira.add_issue("SHOP", "Story", "x")
        sandbox.jira.add_issue("SHOP", "Story", "y")
        assert carried(sandbox) == {"retried": 5, "given up": 2}
    assert len(post.posts) == 7


def test_nobody_at_the_address_is_tried_again_too(time, post):
    with sink() as away:
        pass
    with served("cloud", now=time, hook_waits=(0, 0)) as (sandbox, call):
        call(f"POST {ADMIN}", wish(away.url))
        sandbox.jira.add_issue("SHOP", "Story", "x")
        assert carried(sandbox) == {"retried": 2, "given up": 1}
        assert [one.status for one in sandbox.jira.news.courier.sent] == [0, 0, 0]


def test_data_center_tries_once(datacenter, post):
    sandbox, call = datacenter
    call(f"POST {NEWER}", wish(post.url))
    post.answers = [503]
    sandbox.jira.add_issue("SHOP", "Story", "x")
    assert carried(sandbox) == {"given up": 1}


def test_what_waits_is_bounded(cloud, monkeypatch):
    sandbox, call = cloud
    monkeypatch.setattr("bridge.sandbox.news.MOST_WAITING", 3)
    call(f"POST {ADMIN}", wish("https://okr.example/"))
    with sandbox.jira.lock:
        for _ in range(10):
            sandbox.jira.add_issue("SHOP", "Story", "x")
    counts = carried(sandbox)
    assert counts["dropped"] + counts["too far"] == 10
    assert counts["dropped"] >= 6
