"""What the connections of all tools have in common."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Literal, TypeVar

from pydantic import BaseModel, Field

from bridge.config.references import Bundle, Proxy, SecretReference, revealed
from bridge.config.schedules import ConnectionSchedules
from bridge.config.types import Address, Seconds, Section
from bridge.secrets import FORMS, Secret

Language = Literal["en", "zh-CN"]
S = TypeVar("S", bound=BaseModel)


class ConnectionSection(Section):
    """What every connection has, whatever the system."""

    language: Language | None = Field(
        default=None, description="Language of what is written there; absent: that of [bridge]."
    )
    schedules: ConnectionSchedules = Field(
        default=ConnectionSchedules(), description="Schedules of this connection, over those of [schedules]."
    )
    webhook_secret: SecretReference | None = Field(
        default=None, description=f"What its webhooks are signed with; absent: none are taken. {FORMS}."
    )

    @property
    def metered(self) -> bool:
        """Whether calls are paid for by the item, so that the usual schedules would cost too much."""
        return False


class HttpSection(ConnectionSection):
    """A connection to a system over HTTP."""

    url: Address = Field(description="The system's address, with its context path where it has one.")
    concurrency: int = Field(default=4, ge=1, le=100, description="Requests at the same time, at most.")
    timeout: Seconds = Field(default=30.0, description="Seconds to wait for an answer.")
    ca_bundle: Bundle = Field(default=None, description="File with the certificates to trust.")
    proxy: Proxy = Field(default="", description='Address of a proxy, or "env:NAME".')

    def proxy_url(self) -> str:
        """The proxy's address, empty for none. Raises ConfigError when its variable is not set."""
        return revealed(self.proxy)


def secrets_in(value: object) -> Iterator[Secret]:
    """Every secret that a section names, in its inner tables too."""
    match value:
        case Secret():
            yield value
        case BaseModel():
            for name in type(value).model_fields:
                yield from secrets_in(getattr(value, name))
        case Mapping():
            for inner in value.values():
                yield from secrets_in(inner)
        case tuple():
            for inner in value:
                yield from secrets_in(inner)


def with_places(section: S, place: str) -> S:
    """The same section, whose secrets know where they stand: below `place`."""
    held = {name: getattr(section, name) for name in type(section).model_fields}
    known = {name: _at(value, f"{place}.{name}") for name, value in held.items()}
    changed = {name: value for name, value in known.items() if value is not held[name]}
    return section.model_copy(update=changed) if changed else section


def _at(value: object, place: str) -> object:
    match value:
        case Secret():
            return value.at(place)
        case BaseModel():
            return with_places(value, place)
        case _:
            return value
