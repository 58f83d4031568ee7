import pytest
import responses

from bridge.errors import AccessDenied, UnexpectedAnswer
from bridge.model import Label
from connectors.jira.points import points_fields
from connectors.jira.site import Site, wanted_fields
from tests.connectors.jira.reading import CLOUD, DATACENTER, URL, V2, V3, field, jira

TEAM = field(10016, "Story point estimate", "com.pyxis.greenhopper.jira:jsw-story-points")
COMPANY = field(10026, "Story Points", "float")
OTHER = field(10036, "Story Points", "float")
EFFORT = field(10046, "Effort", "float")
EPIC = field(10008, "Epic Link", "com.pyxis.greenhopper.jira:gh-epic-link")
LABEL = field(10009, "Epic Name", "com.pyxis.greenhopper.jira:gh-epic-label")
ABOVE = field(10010, "Parent Link", "com.atlassian.jpo:jpo-custom-field-parent")
FLAG = field(10021, "Flagged", "multicheckboxes")
SUMMARY = {"id": "summary", "name": "Summary", "custom": False, "schema": {"type": "string"}}


@pytest.fixture
def wire():
    with responses.RequestsMock(assert_all_requests_are_fired=False) as mock:
        yield mock


def site(wire, fields=(SUMMARY,), base=V3, boards=None, **server):
    server = {"deploymentType": "Cloud", "baseUrl": "https://acme.atlassian.net", "version": "1001"} | server
    wire.get(f"{base}/serverInfo", json=server)
    wire.get(f"{base}/myself", json={"accountId": "5b1", "timeZone": "Asia/Shanghai"})
    wire.get(f"{base}/field", json=list(fields))
    wire.post(f"{base}/issue/bulkfetch", json={"issues": [], "issueErrors": []})
    wire.get(
        f"{URL}/rest/agile/1.0/board",
        json={"values": [{"id": id} for id in boards or {}]},
        status=404 if boards is None else 200,
    )
    for id, estimation in (boards or {}).items():
        wire.get(f"{URL}/rest/agile/1.0/board/{id}/configuration", json={"estimation": estimation})


def by(field):
    return {"type": "field", "field": {"fieldId": field["id"], "displayName": "x"}}


T, C, X, E = (one["id"] for one in (TEAM, COMPANY, OTHER, EFFORT))
POINTS = {
    "none": ([SUMMARY, EFFORT], "", [], [], []),
    "the configured one by id": ([TEAM, COMPANY, EFFORT], E, [T], [E], []),
    "the configured one by name": ([TEAM, COMPANY, EFFORT], "Effort", [], [E], []),
    "a configured name of twins": ([COMPANY, OTHER], "Story Points", [], [C], [C, X]),
    "what boards estimate by": ([TEAM, COMPANY, EFFORT], "", [E], [E, T, C], []),
    "what most boards estimate by": ([TEAM, COMPANY], "", [T, C, C], [C, T], []),
    "boards that estimate by time": ([COMPANY], "", ["timeoriginalestimate"], [C], []),
    "the team-managed before the named": ([COMPANY, TEAM], "", [], [T, C], []),
    "a named one alone": ([COMPANY, EFFORT], "", [], [C], []),
    "twins": ([COMPANY, OTHER], "", [], [], [C, X]),
    "twins, one of them on a board": ([COMPANY, OTHER], "", [X], [X], []),
    "a name that is only alike": ([field(1, "Story points median", "float")], "", [], [], []),
    "the name on a text field": ([field(1, "Story Points", "textfield")], "", [], [], []),
}


@pytest.mark.parametrize(("fields", "named", "boards", "points", "ambiguous"), POINTS.values(), ids=POINTS)
def test_story_points_are_found_in_the_order_of_trust(fields, named, boards, points, ambiguous):
    found = points_fields(fields, named, boards)
    assert found == {"points": points, "ambiguous_points": ambiguous}


def test_the_boards_are_asked_whatever_order_they_answer_in(wire):
    boards = {1: by(TEAM), 2: by(COMPANY), 3: by(COMPANY), 4: {"type": "issueCount"}, 5: {"type": "none"}}
    site(wire, [TEAM, COMPANY], boards=boards)
    assert jira().describe()["points"] == [COMPANY["id"], TEAM["id"]]


def test_boards_that_may_not_be_seen_do_not_stop_anything(wire):
    site(wire, [TEAM])
    assert jira().describe()["points"] == [TEAM["id"]]


def test_a_configured_points_field_asks_no_board(wire):
    site(wire, [TEAM], boards={1: by(TEAM)})
    connection = jira(points_field=TEAM["id"])
    connection.describe()
    assert connection.requests == 4


def test_cloud_is_told_by_what_the_server_says_of_itself(wire):
    site(wire)
    connection = jira()
    facts = connection.describe()
    assert (facts["deployment"], facts["base_url"]) == ("cloud", "https://acme.atlassian.net")
    assert facts["time_zone"] == "Asia/Shanghai"
    assert connection.site.api == "rest/api/3"


@pytest.mark.parametrize(
    "answer", [{"status": 404, "json": {}}, {"body": "<html>", "content_type": "text/html"}]
)
def test_data_center_has_no_version_3_or_a_login_page_there(wire, answer):
    wire.get(f"{V3}/serverInfo", **answer)
    site(wire, base=V2, deploymentType="DataCenter")
    assert jira().describe()["deployment"] == "datacenter"


def test_configuration_overrides_what_the_server_says(wire):
    site(wire)
    site(wire, base=V2)
    assert jira(deployment="datacenter").describe()["deployment"] == "datacenter"


def test_a_token_that_may_not_know_its_account_leaves_the_zone_open(wire):
    wire.get(f"{V3}/myself", status=403, json={})
    site(wire)
    wire.remove("GET", f"{V3}/myself")
    wire.get(f"{V3}/myself", status=403, json={})
    assert jira().describe()["time_zone"] == ""


def test_special_fields_are_known_by_their_kind_not_their_name(wire):
    renamed = EPIC | {"name": "史诗链接"}
    site(wire, [SUMMARY, renamed, LABEL, ABOVE, FLAG, field(9, "Blocked", "multicheckboxes")])
    facts = jira().describe()
    assert facts["epic_link"] == EPIC["id"]
    assert facts["epic_name"] == LABEL["id"]
    assert facts["parent_link"] == ABOVE["id"]
    assert facts["flagged"] == FLAG["id"]


def test_the_bridges_fields_are_found_by_their_names_and_twins_are_told(wire):
    progress, one, two = (field(n, name, "float") for n, name in ((1, "KR progress"), (2, "KR"), (3, "KR")))
    site(wire, [progress, one, two, EFFORT])
    names = {"progress": "KR progress", "key_result": "KR", "score": "KR score"}
    facts = jira(field_names=names, number_fields=("Effort", "Nowhere", "customfield_10046")).describe()
    assert facts["panel"] == {"progress": "customfield_1"}
    assert facts["twins"] == {"KR": ["customfield_2", "customfield_3"]}
    assert facts["missing"] == ["KR score", "Nowhere"]
    assert facts["numbers"] == {"Effort": EFFORT["id"], "customfield_10046": EFFORT["id"]}


@pytest.mark.parametrize("nothing", [[], {}, None])
def test_a_site_without_fields_is_a_lost_login(wire, nothing):
    site(wire)
    wire.remove("GET", f"{V3}/field")
    wire.get(f"{V3}/field", json=nothing)
    with pytest.raises(UnexpectedAnswer):
        jira().describe()


def test_facts_told_earlier_cost_no_request():
    connection = jira(CLOUD)
    assert connection.describe() == CLOUD
    assert connection.site.cloud
    assert connection.requests == 0


def test_the_fields_asked_for_are_named_one_by_one_so_that_a_thousand_issues_come_at_once():
    facts = CLOUD | {"numbers": {"Effort": "customfield_1"}, "panel": {"progress": "customfield_2"}}
    asked = wanted_fields(Site.of(facts | {"flagged": "customfield_3"}))
    assert {"customfield_10016", "customfield_1", "customfield_2", "customfield_3", "parent"} <= set(asked)
    assert not {"*all", "*navigable", "comment", "worklog", "attachment"} & set(asked)
    assert len(asked) == len(set(asked)) < 100


def test_data_center_is_asked_for_epic_link_and_name():
    assert {"customfield_10008", "customfield_10009"} <= set(wanted_fields(Site.of(DATACENTER)))


def test_login_is_one_request_and_tells_the_servers_clock(wire):
    wire.get(
        f"{V3}/myself",
        json={"accountId": "5b1", "displayName": "Bot", "timeZone": "Asia/Shanghai"},
        headers={"Date": "Sat, 21 Nov 2026 11:58:00 GMT"},
    )
    connection = jira(CLOUD)
    account = connection.login()
    assert (account.id, account.name, account.time_zone) == ("5b1", "Bot", "Asia/Shanghai")
    assert account.now.isoformat() == "2026-11-21T11:58:00+00:00"
    assert connection.requests == 1


def test_login_on_data_center_goes_by_the_permanent_key(wire):
    wire.get(f"{V2}/myself", json={"key": "JIRAUSER1", "name": "bot"})
    assert jira(DATACENTER).login().id == "JIRAUSER1"


def test_login_before_the_site_is_known_asks_which_it_is(wire):
    site(wire)
    assert jira().login().id == "5b1"


def test_the_gateway_is_cloud_without_asking(wire):
    wire.get("https://api.atlassian.com/ex/jira/1/rest/api/3/myself", json={"accountId": "5b1"})
    from connectors.jira import JiraSettings, connect
    from tests.connectors.clock import Hands

    url = "https://api.atlassian.com/ex/jira/1"
    connection = connect(
        JiraSettings(name="acme", url=url, email="a@b.example", token="t"), clock=Hands().clock()
    )
    connection.login()
    assert connection.requests == 1


def test_a_visitor_is_not_logged_in(wire):
    wire.get(f"{V3}/myself", json={})
    with pytest.raises(AccessDenied, match="named no account") as told:
        jira(CLOUD).login()
    assert "token" in told.value.hint


@pytest.mark.parametrize(("status", "most"), [(200, 1000), (400, 100)], ids=["takes more", "takes a hundred"])
def test_how_many_issues_are_taken_at_once_is_asked_once(wire, status, most):
    wire.post(f"{V3}/issue/bulkfetch", json={"issues": [], "errorMessages": ["at most 100"]}, status=status)
    site(wire)
    assert Site.of(jira().describe()).bulk == most


def test_an_empty_answer_to_the_account_of_the_site_is_believed_at_once(wire):
    wire.post(f"{V3}/search/jql", json={"issues": []}, headers={"X-AAccountId": "5b1"})
    assert jira(CLOUD | {"account": "5b1"}).identities(Label("x")) == frozenset()
    assert len(wire.calls) == 1


@pytest.mark.parametrize("boards", [3, [{}], [None], {"a": 1}])
def test_boards_that_are_none_tell_nothing(wire, boards):
    site(wire, [TEAM, COMPANY, None])
    wire.replace("GET", f"{URL}/rest/agile/1.0/board", json={"values": boards})
    assert jira().describe()["points"] == [TEAM["id"], COMPANY["id"]]


@pytest.mark.parametrize("fields", [[], [None], [{}], [3]])
def test_a_list_without_fields_is_no_answer(wire, fields):
    site(wire, fields)
    with pytest.raises(UnexpectedAnswer):
        jira().describe()
