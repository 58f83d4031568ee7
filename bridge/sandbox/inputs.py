"""What a caller sends for a field, checked and turned into the value that the issue will show."""

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from bridge.sandbox import adf
from bridge.sandbox.catalog import Project
from bridge.sandbox.clock import parse_ms
from bridge.sandbox.fieldtypes import Field
from bridge.sandbox.jql.moments import period
from bridge.sandbox.records import Issue, Json, Refusal

if TYPE_CHECKING:
    from bridge.sandbox.jira import Jira

NOT_ON_SCREEN = "Field '{id}' cannot be set. It is not on the appropriate screen, or unknown."
TEXT_LIMIT = 255


@dataclass(frozen=True, slots=True)
class Target:
    """Where a value is to go."""

    jira: "Jira"
    project: Project
    field: Field


def settable(jira: "Jira", project: Project, id: str) -> Field:
    """The field, when this project's issues let it be set. Raises Refusal 400 with Jira's one answer."""
    field = jira.catalog.fields.get(id)
    if field is None or not jira.catalog.editable(field, project):
        raise Refusal(400, errors={id: NOT_ON_SCREEN.format(id=id)})
    return field


def value(jira: "Jira", project: Project, field: Field, sent: Json) -> Json:
    """The REST-ready value. Raises Refusal 400 for a value that does not fit the field."""
    if sent is None:
        return [] if field.type == "array" and not field.custom else None
    try:
        return _VALUES.get(field.type, _word)(Target(jira, project, field), sent)
    except (ValueError, TypeError, AttributeError, OverflowError):
        raise bad(field, "data was not of the expected type") from None


def bad(field: Field, why: str) -> Refusal:
    return Refusal(400, errors={field.id: why})


def _string(to: Target, sent: Json) -> Json:
    if to.field.rich and to.jira.cloud:
        why = adf.fault(sent)
        if why:
            raise bad(to.field, why)
        return sent
    if not isinstance(sent, str):
        raise bad(to.field, "Operation value must be a string")
    if to.field.id == "summary" and (not sent.strip() or "\n" in sent):
        raise bad(to.field, "You must specify a summary of the issue." if not sent.strip() else _NEWLINE)
    if not to.field.rich and len(sent) > TEXT_LIMIT:
        raise bad(to.field, f"{to.field.name} can't exceed {TEXT_LIMIT} characters.")
    if len(sent) > adf.LIMIT:
        raise bad(to.field, adf.too_long())
    return sent or None


_NEWLINE = "The summary is invalid because it contains newline characters."


def _number(to: Target, sent: Json) -> Json:
    if isinstance(sent, bool) or not isinstance(sent, int | float):
        raise bad(to.field, "Operation value must be a number")
    return float(sent)


def _date(to: Target, sent: Json) -> Json:
    if not isinstance(sent, str) or not re.fullmatch(r"[1-9]\d{3}-\d\d-\d\d", sent, re.ASCII):
        raise bad(to.field, f"Error parsing date string: {sent}")
    try:
        parse_ms(sent)
    except ValueError:
        raise bad(to.field, f"Error parsing date string: {sent}") from None
    return sent


def _datetime(to: Target, sent: Json) -> Json:
    try:
        return to.jira.clock.stamp(parse_ms(sent))
    except ValueError:
        raise bad(to.field, f"Error parsing time: {sent}") from None


def _user(to: Target, sent: Json) -> Json:
    id = sent.get("accountId" if to.jira.cloud else "name") or sent.get("id")
    if id not in to.jira.catalog.users:
        raise bad(to.field, f"User '{id}' does not exist.")
    return to.jira.catalog.users[id]


def _entry(table: str) -> Any:
    def entry(to: Target, sent: Json) -> Json:
        among = to.project.types if table == "types" else ()
        entries = getattr(to.jira.catalog, table)
        found = to.jira.catalog.named(entries, str(sent.get("id") or sent.get("name")), among)
        if found is None or (among and found["id"] not in among):
            raise bad(to.field, f"Could not find valid 'id' or 'name' in {to.field.name}.")
        return found

    return entry


def _option(to: Target, sent: Json) -> Json:
    for id, text in to.field.options.items():
        if sent.get("id") == id or sent.get("value") == text:
            return {"self": f"{to.jira.catalog.api}/customFieldOption/{id}", "value": text, "id": id}
    raise bad(to.field, f"Option id '{sent.get('id') or sent.get('value')}' is not valid")


def _array(to: Target, sent: Json) -> Json:
    if to.field.custom.endswith("gh-sprint"):
        return _sprint(to, sent)
    if not isinstance(sent, list):
        raise bad(to.field, "data was not an array")
    if to.field.items == "option":
        return [_option(to, one) for one in sent] or None
    if to.field.items == "string":
        for label in sent:
            if not isinstance(label, str) or " " in label:
                raise bad(to.field, f"The label '{label}' contains spaces which is invalid.")
        return sorted(dict.fromkeys(sent))
    return [_part(to, one) for one in sent]


def _part(to: Target, sent: Json) -> Json:
    """A component or version: one that some issue has already, by id or name."""
    held = (one for issue in to.jira.store.issues.values() for one in issue.fields.get(to.field.id) or ())
    for one in held:
        if one.get("id") == sent.get("id", "") or one.get("name") == sent.get("name", ""):
            return one
    raise bad(to.field, f"{to.field.name} name '{sent.get('name')}' is not valid")


def _sprint(to: Target, sent: Json) -> Json:
    if sent not in to.jira.catalog.sprints:
        raise bad(to.field, "Number value expected as the Sprint id.")
    return [to.jira.catalog.sprints[sent]]


def _word(to: Target, sent: Json) -> Json:
    if not isinstance(sent, str):
        raise bad(to.field, "Operation value must be a string")
    return sent


_VALUES: dict[str, Any] = {
    "string": _string,
    "number": _number,
    "date": _date,
    "datetime": _datetime,
    "user": _user,
    "option": _option,
    "array": _array,
    "issuetype": _entry("types"),
    "priority": _entry("priorities"),
    "resolution": _entry("resolutions"),
}


def estimate(field: Field, sent: Json) -> dict[str, Json]:
    """What `timetracking` sets: `{"originalEstimate": "3d 4h"}`. Raises Refusal 400."""
    text = sent.get("originalEstimate") if isinstance(sent, dict) else None
    if not isinstance(text, str) or not re.fullmatch(r"\s*(\d{1,6}[wdhm]\s*)+", text, re.ASCII):
        raise bad(field, "Specify a valid value for original estimate")
    return {"timeoriginalestimate": seconds(text)}


def seconds(text: str) -> int:
    """`3d 4h` as seconds of work: 8 hours a day, 5 days a week."""
    hours = {"w": 40, "d": 8}
    return sum(
        round(period(part).total_seconds())
        if part[-1] not in hours
        else int(part[:-1]) * hours[part[-1]] * 3600
        for part in text.split()
    )


def parent_of(jira: "Jira", sent: Json, child_level: int) -> Issue | None:
    """The parent meant by `{"key"}` or `{"id"}`. Raises Refusal 400 for an unknown or unfit one."""
    if sent is None:
        return None
    if not isinstance(sent, dict):
        raise Refusal(400, errors={"parent": "data was not an object"})
    if sent.get("none"):
        return None
    found = jira.store.find(str(sent.get("key") or sent.get("id") or ""))
    if found is None or not jira.readable(found):
        raise Refusal(400, errors={"parent": "Could not find issue by id or key."})
    if jira.catalog.level(found) <= child_level:
        raise Refusal(
            400, errors={"parentId": "Given parent issue does not belong to the appropriate hierarchy."}
        )
    return found
