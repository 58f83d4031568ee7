"""Custom fields: made, associated, put on screens; for administrators only."""

from __future__ import annotations

import pytest

FLOAT = "com.atlassian.jira.plugin.system.customfieldtypes:float"
SEARCHER = "com.atlassian.jira.plugin.system.customfieldtypes:exactnumber"


def make(call, name="Score", **more):
    return call("POST field", {"name": name, "type": FLOAT, "searcherKey": SEARCHER, **more})


def test_a_made_field_is_listed_with_its_schema_and_clauses(either):
    sandbox, call = either
    made = make(call)
    assert made.status_code == 201
    number = int(made.json()["id"].removeprefix("customfield_"))
    (listed,) = (field for field in call("GET field").json() if field["name"] == "Score")
    assert listed == made.json()
    assert listed["schema"] == {"type": "number", "custom": FLOAT, "customId": number}
    assert listed["clauseNames"] == [f"cf[{number}]", "Score"]
    assert ("key" in listed) == sandbox.jira.cloud


BAD = {
    "no name": {"name": " ", "type": FLOAT},
    "unknown type": {"name": "x", "type": FLOAT + "ing"},
    "unknown searcher": {"name": "x", "type": FLOAT, "searcherKey": "x:guess"},
}


@pytest.mark.parametrize("case", BAD)
def test_a_field_that_makes_no_sense_is_refused(either, case):
    assert either[1]("POST field", BAD[case]).status_code == 400


def test_two_fields_may_bear_one_name(either):
    _, call = either
    assert make(call).json()["id"] != make(call).json()["id"]


@pytest.mark.parametrize(
    "line", ["POST field", "GET screens", "GET screens/1/tabs", "POST screens/addToDefault/customfield_10301"]
)
def test_fields_and_screens_are_for_administrators(either, line):
    sandbox, call = either
    sandbox.jira.permissions.forbid("ADMINISTER")
    assert call(line, {"name": "x", "type": FLOAT}).status_code == 403


def test_a_field_is_put_on_a_screen_once(either):
    _, call = either
    id = make(call).json()["id"]
    assert id in {field["id"] for field in call("GET screens/1/availableFields").json()}
    tab = call("GET screens/1/tabs").json()[0]["id"]
    path = f"screens/1/tabs/{tab}/fields"
    assert call(f"POST {path}", {"fieldId": id}).json() == {"id": id, "name": "Score"}
    assert id in {field["id"] for field in call(f"GET {path}").json()}
    assert id not in {field["id"] for field in call("GET screens/1/availableFields").json()}
    assert call(f"POST {path}", {"fieldId": id}).status_code == 400
    assert call(f"POST {path}", {"fieldId": "customfield_1"}).status_code == 400
    assert call(f"GET screens/1/tabs/{tab + 1}/fields").status_code == 404
    assert call("GET screens/9/tabs").status_code == 404


def test_the_default_screen_answers_404_to_what_it_holds_already(either):
    sandbox, call = either
    id = make(call).json()["id"]
    assert call(f"POST screens/addToDefault/{id}").status_code == (200 if sandbox.jira.cloud else 204)
    assert call(f"POST screens/addToDefault/{id}").status_code == 404
    assert call("POST screens/addToDefault/customfield_1").status_code == 404


def test_a_screen_associates_a_field_with_the_company_managed_projects_that_use_it(cloud):
    _, call = cloud
    id = make(call).json()["id"]
    assert call(f"GET field/{id}/association/project").json()["values"] == []
    call("POST screens/1/tabs/10000/fields", {"fieldId": id})
    assert call(f"GET field/{id}/association/project").json()["values"] == [{"projectId": "100"}]
    assert [screen["id"] for screen in call(f"GET field/{id}/screens").json()["values"]] == [1]


def test_a_field_is_associated_with_projects_directly(cloud):
    sandbox, call = cloud
    id = make(call).json()["id"]
    fields = [{"type": "FIELD_ID", "identifier": id}]
    company = {"fields": fields, "associationContexts": [{"type": "PROJECT_ID", "identifier": 100}]}
    team = {"fields": fields, "associationContexts": [{"type": "PROJECT_ID", "identifier": 200}]}
    assert call("PUT field/association", company).status_code == 204
    assert call("PUT field/association", team).status_code == 400
    sandbox.jira.add_issue("SHOP", "Story", "x")
    assert call("PUT issue/SHOP-1", {"fields": {id: 1}}).status_code == 204


def test_a_field_search_is_by_page_and_by_name(cloud):
    _, call = cloud
    for n in range(60):
        make(call, f"Score {n}")
    first = call("GET field/search?type=custom&query=score&maxResults=500").json()
    assert (len(first["values"]), first["maxResults"], first["total"], first["isLast"]) == (50, 50, 60, False)
    assert call("GET field/search?type=custom&query=score&startAt=50").json()["isLast"] is True


def test_the_screens_of_a_project_are_found_through_its_schemes(cloud):
    _, call = cloud
    scheme = call("GET issuetypescreenscheme/project?projectId=100&projectId=200").json()["values"]
    assert [entry["projectIds"] for entry in scheme] == [["100"]]
    id = scheme[0]["issueTypeScreenScheme"]["id"]
    mapped = call(f"GET issuetypescreenscheme/mapping?issueTypeScreenSchemeId={id}").json()["values"][0]
    (found,) = call(f"GET screenscheme?id={mapped['screenSchemeId']}").json()["values"]
    assert found["screens"] == {"default": 1}


def test_a_new_field_has_one_context_for_all(cloud):
    _, call = cloud
    id = make(call).json()["id"]
    (context,) = call(f"GET field/{id}/context").json()["values"]
    assert context["isGlobalContext"] is True
    mapping = call(f"GET field/{id}/context/projectmapping").json()["values"]
    assert mapping == [{"contextId": context["id"], "isGlobalContext": True}]
    assert call("GET field/customfield_1/context").status_code == 404


def test_data_center_finds_custom_fields_by_name(datacenter):
    _, call = datacenter
    make(call)
    (found,) = call("GET customFields?search=score").json()["values"]
    assert (found["name"], found["type"]) == ("Score", FLOAT)


def test_what_can_be_set_is_told_before_it_is_tried(either):
    sandbox, call = either
    sandbox.jira.add_issue("SHOP", "Story", "x")
    edit = call("GET issue/SHOP-1/editmeta").json()["fields"]
    assert {"summary", "customfield_10301"} <= edit.keys()
    assert "created" not in edit
    members = ("issueTypes", "fields") if sandbox.jira.cloud else ("values", "values")
    types = call("GET issue/createmeta/SHOP/issuetypes").json()[members[0]]
    assert types[0]["name"] == "Epic"
    metas = call("GET issue/createmeta/SHOP/issuetypes/3").json()[members[1]]
    assert {m["fieldId"] for m in metas if m["required"]} >= {"project", "issuetype", "summary", "parent"}
    assert call("GET issue/createmeta/SHOP/issuetypes/77").status_code == 400
