from dataclasses import replace
from types import SimpleNamespace

import pytest
import responses
from responses import matchers

from bridge.errors import UnexpectedAnswer
from connectors.base import FieldsPlan
from connectors.jira.fields import NAMES, PREFIX, apply_fields, plan_fields
from connectors.jira.settings import JiraSettings
from tests.connectors.jira.wire import CLOUD, SERVER, URL, api, calls, sent

TYPES = {
    "key_result": "textfield",
    "progress": "float",
    "status": "textfield",
    "score": "float",
    "updated": "datetime",
}
SETTINGS = JiraSettings(name="acme", url=URL)


@pytest.fixture
def rsps():
    with responses.RequestsMock(assert_all_requests_are_fired=False) as mock:
        yield mock


def jira(cloud=True, **names):
    return SimpleNamespace(api=api(cloud), settings=replace(SETTINGS, field_names=names))


def custom(id, name, kind, **more):
    return {"id": id, "name": name, "schema": {"custom": PREFIX + kind}} | more


def made(*roles):
    """Fields as they are once installed."""
    return [custom(f"customfield_{n}", NAMES[role], TYPES[role]) for n, role in enumerate(roles or TYPES, 1)]


def site(rsps, fields=(), *, admin=True, root=CLOUD, screen=1, held=()):
    permission = {"permissions": {"ADMINISTER": {"havePermission": admin}}}
    rsps.get(f"{root}/mypermissions", json=permission)
    rsps.get(f"{root}/field", json=[{"id": "summary", "name": "Summary"}, *fields])
    rsps.get(
        f"{root}/screens/{screen}/tabs", json=[{"id": 7, "name": "Field Tab"}, {"id": 8, "name": "More"}]
    )
    rsps.get(f"{root}/screens/{screen}/tabs/7/fields", json=[{"id": "summary", "name": "Summary"}])
    rsps.get(f"{root}/screens/{screen}/tabs/8/fields", json=[{"id": id, "name": id} for id in held])


def taken(rsps, root=CLOUD, screen=1):
    """The site takes what is posted, giving ids from 101 on."""
    ids = iter(range(101, 200))

    def create(_):
        return 201, {}, f'{{"id": "customfield_{next(ids)}"}}'

    rsps.add_callback("POST", f"{root}/field", create)
    rsps.post(f"{root}/screens/{screen}/tabs/7/fields", json={})


def told(plan: FieldsPlan):
    return [(step.what, step.name) for step in plan.steps]


def posts(rsps):
    return [call for call in rsps.calls if call.request.method == "POST"]


@pytest.mark.parametrize("cloud", [True, False])
def test_all_five_are_made_and_put_on_the_default_screen(rsps, cloud):
    root = CLOUD if cloud else SERVER
    site(rsps, root=root)
    taken(rsps, root)
    plan = plan_fields(jira(cloud), [], [])
    assert told(plan) == [(what, name) for what in ("create", "place") for name in NAMES.values()]
    assert posts(rsps) == []
    results = apply_fields(jira(cloud), plan)
    assert {result.outcome for result in results} == {"done"}
    bodies = [sent(call) for call in posts(rsps)]
    assert [(body["name"], body["type"].removeprefix(PREFIX)) for body in bodies[:5]] == [
        (NAMES[role], kind) for role, kind in TYPES.items()
    ]
    assert bodies[1]["searcherKey"] == PREFIX + "numberrange"
    assert bodies[5:] == [{"fieldId": f"customfield_{n}"} for n in range(101, 106)]


def test_a_second_plan_has_nothing_to_do(rsps):
    site(rsps, made(), held=[field["id"] for field in made()])
    plan = plan_fields(jira(), [], [])
    assert [step.what for step in plan.steps] == ["found"] * 5
    assert plan.doable == ()
    assert apply_fields(jira(), plan) == ()


def test_a_broken_off_run_is_finished_by_the_next(rsps):
    site(rsps, made("key_result", "progress"), held=["customfield_1"])
    plan = plan_fields(jira(), [], [])
    assert [(step.what, step.role) for step in plan.doable] == [
        ("create", "status"),
        ("create", "score"),
        ("create", "updated"),
        ("place", "progress"),
        ("place", "status"),
        ("place", "score"),
        ("place", "updated"),
    ]


TWINS = {
    "two of one name": [
        custom("customfield_1", "KR", "textfield"),
        custom("customfield_2", "KR", "textfield"),
    ],
    "one of another type": [custom("customfield_1", "KR", "select")],
    "a field of Jira's own": [{"id": "kr", "name": "KR"}],
}


@pytest.mark.parametrize("fields", TWINS.values(), ids=TWINS)
def test_a_name_that_is_taken_is_asked_about_and_never_made_again(rsps, fields):
    site(rsps, [*fields, *made()[1:]], held=[field["id"] for field in made()])
    plan = plan_fields(jira(), [], [])
    [step] = [step for step in plan.steps if step.what == "ask"]
    assert fields[0]["id"] in step.detail
    assert plan.doable == ()


def test_a_field_of_one_team_managed_project_is_no_twin(rsps):
    own = custom("customfield_9", "KR", "textfield", scope={"type": "PROJECT", "project": {"id": "1"}})
    site(rsps, [own, *made()], held=[field["id"] for field in made()])
    assert plan_fields(jira(), [], []).doable == ()


def test_a_field_may_be_named_by_its_id_and_be_read_only_text(rsps):
    other = custom("customfield_77", "Key result", "readonlyfield")
    site(rsps, [other, *made()[1:]])
    plan = plan_fields(jira(key_result="customfield_77"), [], [])
    assert [step.field for step in plan.steps if step.role == "key_result"] == ["customfield_77"] * 2


def test_screens_that_a_person_names_come_before_all_else(rsps):
    site(rsps, made(), screen=42)
    taken(rsps, screen=42)
    plan = plan_fields(jira(), ["42"], ["SHOP"])
    assert {step.screen for step in plan.doable} == {"42"}
    apply_fields(jira(), plan)
    assert not any("project" in url for _, url in calls(rsps))


def test_a_screen_that_is_not_there_is_told(rsps):
    site(rsps, made())
    rsps.get(f"{CLOUD}/screens/99/tabs", status=404)
    plan = plan_fields(jira(), ["99"], [])
    assert told(plan)[-1] == ("ask", "screen 99")


def test_on_cloud_the_screens_of_a_project_are_found_through_its_schemes(rsps):
    site(rsps, made(), screen=42)
    rsps.get(
        f"{CLOUD}/project/SHOP", json={"id": "10", "key": "SHOP", "style": "classic", "simplified": False}
    )
    base = f"{CLOUD}/issuetypescreenscheme"
    of_project = {"issueTypeScreenScheme": {"id": "5"}, "projectIds": ["10"]}
    rsps.get(f"{base}/project", json={"isLast": True, "values": [of_project]})
    mapped = [{"screenSchemeId": "6"}, {"screenSchemeId": "6"}]
    rsps.get(f"{base}/mapping", json={"isLast": True, "values": mapped})
    scheme = {"id": 6, "screens": {"default": 42, "edit": 42}}
    rsps.get(
        f"{CLOUD}/screenscheme",
        json={"isLast": True, "values": [scheme]},
        match=[matchers.query_param_matcher({"id": "6"}, strict_match=False)],
    )
    plan = plan_fields(jira(), [], ["SHOP", "SHOP"])
    assert {step.screen for step in plan.doable} == {"42"}
    assert len(plan.doable) == 5


def test_a_team_managed_project_is_told_what_to_click(rsps):
    site(rsps, made())
    rsps.get(
        f"{CLOUD}/project/TEAM", json={"id": "11", "key": "TEAM", "style": "next-gen", "simplified": True}
    )
    plan = plan_fields(jira(), [], ["TEAM"])
    assert plan.doable == ()
    assert told(plan)[-1] == ("click", "TEAM")
    assert "Project settings > Fields" in plan.steps[-1].detail


def test_data_center_cannot_tell_a_projects_screens_so_a_person_is_asked(rsps):
    site(rsps, made(), root=SERVER)
    rsps.get(f"{SERVER}/project/SHOP", json={"id": "10", "key": "SHOP"})
    plan = plan_fields(jira(cloud=False), [], ["SHOP"])
    assert {step.screen for step in plan.doable} == {"1"}
    assert "--screen ID" in plan.steps[-1].detail


def test_without_administration_everything_is_told_and_nothing_tried(rsps):
    site(rsps, made("key_result"), admin=False)
    plan = plan_fields(jira(), [], ["SHOP"])
    assert plan.doable == ()
    assert [step.what for step in plan.steps] == ["found", "click", "click", "click", "click", "click"]
    assert not any("screens" in url for _, url in calls(rsps))


def test_what_builds_on_a_failed_step_is_skipped(rsps):
    site(rsps, made()[1:])
    taken(rsps)
    refused = {"errorMessages": ["No permission"]}
    rsps.replace("POST", f"{CLOUD}/field", status=403, json=refused)
    results = apply_fields(jira(), plan_fields(jira(), [], []))
    by_role = {(result.step.what, result.step.role): result.outcome for result in results}
    assert by_role["create", "key_result"] == "failed"
    assert by_role["place", "key_result"] == "skipped"
    assert by_role["place", "score"] == "done"


@pytest.mark.parametrize(("held", "outcome"), [(["customfield_1"], "done"), ([], "failed")])
def test_a_refusal_to_place_is_looked_into(rsps, held, outcome):
    """Jira answers 400 where the field is on the screen already, which somebody else may just have done."""
    site(rsps, made())
    plan = plan_fields(jira(), [], [])
    rsps.replace("GET", f"{CLOUD}/screens/1/tabs/7/fields", json=[{"id": id} for id in held])
    rsps.post(f"{CLOUD}/screens/1/tabs/7/fields", status=400, json={"errorMessages": ["already there"]})
    [result, *_] = apply_fields(jira(), plan)
    assert result.outcome == outcome


def test_a_login_page_with_status_200_is_no_answer(rsps):
    site(rsps, made())
    rsps.replace(
        "GET", f"{CLOUD}/screens/1/tabs/7/fields", body="<html>log in</html>", content_type="text/html"
    )
    with pytest.raises(UnexpectedAnswer):
        plan_fields(jira(), [], [])
