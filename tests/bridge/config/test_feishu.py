"""A base in the file: by the address that people open it at, with the platform that it lives on."""

from __future__ import annotations

from pathlib import Path

import pytest

from bridge.config import FeishuConnection, validated
from bridge.config.reading import parse
from bridge.errors import ConfigError

SECTION = """
[connections.base]
tool = "feishu"
url = "{url}"
app_id = "cli_a1"
token = "env:SECRET"
{more}
"""


def section(url: str, more: str = "") -> FeishuConnection:
    data = parse(SECTION.format(url=url, more=more), "okr-bridge.toml")
    found = validated(data, Path("okr-bridge.toml"), {"SECRET": "x"}).connections["base"]
    assert isinstance(found, FeishuConnection)
    return found


PLATFORMS = {
    "https://acme.feishu.cn/base/bascnA1": "https://open.feishu.cn",
    "https://acme.larksuite.com/base/bascnA1": "https://open.larksuite.com",
    "https://acme.sg.larksuite.com/base/bascnA1/": "https://open.larksuite.com",
    "https://ACME.larkoffice.com/base/bascnA1": "https://open.feishu.cn",
}


@pytest.mark.parametrize(("url", "api"), PLATFORMS.items())
def test_the_platform_is_told_by_the_domain_and_the_base_by_its_path(url, api):
    assert (section(url).api, section(url).base) == (api, "bascnA1")


def test_a_platform_of_ones_own_is_named():
    url, api = "https://base.corp.example/base/bascnA1", "https://open.corp.example"
    assert section(url, f'api = "{api}"').api == api


REFUSED = {
    "a wiki's page": ("https://acme.feishu.cn/wiki/wikcnA1", "is a page of a wiki"),
    "no base": ("https://acme.feishu.cn/drive/home", "is no base's address"),
    "with a table": ("https://acme.feishu.cn/base/bascnA1?table=tbl1", "must end before"),
    "a domain that is not known": ("https://feishu.cn.evil.example/base/bascnA1", "api: is missing"),
}


@pytest.mark.parametrize(("url", "words"), REFUSED.values(), ids=REFUSED)
def test_an_address_that_leads_to_no_base_is_refused(url, words):
    with pytest.raises(ConfigError, match=words):
        section(url)


def test_nothing_but_the_address_and_the_app_has_to_be_said():
    required = {name for name, field in FeishuConnection.model_fields.items() if field.is_required()}
    assert required == {"tool", "url", "app_id", "token"}
