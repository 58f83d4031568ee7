"""What the site should show, by an oracle of its own, and what it does show."""

from __future__ import annotations

import re
from collections.abc import Collection, Mapping
from fractions import Fraction
from typing import Any

from bridge.sandbox import adf
from bridge.sandbox.jira import Jira
from bridge.sandbox.records import Issue
from tests.faults.company import FIELDS, POINTS, Company, Kr

INSTANCE = "matrix"
BY_THE_PAST = re.compile(r"^(last change|pace from)", re.IGNORECASE)
LIMIT = Fraction(99, 100)


# --- the figures


def percents(company: Company) -> dict[str, int | None]:
    """What a complete read at this instant gives for every key result."""
    return {kr.id: percent(share(company.jira, kr)) for kr in company.krs}


def percent(value: Fraction | None) -> int | None:
    if value is None or value in (0, 1):
        return None if value is None else int(value) * 100
    return min(99, max(1, int(value * 100 + Fraction(1, 2))))


def share(jira: Jira, kr: Kr) -> Fraction | None:
    """Stories count, with credit for their parts; a group without stories stands for itself."""
    hits = {jira.issue(key).id for key in kr.keys}
    hits |= {i.id for i in jira.store.issues.values() if kr.label and kr.label in i.fields["labels"]}
    reached = hits.union(*(jira.store.descendants(hit) for hit in hits))
    out = {id for id in reached if _cancelled(jira.issue(id))}
    out = out.union(*(jira.store.descendants(id) for id in out))
    live = {id: jira.issue(id) for id in reached - out}
    below = {id: [c for c in jira.store.children(id) if c.id in live] for id in live}
    units = [issue for issue in live.values() if _is_unit(jira, issue, live, below)]
    weights = [_points(jira, unit, below) if kr.method == "points" else Fraction(1) for unit in units]
    known = [weight for weight in weights if weight is not None]
    mean = sum(known, Fraction(0)) / len(known) if sum(known) else Fraction(1)
    used = [(weight if weight is not None else mean) if sum(known) else Fraction(1) for weight in weights]
    total = sum(used, Fraction(0))
    worth = [_worth(unit, below[unit.id]) for unit in units]
    return sum((w * v for w, v in zip(used, worth, strict=True)), Fraction(0)) / total if total else None


def _cancelled(issue: Issue) -> bool:
    return issue.category == "done" and (issue.fields["resolution"] or {}).get("name") == "Won't Do"


def _is_unit(jira: Jira, issue: Issue, live: Mapping[int, Issue], below: Mapping[int, list[Issue]]) -> bool:
    match jira.catalog.level(issue):
        case 1:
            return not below[issue.id]
        case 0:
            return True
        case _:
            return issue.parent not in live


def _points(jira: Jira, unit: Issue, below: Mapping[int, list[Issue]]) -> Fraction | None:
    told = [one.fields.get(POINTS) for one in (unit, *below[unit.id])]
    if told[0] is not None:
        return Fraction(told[0])
    parts = [Fraction(one) for one in told[1:] if one is not None]
    return sum(parts, Fraction(0)) if parts else None


def _worth(unit: Issue, parts: list[Issue]) -> Fraction:
    if unit.category == "done":
        return Fraction(1)
    done = sum(part.category == "done" for part in parts)
    return min(Fraction(done, len(parts)), LIMIT) if parts else Fraction(0)


# --- what stands on the anchors


def shown(company: Company) -> dict[tuple[int, str, str], Any]:
    """By item, kind and name, all that the bridge keeps there; without instants and ids, and without the
    lines that tell of the past."""
    places: dict[tuple[int, str, str], Any] = {}
    for item, krs in company.anchors().items():
        issue = company.jira.issue(item)
        if any(kr.fields for kr in krs):
            for role, field in FIELDS.items():
                if role != "updated":
                    places[item, "field", role] = issue.fields.get(field)
        for entry in (issue.properties.get("okr-bridge") or {}).get("key_results", ()):
            timeless = {name: value for name, value in entry.items() if name != "updated"}
            places[item, "property", entry["id"]] = timeless
        for comment in company.comments_of_ours(item):
            mark = comment.properties["okr-bridge"]
            words = "reworded" if comment.id in company.rewritten else text(comment.body)
            places[item, "comment", mark["kr"]] = {"hash": mark["hash"], "text": words}
        for link in issue.remote:
            places[item, "link", link["globalId"]] = {
                n: v for n, v in link.items() if n not in ("id", "self")
            }
    return places


def text(body: Any) -> str:
    lines = adf.plain(body).splitlines()
    return "\n".join(line for line in lines if not BY_THE_PAST.match(line.lstrip("* -")))


def differences(company: Company, main: Mapping[Any, Any], fresh: Mapping[Any, Any]) -> list[str]:
    """Where the site shows something else than a fresh bridge writes; places that people set are theirs."""
    told = []
    for place in sorted({*main, *fresh}, key=str):
        item, kind, name = place
        ours, theirs = main.get(place), fresh.get(place)
        if kind == "field" and (item, name) in company.edited:
            theirs = company.edited[item, name]
        if kind == "comment" and ours and theirs and ours["text"] == "reworded":
            theirs = {**theirs, "text": "reworded"}
        if ours != theirs:
            told.append(f"{place}: shows {ours!r}, and a fresh bridge writes {theirs!r}")
    return told


def concluded(
    company: Company, before: Mapping[tuple[int, str], int | None], unread: Collection[str]
) -> list[str]:
    """Figures of key results that could not be read to the end, and moved all the same."""
    return [
        f"{place[1]} on {place[0]} could not be read and moved from {before.get(place)} to {figure}"
        for place, figure in figures_shown(company).items()
        if place[1] in unread and place in before and figure != before[place]
    ]


def strip(company: Company) -> None:
    """Take away all that the bridge made."""
    for item in company.anchors():
        issue = company.jira.issue(item)
        issue.fields.update(dict.fromkeys(FIELDS.values()))
        issue.properties.pop("okr-bridge", None)
        issue.comments = [one for one in issue.comments if "okr-bridge" not in one.properties]
        issue.remote.clear()
        company.jira.touch(issue)


# --- at every moment


def wrongs(company: Company) -> list[str]:
    """What must never be, in the midst of trouble either."""
    return [*_doubles(company), *_trampled(company)]


def _doubles(company: Company) -> list[str]:
    told = []
    for item in company.anchors():
        seen = [one.properties["okr-bridge"]["kr"] for one in company.comments_of_ours(item)]
        told += [f"{item} has {seen.count(kr)} comments of {kr}" for kr in set(seen) if seen.count(kr) > 1]
    return told


def _trampled(company: Company) -> list[str]:
    jira, told = company.jira, []
    for (item, role), value in company.edited.items():
        now = jira.issue(item).fields.get(FIELDS[role])
        if now != value:
            told.append(f"{role} of {item} was set to {value!r} by a person and is {now!r}")
    for item, comment, body in company.said:
        if comment not in jira.issue(item).comments or comment.body != body or comment.editor is not jira.me:
            told.append(f"a person's comment {comment.id} on {item} was touched")
        if comment.properties:
            told.append(f"a person's comment {comment.id} on {item} bears properties")
    return told


def figures_shown(company: Company) -> dict[tuple[int, str], int | None]:
    """By item and key result, the percentage in the property."""
    return {
        (item, entry["id"]): entry["percent"]
        for item in company.anchors()
        for entry in (company.jira.issue(item).properties.get("okr-bridge") or {}).get("key_results", ())
    }


def untrue(
    company: Company,
    before: Mapping[tuple[int, str], int | None],
    truths: list[Mapping[str, int | None]],
    *,
    done: bool,
) -> list[str]:
    """Figures that are neither what stood there nor what the site said while the run went on; after a run
    that says it is done, what stood there is no excuse."""
    told = []
    now = figures_shown(company)
    for place, figure in now.items():
        right = [truth[place[1]] for truth in truths]
        if figure not in right and (done or figure != before.get(place)):
            told.append(f"{place[1]} on {place[0]} shows {figure}, was {before.get(place)}, is {right}")
    if done:
        wanted = {(item, kr.id) for item, krs in company.anchors().items() for kr in krs}
        told += [f"{kr} is not shown on {item}" for item, kr in sorted(wanted - now.keys())]
    return told
