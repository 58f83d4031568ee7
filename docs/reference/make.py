"""Writes the references that are made of the code itself: commands from click, options from the models.

`make docs` runs it; a test holds the pages to it.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

import click

HERE = Path(__file__).parent
README = HERE.parents[1] / "README.md"
TOOLS = ("<!-- tools: made by docs/reference/make.py -->\n\n", "\n<!-- end of tools -->")
MADE = "<!-- Made by docs/reference/make.py: change the code's own words, then `make docs`. -->"
MORE = {
    "backfill": "[Backfill](../how-to/backfill.md); [how past days are told](../explanation/history.md).",
    "check": "[Jira Cloud](../how-to/jira-cloud.md) and [Jira Data Center](../how-to/jira-data-center.md)"
    " say what to do about its findings.",
    "checkin": "[Check-ins and overrides](../how-to/check-ins-and-overrides.md).",
    "connections new": "`--set read.items=tasks` reaches into tables; a value is TOML, else text."
    " On a terminal what has no default is asked for.",
    "explain": "[The number](../explanation/the-number.md) has the rules behind it. Asks no tracker.",
    "export": "To stdout without FILE. [Operate](../operate.md) uses it for backups and moves.",
    "fields install": "[Which fields, and what they hold](written.md#fields). Twice is harmless.",
    "forecast": "[Forecast](../explanation/forecast.md) has the method, [its calibration](calibration.md)"
    " how often it is right. Asks no tracker.",
    "history": "[History](../how-to/history.md). Asks no tracker.",
    "moved": "[What moved](../explanation/movement.md). Asks no tracker.",
    "override": "[Check-ins and overrides](../how-to/check-ins-and-overrides.md).",
    "plan": "[Review before writing](../how-to/review-before-writing.md).",
    "provision": "Looks for the Epic's marker label before it makes one, so twice is harmless. The Epic"
    " counts from then on, whether or not the OKR file names it.",
    "sandbox": "[The tutorial](../tutorial.md) uses the Jira, [the page on Trello](../connectors/trello.md)"
    " the other. Nothing is kept when it ends. `--issues` takes JSON lines, each an issue as Jira's REST API"
    " answers it with `expand=changelog`.",
    "status": "As of the last read: asks no tracker.",
    "sync": "[Review before writing](../how-to/review-before-writing.md); [what is written](written.md).",
    "unpublish": "A value that a person has set since stays, and is told.",
    "webhooks install": "Twice is harmless. The address is `public_url` or `--url`, then `/hooks/` and the"
    " connection's name (Asana: and its project); each connection needs its `webhook_secret`.",
}
COMMON = ("config", "as_json", "verbose", "quiet", "now")
Schema = Mapping[str, Any]


def main() -> None:
    for name, text in pages().items():
        (HERE / name).write_text(text, encoding="utf-8")
    README.write_text(with_tools(README.read_text(encoding="utf-8")), encoding="utf-8")


def pages() -> dict[str, str]:
    """The text of every made page, by its file name."""
    return {
        "commands.md": "\n".join(commands()) + "\n",
        "configuration.md": "\n".join(configuration()) + "\n",
        "okr-file.md": "\n".join(okr_file()) + "\n",
    }


# --- tools


def with_tools(page: str) -> str:
    """The page, where the table of what each tool can do is as the tools declare it."""
    before, _, rest = page.partition(TOOLS[0])
    return before + TOOLS[0] + "\n".join(capabilities()) + TOOLS[1] + rest.partition(TOOLS[1])[2]


def capabilities() -> Iterator[str]:
    from bridge.tool import Capability
    from bridge.tools import built_in

    tools = [tool for tool in built_in().values() if tool.name != "memory"]
    rows = (
        (
            one.value[0].upper() + one.value[1:],
            *(_able(one in tool.can, tool.those is not None) for tool in tools),
        )
        for one in Capability
    )
    yield from table(("", *(tool.title for tool in tools)), rows)


def _able(can: bool, depends: bool) -> str:
    return "no" if not can else "if described" if depends else "yes"


# --- commands


def commands() -> Iterator[str]:
    from bridge.cli import cli

    yield from ("# Commands", "", MADE, "")
    yield "Results go to stdout, logs and errors to stderr; what the process ends with is in"
    yield "[exit codes](exit-codes.md), the JSON in [JSON](json.md). `python -m bridge` is the same program."
    yield from ("", "## For every command", "", "Before the command's name or after it.", "")
    shared = [p for p in cli.params if isinstance(p, click.Option) and p.name in COMMON]
    yield from table(("Option", "What"), (_option(option) for option in shared))
    for name, command in sorted(cli.commands.items()):
        if isinstance(command, click.Group):
            for inner, one in sorted(command.commands.items()):
                yield from _command(f"{name} {inner}", one)
        else:
            yield from _command(name, command)


def _command(name: str, command: click.Command) -> Iterator[str]:
    own = [p for p in command.params if p.name not in COMMON]
    arguments = [p for p in own if isinstance(p, click.Argument)]
    options = [p for p in own if isinstance(p, click.Option)]
    usage = " ".join(["okr-bridge", name, *(["[OPTIONS]"] if options else []), *map(_argument, arguments)])
    yield from ("", f"## {name}", "", " ".join((command.help or "").split()), "")
    if name in MORE:
        yield from (MORE[name], "")
    yield from ("```text", usage, "```")
    if options:
        yield ""
        yield from table(("Option", "What"), (_option(option) for option in options))


def _argument(argument: click.Argument) -> str:
    return argument.make_metavar(click.Context(click.Command("x")))


def _option(option: click.Option) -> tuple[str, str]:
    named = ", ".join(f"`{name}`" for name in option.opts)
    value = "" if option.is_flag or option.count else f" `{_value(option)}`"
    more = [" Required." if option.required else ""]
    if option.show_default and option.default not in (None, False, ""):
        more.append(f" Default: `{option.default}`.")
    return named + value, " ".join((option.help or "").split()) + "".join(more)


def _value(option: click.Option) -> str:
    return option.make_metavar(click.Context(click.Command("x"))).strip("[]")


# --- files


def configuration() -> Iterator[str]:
    yield from ("# okr-bridge.toml", "", MADE, "")
    yield "Every option with its default. [`config.example.toml`](../../config.example.toml) is the same as"
    yield "a file, with the reasons; `okr-bridge schema config` prints the JSON Schema for editors. Unknown"
    yield "keys are refused with the nearest known name, and all problems are told at once. Paths and"
    yield "relative SQLite files count from the file's own folder."
    yield from _tables(_schema("config"))


def okr_file() -> Iterator[str]:
    yield from ("# okrs.toml", "", MADE, "")
    yield "Every option with its default. [`okrs.example.toml`](../../okrs.example.toml) shows all kinds of"
    yield "key results in use, [the how-to](../how-to/okr-file.md) how to choose; `okr-bridge schema okrs`"
    yield "prints the JSON Schema for editors."
    yield from _tables(_schema("okrs"))


def _schema(which: str) -> Schema:
    from bridge.config.schema import schema

    made: Schema = schema(which)
    return made


def _tables(schema: Schema) -> Iterator[str]:
    """A section for each table of the file, the ones inside it right behind it."""
    before: set[tuple[str, str]] = set()
    for place, shape, told in _walk("", schema, schema):
        here = (place, shape.get("description", ""))
        if here in before:
            continue
        before.add(here)
        yield from ("", f"## `{place}`{_of_tool(shape)}", "")
        yield told or shape.get("description", "")
        yield ""
        rows = (
            (f"`{name}`", _kind(part), _default(name, part, shape), _what(part, schema))
            for name, part in _own(shape)
        )
        yield from table(("Option", "Value", "Default", "What"), rows)


def _of_tool(shape: Schema) -> str:
    """Of which tool a connection's table is."""
    tool = shape.get("properties", {}).get("tool", {}).get("const", "")
    return f" of `{tool}`" if tool else ""


def _what(part: Schema, schema: Schema) -> str:
    """An option's own words, else those of the table that it is."""
    told = (schema["$defs"][ref].get("description", "") for ref in _inner(part))
    return part.get("description") or next(told, "")


def _own(shape: Schema) -> Iterator[tuple[str, Schema]]:
    """The options of a table that are no tables told elsewhere."""
    for name, part in shape.get("properties", {}).items():
        if not (_inner(part) and name in OWN_SECTION):
            yield name, part


OWN_SECTION = {
    "field_names",
    "schedules",
    "read",
    "pages",
    "answers",
    "item",
    "status",
    "write",
    "comment",
    "link",
    "hooks",
    "past",
    "key_results",
    "cycle",
    "objectives",
}
"""Tables that stand as [a.b] of their own; the others are written inline and told beside their option."""


def _walk(place: str, part: Schema, schema: Schema) -> Iterator[tuple[str, Schema, str]]:
    for name, inner in part.get("properties", {}).items():
        for ref, shown, told in _references(place, name, inner):
            shape = schema["$defs"][ref]
            yield shown, shape, told
            yield from _walk(shown.strip("[]") + ".", shape, schema)


def _references(place: str, name: str, part: Schema) -> Iterator[tuple[str, str, str]]:
    """The tables an option leads to: (definition, how it stands in the file, what it is)."""
    told = part.get("description", "")
    for ref in _inner(part):
        if ref == "MemoryConnection":
            continue
        if name == "connections":
            yield ref, f"[{place}{name}.NAME]", ""
        elif name in OWN_SECTION and part.get("type") == "array":
            yield ref, f"[[{place}{name}]]", told
        elif name in OWN_SECTION or not place:
            yield ref, f"[{place}{name}]", ""
        else:
            yield ref, f"{place}{name}", ""


def _inner(part: Schema) -> list[str]:
    """Names of the definitions that an option's value may be."""
    named = [part, part.get("items", {}), *part.get("anyOf", ())]
    if isinstance(part.get("additionalProperties"), dict):
        named += [part["additionalProperties"], *part["additionalProperties"].get("oneOf", ())]
    return [one["$ref"].rpartition("/")[2] for one in named if "$ref" in one]


def _kind(part: Schema) -> str:
    match part:
        case {"const": value}:
            return f"`{_toml(value)}`"
        case {"enum": values}:
            return r" \| ".join(f"`{_toml(value)}`" for value in values)
        case {"anyOf": shapes}:
            return ", or ".join(_kind(shape) for shape in shapes if shape.get("maxProperties") != 0)
        case {"$ref": _}:
            return "a table, below"
        case {"items": items, "type": "array"}:
            return "list of tables, below" if "$ref" in items else f"list of {_plain(items)}"
        case {"additionalProperties": dict(values)}:
            return f"table of {_plain(values)}"
        case {"type": "object"}:
            return "a table"
        case _:
            return _plain(part)


def _plain(part: Schema) -> str:
    words = {"string": "text", "integer": "whole number", "number": "number", "boolean": "true or false"}
    word = "a date" if part.get("format") == "date" else words.get(part.get("type", ""), "table")
    low, high = part.get("minimum"), part.get("maximum")
    if low is not None and high is not None:
        return f"{word}, {low} to {high}"
    return f"{word}, from {low}" if low is not None else word


def _default(name: str, part: Schema, shape: Schema) -> str:
    if name in shape.get("required", ()):
        return "required"
    return f"`{_toml(part['default'])}`" if "default" in part else ""


def _toml(value: Any) -> str:
    return json.dumps(value, ensure_ascii=False)


def table(heads: tuple[str, ...], rows: Iterator[tuple[str, ...]]) -> Iterator[str]:
    yield "| " + " | ".join(heads) + " |"
    yield "|" + "---|" * len(heads)
    for row in rows:
        yield "| " + " | ".join(_cell(cell) for cell in row) + " |"


def _cell(text: str) -> str:
    return text.replace("\\|", "|").replace("|", "\\|") or " "


if __name__ == "__main__":
    main()
