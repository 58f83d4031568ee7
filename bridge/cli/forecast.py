"""The command that looks ahead."""

from __future__ import annotations

import click

from bridge.cli.options import CommonCommand
from bridge.cli.session import answer, open_app


@click.command(cls=CommonCommand)
@click.argument("key_result", metavar="[KR]", default="")
@click.option("--backtest", is_flag=True, help="How often what would have been said in the past held.")
def forecast(key_result: str, backtest: bool) -> int:
    """By when key results reach their mark, and how likely by the end of the cycle."""
    from bridge import outlook
    from bridge.report.forecast import BacktestReport, ForecastReport

    with open_app() as app:
        if key_result:
            app.key_result(key_result)
        about, moment = (app.store, app.okrs, app.moment), app.moment
        report: BacktestReport | ForecastReport = (
            BacktestReport(outlook.calibration(*about, key_result))
            if backtest
            else ForecastReport(outlook.foreseen(*about, key_result), moment.today)
        )
        answer(report.as_json(app.words), lambda out: report.show(out, app.words))
    return 0


COMMANDS = (forecast,)
