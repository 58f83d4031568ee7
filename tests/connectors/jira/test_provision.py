import pytest
import requests
import responses

from bridge.errors import AccessDenied, NotFound, Rejected, Transient
from bridge.model import Paragraph, Span
from connectors.base import NewItem
from connectors.jira.provision import JiraProvisioner
from tests.connectors.jira.wire import CLOUD, SERVER, api, sent

ITEM = NewItem(project="SHOP", title="KR *1*", marker="okr-bridge:here:O1", labels=("okr",))
TYPES = [
    {"id": "1", "name": "Story", "hierarchyLevel": 0},
    {"id": "2", "name": "Initiative", "hierarchyLevel": 2},
    {"id": "3", "name": "Epic", "hierarchyLevel": 1},
]
USUAL = ("project", "issuetype", "summary", "labels", "description", "duedate", "assignee", "priority")
EPIC_NAME = "com.pyxis.greenhopper.jira:gh-epic-label"


@pytest.fixture
def rsps():
    with responses.RequestsMock(assert_all_requests_are_fired=False) as mock:
        yield mock


def field(id, required=False, **more):
    return {"fieldId": id, "key": id, "name": id.title(), "required": required, "schema": {}} | more


def believe(_):
    return None


def provisioner(cloud=True, vouch=believe):
    return JiraProvisioner(api(cloud), vouch)


def meta(rsps, fields=USUAL, types=TYPES, cloud=True):
    root, kinds, entries = (CLOUD, "issueTypes", "fields") if cloud else (SERVER, "values", "values")
    listed = [entry if isinstance(entry, dict) else field(entry) for entry in fields]
    base = f"{root}/issue/createmeta/SHOP/issuetypes"
    rsps.get(base, json={"startAt": 0, "total": len(types), kinds: types})
    for kind in types:
        rsps.get(f"{base}/{kind['id']}", json={"startAt": 0, "total": len(listed), entries: listed})
    rsps.post(f"{root}/issue", status=201, json={"id": "9", "key": "SHOP-9"})


def made(rsps):
    return sent(rsps.calls[-1])["fields"]


def test_an_epic_is_made_with_its_marker(rsps):
    meta(rsps)
    assert provisioner().make(ITEM) == "SHOP-9"
    assert made(rsps) == {
        "project": {"key": "SHOP"},
        "issuetype": {"id": "3"},
        "summary": "KR *1*",
        "labels": ["okr-bridge:here:O1", "okr"],
    }


@pytest.mark.parametrize(
    ("types", "chosen"),
    {
        "by level, whatever its name": ([{"id": "7", "name": "Thema", "hierarchyLevel": 1}], "7"),
        "by name among several of the level": (
            [
                {"id": "6", "name": "Theme", "hierarchyLevel": 1},
                {"id": "7", "name": "Epic", "hierarchyLevel": 1},
            ],
            "7",
        ),
        "by its Chinese name": ([{"id": "1", "name": "故事"}, {"id": "7", "name": "史诗"}], "7"),
    }.values(),
)
def test_the_type_of_an_epic_is_found(rsps, types, chosen):
    meta(rsps, types=types)
    provisioner().make(ITEM)
    assert made(rsps)["issuetype"] == {"id": chosen}


def test_a_project_without_epics_is_told(rsps):
    meta(rsps, types=TYPES[:1])
    with pytest.raises(Rejected, match="SHOP has no Epic type"):
        provisioner().make(ITEM)


def test_description_and_due_date_go_with_it(rsps):
    meta(rsps)
    body = (Paragraph((Span("[~admin]"),)),)
    provisioner().make(NewItem(project="SHOP", title="t", marker="m", body=body, due="2026-12-15"))
    assert made(rsps)["duedate"] == "2026-12-15"
    assert made(rsps)["description"]["content"][0]["content"] == [{"type": "text", "text": "[~admin]"}]


def test_data_center_wants_the_epic_name_and_wiki_text(rsps):
    named = field("customfield_5", required=True, schema={"custom": EPIC_NAME})
    meta(rsps, [*USUAL, named], [{"id": "3", "name": "Epic"}], cloud=False)
    body = (Paragraph((Span("[~admin]"),)),)
    provisioner(cloud=False).make(NewItem(project="SHOP", title="t", marker="m", body=body))
    assert made(rsps)["customfield_5"] == "t"
    assert made(rsps)["description"] == r"\[\~admin\]"


def test_required_fields_that_nobody_fills_are_named_before_anything_is_made(rsps):
    strict = [field("customfield_7", required=True, name="Cost centre"), field("reporter", required=True)]
    meta(rsps, [*USUAL, *strict, field("components", required=True, hasDefaultValue=True)])
    with pytest.raises(Rejected, match="requires Cost centre for an Epic"):
        provisioner().make(ITEM)
    assert all(call.request.method == "GET" for call in rsps.calls)


def test_a_create_screen_without_labels_is_refused(rsps):
    meta(rsps, [name for name in USUAL if name != "labels"])
    with pytest.raises(Rejected, match="lacks labels"):
        provisioner().make(ITEM)


def test_what_the_screen_does_not_take_is_left_out_and_told(rsps, caplog):
    meta(rsps, [name for name in USUAL if name != "duedate"])
    provisioner().make(NewItem(project="SHOP", title="t", marker="m", due="2026-12-15"))
    assert "duedate" not in made(rsps)
    assert "duedate: not on the create screen" in caplog.text


@pytest.mark.parametrize("cloud", [True, False])
def test_an_owner_is_found_by_address(rsps, cloud):
    meta(rsps, cloud=cloud, types=[{"id": "3", "name": "Epic", "hierarchyLevel": 1}])
    people = [
        {"accountId": "a1", "name": "ann", "emailAddress": "Ann@acme.example"},
        {"accountId": "a2", "name": "ann2", "emailAddress": "ann@acme.example.org"},
    ]
    url = f"{CLOUD if cloud else SERVER}/user/assignable/search"
    rsps.get(url, json=people)
    provisioner(cloud).make(NewItem(project="SHOP", title="t", marker="m", owner="ann@acme.example"))
    assert made(rsps)["assignee"] == ({"accountId": "a1"} if cloud else {"name": "ann"})


PEOPLE = {
    "nobody": ([], None),
    "one whose address is hidden": ([{"accountId": "a1"}], {"accountId": "a1"}),
    "two whose addresses are hidden": ([{"accountId": "a1"}, {"accountId": "a2"}], None),
    "somebody else": ([{"accountId": "a1", "emailAddress": "bob@acme.example"}], None),
}


@pytest.mark.parametrize(("people", "assignee"), PEOPLE.values(), ids=PEOPLE)
def test_an_owner_who_is_not_surely_known_is_left_out_and_told(rsps, caplog, people, assignee):
    meta(rsps)
    rsps.get(f"{CLOUD}/user/assignable/search", json=people)
    provisioner().make(NewItem(project="SHOP", title="t", marker="m", owner="ann@acme.example"))
    assert made(rsps).get("assignee") == assignee
    assert ("owner" in caplog.text) == (assignee is None)


def test_a_team_name_is_no_account(rsps, caplog):
    meta(rsps)
    provisioner().make(NewItem(project="SHOP", title="t", marker="m", owner="Growth"))
    assert "assignee" not in made(rsps)
    assert "owner: not an e-mail address" in caplog.text


@pytest.mark.parametrize(("name", "priority"), [("high", {"id": "2"}), ("Burning", None)])
def test_a_priority_goes_by_name_if_the_project_knows_it(rsps, name, priority):
    meta(
        rsps,
        [
            *USUAL[:-1],
            field("priority", allowedValues=[{"id": "1", "name": "Low"}, {"id": "2", "name": "High"}]),
        ],
    )
    provisioner().make(NewItem(project="SHOP", title="t", marker="m", priority=name))
    assert made(rsps).get("priority") == priority


@pytest.mark.parametrize("cloud", [True, False])
def test_where_the_screen_tells_no_priorities_the_sites_own_are_asked(rsps, cloud):
    meta(rsps, cloud=cloud, types=[{"id": "3", "name": "Epic", "hierarchyLevel": 1}])
    priorities = [{"id": "2", "name": "High"}]
    rsps.get(f"{CLOUD}/priority/search", json={"isLast": True, "values": priorities})
    rsps.get(f"{SERVER}/priority", json=priorities)
    provisioner(cloud).make(NewItem(project="SHOP", title="t", marker="m", priority="High"))
    assert made(rsps)["priority"] == {"id": "2"}


def test_an_epic_is_never_made_twice_blindly(rsps):
    meta(rsps)
    rsps.replace("POST", f"{CLOUD}/issue", body=requests.ConnectionError("gone"))
    with pytest.raises(Transient) as error:
        provisioner().make(ITEM)
    assert error.value.maybe_done
    assert [call.request.method for call in rsps.calls].count("POST") == 1


def test_a_project_that_cannot_be_seen_is_not_found(rsps):
    rsps.get(f"{CLOUD}/issue/createmeta/SHOP/issuetypes", status=404)
    with pytest.raises(NotFound):
        provisioner().make(ITEM)


@pytest.mark.parametrize("cloud", [True, False])
def test_what_was_made_is_found_by_its_label(rsps, cloud):
    url = f"{CLOUD}/search/jql" if cloud else f"{SERVER}/search"
    rsps.post(url, json={"issues": [{"id": "9", "key": "SHOP-9"}]})
    assert provisioner(cloud).find_made('a"b') == "SHOP-9"
    assert sent(rsps.calls[0])["jql"] == r'labels = "a\"b" ORDER BY created ASC'


def test_nothing_found_is_believed_only_of_a_login_that_holds(rsps):
    def nobody(answer):
        raise AccessDenied("acme", "nobody is logged in")

    rsps.post(f"{CLOUD}/search/jql", json={"issues": []})
    assert provisioner().find_made("m") is None
    with pytest.raises(AccessDenied):
        provisioner(vouch=nobody).find_made("m")
