"""The calendar quarter that the seeded company lives in."""

from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta


@dataclass(frozen=True, slots=True)
class Cycle:
    """The calendar quarter around a day; `end` inclusive."""

    id: str
    start: date
    end: date

    def ms(self, share: float) -> int:
        """The instant at that share of the quarter (below 0 and above 1 outside it), in working hours."""
        begin = datetime.combine(self.start, time(9), UTC)
        length = (self.end - self.start + timedelta(days=1)).total_seconds()
        return int((begin.timestamp() + share * length) * 1000)


def cycle_of(day: date) -> Cycle:
    quarter = (day.month - 1) // 3
    start = date(day.year, quarter * 3 + 1, 1)
    after = (start + timedelta(days=95)).replace(day=1)
    return Cycle(f"{day.year}-Q{quarter + 1}", start, after - timedelta(days=1))
