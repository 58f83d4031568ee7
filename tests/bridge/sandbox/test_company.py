"""The seeded company: believable in its shares, on any day of its quarter, with either deployment."""

from __future__ import annotations

from collections import Counter
from datetime import UTC, date, datetime, timedelta
from itertools import pairwise
from statistics import mean

import pytest

from bridge.okrs import load
from bridge.sandbox import Sandbox
from bridge.sandbox.company import STATUSES, TYPES, points_field
from bridge.sandbox.cycle import Cycle, cycle_of
from bridge.sandbox.jira import Jira
from bridge.sandbox.okrs import EPICS, okrs_toml
from bridge.sandbox.quarter import advance
from bridge.sandbox.records import Issue
from bridge.sandbox.story import BUGS, CART, PARTS, PEOPLE, REQUESTS, THEMES
from bridge.sandbox.workday import advance as advance_itself

NOON = datetime(2026, 11, 16, 12, tzinfo=UTC)
END = datetime(2026, 12, 31, 23, tzinfo=UTC)


def at(moment: datetime, deployment: str = "cloud", seed: int = 1) -> Jira:
    sandbox = Sandbox(deployment, now=lambda: moment, seed=seed)
    sandbox._socket.close()
    return sandbox.jira


def work(jira: Jira) -> list[Issue]:
    return [i for i in jira.store.issues.values() if jira.catalog.level(i) == 0 and i.project != "HELP"]


def share(part: list, whole: list) -> float:
    return len(part) / len(whole)


@pytest.fixture(scope="module")
def quarters() -> list[Jira]:
    """The end of the quarter, under several seeds."""
    return [at(END, seed=seed) for seed in range(1, 7)]


# --- shares


def test_a_few_of_a_hundred_are_cancelled(quarters):
    shares = []
    for jira in quarters:
        cancelled = [
            i for i in work(jira) if (i.fields["resolution"] or {}).get("name") in ("Won't Do", "Duplicate")
        ]
        shares.append(share(cancelled, work(jira)))
    assert 0.03 < mean(shares) < 0.12
    assert min(shares) > 0


def test_one_in_seven_was_never_estimated(quarters):
    shares = []
    for jira in quarters:
        fields = {project: points_field(jira, project) for project in ("SHOP", "GROW")}
        bare = [i for i in work(jira) if i.fields.get(fields[i.project]) is None]
        shares.append(share(bare, work(jira)))
    assert 0.1 < mean(shares) < 0.25


def test_some_came_back_and_some_were_blocked_for_a_while(quarters):
    for jira in quarters:
        seen = Counter()
        for issue in work(jira):
            items = [item for change in issue.changes() for item in change.items]
            seen["reopened"] += any(i["field"] == "resolution" and i["to"] is None for i in items)
            seen["blocked"] += any(i["field"] == "Flagged" and i["toString"] for i in items)
        assert 1 <= seen["reopened"] <= 20
        assert 1 <= seen["blocked"] <= 20


def test_nothing_is_done_but_by_somebody(quarters):
    names = {*PEOPLE, "OKR Bridge"}
    for jira in quarters:
        authors = {c.author["displayName"] for i in jira.store.issues.values() for c in i.changes()}
        assert authors <= names
        assert len(authors & set(PEOPLE)) == len(PEOPLE)


def test_points_are_those_that_teams_use(quarters):
    for jira in quarters:
        values = {i.fields.get(points_field(jira, p)) for p in ("SHOP", "GROW") for i in work(jira)} - {None}
        assert values <= {1.0, 2.0, 3.0, 5.0, 8.0, 13.0}
        assert len(values) >= 5


def test_by_the_end_nearly_all_is_done_but_not_everywhere(quarters):
    for jira in quarters:
        done = [i for i in work(jira) if i.category == "done"]
        assert 0.7 < share(done, work(jira)) < 1


def test_themes_run_ahead_or_behind():
    jira = at(NOON)
    epics = {i.fields["summary"]: i for i in jira.store.issues.values() if jira.catalog.level(i) == 1}
    done = {
        theme.title: share([c for c in below if c.category == "done"], below)
        for theme in THEMES
        if (below := jira.store.children(epics[theme.title].id))
    }
    leads = {theme.title: theme.lead for theme in THEMES}
    ahead = mean(done[title] for title, lead in leads.items() if lead > 0)
    behind = mean(done[title] for title, lead in leads.items() if lead < 0)
    assert ahead > behind + 0.1


# --- what it is made of


def test_every_title_stands_once():
    titles = [title for theme in THEMES for title in (theme.title, *theme.work)]
    titles += [*REQUESTS, *(title for bugs in BUGS.values() for title in bugs)]
    assert [title for title, times in Counter(titles).items() if times > 1] == []
    assert set(BUGS) <= {theme.title for theme in THEMES}
    assert CART in {theme.title for theme in THEMES}


@pytest.mark.parametrize("project", STATUSES)
def test_a_workflow_goes_from_new_through_progress_to_done(project):
    categories = [category for _, _, category in STATUSES[project]]
    assert categories[0] == "new"
    assert categories[-1] == "done"
    assert set(categories[1:-1]) == {"indeterminate"}
    assert -1 in [level for _, _, level in TYPES[project]]


def test_teams_statuses_bear_the_same_names_under_other_ids():
    jira = at(NOON)
    ids = [status["id"] for status in jira.catalog.statuses.values() if status["name"] == "In Progress"]
    assert len(ids) == 2
    scoped = {
        s["id"]: s.get("scope", {}).get("project", {}).get("id") for s in jira.catalog.statuses.values()
    }
    assert sorted(scoped[id] or "" for id in ids) == ["", "10001"]


def test_a_service_project_has_its_own_screen_and_kind():
    jira = at(NOON)
    help = jira.catalog.projects["HELP"]
    assert (help.kind, help.screen) == ("service_desk", 2)
    assert jira.catalog.projects["SHOP"].screen == 1


def test_sub_tasks_hang_below_stories_with_all_parts():
    jira = at(END)
    parts = [i for i in jira.store.issues.values() if jira.catalog.level(i) == -1]
    by_parent = Counter(part.parent for part in parts)
    assert set(by_parent.values()) == {len(PARTS)}
    assert {jira.catalog.level(jira.store.issues[id]) for id in by_parent} == {0}


@pytest.mark.parametrize(
    ("day", "states"),
    [
        ((10, 1), ["future"] * 6),
        ((10, 2), ["active", *["future"] * 5]),
        ((11, 16), ["closed"] * 3 + ["active"] + ["future"] * 2),
        ((12, 31), ["closed"] * 6),
    ],
)
def test_sprints_are_past_present_and_future(day, states):
    jira = at(datetime(2026, *day, 8, tzinfo=UTC))
    found = [sprint["state"] for sprint in jira.catalog.sprints.values()]
    assert found == states
    assert all(("completeDate" in s) == (s["state"] == "closed") for s in jira.catalog.sprints.values())


def test_work_is_in_the_sprint_in_which_it_was_begun():
    jira = at(NOON)
    for issue in work(jira):
        for sprint in issue.fields.get("customfield_10020") or ():
            begun = next(c.at for c in issue.changes() for i in c.items if i["field"] == "status")
            assert (
                sprint["startDate"]
                <= f"{datetime.fromtimestamp(begun / 1000, UTC):%Y-%m-%dT%H:%M:%S}"
                < sprint["endDate"]
            )
    assert jira.search("sprint in openSprints()")


# --- any day of any quarter

DAYS = {
    "before its first hour": datetime(2026, 10, 1, 0, 0, tzinfo=UTC),
    "in its first week": datetime(2026, 10, 6, 9, tzinfo=UTC),
    "in its middle": NOON,
    "in its last week": datetime(2026, 12, 28, 9, tzinfo=UTC),
    "at its last minute": datetime(2026, 12, 31, 23, 59, 59, tzinfo=UTC),
    "on a leap day": datetime(2028, 2, 29, 9, tzinfo=UTC),
    "far ahead": datetime(2040, 8, 15, 9, tzinfo=UTC),
}


@pytest.fixture(scope="module", params=DAYS)
def day(request) -> tuple[datetime, Jira]:
    return DAYS[request.param], at(DAYS[request.param])


def test_its_objectives_load_and_their_epics_are_there(day, tmp_path):
    moment, jira = day
    file = tmp_path / "okrs.toml"
    file.write_text(okrs_toml(jira), encoding="utf-8")
    okrs = load([file], ["acme"])
    assert okrs.cycle.start <= moment.date() <= okrs.cycle.end
    assert sum(len(objective.key_results) for objective in okrs.objectives) == 12
    titles = {issue.fields["summary"] for issue in jira.store.issues.values()}
    assert set(EPICS.values()) <= titles


def test_no_history_runs_ahead_and_each_leads_to_the_present(day):
    moment, jira = day
    now = int(moment.timestamp() * 1000)
    for issue in jira.store.issues.values():
        steps = [item for change in issue.changes() for item in change.items if item["field"] == "status"]
        assert issue.created <= issue.updated <= now
        assert all(a["to"] == b["from"] for a, b in pairwise(steps))
        assert not steps or steps[-1]["to"] == issue.fields["status"]["id"]
        assert (issue.fields["resolution"] is None) == (issue.category != "done")


def test_a_day_goes_by_on_any_day(day):
    _, jira = day
    before = len(jira.store.issues)
    told = [line for step in range(1, 6) for line in advance(jira, step)]
    assert len(told) > 5
    assert len(jira.store.issues) == before + 5
    assert all(line.split(" ")[0] in jira.store.keys for line in told)


def test_more_is_done_the_later_it_is():
    done = []
    for week in range(0, 13, 3):
        jira = at(datetime(2026, 10, 1, 12, tzinfo=UTC) + timedelta(weeks=week))
        done.append(sum(i.category == "done" for i in work(jira)))
    assert done == sorted(done)
    assert done[-1] > done[0] + 60


# --- the same again


def told(jira: Jira) -> list:
    return [
        (i.id, i.key, i.fields["summary"], i.fields["created"], [(c.at, c.items) for c in i.changes()])
        for i in jira.store.issues.values()
    ]


def test_the_same_seed_gives_the_same_histories_to_the_millisecond():
    assert told(at(NOON, seed=5)) == told(at(NOON, seed=5))
    assert told(at(NOON, seed=5)) != told(at(NOON, seed=6))


def test_both_deployments_have_the_same_work():
    pictures = [
        {
            i.fields["summary"]: (i.key, i.category, i.fields["updated"])
            for i in at(NOON, name).store.issues.values()
        }
        for name in ("cloud", "datacenter")
    ]
    assert pictures[0] == pictures[1]


def test_the_past_of_a_later_day_is_that_of_an_earlier_one():
    early, late = at(NOON), at(NOON + timedelta(days=10))
    for issue in early.store.issues.values():
        again = late.store.issues[issue.id]
        first = [(c.at, c.items) for c in issue.changes()]
        assert [(c.at, c.items) for c in again.changes()][: len(first)] == first


def test_a_working_day_is_the_same_for_the_same_step():
    one, other = at(NOON), at(NOON)
    assert advance(one, 3) == advance(other, 3) != advance(at(NOON), 4)
    assert advance is advance_itself


def test_a_working_day_brings_something_back_every_second_time():
    jira = at(NOON)
    words = [Counter(line.split(":")[0].split(" ")[1] for line in advance(jira, step)) for step in (2, 3)]
    assert [counted["reopened"] for counted in words] == [0, 1]
    assert [counted["added"] for counted in words] == [1, 1]


def test_a_sandbox_without_the_quarter_has_no_objectives():
    sandbox = Sandbox(empty=True)
    sandbox._socket.close()
    with pytest.raises(KeyError):
        okrs_toml(sandbox.jira)


@pytest.mark.parametrize("month", range(1, 13))
def test_quarters_join_without_a_gap(month):
    cycle = cycle_of(date(2027, month, 15))
    assert cycle.start <= date(2027, month, 15) <= cycle.end
    assert cycle_of(cycle.end + timedelta(days=1)).start == cycle.end + timedelta(days=1)
    assert cycle_of(cycle.start) == cycle_of(cycle.end) == cycle


def test_a_share_of_the_quarter_is_an_instant_in_it():
    cycle = Cycle("x", date(2026, 10, 1), date(2026, 12, 31))
    instants = [datetime.fromtimestamp(cycle.ms(share) / 1000, UTC) for share in (0, 0.5, 1)]
    assert [f"{one:%m-%d %H:%M}" for one in instants] == ["10-01 09:00", "11-16 09:00", "01-01 09:00"]
