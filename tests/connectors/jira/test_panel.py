import pytest
import requests
import responses
from responses import matchers

from bridge.errors import AccessDenied, NotFound, Rejected
from connectors.base import RemoteLink
from connectors.jira.panel import JiraPanel
from tests.connectors.jira.wire import CLOUD, SERVER, api, calls, sent

FIELDS = {"key_result": "customfield_1", "progress": "customfield_2", "updated": "customfield_3"}
NOTIFY = "To discard the user notification either admin or project admin permissions are required."
PROPERTY = {"version": 1, "instance": "here", "key_results": []}
QUIET = [matchers.query_param_matcher({"notifyUsers": "false"})]
LOUD = [matchers.query_param_matcher({})]


@pytest.fixture
def rsps():
    with responses.RequestsMock(assert_all_requests_are_fired=False) as mock:
        yield mock


def panel(cloud=True, fields=FIELDS):
    return JiraPanel(api(cloud), fields, {})


def project(rsps, root=CLOUD, kind="software", admin=False):
    held = {"key": "SHOP", "projectTypeKey": kind}
    rsps.get(f"{root}/issue/SHOP-1", json={"id": "1", "key": "SHOP-1", "fields": {"project": held}})
    answer = {"permissions": {"ADMINISTER_PROJECTS": {"havePermission": admin}}}
    rsps.get(f"{root}/mypermissions", json=answer)


def refusal(rsps, method, url, status, text, **more):
    rsps.add(method, url, status=status, json={"errorMessages": [text], "errors": {}}, **more)


def puts(rsps):
    return [call for call in rsps.calls if call.request.method == "PUT"]


def test_fields_and_property_go_in_one_edit(rsps):
    project(rsps)
    rsps.put(f"{CLOUD}/issue/SHOP-1", status=204)
    panel().put_values("SHOP-1", {"key_result": "KR", "progress": None}, PROPERTY)
    [put] = puts(rsps)
    assert sent(put) == {
        "fields": {"customfield_1": "KR", "customfield_2": None},
        "properties": [{"key": "okr-bridge", "value": PROPERTY}],
    }


def test_nothing_given_sends_nothing(rsps):
    panel().put_values("SHOP-1", {})
    assert calls(rsps) == []


def test_a_property_alone_is_put_by_itself(rsps):
    rsps.put(f"{CLOUD}/issue/SHOP-1/properties/okr-bridge", status=201)
    panel().put_values("SHOP-1", {}, PROPERTY)
    assert [sent(call) for call in rsps.calls] == [PROPERTY]


@pytest.mark.parametrize(
    ("ours", "jiras"),
    [
        ("2026-11-21T12:00:00+00:00", "2026-11-21T12:00:00.000+0000"),
        ("2026-11-21T20:00:00.250+08:00", "2026-11-21T12:00:00.250+0000"),
        (None, None),
    ],
)
def test_instants_are_spelt_as_jira_takes_them(rsps, ours, jiras):
    project(rsps)
    rsps.put(f"{CLOUD}/issue/SHOP-1", status=204)
    panel().put_values("SHOP-1", {"updated": ours})
    assert sent(puts(rsps)[0])["fields"] == {"customfield_3": jiras}


def test_mails_are_spared_where_the_account_administers_the_project(rsps):
    project(rsps, admin=True)
    rsps.put(f"{CLOUD}/issue/SHOP-1", status=204, match=QUIET)
    show = panel()
    show.put_values("SHOP-1", {"progress": 1})
    show.put_values("SHOP-1", {"progress": 2})
    assert len(puts(rsps)) == 2
    assert sum("mypermissions" in url for _, url in calls(rsps)) == 1


@pytest.mark.parametrize("cloud", [True, False])
def test_permissions_are_named_on_cloud_and_never_on_data_center(rsps, cloud):
    """Cloud answers 400 to a call that names none; Data Center knows no such parameter."""
    project(rsps, CLOUD if cloud else SERVER)
    rsps.put(f"{CLOUD if cloud else SERVER}/issue/SHOP-1", status=204)
    panel(cloud).put_values("SHOP-1", {"progress": 1})
    [url] = [url for _, url in calls(rsps) if "mypermissions" in url]
    assert ("permissions=ADMINISTER_PROJECTS" in url) == cloud
    assert "projectKey=SHOP" in url


def test_without_administration_the_flag_is_never_sent(rsps):
    project(rsps, admin=False)
    rsps.put(f"{CLOUD}/issue/SHOP-1", status=204, match=LOUD)
    panel().put_values("SHOP-1", {"progress": 1})
    assert len(puts(rsps)) == 1


def test_a_refused_silence_is_sent_again_aloud_once_and_remembered(rsps):
    project(rsps, admin=True)
    url = f"{CLOUD}/issue/SHOP-1"
    refusal(rsps, "PUT", url, 403, NOTIFY, match=QUIET)
    rsps.put(url, status=204, match=LOUD)
    show = panel()
    show.put_values("SHOP-1", {"progress": 1})
    show.put_values("SHOP-1", {"progress": 2})
    assert [call.response.status_code for call in puts(rsps)] == [403, 204, 204]


def test_another_refusal_is_not_sent_again_and_names_the_permission(rsps):
    project(rsps, admin=True)
    refusal(rsps, "PUT", f"{CLOUD}/issue/SHOP-1", 403, "You cannot.")
    with pytest.raises(AccessDenied) as error:
        panel().put_values("SHOP-1", {"progress": 1})
    assert len(puts(rsps)) == 1
    assert '"Edit issues"' in error.value.hint


def test_a_field_that_jira_refuses_is_told_by_role_with_the_next_step(rsps):
    project(rsps)
    text = "Field 'customfield_2' cannot be set. It is not on the appropriate screen, or unknown."
    rsps.put(
        f"{CLOUD}/issue/SHOP-1", status=400, json={"errorMessages": [], "errors": {"customfield_2": text}}
    )
    with pytest.raises(Rejected) as error:
        panel().put_values("SHOP-1", {"progress": 1}, PROPERTY)
    assert error.value.fields == {"progress": text}
    assert "customfield_2 (progress)" in str(error.value)
    assert "okr-bridge fields install" in error.value.hint


def test_a_field_the_site_lacks_is_refused_before_anything_is_sent(rsps):
    with pytest.raises(Rejected) as error:
        panel().put_values("SHOP-1", {"score": 0.5})
    assert set(error.value.fields) == {"score"}
    assert calls(rsps) == []


def test_an_archived_issue_says_what_to_do(rsps):
    project(rsps)
    refusal(rsps, "PUT", f"{CLOUD}/issue/SHOP-1", 400, "The issue is archived and cannot be edited.")
    with pytest.raises(AccessDenied) as error:
        panel().put_values("SHOP-1", {"progress": 1})
    assert "restore it" in error.value.hint


def test_data_center_gets_the_property_apart_where_it_refuses_both_in_one(rsps):
    project(rsps, SERVER)
    url = f"{SERVER}/issue/SHOP-1"
    refusal(rsps, "PUT", url, 400, "Unrecognized field properties")
    rsps.put(url, status=204)
    rsps.put(f"{url}/properties/okr-bridge", status=200)
    show = panel(cloud=False)
    show.put_values("SHOP-1", {"progress": 1}, PROPERTY)
    show.put_values("SHOP-1", {"progress": 2}, PROPERTY)
    both, first, alone, second, again = puts(rsps)
    assert [list(sent(call)) for call in (both, first, second)] == [
        ["fields", "properties"],
        ["fields"],
        ["fields"],
    ]
    assert sent(alone) == sent(again) == PROPERTY
    assert alone.request.headers["X-ExperimentalApi"] == "true"


def test_data_center_that_refuses_a_field_is_not_asked_again(rsps):
    project(rsps, SERVER)
    rsps.put(f"{SERVER}/issue/SHOP-1", status=400, json={"errors": {"customfield_2": "not on the screen"}})
    with pytest.raises(Rejected):
        panel(cloud=False).put_values("SHOP-1", {"progress": 1}, PROPERTY)
    assert len(puts(rsps)) == 1


LINK = RemoteLink(
    global_id="okr-bridge=here&kr=O1", url="https://okr.example/kr/O1", title="t" * 300, relationship="serves"
)


def test_a_link_is_sent_whole_and_repeated_after_a_broken_line(rsps):
    url = f"{CLOUD}/issue/SHOP-1/remotelink"
    rsps.post(url, body=requests.ConnectionError("gone"))
    rsps.post(url, status=201, json={"id": 1})
    panel().put_link("SHOP-1", LINK)
    assert len(rsps.calls) == 2
    assert sent(rsps.calls[1]) == {
        "globalId": "okr-bridge=here&kr=O1",
        "application": {"type": "okr-bridge", "name": "OKR"},
        "relationship": "serves",
        "object": {
            "url": "https://okr.example/kr/O1",
            "title": "t" * 255,
            "summary": "",
            "status": {"resolved": False},
        },
    }


def test_a_global_id_is_encoded_when_a_link_is_removed(rsps):
    rsps.delete(f"{CLOUD}/issue/SHOP-1/remotelink", status=204)
    panel().remove_link("SHOP-1", LINK.global_id)
    assert rsps.calls[0].request.url.endswith("?globalId=okr-bridge%3Dhere%26kr%3DO1")


def test_removing_what_is_gone_is_done(rsps):
    rsps.delete(f"{CLOUD}/issue/SHOP-1/remotelink", status=404)
    rsps.delete(f"{CLOUD}/issue/SHOP-1/properties/okr-bridge", status=404)
    panel().remove_link("SHOP-1", LINK.global_id)
    panel().remove_values("SHOP-1", [], property=True)
    assert [call.response.status_code for call in rsps.calls] == [404, 404]


def test_a_look_tells_fields_property_and_the_links_of_bridges_alone(rsps):
    rsps.get(
        f"{CLOUD}/issue/SHOP-1",
        json={
            "fields": {
                "customfield_1": None,
                "customfield_2": 61.0,
                "project": {"key": "SHOP", "projectTypeKey": "software"},
            },
            "properties": {"okr-bridge": PROPERTY},
        },
    )
    rsps.get(f"{CLOUD}/issue/SHOP-1/comment", json={"startAt": 0, "total": 0, "comments": []})
    ours = {
        "globalId": "okr-bridge=there&kr=1",
        "object": {"url": "u", "title": "t", "status": {"resolved": True}},
    }
    others = [{"globalId": "system=wiki", "object": {}}, {"object": {}}]
    rsps.get(f"{CLOUD}/issue/SHOP-1/remotelink", json=[ours, *others])
    found = panel().look("SHOP-1")
    assert found.fields == {"key_result": None, "progress": 61.0}
    assert found.property == PROPERTY
    assert found.links == {
        "okr-bridge=there&kr=1": {
            "url": "u",
            "title": "t",
            "summary": "",
            "relationship": "",
            "resolved": True,
        }
    }


def test_a_site_without_issue_linking_still_shows_the_rest(rsps):
    project(rsps)
    rsps.get(f"{CLOUD}/issue/SHOP-1/comment", json={"startAt": 0, "total": 0, "comments": []})
    refusal(rsps, "GET", f"{CLOUD}/issue/SHOP-1/remotelink", 403, "Issue linking is disabled")
    assert panel().look("SHOP-1").links == {}


def test_an_issue_that_is_hidden_is_not_found(rsps):
    rsps.get(f"{CLOUD}/issue/SHOP-1", status=404)
    for act in (lambda: panel().look("SHOP-1"), lambda: panel().put_values("SHOP-1", {"progress": 1})):
        with pytest.raises(NotFound):
            act()
