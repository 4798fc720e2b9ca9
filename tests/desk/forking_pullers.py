"""Sixteen processes that pull tickets at the same time, each for one of fourteen people. No test itself.

Prints a JSON list of ``[person, case]`` in the order in which each process got them.
"""

from __future__ import annotations

import json
import os
import sys
import traceback
from datetime import datetime
from pathlib import Path

from desk import queues
from koe.errors import BusyError, ConflictError
from koe.settings import Settings
from koe.settings_file import load_settings
from storage.database import Database, open_database

PROCESSES, PEOPLE = 16, 14


def main(config: Path, url: str, now: datetime) -> None:
    """Fork all, let them begin together, and gather what they got."""
    settings = load_settings(config)
    database = open_database(url)
    with database.work(write=False) as work:
        work.tickets.counts()  # loads what is loaded when first used
    database.close()
    gate, starter = os.pipe()
    readers = []
    for number in range(PROCESSES):
        reader, writer = os.pipe()
        if os.fork() == 0:
            os.close(starter)
            os.read(gate, 1)  # returns when the parent has closed the other end
            os.write(writer, (_told(settings, url, f"person{number % PEOPLE}", now) + "\n").encode())
            os._exit(0)
        os.close(writer)
        readers.append(reader)
    os.close(starter)
    for reader in readers:
        with os.fdopen(reader) as lines:
            sys.stdout.write(lines.read())
    for _ in readers:
        os.wait()


def _told(settings: Settings, url: str, person: str, now: datetime) -> str:
    try:
        return json.dumps([[person, case] for case in _pull(open_database(url), settings, person, now)])
    except BaseException:  # noqa: BLE001 (told to the test, which fails by it)
        return traceback.format_exc().replace("\n", " | ")


def _pull(database: Database, settings: Settings, person: str, now: datetime) -> list[str]:
    got: list[str] = []
    while True:
        try:
            with database.work() as work:
                ticket = queues.next_ticket(work, settings, None, person, now)
                work.commit()
        except BusyError:
            continue
        except ConflictError:
            return got  # holds as many as they may
        if ticket is None:
            return got
        got.append(ticket.id)


if __name__ == "__main__":
    main(Path(sys.argv[1]), sys.argv[2], datetime.fromisoformat(sys.argv[3]))
