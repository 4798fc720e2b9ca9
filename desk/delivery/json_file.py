"""A file as a target: one JSON line a reply, each key once."""

from __future__ import annotations

import json
import os
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import BinaryIO

from desk.delivery.adapter import as_json
from koe.errors import DelayError, DeliveryError
from koe.outbox import OutgoingReply


class JsonFile:
    """Appends to a file and reads what is there, so that a reply that comes twice stands in it once.

    Several processes may append to the same file. A line that was cut off when its writer was killed is taken out.
    """

    def __init__(self, path: Path) -> None:
        self._path = path
        self._keys: set[str] = set()
        self._read = 0  # bytes, up to the end of a line
        self._file_id: tuple[int, int] | None = None

    def deliver(self, reply: OutgoingReply) -> str:
        """Append a reply, unless its key is there; the line is on the disk when this returns.

        Raises:
            DelayError: the file cannot be written now.
            DeliveryError: a line of it is none of koe's.
        """
        try:
            self._path.parent.mkdir(parents=True, exist_ok=True)
            with self._path.open("a+b") as file, _alone(file):
                self._read_on(file)
                if reply.key in self._keys:
                    return "in the file already"
                line = json.dumps(as_json(reply), ensure_ascii=False).encode("utf-8", "replace") + b"\n"
                file.write(line)
                file.flush()
                os.fsync(file.fileno())
        except OSError as error:
            raise DelayError(f"{self._path} cannot be written: {error.strerror or error}") from error
        return "appended"

    def _read_on(self, file: BinaryIO) -> None:
        """Take in the keys of lines that were added since the last look."""
        status = os.fstat(file.fileno())
        file_id = (status.st_dev, status.st_ino)
        if file_id != self._file_id or status.st_size < self._read:
            self._file_id, self._read = file_id, 0  # another file, or one that was emptied
            self._keys.clear()
        file.seek(self._read)
        for line in file:
            if not line.endswith(b"\n"):
                file.truncate(self._read)
                break
            self._keys.add(self._key_in(line))
            self._read += len(line)

    def _key_in(self, line: bytes) -> str:
        try:
            return str(json.loads(line)["key"])
        except (ValueError, KeyError, TypeError) as error:
            raise DeliveryError(
                f"{self._path}: the line at byte {self._read} is no reply of koe's; expected a file of its own"
            ) from error


@contextmanager
def _alone(file: BinaryIO) -> Iterator[None]:
    """Keep other processes from appending at the same time; the system lets go when the process ends."""
    if sys.platform == "win32":
        import msvcrt

        file.seek(0)
        msvcrt.locking(file.fileno(), msvcrt.LK_LOCK, 1)
        try:
            yield
        finally:
            file.seek(0)
            msvcrt.locking(file.fileno(), msvcrt.LK_UNLCK, 1)
    else:
        import fcntl

        fcntl.flock(file, fcntl.LOCK_EX)  # closing the file lets go of it
        yield
