"""A Feishu whose bases can be subscribed to, as its pages on events of documents say.

The vendor's document at hand knows nothing below drive: what these calls are held to stands here, by
open.larksuite.com/document/uAjLw4CM/ukTMukTMukTM/reference/drive-v1/file/subscribe and get_subscribe.
"""

from __future__ import annotations

from collections.abc import Mapping

from tests.feishu.fake import BASE, Answer, FakeFeishu, told, wrong

ROOT = f"/open-apis/drive/v1/files/{BASE}/"
CALLS = {("GET", "get_subscribe"), ("POST", "subscribe")}


class SubscribedFeishu(FakeFeishu):
    """`manages`: the app owns or manages the base. `by_code`: "not subscribed" comes as an error's code."""

    def __init__(self, page: int = 3) -> None:
        super().__init__(page)
        self.subscribed, self.manages, self.by_code = False, True, False

    def answered(
        self, method: str, path: str, query: str, headers: Mapping[str, str], content: bytes
    ) -> Answer:
        if not path.startswith(ROOT):
            return super().answered(method, path, query, headers, content)
        assert (method, path.removeprefix(ROOT)) in CALLS
        assert (query, content) == ("file_type=bitable", b"")
        if headers.get("Authorization", "").removeprefix("Bearer ") not in self.tokens:
            return wrong(99991663, "Invalid access token for authorization", 400)
        if not self.manages:
            return wrong(1069603, "forbidden", 403)
        if method == "POST":
            self.subscribed = True
            return told({"code": 0, "msg": "success", "data": {}})
        if self.by_code and not self.subscribed:
            return wrong(1069605, "Unsubscribed", 400)
        return told({"code": 0, "msg": "success", "data": {"is_subscribe": self.subscribed}})

    @property
    def asked(self) -> list[str]:
        return [f"{one.method} {one.path.removeprefix(ROOT)}" for one in self.exchanges]
