"""What is written on anchor items: for all key results, and what one of them sets apart."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Annotated, Any, Literal

from pydantic import BeforeValidator, Field, WithJsonSchema, model_validator

from bridge.config.types import Filled, Section, Switch, refuse


def _comment(value: object) -> object:
    return {True: "sticky", False: "off"}[value] if isinstance(value, bool) else value


Comment = Annotated[
    Literal["sticky", "milestones", "off"],
    BeforeValidator(_comment),
    WithJsonSchema({"enum": ["sticky", "milestones", "off", True, False]}),
]
Drift = Literal["keep", "overwrite"]


class FieldNames(Section):
    """What the custom fields are called on the site."""

    key_result: Filled = Field(default="KR", description="One line of text: ids, then titles.")
    progress: Filled = Field(default="KR progress", description="Number: the percentage shown.")
    status: Filled = Field(default="KR status", description="Text: the pace in words.")
    score: Filled = Field(default="KR score", description="Number from 0 to 1, one decimal.")
    updated: Filled = Field(default="KR updated", description="Date-time: when the figures last changed.")

    @model_validator(mode="after")
    def _each_its_own(self) -> FieldNames:
        names = [name.strip().casefold() for name in self.model_dump().values()]
        if len(set(names)) < len(names):
            raise refuse("two of the fields have the same name", "each figure needs a field of its own")
        return self


class PublishOverride(Section):
    """What one key result sets apart; what is absent is that of [publish]."""

    fields: Switch | None = Field(default=None, description="Fill the custom fields.")
    comment: Comment | None = Field(default=None, description="sticky, milestones or off.")
    property: Switch | None = Field(default=None, description="Set the okr-bridge property.")
    remote_link: Switch | None = Field(default=None, description="Link to the key result's page.")
    drift: Drift | None = Field(default=None, description="keep or overwrite what a person changed.")


class Publish(Section):
    """What is written on anchor items; each can be off, and set apart per key result."""

    fields: Switch = Field(default=True, description="Fill the custom fields.")
    comment: Comment = Field(
        default="sticky",
        description="sticky: one comment kept up to date; milestones: a new one at 25, 50, 75, 100% "
        "and when the pace changes; off.",
    )
    property: Switch = Field(default=True, description="Set the okr-bridge property, for JQL and apps.")
    remote_link: Switch = Field(default=True, description="Link to the key result's page.")
    drift: Drift = Field(
        default="keep", description="What a person changed is kept and told, or overwritten."
    )
    retry_hours: int = Field(
        default=24, ge=1, le=8760, description="How long a failing write is tried again before it is dropped."
    )
    field_names: FieldNames = Field(default=FieldNames(), description="Names of the custom fields.")

    def merged(self, own: Mapping[str, Any]) -> Publish:
        """The same with what a key result's own `publish` sets. Raises pydantic's error on a wrong value."""
        return self.model_copy(update=PublishOverride.model_validate(dict(own)).model_dump(exclude_none=True))
