"""Commands to try the bridge without a tracker: the embedded Jira and Trello, and a whole job."""

from __future__ import annotations

from pathlib import Path

import click

from bridge.cli.options import CommonCommand, common


@click.command(cls=CommonCommand)
def demo() -> int:
    """The whole job on an embedded Jira with a believable quarter."""
    from bridge.demo import run

    return run(common().now)


@click.command(cls=CommonCommand)
@click.option("--tool", type=click.Choice(["jira", "trello"]), default="jira", show_default=True)
@click.option(
    "--port", default=8300, show_default=True, type=click.IntRange(0, 65535), help="0 picks a free one."
)
@click.option("--deployment", type=click.Choice(["cloud", "datacenter"]), default="cloud", show_default=True)
@click.option(
    "--issues", type=click.Path(path_type=Path), metavar="FILE", help="Serve real issues (.jsonl.gz)."
)
@click.option("--host", default="", metavar="NAME", help="Of those, only one origin's.")
@click.option("--seed", default=1, show_default=True, help="Another quarter.")
@click.option(
    "--latency-ms",
    default=0,
    show_default=True,
    type=click.IntRange(0),
    help="Wait so long before each answer.",
)
@click.option(
    "--rate-limit",
    default=0,
    show_default=True,
    type=click.IntRange(0),
    help="Requests a second before 429 (0: none).",
)
@click.option(
    "--points-hour",
    "points_per_hour",
    default=0,
    show_default=True,
    type=click.IntRange(0),
    help="Points an hour that an OAuth app may spend before 429 (0: any).",
)
@click.option(
    "--bulkfetch-max",
    default="1000",
    type=click.Choice(["100", "1000"]),
    show_default=True,
    help="Keys a call.",
)
def sandbox(
    tool: str, port: int, bulkfetch_max: str, host: str, issues: Path | None, **options: object
) -> int:
    """An embedded Jira, or a small Trello: prints one JSON line with its address when it is ready.

    All options but --port are of the Jira alone.
    """
    from bridge.cli.start import serve_sandbox, serve_trello

    if tool == "trello":
        serve_trello(port, common().now, click.get_current_context())
        return 0
    serve_sandbox(
        port=port,
        issues=issues,
        host=host or None,
        bulkfetch_max=int(bulkfetch_max),
        now=common().now,
        **options,
    )
    return 0


COMMANDS = (demo, sandbox)
