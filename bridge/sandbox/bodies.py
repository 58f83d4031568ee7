"""The shape of what callers send: Jira answers 400 to JSON of another shape, whatever is asked of it."""

from bridge.sandbox.records import Json, Refusal

INVALID = "Invalid request payload. Refer to the REST API documentation and try again."
KEY_LIMIT = 255


def members(body: dict[str, Json], name: str) -> dict[str, Json]:
    """An object in a body; absent and null are empty. Raises Refusal 400 for anything else."""
    found = body.get(name)
    if found is None:
        return {}
    if not isinstance(found, dict):
        raise Refusal(400, INVALID)
    return found


def objects(body: dict[str, Json], name: str) -> list[dict[str, Json]]:
    """A list of objects in a body; absent and null are empty. Raises Refusal 400 for anything else."""
    found = body.get(name)
    if found is None:
        return []
    if not isinstance(found, list) or not all(isinstance(one, dict) for one in found):
        raise Refusal(400, INVALID)
    return found


def strings(body: dict[str, Json], name: str, most: int | None = None) -> list[str]:
    """A list of strings or numbers, as strings; absent is empty. Raises Refusal 400 for another shape."""
    found = body.get(name, [])
    if not isinstance(found, list) or not all(_is_word(part) for part in found):
        raise Refusal(400, f"Invalid request payload: '{name}' must be an array of strings.")
    if most is not None and len(found) > most:
        raise Refusal(400, f"The number of {name} must not exceed {most}.")
    return [str(part) for part in found]


def _is_word(part: Json) -> bool:
    return isinstance(part, str | int) and not isinstance(part, bool)


def numbers(body: dict[str, Json], name: str, most: int | None = None) -> list[int]:
    """A list of ids. Raises Refusal 400 for anything that is no number."""
    found = [number(part) for part in strings(body, name, most)]
    if None in found:
        raise Refusal(400, f"Invalid request payload: '{name}' must be an array of numbers.")
    return [one for one in found if one is not None]


def number(text: str) -> int | None:
    """A number written in plain digits, as ids are; None for anything else."""
    return int(text) if len(text) <= 18 and text.isascii() and text.isdigit() else None


def only(body: dict[str, Json], allowed: set[str]) -> None:
    """Cloud takes no members that it does not know, and no nulls. Raises Refusal 400."""
    if set(body) - allowed or None in body.values():
        raise Refusal(400, INVALID)


def properties(body: dict[str, Json]) -> dict[str, Json]:
    """The entity properties that ride on a body, by key. Raises Refusal 400."""
    found = objects(body, "properties")
    for one in found:
        key = one.get("key")
        if not isinstance(key, str) or not 1 <= len(key) <= KEY_LIMIT or "value" not in one:
            raise Refusal(400, INVALID)
    return {one["key"]: one["value"] for one in found}
