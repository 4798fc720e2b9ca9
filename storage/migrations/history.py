"""Which versions of the tables this koe knows, oldest first."""

from __future__ import annotations

from collections.abc import Sequence
from enum import Enum, auto

VERSIONS = ("0001",)
HEAD = VERSIONS[-1]


class Standing(Enum):
    """How a database stands to this koe."""

    EMPTY = auto()
    OLDER = auto()
    CURRENT = auto()
    NEWER = auto()


def standing(found: str | None, versions: Sequence[str] = VERSIONS) -> Standing:
    """How a database with a version (``None``: with no tables) stands to a koe that knows some versions."""
    if found is None:
        return Standing.EMPTY
    if found not in versions:
        return Standing.NEWER
    return Standing.CURRENT if found == versions[-1] else Standing.OLDER
