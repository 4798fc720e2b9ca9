"""NFKC for the model, with a map of offsets back to the text as it is stored."""

from __future__ import annotations

import unicodedata
from bisect import bisect_left, bisect_right
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise

#: Hangul vowels and final consonants join the syllable before them though they are no marks.
_JAMO_JOINING = range(0x1160, 0x1200)


@dataclass(frozen=True, slots=True)
class Normalised:
    """A text in NFKC and where each of its characters stood in the stored text.

    ``starts`` and ``ends`` give, for each normalised character, the stored stretch it came from; both are ``None``
    where nothing moved. What the tokenizer cannot read (lone surrogates, control characters) is replaced one to one.
    """

    text: str
    length: int
    starts: Sequence[int] | None = None
    ends: Sequence[int] | None = None

    def original_span(self, start: int, end: int) -> tuple[int, int]:
        """The stored stretch that a normalised stretch came from, whole characters with their marks."""
        if self.starts is None or self.ends is None:
            return start, end
        first = self.starts[start] if start < len(self.starts) else self.length
        return first, (self.ends[end - 1] if end > start else first)

    def normalised_span(self, start: int, end: int) -> tuple[int, int]:
        """The shortest normalised stretch that holds everything a stored stretch became."""
        if self.starts is None or self.ends is None:
            return start, end
        first = bisect_right(self.ends, start)
        return first, max(first, bisect_left(self.starts, end)) if end > start else first


def normalise(text: str) -> Normalised:
    """Bring a text to NFKC and keep the map: ``ﾊﾞｯﾃﾘｰ`` becomes ``バッテリー``, ``㌔`` becomes ``キロ``."""
    clean = _readable(text)
    if unicodedata.is_normalized("NFKC", clean):
        return Normalised(clean, len(text))
    pieces: list[str] = []
    starts: list[int] = []
    ends: list[int] = []
    for begin, end in _clusters(clean):
        piece = unicodedata.normalize("NFKC", clean[begin:end])
        pieces.append(piece)
        starts += [begin] * len(piece)
        ends += [end] * len(piece)
    return Normalised("".join(pieces), len(text), starts, ends)


def _readable(text: str) -> str:
    if text.isprintable():
        return text
    return "".join(_replacement(char) for char in text)


def _replacement(char: str) -> str:
    category = unicodedata.category(char)
    if category == "Cs":
        return "\ufffd"
    return " " if category == "Cc" and char not in "\n\r\t" else char


def _clusters(text: str) -> list[tuple[int, int]]:
    """Stretches that normalise independently of each other: a character and all that may join it."""
    borders = [0]
    for index, char in enumerate(text):
        if index and not _joins(char):
            borders.append(index)
    borders.append(len(text))
    return list(pairwise(borders))


def _joins(char: str) -> bool:
    if char < "\u0300":
        return False
    first = unicodedata.normalize("NFKD", char)[0]
    return unicodedata.category(first).startswith("M") or ord(first) in _JAMO_JOINING
