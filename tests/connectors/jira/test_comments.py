import pytest
import requests
import responses
from responses import matchers

from bridge.errors import AccessDenied, Full, NotFound, PartialRead, Transient, UnexpectedAnswer
from bridge.model import Paragraph, Span
from connectors.base import FoundComment, Mark
from connectors.jira.comments import Comments
from connectors.jira.projects import Projects
from tests.connectors.jira.wire import CLOUD, SERVER, api, calls, sent

MARK = Mark("here", "O1-KR1", "abc")
VALUE = {"version": 1, "instance": "here", "kr": "O1-KR1", "hash": "abc"}
BODY = (Paragraph((Span("KR at *60%*"),)),)
NOTIFY = "To discard the user notification either admin or project admin permissions are required."
QUIET = [matchers.query_param_matcher({"notifyUsers": "false"})]
LOUD = [matchers.query_param_matcher({})]
LIST = f"{CLOUD}/issue/S-1/comment"


@pytest.fixture
def rsps():
    with responses.RequestsMock(assert_all_requests_are_fired=False) as mock:
        yield mock


def comments(cloud=True, visibility=()):
    wire = api(cloud)
    return Comments(wire, Projects(wire), dict(visibility))


def project(rsps, root=CLOUD, kind="software"):
    rsps.get(f"{root}/issue/S-1", json={"fields": {"project": {"key": "S", "projectTypeKey": kind}}})


def last(rsps):
    return sent(rsps.calls[-1])


def test_a_new_comment_bears_its_mark_from_the_first_moment(rsps):
    project(rsps)
    rsps.post(LIST, status=201, json={"id": "77"})
    assert comments().put("S-1", BODY, MARK, None) == "77"
    assert last(rsps)["properties"] == [{"key": "okr-bridge", "value": VALUE}]
    assert last(rsps)["body"]["content"][0]["content"] == [{"type": "text", "text": "KR at *60%*"}]
    assert "visibility" not in last(rsps)


def test_data_center_gets_escaped_wiki_text(rsps):
    project(rsps, SERVER)
    rsps.post(f"{SERVER}/issue/S-1/comment", status=201, json={"id": "77"})
    comments(cloud=False).put("S-1", BODY, MARK, None)
    assert last(rsps)["body"] == r"KR at \*60%\*"


@pytest.mark.parametrize("comment", [None, "77"])
@pytest.mark.parametrize("cloud", [True, False])
def test_in_a_service_project_every_write_is_an_internal_note(rsps, cloud, comment):
    root = CLOUD if cloud else SERVER
    project(rsps, root, kind="service_desk")
    rsps.post(f"{root}/issue/S-1/comment", status=201, json={"id": "77"})
    rsps.put(f"{root}/issue/S-1/comment/77", json={"id": "77"})
    comments(cloud).put("S-1", BODY, MARK, comment)
    assert {"key": "sd.public.comment", "value": {"internal": True}} in last(rsps)["properties"]


def test_an_issue_that_moved_to_a_service_project_is_seen_as_one(rsps):
    project(rsps)
    project(rsps, kind="service_desk")
    rsps.post(LIST, status=201, json={"id": "77"})
    wire = api()
    ours = Comments(wire, Projects(wire), {})
    ours.put("S-1", BODY, MARK, None)
    assert len(last(rsps)["properties"]) == 1
    wire.http.clock.sleep(3600)
    ours.put("S-1", BODY, MARK, None)
    assert len(last(rsps)["properties"]) == 2


def test_a_project_whose_kind_the_issue_does_not_tell_is_asked(rsps):
    rsps.get(f"{CLOUD}/issue/S-1", json={"fields": {"project": {"key": "S"}}})
    rsps.get(f"{CLOUD}/project/S", json={"key": "S", "projectTypeKey": "service_desk"})
    rsps.post(LIST, status=201, json={"id": "77"})
    comments().put("S-1", BODY, MARK, None)
    assert len(last(rsps)["properties"]) == 2


def test_the_visibility_is_sent_with_every_edit(rsps):
    project(rsps)
    rsps.put(f"{LIST}/77", json={"id": "77"})
    comments(visibility={"type": "role", "value": "Developers"}).put("S-1", BODY, MARK, "77")
    assert last(rsps)["visibility"] == {"type": "role", "value": "Developers"}


def test_an_edit_spares_the_watchers_a_mail_until_jira_refuses(rsps):
    project(rsps)
    refused = {"errorMessages": [NOTIFY]}
    rsps.put(f"{LIST}/77", status=403, json=refused, match=QUIET)
    rsps.put(f"{LIST}/77", json={"id": "77"}, match=LOUD)
    ours = comments()
    assert ours.put("S-1", BODY, MARK, "77") == "77"
    ours.put("S-1", BODY, MARK, "77")
    assert [call.response.status_code for call in rsps.calls if call.request.method == "PUT"] == [
        403,
        200,
        200,
    ]


def test_data_center_knows_no_such_flag(rsps):
    project(rsps, SERVER)
    rsps.put(f"{SERVER}/issue/S-1/comment/77", json={"id": "77"}, match=LOUD)
    assert comments(cloud=False).put("S-1", BODY, MARK, "77") == "77"


def test_a_missing_permission_to_edit_comes_as_400_and_is_told_as_one(rsps):
    project(rsps)
    text = "You do not have the permission to edit this comment."
    rsps.put(f"{LIST}/77", status=400, json={"errorMessages": [text]})
    with pytest.raises(AccessDenied) as error:
        comments().put("S-1", BODY, MARK, "77")
    assert '"Edit own comments"' in error.value.hint


def test_a_comment_that_is_gone_is_not_found(rsps):
    project(rsps)
    rsps.put(f"{LIST}/77", status=404, json={"errorMessages": ["Can not find a comment for the id: 77."]})
    with pytest.raises(NotFound):
        comments().put("S-1", BODY, MARK, "77")


def test_a_new_comment_is_never_sent_twice(rsps):
    project(rsps)
    rsps.post(LIST, body=requests.ReadTimeout("slow"))
    with pytest.raises(Transient) as error:
        comments().put("S-1", BODY, MARK, None)
    assert error.value.maybe_done
    assert [method for method, _ in calls(rsps)].count("POST") == 1


def test_an_edit_is_repeated_after_a_broken_line(rsps):
    project(rsps)
    rsps.put(f"{LIST}/77", body=requests.ReadTimeout("slow"))
    rsps.put(f"{LIST}/77", json={"id": "77"})
    assert comments().put("S-1", BODY, MARK, "77") == "77"


def test_an_issue_with_too_many_comments_is_full(rsps):
    project(rsps)
    rsps.post(LIST, status=413)
    with pytest.raises(Full):
        comments().put("S-1", BODY, MARK, None)


def page(ids, start, total, **more):
    found = [{"id": str(id)} | more for id in ids]
    return {"startAt": start, "maxResults": 100, "total": total, "comments": found}


def test_marked_comments_of_every_bridge_are_found_over_all_pages(rsps):
    rsps.get(
        LIST,
        json=page(range(100), 0, 150),
        match=[matchers.query_param_matcher({"startAt": 0}, strict_match=False)],
    )
    rsps.get(
        LIST,
        json=page(range(100, 150), 100, 150),
        match=[matchers.query_param_matcher({"startAt": 100}, strict_match=False)],
    )
    others = {"instance": "there", "kr": "1", "hash": "h"}
    held = {3: VALUE, 5: "scribble", 149: others}
    values = [
        {"id": str(id), "properties": [{"key": "okr-bridge", "value": held[id]}] if id in held else []}
        for id in range(150)
    ]
    del values[6]["properties"]
    rsps.post(f"{CLOUD}/comment/list", json={"values": values})
    found = comments().marked("S-1")
    assert found == (FoundComment("3", MARK), FoundComment("149", Mark("there", "1", "h")))
    assert last(rsps) == {"ids": list(range(150))}
    assert "expand=properties" in rsps.calls[-1].request.url


def test_more_comments_than_one_call_takes_are_asked_in_batches(rsps):
    rsps.get(LIST, json=page(range(1001), 0, 1001))
    for ids in (range(1000), [1000]):
        rsps.post(f"{CLOUD}/comment/list", json={"values": [{"id": str(id)} for id in ids]})
    comments().marked("S-1")
    assert [len(sent(call)["ids"]) for call in rsps.calls[1:]] == [1000, 1]


def test_a_list_that_ends_too_early_tells_nothing(rsps):
    rsps.get(LIST, json=page([], 0, 3))
    with pytest.raises(PartialRead):
        comments().marked("S-1")


@pytest.mark.parametrize("answer", [{}, [], {"values": None}, {"values": [None]}])
def test_properties_that_are_not_told_are_not_taken_for_none(rsps, answer):
    rsps.get(LIST, json=page(range(1), 0, 1))
    rsps.post(f"{CLOUD}/comment/list", json=answer)
    with pytest.raises(UnexpectedAnswer):
        comments().marked("S-1")


def test_a_comment_that_the_second_list_leaves_out_is_not_taken_for_nobodys(rsps):
    """As a caller whose login got lost is answered."""
    rsps.get(LIST, json=page(range(2), 0, 2))
    rsps.post(f"{CLOUD}/comment/list", json={"values": [{"id": "1"}]})
    with pytest.raises(PartialRead):
        comments().marked("S-1")


@pytest.mark.parametrize("keys", [None, [{"key": "okr-bridge"}]], ids=["gone", "there all the same"])
def test_a_comment_of_ours_without_its_property_is_asked_twice(rsps, keys):
    rsps.get(f"{SERVER}/myself", json={"name": "bot", "key": "JIRAUSER1"})
    rsps.get(f"{SERVER}/issue/S-1/comment", json=page([2], 0, 1, author={"name": "bot"}))
    rsps.get(f"{SERVER}/comment/2/properties/okr-bridge", status=404)
    rsps.get(f"{SERVER}/comment/2/properties", json={"keys": keys}, status=404 if keys is None else 200)
    with pytest.raises(PartialRead):
        comments(cloud=False).marked("S-1")


def test_data_center_is_asked_for_the_properties_of_our_own_comments(rsps):
    rsps.get(f"{SERVER}/myself", json={"name": "bot", "key": "JIRAUSER1"})
    found = page([1, 2], 0, 3, author={"name": "bot"})
    found["comments"].append({"id": "3", "author": {"name": "ann"}})
    rsps.get(f"{SERVER}/issue/S-1/comment", json=found)
    rsps.get(f"{SERVER}/comment/1/properties/okr-bridge", json={"key": "okr-bridge", "value": VALUE})
    rsps.get(f"{SERVER}/comment/2/properties/okr-bridge", status=404)
    rsps.get(f"{SERVER}/comment/2/properties", json={"keys": []})
    assert comments(cloud=False).marked("S-1") == (FoundComment("1", MARK),)


def test_removing_a_comment_that_is_gone_is_done(rsps):
    rsps.delete(f"{LIST}/77", status=404)
    comments().remove("S-1", "77")
    assert calls(rsps)[0][0] == "DELETE"
