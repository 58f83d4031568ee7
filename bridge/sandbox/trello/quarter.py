"""Some weeks of a small team: a board of work, and one whose cards show key results."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import timedelta

from bridge.sandbox.trello import deeds, shapes
from bridge.sandbox.trello.people import PERSON
from bridge.sandbox.trello.shapes import Record
from bridge.sandbox.trello.site import Board, Trello

WORK, SHOWN = ("grwBoard", "Growth"), ("okrBoard", "OKRs")
PANEL = {
    "KR": "text",
    "KR progress": "number",
    "KR status": "text",
    "KR score": "number",
    "KR updated": "date",
}
BEGUN = 35
"""Days before now on which the boards were made."""


@dataclass(frozen=True, slots=True)
class Work:
    """`moves`: how many days ago it went to which list. `checks`: its check items, made on the second day."""

    short: str
    title: str
    label: str
    points: int
    made: int
    moves: tuple[tuple[int, str], ...] = ()
    checks: tuple[bool, ...] = ()


CARDS = (
    Work("welcome1", "Welcome mail 欢迎邮件", "onboarding", 2, 33, ((30, "Doing"), (26, "Done 🎉"))),
    Work("sample01", "Sample project on first login", "onboarding", 5, 33, ((25, "Doing"), (19, "Done 🎉"))),
    Work(
        "tour0001",
        "Guided tour of the board",
        "onboarding",
        8,
        32,
        ((18, "Doing"),),
        (True, True, True, False),
    ),
    Work(
        "import01",
        "Import from a spreadsheet",
        "onboarding",
        5,
        31,
        ((16, "Doing"), (9, "Done 🎉"), (6, "Doing")),
    ),
    Work("help0001", "Help in the app, in Chinese too", "onboarding", 3, 21),
    Work("video001", "Video course", "onboarding", 8, 30, ((12, "Won't do"),)),
    Work("onepage1", "One-page checkout", "checkout", 8, 33, ((29, "Doing"), (14, "Done 🎉"))),
    Work("alipay01", "Pay with 支付宝", "checkout", 5, 28, ((13, "Doing"), (3, "Done 🎉"))),
    Work("coupons1", "Coupons", "checkout", 3, 20, ((4, "Doing"),), (True, False)),
    Work("invoice1", "Invoices by mail", "checkout", 5, 10),
)
ANCHORS = {"krOnBrd1": "Guided onboarding is live", "krBoard1": "The board is cleared"}


def fill(trello: Trello) -> None:
    """Let all of it happen, up to the clock's now."""
    with ago(trello, BEGUN):
        work = trello.add_board(*WORK)
        trello.add_field(work, "Points", "number")
        shown = trello.add_board(*SHOWN, lists=("This quarter",))
        for name, kind in PANEL.items():
            trello.add_field(shown, name, kind)
        for short, title in ANCHORS.items():
            trello.add_card(shown, title, short=short)
    for one in CARDS:
        _live(trello, work, one)
    trello.actions.sort(key=lambda action: str(action["date"]))


def _live(trello: Trello, board: Board, one: Work) -> None:
    with ago(trello, one.made):
        card = trello.add_card(board, one.title, short=one.short)
        card["labels"] = [trello.label(board, one.label)]
        [points] = board.fields.values()
        given = {"value": {"number": str(one.points)}}
        trello.hold(card, points, shapes.item(points, card["id"], given, trello.number), PERSON)
    with ago(trello, one.made - 1):
        _do(trello, card, {"checks": [False for _ in one.checks]})
    for days, name in one.moves:
        with ago(trello, days):
            wanted = next(id for id, place in board.lists.items() if place["name"] == name)
            _do(trello, card, {"idList": wanted})
    with ago(trello, 2):
        _do(trello, card, {"checks": list(one.checks)})


def _do(trello: Trello, card: Record, change: Record) -> None:
    before = len(trello.actions)
    deeds.put(trello, card, change, PERSON)
    if len(trello.actions) > before:
        trello.touch(card)


@contextmanager
def ago(trello: Trello, days: int) -> Iterator[None]:
    """Let the block happen so many days before now."""
    clock = trello.now
    then = clock() - timedelta(days=days)
    trello.now = lambda: then
    try:
        yield
    finally:
        trello.now = clock
