"""Where things are in a described system: paths below its address, and paths into its answers."""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import AfterValidator, Field, StringConstraints, model_validator

from bridge.config.types import Section, refuse


def _path(text: str) -> str:
    from jmespath import compile as compiled
    from jmespath.exceptions import JMESPathError

    try:
        compiled(text)
    except JMESPathError:
        raise refuse("is no JMESPath", "such as fields.title; a name that is not plain: '\"标题\"'") from None
    return text


def _below(text: str) -> str:
    if "://" in text or text.startswith("//") or "?" in text or "#" in text or ".." in text.split("/"):
        raise refuse("must be a path below `url`", "such as tasks/{id}; parameters have options of their own")
    return text.strip("/")


JmesPath = Annotated[str, StringConstraints(min_length=1), AfterValidator(_path)]
Optional = Annotated[str, AfterValidator(lambda text: _path(text) if text else text)]
Below = Annotated[str, AfterValidator(_below)]


class RestPages(Section):
    """How a long list comes in pages."""

    kind: Literal["none", "offset", "page", "cursor", "link"] = Field(
        default="none", description="link: the address of the next page, in the Link header or at `next`."
    )
    size: int = Field(
        default=100, ge=1, le=10_000, description="Items a page, asked for in `size_parameter`."
    )
    size_parameter: str = Field(default="", description="Its name, such as limit; empty: not sent.")
    parameter: str = Field(default="", description="Where offset, page or cursor goes; empty: called so.")
    first: int = Field(default=1, ge=0, le=1, description="The number of the first page.")
    next: Optional = Field(default="", description="JMESPath of the next cursor or address in an answer.")
    more: Optional = Field(
        default="", description='JMESPath of whether there is more, true or false: "has_more", "!last".'
    )
    total: Optional = Field(
        default="", description="JMESPath of how many there are: a walk that brings fewer is refused."
    )

    @model_validator(mode="after")
    def _complete(self) -> RestPages:
        if self.kind == "cursor" and not self.next:
            raise refuse("kind = cursor needs `next`", "the JMESPath of the next cursor in an answer")
        return self
