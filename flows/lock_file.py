"""A file that one process at a time holds; the system frees it when the process ends, however it ends."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from koe.errors import ConflictError


@contextmanager
def held(path: Path, what: str) -> Iterator[None]:
    """Hold a file while ``what`` is done. It stays where it is afterwards; only the hold on it counts.

    Raises:
        ConflictError: when another process holds it.
    """
    path.parent.mkdir(parents=True, exist_ok=True)
    with path.open("a", encoding="utf-8") as file:
        try:
            _hold(file.fileno())
        except OSError as error:
            raise ConflictError(
                f"{what} runs already: it holds the lock file {path}; wait until it has ended, or stop it"
            ) from error
        yield


def _hold(file: int) -> None:
    if sys.platform == "win32":
        import msvcrt

        msvcrt.locking(file, msvcrt.LK_NBLCK, 1)
    else:
        import fcntl

        fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
