"""How Trello says no: a status and, as a rule, words in plain text."""

import orjson


class Refusal(Exception):
    """`more` is told as JSON instead of the words."""

    def __init__(self, status: int, said: str, **more: object) -> None:
        super().__init__(said)
        self.status, self.said, self.more = status, said, more

    def content(self) -> tuple[str, bytes]:
        """Its kind and its bytes."""
        if self.more:
            return "application/json; charset=utf-8", orjson.dumps(self.more)
        return "text/plain; charset=utf-8", self.said.encode()


def gone() -> Refusal:
    return Refusal(404, "The requested resource was not found.")


def hidden() -> Refusal:
    return Refusal(401, "unauthorized card permission requested")


def invalid(what: str) -> Refusal:
    return Refusal(400, f"invalid value for {what}")


def unknown(id: str) -> Refusal:
    """What is no id at all is another mistake than what nobody has."""
    return gone() if len(id) in (8, 24) and id.isalnum() else Refusal(400, "invalid id")
