"""Plain: a text as the guard reads it, in one width and case, without what is quoted, with the way back.

Full-width letters, half-width kana and curly apostrophes become their plain selves; line breaks within a Japanese
sentence and invisible characters go. What stands in quotation marks, or after ``>`` at the start of a line, was said by
the customer and becomes one ``※``, unless it is a few words, or what we promise ("We promise: …").
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator
from dataclasses import dataclass

from nlp.normalise import normalise

#: Stands for a quotation.
QUOTED = "※"

_QUOTES = re.compile(r"「(.*?)」|『(.*?)』|“(.*?)”|\"([^\"]*)\"|(?m:^)[ \t]*>([^\n]*)", re.DOTALL)
_OURS_BEFORE = re.compile(r"\b(?:we|i)\b[^.!?\n]{0,20}\b(?:promise|guarantee|confirm|assure)\b[^.!?\n]{0,20}$", re.I)
_OURS_AFTER = re.compile(r"^(?:こと)?[をと](?:お?約束|保証|確約)(?:いた)?し(?:ます|ております)")
_FEW_WORDS = 3
_FEW_CHARACTERS = 6
_SENTENCE_END = re.compile(r"[。！？!?]|\.(?=\s|$)|\n")
_WIDE = re.compile(r"[\u3000-\u30ff\u3400-\u9fff]")
_LOWER = str.maketrans({"’": "'", "‘": "'", "―": "ー"})


@dataclass(frozen=True, slots=True)
class Plain:
    """The plain text, and for each of its characters the stretch of the original that it came from."""

    text: str
    starts: tuple[int, ...]
    ends: tuple[int, ...]

    def original(self, start: int, end: int) -> tuple[int, int]:
        """The stretch of the original that a stretch of the plain text came from."""
        return self.starts[start], self.ends[end - 1]

    def sentences(self) -> Iterator[tuple[int, int]]:
        """Where each sentence begins and ends; its closing sign belongs to it."""
        start = 0
        for match in _SENTENCE_END.finditer(self.text):
            yield start, match.end()
            start = match.end()
        if start < len(self.text):
            yield start, len(self.text)


def plain(text: str) -> Plain:
    """Read a text; an empty one gives an empty one."""
    normalised = normalise(text)
    read = normalised.text
    characters: list[tuple[str, int, int]] = []
    place = 0
    for match in _QUOTES.finditer(read):
        characters += _kept(read, place, match.start())
        inside = next(group for group in range(1, 6) if match[group] is not None)
        if _is_few(match[inside]) or _is_ours(read, match):
            characters += _kept(read, match.start(inside), match.end(inside))
        else:
            characters.append((QUOTED, match.start(), match.end()))
        place = match.end()
    characters += _kept(read, place, len(read))
    characters = _without_breaks(characters)
    spans = [normalised.original_span(start, end) for _, start, end in characters]
    return Plain("".join(char for char, _, _ in characters), tuple(s for s, _ in spans), tuple(e for _, e in spans))


def _kept(read: str, start: int, end: int) -> Iterator[tuple[str, int, int]]:
    for place in range(start, end):
        char = read[place].translate(_LOWER)
        if unicodedata.category(char) != "Cf":
            yield (char.lower() if len(char.lower()) == 1 else char), place, place + 1


def _without_breaks(characters: list[tuple[str, int, int]]) -> list[tuple[str, int, int]]:
    """An empty line ends a sentence; any other break is a space, and none at all between Japanese characters."""
    kept: list[tuple[str, int, int]] = []
    index = 0
    while index < len(characters):
        after = index
        while after < len(characters) and characters[after][0].isspace():
            after += 1
        if after == index:
            kept.append(characters[index])
            index += 1
            continue
        gap = "".join(char for char, _, _ in characters[index:after])
        before = kept[-1][0] if kept else ""
        following = characters[after][0] if after < len(characters) else ""
        start, end = characters[index][1], characters[after - 1][2]
        if gap.count("\n") > 1:
            kept.append(("\n", start, end))
        elif not (_WIDE.match(before) and _WIDE.match(following)):
            kept.append((" ", start, end))
        index = after
    return kept


def _is_few(inside: str) -> bool:
    if _WIDE.search(inside):
        return len(inside) <= _FEW_CHARACTERS
    return len(inside.split()) <= _FEW_WORDS


def _is_ours(read: str, match: re.Match[str]) -> bool:
    before = read[max(0, match.start() - 60) : match.start()]
    return bool(_OURS_BEFORE.search(before) or _OURS_AFTER.match(read[match.end() : match.end() + 20]))
