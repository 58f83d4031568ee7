"""From a method and a path to the operation and its handler."""

import re
from collections.abc import Iterable
from dataclasses import dataclass

from bridge.sandbox.wire import Handler


@dataclass(frozen=True, slots=True)
class Route:
    """One operation; `operation` is the vendor's operation id (Cloud's, where the two differ)."""

    method: str
    pattern: re.Pattern[str]
    operation: str
    handler: Handler


def route(line: str, operation: str, handler: Handler) -> Route:
    """A route from `METHOD /path/{name}/{number:int}`."""
    method, path = line.split(" ", 1)
    parts = re.split(r"(\{\w+(?::int)?\})", path)
    return Route(method, re.compile("".join(map(_part, parts)) + "/?"), operation, handler)


def _part(part: str) -> str:
    if not part.startswith("{"):
        return re.escape(part)
    name, _, kind = part[1:-1].partition(":")
    return f"(?P<{name}>{r'[0-9]{1,18}' if kind else r'[^/]+'})"


class Router:
    """First match wins; paths come percent-encoded and are matched by their decoded segments."""

    def __init__(self, routes: Iterable[Route]) -> None:
        self._routes = list(routes)

    def find(self, method: str, path: str) -> tuple[Route | None, dict[str, str], bool]:
        """The route with the path's parameters; without one, whether another method would have matched."""
        known = False
        for one in self._routes:
            match = one.pattern.fullmatch(path)
            if match and one.method == method:
                return one, match.groupdict(), True
            known = known or bool(match)
        return None, {}, known
