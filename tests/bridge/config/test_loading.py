from __future__ import annotations

from decimal import Decimal
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest
from pydantic import ValidationError

from bridge.config import JiraConnection, Settings, find, findings, load, validated
from bridge.errors import ConfigError
from bridge.model import Finding

JIRA = '[connections.acme]\ntool = "jira"\nurl = "https://acme.atlassian.net"\ntoken = "env:T"\n'


def settings(folder: Path, text: str, environ: dict[str, str] | None = None) -> Settings:
    path = folder / "okr-bridge.toml"
    path.write_text(text, encoding="utf-8")
    return load(path, environ or {})


def complaints(folder: Path, text: str) -> list[str]:
    with pytest.raises(ConfigError) as caught:
        settings(folder, text)
    return str(caught.value).splitlines()


def acme(found: Settings) -> JiraConnection:
    one = found.connections["acme"]
    assert isinstance(one, JiraConnection)
    return one


def test_an_empty_file_is_a_bridge_with_every_default(tmp_path):
    found = settings(tmp_path, "")
    assert found.bridge.zone == ZoneInfo("UTC")
    assert found.bridge.okrs == (tmp_path / "okrs.toml",)
    assert found.database_url() == f"sqlite:///{tmp_path}/okr-bridge.db"
    assert (found.pace.off_track, found.pace.at_risk) == (Decimal("0.40"), Decimal("0.70"))
    assert (found.brake.share, found.brake.minimum) == (Decimal("0.30"), 10)
    assert (found.lint.max_objectives, found.store.keep_days, found.history.at) == (5, 0, "23:59")
    assert (found.serve.port, found.schedules.sync, found.file) == (8321, "5m", tmp_path / "okr-bridge.toml")


PLACES = {
    "an unknown key": (JIRA + 'tokn = "x"', "connections.acme.tokn: unknown key, did you mean token?"),
    "an unknown section": ("[brdige]", "brdige: unknown key, did you mean bridge?"),
    "nothing like it": ("[bridge]\nzzz = 1", "bridge.zzz: unknown key"),
    "an unknown tool": ('[connections.a]\ntool = "jria"', "connections.a.tool: must be one of jira, "),
    "no tool": ("[connections.a]", "connections.a.tool: is missing (the kind of system, such as jira)"),
    "no table": ("connections = 3", "connections: must be a table"),
    "no table for one": ("connections.a = 3", "connections.a: must be a table"),
    "no url": (JIRA.replace("url", "#"), "connections.acme.url: is missing (https://SITE"),
    "no token": (JIRA.replace("token", "#"), "connections.acme.token: is missing (Where the token is"),
    "a strange name": ('[connections."a b"]\ntool = "memory"', "connections.a b: a connection's name is"),
    "text for a number": (JIRA + 'concurrency = "10"', "acme.concurrency: must be a whole number, without"),
    "a switch for a number": (JIRA + "concurrency = true", "concurrency: must be a whole number"),
    "too few": (JIRA + "concurrency = 0", "concurrency: must be at least 1"),
    "no time at all": (JIRA + "timeout = 0", "connections.acme.timeout: must be greater than 0"),
    "time as text": (JIRA + 'timeout = "x"', "timeout: must be a number, without quotes"),
    "text for a switch": ('[publish]\nfields = "yes"', "publish.fields: must be true or false"),
    "text for a list": (JIRA + 'cancelled_statuses = "x"', "cancelled_statuses: must be a list, in [ ]"),
    "an empty word": (JIRA + 'cancelled_statuses = [""]', "cancelled_statuses.0: must not be empty"),
    "a weight above 1": (JIRA + "status_weights = { done = 2 }", "status_weights.done: must be at most 1"),
    "half a visibility": (
        JIRA + 'comment_visibility = { type = "role" }',
        "connections.acme.comment_visibility.value: is missing",
    ),
    "a number for text": ("[bridge]\nlanguage = 3", "bridge.language: must be one of en, zh-CN"),
    "a word nearly right": ('[bridge]\nlanguage = "zh_cn"', "must be one of en, zh-CN, did you mean zh-CN?"),
    "no time zone": ('[bridge]\ntimezone = "Mars/Base"', "bridge.timezone: is no time zone (an IANA name"),
    "a path for a zone": ('[bridge]\ntimezone = "../etc"', "bridge.timezone: is no time zone"),
    "no instance": ('[bridge]\ninstance = "a b"', "bridge.instance: must be 1 to 64 letters"),
    "no OKRs": ("[bridge]\nokrs = []", "bridge.okrs: must be a file, a list of files or a folder"),
    "OKRs by number": ("[bridge]\nokrs = [1]", "bridge.okrs: must name files in quotes"),
    "an unordered pace": ("[pace]\noff_track = 0.8", "pace: off_track must not be nearer"),
    "a negative ratio": ("[pace]\noff_track = -1", "pace: by ratio, off_track and at_risk are at least 0"),
    "a grace beyond 1": ("[pace]\ngrace = 1.5", "pace.grace: must be at most 1"),
    "no schedule": ('[schedules]\nsync = "5 minutes"', "schedules.sync: is no schedule"),
    "a day that never comes": ('[schedules]\nsweep = "0 0 31 2 *"', "schedules.sweep: is no schedule"),
    "no cron line": ('[connections.a]\ntool = "memory"\nschedules.sync = "0 3 * *"', "sync: is no schedule"),
    "no time of day": ('[history]\nat = "24:00"', "history.at: must be a time of day"),
    "no certificate": (JIRA + 'ca_bundle = "none.pem"', "connections.acme.ca_bundle: no such file"),
    "no port": ("[serve]\nport = 70000", "serve.port: must be at most 65535"),
    "no database": ('[bridge]\ndatabase = "okr.db"', "bridge.database: must be a database address"),
    "a database by number": ("[bridge]\ndatabase = 1", "bridge.database: must be text, in quotes"),
    "no proxy": (JIRA + 'proxy = "proxy:80"', "connections.acme.proxy: must be a proxy's address"),
}


@pytest.mark.parametrize(("text", "said"), PLACES.values(), ids=PLACES)
def test_a_problem_is_told_with_file_place_and_next_step(tmp_path, text, said):
    (line,) = complaints(tmp_path, text)
    assert line.startswith("okr-bridge.toml: ")
    assert said in line


def test_all_problems_come_at_once(tmp_path):
    text = "[bridge]\nzone = 1\nlanguage = 2\n[pace]\nrule = 3\n[connections.b]\n" + JIRA + "timeout = 0\n"
    assert len(complaints(tmp_path, text)) == 5


SECRETS = {
    "a literal token": JIRA.replace("env:T", "hunter2"),
    "a token as a number": JIRA.replace('"env:T"', "424242"),
    "a password in the database": '[bridge]\ndatabase = "postgresql://okr:hunter2@db/okr"',
    "a password in its query": '[bridge]\ndatabase = "postgresql://db/okr?password=hunter2"',
    "an odd database": '[bridge]\ndatabase = "postgresql://okr:hunter2/[@db/okr"',
    "a login in the url": JIRA.replace("https://", "https://bot:hunter2@"),
    "a user in the url": JIRA.replace("https://", "https://hunter2@"),
    "a password in the proxy": JIRA + 'proxy = "http://u:hunter2@proxy:80"',
    "a token under a wrong key": JIRA + 'password = "hunter2"',
    "a token in a wrong place": '[bridge]\nlanguage = "hunter2"\ntimezone = "hunter2"\ninstance = "hunter2 "',
    "a ping with a login": '[serve]\nping = "https://hunter2:hunter2@hc-ping.com"',
    "a wrong tool": '[connections.a]\ntool = "hunter2"',
    "a list of tokens": JIRA.replace('"env:T"', '["hunter2"]'),
    "broken TOML": JIRA.replace('"env:T"', '"hunter2'),
    "a second token": JIRA + 'token = "hunter2"',
    "a table of it": JIRA + 'deployment = { hunter = "hunter2" }',
}


@pytest.mark.parametrize("text", SECRETS.values(), ids=SECRETS)
def test_a_problem_never_repeats_what_stands_in_the_file(tmp_path, text):
    with pytest.raises(ConfigError) as caught:
        settings(tmp_path, text)
    shown = f"{caught.value} {caught.value!r} {caught.value.problems} {caught.value.__cause__}"
    assert "hunter2" not in shown
    assert "424242" not in shown


def test_a_secret_in_the_file_is_refused_with_the_way_out(tmp_path):
    (line,) = complaints(tmp_path, SECRETS["a literal token"])
    assert line.endswith("(name where it is: env:NAME | file:PATH | keyring:SERVICE/USER)")
    (line,) = complaints(tmp_path, SECRETS["a password in the database"])
    assert line.endswith('(put the whole address into a variable and write "env:NAME")')


def test_a_token_is_read_late_and_its_lack_is_told_with_its_place(tmp_path):
    token = acme(settings(tmp_path, JIRA)).token
    with pytest.raises(ConfigError, match=r"okr-bridge\.toml: connections\.acme\.token: the environment"):
        token.reveal()
    assert acme(settings(tmp_path, JIRA, {"T": "abc\n"})).token.reveal() == "abc"


def test_settings_show_references_and_no_values(tmp_path):
    environ = {"T": "hunter2", "D": "postgresql://okr:hunter2@db/okr", "P": "https://hc-ping.com/hunter2"}
    text = '[bridge]\ndatabase = "env:D"\n[serve]\nping = "env:P"\n' + JIRA + 'proxy = "env:T"\n'
    found = settings(tmp_path, text, environ)
    assert found.database_url() == environ["D"]
    assert acme(found).proxy_url() == "hunter2"
    assert [secret.reference for secret in found.secrets()] == ["env:D", "env:P", "env:T", "env:T"]
    assert "hunter2" not in f"{found!r} {found} {found.model_dump_json()} {found.model_dump()}"
    assert '"env:D"' in found.model_dump_json()


DATABASES = {
    "relative": ("sqlite:///data/okr.db", "sqlite:///{}/data/okr.db"),
    "relative with a driver and options": ("sqlite+pysqlite:///o.db?x=1", "sqlite+pysqlite:///{}/o.db?x=1"),
    "absolute": ("sqlite:////var/lib/okr.db", "sqlite:////var/lib/okr.db"),
    "in memory": ("sqlite:///:memory:", "sqlite:///:memory:"),
    "a SQLite address of its own": ("sqlite:///file:x?uri=true", "sqlite:///file:x?uri=true"),
    "in memory, short": ("sqlite://", "sqlite://"),
    "PostgreSQL": ("postgresql+psycopg://okr@db/okr", "postgresql+psycopg://okr@db/okr"),
}


@pytest.mark.parametrize(("written", "wanted"), DATABASES.values(), ids=DATABASES)
def test_a_relative_database_lies_beside_the_file(tmp_path, written, wanted):
    assert settings(tmp_path, f'[bridge]\ndatabase = "{written}"').database_url() == wanted.format(tmp_path)


URLS = {
    "a closing slash": ("https://acme.atlassian.net/", "https://acme.atlassian.net"),
    "a context path": ("https://jira.corp/context/", "https://jira.corp/context"),
    "a port": ("http://127.0.0.1:8080/jira", "http://127.0.0.1:8080/jira"),
    "the gateway": ("https://api.atlassian.com/ex/jira/abc", "https://api.atlassian.com/ex/jira/abc"),
}


@pytest.mark.parametrize(("written", "wanted"), URLS.values(), ids=URLS)
def test_an_address_keeps_its_path_and_loses_its_closing_slash(tmp_path, written, wanted):
    found = settings(tmp_path, JIRA.replace("https://acme.atlassian.net", written))
    assert acme(found).url == wanted


@pytest.mark.parametrize(
    "url",
    [
        "acme.atlassian.net",
        "ftp://acme.atlassian.net",
        "https://",
        "https://acme.atlassian.net:port",
        "https://acme.atlassian.net/jira/software/projects/SHOP",
        "https://jira.corp/?a=b",
        "https://jira corp",
        "https://api.atlassian.com",
    ],
)
def test_an_address_that_cannot_be_meant_is_refused(tmp_path, url):
    (line,) = complaints(tmp_path, JIRA.replace("https://acme.atlassian.net", url))
    assert line.startswith("okr-bridge.toml: connections.acme.url: ")


def test_okrs_are_files_beside_the_configuration(tmp_path):
    found = settings(tmp_path, '[bridge]\nokrs = ["a.toml", "/etc/okrs"]')
    assert found.bridge.okrs == (tmp_path / "a.toml", Path("/etc/okrs"))


PACES = {
    "by ratio": ("", "0.40", "0.70"),
    "by difference": ('rule = "difference"', "-0.40", "-0.20"),
    "by difference, the ratio's own defaults": (
        'rule = "difference"\noff_track = 0.40\nat_risk = 0.70',
        "-0.40",
        "-0.20",
    ),
    "distances": ('rule = "difference"\noff_track = 0.3\nat_risk = 0.1', "-0.3", "-0.1"),
    "edges": ('rule = "difference"\noff_track = -0.3\nat_risk = -0.1', "-0.3", "-0.1"),
}


@pytest.mark.parametrize(("text", "off_track", "at_risk"), PACES.values(), ids=PACES)
def test_the_edges_of_pace_follow_its_rule(tmp_path, text, off_track, at_risk):
    pace = settings(tmp_path, f"[pace]\n{text}").pace
    assert (pace.off_track, pace.at_risk) == (Decimal(off_track), Decimal(at_risk))


def test_by_difference_the_edges_must_still_be_in_order(tmp_path):
    (line,) = complaints(tmp_path, '[pace]\nrule = "difference"\noff_track = 0.1\nat_risk = 0.3')
    assert "pace: off_track must not be nearer" in line


def test_what_is_written_is_set_apart_by_a_key_result(tmp_path):
    publish = settings(tmp_path, '[publish]\nremote_link = false\ncomment = "milestones"').publish
    merged = publish.merged({"comment": "off", "fields": False})
    assert (merged.comment, merged.fields, merged.remote_link, merged.property) == ("off", False, False, True)
    assert publish.merged({}) == publish
    with pytest.raises(ValidationError):
        publish.merged({"comment": "loud"})


def test_off_and_false_mean_the_same_of_what_is_written(tmp_path):
    text = '[publish]\nfields = "off"\nproperty = "on"\ncomment = false\nremote_link = false'
    publish = settings(tmp_path, text).publish
    assert (publish.fields, publish.property, publish.comment, publish.remote_link) == (
        False,
        True,
        "off",
        False,
    )


def test_a_connection_has_its_own_language_and_schedules(tmp_path):
    text = JIRA + 'language = "zh-CN"\nschedules = { sync = "30m", sweep = "off" }\n[connections.m]\n'
    found = settings(tmp_path, text + 'tool = "memory"\n[schedules]\ndigest = "0 9 * * 1"')
    assert (found.language("acme"), found.language("m")) == ("zh-CN", "en")
    assert (found.schedule("acme", "sync"), found.schedule("m", "sync")) == ("30m", "5m")
    assert (found.schedule("acme", "sweep"), found.schedule("m", "reminders")) == ("", "")
    assert found.schedule("acme", "digest") == "0 9 * * 1"


GATEWAY = "https://api.atlassian.com/ex/jira/c0ffee"
NIGHTLY = "0 3 * * *"
APPS = {
    "an OAuth app": (f'url = "{GATEWAY}"', "", ("30m", "0 2 * * *", NIGHTLY)),
    "Cloud by its word": (
        'url = "https://jira.corp"\ndeployment = "cloud"', "", ("30m", "0 2 * * *", NIGHTLY)),
    "a scoped API token": (f'url = "{GATEWAY}"\nemail = "bot@acme.example"', "", ("5m", "1h", NIGHTLY)),
    "a Data Center": ('url = "https://jira.corp"', "", ("5m", "1h", NIGHTLY)),
    "what [schedules] says holds": (
        f'url = "{GATEWAY}"', '[schedules]\nsync = "5m"', ("5m", "0 2 * * *", NIGHTLY)),
    "what the connection says holds": (
        f'url = "{GATEWAY}"\nschedules = {{ sweep = "4h", sync = "off" }}', "", ("", "4h", NIGHTLY)),
}  # fmt: skip


@pytest.mark.parametrize(("connection", "more", "expected"), APPS.values(), ids=APPS)
def test_an_app_that_pays_by_the_item_reads_less_often_unless_told_otherwise(
    tmp_path, connection, more, expected
):
    text = f'[connections.acme]\ntool = "jira"\n{connection}\ntoken = "env:T"\n{more}'
    found = settings(tmp_path, text)
    assert tuple(found.schedule("acme", job) for job in ("sync", "sweep", "reconcile")) == expected


def test_what_is_unwise_is_told(tmp_path):
    (tmp_path / "token").write_text("x")
    (tmp_path / "token").chmod(0o644)
    text = JIRA.replace("env:T", "file:token").replace("https://acme.atlassian.net", "http://jira.corp")
    assert findings(settings(tmp_path, text)) == (
        Finding(
            "warning",
            "okr-bridge.toml: connections.acme.token",
            "token can be read by others",
            "chmod 600 token",
        ),
        Finding(
            "warning",
            "okr-bridge.toml: connections.acme.url",
            "the token travels over plain http",
            "use https",
        ),
    )
    assert (
        findings(settings(tmp_path, JIRA.replace("https://acme.atlassian.net", "http://127.0.0.1:1"))) == ()
    )


def test_a_binary_float_is_taken_as_it_is_shown(tmp_path):
    found = validated({"brake": {"share": 0.1}}, tmp_path / "okr-bridge.toml", {})
    assert found.brake.share == Decimal("0.1")


def test_settings_do_not_change(tmp_path):
    with pytest.raises(ValidationError):
        settings(tmp_path, "").bridge.language = "zh-CN"


class TestFinding:
    def test_the_one_asked_for_comes_first_then_the_variable_then_the_folder(self, tmp_path):
        for name in ("okr-bridge.toml", "asked.toml", "named.toml"):
            (tmp_path / name).touch()
        named = {"OKR_BRIDGE_CONFIG": "named.toml"}
        assert find(Path("asked.toml"), named, tmp_path) == tmp_path / "asked.toml"
        assert find(None, named, tmp_path) == tmp_path / "named.toml"
        assert find(None, {"OKR_BRIDGE_CONFIG": ""}, tmp_path) == tmp_path / "okr-bridge.toml"

    @pytest.mark.parametrize(
        ("path", "environ", "said"),
        [
            (None, {}, "okr-bridge.toml: no such file (looked for by the current folder)"),
            (Path("x.toml"), {}, "x.toml: no such file (looked for by -c)"),
            (
                None,
                {"OKR_BRIDGE_CONFIG": "y.toml"},
                "y.toml: no such file (looked for by $OKR_BRIDGE_CONFIG)",
            ),
            (Path(), {}, ".: is a folder, not a file"),
        ],
    )
    def test_a_missing_one_is_told_with_the_way_to_get_one(self, tmp_path, path, environ, said):
        with pytest.raises(ConfigError) as caught:
            find(path, environ, tmp_path)
        assert str(caught.value) == f"{said} (okr-bridge init writes one; -c names another)"
