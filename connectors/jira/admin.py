"""The administration of fields and screens, by `atlassian-python-api` over our own calls.

The library keeps the paths and bodies; timeout, retry, errors and the shape of answers stay ours: a login
page with status 200, which it would hand on as a string, ends as UnexpectedAnswer.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any
from urllib.parse import parse_qsl, urlsplit

import orjson
from requests import Response

from bridge.errors import AccessDenied, NotFound, Rejected
from connectors.jira.api import Api, part

DEFAULT_SCREEN = "1"
"""Every Jira is set up with it; screens of projects come beside it."""


class _Session:
    """What the library takes for a `requests.Session`: each call goes through `Http`."""

    verify = True

    def __init__(self, api: Api) -> None:
        self._api = api

    def request(self, method: str, url: str, data: str | None = None, **_: Any) -> Response:
        target = urlsplit(url.removeprefix(self._api.http.base))
        path = target.path.lstrip("/").removeprefix("rest/api/2/").removeprefix("rest/api/3/")
        answer = self._api.http.call(
            method,
            f"{self._api.root}/{path}",
            params=dict(parse_qsl(target.query)) or None,
            body=orjson.loads(data) if data else None,
            repeatable=method == "GET",
        )
        response = Response()
        response.status_code = answer.status
        response._content = b"" if answer.data is None else orjson.dumps(answer.data)
        return response


class Admin:
    """Every answer is checked for its shape. Reading screens takes *Administer Jira* as writing does."""

    def __init__(self, api: Api) -> None:
        from atlassian import Jira

        self.api = api
        session: Any = _Session(api)
        self._jira = Jira(
            api.http.base,
            session=session,
            cloud=api.cloud,
            api_version="3" if api.cloud else "2",
            retry_with_header=False,
        )

    def may_administer(self) -> bool:
        return bool(self.api.permissions(["ADMINISTER"]))

    def fields(self) -> list[Mapping[str, Any]]:
        return self.api.shaped(self._jira.get_all_fields(), list, "field")

    def create_field(self, name: str, kind: str, searcher: str, description: str) -> str:
        """The new field's id."""
        made = self._jira.create_custom_field(name, kind, searcher, description)
        return str(self.api.shaped(made, dict, "field")["id"])

    def tabs(self, screen: str) -> list[str]:
        """Ids of a screen's tabs, in order. Raises NotFound for a screen that is not there."""
        tabs = self.api.shaped(self._jira.get_screen_tabs(part(screen)), list, f"screens/{screen}/tabs")
        return [str(tab["id"]) for tab in tabs]

    def fields_on(self, screen: str, tab: str) -> set[str]:
        held = self._jira.get_screen_tab_fields(part(screen), part(tab))
        return {str(field["id"]) for field in self.api.shaped(held, list, f"screens/{screen}/tabs/{tab}")}

    def place(self, field: str, screen: str, tab: str) -> None:
        """Put a field at the end of a tab; being there already is as good."""
        try:
            self._jira.add_field(field, part(screen), part(tab))
        except Rejected:
            if field not in self.fields_on(screen, tab):
                raise

    def project(self, key: str) -> Mapping[str, Any]:
        return self.api.record(f"project/{part(key)}")

    def screens_of(self, project_id: str) -> Iterator[str]:
        """The screens on which a project's issues are shown and edited (Cloud; elsewhere no API tells).

        Project to issue type screen scheme, to screen schemes, to screens. Empty where this account may
        not see schemes.
        """
        try:
            yield from dict.fromkeys(self._walk(project_id))
        except (AccessDenied, NotFound):
            return

    def _walk(self, project_id: str) -> Iterator[str]:
        path = "issuetypescreenscheme"
        used = list(self.api.pages(f"{path}/project", params={"projectId": project_id}))
        for scheme in (str(entry["issueTypeScreenScheme"]["id"]) for entry in used):
            mapped = self.api.pages(f"{path}/mapping", params={"issueTypeScreenSchemeId": scheme})
            ids = sorted({str(entry["screenSchemeId"]) for entry in mapped})
            for found in self.api.pages("screenscheme", params={"id": ids}):
                screens = found.get("screens") or {}
                for use in ("default", "edit", "view"):
                    if screens.get(use) is not None:
                        yield str(screens[use])
