"""The kinds of values that stand in the files: checked, exact, refused in plain words."""

from __future__ import annotations

import re
from datetime import date, datetime
from decimal import Decimal
from typing import Annotated
from urllib.parse import SplitResult, urlsplit

from annotated_types import Ge, Gt, Le
from pydantic import AfterValidator, BaseModel, BeforeValidator, ConfigDict, StringConstraints, WithJsonSchema
from pydantic_core import PydanticCustomError

DIGITS = 18
DECIMALS = 30


class Section(BaseModel):
    """A table of a file: unknown keys refused, nothing coerced, nothing changed afterwards."""

    model_config = ConfigDict(extra="forbid", frozen=True, strict=True, hide_input_in_errors=True)


def refuse(message: str, hint: str = "") -> PydanticCustomError:
    """An error in our own words. Neither text may hold what stood in the file."""
    return PydanticCustomError("refused", "{message}", {"message": message, "hint": hint})


def as_number(value: object) -> Decimal:
    """A finite number of a size that exact arithmetic can bear."""
    if isinstance(value, bool) or not isinstance(value, int | float | Decimal):
        raise refuse("must be a number, without quotes")
    number = Decimal(str(value)) if isinstance(value, float) else Decimal(value)
    exponent = number.as_tuple().exponent
    if not isinstance(exponent, int):
        raise refuse("must be a finite number")
    if number.adjusted() > DIGITS or exponent < -DECIMALS:
        raise refuse("is too large or too fine a number")
    return number


def _seconds(value: object) -> float:
    return float(as_number(value))


def _day(value: object) -> date:
    if isinstance(value, date) and not isinstance(value, datetime):
        return value
    try:
        if isinstance(value, str) and re.fullmatch(r"\d{4}-\d\d-\d\d", value):
            return date.fromisoformat(value)
    except ValueError:
        pass
    raise refuse("must be a date such as 2026-10-01")


def _switch(value: object) -> object:
    return {"on": True, "off": False}.get(value, value) if isinstance(value, str) else value


def _identifier(value: str) -> str:
    if not value or len(value) > 100 or not value.isprintable() or any(c.isspace() for c in value):
        raise refuse("must be 1 to 100 characters without spaces")
    return value


def _filled(value: str) -> str:
    if not value.strip():
        raise refuse("must not be empty")
    return value


Number = Annotated[Decimal, BeforeValidator(as_number), WithJsonSchema({"type": "number"})]
Weight = Annotated[
    Decimal, BeforeValidator(as_number), Ge(0), WithJsonSchema({"type": "number", "minimum": 0})
]
Share = Annotated[
    Decimal,
    BeforeValidator(as_number),
    Ge(0),
    Le(1),
    WithJsonSchema({"type": "number", "minimum": 0, "maximum": 1}),
]
Seconds = Annotated[
    float, BeforeValidator(_seconds), Gt(0), WithJsonSchema({"type": "number", "exclusiveMinimum": 0})
]
Day = Annotated[date, BeforeValidator(_day), WithJsonSchema({"type": "string", "format": "date"})]
Switch = Annotated[
    bool,
    BeforeValidator(_switch),
    WithJsonSchema({"anyOf": [{"type": "boolean"}, {"enum": ["on", "off"]}]}),
]
Identifier = Annotated[str, AfterValidator(_identifier)]
Filled = Annotated[str, AfterValidator(_filled), StringConstraints(min_length=1)]


def _parts(text: str) -> SplitResult:
    try:
        parts = urlsplit(text)
        _ = parts.port
    except ValueError:
        raise refuse("is not an address", "such as https://acme.atlassian.net") from None
    if any(c.isspace() or not c.isprintable() for c in text) or not parts.hostname:
        raise refuse("is not an address", "such as https://acme.atlassian.net")
    return parts


def web_address(text: str) -> str:
    """An http(s) address without a login, a query or a closing slash; a context path is kept."""
    if not re.match("https?://", text, re.IGNORECASE):
        raise refuse("must begin with https:// or http://")
    parts = _parts(text)
    if parts.username is not None or parts.password is not None:
        raise refuse("must not hold a login", "a secret goes into token, by reference")
    if parts.query or parts.fragment:
        raise refuse("must end before ? and #", "give the address of the site itself")
    return text.rstrip("/")


def _optional_address(text: str) -> str:
    return web_address(text) if text else text


Address = Annotated[str, AfterValidator(web_address), WithJsonSchema({"type": "string", "format": "uri"})]
OptionalAddress = Annotated[str, AfterValidator(_optional_address), WithJsonSchema({"type": "string"})]


_PASSWORD = re.compile(r"[\w+]+://[^:/]*:[^@]*@|.*[?&;](?:ssl)?passw(?:or)?d=", re.IGNORECASE)
"""A login with a password as SQLAlchemy reads one (it may hold / and ?), or one among the options."""


def no_password(text: str) -> str:
    """Refuses an address with a password in it, whatever its scheme."""
    if _PASSWORD.match(text):
        raise refuse("must not hold a password", 'put the whole address into a variable and write "env:NAME"')
    return text
