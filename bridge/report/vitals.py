"""What runs by itself, what fails and what waits, in lines for people."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta

from rich.text import Text

from bridge.report.health import ConnectionHealth, StatusReport
from bridge.store import Parked
from bridge.wording import Phrase, Words
from bridge.wording import health as say
from bridge.wording.labels import Label

MOST = 20
SOON = timedelta(seconds=1)
DAY, HOUR, MINUTE = 86_400, 3_600, 60
AGO = ((DAY, say.DAYS_AGO), (HOUR, say.HOURS_AGO), (MINUTE, say.MINUTES_AGO))
AHEAD = ((DAY, say.IN_DAYS), (HOUR, say.IN_HOURS), (MINUTE, say.IN_MINUTES))


@dataclass(frozen=True, slots=True)
class When:
    """Instants in words, each with how far off it is: by clocks that differ a little, what has been is never
    yet to come."""

    now: datetime
    words: Words

    def past(self, at: datetime) -> str:
        return self._shown(at, distance(min(at, self.now), self.now, self.words))

    def coming(self, at: datetime) -> str:
        return self._shown(at, distance(max(at, self.now + SOON), self.now, self.words))

    def _shown(self, at: datetime, distance: str) -> str:
        return f"{at.astimezone(self.now.tzinfo).isoformat(timespec='minutes')} ({distance})"


def lines(report: StatusReport, words: Words) -> Iterator[Text]:
    """The daemon, every connection, what it has to tell, and the writes that fail."""
    when = When(report.now, words)
    yield _daemon(report, words, when)
    for notice in report.notices:
        yield Text(f"{when.past(notice.at)}: {notice.message}", style="bold red")
        yield from _hint(notice.hint, words)
    for connection in report.connections:
        yield from _connection(connection, words, when)
    if report.outbox:
        yield Text(f"{words.label(Label.OUTBOX)}: {report.outbox}", style="yellow")
    yield from _parked_writes(report, words, when)


def distance(at: datetime, now: datetime, words: Words) -> str:
    """How long ago, or how soon, in the largest unit of which there is a whole one."""
    seconds = int((at - now).total_seconds())
    units, near = (AHEAD, say.AT_ONCE) if seconds > 0 else (AGO, say.JUST_NOW)
    size = abs(seconds)
    return next(
        (words.say(phrase, n=size // unit) for unit, phrase in units if size >= unit), words.say(near)
    )


def _daemon(report: StatusReport, words: Words, when: When) -> Text:
    if report.daemon is None:
        return Text(words.say(say.NO_DAEMON), style="dim")
    return Text(words.say(say.ACTIVE, who=report.daemon.who, when=when.past(report.daemon.since)))


def _connection(one: ConnectionHealth, words: Words, when: When) -> Iterator[Text]:
    good = when.past(one.last_good) if one.last_good else "–"
    yield Text(f"{one.name}: {words.label(Label.LAST_GOOD)} {good}")
    for job in dict.fromkeys((*(("sweep",) if one.swept else ()), *one.next)):
        yield Text(f"  {words.code('job', job)}: {words.joined(_times(one, job, words, when))}", style="dim")
    if one.held:
        until, why = one.held
        yield Text(f"  {words.say(say.LEFT_ALONE, when=when.coming(until), why=why)}", style="yellow")
    if one.failing_since:
        since = f"{words.label(Label.FAILING_SINCE)} {when.past(one.failing_since)}"
        yield Text(f"  {since}: {one.message}", style="red")
        yield from _hint(one.hint, words)


def _times(one: ConnectionHealth, job: str, words: Words, when: When) -> Iterator[str]:
    if job == "sweep" and one.swept:
        yield words.say(say.LAST, when=when.past(one.swept))
    if job in one.next:
        yield words.say(say.NEXT, when=when.coming(one.next[job]))


def _parked_writes(report: StatusReport, words: Words, when: When) -> Iterator[Text]:
    if not report.parked:
        return
    yield Text(f"{words.label(Label.PARKED)}: {len(report.parked)}", style="red")
    for one in report.parked[:MOST]:
        yield Text(f"- {_place(one, report, words)}: {_state(one, words, when)}", style="red")
        yield Text(f"  {one.message}")
        yield from _hint(one.hint, words)
    if len(report.parked) > MOST:
        yield Text(f"  {words.say(say.AND_MORE, n=len(report.parked) - MOST)}", style="dim")


def _place(one: Parked, report: StatusReport, words: Words) -> str:
    name = report.field_names.get(one.name, one.name) if one.what == "field" else one.kr
    return f"{one.connection} {one.key or one.item}: {words.code('what', one.what)} {name}".rstrip()


def _state(one: Parked, words: Words, when: When) -> str:
    phrase: Phrase = say.REFUSED if one.final else say.TRIED
    return words.say(phrase, since=when.past(one.since), n=one.attempts, next=when.coming(one.next))


def _hint(hint: str, words: Words) -> Iterator[Text]:
    if hint:
        yield Text(f"  {words.label(Label.HINT)}: {hint}", style="dim")
