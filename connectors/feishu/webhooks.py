"""`webhooks install` on Feishu and Lark: the app subscribes to the base.

Where its events go is set in the developer console alone, and no API tells it: what to enter there is said
until the base is subscribed to.
https://open.feishu.cn/document/uAjLw4CM/ukTMukTMukTM/reference/drive-v1/file/subscribe
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import ClassVar

from bridge.errors import Rejected, UnexpectedAnswer
from connectors.base import HookResult, HookSecret, HookStep, HookWish
from connectors.feishu.answers import code_of
from connectors.feishu.api import Api
from connectors.feishu.settings import FeishuSettings
from connectors.hook_steps import NothingMade, make, may_not, unreachable

SECRET = HookSecret(
    "make an Encrypt Key in the developer console of the app (Events and callbacks > Encryption strategy), "
    'put the same into a file, and name that: webhook_secret = "file:NAME"'
)
EVENTS = "drive.file.bitable_record_changed_v1, drive.file.bitable_field_changed_v1"
NOT_SUBSCRIBED = 1069605
MANAGER = (
    "the app must own the base or manage it (... > More > Add document app, with the right to manage), and "
    "have a scope such as docs:event:subscribe"
)


@dataclass(frozen=True, slots=True)
class FeishuHooks(NothingMade):
    """The subscription of the app to its base."""

    settings: FeishuSettings
    api: Api
    hook_secret: ClassVar[HookSecret] = SECRET

    def plan_hooks(self, wish: HookWish) -> tuple[HookStep, ...]:
        """Reads only. Raises AccessDenied where the app does not manage the base."""
        unseen = tuple(unreachable("Feishu", wish.address))
        about = f"events of base {self.settings.base}, to the address of the app"
        if _subscribed(self.api):
            detail = f"{about}; the developer console says which that is: it has to be this one"
            return (*unseen, HookStep("found", wish.address, detail, False, self.settings.base))
        click = (
            "in the developer console of the app, Events and callbacks, enter Encryption strategy > Encrypt "
            f"Key: the value of {wish.reference} | Event configuration > Send to a request address: "
            f"{wish.address} | Add events: {EVENTS}. Then publish a version of the app. The daemon must run, "
            "as the address is checked at once"
        )
        return (
            *unseen,
            HookStep("click", wish.address, click, False),
            HookStep("create", wish.address, about, True),
        )

    def apply_hooks(self, wish: HookWish, steps: Sequence[HookStep]) -> tuple[HookResult, ...]:  # noqa: ARG002
        def does(_step: HookStep) -> str:
            self.api.of_file("POST", "subscribe")
            return ""

        return make(
            steps,
            does,
            lambda _step, error: MANAGER if may_not(error) else "",
        )


def _subscribed(api: Api) -> bool:
    """Subscribing twice is harmless; the platform may say "none" by a code of its own."""
    try:
        told = api.of_file("GET", "get_subscribe").get("is_subscribe")
    except Rejected as error:
        if code_of(error.message) == NOT_SUBSCRIBED:
            return False
        raise
    if not isinstance(told, bool):
        message = "GET get_subscribe did not tell whether the base is subscribed to"
        raise UnexpectedAnswer(api.http.system, message, "check `api`")
    return told
