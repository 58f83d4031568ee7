"""What people say of a key result: check-ins and overrides, checked before they are kept."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime, tzinfo
from decimal import Decimal
from typing import TYPE_CHECKING, Any

from bridge.errors import UsageError
from bridge.model import CheckIn, KeyResult, Kind, Override

if TYPE_CHECKING:
    from rich.console import Console


MOST = Decimal(10) ** 15


@dataclass(frozen=True, slots=True)
class Kept:
    """What was taken down, to be told back."""

    what: str
    facts: dict[str, Any]

    def as_json(self) -> dict[str, Any]:
        return {self.what: self.facts}

    def show(self, out: Console) -> None:
        from bridge.report.text import show_pairs

        show_pairs(out, [(name, value) for name, value in self.facts.items() if value not in (None, "", [])])


def check_in(key_result: KeyResult, checkin: CheckIn, now: datetime) -> CheckIn:
    """The check-in, if it makes sense for this key result. Raises UsageError."""
    _reject_value(key_result, checkin.value)
    _check_share("--confidence", checkin.confidence)
    titles = [milestone.title for milestone in key_result.milestones]
    for title in checkin.milestones:
        if title not in titles:
            raise UsageError(
                f"{key_result.id} has no milestone {title!r}",
                f"its milestones: {', '.join(titles)}" if titles else "it is not a milestone key result",
            )
    if checkin.at > now:
        raise UsageError("--at lies in the future", "a check-in tells what was so, at the latest now")
    said = (checkin.value, checkin.confidence, checkin.status, checkin.note, checkin.obstacle)
    if not any(part not in (None, "") for part in (*said, checkin.help_needed)) and not checkin.milestones:
        raise UsageError("the check-in says nothing", "give --value, --done, --status, --note ...")
    return checkin


def _reject_value(key_result: KeyResult, value: Decimal | None) -> None:
    if value is None:
        return
    if abs(value) > MOST:
        raise UsageError("--value is out of all proportion", "give it in the unit of the key result")
    if key_result.kind is Kind.WORK:
        raise UsageError(
            f"{key_result.id} counts work: its value comes from the tracker",
            "to show another number for a while: okr-bridge override",
        )
    if key_result.kind is Kind.MILESTONE:
        raise UsageError(f"{key_result.id} is told by its milestones", "use --done TITLE")
    if key_result.metric and key_result.metric.source:
        raise UsageError(
            f"{key_result.id} reads its value from a tracker",
            "to show another number for a while: okr-bridge override",
        )
    if key_result.kind is Kind.LEARNING:
        _check_share("--value", value)


def _check_share(option: str, value: Decimal | None) -> None:
    if value is not None and not 0 <= value <= 1:
        raise UsageError(f"{option} is a share from 0 to 1", "70% is 0.7")


def override(key_result: KeyResult, given: Override, zone: tzinfo) -> Override:
    """The override, if it can be shown at all. Raises UsageError."""
    _check_share("--value", given.value)
    if given.until < given.at.astimezone(zone).date():
        raise UsageError(f"--until {given.until} has passed", f"the last day that {key_result.id} shows it")
    return given


def instant(at: datetime | None, now: datetime, zone: tzinfo) -> datetime:
    """When something was so: as given (in the bridge's zone where none is named), else now."""
    if at is None:
        return now
    return at if at.tzinfo else at.replace(tzinfo=zone)


def facts_of(said: CheckIn | Override) -> dict[str, Any]:
    """What was said as plain JSON."""
    return {name: _plain(getattr(said, name)) for name in said.__dataclass_fields__}


def _plain(value: Any) -> Any:
    match value:
        case Decimal():
            return int(value) if value == value.to_integral_value() else float(value)
        case datetime() | date():
            return value.isoformat()
        case tuple():
            return list(value)
        case _:
            return value
