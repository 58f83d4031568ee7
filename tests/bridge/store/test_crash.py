"""A process killed while it saves leaves a store that opens, with whole batches in it."""

from __future__ import annotations

import os
import signal
import subprocess
import sys

import pytest
import sqlalchemy as sa

from bridge.store import Store, mirror
from tests.stores import item

SAVE_FOR_EVER = """
import sys
from itertools import count
from bridge.store import Store
from tests.stores import PANEL, item

def items():
    for number in count():
        if number == 5000:
            print("two batches are in", flush=True)
        yield item(number)

class Panels(dict):
    def __contains__(self, ref): return True
    def __getitem__(self, ref): return PANEL

Store.open(sys.argv[1]).mirror.save(items(), Panels())
"""
KILL_IN_TRANSACTION = """
import os, signal, sys
from bridge.store import Store
from tests.stores import fill

store = Store.open(sys.argv[1])
with store.transaction():
    fill(store)
    os.kill(os.getpid(), signal.SIGKILL)
"""


PROOF_ON_POSTGRESQL = pytest.mark.parametrize(
    "url", ["sqlite", pytest.param("postgresql", marks=pytest.mark.prove)], indirect=True
)


@PROOF_ON_POSTGRESQL
def test_a_kill_in_the_middle_of_a_save_leaves_whole_batches(url: str) -> None:
    Store.open(url).close()
    with subprocess.Popen([sys.executable, "-c", SAVE_FOR_EVER, url], stdout=subprocess.PIPE) as process:
        assert process.stdout
        assert process.stdout.readline() == b"two batches are in\n"
        os.kill(process.pid, signal.SIGKILL)
    with Store.open(url) as store:
        saved = store.mirror.ids("acme")
        assert len(saved) >= 2 * mirror.BATCH
        assert len(saved) % mirror.BATCH == 0
        assert store.mirror.panels("acme", saved).keys() == saved
        assert set(store.mirror.aliases("acme").values()) == saved
        store.mirror.save([item(1, status="Done")], {})
        if store.database.dialect == "sqlite":
            with store.database.read() as connection:
                assert connection.scalar(sa.text("PRAGMA integrity_check")) == "ok"


@PROOF_ON_POSTGRESQL
def test_a_kill_in_a_transaction_leaves_nothing_of_it(url: str) -> None:
    Store.open(url).close()
    killed = subprocess.run([sys.executable, "-c", KILL_IN_TRANSACTION, url], check=False)
    assert killed.returncode == -signal.SIGKILL
    with Store.open(url) as store:
        assert store.mirror.ids("acme") == frozenset()
        assert store.runs.last(1) == ()
        assert store.outbox.depth() == 0
