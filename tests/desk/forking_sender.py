"""A process that forks senders: loaded once, so that a test can kill two hundred of them. No test itself.

For each line on standard input it forks a sender, whose process id it prints. A sender answers each ticket that has no
reply yet, sends what is due after each, and goes on until nothing is left to do; then it prints ``done`` (or what went
wrong).
"""

from __future__ import annotations

import os
import random
import sys
import time
import traceback
from datetime import UTC, datetime
from pathlib import Path
from typing import NoReturn

from desk import queues
from desk.delivery.targets import Targets
from desk.outbox import send_one
from koe.outbox import DeliveryState
from koe.settings import Settings
from koe.settings_file import load_settings
from koe.ticket import TicketState
from storage.database import Database, open_database

WHO = "aki"


def main(config: Path, url: str) -> None:
    """Fork a sender for each line."""
    settings = load_settings(config)
    _load(settings, url)
    for _ in sys.stdin:
        child = os.fork()
        if child == 0:
            _end(settings, url)
        print(child, flush=True)
        os.waitpid(child, 0)
        print("ended", flush=True)


def _load(settings: Settings, url: str) -> None:
    """Load what is loaded when first used, and keep nothing open."""
    database = open_database(url)
    _left(database)
    database.close()
    Targets(settings, {"SECRET": "x"}, _clock).check()


def _end(settings: Settings, url: str) -> NoReturn:
    try:
        _work_once(settings, url)
        print("done", flush=True)
    except BaseException:  # noqa: BLE001 (told to the test, which fails by it)
        print(traceback.format_exc().replace("\n", " | "), flush=True)
    os._exit(0)


def _work_once(settings: Settings, url: str) -> None:
    database = open_database(url)
    targets = Targets(settings, {"SECRET": "x"}, _clock)
    with database.work(write=False) as work:
        waiting = work.tickets.list(states=[TicketState.OPEN, TicketState.CLAIMED], limit=None)
    for ticket in waiting:
        with database.work() as work:
            queues.reply(work, settings, ticket.id, f"{ticket.id}: お詫びします", WHO, _clock())
            work.commit()
        send_one(database, settings.delivery, targets, _clock, random.Random())
    while _left(database):
        if send_one(database, settings.delivery, targets, _clock, random.Random()) is None:
            time.sleep(0.01)
    database.close()


def _left(database: Database) -> bool:
    with database.work(write=False) as work:
        counts = work.outbox.counts()
    return bool(counts.keys() - {DeliveryState.DELIVERED})


def _clock() -> datetime:
    return datetime.now(UTC)


if __name__ == "__main__":
    main(Path(sys.argv[1]), sys.argv[2])
