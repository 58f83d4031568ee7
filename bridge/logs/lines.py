"""From a record to its line, with structlog: one JSON object, or text for people.

What stands in a record is plain and masked by then.
"""

from __future__ import annotations

import json
import logging
import math
from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Any

from structlog.processors import JSONRenderer
from structlog.stdlib import ProcessorFormatter
from structlog.typing import EventDict

FIRST = ("time", "level", "logger", "message", "event", "run", "connection")
_USUAL = {*vars(logging.makeLogRecord({})), "message", "asctime", "taskName", "color_message"}
_CONTROL = {code: repr(chr(code))[1:-1] for code in (*range(32), *range(127, 160), 0x2028, 0x2029)}
_IN_TRACEBACKS = {code: shown for code, shown in _CONTROL.items() if chr(code) not in "\n\t"}


def formatter(form: str) -> logging.Formatter:
    """`json`: one object a line, time in UTC. `text`: local time, extras in brackets, tracebacks below."""
    rendered = JSONRenderer(serializer=_as_json) if form == "json" else _as_text
    return ProcessorFormatter(foreign_pre_chain=[_told], processors=[rendered])


def _told(_logger: logging.Logger | None, _method: str, event: EventDict) -> EventDict:
    """What there is to tell, in the order to tell it."""
    record: logging.LogRecord = event["_record"]
    extras = {name: value for name, value in vars(record).items() if name not in _USUAL and name[0] != "_"}
    told = extras | {
        "time": datetime.fromtimestamp(record.created, UTC).isoformat(timespec="milliseconds"),
        "level": record.levelname.lower(),
        "logger": record.name,
        "message": record.getMessage(),
    }
    more = {"exception": record.exc_text, "stack": record.stack_info}
    told |= {name: text for name, text in more.items() if text}
    return {name: told[name] for name in (*FIRST, *sorted(told.keys() - set(FIRST))) if name in told}


def _as_json(event: Mapping[str, Any], **_: Any) -> str:
    return json.dumps(_finite(event))


def _finite(value: Any) -> Any:
    """JSON has no NaN and no infinity."""
    match value:
        case float() if not math.isfinite(value):
            return str(value)
        case dict():
            return {name: _finite(inner) for name, inner in value.items()}
        case list() | tuple():
            return [_finite(inner) for inner in value]
        case _:
            return value


def _as_text(_logger: logging.Logger | None, _method: str, event: EventDict) -> str:
    """One line, whatever was typed into the message; a traceback is set in below it."""
    below = [event.pop(name) for name in ("exception", "stack") if name in event]
    at = datetime.fromisoformat(event.pop("time")).astimezone().strftime("%Y-%m-%d %H:%M:%S")
    level, logger, message = (event.pop(name) for name in ("level", "logger", "message"))
    extras = " ".join(f"{name}={_shown(value)}" for name, value in event.items())
    line = f"{at} {level.upper()} {logger}: {message}{f' [{extras}]' if extras else ''}"
    set_in = "".join(f"\n  {row}" for text in below for row in text.translate(_IN_TRACEBACKS).split("\n"))
    return line.translate(_CONTROL) + set_in


def _shown(value: Any) -> str:
    bare = isinstance(value, str) and value and not set(value) & set(' "=[]')
    return str(value) if bare else json.dumps(value, ensure_ascii=False)
