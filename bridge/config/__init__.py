"""okr-bridge.toml as typed settings: all its problems at once, secrets by reference."""

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
from bridge.config.publish import FieldNames, Publish, PublishOverride
from bridge.config.redmine import RedmineConnection
from bridge.config.rest import RestConnection
from bridge.config.schedules import ConnectionSchedules, Schedules

__all__ = [
    "FILE",
    "VARIABLE",
    "BrakeSettings",
    "Bridge",
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
    "PaceSettings",
    "Publish",
    "PublishOverride",
    "RedmineConnection",
    "RestConnection",
    "Schedules",
    "ServeSettings",
    "Settings",
    "StoreSettings",
    "Visibility",
    "find",
    "findings",
    "load",
    "validated",
]
