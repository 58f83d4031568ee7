"""A phrase is declared once, in English, where the catalogue's tools find it."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Phrase:
    """English text with named places; `many` where the number called `by` decides the form."""

    one: str
    many: str = ""
    by: str = "n"


def text(one: str) -> Phrase:
    """A phrase of one form."""
    return Phrase(one)


def plural(one: str, many: str, by: str = "n") -> Phrase:
    """A phrase whose form the number called `by` decides."""
    return Phrase(one, many, by)
