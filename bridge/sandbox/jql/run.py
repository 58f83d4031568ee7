"""From a query's structure to the issues it means."""

import operator as op
import re
from collections.abc import Callable
from dataclasses import replace
from typing import TYPE_CHECKING, Any

from bridge.sandbox.jql.attributes import attribute
from bridge.sandbox.jql.kinds import Attribute
from bridge.sandbox.jql.parse import Clause, Empty, Many, Node, Not, Operand, Query, parse
from bridge.sandbox.records import Issue, Refusal

if TYPE_CHECKING:
    from bridge.sandbox.jira import Jira

Test = Callable[[Issue], bool]
MOST_OPERANDS = 24_999
RANGE = {"<": op.lt, "<=": op.le, ">": op.gt, ">=": op.ge}
_PAIRS = {"=": "!=", "in": "not in", "is": "is not", "~": "!~", "<": ">=", ">": "<="}
OPPOSITES = _PAIRS | {opposite: operator for operator, opposite in _PAIRS.items()}


def run(jira: "Jira", jql: str) -> list[Issue]:
    """The issues that the query finds for the bridge's account, in its order (newest first without one).

    Reads the search index, so it may lag; archived and unseen issues are left out. Raises Refusal.
    """
    query = parse(jql)
    test = compile_where(jira, query.where) if query.where else None
    order = compile_order(jira, query)
    found = [i for i in jira.store.indexed() if not i.archived and jira.readable(i) and (not test or test(i))]
    return order(found)


def compile_where(jira: "Jira", node: Node, *, turned: bool = False) -> Test:
    """A predicate over issues. Raises Refusal 400 for unknown fields, values and operators.

    NOT turns the operators below it around, as Jira does: `NOT labels = x` is `labels != x` and leaves out
    issues without labels. https://support.atlassian.com/jira-software-cloud/docs/jql-operators/
    """
    match node:
        case Not():
            return compile_where(jira, node.part, turned=not turned)
        case Many():
            parts = [compile_where(jira, part, turned=turned) for part in node.parts]
            if (node.joint == "and") != turned:
                return lambda issue: all(part(issue) for part in parts)
            return lambda issue: any(part(issue) for part in parts)
        case Clause():
            test = _clause(jira, node)
            return _turned(jira, node, test) if turned else test


def _turned(jira: "Jira", clause: Clause, test: Test) -> Test:
    """A field that does not know the opposite operator has whatever the clause does not hit."""
    opposite = OPPOSITES[clause.operator]
    if opposite in attribute(jira, clause.field).operators:
        return _clause(jira, replace(clause, operator=opposite))
    return lambda issue: not test(issue)


def _clause(jira: "Jira", clause: Clause) -> Test:
    known = attribute(jira, clause.field)
    if clause.operator not in known.operators:
        name = clause.operator.upper()
        raise Refusal(400, f"The operator '{name}' is not supported by the '{clause.field}' field.")
    if len(clause.operands) > MOST_OPERANDS:
        raise Refusal(500, "Internal server error")
    if any(isinstance(operand, Empty) for operand in clause.operands):
        return _emptiness(known, clause)
    match clause.operator:
        case "=" | "in":
            return _among(known, clause.operands)
        case "!=" | "not in":
            return _apart(known, clause.operands)
        case "~" | "!~":
            return _words(known, clause)
        case "is" | "is not":
            raise Refusal(400, f"The operator '{clause.operator.upper()}' only supports EMPTY or NULL.")
        case _:
            return _ordered(known, clause)


def _emptiness(known: Attribute, clause: Clause) -> Test:
    if clause.operator in ("is", "=", "in"):
        rest = tuple(operand for operand in clause.operands if not isinstance(operand, Empty))
        among = _among(known, rest) if rest else None
        return lambda issue: known.read(issue) in (None, "", []) or (among is not None and among(issue))
    if clause.operator in ("is not", "!=", "not in"):
        rest = tuple(operand for operand in clause.operands if not isinstance(operand, Empty))
        apart = _apart(known, rest) if rest else None
        return lambda issue: known.read(issue) not in (None, "", []) and (apart is None or apart(issue))
    raise Refusal(400, f"The operator '{clause.operator.upper()}' does not support EMPTY.")


def _wanted(known: Attribute, operands: tuple[Operand, ...]) -> set[Any]:
    return {value for operand in operands for value in known.resolve(operand)}


def _among(known: Attribute, operands: tuple[Operand, ...]) -> Test:
    wanted, read = _wanted(known, operands), known.read
    if known.many:
        return lambda issue: not wanted.isdisjoint(read(issue))
    return lambda issue: read(issue) in wanted


def _apart(known: Attribute, operands: tuple[Operand, ...]) -> Test:
    """Issues where the field is empty are left out, as Jira does."""
    wanted, read = _wanted(known, operands), known.read
    if known.many:
        return lambda issue: bool(held := read(issue)) and wanted.isdisjoint(held)
    return lambda issue: (held := read(issue)) not in (None, "") and held not in wanted


def _ordered(known: Attribute, clause: Clause) -> Test:
    compare = RANGE[clause.operator]
    if known.compare is not None:
        by_compare, operand = known.compare, clause.operands[0]
        return lambda issue: (sign := by_compare(issue, operand)) is not None and compare(sign, 0)
    edge = next(iter(known.resolve(clause.operands[0])))
    return lambda issue: (held := known.read(issue)) is not None and compare(held, edge)


def _words(known: Attribute, clause: Clause) -> Test:
    test = matcher(next(iter(known.resolve(clause.operands[0]))))
    if clause.operator == "~":
        return lambda issue: bool(text := known.read(issue)) and test(text)
    return lambda issue: bool(text := known.read(issue)) and not test(text)


def matcher(query: str) -> Callable[[str], bool]:
    """Text search: every word must be there (a trailing `*` matches its beginning), a quoted phrase as it is.

    Words of scripts without spaces match anywhere, as an index of single characters would find them.
    """
    phrases = re.findall(r'"([^"]*)"', query)
    rest = re.sub(r'"[^"]*"', " ", query)
    bare = re.sub(r"\\(.)", r"\1", rest).casefold()
    words = re.findall(r"\w+\*?", bare)

    def test(text: str) -> bool:
        folded = text.casefold()
        held = set(re.findall(r"\w+", folded))
        return all(p.casefold() in folded for p in phrases) and all(_holds(w, held, folded) for w in words)

    return test


def _holds(word: str, held: set[str], text: str) -> bool:
    if not word.isascii():
        return word.rstrip("*") in text
    if word.endswith("*"):
        return any(one.startswith(word[:-1]) for one in held)
    return word in held


def compile_order(jira: "Jira", query: Query) -> Callable[[list[Issue]], list[Issue]]:
    """How to sort what was found; empties last going up. Raises Refusal 400 for fields without an order."""
    if not query.order:
        return lambda found: sorted(found, key=lambda issue: (-issue.created, -issue.id))
    terms = []
    for name, descending in query.order:
        known = attribute(jira, name)
        if known.sort is None:
            raise Refusal(400, f"Not able to sort using field '{name}'.")
        terms.append((known.sort, descending))

    def order(found: list[Issue]) -> list[Issue]:
        sorted_found = sorted(found, key=lambda issue: issue.id)
        for read, descending in reversed(terms):
            sorted_found.sort(key=_empties_last(read), reverse=descending)
        return sorted_found

    return order


def _empties_last(read: Callable[[Issue], Any]) -> Callable[[Issue], Any]:
    def key(issue: Issue) -> tuple[bool, Any]:
        value = read(issue)
        return value is None, value

    return key
