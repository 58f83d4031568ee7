"""What Jira's refusals mean, where the status alone does not say it."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from contextlib import contextmanager

from bridge.errors import AccessDenied, ConnectorError, Rejected

FROZEN = "it is archived or read-only: restore it, or name another anchor"
_NOTIFY = "discard the user notification"
_FROZEN_WORDS = ("archived", "read-only", "read only", "not editable")


def said(error: ConnectorError) -> str:
    """The line without the connection's name."""
    return error.message.removeprefix(f"{error.system}: ")


def refuses_silence(error: AccessDenied) -> bool:
    """Jira refuses the whole edit when `notifyUsers=false` comes from an account that administers nothing."""
    return _NOTIFY in error.message


@contextmanager
def explained(permission: str) -> Iterator[None]:
    """Refusals inside come out with the next step: which permission is missing, or what is frozen."""
    try:
        yield
    except (AccessDenied, Rejected) as error:
        if isinstance(error, AccessDenied) and error.login:
            raise
        text = said(error).lower()
        if any(word in text for word in _FROZEN_WORDS):
            raise AccessDenied(error.system, said(error), FROZEN) from error
        missing = "answered 403" in text or (isinstance(error, Rejected) and "permission" in text)
        if missing and "scope" not in text:
            hint = f'give the account the permission "{permission}" in this project'
            raise AccessDenied(error.system, said(error), hint) from error
        raise


def by_role(error: Rejected, roles: Mapping[str, str], hint: str) -> Rejected:
    """The same refusal in the bridge's words; `roles` by the system's field ids."""
    fields = {roles.get(id, id): text for id, text in error.fields.items()}
    text = said(error)
    for id, role in roles.items():
        text = text.replace(id, f"{id} ({role})", 1)
    return Rejected(error.system, text, hint, fields=fields)
