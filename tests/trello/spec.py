"""Trello's own document as a judge of everything that goes over the wire, and where Trello itself differs."""

from __future__ import annotations

from dataclasses import replace
from functools import cache
from typing import Any

from tests.shared import path
from tests.specs.deviations import Deviation
from tests.specs.openapi import Complaint, Document, exchange_of
from tests.specs.recorder import Recorder

TRELLO = "trello"
NESTED = "the guide to nested resources, and the one to custom fields (`?fields=name&customFieldItems=true`)"
KNOWN = (
    Deviation(
        TRELLO,
        "get-boards-id-cards-filter|get-cards-id-actions",
        "query",
        r"/(fields|limit|before|customFieldItems)",
        "is no parameter",
        "lists of cards and actions take the parameters of nested ones, which are left to a guide",
        NESTED,
    ),
    Deviation(
        TRELLO,
        "(post-cards-id-actions|put-cards-id-actions-idaction)-comments",
        "query|body",
        "/text|",
        "is required|takes none",
        "a text goes in the body as well; in the address a Chinese one of 900 characters is answered 414",
        "github.com/mheap/trello-cli/issues/241",
    ),
    Deviation(
        TRELLO,
        "(get|put)-cards-id|post-cards",
        "answer",
        r"/labels/\d+",
        "is not valid under any of the schemas",
        "labels are whole ones, not ids",
        "the guide's example of a card; the document has the schema Label",
    ),
    Deviation(
        TRELLO,
        "(get|put)-cards-id|post-cards",
        "answer|query",
        r"/(badges/)?due",
        "is not valid under any of the schemas",
        "a card is due at an instant, not on a day",
        "the document's own example of a card",
    ),
    Deviation(
        TRELLO,
        "get-cards-id",
        "query",
        "/attachments",
        '"true" is not valid under any of the schemas',
        "it is to be a text and a boolean at once: in an address true is a text",
        "the guide to nested resources",
    ),
    Deviation(
        TRELLO,
        "put-cards-idcard-customfield-idcustomfield-item",
        "body",
        "",
        r'^\{"idValue":"","value":""\} is not valid under any of the schemas',
        'a value is taken away by {"value": "", "idValue": ""}',
        "the guide to custom fields",
    ),
)


@cache
def document() -> Document:
    return Document.load(path(f"specs/{TRELLO}.json"))


class Judge:
    """Hears every exchange of a fake, the reads within a batch too."""

    def __init__(self) -> None:
        self.recorder = Recorder([document()])

    def heard(self, *told: Any) -> None:
        self.recorder.exchanges.append(exchange_of(*told))

    def complaints(self) -> list[Complaint]:
        return self.recorder.complaints()

    def unexcused(self) -> list[str]:
        found = (told for told in self.complaints() if not any(excuses(known, told) for known in KNOWN))
        return sorted({str(told) for told in found})


def excuses(known: Deviation, told: Complaint) -> bool:
    """A deviation may stand in two parts of one request."""
    return any(replace(known, part=part).excuses(told) for part in known.part.split("|"))
