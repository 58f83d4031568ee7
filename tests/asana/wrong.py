"""One wrong request for every operation that is used: what a slip of the connector would look like."""

from __future__ import annotations

from typing import Any

Wrong = tuple[str, str, Any]
WRONG: dict[str, Wrong] = {
    "getUser": ("GET", "/users/me?opt_fields=nickname", None),
    "getProjectsForWorkspace": ("GET", "/workspaces/700/projects?limit=101", None),
    "getTagsForWorkspace": ("GET", "/workspaces/700/tags?limit=0", None),
    "searchTasksForWorkspace": ("GET", "/workspaces/700/tasks/search?sort_by=name", None),
    "getTasksForProject": ("GET", "/projects/500/tasks?modified_since=2026-10-20", None),
    "getTasksForTag": ("GET", "/tags/1/tasks?opt_fields=parent.gid", None),
    "getTasks": ("GET", "/tasks?project=500&modified_since=yesterday", None),
    "createTagForWorkspace": ("POST", "/workspaces/700/tags", {"data": {"name": 5}}),
    "createTask": ("POST", "/tasks", {"data": {"name": "x", "projects": "500"}}),
    "getCustomFieldsForWorkspace": ("GET", "/workspaces/700/custom_fields?archived=false", None),
    "createCustomField": ("POST", "/custom_fields", {"data": {"name": "KR", "workspace": "700"}}),
    "getCustomFieldSettingsForProject": ("GET", "/projects/500/custom_field_settings?opt_fields=name", None),
    "addCustomFieldSettingForProject": ("POST", "/projects/500/addCustomFieldSetting", {"data": {}}),
    "getSubtasksForTask": ("GET", "/tasks/1/subtasks?limit=1000", None),
    "getStoriesForTask": ("GET", "/tasks/1/stories?opt_fields=author", None),
    "getTask": ("GET", "/tasks/1?opt_fields=custom_fields.value", None),
    "updateTask": ("PUT", "/tasks/1", {"data": {"external": "x"}}),
    "createStoryForTask": ("POST", "/tasks/1/stories", {"data": {"html_text": 5}}),
    "getStory": ("GET", "/stories/1?include=text", None),
    "updateStory": ("PUT", "/stories/1", {"data": [{"text": "x"}]}),
    "deleteStory": ("DELETE", "/stories/1?notify=false", None),
    "getAttachmentsForObject": ("GET", "/attachments?opt_fields=view_url", None),
    "createAttachmentForObject": ("POST", "/attachments", {"data": {"parent": "1"}}),
    "deleteAttachment": ("DELETE", "/attachments/1?parent=1", None),
    "createBatchRequest": ("POST", "/batch", {"data": {"actions": [{"path": "/tasks/1", "method": "GET"}]}}),
}
