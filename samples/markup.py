"""The markup of the written texts: ``[[issue-key|a stretch that complains]]``."""

from __future__ import annotations

import re
from dataclasses import dataclass

_MARK = re.compile(r"\[\[([a-z-]+)\|(.*?)\]\]", re.DOTALL)


@dataclass(frozen=True, slots=True)
class Planted:
    """A complaint planted in a text: the issue's key (``other`` for a one-off) and its offsets."""

    issue: str
    start: int
    end: int


def strip(marked: str) -> tuple[str, list[Planted]]:
    """The plain text and the complaints planted in it."""
    plain: list[str] = []
    planted: list[Planted] = []
    length = last = 0
    for match in _MARK.finditer(marked):
        before = marked[last : match.start()]
        start = length + len(before)
        plain += [before, match[2]]
        length = start + len(match[2])
        planted.append(Planted(match[1], start, length))
        last = match.end()
    plain.append(marked[last:])
    return "".join(plain), planted
