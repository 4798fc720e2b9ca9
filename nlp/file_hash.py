"""Hashes of files, remembered while the files stay as they are."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable
from functools import lru_cache
from pathlib import Path


def hash_of_files(paths: Iterable[Path]) -> str:
    """Eight hex digits over the contents of files, in their order.

    Raises:
        OSError: when one cannot be read.
    """
    return _hash_of(tuple((str(path), path.stat().st_mtime_ns, path.stat().st_size) for path in paths))


@lru_cache(maxsize=16)
def _hash_of(states: tuple[tuple[str, int, int], ...]) -> str:
    digest = hashlib.sha256()
    for path, _, _ in states:
        with Path(path).open("rb") as file:
            digest.update(hashlib.file_digest(file, "sha256").digest())
    return digest.hexdigest()[:8]
