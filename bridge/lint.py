"""OKR hygiene, as good practice has it. Errors are only for what makes numbers meaningless."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date

from bridge.model import (
    FieldValue,
    Finding,
    KeyResult,
    Keys,
    Kind,
    Label,
    Link,
    Objective,
    Okrs,
    Project,
    Query,
    State,
)

# Work that is done once, as opposed to an outcome that is reached.
_TASK = re.compile(
    r"(?:implement|build|create|write|develop|deliver|launch|release|migrate|deploy|finish|complete|hold|"
    r"organi[sz]e|prepare|publish|refactor|set up|roll out|design|hire|introduce|ship|run)\b",
    re.IGNORECASE,
)
_TASK_ZH = re.compile(r"完成|开发|实现|上线|编写|搭建|组织|发布|设计|部署")
_NUMBER = re.compile(r"[0-9０-９%％零一二三四五六七八九十百千万亿]")  # in words in Chinese too
_APART = 10
_LEVELS = ("person", "team", "department", "company")


@dataclass(frozen=True, slots=True)
class Limits:
    """How many are good practice: objectives of the company or of one owner below it; key results each."""

    max_objectives: int = 5
    max_key_results: int = 5


def lint(okrs: Okrs, limits: Limits) -> tuple[Finding, ...]:
    """All findings, in file order but for those on the whole, which come first. `where` is an id.

    Closed objectives are past mending and not looked at.
    """
    live = [o for o in okrs.objectives if o.state is not State.CLOSED]
    findings = [*_nothing(okrs), *_too_many(live, limits), *_shared_links(live)]
    for objective in live:
        findings += _objective(objective, okrs, limits)
        for kr in objective.key_results:
            findings += _key_result(kr, okrs.cycle.end, okrs.cycle.start)
    return tuple(findings)


def _nothing(okrs: Okrs) -> Iterator[Finding]:
    if not okrs.objectives:
        hint = "add [[objectives]] with [[objectives.key_results]]"
        yield Finding("error", okrs.cycle.id, "there is no objective in the file", hint)


def _warning(where: str, message: str, hint: str = "") -> Finding:
    return Finding("warning", where, message, hint)


def _info(where: str, message: str, hint: str = "") -> Finding:
    return Finding("info", where, message, hint)


def _too_many(objectives: list[Objective], limits: Limits) -> Iterator[Finding]:
    groups: dict[tuple[str, str], list[str]] = defaultdict(list)
    for o in objectives:
        if o.state is State.ACTIVE:
            below = o.level in ("department", "team", "person")
            groups[o.level if below else "company", o.owner if below else ""].append(o.id)
    for (level, owner), ids in groups.items():
        if len(ids) > limits.max_objectives:
            whose = f"{level} objectives of {owner or 'nobody'}" if level != "company" else "objectives"
            yield _warning(
                "okrs",
                f"{len(ids)} {whose}, more than {limits.max_objectives}: {', '.join(ids)}",
                "fewer objectives get more attention; [lint] max_objectives",
            )


def _objective(o: Objective, okrs: Okrs, limits: Limits) -> Iterator[Finding]:
    if not o.key_results:
        level = "warning" if o.state is State.DRAFT else "error"
        yield Finding(level, o.id, "has no key result: it can never have a value", "add one, or close it")
    if len(o.key_results) > limits.max_key_results:
        yield _warning(
            o.id,
            f"{len(o.key_results)} key results, more than {limits.max_key_results}",
            "keep those that matter; [lint] max_key_results",
        )
    if not o.owner:
        yield _warning(o.id, "has no owner")
    if o.level == "person" and o.weight and not o.parent and not o.supports:
        yield _info(o.id, "is a person's own and serves no other objective", "name its parent")
    if o.state is State.DRAFT:
        yield _info(o.id, "is a draft", 'state = "active" when it is agreed')
    yield from _upside_down(o, okrs)
    yield from _weights(o)


def _upside_down(o: Objective, okrs: Okrs) -> Iterator[Finding]:
    parent = next((p for p in okrs.objectives if p.id == o.parent), None)
    if parent is None:
        return
    if parent.state is State.CLOSED:
        yield _warning(o.id, f"serves {parent.id}, which is closed")
    if (
        o.level in _LEVELS
        and parent.level in _LEVELS
        and _LEVELS.index(o.level) > _LEVELS.index(parent.level)
    ):
        yield _warning(o.id, f"of level {o.level} serves {parent.id} of level {parent.level}")


def _weights(o: Objective) -> Iterator[Finding]:
    weights = [kr.weight for kr in o.key_results]
    counted = [w for w in weights if w > 0]
    if counted and max(counted) > _APART * min(counted):
        yield _warning(
            o.id,
            f"weights run from {min(counted)} to {max(counted)}: the light ones hardly count",
            "bring them closer, or drop the light ones",
        )
    for kr in o.key_results:
        if kr.weight == 0:
            yield _info(kr.id, "weighs 0: shown, and not counted in its objective")


def _key_result(kr: KeyResult, end: date, start: date) -> Iterator[Finding]:
    if not kr.owner:
        yield _warning(kr.id, "has no owner")
    if kr.due is None:
        yield _info(kr.id, "has no due date", "absent, it is the end of the cycle")
    elif not start <= kr.due <= end:
        yield _warning(kr.id, f"is due {kr.due}, outside the cycle ({start} to {end})")
    yield from _title(kr)
    yield from _work(kr)
    yield from _unused(kr)


def _title(kr: KeyResult) -> Iterator[Finding]:
    if _NUMBER.search(kr.title):
        return
    if kr.kind in (Kind.METRIC, Kind.BLEND):
        yield _warning(kr.id, "is a metric without a number in its title", "say from what to what")
    elif kr.kind is Kind.WORK:
        task = _TASK.match(kr.title.strip()) or _TASK_ZH.match(kr.title.strip())
        yield (
            _warning(kr.id, "reads like a task", "say what will be different when it is done, with a number")
            if task
            else _info(kr.id, "has no number in its title", "say how much")
        )


def _work(kr: KeyResult) -> Iterator[Finding]:
    counts_work = kr.kind is Kind.WORK or (kr.kind is Kind.BLEND and kr.blend and kr.blend.work > 0)
    if counts_work and not kr.links:
        yield _warning(kr.id, "has no links: no work counts for it", "links = [{ connection, keys }]")
    elif kr.links and _nowhere(kr):
        yield _warning(
            kr.id,
            "has queries only and no anchor: rolled up and shown everywhere but written nowhere",
            "anchors = [{ connection, key }]",
        )
    for number, link in enumerate(kr.links):
        if link in kr.links[:number]:
            yield _warning(kr.id, f"links.{number} repeats a link")


def _nowhere(kr: KeyResult) -> bool:
    return kr.anchors is None and not any(isinstance(link.selector, Keys) for link in kr.links)


def _unused(kr: KeyResult) -> Iterator[Finding]:
    """Settings that do nothing here: the person who wrote them expects something else."""
    rollup = kr.rollup
    idle = {
        "metric": kr.metric is not None and kr.kind not in (Kind.METRIC, Kind.BLEND),
        "milestones": bool(kr.milestones) and kr.kind is not Kind.MILESTONE,
        "blend": kr.blend is not None and kr.kind is not Kind.BLEND,
        "expected": bool(kr.expected) and kr.kind is Kind.LEARNING,
        "rollup.field": bool(rollup.field) and rollup.method != "field",
        "rollup.status_weights": bool(rollup.status_weights) and rollup.value != "status",
    }
    for name, unused in idle.items():
        if unused:
            yield _warning(kr.id, f"{name} is set and has no effect here")


def _shared_links(objectives: list[Objective]) -> Iterator[Finding]:
    """The same work behind several key results counts fully in each: meant, or not."""
    users: dict[tuple[str, str], list[str]] = defaultdict(list)
    for kr in (kr for o in objectives for kr in o.key_results):
        for name in dict.fromkeys(name for link in kr.links for name in _names(link)):
            users[name].append(kr.id)
    for (connection, work), krs in users.items():
        if len(krs) > 1:
            yield _info(krs[0], f"{work} on {connection} counts in several: {', '.join(krs)}")


def _names(link: Link) -> Iterator[tuple[str, str]]:
    """(connection, work) of all that a link asks for."""
    match link.selector:
        case Keys(keys):
            yield from ((link.connection, key) for key in keys)
        case Query(text):
            yield link.connection, f"query {text}"
        case Label(name):
            yield link.connection, f"label {name}"
        case Project(key):
            yield link.connection, f"project {key}"
        case FieldValue(field, value):
            yield link.connection, f"field {field} = {value}"
