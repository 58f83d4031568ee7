"""A filter in the words of Trello's own search box, held against whole boards.

Trello's search is an index: what is new is missing from it for a while, and nothing tells how much. So the
words are understood here, and what is not understood is refused.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

_WORD = re.compile(r'\s*(-?)(?:([a-z]+):|([#@]))?(?:"((?:[^"\\]|\\.)*)"|([^\s"]+))')
_STATES: Mapping[str, Callable[[Mapping[str, Any]], bool]] = {
    "open": lambda card: not card.get("closed"),
    "archived": lambda card: bool(card.get("closed")),
    "complete": lambda card: card.get("dueComplete") is True,
    "incomplete": lambda card: card.get("dueComplete") is not True,
}
_HAS: Mapping[str, Callable[[Mapping[str, Any]], bool]] = {
    "members": lambda card: bool(card.get("idMembers")),
    "due": lambda card: bool(card.get("due")),
    "labels": lambda card: bool(card.get("labels")),
}
KNOWN = "board: list: label: # member: @ name: is:open|archived|complete|incomplete has:members|due|labels"
_SIGNS = {"#": "label", "@": "member"}
_TEXTS = {"board", "list", "label", "member", "name"}


class Misread(ValueError):
    """What is no filter, in a few words."""


@dataclass(frozen=True, slots=True)
class Term:
    """`word` is one of board, list, label, member, name, is, has."""

    word: str
    value: str
    negated: bool


@dataclass(frozen=True, slots=True)
class Around:
    """What a card's ids mean on its board."""

    board: tuple[str, ...]
    lists: Mapping[str, str]
    members: Mapping[str, tuple[str, ...]]


def terms(text: str) -> tuple[Term, ...]:
    """All of them have to hold. Raises Misread."""
    found, at = list[Term](), 0
    while text[at:].strip():
        match = _WORD.match(text, at)
        if match is None:
            raise Misread(f"{text[at:].strip()[:40]!r} is no filter")
        found.append(_term(match))
        at = match.end()
        if at < len(text) and not text[at].isspace():
            raise Misread(f"{text[at : at + 40]!r} is no filter")
    if not found:
        raise Misread("an empty filter would hit every card")
    return tuple(found)


def _term(match: re.Match[str]) -> Term:
    word = match[2] or _SIGNS.get(match[3] or "", "name")
    value = match[5] if match[5] is not None else re.sub(r"\\(.)", r"\1", match[4])
    if word in ("is", "has"):
        known = _STATES if word == "is" else _HAS
        if value not in known:
            raise Misread(f"{word}: takes {', '.join(known)}")
    elif word not in _TEXTS:
        raise Misread(f"no filter is called {word}:")
    return Term(word, value, bool(match[1]))


def hits(card: Mapping[str, Any], wanted: tuple[Term, ...], around: Around) -> bool:
    return all(_holds(card, term, around) != term.negated for term in wanted)


def _holds(card: Mapping[str, Any], term: Term, around: Around) -> bool:
    value = term.value.strip().casefold()
    match term.word:
        case "is":
            return _STATES[term.value](card)
        case "has":
            return _HAS[term.value](card)
        case "board":
            return value in map(str.casefold, around.board)
        case "list":
            return around.lists.get(card.get("idList", ""), "").strip().casefold() == value
        case "label":
            return value in (name.strip().casefold() for name in labels(card))
        case "member":
            names = (name for id in card.get("idMembers") or () for name in around.members.get(id, ()))
            return value in map(str.casefold, names)
        case _:
            return value in str(card.get("name") or "").casefold()


def labels(card: Mapping[str, Any]) -> tuple[str, ...]:
    """Their names; one without a name is called by its colour, as Trello shows it."""
    told = (one for one in card.get("labels") or () if isinstance(one, dict))
    return tuple(str(one.get("name") or one.get("color") or "") for one in told)


def named(text: str, kind: str) -> str:
    """What an address of a card (`c`) or board (`b`) names, else the text itself."""
    found = re.match(rf"https?://[^/]+/{kind}/([0-9A-Za-z]+)", text.strip())
    return found[1] if found else text.strip()
