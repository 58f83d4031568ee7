"""The Dockerfile as data: its stages, and each of their instructions."""

from __future__ import annotations

import json
import re
import shlex
from dataclasses import dataclass

from tests.source import ROOT

DOCKERFILE = ROOT / "deploy" / "Dockerfile"


@dataclass(frozen=True, slots=True)
class Step:
    """`words` of an instruction: those of its JSON form where it has one, else as a shell splits them."""

    name: str
    text: str

    @property
    def words(self) -> list[str]:
        listed = re.search(r"\[.*\]$", self.text)
        return json.loads(listed[0]) if listed else shlex.split(self.text)


def stages() -> list[list[Step]]:
    """By stage, first to last; every instruction stands on one line."""
    found: list[list[Step]] = []
    for line in DOCKERFILE.read_text("utf-8").splitlines():
        if not line or line.startswith("#"):
            continue
        name, _, text = line.partition(" ")
        if name == "FROM":
            found.append([])
        found[-1].append(Step(name, text))
    return found


def only(stage: list[Step], name: str) -> Step:
    """The one instruction of this name."""
    [found] = [step for step in stage if step.name == name]
    return found


def sources(stage: list[Step]) -> list[str]:
    """What is copied in from the checkout."""
    copies = [step.words for step in stage if step.name == "COPY"]
    return [name for words in copies if not words[0].startswith("--from") for name in words[:-1]]


def environment(stage: list[Step]) -> dict[str, str]:
    return dict(word.split("=", 1) for word in only(stage, "ENV").words)
