"""The accounts that the bridge works with: one model for each kind of system that is built in."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Annotated, Any, Literal
from urllib.parse import urlsplit

from pydantic import (
    AfterValidator,
    BeforeValidator,
    ConfigDict,
    Field,
    ValidationInfo,
    WithJsonSchema,
    field_validator,
)

from bridge.config.asana import AsanaConnection
from bridge.config.clickup import ClickUpConnection
from bridge.config.connection import ConnectionSection
from bridge.config.feishu import FeishuConnection
from bridge.config.notion import NotionConnection
from bridge.config.redmine import RedmineConnection
from bridge.config.references import Bundle, Proxy, SecretReference, revealed
from bridge.config.rest import RestConnection
from bridge.config.trello import TrelloConnection
from bridge.config.types import Address, Filled, Seconds, Section, Share, refuse
from bridge.secrets import FORMS, Secret


class Visibility(Section):
    """Who may read the bridge's comments: a project role or a group."""

    type: Literal["role", "group"] = Field(description="What value names.")
    value: Filled = Field(description="The name of the role or group.")


def _visibility(value: Any) -> Any:
    return value or None


def _cloud_address(url: str) -> str:
    """A Cloud address has no path, but for the gateway that scoped and OAuth tokens need."""
    parts = urlsplit(url)
    host, path = (parts.hostname or "").lower(), parts.path
    if host.endswith((".atlassian.net", ".jira.com")) and path:
        raise refuse("a Cloud site's address has no path", "such as https://acme.atlassian.net")
    if host == "api.atlassian.com" and not path.startswith("/ex/jira/"):
        raise refuse("lacks the site's id", "https://api.atlassian.com/ex/jira/CLOUD_ID")
    return url


class JiraConnection(ConnectionSection):
    """A Jira Cloud site or a Jira Data Center server."""

    model_config = ConfigDict(
        json_schema_extra={
            "if": {"properties": {"auth": {"const": "kerberos"}}, "required": ["auth"]},
            "else": {"required": ["token"]},
        }
    )

    tool: Literal["jira"] = Field(description="The kind of system.")
    url: Annotated[Address, AfterValidator(_cloud_address)] = Field(
        description="https://SITE.atlassian.net, https://api.atlassian.com/ex/jira/CLOUD_ID, "
        "or a server's address with its context path."
    )
    deployment: Literal["auto", "cloud", "datacenter"] = Field(
        default="auto", description="Cloud or Data Center; auto: asked of the server."
    )
    auth: Literal["auto", "basic", "bearer", "cookie", "kerberos"] = Field(
        default="auto",
        description="How to log in. auto: basic with email, else bearer; cookie: a session for email and "
        "password (old Data Center); kerberos: the ticket of the system's user, without email and token.",
    )
    email: str = Field(
        default="",
        validate_default=True,
        description="The account of a Cloud API token; absent: token is a bearer "
        "(Data Center personal access token, OAuth access token).",
    )
    token: SecretReference | None = Field(
        default=None, validate_default=True, description=f"Where the token is: {FORMS}."
    )
    points_field: str = Field(
        default="", description="Name or id of the story points field; empty: found by itself."
    )
    cancelled_resolutions: tuple[Filled, ...] = Field(
        default=(), description="Resolutions that mean cancelled; empty: the usual ones."
    )
    cancelled_statuses: tuple[Filled, ...] = Field(
        default=(), description="Statuses that mean cancelled, whatever the resolution."
    )
    status_weights: Mapping[str, Share] = Field(
        default={},
        description="What a status is worth, 0 to 1, by category (todo, in_progress, done) or name; "
        'used with value = "status".',
    )
    comment_visibility: Annotated[
        Visibility | None,
        BeforeValidator(_visibility),
        WithJsonSchema(
            {
                "anyOf": [
                    {"type": "object", "maxProperties": 0},
                    {
                        "type": "object",
                        "properties": {
                            "type": {"enum": ["role", "group"]},
                            "value": {"type": "string", "minLength": 1},
                        },
                        "required": ["type", "value"],
                        "additionalProperties": False,
                    },
                ]
            }
        ),
    ] = Field(default=None, description="Who may read the comments: { type, value }; empty: everybody.")
    concurrency: int = Field(default=10, ge=1, le=100, description="Requests at the same time, at most.")
    timeout: Seconds = Field(default=30.0, description="Seconds to wait for an answer.")
    ca_bundle: Bundle = Field(default=None, description="File with the certificates to trust.")
    proxy: Proxy = Field(default="", description='Address of a proxy, or "env:NAME".')

    @field_validator("email")
    @classmethod
    def _whose(cls, email: str, info: ValidationInfo) -> str:
        if not email and (auth := info.data.get("auth")) in ("basic", "cookie"):
            raise refuse("is missing", f'auth = "{auth}" logs in with it')
        return email

    @field_validator("token")
    @classmethod
    def _given(cls, token: Secret | None, info: ValidationInfo) -> Secret | None:
        if token is None and info.data.get("auth", "auto") != "kerberos":
            raise refuse("is missing", f"Where the token is: {FORMS}")
        return token

    @property
    def metered(self) -> bool:
        """Whether Atlassian's hourly points are counted: on Cloud, for OAuth apps alone. They log in with a
        bearer; API tokens do not, and are exempt."""
        bearer = self.auth == "bearer" or (self.auth == "auto" and not self.email)
        gateway = urlsplit(self.url).hostname == "api.atlassian.com"
        return bearer and (self.deployment == "cloud" or (gateway and self.deployment == "auto"))

    def proxy_url(self) -> str:
        """The proxy's address, empty for none. Raises ConfigError when its variable is not set."""
        return revealed(self.proxy)


class MemoryConnection(ConnectionSection):
    """A system kept in memory: nothing outlives the process. For trials and tests."""

    tool: Literal["memory"] = Field(description="The kind of system.")


BUILT_IN: tuple[type[ConnectionSection], ...] = (
    JiraConnection,
    RedmineConnection,
    AsanaConnection,
    TrelloConnection,
    ClickUpConnection,
    NotionConnection,
    FeishuConnection,
    RestConnection,
    MemoryConnection,
)
Connection = Annotated[
    JiraConnection
    | RedmineConnection
    | AsanaConnection
    | TrelloConnection
    | ClickUpConnection
    | NotionConnection
    | FeishuConnection
    | RestConnection
    | MemoryConnection,
    Field(discriminator="tool"),
]
