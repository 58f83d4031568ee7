"""What the vendor's document says of requests and answers; it is derived from the vendor's own client."""

from __future__ import annotations

import json
from collections.abc import Iterable
from pathlib import Path
from typing import Any

from tests.specs.deviations import Deviation
from tests.specs.openapi import Document, Exchange

TABLE = "/open-apis/bitable/v1/apps/{app_token}/tables/{table_id}"
KNOWN = (
    Deviation(
        "feishu",
        r"bitable\.app\.table\.record\.update\.v1",
        "body",
        r"/fields/.*",
        "^null is not",
        "null empties a cell; the client's types know no null",
        "other people's public code (the words of Feishu clients); the vendor's pages found are silent",
    ),
)


def document(path: Path) -> Document:
    """The derivation lost the body of the call that makes a column: it is the column that is answered."""
    spec: dict[str, Any] = json.loads(path.read_bytes())
    made = spec["paths"][f"{TABLE}/fields"]["post"]
    answer = made["responses"]["200"]["content"]["application/json"]["schema"]
    column = answer["properties"]["data"]["properties"]["field"]
    made["requestBody"] = {"required": True, "content": {"application/json": {"schema": column}}}
    return Document("feishu", spec)


def complaints(judge: Document, exchanges: Iterable[Exchange]) -> list[str]:
    """Everything wrong with requests, and with the answers of status 200."""
    found = []
    for exchange in exchanges:
        operation = judge.operation(exchange.method, exchange.path)
        if operation is None:
            found.append(f"{exchange.method} {exchange.path} is in no document")
            continue
        told = operation.check(exchange)
        found += [str(one) for one in told if not any(known.excuses(one) for known in KNOWN)]
    return found
