from decimal import Decimal
from pathlib import Path

from bridge import config
from bridge.chosen import publishing_of, rules_of
from bridge.connecting import unshown

TEXT = """
[bridge]
instance = "here"
[connections.one]
tool = "memory"
language = "zh-CN"
[connections.two]
tool = "jira"
url = "https://two.example"
token = "env:TWO"
status_weights = { in_progress = 0.5 }
[publish]
comment = "off"
[brake]
minimum = 3
"""


def settings(folder: Path) -> config.Settings:
    file = folder / "okr-bridge.toml"
    file.write_text(TEXT, encoding="utf-8")
    return config.load(file, {})


def test_the_engines_rules_are_those_of_the_file(tmp_path):
    rules = rules_of(settings(tmp_path))
    assert rules.brake.minimum == 3
    assert rules.status_weights == {"two": {"in_progress": Decimal("0.5")}}


def test_what_is_written_is_chosen_in_the_file_and_bounded_by_the_tool(tmp_path):
    found = settings(tmp_path)
    publishing = publishing_of(found, unshown(found) | {"two": frozenset({"property"})})
    assert (publishing.instance, publishing.rules.comment) == ("here", "off")
    assert (publishing.words["one"].language, publishing.words["two"].language) == ("zh-CN", "en")
    assert publishing.unshown == {"one": frozenset(), "two": frozenset({"property"})}
