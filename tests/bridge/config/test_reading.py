from __future__ import annotations

from decimal import Decimal

import pytest

from bridge.config.reading import parse, read
from bridge.errors import ConfigError


def test_numbers_stay_as_they_were_typed_and_lists_do_not_change():
    assert parse("a = 0.1\nb = [1, [2.50]]\nc = { d = [] }", "f") == {
        "a": Decimal("0.1"),
        "b": (1, (Decimal("2.50"),)),
        "c": {"d": ()},
    }


BROKEN = {
    "no value": ("a = 1\nb =", "f.toml: line 2, at the end of the file: not TOML: "),
    "no quotes": ("a = hunter2", "f.toml: line 1, column 5: not TOML: Invalid value"),
    "twice": ("a = 1\na = 2\nb = 3", "f.toml: line 2, column 6: not TOML: Cannot overwrite a value"),
    "too long a number": ("a = " + "9" * 5000, "f.toml: not TOML that can be read"),
    "too deep": ("a = " + "[" * 5000, "f.toml: not TOML that can be read"),
}


@pytest.mark.parametrize(("text", "said"), BROKEN.values(), ids=BROKEN)
def test_what_is_not_toml_is_told_by_line_and_column(text, said):
    with pytest.raises(ConfigError) as caught:
        parse(text, "f.toml")
    assert str(caught.value).startswith(said)
    assert "hunter2" not in str(caught.value)


def test_a_mark_of_byte_order_is_no_fault(tmp_path):
    (tmp_path / "f.toml").write_bytes("\ufeffa = '值'\r\n".encode())
    assert read(tmp_path / "f.toml") == {"a": "值"}


def test_a_file_in_another_encoding_is_told_by_line(tmp_path):
    (tmp_path / "f.toml").write_bytes(b"a = 1\nb = '" + "目标".encode("gbk") + b"'")
    with pytest.raises(ConfigError, match=r"f\.toml: line 2: not UTF-8 text \(save the file as UTF-8\)"):
        read(tmp_path / "f.toml")


def test_a_number_beyond_all_bounds_is_no_crash():
    assert parse("a = 1e99999999999999999999", "f")["a"].is_nan()
