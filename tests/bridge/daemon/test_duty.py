"""What the daemon works for: files in order are taken up, others change nothing and are told of."""

from __future__ import annotations

import logging

import pytest

from bridge import config
from bridge.daemon.agenda import Job
from bridge.daemon.duty import BRAKE, LOOK_EVERY, NOTICE, RETRY_EVERY, Duty, fixed_changes
from bridge.errors import ConfigError, Misconfigured
from bridge.model import Problem
from bridge.provisioning import EPIC
from bridge.report.steps import StepsReport
from bridge.store import ConnectionResult, Written, WrittenKey
from bridge.sync import Orders
from tests.bridge.daemon.desk import Desk, kr
from tests.stores import read_only

JIRA = """\
[connections.acme]
tool = "jira"
url = "https://acme.atlassian.net"
email = "bridge@acme.example"
token = "file:token"
"""
GOOD = kr("KR1", ("mem", "MEM-1"), title="Another title")


def look(desk: Desk, seconds: float = LOOK_EVERY) -> bool:
    """Some time later: whether there is another application."""
    desk.seconds += seconds
    return desk.duty.refresh()


def titles(desk: Desk) -> list[str]:
    return [one.title for one in desk.duty.app.okrs.key_results]


def notices(desk: Desk) -> list[str]:
    return [one.message for one in desk.store.notices.all() if one.name == NOTICE]


def test_files_that_stay_the_same_are_left_alone(desk):
    app = desk.duty.app
    assert not any(look(desk) for _ in range(3))
    assert desk.duty.app is app


def test_a_changed_okr_file_is_taken_up_and_the_old_connections_closed(desk, caplog):
    caplog.set_level(logging.INFO)
    desk.duty.run(Orders())
    before = desk.duty.app
    desk.okrs(GOOD)
    assert look(desk)
    assert titles(desk) == ["Another title"]
    assert desk.closed == [before]
    assert before.accounts.open == {}
    assert [len(revision.document) > 0 for revision in desk.store.revisions.all()] == [True, True]
    assert "the files were taken up anew" in caplog.text
    assert not look(desk)
    assert desk.duty.run(Orders()).outcome == "done"


def test_files_are_not_looked_at_all_the_time(desk):
    desk.okrs(GOOD)
    assert not look(desk, LOOK_EVERY / 2)
    assert look(desk, LOOK_EVERY / 2)


def test_asked_for_they_are_taken_up_changed_or_not_and_at_once(desk):
    before = desk.duty.app
    assert desk.duty.refresh(anew=True)
    assert desk.duty.app is not before
    desk.okrs(GOOD)
    assert desk.duty.refresh(anew=True)
    assert not look(desk), "what was taken up at once is not taken up again"


BROKEN = {
    "no TOML": "[[objectives",
    "a rule broken": kr("KR1", ("nowhere", "MEM-1")),
    "not text": "\udcff",
    "a kind that is none": "\n[cycle]\n",
    "empty": None,
}


@pytest.mark.parametrize("text", BROKEN.values(), ids=BROKEN)
def test_a_broken_file_keeps_the_old_is_told_and_taken_once_corrected(desk, caplog, text):
    before = desk.duty.app
    if text is None:
        desk.okr_file.write_text("")
    else:
        desk.okr_file.write_bytes(desk.okr_file.read_bytes() + text.encode("utf-8", "surrogateescape"))
    assert not look(desk)
    assert desk.duty.app is before
    [notice] = desk.store.notices.all()
    assert notice.name == NOTICE
    assert "okrs.toml" in notice.message
    assert notice.hint
    [reason] = desk.health.ready()[1:]
    assert reason.startswith("configuration not taken: okrs.toml")
    assert [record.levelname for record in caplog.records if hasattr(record, "event")] == ["ERROR"]
    assert not look(desk)
    desk.okrs(GOOD)
    assert look(desk)
    assert titles(desk) == ["Another title"]
    assert desk.store.notices.all() == ()
    assert len(desk.health.ready()) == 1


def test_a_broken_configuration_of_another_kind_is_told_anew(desk, caplog):
    for text in ("[bridge]\nwrong = 1\n", "[bridge]\nworse = 1\n"):
        desk.config.write_text(text)
        assert not look(desk)
    assert "worse" in notices(desk)[0]
    assert [record.event for record in caplog.records if hasattr(record, "event")] == ["reload_refused"] * 2


def test_several_things_wrong_are_one_line_for_health_and_all_for_the_notice(desk):
    desk.config.write_text("[bridge]\nwrong = 1\nworse = 2\n")
    assert not look(desk)
    assert desk.health.known.configuration
    assert "\n" not in desk.health.known.configuration
    assert notices(desk)[0].count("\n") >= 1


def test_a_file_that_vanishes_for_a_moment_changes_nothing_in_the_end(desk):
    text = desk.okr_file.read_text("utf-8")
    desk.okr_file.unlink()
    assert not look(desk)
    assert notices(desk)
    desk.okr_file.write_text(text, "utf-8")
    assert look(desk)
    assert titles(desk) == ["Title", "Title"]
    assert not notices(desk)


def test_a_file_that_is_replaced_at_once_is_taken_up(desk):
    new = desk.folder / "new"
    new.write_text(desk.okr_file.read_text("utf-8").replace("Title", "Titel"), "utf-8")
    new.replace(desk.okr_file)
    assert look(desk)
    assert titles(desk) == ["Titel", "Titel"]


def test_a_folder_of_okrs_with_a_new_file(desk):
    folder = desk.folder / "okrs"
    folder.mkdir()
    desk.okr_file.rename(folder / "one.toml")
    desk.configure(bridge='okrs = "okrs"')
    assert look(desk)
    text = GOOD.replace("KR1", "KR9")
    (folder / "two.toml").write_text('[[objectives]]\nid = "O2"\ntitle = "More"\n' + text, "utf-8")
    assert look(desk)
    assert titles(desk) == ["Title", "Title", "Another title"]


def test_what_a_refused_configuration_lacks_may_come_where_nobody_watches(desk, caplog):
    desk.configure(bridge='okrs = "elsewhere.toml"')
    assert not look(desk)
    (desk.folder / "elsewhere.toml").write_text(desk.okr_file.read_text("utf-8"), "utf-8")
    for _ in range(14):
        assert not look(desk)
    assert look(desk, RETRY_EVERY)
    assert not notices(desk)
    assert [record.event for record in caplog.records if hasattr(record, "event")] == ["reload_refused"]


def test_a_rotated_token_has_the_connections_opened_anew(desk):
    token = desk.folder / "token"
    token.write_text("one")
    desk.configure(more=JIRA)
    assert look(desk)
    desk.duty.run(Orders())
    opened = len(desk.opened)
    token.write_text("another")
    assert look(desk)
    desk.duty.run(Orders())
    assert len(desk.opened) == 2 * opened


FIXED = {
    "the address": ('[serve]\nhost = "127.0.0.2"', ["serve.host"]),
    "port and lease": ("[serve]\nport = 1\nlease_seconds = 7", ["serve.port", "serve.lease_seconds"]),
    "limits": ("[serve]\nhook_bytes = 1000\nhook_seconds = 3", ["serve.hook_bytes", "serve.hook_seconds"]),
    "something else": ('[serve]\nping = "https://ping.example"', []),
}


@pytest.mark.parametrize(("more", "told"), FIXED.values(), ids=FIXED)
def test_what_only_a_new_start_can_take_up_is_told(desk, caplog, more, told):
    desk.configure(more=more)
    assert look(desk)
    said = [record.getMessage() for record in caplog.records if hasattr(record, "event")]
    assert said == [f"{place} holds from the next start on" for place in told]


def test_another_database_is_one_of_them(desk):
    before = config.load(desk.config, {})
    desk.configure(bridge='database = "sqlite:///other.db"')
    assert fixed_changes(before, config.load(desk.config, {})) == ["bridge.database"]


# --- what else may go wrong


def test_a_database_that_is_away_at_a_reload_loses_neither_the_change_nor_the_daemon(desk):
    desk.okrs(GOOD)
    with read_only(desk.store):
        assert not look(desk)
        assert desk.health.known.configuration
        assert titles(desk) == ["Title", "Title"]
    assert not look(desk)
    assert look(desk, RETRY_EVERY)
    assert titles(desk) == ["Another title"]
    assert desk.health.known.configuration == ""


def test_a_notice_that_could_not_be_kept_is_kept_later(desk, caplog):
    desk.config.write_text("[bridge]\nwrong = 1\n")
    with read_only(desk.store):
        assert not look(desk)
    assert not notices(desk)
    assert not look(desk, RETRY_EVERY)
    assert notices(desk)
    assert [record.event for record in caplog.records if hasattr(record, "event")] == ["reload_refused"]


def test_a_database_that_is_away_takes_files_that_need_none_of_it(desk):
    desk.duty = Duty(desk.duty.app, lambda: replaced(desk))
    desk.okrs(GOOD)
    with read_only(desk.store):
        assert look(desk)
        desk.duty.tell_next({("mem", "sync"): desk.clock.now()})


def replaced(desk: Desk):
    """The same application again, without asking the store."""
    from bridge.app import App

    return App(config.load(desk.config, {}), desk.store, desk.clock)


def test_a_file_that_the_program_stumbles_over_does_not_end_it(desk, caplog):
    def stumble():
        raise RecursionError

    desk.duty = Duty(desk.duty.app, stumble)
    desk.duty.changed = desk.health.configuration
    desk.okrs(GOOD)
    assert not look(desk)
    assert desk.health.known.configuration == "a defect (RecursionError)"
    assert "Traceback" in caplog.text


def test_what_a_daemon_before_could_not_take_is_no_news_of_this_one(desk):
    desk.store.notices.put(NOTICE, desk.clock.now(), "broken", "mend it")
    desk.sit_down()
    assert desk.store.notices.all() == ()


def test_a_change_between_reading_and_the_first_look_is_seen(desk):
    """A database that is slow to open: the files may have changed since they were read."""
    watch = desk.duty._watch
    desk.okrs(GOOD)
    desk.duty = Duty(desk.duty.app, desk.load, watch)
    assert look(desk)


# --- runs


def test_what_commands_by_hand_left_in_the_store_is_taken_up_by_the_next_run(desk):
    desk.duty.run(Orders())
    file, epic = desk.duty.app.file, desk.trackers["mem"].add("Made for it", tier="group")
    made = Written("", "", desk.clock.now())
    desk.store.written.put("mem", WrittenKey(f"MEM-{epic}", "KR1", EPIC, ""), made)
    desk.duty.run(Orders())
    assert len(desk.duty.app.okrs.key_results[0].links) == 2
    assert desk.duty.app.file is file, "the files are read when they change"


@pytest.mark.parametrize(("look_at", "renewals"), [(frozenset(), 0), (frozenset({"mem"}), 1)])
def test_webhooks_are_renewed_with_the_nightly_comparison(desk, monkeypatch, caplog, look_at, renewals):
    calls: list[str] = []

    def renew() -> StepsReport:
        calls.append("renew")
        return StepsReport((), (Problem(kind="webhooks", message="mem: no right"),))

    monkeypatch.setattr(desk.duty.app, "renew_webhooks", renew)
    assert desk.duty.run(Orders(kind="reconcile", look=look_at)).outcome == "done"
    assert len(calls) == renewals
    assert caplog.text.count("mem: no right") == renewals


def test_webhooks_that_cannot_be_renewed_keep_no_run_from_being_made(desk, monkeypatch, caplog):
    def renew() -> StepsReport:
        raise ConfigError([Misconfigured("connections.mem.token", "cannot be read")])

    monkeypatch.setattr(desk.duty.app, "renew_webhooks", renew)
    assert desk.duty.run(Orders(look=frozenset({"mem"}))).outcome == "done"
    assert "connections.mem.token: cannot be read" in caplog.text


def test_what_it_says_of_itself_is_of_the_files_as_they_are(desk):
    desk.configure("mem", bridge='timezone = "Asia/Shanghai"', more='[schedules]\nsync = "7m"')
    desk.okrs(GOOD)
    assert look(desk)
    assert desk.duty.connections == {"mem"}
    assert str(desk.duty.zone) == "Asia/Shanghai"
    assert desk.duty.plan[("mem", Job.SYNC)] == "7m"
    assert desk.duty.last_good() == {"mem": None}


def test_a_connection_that_nothing_is_read_from_falls_behind_nothing(desk):
    desk.okrs(GOOD)
    assert look(desk)
    assert desk.duty.last_good() == {"mem": None}
    desk.duty.run(Orders())
    assert desk.duty.last_good() == {"mem": desk.clock.now()}


def test_the_next_runs_are_kept_and_a_database_that_is_away_is_no_matter(desk):
    times = {("mem", "sync"): desk.clock.now()}
    desk.duty.tell_next(times)
    assert desk.store.schedule.all() == times
    with read_only(desk.store):
        desk.duty.tell_next({})
    assert desk.store.schedule.all() == times


def test_closing_closes_what_is_open_and_says_so_before(desk):
    seen: list[set[str]] = []
    desk.duty.closing = lambda app: seen.append(set(app.accounts.open))
    desk.duty.run(Orders())
    desk.duty.close()
    assert seen == [{"mem", "other"}]
    assert desk.duty.app.accounts.open == {}


def test_a_run_that_the_brake_stops_is_told_until_one_is_not_stopped(desk):
    desk.configure(more="[brake]\nminimum = 0\nshare = 0.0\nstep = 0.01")
    assert look(desk)
    desk.duty.run(Orders())
    desk.later(600)
    for tracker in desk.trackers.values():
        tracker.change(tracker.find("MEM-3"), category="done")
    assert desk.duty.run(Orders()).stopped
    desk.duty.run(Orders())
    (told,) = desk.store.notices.all()
    assert (told.name, told.at) == (BRAKE, desk.clock.now())
    assert "sync --force" in told.hint
    desk.duty.run(Orders(force=True))
    assert desk.store.notices.all() == ()


def test_what_the_brake_stopped_and_somebody_let_through_is_no_news_of_the_next_daemon(desk):
    desk.store.notices.put(BRAKE, desk.clock.now(), "2 key results would move", "sync --force")
    desk.duty.run(Orders())
    assert desk.store.notices.all() == ()


def test_all_is_well_only_where_no_connection_fails_those_left_alone_included(desk):
    desk.duty.run(Orders())
    assert desk.duty.all_well()
    desk.store.connections.put("other", ConnectionResult("1", False, "no answer", "", desk.clock.now()))
    assert desk.duty.run(Orders(reads=frozenset({"mem"}))).outcome == "done"
    assert not desk.duty.all_well()
