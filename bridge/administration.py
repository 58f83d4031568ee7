"""Checks and custom fields: what an operator does with a connection before the first run."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from bridge.errors import BridgeError, ConnectorError
from bridge.model import Finding, KeyResult, Keys, Okrs, Outcome, Problem, Project, Query
from bridge.reading import Connection
from bridge.report.steps import BY_HAND, Step, StepsReport
from bridge.wishes import sources
from connectors.base import CheckScope, FieldInstaller, FieldStep

OUTCOMES = {"done": Outcome.WRITTEN.value, "failed": Outcome.FAILED.value, "skipped": Outcome.FAILED.value}


def check_scope(connection: Connection, okrs: Okrs) -> CheckScope:
    """What the OKR file asks of a connection, for its check to look into."""
    name = connection.name
    own = [link.selector for kr in okrs.key_results for link in kr.links if link.connection == name]
    own += [Query(s.query) for kr in okrs.key_results for s in sources(kr) if s.connection == name]
    keys = [key for selector in own if isinstance(selector, Keys) for key in selector.keys]
    anchors = [a.key for kr in okrs.key_results for a in kr.anchors or () if a.connection == name]
    named = [selector.key for selector in own if isinstance(selector, Project)]
    projects = [*named, *(key.rpartition("-")[0] for key in [*keys, *anchors] if "-" in key)]
    return CheckScope(
        selectors=tuple(dict.fromkeys(own)),
        anchors=tuple(dict.fromkeys([*anchors, *_default_anchors(name, okrs)])),
        projects=tuple(dict.fromkeys(projects)),
        cancelled=connection.mapping.cancelled,
    )


def _default_anchors(name: str, okrs: Okrs) -> Iterator[str]:
    """Keys of those key results that name no anchor of their own: their Epics show them."""
    for key_result in okrs.key_results:
        if key_result.anchors is None:
            yield from _keys(name, key_result)


def _keys(name: str, key_result: KeyResult) -> Iterator[str]:
    for link in key_result.links:
        if link.connection == name and isinstance(link.selector, Keys):
            yield from link.selector.keys


def check_connection(connection: Connection, scope: CheckScope) -> list[Finding]:
    """All findings of one connection; what stops the check is a finding too."""
    findings: list[Finding] = []
    try:
        findings.extend(connection.system.check(scope))
    except ConnectorError as error:
        findings.append(failed(connection.name, error))
    return findings


def failed(name: str, error: BridgeError) -> Finding:
    return Finding("error", name, error.message.removeprefix(f"{name}: "), error.hint)


def install_fields(
    connection: Connection, screens: Sequence[str], scope: CheckScope, really: bool
) -> StepsReport:
    """The custom fields of one connection: planned, and with `really` made and put on screens."""
    system = connection.system
    if not isinstance(system, FieldInstaller):
        return StepsReport(())
    plan = system.plan_fields(screens, scope.projects)
    if not really:
        return StepsReport(tuple(_step(connection.name, step) for step in plan.steps))
    results = {id(result.step): result for result in system.apply_fields(plan)}
    steps: list[Step] = []
    problems: list[Problem] = []
    for step in plan.steps:
        result = results.get(id(step))
        outcome = OUTCOMES[result.outcome] if result else None
        steps.append(_step(connection.name, step, outcome))
        if result and result.outcome == "failed":
            problems.append(
                Problem(kind="fields", message=result.message, hint=result.hint, connection=connection.name)
            )
    return StepsReport(tuple(steps), tuple(problems))


def _step(connection: str, step: FieldStep, outcome: str | None = None) -> Step:
    if outcome is None:
        by_hand = BY_HAND if step.what in ("ask", "click") else Outcome.KEPT.value
        outcome = Outcome.PLANNED.value if step.doable else by_hand
    return Step(connection=connection, what=step.what, name=step.name, detail=step.detail, outcome=outcome)


def unlinked(okrs: Okrs, public_url: str) -> list[Finding]:
    """Key results whose remote link cannot be made, for there is nowhere to point."""
    without = [] if public_url else [kr.id for kr in okrs.key_results if not kr.url]
    hint = "set [bridge] public_url, or `url` on the key result; or [publish] remote_link = false"
    message = "no remote link: there is no page to point at"
    return [Finding("info", ", ".join(without), message, hint)] if without else []
