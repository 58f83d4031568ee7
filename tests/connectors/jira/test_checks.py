from dataclasses import replace
from datetime import UTC, datetime, timedelta
from email.utils import format_datetime

import pytest
import requests
import responses

from bridge.model import Keys, Label, Project, Query
from connectors.base import CheckScope
from connectors.http import Clock
from connectors.jira import JiraSettings, connect
from connectors.jira.check_projects import WRITING
from tests.connectors.jira.wire import CLOUD, SERVER, URL

NOW = datetime(2026, 11, 21, 12, tzinfo=UTC)
CANCELLED = ("Won't Do", "重复")
NAMES = {"key_result": "KR", "progress": "KR progress"}
MARKS = {"version": 1, "instance": "there", "kr": "1", "hash": "h"}
ANCHORS = CheckScope(anchors=("SHOP-1",))


@pytest.fixture
def rsps():
    with responses.RequestsMock(assert_all_requests_are_fired=False) as mock:
        yield mock


def number(id, name):
    custom = "com.atlassian.jira.plugin.system.customfieldtypes:float"
    return {"id": id, "name": name, "schema": {"custom": custom}}


FIELDS = [
    number("customfield_1", "KR"),
    number("customfield_2", "KR progress"),
    number("customfield_3", "Story Points"),
]


class Site:
    """A healthy Jira; each method spoils one thing."""

    def __init__(self, rsps, cloud=True):
        self.rsps, self.cloud, self.root = rsps, cloud, CLOUD if cloud else SERVER
        kind = {"deploymentType": "Cloud" if cloud else "Server", "version": "10.3.1", "baseUrl": URL}
        rsps.get(f"{CLOUD}/serverInfo", status=200 if cloud else 404, json=kind)
        rsps.get(f"{SERVER}/serverInfo", json=kind)
        rsps.post(f"{CLOUD}/issue/bulkfetch", json={"issues": [], "issueErrors": []})
        date = {"Date": format_datetime(NOW, usegmt=True)}
        rsps.get(
            f"{self.root}/myself", json={"accountId": "a", "name": "bot", "displayName": "Bot"}, headers=date
        )
        self.get("field", FIELDS)
        rsps.get(f"{URL}/rest/agile/1.0/board", status=404)
        rsps.get(f"{URL}/rest/pat/latest/tokens", status=404)
        self.get("project/search", {"total": 3, "values": []})
        self.get("project", [{"key": "SHOP"}])
        self.issue()
        self.get("issue/SHOP-1/comment", {"total": 0, "comments": []})
        self.get("issue/SHOP-1/remotelink", [])
        self.get(
            "issue/SHOP-1/editmeta", {"fields": {"summary": {}, "customfield_1": {}, "customfield_2": {}}}
        )
        self.permissions()

    def get(self, path, json, status=200):
        self.rsps.upsert("GET", f"{self.root}/{path}", json=json, status=status)

    def post(self, path, json, status=200):
        self.rsps.upsert("POST", f"{self.root}/{path}", json=json, status=status)

    def issue(self, kind="software", properties=()):
        project = {"key": "SHOP", "projectTypeKey": kind}
        fields = {"project": project, "customfield_1": None, "customfield_2": None}
        self.get("issue/SHOP-1", {"fields": fields, "properties": dict(properties)})

    def permissions(self, without=""):
        names = [name for name, *_ in WRITING]
        held = {name: {"havePermission": name != without} for name in names}
        self.get("mypermissions", {"permissions": held})


def findings(cloud=True, scope=ANCHORS, now=NOW, **more):
    settings = JiraSettings(name="acme", url=URL, token="t", instance="here", field_names=NAMES)
    clock = Clock(lambda: now, lambda: 1000.0, lambda _: None, lambda: 0.5)
    jira = connect(replace(settings, **more), clock=clock, session=requests.Session())
    found = list(jira.check(scope))
    assert {finding.where for finding in found} == {"acme"}
    return found


def troubles(*args, **kwargs):
    return [finding for finding in findings(*args, **kwargs) if finding.level != "info"]


@pytest.mark.parametrize("cloud", [True, False])
def test_a_healthy_site_has_nothing_to_complain_of(rsps, cloud):
    Site(rsps, cloud)
    found = findings()
    assert [finding for finding in found if finding.level != "info"] == []
    assert found[0].message == "logged in as Bot"


def test_without_a_login_nothing_else_is_looked_into(rsps):
    site = Site(rsps)
    site.get("myself", {}, status=401)
    [finding] = findings()
    assert finding.level == "error"
    assert "renew the token" in finding.hint


@pytest.mark.parametrize(("behind", "told"), [(0, False), (60, False), (300, True), (-300, True)])
def test_clocks_that_differ_are_told(rsps, behind, told):
    Site(rsps)
    found = troubles(now=NOW - timedelta(seconds=behind))
    assert any("clock" in finding.message for finding in found) == told


def test_a_data_center_past_its_end_of_life_is_told(rsps):
    site = Site(rsps, cloud=False)
    site.get("serverInfo", {"deploymentType": "Server", "version": "9.12.4"})
    [finding] = troubles()
    assert "9.12.4 is past the end of its life" in finding.message


@pytest.mark.parametrize(("days", "level"), [(90, "info"), (10, "warning")])
def test_data_center_tells_when_a_token_ends(rsps, days, level):
    site = Site(rsps, cloud=False)
    ends = (NOW + timedelta(days=days)).strftime("%Y-%m-%dT%H:%M:%S.000+0000")
    rsps.upsert(
        "GET", f"{URL}/rest/pat/latest/tokens", json=[{"name": "bridge", "expiringAt": ends}, {"name": "old"}]
    )
    assert site.cloud is False
    [finding] = [finding for finding in findings() if "access token ends" in finding.message]
    assert finding.level == level


def test_missing_fields_are_told_once_with_what_makes_them(rsps):
    Site(rsps).get("field", FIELDS[2:])
    [finding] = troubles()
    assert "KR, KR progress" in finding.message
    assert "fields install" in finding.hint


def test_a_number_field_that_a_roll_up_needs_and_is_missing_is_an_error(rsps):
    Site(rsps)
    [finding] = troubles(number_fields=("Effort",))
    assert (finding.level, "Effort" in finding.message) == ("error", True)


def test_twins_are_told_with_their_ids(rsps):
    Site(rsps).get("field", [*FIELDS, number("customfield_9", "KR")])
    [finding] = troubles()
    assert "customfield_1, customfield_9" in finding.message


def test_several_fields_of_story_points_are_asked_about(rsps):
    Site(rsps).get("field", [*FIELDS, number("customfield_9", "Story Points")])
    [finding] = troubles()
    assert "points_field" in finding.hint


def test_a_field_that_the_anchor_cannot_take_is_told(rsps):
    Site(rsps).get("issue/SHOP-1/editmeta", {"fields": {"summary": {}, "customfield_1": {}}})
    [finding] = troubles()
    assert "SHOP-1 cannot take KR progress" in finding.message


def test_seeing_no_project_is_an_error(rsps):
    Site(rsps).get("project/search", {"total": 0, "values": []})
    assert [finding.message for finding in troubles()] == ["no project can be seen"]


@pytest.mark.parametrize(("name", "level"), [(name, level) for name, level, *_ in WRITING])
def test_each_missing_permission_is_told_with_what_it_costs(rsps, name, level):
    Site(rsps).permissions(without=name)
    found = [finding for finding in findings() if "is missing in SHOP" in finding.message]
    assert [finding.level for finding in found] == [level]
    assert "give the account" in found[0].hint


def test_a_project_that_is_only_read_from_needs_no_more_than_browsing(rsps):
    site = Site(rsps)
    site.permissions(without="EDIT_ISSUES")
    site.post("jql/parse", {"queries": [{"query": "q"}]})
    site.post("search/approximate-count", {"count": 5})
    assert troubles(scope=CheckScope(selectors=(Project("DATA"),), projects=("SHOP",))) == []


def test_a_project_where_no_epics_can_be_made_is_told(rsps):
    Site(rsps).permissions(without="CREATE_ISSUES")
    found = findings(scope=CheckScope(projects=("SHOP",)))
    assert [f.level for f in found if '"Create issues" is missing in SHOP' in f.message] == ["info"]


def test_a_project_that_cannot_be_seen_is_told(rsps):
    Site(rsps).get("mypermissions", {}, status=404)
    [finding] = troubles(scope=CheckScope(projects=("GONE",)))
    assert finding.message == "the project GONE cannot be seen"


def test_an_anchor_that_cannot_be_read_is_an_error_and_hides_no_other(rsps):
    Site(rsps).get("issue/GONE-1", {}, status=404)
    scope = CheckScope(anchors=("GONE-1", "SHOP-1"), selectors=(Keys(("GONE-1",)),))
    found = findings(scope=scope)
    assert [f.message for f in found if f.level == "error"] == ["the anchor GONE-1 cannot be read"]


def test_customers_reading_along_are_told(rsps):
    Site(rsps).issue(kind="service_desk")
    assert any("internal note" in finding.message for finding in findings())


FOREIGN = {
    "in the property": lambda site: site.issue(properties={"okr-bridge": MARKS}),
    "in a link": lambda site: site.get("issue/SHOP-1/remotelink", [{"globalId": "okr-bridge=there&kr=1"}]),
    "in a comment": lambda site: (
        site.get("issue/SHOP-1/comment", {"total": 1, "comments": [{"id": "5"}]}),
        site.post(
            "comment/list", {"values": [{"id": "5", "properties": [{"key": "okr-bridge", "value": MARKS}]}]}
        ),
    ),
}


@pytest.mark.parametrize("spoil", FOREIGN.values(), ids=FOREIGN)
def test_another_bridges_marks_are_told_as_drift(rsps, spoil):
    spoil(Site(rsps))
    [finding] = troubles()
    assert finding.message == "SHOP-1 bears the marks of another bridge: there"


@pytest.mark.parametrize("cloud", [True, False])
def test_resolutions_in_neither_camp_are_listed_for_a_person_to_decide(rsps, cloud):
    site = Site(rsps, cloud)
    names = ["Done", " fixed ", "WON'T DO", "重复", "完成", "Hold", "Answered"]
    listed = [{"id": str(n), "name": name} for n, name in enumerate(names)]
    site.get("resolution/search", {"isLast": True, "values": listed})
    site.get("resolution", listed)
    [finding] = troubles(scope=CheckScope(cancelled=CANCELLED))
    assert finding.message.endswith(": Hold, Answered")
    assert "cancelled_resolutions" in finding.hint


def query_of(rsps):
    return CheckScope(selectors=(Query("labels = x ORDER BY rank"), Label("x")))


@pytest.mark.parametrize("cloud", [True, False])
def test_a_query_is_told_with_the_number_of_its_hits(rsps, cloud):
    site = Site(rsps, cloud)
    site.post("jql/parse", {"queries": [{"query": "q"}]})
    site.post("search/approximate-count", {"count": 12})
    site.post("search", {"total": 12, "issues": []})
    found = [finding for finding in findings(scope=query_of(rsps)) if "12 items" in finding.message]
    assert [finding.message for finding in found] == ["labels = x: 12 items", 'labels = "x": 12 items']


@pytest.mark.parametrize("cloud", [True, False])
def test_a_query_that_jira_refuses_is_an_error(rsps, cloud):
    site = Site(rsps, cloud)
    text = "Field 'foo' does not exist."
    site.post("jql/parse", {"queries": [{"query": "foo = 1", "errors": [text]}]})
    site.post("search", {"errorMessages": [text]}, status=400)
    [finding] = troubles(scope=CheckScope(selectors=(Query("foo = 1"),)))
    assert finding.level == "error"
    assert finding.message.startswith("foo = 1 is refused: ")
    assert text in finding.message


def test_a_query_that_restricts_nothing_is_an_error(rsps):
    Site(rsps)
    [finding] = troubles(scope=CheckScope(selectors=(Query("ORDER BY rank"),)))
    assert (finding.level, "restricts nothing" in finding.message) == ("error", True)


def test_a_query_that_hits_nothing_and_warnings_are_told(rsps):
    site = Site(rsps)
    site.post("jql/parse", {"queries": [{"query": "q", "warnings": ["clause cut"]}]})
    site.post("search/approximate-count", {"count": 0})
    found = troubles(scope=CheckScope(selectors=(Query("labels = x"),)))
    assert [finding.message for finding in found] == ["labels = x: clause cut", "labels = x: hits nothing"]


def test_keys_that_cannot_be_read_are_errors(rsps):
    site = Site(rsps)
    site.post("issue/bulkfetch", {"issues": [{"id": "1", "key": "SHOP-1", "fields": {}}], "issueErrors": []})
    site.get("issue/SHOP-2", {}, status=404)
    [finding] = troubles(scope=CheckScope(selectors=(Keys(("SHOP-1", "SHOP-2")),)))
    assert finding.message == "SHOP-2 cannot be read"


def test_trouble_with_one_part_does_not_hide_the_others(rsps):
    site = Site(rsps)
    site.get("project/search", {}, status=403)
    site.permissions(without="EDIT_ISSUES")
    assert [finding.level for finding in troubles()] == ["error", "error"]


@pytest.mark.parametrize("cloud", [True, False])
@pytest.mark.parametrize("answer", [{}, {"count": None, "total": "12"}, {"issues": []}])
def test_a_count_that_no_site_gives_is_told_and_never_taken_for_nothing(rsps, cloud, answer):
    site = Site(rsps, cloud)
    site.post("jql/parse", {"queries": [{"query": "q"}]})
    site.post("search/approximate-count", answer)
    site.post("search", answer)
    [finding] = [one for one in troubles(scope=CheckScope(selectors=(Query("labels = x"),))) if one.hint]
    assert (finding.level, "instead of int" in finding.message) == ("error", True)
