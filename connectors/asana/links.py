"""The links from a task to pages of key results: attachments that are addresses."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from bridge.errors import AccessDenied, NotFound, Rejected
from bridge.model.same import same
from connectors.asana.api import Api, Record, hidden, said
from connectors.base import RemoteLink
from connectors.http import Form
from mappings.marked_links import linked, marked_address

READ = "name,resource_subtype,view_url"
EXTERNAL = "external"
ATTACHING = "give the bridge's account the project role Editor, and a token with attachments:write"

DROPPED = "see whether the organisation blocks attachments"


class Links:
    """Known again by what follows the # of their address; Asana keeps no id of ours with them."""

    def __init__(self, api: Api) -> None:
        self._api = api

    def marked(self, item: str) -> dict[str, Mapping[str, Any]]:
        """Ours by their id, in the order in which Asana tells them."""
        return {mark: {"url": url, "title": one.get("name")} for one, url, mark in self._ours(item)}

    def put(self, item: str, link: RemoteLink) -> None:
        """An attachment cannot be changed: the new one is made before the old one goes. Raises Rejected
        where it does not stand there afterwards."""
        ours = [(one, url) for one, url, mark in self._ours(item) if mark == link.global_id]
        standing = [one["gid"] for one, url in ours if (url, one.get("name")) == (link.url, link.title)][:1]
        if not standing:
            self._attach(item, link)
        for one, _ in ours:
            if one["gid"] not in standing:
                self._detach(item, one["gid"])
        wanted = {"url": link.url, "title": link.title}
        if not standing and not same(self.marked(item).get(link.global_id), wanted):
            raise Rejected(self._api.system, f"task {item} did not keep the link {link.url}", DROPPED)

    def remove(self, item: str, global_id: str) -> None:
        for one, _, mark in self._ours(item):
            if mark == global_id:
                self._detach(item, one["gid"])

    def _ours(self, item: str) -> list[tuple[Record, str, str]]:
        listed = self._api.entries("attachments", READ, {"parent": item})
        external = (one for one in listed if one.get("resource_subtype") == EXTERNAL)
        found = ((one, *linked(str(one.get("view_url") or ""))) for one in external)
        return [(one, url, mark) for one, url, mark in found if mark]

    def _attach(self, item: str, link: RemoteLink) -> None:
        address = marked_address(link.url, link.global_id)
        form = Form({"resource_subtype": EXTERNAL, "parent": item, "url": address, "name": link.title})
        try:
            self._api.http.call("POST", "attachments", body=form, repeatable=False, item=item)
        except AccessDenied as error:
            if isinstance(hidden(error), NotFound):
                # Hidden altogether, or there to see and not to attach to.
                self._api.record(f"tasks/{item}")
                raise AccessDenied(error.system, said(error), ATTACHING) from error
            raise

    def _detach(self, item: str, attachment: str) -> None:
        try:
            self._api.http.call("DELETE", f"attachments/{attachment}", repeatable=True, item=item)
        except NotFound:
            return
