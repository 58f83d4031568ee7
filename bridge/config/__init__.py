"""okr-bridge.toml as typed settings: all its problems at once, secrets by reference."""

from bridge.config.asana import AsanaConnection
from bridge.config.clickup import ClickUpConnection
from bridge.config.connection import ConnectionSection, HttpSection
from bridge.config.connections import Connection, JiraConnection, MemoryConnection, Visibility
from bridge.config.feishu import FeishuConnection
from bridge.config.loading import FILE, VARIABLE, find, findings, load, validated
from bridge.config.models import (
    BrakeSettings,
    Bridge,
    HistorySettings,
    LintLimits,
    PaceSettings,
    ServeSettings,
    Settings,
    StoreSettings,
)
from bridge.config.notion import NotionConnection
from bridge.config.publish import FieldNames, Publish, PublishOverride
from bridge.config.redmine import RedmineConnection
from bridge.config.rest import RestConnection
from bridge.config.schedules import ConnectionSchedules, Schedules
from bridge.config.trello import TrelloConnection

__all__ = [
    "FILE",
    "VARIABLE",
    "AsanaConnection",
    "BrakeSettings",
    "Bridge",
    "ClickUpConnection",
    "Connection",
    "ConnectionSchedules",
    "ConnectionSection",
    "FeishuConnection",
    "FieldNames",
    "HistorySettings",
    "HttpSection",
    "JiraConnection",
    "LintLimits",
    "MemoryConnection",
    "NotionConnection",
    "PaceSettings",
    "Publish",
    "PublishOverride",
    "RedmineConnection",
    "RestConnection",
    "Schedules",
    "ServeSettings",
    "Settings",
    "StoreSettings",
    "TrelloConnection",
    "Visibility",
    "find",
    "findings",
    "load",
    "validated",
]
