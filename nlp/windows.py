"""Windows over a text that is longer than an encoder can read at once."""

from __future__ import annotations

from dataclasses import dataclass

#: Pieces that two windows share: each piece is read where it has at least half of this around it.
OVERLAP = 128


@dataclass(frozen=True, slots=True)
class Window:
    """Pieces ``start`` to ``end`` go through the encoder together; ``first`` to ``last`` of them are kept."""

    start: int
    end: int
    first: int
    last: int


def windows(length: int, longest: int) -> list[Window]:
    """Windows over ``length`` pieces; each piece is kept from the window in which it stands furthest from an edge."""
    if length <= longest:
        return [Window(0, length, 0, length)]
    overlap = min(OVERLAP, longest // 2)
    starts = [*range(0, length - longest, longest - overlap), length - longest]
    found: list[Window] = []
    first = 0
    for index, start in enumerate(starts):
        end = start + longest
        last = length if index + 1 == len(starts) else (starts[index + 1] + end) // 2
        found.append(Window(start, end, first, last))
        first = last
    return found
