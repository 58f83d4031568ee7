"""One language's words and how they are put together with figures."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date
from gettext import GNUTranslations
from importlib.resources import files
from string import Formatter
from typing import Any

from bridge.model import Colour, Note, Pace
from bridge.notes import Say
from bridge.wording import numbers
from bridge.wording.codes import CODES
from bridge.wording.labels import LABELS, Label
from bridge.wording.notes import CANCELLED_WITH_BELOW, REMARKS, UNKNOWN, WITHOUT_INSTANT
from bridge.wording.phrases import Phrase

LANGUAGES = ("en", "zh-CN")
DOMAIN = "okr-bridge"


class Words:
    """The words of one of `LANGUAGES`; made once per connection, reading one small file."""

    def __init__(self, language: str = "en") -> None:
        if language not in LANGUAGES:
            raise ValueError(f"no such language: {language!r}; there are {', '.join(LANGUAGES)}")
        self.language = language
        self._comma = "、" if language == "zh-CN" else ", "
        self._stop = "；" if language == "zh-CN" else "; "
        folder = files("bridge").joinpath("locale", language.replace("-", "_"), "LC_MESSAGES")
        with folder.joinpath(f"{DOMAIN}.mo").open("rb") as catalogue:
            self._catalogue = GNUTranslations(catalogue)
        self._formatter = _Formatter(self)

    def say(self, phrase: Phrase, **parts: Any) -> str:
        """A phrase with its parts. A part is data: braces in it are text, a code in it is put in words."""
        template = (
            self._catalogue.ngettext(phrase.one, phrase.many, abs(int(parts[phrase.by])))
            if phrase.many
            else self._catalogue.gettext(phrase.one)
        )
        return self._formatter.vformat(template, (), parts)

    def label(self, label: Label) -> str:
        return self.say(LABELS[label])

    def pace(self, pace: Pace) -> str:
        return self.code("pace", pace.value)

    def colour(self, colour: Colour | None) -> str:
        return self.code("colour", colour.value) if colour else numbers.NONE

    def code(self, family: str, value: str) -> str:
        """A code of a family ("pace", "method", "outcome" ...) in words; an unknown one as it is."""
        phrase = CODES[family].get(value)
        return self.say(phrase) if phrase else value

    def own_word(self, status: str) -> str:
        """What a person calls the state of a key result: the pace's word where it is one, else theirs."""
        code = status.strip().lower().replace(" ", "_").replace("-", "_")
        return self.code("pace", code) if code in CODES["pace"] else status

    def note(self, note: Note) -> str:
        """A remark in words. A code that this version does not know is shown with its figures."""
        phrase = REMARKS.get(note.code)
        if phrase is None:
            return self.say(UNKNOWN, code=note.code, figures=str(dict(note.args)))
        if note.code in WITHOUT_INSTANT and "at" not in note.args:
            phrase = WITHOUT_INSTANT[note.code]
        if note.code == Say.CANCELLED_EXCLUDED and note.args.get("below"):
            phrase = CANCELLED_WITH_BELOW
        return self.say(phrase, **note.args)

    def listed(self, values: Any) -> str:
        return numbers.listed(values, self._comma)

    def joined(self, parts: Iterable[str]) -> str:
        """Parts of one sentence."""
        return self._stop.join(parts)

    def percent(self, value: numbers.Figure) -> str:
        """A share as whole percent; "–" for none."""
        return numbers.percent(value)

    def figure(self, value: numbers.Figure, unit: str = "") -> str:
        """A number with its unit, as short as it can be said; "–" for none."""
        shown = numbers.number(value)
        return f"{shown} {unit}".rstrip() if shown != numbers.NONE else shown


class _Formatter(Formatter):
    """`{work:share}` is a percent, `{keys:list}` a list, `{policy:code}` a word: what a place holds is
    told by the phrase, so that a translation can move it but not change it."""

    def __init__(self, words: Words) -> None:
        self._words = words

    def format_field(self, value: Any, spec: str) -> str:
        match spec:
            case "":
                return value.isoformat() if isinstance(value, date) else str(value)
            case "share":
                return numbers.percent(value)
            case "hundred":
                return numbers.NONE if value is None else f"{numbers.number(value)}%"
            case "number":
                return numbers.number(value)
            case "unit":
                return f" {value}" if value else ""
            case "signed":
                return numbers.signed(value)
            case "hours":
                return numbers.hours(value)
            case "list":
                return self._words.listed(value)
            case "instant":
                return numbers.instant(value)
            case _:
                return self._words.code(spec, str(value))
