"""Dates in JQL: literals in the caller's zone to the minute, relative ones, functions, epoch milliseconds."""

import re
from datetime import datetime, time, timedelta
from typing import TYPE_CHECKING
from zoneinfo import ZoneInfo

from bridge.sandbox.clock import epoch_ms
from bridge.sandbox.jql.parse import Function, Literal, Operand
from bridge.sandbox.records import Refusal

if TYPE_CHECKING:
    from bridge.sandbox.jira import Jira

PERIOD = re.compile(r"[+-]?(?:\s*\d+[wdhm])+", re.IGNORECASE)
UNITS = {"w": "weeks", "d": "days", "h": "hours", "m": "minutes"}
FORMATS = ("%Y/%m/%d %H:%M", "%Y-%m-%d %H:%M", "%Y/%m/%d", "%Y-%m-%d")


def day_ms(day: str, zone: str) -> int:
    """Midnight of an ISO date in that zone, as epoch milliseconds."""
    return epoch_ms(datetime.fromisoformat(day[:10]).replace(tzinfo=ZoneInfo(zone)))


def moment_ms(jira: "Jira", field: str, operand: Operand) -> int:
    """The instant an operand means to the calling user. Raises Refusal 400 for anything unreadable."""
    try:
        return _moment_ms(jira, field, operand)
    except (OverflowError, ValueError):
        raise _invalid(field, getattr(operand, "text", "EMPTY")) from None


def _moment_ms(jira: "Jira", field: str, operand: Operand) -> int:
    if isinstance(operand, Function):
        return _function(jira, field, operand)
    if not isinstance(operand, Literal):
        raise _invalid(field, "EMPTY")
    text = operand.text.strip()
    if not operand.quoted and re.fullmatch(r"-?[0-9]+", text):
        return int(text)
    if PERIOD.fullmatch(text):
        return epoch_ms(jira.clock.now() + period(text))
    for form in FORMATS:
        try:
            naive = datetime.strptime(text, form)  # noqa: DTZ007 - the zone is the caller's, added below
        except ValueError:
            continue
        return epoch_ms(naive.replace(tzinfo=ZoneInfo(jira.profile_zone)))
    raise _invalid(field, text)


def period(text: str) -> timedelta:
    """`-4w 2d` as a span; the sign stands for all of it."""
    parts = re.findall(r"(\d+)([wdhm])", text.casefold())
    span = sum((timedelta(**{UNITS[unit]: int(n)}) for n, unit in parts), timedelta())
    return -span if text.lstrip().startswith("-") else span


def _function(jira: "Jira", field: str, function: Function) -> int:
    now = jira.clock.now().astimezone(ZoneInfo(jira.profile_zone))
    name = function.name.casefold()
    shift = function.arguments[0] if function.arguments else ""
    match = re.fullmatch(r"(start|end)of(day|week|month|year)", name)
    if (match is None and name != "now") or (shift and not re.fullmatch(r"[+-]?\d+[wdhmMy]?", shift)):
        raise Refusal(400, f"Unable to find JQL function '{function.name}()' for the field '{field}'.")
    if match is None:
        return epoch_ms(now)
    edge, unit = match.groups()
    start = _shifted(_start(now, unit), shift, unit)
    return epoch_ms(start) if edge == "start" else epoch_ms(_next(start, unit)) - 1


def _start(now: datetime, unit: str) -> datetime:
    midnight = datetime.combine(now.date(), time.min, now.tzinfo)
    match unit:
        case "week":
            return midnight - timedelta(days=(now.weekday() + 1) % 7)
        case "month":
            return midnight.replace(day=1)
        case "year":
            return midnight.replace(month=1, day=1)
        case _:
            return midnight


def _next(start: datetime, unit: str) -> datetime:
    match unit:
        case "week":
            return start + timedelta(days=7)
        case "month":
            return (start + timedelta(days=32)).replace(day=1)
        case "year":
            return start.replace(year=start.year + 1)
        case _:
            return start + timedelta(days=1)


def _shifted(start: datetime, shift: str, unit: str) -> datetime:
    """Move by `-1`, `-1d`, `2w`, `-3M`, `1y`; a bare number counts the function's own unit."""
    if not shift:
        return start
    default = {"day": "d", "week": "w", "month": "M", "year": "y"}[unit]
    count, letter = (int(shift), default) if shift[-1].isdigit() else (int(shift[:-1]), shift[-1])
    if letter in "My":
        months = start.year * 12 + start.month - 1 + count * (12 if letter == "y" else 1)
        return start.replace(year=months // 12, month=months % 12 + 1)
    return start + timedelta(**{UNITS[letter]: count})


def _invalid(field: str, text: str) -> Refusal:
    return Refusal(
        400,
        f"Date value '{text}' for field '{field}' is invalid. Valid formats include: 'yyyy/MM/dd HH:mm', "
        "'yyyy-MM-dd HH:mm', 'yyyy/MM/dd', 'yyyy-MM-dd', or a period format e.g. '-5d', '4w 2d'.",
    )
