"""Between plain text and the document format of Jira Cloud, as much as a sandbox needs."""

from typing import Any

LIMIT = 32_767
DEEPEST = 100


def document(text: str) -> dict[str, Any]:
    """One paragraph a line; an empty line is a paragraph without content, as text nodes may not be empty."""
    return {"version": 1, "type": "doc", "content": [_paragraph(line) for line in text.splitlines()]}


def _paragraph(line: str) -> dict[str, Any]:
    return {"type": "paragraph", "content": [{"type": "text", "text": line}] if line else []}


def plain(body: Any) -> str:
    """The words of a document or text, one line a block."""
    if isinstance(body, str):
        return body
    if not isinstance(body, dict):
        return ""
    if "text" in body:
        return str(body["text"])
    joint = "\n" if body.get("type") in ("doc", "bulletList", "orderedList", "table") else ""
    return joint.join(plain(part) for part in body.get("content", []))


def fault(body: Any) -> str:
    """Why Jira would refuse this as a document; empty when it would not."""
    if not isinstance(body, dict) or body.get("type") != "doc" or "content" not in body:
        return "Operation value must be an Atlassian Document (see the Atlassian Document Format)"
    if body.get("version") != 1 or not _sound(body):
        return "INVALID_INPUT"
    return "" if len(plain(body)) <= LIMIT else too_long()


def too_long() -> str:
    return f"The entered text is too long. It exceeds the allowed limit of {LIMIT:,} characters."


def _sound(node: Any, depth: int = 0) -> bool:
    if not isinstance(node, dict) or not isinstance(node.get("type"), str) or depth > DEEPEST:
        return False
    if node["type"] == "text" and not (isinstance(node.get("text"), str) and node["text"]):
        return False
    parts = node.get("content", [])
    return isinstance(parts, list) and all(_sound(part, depth + 1) for part in parts)
